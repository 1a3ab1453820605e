/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Crash states: the contents that a device may have after a power cut, derived from the
 * log. docs/design/crash-states.md has the definition.
 */
#ifndef CNULL_CRASH_H
#define CNULL_CRASH_H

#include "record/log.h"

/** enum cnull_tear - the unit of tearing: it is written as a whole, or not at all */
enum cnull_tear {
	CNULL_TEAR_BLOCK,	/* a logical block, or an atomic write */
	CNULL_TEAR_SECTOR,	/* a sector of 512 bytes */
	CNULL_TEAR_NONE,	/* a request */
};

/**
 * struct cnull_crash_shape - the properties of the recorded device
 * @block_sectors: the size of a logical block, in sectors; a power of two
 * @atomic_sectors: a write of this length at most is a unit, in sectors; 0 for none
 * @atomic_boundary: a write across a multiple of this is no unit, in sectors; 0 for none
 * @zone_sectors: the size of a zone, in sectors; 0 without zones
 * @first_zone: the number of the first sequential zone: those before are conventional
 * @nr_zones: the number of zones, with the conventional ones
 * @wp: the write pointer of each zone at the start of the log, as a sector; NULL if all
 *	zones are empty
 * @tear: the unit of tearing
 */
struct cnull_crash_shape {
	u32 block_sectors;
	u32 atomic_sectors;
	u32 atomic_boundary;
	u64 zone_sectors;
	u32 first_zone;
	u32 nr_zones;
	const u64 *wp;
	enum cnull_tear tear;
};

/** enum cnull_crash_source - the source of the contents of an extent */
enum cnull_crash_source {
	CNULL_CRASH_INITIAL,	/* the contents at the start of the log */
	CNULL_CRASH_ZEROS,
	CNULL_CRASH_DATA,	/* the data of an entry */
};

/**
 * struct cnull_crash_extent - adjacent sectors whose contents change
 * @source: the source of the new contents
 * @sector: the first sector
 * @nr_sectors: the length, in sectors
 * @entry: the entry that wrote the contents; NULL for %CNULL_CRASH_INITIAL
 * @offset: the offset in the data of @entry, in bytes; with %CNULL_CRASH_DATA only
 */
struct cnull_crash_extent {
	enum cnull_crash_source source;
	u64 sector;
	u64 nr_sectors;
	const struct cnull_log_entry *entry;
	u64 offset;
};

/**
 * struct cnull_crash_target - the place where crash states appear
 * @extent: changes the contents of an extent; returns 0 or a negative errno
 * @wp: moves the write pointer of a zone to a sector; returns the same. NULL without
 *	zones
 * @arg: the first argument of both
 */
struct cnull_crash_target {
	int (*extent)(void *arg, const struct cnull_crash_extent *extent);
	int (*wp)(void *arg, u32 zone, u64 sector);
	void *arg;
};

struct cnull_crash;

struct cnull_crash *cnull_crash_new(struct cnull_log *log,
				    const struct cnull_crash_shape *shape,
				    const struct cnull_crash_target *target,
				    int *error);
void cnull_crash_free(struct cnull_crash *crash);

int cnull_crash_go(struct cnull_crash *crash, u32 point);
struct cnull_log *cnull_crash_log(const struct cnull_crash *crash);
u32 cnull_crash_point(const struct cnull_crash *crash);
int cnull_crash_list(struct cnull_crash *crash);
u32 cnull_crash_nr_units(const struct cnull_crash *crash);
u32 cnull_crash_nr_pairs(const struct cnull_crash *crash);
u32 cnull_crash_nr_requests(const struct cnull_crash *crash);
u32 cnull_crash_request(const struct cnull_crash *crash, u32 nr, u32 *nr_units);
const struct cnull_log_entry *cnull_crash_unit(const struct cnull_crash *crash,
					       u32 nr);
int cnull_crash_show(struct cnull_crash *crash, const unsigned long *bits);
u64 cnull_crash_fingerprint(const struct cnull_crash *crash);

#endif
