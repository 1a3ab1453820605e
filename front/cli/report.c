// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of the command: messages and exit statuses.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "report.h"

/* The description of each exit status, for the manual. */
const char *const cli_exit_texts[CLI_NR_EXITS] = {
	[CLI_DONE] = "The command is done.",
	[CLI_FAILED] = "The kernel refused an operation, or a check failed.",
	[CLI_WRONG_USE] = "The command line or a file is wrong. Nothing was changed.",
	[CLI_NO_DISK] = "No disk or snapshot has this name. Or module parameters made the disk, and it has no options.",
	[CLI_NO_PERMISSION] = "The command needs root.",
	[CLI_NO_DRIVER] = "No driver is loaded, or no module is installed.",
};

static void print(const char *fmt, va_list args)
{
	fflush(stdout);
	fputs("cnull: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

/**
 * cli_error - print an error
 * @status: the exit status
 * @fmt: the message: what was wrong, with the value, and what would be right
 *
 * Return: @status.
 */
enum cli_exit cli_error(enum cli_exit status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
	return status;
}

/**
 * cli_note - print a note that is not a result, to standard error
 * @fmt: the message
 */
void cli_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

/**
 * cli_exit_of - convert an error of a system call to an exit status
 * @err: 0, or a negative errno
 *
 * Return: the exit status.
 */
enum cli_exit cli_exit_of(int err)
{
	switch (err) {
	case 0:
		return CLI_DONE;
	case -EACCES:
	case -EPERM:
		return CLI_NO_PERMISSION;
	default:
		return CLI_FAILED;
	}
}
