// SPDX-License-Identifier: GPL-2.0
/*
 * The command "badblocks", and the file of that name.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badblocks.h"
#include "command.h"
#include "setting.h"
#include "table.h"

/* Room for a line of the file: two numbers of 64 bits. */
#define LINE_SIZE	48

/**
 * cli_range_parse - parse a range of sectors
 * @text: FIRST-LAST, or one sector
 * @where: the place for messages, as "FILE:LINE: ", or ""
 * @range: where to store the range
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_range_parse(const char *text, const char *where, struct cli_range *range)
{
	char *end = (char *)text;
	bool valid = isdigit((unsigned char)*text);

	errno = 0;
	if (valid) {
		range->first = strtoull(text, &end, 0);
		range->last = range->first;
	}
	if (valid && *end == '-' && isdigit((unsigned char)end[1]))
		range->last = strtoull(end + 1, &end, 0);
	if (!valid || *end || errno)
		return cli_error(CLI_WRONG_USE, "%s'%s' must be a range of sectors, as 2048-2055",
				 where, text);
	if (range->last < range->first)
		return cli_error(CLI_WRONG_USE, "%s'%s': the last sector is before the first", where,
				 text);
	return CLI_DONE;
}

static int by_first(const void *a, const void *b)
{
	const struct cli_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/**
 * cli_ranges_merge - sort ranges, and merge those that meet or overlap
 * @ranges: the ranges
 * @nr: number of @ranges
 *
 * Return: the number of ranges left.
 */
size_t cli_ranges_merge(struct cli_range *ranges, size_t nr)
{
	size_t i, last = 0;

	if (!nr)
		return 0;
	qsort(ranges, nr, sizeof(*ranges), by_first);
	for (i = 1; i < nr; i++) {
		if (ranges[i].first > ranges[last].last && ranges[i].first - ranges[last].last > 1)
			ranges[++last] = ranges[i];
		else if (ranges[i].last > ranges[last].last)
			ranges[last].last = ranges[i].last;
	}
	return last + 1;
}

/**
 * cli_badblocks_read - read the bad ranges of a disk
 * @driver: the driver
 * @disk: name of the disk
 * @ranges: where to store the ranges
 * @nr: where to store their number
 * @is_full: where to store whether there may be more ranges than the file shows; NULL to
 *	print a note in that case
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_badblocks_read(const struct cli_driver *driver, const char *disk,
				 struct cli_range ranges[CLI_MAX_RANGES], size_t *nr, bool *is_full)
{
	bool full;
	char text[CLI_TEXT_SIZE], *rest = text, *line;
	int err = cli_attr_read(driver, disk, "badblocks", text);

	*nr = 0;
	/* The file ends at the last whole line that fits into a page. */
	full = strlen(text) > CLI_TEXT_SIZE - LINE_SIZE;
	if (is_full)
		*is_full = full;
	else if (full)
		cli_note("%s: the file badblocks is full, so the last bad ranges may be missing", disk);
	if (err == -EACCES)
		return cli_error(CLI_NO_PERMISSION, "%s: only root can read badblocks", disk);
	if (err)
		return cli_error(CLI_FAILED, "%s: cannot read badblocks: %s", disk, strerror(-err));
	while ((line = strsep(&rest, "\n")) && *nr < CLI_MAX_RANGES) {
		unsigned long long first, count;

		if (sscanf(line, "%llu %llu", &first, &count) != 2 || !count)
			continue;
		ranges[*nr].first = first;
		ranges[(*nr)++].last = first + count - 1;
	}
	return CLI_DONE;
}

/**
 * cli_badblocks_change - make a range bad or good
 * @driver: the driver
 * @disk: name of the disk
 * @sign: '+' to make the range bad, '-' to make it good
 * @range: the range
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_badblocks_change(const struct cli_driver *driver, const char *disk,
				   char sign, const struct cli_range *range)
{
	char text[64];
	int err;

	snprintf(text, sizeof(text), "%c%llu-%llu", sign, range->first, range->last);
	err = cli_attr_write(driver, disk, "badblocks", text);
	return err ? cli_setting_refused(driver, disk, "badblocks", text, err) : CLI_DONE;
}

enum range_column { RANGE_FIRST, RANGE_LAST, RANGE_COUNT, RANGE_SIZE, RANGE_NR };

static struct cli_column range_column(size_t i)
{
	static const struct cli_column columns[] = {
		[RANGE_FIRST] = { "FIRST", "first bad sector", CLI_NUMBER, true },
		[RANGE_LAST] = { "LAST", "last bad sector", CLI_NUMBER, true },
		[RANGE_COUNT] = { "SECTORS", "number of sectors", CLI_NUMBER, true },
		[RANGE_SIZE] = { "SIZE", "size of the range", CLI_SIZE, true },
	};

	return columns[i];
}

static const struct cli_columns range_columns = { "badblocks", RANGE_NR, range_column };

static enum cli_exit print_ranges(const struct cli_call *call, const struct cli_range *ranges,
				  size_t nr)
{
	struct cli_table *table;
	enum cli_exit status = cli_table_open(call, &table);
	size_t i;

	if (status)
		return status;
	for (i = 0; i < nr; i++) {
		unsigned long long count = ranges[i].last - ranges[i].first + 1;

		cli_table_row(table);
		cli_table_set(table, RANGE_FIRST, "%llu", ranges[i].first);
		cli_table_set(table, RANGE_LAST, "%llu", ranges[i].last);
		cli_table_set(table, RANGE_COUNT, "%llu", count);
		cli_table_set_size(table, RANGE_SIZE, count * 512);
	}
	return cli_table_close(table);
}

/* Change the ranges that the user named. Check all before the first change. */
static enum cli_exit change_ranges(const struct cli_driver *driver, const struct cli_call *call,
				   char sign)
{
	struct cli_range range;
	enum cli_exit status = CLI_DONE;
	int i;

	if (call->nr_args < 3)
		return cli_error(CLI_WRONG_USE, "a range is missing: cnull badblocks NAME %s FIRST-LAST...",
				 call->args[1]);
	for (i = 2; !status && i < call->nr_args; i++)
		status = cli_range_parse(call->args[i], "", &range);
	for (i = 2; !status && i < call->nr_args; i++) {
		cli_range_parse(call->args[i], "", &range);
		status = cli_badblocks_change(driver, call->args[0], sign, &range);
	}
	return status;
}

static enum cli_exit run_badblocks(const struct cli_call *call)
{
	static struct cli_range ranges[CLI_MAX_RANGES];
	const char *disk = call->args[0], *verb = call->nr_args > 1 ? call->args[1] : NULL;
	const struct cli_driver *driver;
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	size_t i, nr = 0;
	bool is_full = false;

	status = status ?: cli_disk_check(driver, disk);
	if (status)
		return status;
	if (verb && !strcmp(verb, "add"))
		return change_ranges(driver, call, '+');
	if (verb && !strcmp(verb, "remove"))
		return change_ranges(driver, call, '-');
	if (verb && (strcmp(verb, "clear") || call->nr_args > 2))
		return cli_error(CLI_WRONG_USE, "'%s' must be add FIRST-LAST..., remove FIRST-LAST..., or clear",
				 call->args[call->nr_args > 2 && !strcmp(verb, "clear") ? 2 : 1]);
	if (!verb) {
		status = cli_badblocks_read(driver, disk, ranges, &nr, NULL);
		return status ?: print_ranges(call, ranges, nr);
	}
	/* A file that was full shows more ranges after the change. */
	do {
		status = cli_badblocks_read(driver, disk, ranges, &nr, &is_full);
		for (i = 0; !status && i < nr; i++)
			status = cli_badblocks_change(driver, disk, '-', &ranges[i]);
	} while (!status && is_full);
	return status;
}

const struct cli_command cli_badblocks = {
	.name = "badblocks",
	.args = "NAME [add FIRST-LAST... | remove FIRST-LAST... | clear]",
	.summary = "print or change the bad sectors of a disk",
	.details = "FIRST and LAST are sectors of 512 bytes.",
	.example = "badblocks disk0 add 2048-2055",
	.columns = &range_columns,
	.argument = CLI_ARG_DISK,
	.min_args = 1,
	.max_args = CLI_MAX_RANGES,
	.run = run_badblocks,
};
