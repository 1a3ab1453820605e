// SPDX-License-Identifier: GPL-2.0
/*
 * Zones: the order in which writes and resets get into one, and which of them waits
 * for which others.
 *
 * - Writes in flight are linked in the order in which they were reserved. Each has a
 *   stamp: the number of flushes that had come by then (&cnull_zones.flushes). The
 *   stamps of a zone never go down in that order, as they are taken under its lock.
 * - A flush counts itself when it comes. In each zone it waits until the oldest write
 *   in flight has that number or a greater one, so for the writes that were reserved
 *   before the flush came, in whichever zone, and for no others. A write with FUA waits
 *   until it is the oldest one.
 * - To erase a zone's data takes time, and a reset needs exclusive access meanwhile:
 *   it starts when no write is in flight, and new writes wait. The gate orders the two
 *   kinds. A context that cannot get through at once draws a ticket, if it may sleep.
 *   A write waits for the resets that came before it, then takes its place and gives its
 *   ticket back, so all writes between two resets get through together. A reset waits
 *   until all tickets before its own are back, and then for the writes in flight; it
 *   gives its ticket back when the data is erased. A ticket means a running context: one
 *   function draws it and gives it back, or a reset does from its start to its end.
 *
 * So each wait is bounded by what began before it:
 *
 * - A write in flight needs neither the gate nor a newer write. It is running, or it
 *   is on its way to a context that may sleep, which the backend provides whatever
 *   else waits. The oldest one therefore ends, and by induction so do all.
 * - A ticket waits for tickets before it, and a reset also for the writes in flight, of
 *   which there are no new ones but by tickets before it. Neither a stream of writes
 *   keeps a reset waiting, nor a stream of resets a write.
 * - Nothing else waits: a close, finish or open happens at once, under writes too, and
 *   a reset of all zones is one of each.
 * - Flushes take turns (&cnull_zones.flushing). The one before waits for older writes
 *   than this one does, or had its number later and waits for all that this one does.
 *
 * No wake-up is lost. What a context waits for changes with the zone's lock held only:
 * &cnull_zone.oldest and &cnull_zone.returned. The waiter is in the wait queue before it
 * takes the lock, finds that it has to wait, and sets @awaited. The context that
 * changes one of them later has the lock later, sees @awaited, and wakes all waiters;
 * these look again, and set it again. @awaited is only read when one of the two changes,
 * so a write that ends wakes waiters only if it is the oldest one.
 */
#include "zone/order.h"

/**
 * cnull_zone_queue_write - draw a ticket for a write
 * @zone: the zone
 *
 * Context: Any that goes on to cnull_zone_await_tickets().
 * Return: the number of tickets that the write waits for: up to the last reset's.
 */
unsigned int cnull_zone_queue_write(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	zone->tickets++;
	return zone->resets;
}

/**
 * cnull_zone_queue_reset - draw a ticket for a reset
 * @zone: the zone
 *
 * Context: Any that goes on to cnull_zone_await_tickets().
 * Return: the number of tickets that the reset waits for: all before it.
 */
unsigned int cnull_zone_queue_reset(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return cnull_zone_draw_reset(zone);
}

/* Are @nr tickets back? @alone: and no write is in flight. The numbers may wrap around. */
static bool are_back(struct cnull_zone *zone, unsigned int nr, bool alone)
{
	guard(spinlock)(&zone->lock);
	if ((int)(zone->returned - nr) >= 0 && !(alone && zone->oldest))
		return true;
	zone->awaited = true;
	return false;
}

/**
 * cnull_zone_await_tickets - wait until tickets are back
 * @zone: the zone
 * @nr: how many, from cnull_zone_queue_write() or cnull_zone_queue_reset()
 * @alone: wait for the writes in flight, too
 *
 * Context: May sleep.
 */
void cnull_zone_await_tickets(struct cnull_zone *zone, unsigned int nr,
			      bool alone)
{
	wait_var_event(zone, are_back(zone, nr, alone));
}

static bool give_back(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	zone->returned++;
	return cnull_zone_stop_waiting(zone);
}

/**
 * cnull_zone_return_ticket - give a ticket back
 * @zone: the zone; the caller holds a ticket, and has waited for those before it
 *
 * Context: Any but interrupts.
 */
void cnull_zone_return_ticket(struct cnull_zone *zone)
{
	if (give_back(zone))
		wake_up_var(zone);
}

static bool is_oldest(struct cnull_zone *zone, const struct cnull_io *io)
{
	guard(spinlock)(&zone->lock);
	if (zone->oldest == io)
		return true;
	zone->awaited = true;
	return false;
}

/**
 * cnull_zone_await_older - wait for the writes older than one
 * @zones: the zones
 * @nr: the number of one
 * @io: the write; it has its place there
 *
 * Context: May sleep. Takes &cnull_zone.lock.
 */
void cnull_zone_await_older(struct cnull_zones *zones, unsigned int nr,
			    const struct cnull_io *io)
{
	struct cnull_zone *zone = &zones->zone[nr];

	wait_var_event(zone, is_oldest(zone, io));
}

/* Was the oldest write in flight reserved after a flush came, or is none in flight? */
static bool is_past(struct cnull_zone *zone, long flush)
{
	guard(spinlock)(&zone->lock);
	if (!zone->oldest || zone->oldest->flush >= flush)
		return true;
	zone->awaited = true;
	return false;
}

/* Take all zones off the list of the busy. Return the first one. */
static unsigned int take_busy(struct cnull_zones *zones)
{
	unsigned int first;

	guard(spinlock)(&zones->res.lock);
	first = zones->first_busy;
	zones->first_busy = CNULL_NO_ZONE;
	return first;
}

/*
 * A zone was waited for: put it back if newer writes are in flight. Return the zone
 * that was behind it.
 */
static unsigned int next_busy(struct cnull_zones *zones, struct cnull_zone *zone)
{
	unsigned int next;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	next = zone->next_busy;
	if (zone->oldest)
		cnull_zone_be_busy(zones, zone);
	else
		zone->is_busy = false;
	return next;
}

/**
 * cnull_zones_wait - wait for the writes that are in flight now, in each zone
 * @zones: the zones
 *
 * A write that took its place before one that has ended is seen here, as both took
 * the zone's lock. Writes that come later make nobody wait longer. Only the zones that
 * had a write in flight since the last time are looked at.
 *
 * Context: May sleep. Takes &cnull_zones.flushing, &cnull_zone_res.lock and
 * &cnull_zone.lock.
 */
void cnull_zones_wait(struct cnull_zones *zones)
{
	long flush = atomic_long_inc_return(&zones->flushes);
	unsigned int nr;

	/* While a flush looks at its zones they are in no list: the next one waits. */
	guard(mutex)(&zones->flushing);
	nr = take_busy(zones);
	while (nr != CNULL_NO_ZONE) {
		struct cnull_zone *zone = &zones->zone[nr];

		wait_var_event(zone, is_past(zone, flush));
		nr = next_busy(zones, zone);
		cond_resched();
	}
}
