// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that read and change options: set, get, show, options, features.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "disk.h"
#include "power.h"
#include "setting.h"
#include "table.h"
#include "text.h"

static enum cli_exit run_set(const struct cli_call *call)
{
	struct cli_setting settings[CLI_MAX_SETTINGS];
	const struct cli_driver *driver;
	const char *disk = call->args[0];
	int i, nr = call->nr_args - 1;
	enum cli_exit status = CLI_DONE;

	for (i = 0; !status && i < nr; i++)
		status = cli_setting_parse_arg(call->args[i + 1], &settings[i]);
	status = status ?: cli_driver_find(call->driver, &driver);
	status = status ?: cli_disk_check(driver, disk);
	for (i = 0; !status && i < nr; i++)
		if (!cli_attr_exists(driver, disk, settings[i].name))
			status = cli_setting_refused(driver, disk, settings[i].name,
						     settings[i].value, -ENOENT);
	for (i = 0; !status && i < nr; i++)
		if (!strcmp(settings[i].name, "power") && *settings[i].value == '0')
			status = cli_check_unused(driver, disk);
	for (i = 0; !status && i < nr; i++)
		status = strcmp(settings[i].name, "power") ?
			 cli_setting_write(driver, disk, &settings[i]) :
			 cli_power(driver, disk, strcmp(settings[i].value, "0"));
	return status;
}

const struct cli_command cli_set = {
	.name = "set",
	.args = "NAME OPTION=VALUE...",
	.summary = "change options of a disk",
	.details = "Options are set in the given order, until one is refused. The column WHEN of\n"
		   "'cnull options' shows which options can change while the disk is on.",
	.example = "set disk0 mbps=100 requeue_inject/probability=10",
	.argument = CLI_ARG_DISK_SETTINGS,
	.min_args = 2,
	.max_args = CLI_MAX_SETTINGS + 1,
	.run = run_set,
};

/* Print the value of one option, after "NAME=" if there are several. */
static enum cli_exit print_value(const struct cli_driver *driver, const char *disk,
				 const char *name, bool with_name)
{
	char prefix[80];
	int err;

	if (!cli_setting_is_known(name))
		return cli_error(CLI_WRONG_USE, "no option '%s': 'cnull options' lists the options",
				 name);
	if (cli_setting_is_write_only(name))
		return cli_error(CLI_WRONG_USE, "'%s' is write-only: 'cnull set' writes it", name);
	snprintf(prefix, sizeof(prefix), "%s=", name);
	err = cli_attr_print(driver, disk, name, with_name ? prefix : "");
	if (err == -EACCES)
		return cli_error(CLI_NO_PERMISSION, "%s: only root can read %s", disk, name);
	if (err == -ENOENT)
		return cli_error(CLI_FAILED, "%s: %s has no option '%s'", disk, driver->name, name);
	if (err)
		return cli_error(CLI_FAILED, "%s: cannot read %s: %s", disk, name, strerror(-err));
	return CLI_DONE;
}

static enum cli_exit run_get(const struct cli_call *call)
{
	const struct cli_driver *driver;
	const char *disk = call->args[0];
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	int i;

	status = status ?: cli_disk_check(driver, disk);
	for (i = 1; !status && i < call->nr_args; i++)
		status = print_value(driver, disk, call->args[i], call->nr_args > 2);
	for (i = 0; !status && call->nr_args == 1 && i < CNULL_NR_OPTIONS; i++)
		if (cli_attr_exists(driver, disk, cnull_options[i].name))
			status = print_value(driver, disk, cnull_options[i].name, true);
	return status;
}

const struct cli_command cli_get = {
	.name = "get",
	.args = "NAME [OPTION...]",
	.summary = "print values of options of a disk",
	.details = "One option prints its value alone. Several options, or all, print OPTION=VALUE.\n"
		   "A value is in the unit that 'cnull options' names.",
	.example = "get disk0 size",
	.argument = CLI_ARG_DISK_OPTIONS,
	.min_args = 1,
	.max_args = CLI_MAX_SETTINGS + 1,
	.run = run_get,
};

static const char *const type_names[] = {
	[CNULL_TYPE_BOOL] = "bool",
	[CNULL_TYPE_UINT] = "uint",
	[CNULL_TYPE_ULONG] = "ulong",
	[CNULL_TYPE_NODE] = "node",
};

enum show_column {
	SHOW_OPTION, SHOW_VALUE, SHOW_UNIT, SHOW_DEFAULT, SHOW_CHANGED, SHOW_WHEN, SHOW_HELP,
	SHOW_NR
};

static struct cli_column show_column(size_t i)
{
	static const struct cli_column columns[] = {
		[SHOW_OPTION] = { "OPTION", "name of the option", CLI_STRING, true },
		[SHOW_VALUE] = { "VALUE", "value", CLI_STRING, true },
		[SHOW_UNIT] = { "UNIT", "unit of the value", CLI_STRING, true },
		[SHOW_DEFAULT] = { "DEFAULT", "default", CLI_STRING, true },
		[SHOW_CHANGED] = { "CHANGED", "the value is not the default", CLI_BOOL, false },
		[SHOW_WHEN] = { "WHEN", "off: changes while the disk is off; live: at any time",
				CLI_STRING, true },
		[SHOW_HELP] = { "HELP", "description", CLI_PROSE, false },
	};

	return columns[i];
}

static const struct cli_columns show_columns = { "options", SHOW_NR, show_column };

static void show_option(const struct cli_driver *driver, const char *disk,
			const struct cnull_option *option, struct cli_table *table)
{
	char value[CLI_TEXT_SIZE];
	bool changed;

	if (cli_attr_read(driver, disk, option->name, value))
		return;
	changed = cli_option_is_changed(option, value);
	cli_table_row(table);
	cli_table_set(table, SHOW_OPTION, "%s", option->name);
	cli_table_set(table, SHOW_VALUE, "%s", value);
	if (option->unit)
		cli_table_set(table, SHOW_UNIT, "%s", option->unit);
	cli_table_set(table, SHOW_DEFAULT, "%llu", cli_option_default(option));
	cli_table_set(table, SHOW_CHANGED, "%d", changed);
	cli_table_set(table, SHOW_WHEN, "%s", option->when == CNULL_WHEN_LIVE ? "live" : "off");
	cli_table_set(table, SHOW_HELP, "%s", option->help);
	if (changed)
		cli_table_color(table, SHOW_VALUE, "bold");
}

static enum cli_exit run_show(const struct cli_call *call)
{
	const struct cli_driver *driver;
	struct cli_table *table;
	const char *disk = call->args[0];
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	size_t i;

	status = status ?: cli_disk_check(driver, disk);
	status = status ?: cli_table_open(call, &table);
	if (status)
		return status;
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		show_option(driver, disk, &cnull_options[i], table);
	return cli_table_close(table);
}

const struct cli_command cli_show = {
	.name = "show",
	.args = "NAME",
	.summary = "print all options of a disk",
	.details = "On a terminal, values that are not the default are bold.",
	.example = "show disk0 -o +HELP",
	.columns = &show_columns,
	.argument = CLI_ARG_DISK,
	.min_args = 1,
	.max_args = 1,
	.run = run_show,
};

enum option_column {
	OPTION_NAME, OPTION_TYPE, OPTION_DEFAULT, OPTION_MIN, OPTION_MAX, OPTION_UNIT, OPTION_WHEN,
	OPTION_PARAM, OPTION_HELP, OPTION_NR
};

static struct cli_column option_column(size_t i)
{
	static const struct cli_column columns[] = {
		[OPTION_NAME] = { "OPTION", "name of the option", CLI_STRING, true },
		[OPTION_TYPE] = { "TYPE", "bool, uint, ulong or node; RW, RO or WO for another file",
				  CLI_STRING, false },
		[OPTION_DEFAULT] = { "DEFAULT", "default", CLI_STRING, true },
		[OPTION_MIN] = { "MIN", "least value", CLI_STRING, false },
		[OPTION_MAX] = { "MAX", "greatest value", CLI_STRING, false },
		[OPTION_UNIT] = { "UNIT", "unit of the value", CLI_STRING, true },
		[OPTION_WHEN] = { "WHEN", "off: changes while the disk is off; live: at any time",
				  CLI_STRING, true },
		[OPTION_PARAM] = { "PARAM", "name of the module parameter", CLI_STRING, false },
		[OPTION_HELP] = { "HELP", "description", CLI_PROSE, true },
	};

	return columns[i];
}

static const struct cli_columns option_columns = { "options", OPTION_NR, option_column };

static void list_option(const struct cnull_option *option, struct cli_table *table)
{
	cli_table_row(table);
	cli_table_set(table, OPTION_NAME, "%s", option->name);
	cli_table_set(table, OPTION_TYPE, "%s", type_names[option->type]);
	cli_table_set(table, OPTION_DEFAULT, "%llu", cli_option_default(option));
	cli_table_set(table, OPTION_MIN, "%llu", (unsigned long long)option->min);
	cli_table_set(table, OPTION_MAX, "%llu", (unsigned long long)option->max);
	if (option->unit)
		cli_table_set(table, OPTION_UNIT, "%s", option->unit);
	cli_table_set(table, OPTION_WHEN, "%s", option->when == CNULL_WHEN_LIVE ? "live" : "off");
	if (option->param)
		cli_table_set(table, OPTION_PARAM, "%s", option->param);
	cli_table_set(table, OPTION_HELP, "%s", option->help);
}

static void list_file(const struct cli_file *file, struct cli_table *table)
{
	cli_table_row(table);
	cli_table_set(table, OPTION_NAME, "%s", file->name);
	cli_table_set(table, OPTION_TYPE, "%s", file->mode);
	if (file->def)
		cli_table_set(table, OPTION_DEFAULT, "%s", file->def);
	cli_table_set(table, OPTION_WHEN, "live");
	cli_table_set(table, OPTION_HELP, "%s", file->help);
}

/* Did the user ask for @name? Without arguments, the user asked for all. */
static bool is_asked(const struct cli_call *call, const char *name)
{
	int i;

	for (i = 0; i < call->nr_args; i++)
		if (!strcmp(call->args[i], name))
			return true;
	return !call->nr_args;
}

static enum cli_exit run_options(const struct cli_call *call)
{
	struct cli_table *table;
	enum cli_exit status;
	size_t i;

	for (i = 0; i < (size_t)call->nr_args; i++)
		if (!cli_setting_is_known(call->args[i]))
			return cli_error(CLI_WRONG_USE,
					 "no option '%s': 'cnull options' lists the options",
					 call->args[i]);
	status = cli_table_open(call, &table);
	if (status)
		return status;
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (is_asked(call, cnull_options[i].name))
			list_option(&cnull_options[i], table);
	for (i = 0; i < cli_nr_files; i++)
		if (is_asked(call, cli_files[i].name))
			list_file(&cli_files[i], table);
	return cli_table_close(table);
}

const struct cli_command cli_options = {
	.name = "options",
	.args = "[OPTION...]",
	.summary = "describe the options and other files of disks",
	.details = "This command needs no driver: the table of options is a part of the command.",
	.example = "options size blocksize",
	.columns = &option_columns,
	.argument = CLI_ARG_OPTIONS,
	.max_args = CLI_MAX_SETTINGS,
	.run = run_options,
};

enum feature_column { FEATURE_NAME, FEATURE_LOADED, FEATURE_CNULL, FEATURE_NR };

static struct cli_column feature_column(size_t i)
{
	static const struct cli_column columns[] = {
		[FEATURE_NAME] = { "FEATURE", "name of the option or file", CLI_STRING, true },
		[FEATURE_LOADED] = { "LOADED", "the loaded driver has the feature", CLI_BOOL, true },
		[FEATURE_CNULL] = { "CNULL", "this version of cnull has the feature", CLI_BOOL, true },
	};

	return columns[i];
}

static const struct cli_columns feature_columns = { "features", FEATURE_NR, feature_column };

static void list_feature(struct cli_table *table, const char *name, bool loaded, bool cnull)
{
	cli_table_row(table);
	cli_table_set(table, FEATURE_NAME, "%s", name);
	cli_table_set(table, FEATURE_LOADED, "%d", loaded);
	cli_table_set(table, FEATURE_CNULL, "%d", cnull);
}

static enum cli_exit run_features(const struct cli_call *call)
{
	const struct cli_driver *driver;
	char path[PATH_MAX], features[CLI_TEXT_SIZE], *name, *rest = features;
	struct cli_table *table;
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	size_t i;
	int err;

	if (status)
		return status;
	cli_path(path, "%s/features", driver->dir);
	err = cli_read(path, features);
	if (err)
		return cli_error(cli_exit_of(err), "cannot read %s: %s", path, strerror(-err));
	status = cli_table_open(call, &table);
	if (status)
		return status;
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		list_feature(table, cnull_options[i].name,
			     cli_has_word(features, ',', cnull_options[i].name), true);
	for (i = 0; i < cli_nr_files; i++)
		if (!strchr(cli_files[i].name, '/'))
			list_feature(table, cli_files[i].name,
				     cli_has_word(features, ',', cli_files[i].name), true);
	while ((name = strsep(&rest, ",")))
		if (*name && !cli_setting_is_known(name))
			list_feature(table, name, true, false);
	return cli_table_close(table);
}

const struct cli_command cli_features = {
	.name = "features",
	.args = "",
	.summary = "compare the features of the loaded driver with those of cnull",
	.details = "The list is that of the driver's file 'features'.",
	.example = "--driver null_blk features",
	.columns = &feature_columns,
	.run = run_features,
};
