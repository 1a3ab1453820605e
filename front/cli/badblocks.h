/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ranges of bad sectors.
 */
#ifndef CLI_BADBLOCKS_H
#define CLI_BADBLOCKS_H

#include "driver.h"

/**
 * struct cli_range - a range of sectors
 * @first: the first sector
 * @last: the last sector
 */
struct cli_range {
	unsigned long long first;
	unsigned long long last;
};

/* Most ranges of a disk: more do not fit into the file. */
#define CLI_MAX_RANGES	2048

enum cli_exit cli_range_parse(const char *text, const char *where, struct cli_range *range);
enum cli_exit cli_badblocks_read(const struct cli_driver *driver, const char *disk,
				 struct cli_range ranges[CLI_MAX_RANGES], size_t *nr, bool *is_full);
size_t cli_ranges_merge(struct cli_range *ranges, size_t nr);
enum cli_exit cli_badblocks_change(const struct cli_driver *driver, const char *disk,
				   char sign, const struct cli_range *range);

#endif
