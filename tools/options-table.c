// SPDX-License-Identifier: GPL-2.0
/*
 * Print the table of options as a document: docs/options.md.
 */
#include "config/options.h"

/**
 * struct row - one row of options.def, in the order of the table
 * @name:	name of the file
 * @option:	the option, or NULL for a file that is not an option
 * @mode:	RW, RO or WO
 * @help:	description, one line
 * @group:	subject
 * @backends:	mask of the backends
 */
struct row {
	const char *name;
	const struct cnull_option *option;
	const char *mode;
	const char *help;
	enum cnull_option_group group;
	unsigned int backends;
};

/* The group and backends of an option are in cnull_options: read them there. */
static const struct row rows[] = {
#define CNULL_OPTION(name_, ...) \
	{ .name = #name_, .option = &cnull_options[CNULL_OPTION_##name_] },
#define CNULL_ATTR(name_, mode_, help_, ...) \
	{ .name = #name_, .mode = #mode_, .help = help_, __VA_ARGS__ },
#define CNULL_TEXT(name_, help_, ...) \
	{ .name = #name_, .mode = "RO", .help = help_, __VA_ARGS__ },
#include "config/options.def"
};

static const char *const type_names[] = {
	[CNULL_TYPE_BOOL] = "bool",
	[CNULL_TYPE_UINT] = "uint",
	[CNULL_TYPE_ULONG] = "ulong",
	[CNULL_TYPE_NODE] = "node",
};

static const char *const group_titles[CNULL_NR_GROUPS] = {
	[CNULL_GROUP_GENERAL] = "General",
	[CNULL_GROUP_QUEUES] = "Queues and completion",
	[CNULL_GROUP_MEMORY] = "Memory and cache",
	[CNULL_GROUP_ZONES] = "Zones",
	[CNULL_GROUP_FAULTS] = "Faults",
	[CNULL_GROUP_LIMITS] = "Limits",
};

static const char intro[] =
"# Options\n"
"\n"
"`make docs` generates this file from `engine/config/options.def`: do not edit.\n"
"\n"
"Each row is a file in the directory of a device in `/sys/kernel/config/cnull/`.\n"
"\n"
"- Numbers are decimal, `0x` hexadecimal or `0` octal. A bool is 0 or 1, y or n, on or off.\n"
"- \"When\" is the state of the device that allows a change: `off`, or `live` for any state.\n"
"  A change in another state fails with EBUSY.\n"
"- Power on checks the range. A write to a `live` option of a powered-on device does so too.\n"
"- `blocksize` is at most PAGE_SIZE before Linux 6.15.\n"
"- \"Backends\" are those in which the option has an effect: `mq` and `bio` are the kernel\n"
"  module with `queue_mode` 2 and 0, `nbd` is the nbdkit plugin.\n"
"\n"
"The kernel module takes all options in both modes, so that `queue_mode` can change alone.\n"
"The plugin refuses an option without `nbd` by its name, whatever the value is, even the\n"
"default. An accepted option has an effect, and `--dump-plugin` lists the accepted options,\n"
"so a script that shares a config with the module can select them.\n"
"\n"
"The number of devices to create and power on at module load (`cnullb0`, ...) is only a\n"
"module parameter: `nr_devices=1`.\n";

static void print_option(const struct cnull_option *option)
{
	printf("%s | %llu | %llu..%llu | %s | %s | ", type_names[option->type],
	       option->def, option->min, option->max, option->unit ?: "",
	       option->when == CNULL_WHEN_LIVE ? "live" : "off");
	if (option->param)
		printf("`%s=%llu` ", option->param, option->def / option->scale);
}

static void print_backends(unsigned int backends)
{
	const char *comma = "";

	if (backends & CNULL_BACKENDS_MQ) {
		printf("mq");
		comma = ", ";
	}
	if (backends & CNULL_BACKENDS_BIO) {
		printf("%sbio", comma);
		comma = ", ";
	}
	if (backends & CNULL_BACKENDS_NBD)
		printf("%snbd", comma);
}

static void print_row(const struct row *row)
{
	const struct cnull_option *option = row->option;

	printf("| `%s` | ", row->name);
	if (option)
		print_option(option);
	else
		printf("%s | | | | live | ", row->mode);
	printf("| ");
	print_backends(option ? option->backends : row->backends);
	printf(" | %s |\n", option ? option->help : row->help);
}

static void print_group(enum cnull_option_group group)
{
	size_t i;

	printf("\n## %s\n\n", group_titles[group]);
	puts("| file | type | default | range | unit | when | module parameter | backends | |");
	puts("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if ((rows[i].option ? rows[i].option->group : rows[i].group) == group)
			print_row(&rows[i]);
}

int main(void)
{
	unsigned int group;

	printf("%s", intro);
	for (group = CNULL_GROUP_GENERAL; group < CNULL_NR_GROUPS; group++)
		print_group(group);
	return 0;
}
