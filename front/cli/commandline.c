// SPDX-License-Identifier: GPL-2.0
/*
 * The commands: the table, the parser of command lines, and the help texts.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commandline.h"
#include "driver.h"
#include "table.h"
#include "version.h"

/* All commands, in the order of the help text. */
const struct cli_command *const cli_commands[] = {
	&cli_create, &cli_remove, &cli_on, &cli_off, &cli_cut,
	&cli_set, &cli_get,
	&cli_list, &cli_show, &cli_zones, &cli_badblocks, &cli_top,
	&cli_snapshot, &cli_list_snapshots, &cli_drop, &cli_restore, &cli_clone,
	&cli_diff, &cli_save, &cli_load,
	&cli_apply, &cli_dump, &cli_export, &cli_unexport,
	&cli_options, &cli_features, &cli_doctor, &cli_version, &cli_help,
	NULL
};

/* The flags of all commands. */
const struct cli_flag cli_common_flags[] = {
	{ 0, "driver", "NAME", "cnull or null_blk; without this option the loaded one, cnull first" },
	{ 'h', "help", NULL, "print a help text, and exit" },
	{ }
};

/* Return the command @name, or NULL. */
static const struct cli_command *find_command(const char *name)
{
	size_t i;

	for (i = 0; cli_commands[i]; i++)
		if (!strcmp(cli_commands[i]->name, name))
			return cli_commands[i];
	return NULL;
}

/**
 * struct parser - the flags of a command as getopt_long() takes them
 * @flag: the flags; option i of getopt_long() is flag i
 * @options: their long forms
 * @letters: their short forms
 * @nr: number of flags
 */
struct parser {
	const struct cli_flag *flag[CLI_MAX_FLAGS];
	struct option options[CLI_MAX_FLAGS + 1];
	char letters[2 * CLI_MAX_FLAGS + 3];
	int nr;
};

/* The value that getopt_long() returns for flag @i, if the flag has no letter. */
#define FIRST_LONG	256

static void add_flags(struct parser *parser, const struct cli_flag *flag)
{
	for (; flag && flag->name && parser->nr < CLI_MAX_FLAGS; flag++) {
		int i = parser->nr++;
		size_t end = strlen(parser->letters);

		parser->flag[i] = flag;
		parser->options[i].name = flag->name;
		parser->options[i].has_arg = flag->value ? required_argument : no_argument;
		parser->options[i].val = FIRST_LONG + i;
		if (flag->letter) {
			parser->letters[end++] = flag->letter;
			if (flag->value)
				parser->letters[end++] = ':';
			parser->letters[end] = '\0';
		}
	}
}

/* Return the flag for a value of getopt_long(), or NULL. */
static const struct cli_flag *flag_of(const struct parser *parser, int value)
{
	int i;

	if (value >= FIRST_LONG)
		return parser->flag[value - FIRST_LONG];
	for (i = 0; i < parser->nr; i++)
		if (parser->flag[i]->letter == value)
			return parser->flag[i];
	return NULL;
}

/*
 * Read flags from @argv, from argument 1 on, into @call. A '+' in front of the letters
 * ends at the first argument that is no flag.
 */
static enum cli_exit read_flags(struct parser *parser, const char *whose, int argc,
				char **argv, struct cli_call *call)
{
	char word[64];
	int value;

	optind = 0;
	opterr = 0;
	while ((value = getopt_long(argc, argv, parser->letters, parser->options, NULL)) >= 0) {
		const struct cli_flag *flag = flag_of(parser, value);

		/* In a cluster of letters, optind is not at the word yet. */
		if (!flag && optopt > 0 && optopt < FIRST_LONG)
			snprintf(word, sizeof(word), "-%c", optopt);
		else if (!flag)
			snprintf(word, sizeof(word), "%s", argv[optind - 1]);
		if (!flag)
			return cli_error(CLI_WRONG_USE, "%s '%s'%s: see 'cnull %s--help'",
					 value == ':' ? "option" : "no option", word,
					 value == ':' ? " needs a value" : "", whose);
		if (call->nr_flags == CLI_MAX_FLAGS)
			return cli_error(CLI_WRONG_USE, "too many options: at most %d",
					 CLI_MAX_FLAGS);
		call->flags[call->nr_flags] = flag;
		call->values[call->nr_flags++] = flag->value ? optarg : "";
	}
	return CLI_DONE;
}

/* Read the arguments of a command. argv[0] is the name of the command. */
static enum cli_exit read_command(struct cli_call *call, int argc, char **argv)
{
	const struct cli_command *command = call->command;
	struct parser parser = { .letters = ":" };
	char whose[64];
	enum cli_exit status;

	snprintf(whose, sizeof(whose), "%s ", command->name);
	add_flags(&parser, cli_common_flags);
	if (command->columns)
		add_flags(&parser, cli_table_flags);
	add_flags(&parser, command->flags);
	status = read_flags(&parser, whose, argc, argv, call);
	if (status || cli_value(call, "help"))
		return status;
	call->args = argv + optind;
	call->nr_args = argc - optind;
	if (call->nr_args < command->min_args)
		return cli_error(CLI_WRONG_USE, "arguments are missing: cnull %s %s",
				 command->name, command->args);
	if (call->nr_args > command->max_args)
		return cli_error(CLI_WRONG_USE, "'%s' is one argument too many: cnull %s%s%s",
				 call->args[command->max_args], command->name,
				 *command->args ? " " : "", command->args);
	return CLI_DONE;
}

static void print_flags(const struct cli_flag *flag)
{
	for (; flag && flag->name; flag++) {
		char name[40];

		snprintf(name, sizeof(name), "--%s%s%s", flag->name, flag->value ? " " : "",
			 flag->value ?: "");
		printf("  %c%c %-20s %s\n", flag->letter ? '-' : ' ', flag->letter ?: ' ', name,
		       flag->help);
	}
}

/* Print the names of columns, wrapped. The usual ones have a star. */
static void print_columns(const struct cli_columns *columns)
{
	size_t i, width = 0;

	printf("\nColumns (* = usual):\n ");
	for (i = 0; i < columns->nr; i++) {
		struct cli_column column = columns->column(i);
		size_t length = strlen(column.name) + column.shown + 1;

		if (width + length > 77) {
			printf("\n ");
			width = 0;
		}
		width += length;
		printf(" %s%s", column.name, column.shown ? "*" : "");
	}
	putchar('\n');
}

static void print_help(const struct cli_command *command)
{
	printf("cnull %s%s%s\n\n%c%s.\n", command->name, *command->args ? " " : "", command->args,
	       toupper((unsigned char)command->summary[0]), command->summary + 1);
	if (command->details)
		printf("%s\n", command->details);
	printf("\nExample: cnull %s\n\n", command->example);
	print_flags(command->flags);
	if (command->columns)
		print_flags(cli_table_flags);
	print_flags(cli_common_flags);
	if (command->columns)
		print_columns(command->columns);
}

/**
 * cli_run - execute a command line
 * @argc: number of arguments
 * @argv: the arguments; argv[0] is the name of the program
 *
 * Return: the exit status.
 */
enum cli_exit cli_run(int argc, char **argv)
{
	struct parser parser = { .letters = "+:" };
	struct cli_call call = { };
	enum cli_exit status;
	int first;

	add_flags(&parser, cli_common_flags);
	status = read_flags(&parser, "", argc, argv, &call);
	if (status)
		return status;
	first = optind;
	if (cli_value(&call, "help") || first == argc) {
		call.command = &cli_help;
		status = cli_help.run(&call);
		return cli_value(&call, "help") ? status : CLI_WRONG_USE;
	}
	call.command = find_command(argv[first]);
	if (!call.command)
		return cli_error(CLI_WRONG_USE, "no command '%s': 'cnull help' lists the commands",
				 argv[first]);
	status = read_command(&call, argc - first, argv + first);
	if (status)
		return status;
	if (cli_value(&call, "help")) {
		print_help(call.command);
		return CLI_DONE;
	}
	call.driver = cli_value(&call, "driver");
	return cli_driver_check(call.driver) ?: call.command->run(&call);
}

static enum cli_exit run_help(const struct cli_call *call)
{
	size_t i;

	if (call->nr_args) {
		const struct cli_command *command = find_command(call->args[0]);

		if (!command)
			return cli_error(CLI_WRONG_USE,
					 "no command '%s': 'cnull help' lists the commands",
					 call->args[0]);
		print_help(command);
		return CLI_DONE;
	}
	puts("cnull [--driver NAME] COMMAND [ARG...]\n\nControl null block devices: those of cnull, or of null_blk.\n");
	for (i = 0; cli_commands[i]; i++)
		printf("  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
	puts("\nExample: cnull create disk0 size=4G memory_backed=1\n");
	puts("'cnull COMMAND --help' has more about a command, cnull(1) about everything.");
	return CLI_DONE;
}

const struct cli_command cli_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "print the commands, or the help text of one command",
	.example = "help create",
	.argument = CLI_ARG_COMMAND,
	.max_args = 1,
	.run = run_help,
};

static enum cli_exit run_version(const struct cli_call *call)
{
	puts("cnull " CNULL_VERSION);
	return CLI_DONE;
}

const struct cli_command cli_version = {
	.name = "version",
	.args = "",
	.summary = "print the version of this command",
	.example = "version",
	.run = run_version,
};
