// SPDX-License-Identifier: GPL-2.0
/*
 * A new disk: its directory, its settings, its power.
 */
#include <errno.h>
#include <string.h>

#include "new_disk.h"
#include "power.h"

/* Make the directory of a disk. */
static enum cli_exit make(const struct cli_driver *driver, const char *disk)
{
	int err = cli_disk_make(driver, disk);

	switch (err) {
	case 0:
		return CLI_DONE;
	case -EEXIST:
		return cli_error(CLI_FAILED, "disk '%s' exists: 'cnull set' changes a disk, 'cnull remove' removes it",
				 disk);
	case -EACCES:
	case -EPERM:
		return cli_error(CLI_NO_PERMISSION, "only root can create disk '%s'", disk);
	default:
		return cli_error(CLI_FAILED, "cannot create disk '%s': %s", disk, strerror(-err));
	}
}

static enum cli_exit configure(const struct cli_driver *driver, const struct cli_new_disk *disk)
{
	enum cli_exit status = CLI_DONE;
	int i;
	size_t r;

	for (i = 0; !status && i < disk->nr_settings; i++)
		status = cli_setting_write(driver, disk->name, &disk->settings[i]);
	for (r = 0; !status && r < disk->nr_ranges; r++)
		status = cli_badblocks_change(driver, disk->name, '+', &disk->ranges[r]);
	return status ?: disk->on ? cli_power(driver, disk->name, true) : CLI_DONE;
}

/**
 * cli_new_disk - make a disk, write its settings, and power the disk on
 * @driver: the driver. With @driver->dry_run, print the commands instead
 * @disk: the description of the disk
 *
 * After an error, no disk is left.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_new_disk(const struct cli_driver *driver, const struct cli_new_disk *disk)
{
	enum cli_exit status = make(driver, disk->name);

	if (status)
		return status;
	status = configure(driver, disk);
	if (status && !driver->dry_run)
		cli_disk_remove(driver, disk->name);
	return status;
}
