// SPDX-License-Identifier: GPL-2.0
/*
 * Print documents of the command cnull from its tables:
 *
 *	command-doc man	the manual page cnull(1), for scdoc
 *	command-doc conf	the manual page cnull.conf(5), for scdoc
 *	command-doc completion	the tables of front/cli/completion.bash and completion.zsh
 */
#include <stdio.h>
#include <string.h>

#include "../front/cli/commandline.h"
#include "../front/cli/setting.h"
#include "../front/cli/table.h"
#include "config.h"
#include "version.h"

/* Print text for scdoc: its markup in the text has no meaning. */
static void print_plain(const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\#[]<>~", *text) || (*text == '.' && text[1] == '\0'))
			putchar('\\');
		putchar(*text);
	}
}

static void print_flags(const struct cli_flag *flag)
{
	for (; flag && flag->name; flag++) {
		if (flag->letter)
			printf("*-%c*, ", flag->letter);
		printf("*--%s*", flag->name);
		if (flag->value)
			printf(" _%s_", flag->value);
		printf("\n\t");
		print_plain(flag->help);
		puts(".\n");
	}
}

static void print_columns(const struct cli_columns *columns)
{
	size_t i;

	printf("Columns:");
	for (i = 0; i < columns->nr; i++) {
		struct cli_column column = columns->column(i);

		printf("%s ", i ? "," : "");
		if (column.shown)
			putchar('*');
		print_plain(column.name);
		if (column.shown)
			putchar('*');
	}
	puts(". The usual ones are bold.\n");
}

static void print_command(const struct cli_command *command)
{
	printf("## cnull %s\n\n*cnull %s* ", command->name, command->name);
	print_plain(command->args);
	printf("\n\n%c", command->summary[0] - 'a' + 'A');
	print_plain(command->summary + 1);
	puts(".");
	if (command->details) {
		print_plain(command->details);
		putchar('\n');
	}
	printf("\nExample: *cnull ");
	print_plain(command->example);
	puts("*\n");
	print_flags(command->flags);
	if (command->columns)
		print_columns(command->columns);
}

static void print_man(void)
{
	size_t i;

	printf("cnull(1) \"cnull " CNULL_VERSION "\"\n\n"
	       "# NAME\n\ncnull - control null block devices\n\n"
	       "# SYNOPSIS\n\n*cnull* [*--driver* _NAME_] _COMMAND_ [_ARG_...]\n\n"
	       "# DESCRIPTION\n\n"
	       "*cnull* creates, changes and shows null block devices. The devices are those of the\n"
	       "kernel module cnull, or of null\\_blk. The command writes the files that are in\n"
	       "/sys/kernel/config. Each disk is a directory there.\n\n"
	       "Showing needs no root, except for zones. Changes need root.\n\n"
	       "A value may have a suffix: K, M, G, T, P or E for sizes in powers of 1024, S for\n"
	       "sectors of 512 bytes; ns, us, ms or s for times; k, m or g for requests per second, in\n"
	       "powers of 1000. A value without a suffix is in the unit of the option.\n\n"
	       "# OPTIONS OF ALL COMMANDS\n\n");
	print_flags(cli_common_flags);
	puts("# OPTIONS OF COMMANDS WITH A TABLE\n");
	print_flags(cli_table_flags);
	puts("JSON is an object with the key \"version\", and an array of rows. A key is the name of\n"
	     "a column in lower case. The version changes when a key is removed or gets another meaning.\n");
	puts("# COMMANDS\n");
	for (i = 0; cli_commands[i]; i++)
		print_command(cli_commands[i]);
	puts("# EXIT STATUS\n");
	for (i = 0; i < CLI_NR_EXITS; i++) {
		printf("*%zu*\n\t", i);
		print_plain(cli_exit_texts[i]);
		puts("\n");
	}
	puts("# ENVIRONMENT\n\n"
	     "*CNULL\\_SYSROOT*\n\tA directory that stands for the root of the file system, for tests.\n\n"
	     "*NO\\_COLOR*\n\tPrint no colors, also on a terminal.\n\n"
	     "# SEE ALSO\n\n*cnull.conf*(5), *nbdkit-cnull-plugin*(1), *nbdkit*(1), *lsblk*(8), *blkzone*(8)");
}

static void print_conf(void)
{
	size_t i;

	puts("cnull.conf(5) \"cnull " CNULL_VERSION "\"\n\n"
	     "# NAME\n\ncnull.conf - disks for 'cnull apply'\n\n"
	     "# DESCRIPTION\n\n"
	     "A section *\\[NAME\\]* describes a disk. A line *OPTION=VALUE* sets an option. The section\n"
	     "*\\[global\\]* has defaults for the sections after it. A line that starts with ; or # is a\n"
	     "comment.\n\n"
	     "The service cnull.service applies the files /etc/cnull/\\*.conf at boot.\n\n"
	     "# EXAMPLE\n\n```\n[global]\nmemory_backed=1\nblocksize=4K\n\n[disk0]\nsize=4G\ncache_size=64M\n\n"
	     "[zdisk]\nsize=10G\nzoned=1\nzone_size=256M\nrequeue_inject/probability=10\nbadblocks=2048-2055\n```\n\n"
	     "# OPTIONS\n\n"
	     "*power*=_0|1_\n\tPower of the disk after *cnull apply*; 1 by default.\n\n"
	     "*badblocks*=_FIRST-LAST_...\n\tBad sectors. Several lines add up. Other bad sectors become good.\n");
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];

		if (i == CNULL_OPTION_index)
			continue;
		putchar('*');
		print_plain(option->name);
		printf("*=_%s_\n\t", option->type == CNULL_TYPE_BOOL ? "0|1" : option->unit ?: "NUMBER");
		print_plain(option->help);
		printf(". Default: %llu.\n\n", (unsigned long long)option->def);
	}
	puts("# FAULTS\n");
	for (i = 0; i < cli_nr_files; i++) {
		const struct cli_file *file = &cli_files[i];

		if (!file->def)
			continue;
		putchar('*');
		print_plain(file->name);
		printf("*=_NUMBER_\n\t");
		print_plain(file->help);
		printf(". Default: %s.\n\n", file->def);
	}
	puts("# SEE ALSO\n\n*cnull*(1)");
}

/* The kinds of arguments, as completion.bash and completion.zsh have them. */
static const char *const argument_names[] = {
	[CLI_ARG_NONE] = "none",
	[CLI_ARG_NEW_DISK] = "new-disk",
	[CLI_ARG_DISK] = "disk",
	[CLI_ARG_DISKS] = "disks",
	[CLI_ARG_DISK_SETTINGS] = "settings",
	[CLI_ARG_DISK_OPTIONS] = "disk-options",
	[CLI_ARG_OPTIONS] = "options",
	[CLI_ARG_DISK_SNAPSHOTS] = "disk-snapshots",
	[CLI_ARG_CLONE] = "clone",
	[CLI_ARG_SAVE] = "save",
	[CLI_ARG_LOAD] = "load",
	[CLI_ARG_FILES] = "files",
	[CLI_ARG_COMMAND] = "command",
};

static void print_flag_words(const struct cli_command *command)
{
	const struct cli_flag *sets[] = {
		command->flags, command->columns ? cli_table_flags : NULL, cli_common_flags
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		const struct cli_flag *flag = sets[i];

		for (; flag && flag->name; flag++)
			printf("--%s ", flag->name);
	}
}

/* Print both forms of the flags that have a value. */
static void print_value_flags(const struct cli_command *command)
{
	const struct cli_flag *sets[] = {
		command->flags, command->columns ? cli_table_flags : NULL, cli_common_flags
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		const struct cli_flag *flag = sets[i];

		for (; flag && flag->name; flag++) {
			if (flag->value && flag->letter)
				printf("-%c ", flag->letter);
			if (flag->value)
				printf("--%s ", flag->name);
		}
	}
}

/* Print the words that may follow the disk. */
static void print_actions(const struct cli_command *command)
{
	if (command == &cli_badblocks)
		printf("add remove clear");
}

static void print_column_words(const struct cli_command *command)
{
	size_t i;

	for (i = 0; command->columns && i < command->columns->nr; i++)
		printf("%s ", command->columns->column(i).name);
}

static void print_argument(const struct cli_command *command)
{
	printf("%s", argument_names[command->argument]);
}

static void print_summary(const struct cli_command *command)
{
	printf("%s", command->summary);
}

/* Print the tables of the completions: the syntax is that of both shells. */
static void print_completion(void)
{
	static const struct {
		const char *name;
		void (*print)(const struct cli_command *command);
	} tables[] = {
		{ "flags", print_flag_words }, { "values", print_value_flags },
		{ "columns", print_column_words }, { "actions", print_actions },
		{ "argument", print_argument }, { "summary", print_summary },
	};
	size_t t, i;

	for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		printf("declare -gA _cnull_%s=(", tables[t].name);
		for (i = 0; cli_commands[i]; i++) {
			printf("\n\t[%s]='", cli_commands[i]->name);
			tables[t].print(cli_commands[i]);
			printf("'");
		}
		puts(")");
	}
	printf("_cnull_options='");
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		printf("%s ", cnull_options[i].name);
	for (i = 0; i < cli_nr_files; i++)
		printf("%s ", cli_files[i].name);
	puts("'");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} documents[] = {
		{ "man", print_man }, { "conf", print_conf },
		{ "completion", print_completion },
	};
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(documents) / sizeof(documents[0]); i++)
		if (!strcmp(documents[i].name, argv[1])) {
			documents[i].print();
			return 0;
		}
	fprintf(stderr, "command-doc: the argument must be man, conf or completion\n");
	return 2;
}
