// SPDX-License-Identifier: GPL-2.0
/*
 * The command "zones": the zones of a disk as a table, or as a map.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkzoned.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "disk.h"
#include "table.h"

#define SECTOR_SIZE	512ULL

/* Zones of one report. */
#define REPORT_ZONES	4096

/**
 * struct condition - a condition of a zone
 * @name: name, as in the file "zones" of a disk
 * @symbol: its symbol in the map
 * @color: its color on a terminal, as a parameter of the sequence SGR
 */
static const struct condition {
	const char *name;
	char symbol;
	const char *color;
} conditions[] = {
	[BLK_ZONE_COND_NOT_WP] = { "not-wp", '-', "0" },
	[BLK_ZONE_COND_EMPTY] = { "empty", '.', "90" },
	[BLK_ZONE_COND_IMP_OPEN] = { "imp-open", 'o', "32" },
	[BLK_ZONE_COND_EXP_OPEN] = { "exp-open", 'O', "32" },
	[BLK_ZONE_COND_CLOSED] = { "closed", 'c', "33" },
	[BLK_ZONE_COND_READONLY] = { "read-only", 'r', "31" },
	[BLK_ZONE_COND_FULL] = { "full", '#', "34" },
	[BLK_ZONE_COND_OFFLINE] = { "offline", 'x', "31" },
};

static const struct condition *condition_of(const struct blk_zone *zone)
{
	static const struct condition unknown = { "unknown", '?', "0" };

	if (zone->cond < sizeof(conditions) / sizeof(conditions[0]) &&
	    conditions[zone->cond].name)
		return &conditions[zone->cond];
	return &unknown;
}

/* Return the written sectors of a zone. */
static unsigned long long written(const struct blk_zone *zone)
{
	switch (zone->cond) {
	case BLK_ZONE_COND_FULL:
		return zone->capacity;
	case BLK_ZONE_COND_IMP_OPEN:
	case BLK_ZONE_COND_EXP_OPEN:
	case BLK_ZONE_COND_CLOSED:
		return zone->wp - zone->start;
	default:
		return 0;
	}
}

/**
 * struct zones - the zones of a disk
 * @zone: the zones
 * @nr: number of @zone
 */
struct zones {
	struct blk_zone *zone;
	size_t nr;
};

/* Append the zones of a report to @zones. Return a negative errno. */
static int append_zones(struct zones *zones, const struct blk_zone_report *report)
{
	struct blk_zone *all = reallocarray(zones->zone, zones->nr + report->nr_zones,
					    sizeof(*all));
	size_t i;

	if (!all)
		return -ENOMEM;
	zones->zone = all;
	for (i = 0; i < report->nr_zones; i++) {
		all[zones->nr] = report->zones[i];
		/* Older kernels do not report the capacity. */
		if (!(report->flags & BLK_ZONE_REP_CAPACITY))
			all[zones->nr].capacity = all[zones->nr].len;
		zones->nr++;
	}
	return 0;
}

/* Read all zones of an open disk. Return a negative errno. */
static int report_zones(int fd, struct zones *zones)
{
	struct blk_zone_report *report;
	unsigned long long sector = 0;
	int err = 0;

	report = malloc(sizeof(*report) + REPORT_ZONES * sizeof(report->zones[0]));
	if (!report)
		return -ENOMEM;
	while (!err) {
		memset(report, 0, sizeof(*report));
		report->sector = sector;
		report->nr_zones = REPORT_ZONES;
		if (ioctl(fd, BLKREPORTZONE, report))
			err = -errno;
		else if (!report->nr_zones)
			break;
		else
			err = append_zones(zones, report);
		if (!err)
			sector = zones->zone[zones->nr - 1].start + zones->zone[zones->nr - 1].len;
	}
	free(report);
	return err;
}

static enum cli_exit read_zones(const struct cli_driver *driver, const char *disk,
				struct zones *zones)
{
	char path[PATH_MAX], text[CLI_TEXT_SIZE];
	int fd, err;

	if (!cli_is_on(driver, disk))
		return cli_error(CLI_FAILED, "%s is off: 'cnull on %s' powers it on", disk, disk);
	if (!cli_sysfs_read(disk, "queue/zoned", text) && !strcmp(text, "none"))
		return cli_error(CLI_FAILED, "%s has no zones: zoned=1 before power on makes zones",
				 disk);
	cli_path(path, "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return cli_error(CLI_NO_PERMISSION, "cannot open %s: only root and the group disk may",
				 path);
	if (fd < 0)
		return cli_error(CLI_FAILED, "cannot open %s: %s", path, strerror(errno));
	err = report_zones(fd, zones);
	close(fd);
	if (err)
		return cli_error(CLI_FAILED, "cannot report the zones of %s: %s", disk,
				 strerror(-err));
	return CLI_DONE;
}

enum zone_column {
	ZONE_NR, ZONE_TYPE, ZONE_COND, ZONE_START, ZONE_LENGTH, ZONE_CAPACITY, ZONE_WP,
	ZONE_WRITTEN, ZONE_PERCENT, ZONE_NR_COLUMNS
};

static struct cli_column zone_column(size_t i)
{
	static const struct cli_column columns[] = {
		[ZONE_NR] = { "ZONE", "number of the zone", CLI_NUMBER, true },
		[ZONE_TYPE] = { "TYPE", "conv or seq", CLI_STRING, true },
		[ZONE_COND] = { "CONDITION", "condition", CLI_STRING, true },
		[ZONE_START] = { "START", "first sector", CLI_NUMBER, true },
		[ZONE_LENGTH] = { "LENGTH", "size", CLI_SIZE, false },
		[ZONE_CAPACITY] = { "CAPACITY", "size that can be written", CLI_SIZE, true },
		[ZONE_WP] = { "WP", "write pointer, a sector", CLI_NUMBER, true },
		[ZONE_WRITTEN] = { "WRITTEN", "size before the write pointer", CLI_SIZE, true },
		[ZONE_PERCENT] = { "WRITTEN%", "size before the write pointer, in percent of the capacity",
				   CLI_NUMBER, true },
	};

	return columns[i];
}

static const struct cli_columns zone_columns = { "zones", ZONE_NR_COLUMNS, zone_column };

static unsigned int percent(const struct blk_zone *zone)
{
	return zone->capacity ? written(zone) * 100 / zone->capacity : 0;
}

static void list_zone(struct cli_table *table, size_t i, const struct blk_zone *zone)
{
	bool has_wp = zone->type != BLK_ZONE_TYPE_CONVENTIONAL;

	cli_table_row(table);
	cli_table_set(table, ZONE_NR, "%zu", i);
	cli_table_set(table, ZONE_TYPE, "%s", has_wp ? "seq" : "conv");
	cli_table_set(table, ZONE_COND, "%s", condition_of(zone)->name);
	cli_table_set(table, ZONE_START, "%llu", (unsigned long long)zone->start);
	cli_table_set_size(table, ZONE_LENGTH, zone->len * SECTOR_SIZE);
	cli_table_set_size(table, ZONE_CAPACITY, zone->capacity * SECTOR_SIZE);
	if (!has_wp)
		return;
	cli_table_set(table, ZONE_WP, "%llu", (unsigned long long)zone->wp);
	cli_table_set_size(table, ZONE_WRITTEN, written(zone) * SECTOR_SIZE);
	cli_table_set(table, ZONE_PERCENT, "%u", percent(zone));
}

static enum cli_exit print_table(const struct cli_call *call, const struct zones *zones)
{
	struct cli_table *table;
	enum cli_exit status = cli_table_open(call, &table);
	size_t i;

	if (status)
		return status;
	for (i = 0; i < zones->nr; i++)
		list_zone(table, i, &zones->zone[i]);
	return cli_table_close(table);
}

/**
 * struct screen - the part of the terminal that the map covers
 * @columns: zones in a row
 * @rows: rows
 */
struct screen {
	size_t columns;
	size_t rows;
};

/* A row begins with the number of its first zone. A cell has a symbol and a digit. */
#define NUMBER_WIDTH	8
#define CELL_WIDTH	2

/* Lines around the map: the title, the legend, and the prompt of a shell. */
#define OTHER_LINES	7

static struct screen measure(void)
{
	struct winsize size = { };
	struct screen screen;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    size.ws_col < NUMBER_WIDTH + 10 * CELL_WIDTH || size.ws_row <= OTHER_LINES) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	/* Whole tens are easy to count. */
	screen.columns = (size.ws_col - NUMBER_WIDTH) / CELL_WIDTH / 10 * 10;
	screen.rows = size.ws_row - OTHER_LINES;
	return screen;
}

/*
 * Print a cell, which stands for the zones from @first to @end. The symbol is the
 * condition of the first zone that is neither empty nor full, or of the first zone. The
 * digit is the written part of all zones in tenths.
 */
static void print_cell(const struct zones *zones, size_t first, size_t end, bool color)
{
	const struct blk_zone *shown = &zones->zone[first];
	unsigned long long sum = 0, capacity = 0;
	const struct condition *condition;
	size_t i;
	char digit;

	for (i = first; i < end; i++) {
		const struct blk_zone *zone = &zones->zone[i];

		sum += written(zone);
		capacity += zone->capacity;
		if ((shown->cond == BLK_ZONE_COND_EMPTY || shown->cond == BLK_ZONE_COND_FULL) &&
		    zone->cond != BLK_ZONE_COND_EMPTY && zone->cond != BLK_ZONE_COND_FULL)
			shown = zone;
	}
	condition = condition_of(shown);
	digit = sum && sum < capacity ? '0' + sum * 10 / capacity : ' ';
	if (color)
		printf("\033[%sm%c%c\033[0m", condition->color, condition->symbol, digit);
	else
		printf("%c%c", condition->symbol, digit);
}

/* Print the conditions that occur, with their numbers of zones. */
static void print_legend(const struct zones *zones)
{
	size_t i, cond;

	for (cond = 0; cond < sizeof(conditions) / sizeof(conditions[0]); cond++) {
		size_t nr = 0;

		for (i = 0; i < zones->nr; i++)
			nr += zones->zone[i].cond == cond;
		if (nr)
			printf("%c %s %zu   ", conditions[cond].symbol, conditions[cond].name, nr);
	}
	puts("digit: written tenths");
}

static void print_map(const char *disk, const struct zones *zones)
{
	struct screen screen = measure();
	size_t cells = screen.columns * screen.rows;
	size_t per_cell = (zones->nr + cells - 1) / cells ?: 1;
	bool color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	size_t i, nr = 0;

	printf("%s: %zu zones of %llu MiB", disk, zones->nr,
	       zones->nr ? (unsigned long long)zones->zone[0].len * SECTOR_SIZE >> 20 : 0);
	printf(per_cell > 1 ? ", %zu zones a cell\n" : "\n", per_cell);
	for (i = 0; i < zones->nr; i += per_cell, nr++) {
		if (nr % screen.columns == 0)
			printf("%s%*zu ", nr ? "\n" : "", NUMBER_WIDTH - 1, i);
		print_cell(zones, i, i + per_cell < zones->nr ? i + per_cell : zones->nr, color);
	}
	putchar('\n');
	print_legend(zones);
}

static enum cli_exit run_zones(const struct cli_call *call)
{
	const struct cli_driver *driver;
	struct zones zones = { };
	enum cli_exit status;

	if (cli_value(call, "map") && call->nr_flags > 1 + !!call->driver)
		return cli_error(CLI_WRONG_USE, "--map is no table: no other option of a table can be given");
	status = cli_driver_find(call->driver, &driver);
	status = status ?: cli_disk_check(driver, call->args[0]);
	status = status ?: read_zones(driver, call->args[0], &zones);
	if (!status && cli_value(call, "map"))
		print_map(call->args[0], &zones);
	else if (!status)
		status = print_table(call, &zones);
	free(zones.zone);
	return status;
}

static const struct cli_flag zones_flags[] = {
	{ 'm', "map", NULL, "print a map: a symbol for the condition, a digit for the written tenths" },
	{ }
};

const struct cli_command cli_zones = {
	.name = "zones",
	.args = "NAME",
	.summary = "print the zones of a disk",
	.details = "The map fits into the terminal: a cell stands for several zones if there are many.\n"
		   "Symbols: - conventional, . empty, o implicitly open, O explicitly open, c closed,\n"
		   "# full, r read-only, x offline.",
	.example = "zones zdisk --map",
	.columns = &zone_columns,
	.flags = zones_flags,
	.argument = CLI_ARG_DISK,
	.min_args = 1,
	.max_args = 1,
	.run = run_zones,
};
