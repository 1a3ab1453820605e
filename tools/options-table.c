// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the table of options as a document: docs/options.md.
 */
#include "config/options.h"

/** struct row - an option or another file, in the order of the table */
struct row {
	const char *name;
	const struct cnull_option *opt;	/* NULL: no setting */
	const char *mode;
	const char *help;
};

static const struct row rows[] = {
#define CNULL_OPTION(name, type, def, min, max, when, param, scale, unit, help) \
	{ #name, &cnull_options[CNULL_OPTION_##name], "RW", help },
#define CNULL_ATTR(name, mode, help) { #name, NULL, #mode, help },
#define CNULL_TEXT(name, help) { #name, NULL, "RO", help },
#include "config/options.def"
};

static const char *const type_names[] = {
	[CNULL_TYPE_BOOL] = "bool",
	[CNULL_TYPE_UINT] = "uint",
	[CNULL_TYPE_ULONG] = "ulong",
	[CNULL_TYPE_NODE] = "node",
};

static void print_opt(const struct cnull_option *opt)
{
	printf("| %s | ", type_names[opt->type]);
	printf("%llu | ", opt->def);
	printf("%llu..%llu | ", opt->min, opt->max);
	printf("%s | ", opt->unit);
	printf("%s | ", opt->when == CNULL_WHEN_LIVE ? "live" : "off");
	if (*opt->param)
		printf("`%s=%llu` |", opt->param, opt->def / opt->scale);
	else
		printf("|");
}

int main(void)
{
	size_t i;

	puts("# Options\n");
	puts("Made by `make docs` from `engine/opts.def`: do not edit.\n");
	puts("Each is a file of a device's directory in"
	     " `/sys/kernel/config/cnull/`. Numbers are\n"
	     "decimal, or `0x` hexadecimal, or `0` octal; a bool is 0/1, y/n"
	     " or on/off. \"When\"\n"
	     "says when it may change: while the device is off, or at any time"
	     " (else EBUSY). The\n"
	     "range is checked at power on, and of what changes live, when it is"
	     " written. blocksize\n"
	     "is at most PAGE_SIZE before Linux 6.15.\n");
	puts("| file | type | default | range | unit | when | module parameter"
	     " | |");
	puts("| --- | --- | --- | --- | --- | --- | --- | --- |");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		printf("| `%s` ", rows[i].name);
		if (rows[i].opt)
			print_opt(rows[i].opt);
		else
			printf("| %s | | | | any | |", rows[i].mode);
		printf(" %s |\n", rows[i].help);
	}
	puts("\nOnly a module parameter: `nr_devices=1`, how many devices"
	     " (`cnullb0`, ...) to create and\npower on at load.");
	return 0;
}
