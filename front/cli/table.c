// SPDX-License-Identifier: GPL-2.0
/*
 * Tables, printed by libsmartcols for people and for programs.
 */
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "command.h"
#include "table.h"

/* The version of the JSON output. It changes when a key changes its meaning or goes. */
#define JSON_VERSION	1

/**
 * struct cli_table - a table under construction
 * @table: libsmartcols' table
 * @line: the current row
 * @columns: all columns
 * @position: the position of each of @columns in @table, or -1
 * @is_json: print JSON
 * @is_exact: print sizes in bytes
 * @is_broken: memory was short
 */
struct cli_table {
	struct libscols_table *table;
	struct libscols_line *line;
	const struct cli_columns *columns;
	int *position;
	bool is_json;
	bool is_exact;
	bool is_broken;
};

/* The flags of all commands with a table. */
const struct cli_flag cli_table_flags[] = {
	{ 'b', "bytes", NULL, "print sizes in bytes" },
	{ 'J', "json", NULL, "print JSON, with sizes in bytes" },
	{ 'n', "noheadings", NULL, "print no headings" },
	{ 'o', "output", "LIST", "print the columns LIST; with +LIST, in addition to the usual ones" },
	{ 0, "output-all", NULL, "print all columns" },
	{ 0, "raw", NULL, "print columns separated by one space, in bytes" },
	{ }
};

static const int column_flags[] = {
	[CLI_STRING] = 0,
	[CLI_PROSE] = SCOLS_FL_WRAP,
	[CLI_NUMBER] = SCOLS_FL_RIGHT,
	[CLI_SIZE] = SCOLS_FL_RIGHT,
	[CLI_BOOL] = SCOLS_FL_RIGHT,
};

static const int json_types[] = {
	[CLI_STRING] = SCOLS_JSON_STRING,
	[CLI_PROSE] = SCOLS_JSON_STRING,
	[CLI_NUMBER] = SCOLS_JSON_NUMBER,
	[CLI_SIZE] = SCOLS_JSON_NUMBER,
	[CLI_BOOL] = SCOLS_JSON_BOOLEAN,
};

/* Add column @i behind the columns that @table has, unless it is there. */
static int add_column(struct cli_table *table, size_t i)
{
	struct cli_column spec = table->columns->column(i);
	struct libscols_column *column;
	char name[64], *c;

	if (table->position[i] >= 0)
		return 0;
	snprintf(name, sizeof(name), "%s", spec.name);
	for (c = name; table->is_json && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	column = scols_table_new_column(table->table, name, 0,
					table->is_json ? 0 : column_flags[spec.type]);
	if (!column)
		return -ENOMEM;
	table->position[i] = scols_table_get_ncols(table->table) - 1;
	return scols_column_set_json_type(column, json_types[spec.type]);
}

/* Return the number of the column @name, of @length bytes, or -1. */
static int find_column(const struct cli_columns *columns, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		struct cli_column column = columns->column(i);

		if (strlen(column.name) == length && !strncasecmp(column.name, name, length))
			return i;
	}
	return -1;
}

/* Add the columns of a list "A,B". */
static enum cli_exit add_columns(struct cli_table *table, const char *list)
{
	do {
		size_t length = strcspn(list, ",");
		int i = find_column(table->columns, list, length);

		if (i < 0)
			return cli_error(CLI_WRONG_USE,
					 "no column '%.*s': --help lists the columns", (int)length, list);
		if (add_column(table, i))
			table->is_broken = true;
		list += length;
	} while (*list++ == ',');
	return CLI_DONE;
}

static enum cli_exit select_columns(const struct cli_call *call, struct cli_table *table)
{
	const char *list = cli_value(call, "output");
	bool all = cli_value(call, "output-all");
	size_t i;

	for (i = 0; i < table->columns->nr; i++)
		table->position[i] = -1;
	for (i = 0; i < table->columns->nr; i++)
		if (all || ((!list || *list == '+') && table->columns->column(i).shown))
			if (add_column(table, i))
				table->is_broken = true;
	return list ? add_columns(table, list + (*list == '+')) : CLI_DONE;
}

static void free_table(struct cli_table *table)
{
	scols_unref_table(table->table);
	free(table->position);
	free(table);
}

/**
 * cli_table_check - check the flags for tables, before long work
 * @call: the command and its flags
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_table_check(const struct cli_call *call)
{
	struct cli_table *table;
	enum cli_exit status = cli_table_open(call, &table);

	if (!status)
		free_table(table);
	return status;
}

/**
 * cli_table_open - start a table
 * @call: the command and its flags
 * @table: where to store the table; cli_table_close() frees the table
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_table_open(const struct cli_call *call, struct cli_table **table)
{
	const struct cli_columns *columns = call->command->columns;
	struct cli_table *t = calloc(1, sizeof(*t));
	enum cli_exit status;

	if (t) {
		t->table = scols_new_table();
		t->position = calloc(columns->nr, sizeof(*t->position));
	}
	if (!t || !t->table || !t->position) {
		if (t)
			free_table(t);
		return cli_error(CLI_FAILED, "out of memory");
	}
	t->columns = columns;
	t->is_json = cli_value(call, "json");
	t->is_exact = t->is_json || cli_value(call, "bytes") || cli_value(call, "raw");
	scols_table_set_name(t->table, columns->name);
	scols_table_enable_json(t->table, t->is_json);
	scols_table_enable_raw(t->table, !!cli_value(call, "raw"));
	scols_table_enable_noheadings(t->table, !!cli_value(call, "noheadings"));
	scols_table_enable_colors(t->table, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
	status = select_columns(call, t);
	if (status)
		free_table(t);
	else
		*table = t;
	return status;
}

/**
 * cli_table_wants - is a column printed?
 * @table: the table
 * @column: number of the column
 *
 * Return: true if the value of the column is needed.
 */
bool cli_table_wants(const struct cli_table *table, size_t column)
{
	return table->position[column] >= 0;
}

/**
 * cli_table_row - add a row
 * @table: the table
 */
void cli_table_row(struct cli_table *table)
{
	table->line = scols_table_new_line(table->table, NULL);
	if (!table->line)
		table->is_broken = true;
}

/**
 * cli_table_set - set the value of the current row in a column
 * @table: the table
 * @column: number of the column. Nothing happens if it is not printed
 * @fmt: the value
 */
void cli_table_set(struct cli_table *table, size_t column, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	if (!table->line || !cli_table_wants(table, column))
		return;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		table->is_broken = true;
	else if (scols_line_refer_data(table->line, table->position[column], text))
		table->is_broken = true;
}

/**
 * cli_table_set_size - set a size in a column of the type CLI_SIZE
 * @table: the table
 * @column: number of the column
 * @bytes: the size in bytes
 */
void cli_table_set_size(struct cli_table *table, size_t column, unsigned long long bytes)
{
	static const char suffixes[] = "BKMGTPE";
	unsigned int i = 0;
	unsigned long long unit = 1, tenths;

	if (table->is_exact) {
		cli_table_set(table, column, "%llu", bytes);
		return;
	}
	while (suffixes[i + 1] && bytes / unit >= 1024) {
		unit *= 1024;
		i++;
	}
	/* 64 bits hold ten times the rest, because it is less than a unit of 2^60. */
	tenths = (bytes % unit) * 10 / unit;
	if (bytes % unit)
		cli_table_set(table, column, "%llu.%llu%c", bytes / unit, tenths, suffixes[i]);
	else
		cli_table_set(table, column, "%llu%c", bytes / unit, suffixes[i]);
}

/**
 * cli_table_color - set the color of the current row's value in a column
 * @table: the table
 * @column: number of the column
 * @color: name of the color, as libsmartcols has it
 */
void cli_table_color(struct cli_table *table, size_t column, const char *color)
{
	struct libscols_cell *cell;

	if (!table->line || !cli_table_wants(table, column))
		return;
	cell = scols_line_get_cell(table->line, table->position[column]);
	if (cell)
		scols_cell_set_color(cell, color);
}

/* Print JSON with a version: the first key of libsmartcols' object. */
static void print_json(struct cli_table *table)
{
	char *text = NULL;

	if (scols_print_table_to_string(table->table, &text) || !text)
		table->is_broken = true;
	else
		printf("{\n   \"version\": %d,\n%s", JSON_VERSION, text + strspn(text, "{\n"));
	free(text);
}

/**
 * cli_table_close - print a table, and free it
 * @table: the table
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_table_close(struct cli_table *table)
{
	bool is_broken;

	if (table->is_json && scols_table_get_nlines(table->table))
		print_json(table);
	else if (table->is_json)
		printf("{\n   \"version\": %d,\n   \"%s\": []\n}\n", JSON_VERSION,
		       table->columns->name);
	else if (scols_print_table(table->table))
		table->is_broken = true;
	is_broken = table->is_broken;
	free_table(table);
	return is_broken ? cli_error(CLI_FAILED, "out of memory") : CLI_DONE;
}
