// SPDX-License-Identifier: GPL-2.0
/*
 * The command "list": one row for each disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "disk.h"
#include "table.h"

/* Columns that are not options. A column for each option follows them. */
enum { LIST_NAME, LIST_STATE, LIST_NODE, LIST_MAJ_MIN, LIST_SCHED, LIST_DRIVER, LIST_NR };

static const struct cli_column first_columns[LIST_NR] = {
	[LIST_NAME] = { "NAME", "name of the disk", CLI_STRING, true },
	[LIST_STATE] = { "STATE", "off, on, or cut: on without power", CLI_STRING, true },
	[LIST_NODE] = { "NODE", "device node", CLI_STRING, false },
	[LIST_MAJ_MIN] = { "MAJ:MIN", "number of the block device", CLI_STRING, false },
	[LIST_SCHED] = { "SCHED", "I/O scheduler", CLI_STRING, false },
	[LIST_DRIVER] = { "DRIVER", "driver of the disk", CLI_STRING, false },
};

/* The heading of each option: its name in upper case. */
static char headings[CNULL_NR_OPTIONS][32];

/* Options that are printed unless the user selects columns. */
static const bool is_usual[CNULL_NR_OPTIONS] = {
	[CNULL_OPTION_blocksize] = true,
	[CNULL_OPTION_cache_size] = true,
	[CNULL_OPTION_memory_backed] = true,
	[CNULL_OPTION_queue_mode] = true,
	[CNULL_OPTION_size] = true,
	[CNULL_OPTION_zoned] = true,
};

/* Return the bytes of a unit of an option, or 0 if the value is no size. */
static unsigned int bytes_of_unit(const struct cnull_option *option)
{
	if (!option->unit)
		return 0;
	if (!strcmp(option->unit, "MiB"))
		return SZ_1M;
	if (!strcmp(option->unit, "bytes"))
		return 1;
	return !strcmp(option->unit, "sectors") ? 1 << SECTOR_SHIFT : 0;
}

/* Return the column of an option. The size is the first option. */
static size_t column_of(size_t option)
{
	if (option == CNULL_OPTION_size)
		return LIST_NR;
	return LIST_NR + option + (option < CNULL_OPTION_size);
}

/* Return the option in a column: the inverse of column_of(). */
static size_t option_of(size_t column)
{
	size_t i = column - LIST_NR;

	if (!i)
		return CNULL_OPTION_size;
	return i - (i <= CNULL_OPTION_size);
}

static struct cli_column list_column(size_t i)
{
	const struct cnull_option *option;
	struct cli_column column;
	size_t c;

	if (i < LIST_NR)
		return first_columns[i];
	i = option_of(i);
	option = &cnull_options[i];
	for (c = 0; option->name[c] && c < sizeof(headings[i]) - 1; c++)
		headings[i][c] = option->name[c] >= 'a' && option->name[c] <= 'z' ?
				 option->name[c] - 'a' + 'A' : option->name[c];
	column.name = headings[i];
	column.help = option->help;
	column.type = option->type == CNULL_TYPE_BOOL ? CLI_BOOL :
		      bytes_of_unit(option) ? CLI_SIZE : CLI_NUMBER;
	column.shown = is_usual[i];
	return column;
}

static const struct cli_columns list_columns = {
	"disks", LIST_NR + CNULL_NR_OPTIONS, list_column
};

/* Return the state of a disk, and its color. */
static const char *state_of(const struct cli_driver *driver, const char *disk,
			    const char **color)
{
	if (!cli_is_on(driver, disk)) {
		*color = "gray";
		return "off";
	}
	if (cli_is_cut(driver, disk)) {
		*color = "red";
		return "cut";
	}
	*color = "green";
	return "on";
}

/* Print the active scheduler, which is in brackets. */
static void set_scheduler(struct cli_table *table, const char *disk)
{
	char text[CLI_TEXT_SIZE], *name, *end;

	if (cli_sysfs_read(disk, "queue/scheduler", text))
		return;
	name = strchr(text, '[');
	end = name ? strchr(name, ']') : NULL;
	if (end)
		cli_table_set(table, LIST_SCHED, "%.*s", (int)(end - name - 1), name + 1);
	else
		cli_table_set(table, LIST_SCHED, "%s", text);
}

static void set_block_device(struct cli_table *table, const char *disk)
{
	char text[CLI_TEXT_SIZE];

	if (cli_table_wants(table, LIST_NODE))
		cli_table_set(table, LIST_NODE, "/dev/%s", disk);
	if (cli_table_wants(table, LIST_MAJ_MIN) && !cli_sysfs_read(disk, "dev", text))
		cli_table_set(table, LIST_MAJ_MIN, "%s", text);
	if (cli_table_wants(table, LIST_SCHED))
		set_scheduler(table, disk);
}

static void set_option(const struct cli_driver *driver, const char *disk,
		       struct cli_table *table, size_t i)
{
	const struct cnull_option *option = &cnull_options[i];
	char text[CLI_TEXT_SIZE];
	unsigned int bytes = bytes_of_unit(option);

	if (!cli_table_wants(table, column_of(i)) ||
	    cli_attr_read(driver, disk, option->name, text))
		return;
	if (bytes)
		cli_table_set_size(table, column_of(i), strtoull(text, NULL, 10) * bytes);
	else
		cli_table_set(table, column_of(i), "%s", text);
}

static void list_disk(const struct cli_driver *driver, const char *disk,
		      struct cli_table *table)
{
	const char *color;
	size_t i;

	cli_table_row(table);
	cli_table_set(table, LIST_NAME, "%s", disk);
	cli_table_set(table, LIST_DRIVER, "%s", driver->name);
	cli_table_set(table, LIST_STATE, "%s", state_of(driver, disk, &color));
	cli_table_color(table, LIST_STATE, color);
	if (cli_is_on(driver, disk))
		set_block_device(table, disk);
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		set_option(driver, disk, table, i);
}

/*
 * List a disk of the module parameters. It has no directory, so its options are those of
 * the module's parameters, and only sysfs has its size.
 */
static void list_module_disk(const struct cli_driver *driver, const char *disk,
			     struct cli_table *table)
{
	char text[CLI_TEXT_SIZE];

	cli_table_row(table);
	cli_table_set(table, LIST_NAME, "%s", disk);
	cli_table_set(table, LIST_DRIVER, "%s", driver->name);
	cli_table_set(table, LIST_STATE, "on");
	cli_table_color(table, LIST_STATE, "green");
	set_block_device(table, disk);
	if (!cli_sysfs_read(disk, "size", text))
		cli_table_set_size(table, column_of(CNULL_OPTION_size),
				   strtoull(text, NULL, 10) << SECTOR_SHIFT);
	if (!cli_sysfs_read(disk, "queue/logical_block_size", text))
		cli_table_set_size(table, column_of(CNULL_OPTION_blocksize),
				   strtoull(text, NULL, 10));
	if (!cli_sysfs_read(disk, "queue/zoned", text))
		cli_table_set(table, column_of(CNULL_OPTION_zoned), "%d", !!strcmp(text, "none"));
}

static enum cli_exit list_module_disks(const struct cli_driver *driver, struct cli_table *table)
{
	struct cli_names names = { };
	enum cli_exit status = cli_module_disks(driver, &names);
	size_t i;

	for (i = 0; !status && i < names.nr; i++)
		list_module_disk(driver, names.name[i], table);
	cli_names_free(&names);
	return status;
}

static enum cli_exit run_list(const struct cli_call *call)
{
	const struct cli_driver *driver;
	struct cli_names names = { };
	struct cli_table *table;
	enum cli_exit status = cli_driver_find(call->driver, &driver), closed;
	size_t i;

	status = status ?: cli_table_open(call, &table);
	if (status)
		return status;
	status = cli_disks(driver, &names);
	for (i = 0; !status && i < names.nr; i++)
		list_disk(driver, names.name[i], table);
	cli_names_free(&names);
	status = status ?: list_module_disks(driver, table);
	closed = cli_table_close(table);
	return status ?: closed;
}

const struct cli_command cli_list = {
	.name = "list",
	.args = "",
	.summary = "list the disks",
	.details = "Disks of module parameters have no options of their own: those columns are empty.",
	.example = "list -o NAME,SIZE,STATE",
	.columns = &list_columns,
	.run = run_list,
};
