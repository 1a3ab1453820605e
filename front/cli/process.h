/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other programs that the command runs.
 */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

int cli_run_program(char *const argv[]);
int cli_modprobe(const char *module, const char *parameter);

#endif
