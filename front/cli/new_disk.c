// SPDX-License-Identifier: GPL-2.0
/*
 * A new disk: its directory, its settings, its power.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "new_disk.h"
#include "power.h"

/**
 * cli_new_disk_parse - parse the command line of a new disk
 * @name: name of the disk
 * @args: arguments OPTION=VALUE
 * @nr: number of @args, at most CLI_MAX_SETTINGS
 * @settings: where to store the settings
 * @disk: where to store the description; refers to @name and @settings
 *
 * The disk is powered on unless an argument is power=0. The origin comes first: it changes
 * other options.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_new_disk_parse(const char *name, char **args, int nr,
				 struct cli_setting settings[CLI_MAX_SETTINGS],
				 struct cli_new_disk *disk)
{
	enum cli_exit status = cli_name_check(name, "");
	struct cli_setting setting;
	int i;

	*disk = (struct cli_new_disk){ .name = name, .settings = settings, .on = true };
	for (i = 0; !status && i < nr; i++) {
		int n = disk->nr_settings;

		status = cli_setting_parse_arg(args[i], &setting);
		if (status)
			break;
		if (!strcmp(setting.name, "power")) {
			disk->on = strcmp(setting.value, "0") != 0;
			continue;
		}
		settings[n] = setting;
		if (!strcmp(setting.name, "origin")) {
			memmove(settings + 1, settings, n * sizeof(*settings));
			settings[0] = setting;
		}
		disk->nr_settings++;
	}
	return status;
}

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

/**
 * cli_new_disk_print - make a disk, and print its node if it is on
 * @driver: the driver
 * @disk: the description of the disk
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_new_disk_print(const struct cli_driver *driver,
				 const struct cli_new_disk *disk)
{
	enum cli_exit status;

	if (!cli_disk_exists(driver, disk->name) && cli_node_exists(disk->name))
		return cli_error(CLI_FAILED, "/dev/%s exists: choose another name", disk->name);
	status = cli_new_disk(driver, disk);
	if (!status && disk->on)
		printf("/dev/%s\n", disk->name);
	return status;
}
