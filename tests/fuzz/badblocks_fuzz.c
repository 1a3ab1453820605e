// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz the text of bad blocks, against a model of the first sectors. The input
 * consists of lines:
 *
 *	!...	fail the next allocation
 *	?C...	take the bad range around the sector whose number is byte C
 *	else	write the line to the bad blocks
 */
#include <stdlib.h>

#include "fuzz.h"

#define NR_MODEL	256

/* For each sector, true if the sector should be bad. */
static bool model[NR_MODEL];

/*
 * Check that an accepted text is a sign, a number, a dash and a number. Update the
 * model.
 */
static void model_set(const char *text)
{
	u64 first, last, i;
	bool bad;
	char *end;

	text += strspn(text, " \t\n\v\f\r");
	shim_require(*text == '+' || *text == '-');
	bad = *text++ == '+';
	first = strtoull(text, &end, 0);
	end += *end == '\n';
	shim_require(*end == '-');
	last = strtoull(end + 1, &end, 0);
	shim_require(!end[strspn(end, " \t\n\v\f\r")]);
	shim_require(first <= last && last < ULLONG_MAX);
	for (i = first; i < NR_MODEL && i <= last; i++)
		model[i] = bad;
}

/* Mark the whole bad range around @at good. */
static void model_take(u64 at)
{
	u64 i;

	if (!model[at])
		return;
	for (i = at; i < NR_MODEL && model[i]; i++)
		model[i] = false;
	for (i = at; i-- > 0 && model[i]; )
		model[i] = false;
}

/* Check that the shown ranges are sorted, disjoint, and equal to the model. */
static void check(struct cnull_badblocks *bb)
{
	char shown[PAGE_SIZE], *at = shown;
	bool seen[NR_MODEL] = { false };
	u64 first, nr, next = 0, i;
	size_t len;

	memset(shown, 0xa5, sizeof(shown));
	len = cnull_badblocks_show(bb, shown, sizeof(shown));
	shim_require(len < sizeof(shown) && strlen(shown) == len);
	while (*at) {
		first = strtoull(at, &at, 10);
		shim_require(*at == ' ');
		nr = strtoull(at, &at, 10);
		shim_require(*at++ == '\n');
		shim_require(nr && first + nr > first);
		/* Touching ranges must have been merged. */
		shim_require(first > next || (!first && !next));
		next = first + nr;
		for (i = first; i < NR_MODEL && i < next; i++)
			seen[i] = true;
	}
	shim_require(!memcmp(seen, model, sizeof(seen)));
	for (i = 0; i < NR_MODEL; i++) {
		shim_require(cnull_badblocks_find(bb, i, 1, &first) == model[i]);
		shim_require(!model[i] || first == i);
	}
}

/* Run one line of the input, and check the bad blocks. */
static void run_line(struct cnull_badblocks *bb, const char *text)
{
	bool failing = shim_mem.fail_at;
	u64 sector, first;
	int err;

	switch (text[0]) {
	case '!':
		shim_mem.fail_at = 1;
		return;
	case '?':
		sector = (u8)text[1];
		shim_require(cnull_badblocks_take(bb, sector, 1, &first) ==
			     model[sector]);
		model_take(sector);
		break;
	default:
		err = cnull_badblocks_set(bb, text);
		if (!err)
			model_set(text);
		else
			shim_require(err == -EINVAL || err == -ERANGE ||
				     (err == -ENOMEM && failing));
		shim_mem.fail_at = 0;
	}
	check(bb);
}

void fuzz_one(const u8 *data, size_t size)
{
	unsigned long features = 0;
	struct cnull_badblocks bb;

	memset(model, 0, sizeof(model));
	cnull_badblocks_init(&bb);
	cnull_badblocks_attach(&bb, &features);
	while (size) {
		const u8 *newline = memchr(data, '\n', size);
		size_t len = newline ? (size_t)(newline - data) + 1 : size;
		/* A copy of the exact size lets the sanitizers detect an overrun. */
		char *text = strndup((const char *)data, len);

		shim_require(text);
		run_line(&bb, text);
		free(text);
		data += len;
		size -= len;
	}
	shim_mem.fail_at = 0;
	cnull_badblocks_destroy(&bb);
}
