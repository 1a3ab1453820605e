/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A new disk: its directory, its settings, its power.
 */
#ifndef CLI_NEW_DISK_H
#define CLI_NEW_DISK_H

#include "badblocks.h"
#include "setting.h"

/**
 * struct cli_new_disk - the description of a new disk
 * @name: name of the disk
 * @settings: settings, without the power
 * @nr_settings: number of @settings
 * @ranges: bad ranges, which neither meet nor overlap
 * @nr_ranges: number of @ranges
 * @on: power the disk on
 */
struct cli_new_disk {
	const char *name;
	const struct cli_setting *settings;
	int nr_settings;
	const struct cli_range *ranges;
	size_t nr_ranges;
	bool on;
};

enum cli_exit cli_new_disk_parse(const char *name, char **args, int nr,
				 struct cli_setting settings[CLI_MAX_SETTINGS],
				 struct cli_new_disk *disk);
enum cli_exit cli_new_disk(const struct cli_driver *driver, const struct cli_new_disk *disk);
enum cli_exit cli_new_disk_print(const struct cli_driver *driver,
				 const struct cli_new_disk *disk);

#endif
