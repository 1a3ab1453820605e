/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command, and a call of a command.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "report.h"

/** enum cli_argument - the kind of a command's arguments, for completion */
enum cli_argument {
	CLI_ARG_NONE,
	CLI_ARG_NEW_DISK,	/* the name of a new disk, then OPTION=VALUE */
	CLI_ARG_DISK,		/* one disk, then arguments of the command */
	CLI_ARG_DISKS,		/* disks */
	CLI_ARG_DISK_SETTINGS,	/* one disk, then OPTION=VALUE */
	CLI_ARG_DISK_OPTIONS,	/* one disk, then options */
	CLI_ARG_OPTIONS,	/* options of disks */
	CLI_ARG_DISK_SNAPSHOTS,	/* one disk, then snapshots of the disk */
	CLI_ARG_CLONE,		/* DISK/SNAPSHOT, the name of a new disk, then OPTION=VALUE */
	CLI_ARG_SAVE,		/* DISK/SNAPSHOT, then a file */
	CLI_ARG_LOAD,		/* a file, then a disk */
	CLI_ARG_FILES,
	CLI_ARG_COMMAND,
};

/**
 * struct cli_flag - an option of a command
 * @letter: the short form, or 0
 * @name: the long form, without "--"
 * @value: name of the value, or NULL if the flag has none
 * @help: description, one line
 */
struct cli_flag {
	char letter;
	const char *name;
	const char *value;
	const char *help;
};

/* Most flags that a command accepts, its own and the common ones together. */
#define CLI_MAX_FLAGS	16

struct cli_call;
struct cli_columns;

/**
 * struct cli_command - a command
 * @name: name of the command
 * @args: the arguments, as help texts show them
 * @summary: description, one line
 * @details: more sentences for the help text and the manual
 * @example: a command line, without "cnull "
 * @columns: the columns of its table, or NULL. A command with a table accepts
 *	cli_table_flags
 * @flags: further flags, which end with one without a name
 * @argument: kind of the arguments
 * @min_args: least number of arguments
 * @max_args: greatest number of arguments
 * @run: execute the command
 */
struct cli_command {
	const char *name;
	const char *args;
	const char *summary;
	const char *details;
	const char *example;
	const struct cli_columns *columns;
	const struct cli_flag *flags;
	enum cli_argument argument;
	int min_args;
	int max_args;
	enum cli_exit (*run)(const struct cli_call *call);
};

/**
 * struct cli_call - a command and its arguments
 * @command: the command
 * @args: the arguments after the flags
 * @nr_args: number of @args
 * @driver: name of the driver that the user asked for, or NULL
 * @nr_flags: number of @flags
 * @flags: the flags that the user gave
 * @values: the values of @flags; "" if a flag has none
 */
struct cli_call {
	const struct cli_command *command;
	char **args;
	int nr_args;
	const char *driver;
	int nr_flags;
	const struct cli_flag *flags[CLI_MAX_FLAGS];
	const char *values[CLI_MAX_FLAGS];
};

const char *cli_value(const struct cli_call *call, const char *flag);

#endif
