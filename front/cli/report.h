/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors of the command: messages and exit statuses.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

/**
 * enum cli_exit - the exit status of the command
 *
 * cli_exit_texts has the description of each.
 */
enum cli_exit {
	CLI_DONE,
	CLI_FAILED,
	CLI_WRONG_USE,
	CLI_NO_DISK,
	CLI_NO_PERMISSION,
	CLI_NO_DRIVER,
	CLI_NR_EXITS
};

extern const char *const cli_exit_texts[CLI_NR_EXITS];

enum cli_exit cli_error(enum cli_exit status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void cli_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
enum cli_exit cli_exit_of(int err);

#endif
