// SPDX-License-Identifier: GPL-2.0
/*
 * Zone order: the order of writes and resets in a zone, and the waits of flushes, FUA
 * writes and resets.
 *
 * Writes in flight are linked in the order of their reservations (&cnull_zone.oldest and
 * &cnull_io.in_flight).
 *
 * - A write with FUA waits until it is the oldest write in flight in its zone.
 * - A flush increments &cnull_zones.flush_seq when it begins, and the result is its
 *   number. A write copies &cnull_zones.flush_seq when it reserves its sectors, under the
 *   lock of the zone. So in a zone no write in flight has a smaller number than an older
 *   one. In each zone a flush waits while the oldest write in flight has a smaller number
 *   than the flush. So a flush waits for the writes that were reserved before the flush
 *   began, in all zones, and for no other write.
 * - A reset has exclusive access: it starts when no write is in flight, and new writes
 *   wait until it ends. To erase the data takes long, and a copy that completes late must
 *   not overwrite data that is written after the reset.
 *
 * Tickets order the writes and resets that wait:
 *
 * - A write needs a ticket if a reset runs or waits, else none. It waits until all tickets
 *   up to that of the last reset were returned, reserves its sectors, and returns its own
 *   ticket. So all writes between two resets proceed together.
 * - A reset always has a ticket. It waits until all tickets before its own were returned,
 *   and then until no write is in flight. It returns its ticket when the data is erased.
 * - A context that holds a ticket is running: the function that gets the ticket returns
 *   it. A reset keeps its ticket from cnull_zone_change() to cnull_zone_end_reset(), and
 *   only erases data in between.
 * - To count returned tickets is enough, because no ticket behind that of a reset is
 *   returned before it.
 *
 * Each wait is bounded, because a context waits only for contexts that came before it:
 *
 * - A write in flight needs neither a ticket nor a newer write. It runs, or it is on its
 *   way to a context that may sleep. The backend provides that context whatever else
 *   waits. A FUA write waits for older writes in flight only. So the oldest write in
 *   flight completes, and by induction every write in flight does.
 * - A ticket waits for the tickets before it, and that of a reset also for the writes in
 *   flight. Meanwhile only holders of tickets before it can add writes in flight. So
 *   endless writes do not starve a reset, and endless resets do not starve a write.
 * - Flushes run one after the other, under &cnull_zones.flush_mutex. A flush that holds
 *   the mutex waits only for writes that were in flight when it began. If it has the
 *   smaller number, these are older than those of the next flush. Else it waits for all
 *   writes that the next flush waits for, too.
 * - No other operation waits: a zone is opened, closed or finished at once, even while
 *   writes are in flight. A reset of all zones is a sequence of resets of one zone.
 *
 * No wake-up is lost. A waiter depends on &cnull_zone.oldest and
 * &cnull_zone.tickets_returned, which change only with the lock of the zone held.
 * wait_var_event() adds the waiter to the wait queue before it evaluates the condition.
 * The condition takes the lock, and sets &cnull_zone.has_waiters if the waiter has to
 * wait. A context that changes one of the two fields later takes the lock later, so it
 * sees the flag. It clears the flag, and wakes all waiters. These evaluate their condition
 * again, and set the flag again if they still have to wait. The flag is tested only when
 * one of the two fields changes: the completion of a write wakes waiters only if it was
 * the oldest write in flight. wake_up_var() needs no barrier here: the lock orders the
 * entry of the waiter into the wait queue before the test of the flag.
 */
#include "zone/order.h"

/**
 * cnull_zone_queue_write - issue a ticket to a write
 * @zone: the zone
 *
 * Context: Any; the caller goes on to cnull_zone_wait_tickets(). Takes
 * &cnull_zone.lock.
 * Return: the number of tickets to wait for: up to that of the last reset.
 */
unsigned int cnull_zone_queue_write(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	zone->tickets_issued++;
	return zone->reset_ticket;
}

/**
 * cnull_zone_queue_reset - issue a ticket to a reset
 * @zone: the zone
 *
 * Context: Any; the caller goes on to cnull_zone_wait_tickets(). Takes
 * &cnull_zone.lock.
 * Return: the number of tickets to wait for: all that were issued before.
 */
unsigned int cnull_zone_queue_reset(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return cnull_zone_issue_reset_ticket(zone);
}

/*
 * Were the first @nr tickets returned and, if @exclusive, is no write in flight? Set the
 * waiter flag if not.
 */
static bool tickets_are_returned(struct cnull_zone *zone, unsigned int nr,
				 bool exclusive)
{
	guard(spinlock)(&zone->lock);
	if ((int)(zone->tickets_returned - nr) >= 0 &&
	    !(exclusive && zone->oldest))
		return true;
	zone->has_waiters = true;
	return false;
}

/**
 * cnull_zone_wait_tickets - wait until tickets are returned
 * @zone: the zone
 * @nr: the number of tickets, from cnull_zone_queue_write() or cnull_zone_queue_reset()
 * @exclusive: wait for the writes in flight, too
 *
 * Context: May sleep. Takes &cnull_zone.lock.
 */
void cnull_zone_wait_tickets(struct cnull_zone *zone, unsigned int nr,
			     bool exclusive)
{
	wait_var_event(zone, tickets_are_returned(zone, nr, exclusive));
}

/* Count a returned ticket. Return true if contexts wait. */
static bool count_returned(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	zone->tickets_returned++;
	return cnull_zone_clear_waiters(zone);
}

/**
 * cnull_zone_return_ticket - return a ticket
 * @zone: the zone; the caller holds a ticket, and has waited for those before it
 *
 * Context: Any but interrupts. Takes &cnull_zone.lock.
 */
void cnull_zone_return_ticket(struct cnull_zone *zone)
{
	if (count_returned(zone))
		wake_up_var(zone);
}

/* Is a write the oldest one in flight? Set the waiter flag if not. */
static bool is_oldest(struct cnull_zone *zone, const struct cnull_io *io)
{
	guard(spinlock)(&zone->lock);
	if (zone->oldest == io)
		return true;
	zone->has_waiters = true;
	return false;
}

/**
 * cnull_zone_wait_older - wait for the older writes in flight in the zone of a write
 * @zones: the zones
 * @nr: the number of the zone
 * @io: the write, in flight in that zone
 *
 * Context: May sleep. Takes &cnull_zone.lock.
 */
void cnull_zone_wait_older(struct cnull_zones *zones, unsigned int nr,
			   const struct cnull_io *io)
{
	struct cnull_zone *zone = &zones->zone[nr];

	wait_var_event(zone, is_oldest(zone, io));
}

/*
 * Were all writes in flight in a zone reserved after flush number @seq began? Set the
 * waiter flag if not.
 */
static bool has_no_older(struct cnull_zone *zone, long seq)
{
	guard(spinlock)(&zone->lock);
	if (!zone->oldest || zone->oldest->flush_seq >= seq)
		return true;
	zone->has_waiters = true;
	return false;
}

/* Empty the list of dirty zones. Return the number of its first zone. */
static unsigned int take_dirty(struct cnull_zones *zones)
{
	unsigned int first;

	guard(spinlock)(&zones->res.lock);
	first = zones->first_dirty;
	zones->first_dirty = CNULL_NO_ZONE;
	return first;
}

/*
 * Put a zone back into the list of dirty zones if newer writes are in flight, else mark it
 * clean. Return the number of the zone that followed it in the list that the flush has
 * taken.
 */
static unsigned int finish_dirty(struct cnull_zones *zones,
				 struct cnull_zone *zone)
{
	unsigned int next;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	next = zone->next_dirty;
	if (zone->oldest)
		cnull_zone_mark_dirty(zones, zone);
	else
		zone->dirty = false;
	return next;
}

/**
 * cnull_zones_wait_older - wait for the writes in flight that are older than a flush
 * @zones: the zones
 *
 * Checks dirty zones only, so the cost does not depend on the number of zones. No older
 * write is missed: a write that completed before this call, and the writes that were
 * reserved before it in its zone, took the lock of that zone. So this call finds the zone
 * dirty, and these writes in flight. Newer writes do not prolong the wait.
 *
 * Context: May sleep. Takes &cnull_zones.flush_mutex, &cnull_zone_res.lock and
 * &cnull_zone.lock.
 */
void cnull_zones_wait_older(struct cnull_zones *zones)
{
	long seq = atomic_long_inc_return(&zones->flush_seq);
	unsigned int nr;

	/*
	 * The zones that a flush has taken are in no list. The mutex makes the next flush
	 * wait until all of them were checked.
	 */
	guard(mutex)(&zones->flush_mutex);
	nr = take_dirty(zones);
	while (nr != CNULL_NO_ZONE) {
		struct cnull_zone *zone = &zones->zone[nr];

		wait_var_event(zone, has_no_older(zone, seq));
		nr = finish_dirty(zones, zone);
		cond_resched();
	}
}
