/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables, printed by libsmartcols for people and for programs.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "report.h"

/** enum cli_column_type - the type of a column's values */
enum cli_column_type {
	CLI_STRING,
	CLI_PROSE,	/* a string that a terminal wraps */
	CLI_NUMBER,
	CLI_SIZE,	/* bytes, printed with a suffix unless exact numbers are asked for */
	CLI_BOOL,	/* 0 or 1 */
};

/**
 * struct cli_column - a column of a table
 * @name: heading, in upper case. The key of JSON is the same in lower case
 * @help: description, one line
 * @type: type of the values
 * @shown: printed unless the user selects columns
 */
struct cli_column {
	const char *name;
	const char *help;
	enum cli_column_type type;
	bool shown;
};

/**
 * struct cli_columns - the columns of a command's table
 * @name: name of the rows in JSON
 * @nr: number of columns
 * @column: return a column; @i is less than @nr
 */
struct cli_columns {
	const char *name;
	size_t nr;
	struct cli_column (*column)(size_t i);
};

struct cli_call;
struct cli_flag;
struct cli_table;

extern const struct cli_flag cli_table_flags[];

enum cli_exit cli_table_check(const struct cli_call *call);
enum cli_exit cli_table_open(const struct cli_call *call, struct cli_table **table);
bool cli_table_wants(const struct cli_table *table, size_t column);
void cli_table_row(struct cli_table *table);
void cli_table_set(struct cli_table *table, size_t column, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void cli_table_set_size(struct cli_table *table, size_t column, unsigned long long bytes);
void cli_table_color(struct cli_table *table, size_t column, const char *color);
enum cli_exit cli_table_close(struct cli_table *table);

#endif
