/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone order: the order of writes and resets in a zone. The comment at the top of order.c
 * has the rules.
 */
#ifndef CNULL_ZONE_ORDER_H
#define CNULL_ZONE_ORDER_H

#include "zone/types.h"

/**
 * cnull_zone_add_in_flight - link a write as the newest one in flight
 * @zones: the zones
 * @zone: the zone
 * @io: the write; its sectors are behind those of the other writes in flight
 *
 * Context: Any. The caller holds @zone->lock.
 */
static inline void cnull_zone_add_in_flight(struct cnull_zones *zones,
					    struct cnull_zone *zone,
					    struct cnull_io *io)
	__must_hold(&zone->lock)
{
	io->flush_seq = atomic_long_read(&zones->flush_seq);
	if (zone->oldest) {
		list_add_tail(&io->in_flight, &zone->oldest->in_flight);
		return;
	}
	INIT_LIST_HEAD(&io->in_flight);
	zone->oldest = io;
}

/**
 * cnull_zone_del_in_flight - unlink a write that is no longer in flight
 * @zone: the zone
 * @io: the write
 *
 * Context: Any. The caller holds @zone->lock.
 * Return: true if @io was the oldest write in flight.
 */
static inline bool cnull_zone_del_in_flight(struct cnull_zone *zone,
					    struct cnull_io *io)
	__must_hold(&zone->lock)
{
	struct cnull_io *newer = list_next_entry(io, in_flight);
	bool was_oldest = zone->oldest == io;

	if (was_oldest)
		zone->oldest = newer == io ? NULL : newer;
	list_del(&io->in_flight);
	return was_oldest;
}

/**
 * cnull_zone_has_reset - does a reset of the zone run or wait?
 * @zone: the zone
 *
 * Context: Any. The caller holds @zone->lock.
 * Return: true if so: a new write needs a ticket.
 */
static inline bool cnull_zone_has_reset(const struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	/* The difference is right even if the counters have wrapped around. */
	return (int)(zone->tickets_returned - zone->reset_ticket) < 0;
}

/**
 * cnull_zone_issue_reset_ticket - issue a ticket to a reset
 * @zone: the zone
 *
 * Context: Any. The caller holds @zone->lock.
 * Return: the number of tickets that were issued before.
 */
static inline unsigned int cnull_zone_issue_reset_ticket(struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	zone->reset_ticket = zone->tickets_issued + 1;
	return zone->tickets_issued++;
}

/**
 * cnull_zone_clear_waiters - clear and return the waiter flag
 * @zone: the zone
 *
 * Waiters that have to wait again set the flag again.
 *
 * Context: Any. The caller holds @zone->lock.
 * Return: true if contexts wait: the caller calls wake_up_var() without the lock.
 */
static inline bool cnull_zone_clear_waiters(struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	bool has_waiters = zone->has_waiters;

	zone->has_waiters = false;
	return has_waiters;
}

/**
 * cnull_zone_mark_dirty - add a zone to the list of dirty zones
 * @zones: the zones
 * @zone: the zone, not dirty
 *
 * Context: Any. The caller holds @zones->res.lock and @zone->lock.
 */
static inline void cnull_zone_mark_dirty(struct cnull_zones *zones,
					 struct cnull_zone *zone)
	__must_hold(&zones->res.lock)
	__must_hold(&zone->lock)
{
	zone->dirty = true;
	zone->next_dirty = zones->first_dirty;
	zones->first_dirty = zone - zones->zone;
}

unsigned int cnull_zone_queue_write(struct cnull_zone *zone);
unsigned int cnull_zone_queue_reset(struct cnull_zone *zone);
void cnull_zone_wait_tickets(struct cnull_zone *zone, unsigned int nr,
			     bool exclusive);
void cnull_zone_return_ticket(struct cnull_zone *zone);
void cnull_zone_wait_older(struct cnull_zones *zones, unsigned int nr,
			   const struct cnull_io *io);
void cnull_zones_wait_older(struct cnull_zones *zones);

#endif
