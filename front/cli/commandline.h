/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands: one table, which the parser, the help texts, the manual and the
 * completions of shells read.
 */
#ifndef CLI_COMMANDLINE_H
#define CLI_COMMANDLINE_H

#include "command.h"

extern const struct cli_command *const cli_commands[];
extern const struct cli_flag cli_common_flags[];

enum cli_exit cli_run(int argc, char **argv);

/* The commands, by file. */
extern const struct cli_command cli_create, cli_remove, cli_on, cli_off, cli_cut;
extern const struct cli_command cli_set, cli_get, cli_options, cli_features;
extern const struct cli_command cli_list, cli_show;
extern const struct cli_command cli_zones, cli_badblocks;
extern const struct cli_command cli_snapshot, cli_list_snapshots, cli_drop, cli_restore;
extern const struct cli_command cli_clone;
extern const struct cli_command cli_diff, cli_save, cli_load;
extern const struct cli_command cli_apply, cli_dump;
extern const struct cli_command cli_export, cli_unexport;
extern const struct cli_command cli_top, cli_doctor, cli_version, cli_help;

#endif
