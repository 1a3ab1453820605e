// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz the token of a crash state: a text that is accepted is the only text of its state.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "record/token.h"

void fuzz_one(const u8 *data, size_t size)
{
	/* A copy of the exact size lets the sanitizers detect an overrun. */
	char *text = strndup((const char *)data, size), again[CNULL_TOKEN_SIZE];
	struct cnull_token token;
	size_t len;
	int err;

	shim_require(text);
	err = cnull_token_parse(&token, text);
	shim_require(!err || err == -EINVAL);
	if (!err) {
		len = strlen(text);
		len -= text[len - 1] == '\n';
		shim_require(cnull_token_print(&token, again) == (int)len);
		shim_require(!strncmp(text, again, len));
	}
	free(text);
}
