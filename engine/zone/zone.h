/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: of a device that has them, and what happens to one.
 */
#ifndef CNULL_ZONE_H
#define CNULL_ZONE_H

#include "config/options.h"
#include "request.h"
#include "zone/resources.h"

/* Most zones of a device: they take 256 MiB of memory then. */
#define CNULL_MAX_ZONES		(1U << 22)

/**
 * struct cnull_zone - a zone
 * @lock: guards what follows, unless that says otherwise. Never held while data is
 *	copied. Taken inside of &cnull_zone_res.lock
 * @cond: its condition. Changed with both locks held, so either is enough to rely
 *	on it
 * @is_busy: it is in the list of the busy zones, or a flush waits for it. Changed
 *	with both locks held
 * @awaited: a context waits for @oldest or @returned to change
 * @next: where the next write goes, in sectors
 * @wp: the write pointer, in sectors: what has ended is before it. Behind @next
 *	while writes are in flight. Changed with @lock held, read without
 * @oldest: of the writes in flight the one that was reserved first; NULL if none is
 *	in flight. The others follow in &cnull_io.in_flight, in the order of their
 *	sectors
 * @tickets: number of tickets for the gate that were drawn
 * @returned: number of those that are back
 * @resets: number of tickets up to the last one that a reset drew; the gate is open
 *	when so many are back
 * @next_busy: the number of the zone behind it in the list of the busy zones. Guarded
 *	by &cnull_zone_res.lock
 * @implicit: in &cnull_zone_res.implicit, if it is implicitly open
 *
 * In a cache line of its own, as others are written to at the same time.
 */
struct cnull_zone {
	spinlock_t lock;
	enum cnull_zone_cond cond;
	bool is_busy;
	bool awaited __guarded_by(&lock);
	u64 next __guarded_by(&lock);
	u64 wp;
	struct cnull_io *oldest __guarded_by(&lock);
	unsigned int tickets __guarded_by(&lock);
	unsigned int returned __guarded_by(&lock);
	unsigned int resets __guarded_by(&lock);
	unsigned int next_busy;
	struct list_head implicit;
} ____cacheline_aligned;

/* Ends the list of the busy zones. */
#define CNULL_NO_ZONE	UINT_MAX

/**
 * struct cnull_zone_shape - what zones there are: other ones do not fit the data
 * @nr_sectors: of the device
 * @zone_sectors: of a zone; the last one may be smaller
 * @capacity: sectors that a zone holds
 * @block_sectors: of a block: a write pointer is between two of them
 * @nr_conv: so many are conventional: the first ones
 * @nr_zones: so many zones there are
 * @full: the others are full to begin with
 */
struct cnull_zone_shape {
	u64 nr_sectors;
	u64 zone_sectors;
	u64 capacity;
	unsigned int block_sectors;
	unsigned int nr_conv;
	unsigned int nr_zones;
	bool full;
};

/**
 * struct cnull_zones - the zones of a device
 * @shape: what they are like; constant
 * @res: how many are open, and may be
 * @flushes: number of flushes that have come
 * @flushing: held by a flush while it waits for writes. Taken before the locks of
 *	zones, and never on the way of a write
 * @first_busy: the number of the first busy zone: the list of those that had a write
 *	in flight since a flush waited for them. Guarded by &cnull_zone_res.lock
 * @zone: they
 *
 * See zone.c for who may do what at the same time.
 */
struct cnull_zones {
	struct cnull_zone_shape shape;
	struct cnull_zone_res res;
	atomic_long_t flushes;
	struct mutex flushing;
	unsigned int first_busy;
	struct cnull_zone *zone;
};

/**
 * struct cnull_zone_info - what users see of a zone; in sectors
 * @start: its first one
 * @len: how many it has
 * @capacity: how many it holds
 * @wp: the write pointer; %CNULL_ZONE_NO_WP if there is none
 * @cond: its condition
 */
struct cnull_zone_info {
	u64 start;
	u64 len;
	u64 capacity;
	u64 wp;
	enum cnull_zone_cond cond;
};

#define CNULL_ZONE_NO_WP	(~0ULL)

/**
 * struct cnull_zone_change - the result of cnull_zone_change()
 * @error: 0; -EIO: not allowed in the condition of the zone; -ETOOMANYREFS,
 *	-EOVERFLOW: too many zones are open, or active
 * @erases: the zone is reset, and its data is to be erased
 */
struct cnull_zone_change {
	int error;
	bool erases;
};

/* zone_order.c: waiting for writes */
void cnull_zone_await_older(struct cnull_zones *zones, unsigned int nr,
			    const struct cnull_io *io);
void cnull_zones_wait(struct cnull_zones *zones);

/* zone.c: one of them */
unsigned int cnull_zone_nr(const struct cnull_zones *zones, u64 sector);
bool cnull_zone_find(const struct cnull_zones *zones, u64 sector, u64 nr_sectors,
		     unsigned int *nr);
void cnull_zone_report(struct cnull_zones *zones, unsigned int nr,
		     struct cnull_zone_info *info);
u64 cnull_zone_data_end(const struct cnull_zones *zones, unsigned int nr);
u8 cnull_zone_filler(const struct cnull_zones *zones, unsigned int nr);
enum cnull_zone_cond cnull_zone_cond(const struct cnull_zones *zones,
				     unsigned int nr);

int cnull_zones_limit(struct cnull_zones *zones, unsigned int max_open,
		      unsigned int max_active);
enum cnull_action cnull_zone_reserve(struct cnull_zones *zones, unsigned int nr,
				     struct cnull_io *io, enum cnull_wait wait);
void cnull_zone_commit(struct cnull_zones *zones, unsigned int nr,
			    struct cnull_io *io, u64 nr_done);
enum cnull_action cnull_zone_change(struct cnull_zones *zones, unsigned int nr,
				    enum cnull_zone_op op, enum cnull_wait wait,
				    struct cnull_zone_change *change);
void cnull_zone_erased(struct cnull_zones *zones, unsigned int nr);
void cnull_zone_enter(struct cnull_zones *zones, struct cnull_zone *zone,
		      enum cnull_zone_cond next)
	__must_hold(&zones->res.lock)
	__must_hold(&zone->lock);

#endif
