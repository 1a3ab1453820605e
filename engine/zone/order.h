/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: the order in which writes and resets get into one, and which of them waits
 * for which others.
 */
#ifndef CNULL_ZONE_ORDER_H
#define CNULL_ZONE_ORDER_H

#include "zone/zone.h"

/**
 * cnull_zone_add_in_flight - link a write behind those in flight
 * @zones: the zones
 * @zone: one of them
 * @io: the write; its place is behind theirs
 *
 * Context: Any.
 */
static inline void cnull_zone_add_in_flight(struct cnull_zones *zones,
					    struct cnull_zone *zone,
					    struct cnull_io *io)
	__must_hold(&zone->lock)
{
	io->flush = atomic_long_read(&zones->flushes);
	if (zone->oldest) {
		list_add_tail(&io->in_flight, &zone->oldest->in_flight);
		return;
	}
	INIT_LIST_HEAD(&io->in_flight);
	zone->oldest = io;
}

/**
 * cnull_zone_del_in_flight - unlink a write
 * @zone: the zone
 * @io: the write
 *
 * Context: Any.
 * Return: true if it was the oldest one.
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
 * cnull_zone_is_gated - is a reset under way, or waiting?
 * @zone: the zone
 *
 * Context: Any.
 * Return: true if so: a new write has to draw a ticket.
 */
static inline bool cnull_zone_is_gated(const struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	/* They may wrap around. */
	return (int)(zone->returned - zone->resets) < 0;
}

/**
 * cnull_zone_draw_reset - draw a ticket for a reset, with the lock held
 * @zone: the zone
 *
 * Context: Any.
 * Return: the number of tickets before it.
 */
static inline unsigned int cnull_zone_draw_reset(struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	zone->resets = zone->tickets + 1;
	return zone->tickets++;
}

/**
 * cnull_zone_stop_waiting - clear and return the mark of waiters, which set it again
 * @zone: the zone
 *
 * Context: Any.
 * Return: true if some wait: wake them by wake_up_var(), without the lock.
 */
static inline bool cnull_zone_stop_waiting(struct cnull_zone *zone)
	__must_hold(&zone->lock)
{
	bool awaited = zone->awaited;

	zone->awaited = false;
	return awaited;
}

/**
 * cnull_zone_be_busy - note that a write is in flight since the last flush
 * @zones: the zones
 * @zone: one of them, not busy
 *
 * Context: Any.
 */
static inline void cnull_zone_be_busy(struct cnull_zones *zones,
				      struct cnull_zone *zone)
	__must_hold(&zones->res.lock)
	__must_hold(&zone->lock)
{
	zone->is_busy = true;
	zone->next_busy = zones->first_busy;
	zones->first_busy = zone - zones->zone;
}

unsigned int cnull_zone_queue_write(struct cnull_zone *zone);
unsigned int cnull_zone_queue_reset(struct cnull_zone *zone);
void cnull_zone_await_tickets(struct cnull_zone *zone, unsigned int nr,
			      bool alone);
void cnull_zone_return_ticket(struct cnull_zone *zone);

#endif
