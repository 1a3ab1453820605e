// SPDX-License-Identifier: GPL-2.0
/*
 * Zone text: the contents of the file `zones`.
 *
 * The first line names the columns; then each zone has a line. Positions and lengths are
 * in sectors.
 */
#include "zone/report.h"
#include "zone/text.h"

static const char *const cond_names[CNULL_NR_ZONE_CONDS] = {
	[CNULL_ZONE_NOT_WP] = "not-wp",
	[CNULL_ZONE_EMPTY] = "empty",
	[CNULL_ZONE_IMP_OPEN] = "implicit-open",
	[CNULL_ZONE_EXP_OPEN] = "explicit-open",
	[CNULL_ZONE_CLOSED] = "closed",
	[CNULL_ZONE_FULL] = "full",
	[CNULL_ZONE_READONLY] = "read-only",
	[CNULL_ZONE_OFFLINE] = "offline",
};

/* The length of every line, in bytes. So the size of the text is known in advance. */
#define LINE_SIZE	100

/* Format the line of a zone. @size: of @line, more than LINE_SIZE bytes */
static void show_zone(struct cnull_zones *zones, unsigned int nr, char *line,
		      size_t size)
{
	struct cnull_zone_info info;
	char wp[24] = "-";

	cnull_zone_report(zones, nr, &info);
	if (info.cond != CNULL_ZONE_NOT_WP && info.wp != CNULL_ZONE_NO_WP)
		snprintf(wp, sizeof(wp), "%llu", info.wp);
	snprintf(line, size, "%8u %17llu %17llu %17llu %17s %-4s %-13s\n",
		 nr, info.start, info.len, info.capacity, wp,
		 info.cond == CNULL_ZONE_NOT_WP ? "conv" : "seq",
		 cond_names[info.cond]);
}

/**
 * cnull_zones_text_size - return the size of the text of all zones
 * @zones: the zones; NULL: none
 *
 * Context: Any.
 * Return: the number of bytes of all lines.
 */
size_t cnull_zones_text_size(const struct cnull_zones *zones)
{
	return (1 + (zones ? zones->shape.nr_zones : 0)) * LINE_SIZE;
}

/**
 * cnull_zones_show - format a part of the text
 * @zones: the zones; NULL: none
 * @text: the buffer for the whole text, cnull_zones_text_size() bytes. Not ended by a 0
 * @pos: the number of bytes that are formatted already: whole lines
 * @nr_lines: the maximum number of lines to add
 *
 * Context: May sleep. Takes each &cnull_zone.lock.
 * Return: the number of bytes that are formatted now.
 */
size_t cnull_zones_show(struct cnull_zones *zones, char *text, size_t pos,
			size_t nr_lines)
{
	size_t end = min(cnull_zones_text_size(zones), pos + nr_lines * LINE_SIZE);
	char line[2 * LINE_SIZE];

	for (; pos < end; pos += LINE_SIZE) {
		if (pos)
			show_zone(zones, pos / LINE_SIZE - 1, line, sizeof(line));
		else
			snprintf(line, sizeof(line),
				 "%8s %17s %17s %17s %17s %-4s %-13s\n", "zone",
				 "start", "length", "capacity", "pointer", "type",
				 "condition");
		memcpy(text + pos, line, LINE_SIZE);
	}
	return end;
}
