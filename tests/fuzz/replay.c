// SPDX-License-Identifier: GPL-2.0
/*
 * Run saved inputs again, without a fuzzer and with any compiler:
 *
 *	replay-TARGET FILE...
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/* Read a file. Return its contents, with the length in *@size, or NULL on error. */
static u8 *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "rb");
	u8 *data = NULL;
	long length;

	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) >= 0) {
		rewind(file);
		*size = length;
		data = malloc(*size);
		if (data && fread(data, 1, *size, file) != *size) {
			free(data);
			data = NULL;
		}
	}
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		size_t size;
		u8 *data = read_file(argv[i], &size);

		if (!data) {
			perror(argv[i]);
			return 2;
		}
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	return 0;
}
