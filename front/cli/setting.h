/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings OPTION=VALUE of a disk.
 */
#ifndef CLI_SETTING_H
#define CLI_SETTING_H

#include "driver.h"

struct cnull_option;

/* Most settings of a command line. */
#define CLI_MAX_SETTINGS	64

/**
 * struct cli_setting - a value for an option or another file of a disk
 * @name: name of the file
 * @value: the text to write, without suffixes. An origin has the names of a disk and of a
 *	snapshot
 * @option: the option, or NULL for a file that is not an option
 */
struct cli_setting {
	char name[64];
	char value[112];
	const struct cnull_option *option;
};

unsigned long long cli_option_default(const struct cnull_option *option);
bool cli_option_is_changed(const struct cnull_option *option, const char *value);
enum cli_exit cli_setting_parse(const char *name, const char *value, const char *where,
				struct cli_setting *setting);
enum cli_exit cli_setting_parse_arg(const char *arg, struct cli_setting *setting);
bool cli_setting_is_known(const char *name);
bool cli_setting_is_action(const char *name);
bool cli_setting_is_write_only(const char *name);
enum cli_exit cli_setting_write(const struct cli_driver *driver, const char *disk,
				const struct cli_setting *setting);
enum cli_exit cli_setting_refused(const struct cli_driver *driver, const char *disk,
				  const char *name, const char *value, int err);

/**
 * struct cli_file - a file of a disk that is not an option
 * @name: name of the file, with a slash if the file is in a directory of the disk
 * @mode: "RW", "RO" or "WO"
 * @help: description, one line
 * @def: the default of a fault's attribute, else NULL
 */
struct cli_file {
	const char *name;
	const char *mode;
	const char *help;
	const char *def;
};

extern const struct cli_file cli_files[];
extern const size_t cli_nr_files;

#endif
