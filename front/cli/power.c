// SPDX-License-Identifier: GPL-2.0
/*
 * The power of a disk, and the users that forbid to switch it off.
 */
#include "disk.h"
#include "export.h"
#include "power.h"
#include "setting.h"

/**
 * cli_power - power a disk on or off
 * @driver: the driver. With @driver->dry_run, print the command in any case
 * @disk: name of the disk
 * @on: the power
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_power(const struct cli_driver *driver, const char *disk, bool on)
{
	int err;

	if (!driver->dry_run && on && cli_is_cut(driver, disk))
		return cli_error(CLI_FAILED, "%s has no power since a cut: 'cnull off %s' before 'cnull on %s'",
				 disk, disk, disk);
	if (!driver->dry_run && cli_is_on(driver, disk) == on)
		return CLI_DONE;
	err = cli_attr_write(driver, disk, "power", on ? "1" : "0");
	if (err)
		return cli_setting_refused(driver, disk, "power", on ? "1" : "0", err);
	return on && !driver->dry_run ? cli_node_wait(disk) : CLI_DONE;
}

/**
 * cli_check_unused_for - check that a disk has no user before a command that needs that
 * @driver: the driver
 * @disk: name of the disk
 * @command: name of the command whose flag --force ignores users
 *
 * Return: CLI_DONE, or CLI_FAILED after a message.
 */
enum cli_exit cli_check_unused_for(const struct cli_driver *driver, const char *disk,
				   const char *command)
{
	/* While the disk is off, another driver may have a device of this name. */
	if (!cli_is_on(driver, disk))
		return CLI_DONE;
	if (cli_node_in_use(disk))
		return cli_error(CLI_FAILED, "%s is in use: unmount it first, or use 'cnull %s --force'",
				 disk, command);
	if (cli_nvmet_exports(disk) || cli_nbd_exports(disk))
		return cli_error(CLI_FAILED, "%s is exported: 'cnull unexport %s' first, or use 'cnull %s --force'",
				 disk, disk, command);
	return CLI_DONE;
}

/**
 * cli_check_unused - check that a disk has no user before its power off or removal
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: CLI_DONE, or CLI_FAILED after a message.
 */
enum cli_exit cli_check_unused(const struct cli_driver *driver, const char *disk)
{
	return cli_check_unused_for(driver, disk, "off");
}
