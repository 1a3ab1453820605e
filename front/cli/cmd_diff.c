// SPDX-License-Identifier: GPL-2.0
/*
 * The command "diff": the ranges in which two snapshots differ.
 */
#include "command.h"
#include "interrupt.h"
#include "snapshot.h"
#include "table.h"

enum diff_column { DIFF_START, DIFF_SECTORS, DIFF_BYTES, DIFF_NR };

static struct cli_column diff_column(size_t i)
{
	static const struct cli_column columns[] = {
		[DIFF_START] = { "START", "first sector", CLI_NUMBER, true },
		[DIFF_SECTORS] = { "SECTORS", "number of sectors", CLI_NUMBER, true },
		[DIFF_BYTES] = { "BYTES", "size of the range", CLI_SIZE, true },
	};

	return columns[i];
}

static const struct cli_columns diff_columns = { "changes", DIFF_NR, diff_column };

static enum cli_exit print_extents(const struct cli_call *call,
				   const struct cli_extents *extents)
{
	struct cli_table *table;
	enum cli_exit status = cli_table_open(call, &table);
	size_t i;

	if (status)
		return status;
	for (i = 0; i < extents->nr; i++) {
		cli_table_row(table);
		cli_table_set(table, DIFF_START, "%llu", extents->extent[i].start / 512);
		cli_table_set(table, DIFF_SECTORS, "%llu", extents->extent[i].length / 512);
		cli_table_set_size(table, DIFF_BYTES, extents->extent[i].length);
	}
	return cli_table_close(table);
}

/* List the changes from snapshot @base to the disk as it is now. */
static enum cli_exit changes_until_now(const struct cli_driver *driver, const char *disk,
				       const char *base, struct cli_extents *extents)
{
	char now[CLI_SNAPSHOT_SIZE];
	enum cli_exit status, dropped;

	cli_interrupt_hold();
	status = cli_snapshot_take_temporary(driver, disk, "diff", now);
	if (!status) {
		status = cli_snapshot_changes(driver, disk, now, base, extents);
		dropped = cli_snapshot_drop(driver, disk, now);
		status = status ?: dropped;
	}
	cli_interrupt_release();
	return status;
}

static enum cli_exit run_diff(const struct cli_call *call)
{
	const struct cli_driver *driver;
	const char *disk = call->args[0];
	struct cli_extents extents = { };
	enum cli_exit status = cli_table_check(call);
	int i;

	status = status ?: cli_driver_find(call->driver, &driver);
	for (i = 1; !status && i < call->nr_args; i++)
		status = cli_snapshot_check(driver, disk, call->args[i]);
	if (!status)
		status = call->nr_args > 2 ?
			 cli_snapshot_changes(driver, disk, call->args[2], call->args[1],
					      &extents) :
			 changes_until_now(driver, disk, call->args[1], &extents);
	status = status ?: print_extents(call, &extents);
	cli_extents_free(&extents);
	return status;
}

const struct cli_command cli_diff = {
	.name = "diff",
	.args = "DISK SNAPSHOT [SNAPSHOT]",
	.summary = "list the ranges that differ between two snapshots of a disk",
	.details = "With one snapshot, the other side is the disk as it is now. A range consists of whole\n"
		   "pages that were written or discarded, also if their contents are equal. To compare\n"
		   "with the disk as it is now, the command takes a snapshot for a moment, which flushes\n"
		   "the write cache.",
	.example = "diff disk0 before after",
	.columns = &diff_columns,
	.argument = CLI_ARG_DISK_SNAPSHOTS,
	.min_args = 2,
	.max_args = 3,
	.run = run_diff,
};
