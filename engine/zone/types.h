/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: the types.
 */
#ifndef CNULL_ZONE_TYPES_H
#define CNULL_ZONE_TYPES_H

#include "request.h"
#include "zone/resources.h"

/* The limit of the number of zones. This number takes 256 MiB of memory. */
#define CNULL_MAX_ZONES		(1U << 22)

/**
 * struct cnull_zone - a zone
 * @lock: guards the fields below, except where stated otherwise. Taken after
 *	&cnull_zone_res.lock. Never held while data is transferred
 * @cond: the condition. Written with both locks held, so stable with either of them.
 *	Read without a lock by READ_ONCE(), and may be stale then
 * @dirty: the zone is in the list of dirty zones, or a flush waits for it. Written with
 *	both locks held
 * @has_waiters: contexts wait for a change of @oldest or @tickets_returned
 * @reserved_wp: the sector behind the last reservation: the next write is reserved here.
 *	Equal to @wp while no write is in flight
 * @wp: the write pointer that users see: the sector behind the last completed write.
 *	Written with @lock held by smp_store_release(), read without it by
 *	smp_load_acquire()
 * @oldest: the oldest write in flight; NULL if no write is in flight. The newer ones
 *	follow in &cnull_io.in_flight, in the order of their reservations, which is that
 *	of their sectors
 * @tickets_issued: the number of tickets that were issued to waiting writes and to
 *	resets; may wrap around
 * @tickets_returned: the number of tickets that were returned; may wrap around
 * @reset_ticket: the value of @tickets_issued after the last ticket for a reset. While
 *	@tickets_returned is below it, a reset runs or waits
 * @next_dirty: the number of the next zone in the list of dirty zones. Guarded by
 *	&cnull_zone_res.lock
 * @implicit: links the zone in &cnull_zone_res.implicit while it is implicitly open.
 *	Guarded by &cnull_zone_res.lock
 *
 * In cache lines of its own, because other CPUs write to other zones.
 */
struct cnull_zone {
	spinlock_t lock;
	enum cnull_zone_cond cond;
	bool dirty;
	bool has_waiters __guarded_by(&lock);
	u64 reserved_wp __guarded_by(&lock);
	u64 wp;
	struct cnull_io *oldest __guarded_by(&lock);
	unsigned int tickets_issued __guarded_by(&lock);
	unsigned int tickets_returned __guarded_by(&lock);
	unsigned int reset_ticket __guarded_by(&lock);
	unsigned int next_dirty;
	struct list_head implicit;
} ____cacheline_aligned;

/* The end of the list of dirty zones. */
#define CNULL_NO_ZONE	UINT_MAX

/**
 * struct cnull_zone_shape - the geometry of the zones of a device
 * @nr_sectors: the size of the device, in sectors
 * @zone_sectors: the size of a zone, in sectors; the last zone may be smaller
 * @capacity: the number of sectors of a sequential zone that can be written
 * @block_sectors: the size of a block, in sectors. A write pointer is a multiple of it
 * @nr_conv: the number of conventional zones; they come first
 * @nr_zones: the number of all zones
 * @full: new sequential zones are full, not empty
 *
 * The data of a device belongs to zones of one shape.
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
 * @shape: their geometry; constant
 * @res: the number of zones in each condition, and the limits of open and active zones
 * @flush_seq: the number of flushes that have begun
 * @flush_mutex: held by a flush while it waits for writes. Taken before the locks of
 *	zones, and never by a write
 * @first_dirty: the number of the first dirty zone: a zone with a write in flight since
 *	a flush checked it last. Guarded by &cnull_zone_res.lock
 * @zone: the array of the zones
 *
 * The comments at the top of zone.c and order.c have the rules of locking and waiting.
 */
struct cnull_zones {
	struct cnull_zone_shape shape;
	struct cnull_zone_res res;
	atomic_long_t flush_seq;
	struct mutex flush_mutex;
	unsigned int first_dirty;
	struct cnull_zone *zone;
};

#endif
