// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the words of the options target, from the table, as libFuzzer and
 * AFL++ read them.
 */
#include "config/options.h"

int main(void)
{
	int i;

	puts("\"on\\x0a\"\n\"off\\x0a\"\n\"-1\"\n\"0x\"\n\"\\x0a\"");
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *opt = &cnull_options[i];

		printf("\"%s=\"\n", opt->name);
		printf("\"%s=%llu\\x0a\"\n", opt->name, opt->def);
		printf("\"%s=%llu\\x0a\"\n", opt->name, opt->min);
		printf("\"%s=%llu\\x0a\"\n", opt->name, opt->max);
		printf("\"%s=%llu\\x0a\"\n", opt->name, opt->max + 1);
	}
	return 0;
}
