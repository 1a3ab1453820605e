// SPDX-License-Identifier: GPL-2.0
/*
 * The commands for snapshots: snapshot, snapshots, drop, restore, clone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "disk.h"
#include "interrupt.h"
#include "new_disk.h"
#include "power.h"
#include "snapshot.h"
#include "table.h"
#include "text.h"

static enum cli_exit run_snapshot(const struct cli_call *call)
{
	const struct cli_driver *driver;
	const char *disk = call->args[0];
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	int i;

	status = status ?: cli_snapshots_check(driver, disk);
	for (i = 1; !status && i < call->nr_args; i++)
		status = cli_snapshot_name_check(call->args[i]);
	for (i = 1; !status && i < call->nr_args; i++)
		status = cli_snapshot_take(driver, disk, call->args[i]);
	return status;
}

const struct cli_command cli_snapshot = {
	.name = "snapshot",
	.args = "DISK NAME...",
	.summary = "take snapshots of a disk",
	.details = "A snapshot has the data, the write cache and the zones of this moment, and shares the\n"
		   "memory of the disk. The disk may be in use: each request has happened wholly before\n"
		   "the snapshot, or wholly after it. Later the first write to a page copies the page.",
	.example = "snapshot disk0 installed",
	.argument = CLI_ARG_DISK,
	.min_args = 2,
	.max_args = 1 << 20,
	.run = run_snapshot,
};

enum snapshots_column {
	SNAPSHOTS_DISK, SNAPSHOTS_NAME, SNAPSHOTS_SIZE, SNAPSHOTS_OWN, SNAPSHOTS_SHARED,
	SNAPSHOTS_DATA, SNAPSHOTS_BASE, SNAPSHOTS_NR
};

static struct cli_column snapshots_column(size_t i)
{
	static const struct cli_column columns[] = {
		[SNAPSHOTS_DISK] = { "DISK", "name of the disk", CLI_STRING, true },
		[SNAPSHOTS_NAME] = { "NAME", "name of the snapshot", CLI_STRING, true },
		[SNAPSHOTS_SIZE] = { "SIZE", "size of the disk", CLI_SIZE, true },
		[SNAPSHOTS_OWN] = { "OWN", "data that only this snapshot has: a drop frees it",
				    CLI_SIZE, true },
		[SNAPSHOTS_SHARED] = { "SHARED", "data that the disk, another snapshot or a clone has, too",
				       CLI_SIZE, true },
		[SNAPSHOTS_DATA] = { "DATA", "all data of the snapshot", CLI_SIZE, false },
		[SNAPSHOTS_BASE] = { "BASE", "the snapshot with which the file changes compares",
				     CLI_STRING, false },
	};

	return columns[i];
}

static const struct cli_columns snapshots_columns = {
	"snapshots", SNAPSHOTS_NR, snapshots_column
};

/* Read a number of a snapshot, in bytes. Return false if the snapshot is gone. */
static bool read_bytes(const struct cli_driver *driver, const char *disk, const char *name,
		       const char *attr, unsigned long long unit, unsigned long long *bytes)
{
	char text[CLI_TEXT_SIZE];

	if (cli_snapshot_read(driver, disk, name, attr, text))
		return false;
	*bytes = strtoull(text, NULL, 10) * unit;
	return true;
}

static void list_snapshot(const struct cli_driver *driver, const char *disk, const char *name,
			  struct cli_table *table)
{
	unsigned long long size, own, shared;
	char base[CLI_TEXT_SIZE];

	if (!read_bytes(driver, disk, name, "size", SZ_1M, &size) ||
	    !read_bytes(driver, disk, name, "own_bytes", 1, &own) ||
	    !read_bytes(driver, disk, name, "shared_bytes", 1, &shared))
		return;
	cli_table_row(table);
	cli_table_set(table, SNAPSHOTS_DISK, "%s", disk);
	cli_table_set(table, SNAPSHOTS_NAME, "%s", name);
	cli_table_set_size(table, SNAPSHOTS_SIZE, size);
	cli_table_set_size(table, SNAPSHOTS_OWN, own);
	cli_table_set_size(table, SNAPSHOTS_SHARED, shared);
	cli_table_set_size(table, SNAPSHOTS_DATA, own + shared);
	if (!cli_snapshot_read(driver, disk, name, "base", base))
		cli_table_set(table, SNAPSHOTS_BASE, "%s", base);
}

static enum cli_exit list_disk(const struct cli_driver *driver, const char *disk,
			       struct cli_table *table)
{
	struct cli_names names = { };
	enum cli_exit status = cli_snapshots(driver, disk, &names);
	size_t i;

	for (i = 0; !status && i < names.nr; i++)
		list_snapshot(driver, disk, names.name[i], table);
	cli_names_free(&names);
	return status;
}

/* List the names of all disks, unless the driver has no snapshots. */
static enum cli_exit all_disks(const struct cli_driver *driver, struct cli_names *names)
{
	char path[PATH_MAX], features[CLI_TEXT_SIZE];

	cli_path(path, "%s/features", driver->dir);
	if (cli_read(path, features) || !cli_has_word(features, ',', "origin"))
		return cli_error(CLI_FAILED, "%s has no snapshots", driver->name);
	return cli_disks(driver, names);
}

static enum cli_exit run_snapshots(const struct cli_call *call)
{
	const struct cli_driver *driver;
	struct cli_names names = { };
	struct cli_table *table;
	enum cli_exit status = cli_table_check(call), closed;
	int i;

	status = status ?: cli_driver_find(call->driver, &driver);
	if (!status && !call->nr_args)
		status = all_disks(driver, &names);
	for (i = 0; !status && i < call->nr_args; i++)
		status = cli_snapshots_check(driver, call->args[i]);
	status = status ?: cli_table_open(call, &table);
	if (!status) {
		for (i = 0; !status && i < call->nr_args; i++)
			status = list_disk(driver, call->args[i], table);
		for (i = 0; !status && i < (int)names.nr; i++)
			status = list_disk(driver, names.name[i], table);
		closed = cli_table_close(table);
		status = status ?: closed;
	}
	cli_names_free(&names);
	return status;
}

const struct cli_command cli_list_snapshots = {
	.name = "snapshots",
	.args = "[DISK...]",
	.summary = "list snapshots, and the memory that each has",
	.example = "snapshots disk0 -o NAME,OWN",
	.columns = &snapshots_columns,
	.argument = CLI_ARG_DISKS,
	.max_args = 1 << 20,
	.run = run_snapshots,
};

static enum cli_exit run_drop(const struct cli_call *call)
{
	const struct cli_driver *driver;
	const char *disk = call->args[0];
	bool all = cli_value(call, "all");
	enum cli_exit status;
	int i;

	if (all == (call->nr_args > 1))
		return cli_error(CLI_WRONG_USE, "%s: cnull drop DISK {NAME... | --all}",
				 all ? "--all allows no names" : "a name is missing");
	status = cli_driver_find(call->driver, &driver);
	status = status ?: cli_snapshots_check(driver, disk);
	for (i = 1; !status && i < call->nr_args; i++)
		status = cli_snapshot_check(driver, disk, call->args[i]);
	if (!status && all)
		status = cli_snapshots_drop(driver, disk);
	for (i = 1; !status && i < call->nr_args; i++)
		status = cli_snapshot_drop(driver, disk, call->args[i]);
	return status;
}

static const struct cli_flag drop_flags[] = {
	{ 'a', "all", NULL, "drop all snapshots of the disk" },
	{ }
};

const struct cli_command cli_drop = {
	.name = "drop",
	.args = "DISK {NAME... | --all}",
	.summary = "drop snapshots of a disk",
	.details = "The memory of pages that only the snapshot has is freed. The disk, other snapshots\n"
		   "and clones keep their data.",
	.example = "drop disk0 installed",
	.flags = drop_flags,
	.argument = CLI_ARG_DISK_SNAPSHOTS,
	.min_args = 1,
	.max_args = 1 << 20,
	.run = run_drop,
};

/* Restore a snapshot of a disk as it is, on or off. */
static enum cli_exit restore(const struct cli_driver *driver, const char *disk,
			     const char *name, bool force)
{
	int err = cli_snapshot_write(driver, disk, name, "restore", force ? "force" : "1");
	char reason[CLI_TEXT_SIZE];

	if (!err)
		return CLI_DONE;
	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can restore disk '%s'", disk);
	if (cli_attr_read(driver, disk, "error", reason) || !*reason)
		return cli_error(CLI_FAILED, "%s: not restored: %s", disk, strerror(-err));
	return cli_error(CLI_FAILED, "%s: %s%s", disk, reason,
			 strstr(reason, "open for writing") ? ", or use --force" : "");
}

/* Restore a disk with zones, which must be off, and power the disk on again. */
static enum cli_exit restore_by_power_cycle(const struct cli_driver *driver, const char *disk,
					    const char *name, bool force)
{
	enum cli_exit status = CLI_DONE, on;

	if (!force)
		status = cli_check_unused_for(driver, disk, "restore");
	if (status)
		return status;
	/* An interrupted command must not leave the disk off. */
	cli_interrupt_hold();
	status = cli_power(driver, disk, false);
	if (!status) {
		status = restore(driver, disk, name, false);
		on = cli_power(driver, disk, true);
		status = status ?: on;
	}
	cli_interrupt_release();
	return status;
}

static enum cli_exit run_restore(const struct cli_call *call)
{
	const struct cli_driver *driver;
	const char *disk = call->args[0], *name = call->args[1];
	bool force = cli_value(call, "force");
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	char zoned[CLI_TEXT_SIZE];

	status = status ?: cli_snapshot_check(driver, disk, name);
	if (status)
		return status;
	if (!cli_is_on(driver, disk) || cli_is_cut(driver, disk))
		return restore(driver, disk, name, force);
	cli_attr_read(driver, disk, "zoned", zoned);
	if (!strcmp(zoned, "1"))
		return restore_by_power_cycle(driver, disk, name, force);
	return restore(driver, disk, name, force) ?: cli_node_wait(disk);
}

static const struct cli_flag restore_flags[] = {
	{ 'f', "force", NULL, "ignore mounts, exports and other holders of the disk" },
	{ }
};

const struct cli_command cli_restore = {
	.name = "restore",
	.args = "DISK NAME",
	.summary = "give a disk the data of one of its snapshots",
	.details = "Data that was written since is lost. Snapshots, options and bad sectors stay. The\n"
		   "disk stays on, but must not be open for writing. A disk with zones is powered off\n"
		   "and on again.",
	.example = "restore disk0 installed",
	.flags = restore_flags,
	.argument = CLI_ARG_DISK_SNAPSHOTS,
	.min_args = 2,
	.max_args = 2,
	.run = run_restore,
};

static enum cli_exit run_clone(const struct cli_call *call)
{
	struct cli_setting settings[CLI_MAX_SETTINGS];
	char origin[sizeof("origin=") + sizeof(struct cli_snapshot)];
	char *args[CLI_MAX_SETTINGS];
	const struct cli_driver *driver;
	struct cli_snapshot snapshot;
	struct cli_new_disk disk;
	int i, nr = call->nr_args - 1;
	enum cli_exit status = cli_snapshot_parse(call->args[0], &snapshot);

	for (i = 1; !status && i < nr; i++) {
		args[i] = call->args[i + 1];
		if (!strncmp(args[i], "origin=", 7))
			status = cli_error(CLI_WRONG_USE, "'%s': the first argument is the origin",
					   args[i]);
	}
	snprintf(origin, sizeof(origin), "origin=%s", call->args[0]);
	args[0] = origin;
	status = status ?: cli_new_disk_parse(call->args[1], args, nr, settings, &disk);
	status = status ?: cli_driver_find(call->driver, &driver);
	status = status ?: cli_snapshot_check(driver, snapshot.disk, snapshot.name);
	return status ?: cli_new_disk_print(driver, &disk);
}

const struct cli_command cli_clone = {
	.name = "clone",
	.args = "DISK/SNAPSHOT NEW [OPTION=VALUE...]",
	.summary = "create a disk with the data of a snapshot, and print its node",
	.details = "The clone has the data, the size, the block size and the zones of the snapshot, and\n"
		   "shares its memory. Other options have their defaults, unless they are given. With\n"
		   "power=0 the clone stays off. It is a disk like others: the snapshot may be dropped.",
	.example = "clone disk0/installed test1 cache_size=64M",
	.argument = CLI_ARG_CLONE,
	.min_args = 2,
	.max_args = CLI_MAX_SETTINGS + 1,
	.run = run_clone,
};
