// SPDX-License-Identifier: GPL-2.0
/*
 * Read files that describe disks: sections of lines OPTION=VALUE.
 *
 * libinih parses the lines. Its limits on names and lines truncate silently, so this file
 * checks them.
 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

#define GLOBAL	"global"

/**
 * struct reader - the state of the parser
 * @file: name of the file
 * @stream: the file
 * @line: number of the current line
 * @plan: the plan
 * @global: the defaults so far
 * @status: the first error, or CLI_DONE
 */
struct reader {
	const char *file;
	FILE *stream;
	int line;
	struct cli_plan *plan;
	struct cli_section global;
	enum cli_exit status;
};

/* Print the place of the current line, for messages. */
static const char *place(const struct reader *reader)
{
	static char text[PATH_MAX + 32];

	snprintf(text, sizeof(text), "%s:%d: ", reader->file, reader->line);
	return text;
}

/* Return the section of a disk. Add it with the defaults if it is new. */
static struct cli_section *find_section(struct reader *reader, const char *name)
{
	struct cli_plan *plan = reader->plan;
	struct cli_section *all;
	size_t i;

	if (!strcmp(name, GLOBAL))
		return &reader->global;
	for (i = 0; i < plan->nr; i++)
		if (!strcmp(plan->section[i].name, name))
			return &plan->section[i];
	reader->status = *name ? cli_name_check(name, place(reader)) :
			 cli_error(CLI_WRONG_USE, "%sthe line is in no section: a file begins with [NAME]",
				   place(reader));
	if (reader->status)
		return NULL;
	all = reallocarray(plan->section, plan->nr + 1, sizeof(*all));
	if (!all) {
		reader->status = cli_error(CLI_FAILED, "out of memory");
		return NULL;
	}
	plan->section = all;
	all[plan->nr] = reader->global;
	strcpy(all[plan->nr].name, name);
	/* Line 0 marks a default, which the section may set again. */
	memset(all[plan->nr].lines, 0, sizeof(all->lines));
	return &all[plan->nr++];
}

/* Add the section of a line "[NAME]": libinih reports no section without lines. */
static void start_section(struct reader *reader, char *line)
{
	char *end = strchr(line, ']');

	if (!end) {
		reader->status = cli_error(CLI_WRONG_USE, "%smust be [NAME] or OPTION=VALUE",
					   place(reader));
		return;
	}
	*end = '\0';
	find_section(reader, line + 1);
	*end = ']';
}

/* Read a line, as fgets() does. End the file at an error. */
static char *read_line(char *line, int size, void *data)
{
	struct reader *reader = data;
	size_t length, blanks;

	if (reader->status || !fgets(line, size, reader->stream))
		return NULL;
	reader->line++;
	length = strlen(line);
	/* libinih would parse the rest as a new line. */
	if (!length || (line[length - 1] != '\n' && !feof(reader->stream)))
		reader->status = cli_error(CLI_WRONG_USE, "%sthe line must have at most %d characters, and no NUL",
					   place(reader), size - 2);
	/* libinih would append an indented line to the value before. */
	blanks = strspn(line, " \t");
	memmove(line, line + blanks, length - blanks + 1);
	if (!reader->status && *line == '[')
		start_section(reader, line);
	return reader->status ? NULL : line;
}

static enum cli_exit add_ranges(struct reader *reader, struct cli_section *section, char *text)
{
	char *word;

	section->has_ranges = true;
	while ((word = strsep(&text, " \t"))) {
		enum cli_exit status;

		if (!*word)
			continue;
		if (section->nr_ranges == CLI_MAX_RANGES)
			return cli_error(CLI_WRONG_USE, "%smore than %d bad ranges in a section",
					 place(reader), CLI_MAX_RANGES);
		status = cli_range_parse(word, place(reader), &section->ranges[section->nr_ranges]);
		if (status)
			return status;
		section->nr_ranges++;
	}
	return CLI_DONE;
}

/* Add a setting. A section may set a default again, but not its own settings. */
static enum cli_exit add_setting(struct reader *reader, struct cli_section *section,
				 const char *name, const char *value)
{
	struct cli_setting setting;
	enum cli_exit status = cli_setting_parse(name, value, place(reader), &setting);
	int i;

	if (status)
		return status;
	if (!strcmp(name, "power")) {
		section->on = *value == '1';
		return CLI_DONE;
	}
	if (!strcmp(name, "origin"))
		return cli_error(CLI_WRONG_USE, "%s'origin' cannot be in a file: 'cnull clone' makes a clone",
				 place(reader));
	if (cli_setting_is_action(name))
		return cli_error(CLI_WRONG_USE, "%s'%s' is an action, and cannot be in a file",
				 place(reader), name);
	for (i = 0; i < section->nr_settings; i++)
		if (!strcmp(section->settings[i].name, name))
			break;
	if (i < section->nr_settings && section->lines[i])
		return cli_error(CLI_WRONG_USE, "%s'%s' is set in line %d, too", place(reader), name,
				 section->lines[i]);
	if (i == CLI_PLAN_SETTINGS)
		return cli_error(CLI_WRONG_USE, "%smore than %d settings in a section",
				 place(reader), CLI_PLAN_SETTINGS);
	section->settings[i] = setting;
	section->lines[i] = reader->line;
	section->nr_settings += i == section->nr_settings;
	return CLI_DONE;
}

/* Add a line to the plan. libinih continues after an error: ignore the rest. */
static int add_line(void *data, const char *name, const char *key, const char *value)
{
	struct reader *reader = data;
	struct cli_section *section;

	if (reader->status)
		return 0;
	section = find_section(reader, name);
	if (!section)
		return 0;
	if (!strcmp(key, "badblocks"))
		reader->status = add_ranges(reader, section, strdupa(value));
	else
		reader->status = add_setting(reader, section, key, value);
	return !reader->status;
}

/**
 * cli_plan_read - add the disks of a file to a plan
 * @file: name of the file; "-" for standard input
 * @plan: the plan; cli_plan_free() frees it, also after an error
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_plan_read(const char *file, struct cli_plan *plan)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	enum cli_exit status;
	int line;

	if (!reader)
		return cli_error(CLI_FAILED, "out of memory");
	reader->file = file;
	reader->plan = plan;
	reader->global.on = true;
	reader->stream = strcmp(file, "-") ? fopen(file, "re") : stdin;
	if (!reader->stream) {
		free(reader);
		return cli_error(errno == EACCES ? CLI_NO_PERMISSION : CLI_WRONG_USE,
				 "cannot open %s: %s", file, strerror(errno));
	}
	line = ini_parse_stream(read_line, reader, add_line, reader);
	if (!reader->status && line)
		reader->status = cli_error(CLI_WRONG_USE, "%s:%d: must be [NAME] or OPTION=VALUE",
					   file, line);
	if (!reader->status && ferror(reader->stream))
		reader->status = cli_error(CLI_WRONG_USE, "cannot read %s: is it a file?", file);
	status = reader->status;
	if (reader->stream != stdin)
		fclose(reader->stream);
	free(reader);
	return status;
}

/**
 * cli_plan_free - free the disks of a plan
 * @plan: the plan; empty afterwards
 */
void cli_plan_free(struct cli_plan *plan)
{
	free(plan->section);
	plan->section = NULL;
	plan->nr = 0;
}
