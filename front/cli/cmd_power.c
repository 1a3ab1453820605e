// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that make and remove disks, and that switch their power.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "disk.h"
#include "new_disk.h"
#include "power.h"
#include "snapshot.h"

static enum cli_exit run_create(const struct cli_call *call)
{
	struct cli_setting settings[CLI_MAX_SETTINGS];
	const struct cli_driver *driver;
	struct cli_new_disk disk;
	enum cli_exit status = cli_new_disk_parse(call->args[0], call->args + 1,
						  call->nr_args - 1, settings, &disk);

	status = status ?: cli_driver_load(call->driver, &driver);
	return status ?: cli_new_disk_print(driver, &disk);
}

const struct cli_command cli_create = {
	.name = "create",
	.args = "NAME [OPTION=VALUE...]",
	.summary = "create a disk, power it on, and print its node",
	.details = "The node is printed when udev has settled and the disk is usable. With power=0 the\n"
		   "disk stays off. The driver is loaded if none is. After an error, no disk is left.\n"
		   "Values have suffixes: size=4G, blocksize=4K, completion_nsec=10us.",
	.example = "create zdisk size=10G zoned=1 zone_size=256M memory_backed=1",
	.argument = CLI_ARG_NEW_DISK,
	.min_args = 1,
	.max_args = CLI_MAX_SETTINGS + 1,
	.run = run_create,
};

static const struct cli_flag force[] = {
	{ 'f', "force", NULL, "ignore mounts, exports and other holders of the disk" },
	{ }
};

/* Execute @one for each disk of @call. Check all names first. */
static enum cli_exit for_each_disk(const struct cli_call *call, bool harmful,
				   enum cli_exit (*one)(const struct cli_driver *driver,
							const char *disk))
{
	const struct cli_driver *driver;
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	int i;

	for (i = 0; !status && i < call->nr_args; i++) {
		status = cli_disk_check(driver, call->args[i]);
		if (!status && harmful && !cli_value(call, "force"))
			status = cli_check_unused(driver, call->args[i]);
	}
	for (i = 0; !status && i < call->nr_args; i++)
		status = one(driver, call->args[i]);
	return status;
}

static enum cli_exit remove_one(const struct cli_driver *driver, const char *disk)
{
	int err = cli_disk_remove(driver, disk);

	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can remove disk '%s'", disk);
	if (err)
		return cli_error(CLI_FAILED, "cannot remove disk '%s': %s", disk, strerror(-err));
	return CLI_DONE;
}

/* Refuse to remove a disk that has snapshots. */
static enum cli_exit check_no_snapshots(const struct cli_driver *driver, const char *disk)
{
	struct cli_names names = { };
	enum cli_exit status = cli_snapshots(driver, disk, &names);

	if (!status && names.nr)
		status = cli_error(CLI_FAILED, "%s has snapshots (%zu): 'cnull drop %s --all' drops them, or use 'cnull remove --snapshots'",
				   disk, names.nr, disk);
	cli_names_free(&names);
	return status;
}

static enum cli_exit run_remove(const struct cli_call *call)
{
	bool snapshots = cli_value(call, "snapshots");
	enum cli_exit status;

	status = for_each_disk(call, true, snapshots ? cli_snapshots_drop : check_no_snapshots);
	return status ?: for_each_disk(call, true, remove_one);
}

static const struct cli_flag remove_flags[] = {
	{ 'f', "force", NULL, "ignore mounts, exports and other holders of the disk" },
	{ 's', "snapshots", NULL, "drop the snapshots of the disks, too" },
	{ }
};

const struct cli_command cli_remove = {
	.name = "remove",
	.args = "NAME...",
	.summary = "remove disks and their data",
	.details = "A disk with snapshots is refused. Clones of them keep their data.",
	.example = "remove disk0",
	.flags = remove_flags,
	.argument = CLI_ARG_DISKS,
	.min_args = 1,
	.max_args = 1 << 20,
	.run = run_remove,
};

static enum cli_exit on_one(const struct cli_driver *driver, const char *disk)
{
	return cli_power(driver, disk, true);
}

static enum cli_exit run_on(const struct cli_call *call)
{
	return for_each_disk(call, false, on_one);
}

const struct cli_command cli_on = {
	.name = "on",
	.args = "NAME...",
	.summary = "power disks on",
	.details = "The command ends when the disks are usable. A disk that is on stays on.",
	.example = "on disk0",
	.argument = CLI_ARG_DISKS,
	.min_args = 1,
	.max_args = 1 << 20,
	.run = run_on,
};

static enum cli_exit off_one(const struct cli_driver *driver, const char *disk)
{
	return cli_power(driver, disk, false);
}

static enum cli_exit run_off(const struct cli_call *call)
{
	return for_each_disk(call, true, off_one);
}

const struct cli_command cli_off = {
	.name = "off",
	.args = "NAME...",
	.summary = "power disks off",
	.details = "A disk keeps its data until the disk is removed.",
	.example = "off disk0",
	.flags = force,
	.argument = CLI_ARG_DISKS,
	.min_args = 1,
	.max_args = 1 << 20,
	.run = run_off,
};

static enum cli_exit cut_one(const struct cli_driver *driver, const char *disk)
{
	int err = cli_attr_write(driver, disk, "power_cut", "1");

	if (err == -ENOENT)
		return cli_error(CLI_FAILED, "%s has no power cuts", driver->name);
	if (err == -ENODEV)
		return cli_error(CLI_FAILED, "%s is off: 'cnull on %s' powers it on", disk, disk);
	return err ? cli_setting_refused(driver, disk, "power_cut", "1", err) : CLI_DONE;
}

static enum cli_exit run_cut(const struct cli_call *call)
{
	return for_each_disk(call, false, cut_one);
}

const struct cli_command cli_cut = {
	.name = "cut",
	.args = "NAME...",
	.summary = "cut the power of disks",
	.details = "All I/O fails from now on, and data in the write cache that was not flushed is lost.\n"
		   "'cnull off' and 'cnull on' bring the disk back with its durable data.",
	.example = "cut disk0",
	.argument = CLI_ARG_DISKS,
	.min_args = 1,
	.max_args = 1 << 20,
	.run = run_cut,
};
