// SPDX-License-Identifier: GPL-2.0
/*
 * Settings OPTION=VALUE of a disk.
 *
 * The table of options has the names, units and ranges. The driver decides: a setting
 * of the right form is written, and a refusal is explained.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "setting.h"

/* The directories of faults, with a file for each row of inject.def. */
#define CNULL_FAULT(name, file, def, min, max, help) \
	{ "timeout_inject/" file, "RW", help, #def },

const struct cli_file cli_files[] = {
#define CNULL_ATTR(name_, mode_, help_, ...)	{ #name_, #mode_, help_, NULL },
#define CNULL_TEXT(name_, help_, ...)		{ #name_, "RO", help_, NULL },
#include "config/options.def"
#include "fault/inject.def"
#define CNULL_FAULT(name, file, def, min, max, help) \
	{ "requeue_inject/" file, "RW", help, #def },
#include "fault/inject.def"
#define CNULL_FAULT(name, file, def, min, max, help) \
	{ "init_hctx_fault_inject/" file, "RW", help, #def },
#include "fault/inject.def"
};

const size_t cli_nr_files = sizeof(cli_files) / sizeof(cli_files[0]);

static const struct cli_file *find_file(const char *name)
{
	size_t i;

	for (i = 0; i < cli_nr_files; i++)
		if (!strcmp(cli_files[i].name, name))
			return &cli_files[i];
	return NULL;
}

/* Return the number of equal characters at the starts of @a and @b. */
static size_t common_start(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] && a[i] == b[i])
		i++;
	return i;
}

/* Return the option with the longest common start, or NULL if that is short. */
static const char *similar_option(const char *name)
{
	const char *best = NULL;
	size_t i, most = 2;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		size_t common = common_start(cnull_options[i].name, name);

		if (common > most) {
			most = common;
			best = cnull_options[i].name;
		}
	}
	return best;
}

static enum cli_exit no_option(const char *name, const char *where)
{
	const char *similar = similar_option(name);

	if (similar)
		return cli_error(CLI_WRONG_USE, "%sno option '%s', perhaps '%s': 'cnull options' lists the options",
				 where, name, similar);
	return cli_error(CLI_WRONG_USE, "%sno option '%s': 'cnull options' lists the options",
			 where, name);
}

/**
 * cli_setting_is_known - is there an option or another file of this name?
 * @name: the name
 *
 * Return: true if the table of options, or that of faults, has the name.
 */
bool cli_setting_is_known(const char *name)
{
	return cnull_option_find(name) || find_file(name);
}

/**
 * cli_setting_is_action - does a write to the file act at once, and keep no value?
 * @name: name of the file
 *
 * Return: true for a power cut, for broken zones and for the origin of a clone.
 */
bool cli_setting_is_action(const char *name)
{
	const struct cli_file *file = find_file(name);

	return file && !file->def && strcmp(name, "power") && strcmp(name, "badblocks");
}

/**
 * cli_setting_is_write_only - can a file only be written?
 * @name: name of the file
 *
 * Return: true if the file cannot be read.
 */
bool cli_setting_is_write_only(const char *name)
{
	const struct cli_file *file = find_file(name);

	return file && !strcmp(file->mode, "WO");
}

/**
 * cli_option_default - the default of an option, as its file shows it
 * @option: the option
 *
 * Return: the default, in the unit of the option.
 */
unsigned long long cli_option_default(const struct cnull_option *option)
{
	struct cnull_config config;

	cnull_config_init(&config);
	return cnull_option_value(option, &config);
}

/**
 * cli_option_is_changed - did a user change an option?
 * @option: the option
 * @value: its value, as its file shows it
 *
 * Return: true if the value is not the default. The driver assigns the index.
 */
bool cli_option_is_changed(const struct cnull_option *option, const char *value)
{
	char def[24];

	snprintf(def, sizeof(def), "%llu", cli_option_default(option));
	return strcmp(value, def) && option != &cnull_options[CNULL_OPTION_index];
}

/**
 * cli_setting_parse - parse a setting
 * @name: name of the option
 * @value: its value, with or without a suffix
 * @where: the place of the setting for messages, as "FILE:LINE: ", or ""
 * @setting: where to store the setting
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_setting_parse(const char *name, const char *value, const char *where,
				struct cli_setting *setting)
{
	const struct cnull_option *option = cnull_option_find(name);
	const struct cli_file *file = find_file(name);
	struct cnull_config config;
	char why[256];
	long number;

	if (!option && !file)
		return no_option(name, where);
	if (file && !strcmp(file->mode, "RO"))
		return cli_error(CLI_WRONG_USE, "%s'%s' is read-only: 'cnull get' prints it",
				 where, name);
	if (strlen(value) >= sizeof(setting->value) - 1)
		return cli_error(CLI_WRONG_USE, "%s%s: the value has %zu characters, must have at most %zu",
				 where, name, strlen(value), sizeof(setting->value) - 2);
	if (option == &cnull_options[CNULL_OPTION_index])
		return cli_error(CLI_WRONG_USE, "%s'index' cannot be set: the driver assigns the index",
				 where);
	if (!strcmp(name, "power") && strcmp(value, "0") && strcmp(value, "1"))
		return cli_error(CLI_WRONG_USE, "%spower=%s: must be 0 or 1", where, value);
	if (file && file->def && kstrtol(value, 0, &number))
		return cli_error(CLI_WRONG_USE, "%s%s=%s: must be a number", where, name, value);
	setting->option = option;
	snprintf(setting->name, sizeof(setting->name), "%s", name);
	/* A range without a sign marks sectors bad, as in a file. */
	snprintf(setting->value, sizeof(setting->value), "%s%s",
		 !strcmp(name, "badblocks") && isdigit((unsigned char)*value) ? "+" : "", value);
	if (!option)
		return CLI_DONE;
	cnull_config_init(&config);
	if (cnull_config_set(&config, option, value, why, sizeof(why)))
		return cli_error(CLI_WRONG_USE, "%s%s", where, why);
	snprintf(setting->value, sizeof(setting->value), "%llu",
		 (unsigned long long)cnull_option_value(option, &config));
	return CLI_DONE;
}

/**
 * cli_setting_parse_arg - parse an argument OPTION=VALUE
 * @arg: the argument
 * @setting: where to store the setting
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_setting_parse_arg(const char *arg, struct cli_setting *setting)
{
	size_t length = strcspn(arg, "=");
	char name[sizeof(setting->name)];

	if (!arg[length] || !length)
		return cli_error(CLI_WRONG_USE, "'%s' must be OPTION=VALUE, as size=4G", arg);
	if (length >= sizeof(name))
		return cli_error(CLI_WRONG_USE, "no option '%.*s'", (int)length, arg);
	memcpy(name, arg, length);
	name[length] = '\0';
	return cli_setting_parse(name, arg + length + 1, "", setting);
}

/* Explain why the driver refused to power a disk on. */
static enum cli_exit power_refused(const struct cli_driver *driver, const char *disk,
				   const char *value, int err)
{
	const char *what = *value == '0' ? "off" : "on";
	char reason[CLI_TEXT_SIZE];

	if (!cli_attr_read(driver, disk, "error", reason) && *reason)
		return cli_error(CLI_FAILED, "%s: power %s refused: %s", disk, what, reason);
	if (!cli_attr_exists(driver, disk, "error"))
		return cli_error(CLI_FAILED, "%s: power %s refused: %s (%s gives no reason)", disk,
				 what, strerror(-err), driver->name);
	return cli_error(CLI_FAILED, "%s: power %s refused: %s", disk, what, strerror(-err));
}

/* Explain why the driver refused to make a disk a clone. */
static enum cli_exit origin_refused(const struct cli_driver *driver, const char *disk,
				    const char *value, int err)
{
	char reason[CLI_TEXT_SIZE];

	if (err == -EINVAL)
		return cli_error(CLI_FAILED, "%s: origin=%s refused: must be DISK/SNAPSHOT", disk,
				 value);
	if (err == -ENOENT)
		return cli_error(CLI_FAILED, "%s: origin=%s refused: no such snapshot: 'cnull snapshots' shows the snapshots",
				 disk, value);
	if (!cli_attr_read(driver, disk, "error", reason) && *reason)
		return cli_error(CLI_FAILED, "%s: %s", disk, reason);
	return cli_error(CLI_FAILED, "%s: no clone: %s", disk, strerror(-err));
}

static bool in_range(const struct cnull_option *option, const char *value)
{
	unsigned long number;

	return !kstrtoul(value, 0, &number) && number >= option->min && number <= option->max;
}

/**
 * cli_setting_refused - explain why a setting was refused
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of the file
 * @value: the value
 * @err: the error of the write
 *
 * Return: the exit status.
 */
enum cli_exit cli_setting_refused(const struct cli_driver *driver, const char *disk,
				  const char *name, const char *value, int err)
{
	const struct cnull_option *option = cnull_option_find(name);

	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "%s: only root can set %s", disk, name);
	if (!strcmp(name, "origin") && cli_attr_exists(driver, disk, name))
		return origin_refused(driver, disk, value, err);
	if (err == -ENOENT)
		return cli_error(CLI_FAILED, "%s: %s has no option '%s'", disk, driver->name, name);
	if (!strcmp(name, "power"))
		return power_refused(driver, disk, value, err);
	if (err == -EBUSY && option && option->when == CNULL_WHEN_OFF)
		return cli_error(CLI_FAILED, "%s: %s cannot change while the disk is on: 'cnull off %s' powers it off",
				 disk, name, disk);
	if (option && !in_range(option, value))
		return cli_error(CLI_FAILED, "%s: %s=%s refused: must be %llu to %llu", disk, name,
				 value, (unsigned long long)option->min,
				 (unsigned long long)option->max);
	return cli_error(CLI_FAILED, "%s: %s=%s refused: %s", disk, name, value, strerror(-err));
}

/**
 * cli_setting_write - write a setting to the file of a disk
 * @driver: the driver
 * @disk: name of the disk
 * @setting: the setting
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_setting_write(const struct cli_driver *driver, const char *disk,
				const struct cli_setting *setting)
{
	int err = cli_attr_write(driver, disk, setting->name, setting->value);

	return err ? cli_setting_refused(driver, disk, setting->name, setting->value, err) :
		     CLI_DONE;
}
