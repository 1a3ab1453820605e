/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The disks that files describe.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "badblocks.h"
#include "setting.h"

/* Most settings of a section. */
#define CLI_PLAN_SETTINGS	96

/**
 * struct cli_section - a disk of a plan, or the defaults
 * @name: name of the disk; "global" for the defaults
 * @settings: settings
 * @lines: the line of each setting in its file; 0 for a default
 * @nr_settings: number of @settings
 * @ranges: bad ranges
 * @nr_ranges: number of @ranges
 * @has_ranges: the file names bad ranges. Otherwise those of the disk stay
 * @on: the disk has power
 */
struct cli_section {
	char name[CLI_NAME_SIZE];
	struct cli_setting settings[CLI_PLAN_SETTINGS];
	int lines[CLI_PLAN_SETTINGS];
	int nr_settings;
	struct cli_range ranges[CLI_MAX_RANGES];
	size_t nr_ranges;
	bool has_ranges;
	bool on;
};

/**
 * struct cli_plan - the disks of files
 * @section: the disks, in the order of the files
 * @nr: number of @section
 */
struct cli_plan {
	struct cli_section *section;
	size_t nr;
};

enum cli_exit cli_plan_read(const char *file, struct cli_plan *plan);
void cli_plan_free(struct cli_plan *plan);

#endif
