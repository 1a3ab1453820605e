/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of disks, and the ranges in which two of them differ.
 */
#ifndef CLI_SNAPSHOT_H
#define CLI_SNAPSHOT_H

#include "driver.h"

/* Room for the name of a new snapshot. configfs accepts longer ones. */
#define CLI_SNAPSHOT_SIZE	64

/**
 * struct cli_snapshot - the names of a snapshot
 * @disk: name of its disk
 * @name: name of the snapshot
 */
struct cli_snapshot {
	char disk[CLI_NAME_SIZE];
	char name[NAME_MAX + 1];
};

/**
 * struct cli_extent - a range of a disk
 * @start: first byte
 * @length: number of bytes
 */
struct cli_extent {
	unsigned long long start;
	unsigned long long length;
};

/**
 * struct cli_extents - ranges of a disk, in their order
 * @extent: the ranges
 * @nr: number of @extent
 */
struct cli_extents {
	struct cli_extent *extent;
	size_t nr;
};

enum cli_exit cli_snapshots_check(const struct cli_driver *driver, const char *disk);
enum cli_exit cli_snapshots(const struct cli_driver *driver, const char *disk,
			    struct cli_names *names);
enum cli_exit cli_snapshot_parse(const char *text, struct cli_snapshot *snapshot);
enum cli_exit cli_snapshot_name_check(const char *name);
bool cli_snapshot_exists(const struct cli_driver *driver, const char *disk, const char *name);
enum cli_exit cli_snapshot_check(const struct cli_driver *driver, const char *disk,
				 const char *name);
enum cli_exit cli_snapshot_take(const struct cli_driver *driver, const char *disk,
				const char *name);
enum cli_exit cli_snapshot_take_temporary(const struct cli_driver *driver, const char *disk,
					  const char *purpose, char name[CLI_SNAPSHOT_SIZE]);
enum cli_exit cli_snapshot_drop(const struct cli_driver *driver, const char *disk,
				const char *name);
enum cli_exit cli_snapshots_drop(const struct cli_driver *driver, const char *disk);
int cli_snapshot_read(const struct cli_driver *driver, const char *disk, const char *name,
		      const char *attr, char text[CLI_TEXT_SIZE]);
int cli_snapshot_write(const struct cli_driver *driver, const char *disk, const char *name,
		       const char *attr, const char *text);
enum cli_exit cli_snapshot_changes(const struct cli_driver *driver, const char *disk,
				   const char *name, const char *base,
				   struct cli_extents *extents);
void cli_extents_free(struct cli_extents *extents);
unsigned long long cli_extents_length(const struct cli_extents *extents);

#endif
