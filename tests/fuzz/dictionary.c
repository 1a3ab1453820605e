// SPDX-License-Identifier: GPL-2.0
/*
 * Print the dictionary of the fuzz target "options", generated from options.def, in the
 * format of libFuzzer and AFL++.
 */
#include "config/options.h"

int main(void)
{
	int i;

	puts("\"on\\x0a\"\n\"off\\x0a\"\n\"-1\"\n\"0x\"\n\"\\x0a\"");
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];

		printf("\"%s=\"\n", option->name);
		printf("\"%s=%llu\\x0a\"\n", option->name, option->def);
		printf("\"%s=%llu\\x0a\"\n", option->name, option->min);
		printf("\"%s=%llu\\x0a\"\n", option->name, option->max);
		printf("\"%s=%llu\\x0a\"\n", option->name, option->max + 1);
	}
	return 0;
}
