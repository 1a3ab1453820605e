// SPDX-License-Identifier: GPL-2.0
/*
 * Zones: the order in which writes and resets get into one, and which of them waits
 * for which others.
 *
 * - Writes in flight are linked in the order in which they were reserved. Sectors
 *   are reserved upwards, and &cnull_zone.next goes back only when none is left. So
 *   a write is older than a moment if no drain was counted since then, and its sector
 *   is before the &cnull_zone.next of that moment.
 * - A flush, and a write with FUA, wait for the writes that are older than they are,
 *   and for no others.
 * - To erase a zone's data takes time, and a reset needs exclusive access meanwhile:
 *   it starts when no write is in flight, and new writes wait. The gate orders the two
 *   kinds. A context that cannot get through at once draws a ticket, if it may sleep,
 *   and tickets get their turn one by one. A write passes the turn on when it has its
 *   place, a reset when the data is erased; it first waits for the writes in flight.
 *   While a ticket is out, no context without one gets through. A ticket means a
 *   running context: it is drawn, gets its turn and passes it on in one function, or
 *   in a reset from its start to its end.
 *
 * So each wait is bounded by what began before it:
 *
 * - A write in flight needs neither the gate nor a newer write. It is running, or it
 *   is on its way to a context that may sleep, which the backend provides whatever
 *   else waits. The oldest one therefore ends, and by induction so do all.
 * - A ticket waits for the tickets before it, and each of these for the writes in
 *   flight at most, of which there are no new ones but by tickets before it. Neither
 *   a stream of writes keeps a reset waiting, nor a stream of resets a write.
 * - A flush goes through the busy zones: those with a write in flight, or with one
 *   since the last flush. A write that takes the zone's lock alone finds its zone in
 *   that list; otherwise it takes both locks and puts it there. A flush takes the list,
 *   and a zone without writes leaves it. So it waits for as many zones as there are
 *   then, however many become busy later; the next flush waits for it.
 * - Nothing else waits: a close, finish or open happens at once, under writes too, and
 *   a reset of all zones is one of each.
 *
 * No wake-up is lost. What a context waits for changes with the zone's lock held only:
 * &cnull_zone.oldest and &cnull_zone.turn. The waiter is in the wait queue before it
 * takes the lock, finds that it has to wait, and sets @awaited. The context that
 * changes one of them later has the lock later, sees @awaited, and wakes all waiters;
 * these look again, and set it again. It is only read when one of the two changes, so
 * writes that end in any order wake nobody but as the oldest.
 */
#include "zone_order.h"

/**
 * struct moment - a point in the order of a zone's writes
 * @next: &cnull_zone.next then
 * @drains: &cnull_zone.drains then
 */
struct moment {
	u64 next;
	unsigned int drains;
};

/**
 * cnull_zone_draw_ticket - stand in line for a zone
 * @zone: the zone
 *
 * Context: Any that goes on to cnull_zone_await_turn().
 * Return: the ticket.
 */
unsigned int cnull_zone_draw_ticket(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->tickets++;
}

static bool is_turn(struct cnull_zone *zone, unsigned int ticket, bool alone)
{
	guard(spinlock)(&zone->lock);
	if (zone->turn == ticket && !(alone && zone->oldest))
		return true;
	zone->awaited = true;
	return false;
}

/**
 * cnull_zone_await_turn - wait for the turn of a ticket
 * @zone: the zone
 * @ticket: the ticket
 * @alone: wait for the writes in flight, too
 *
 * Context: May sleep.
 */
void cnull_zone_await_turn(struct cnull_zone *zone, unsigned int ticket,
			   bool alone)
{
	wait_var_event(zone, is_turn(zone, ticket, alone));
}

static bool next_turn(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	zone->turn++;
	return cnull_zone_stop_waiting(zone);
}

/**
 * cnull_zone_pass_turn - let the next ticket have its turn
 * @zone: the zone; the caller holds the ticket whose turn it is
 *
 * Context: Any but interrupts.
 */
void cnull_zone_pass_turn(struct cnull_zone *zone)
{
	if (next_turn(zone))
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

static struct moment now_in(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return (struct moment) { zone->next, zone->drains };
}

/* Is no write in flight any more that is older than @moment? */
static bool is_past(struct cnull_zone *zone, const struct moment *moment)
{
	guard(spinlock)(&zone->lock);
	if (!zone->oldest || zone->drains != moment->drains ||
	    zone->oldest->sector >= moment->next)
		return true;
	zone->awaited = true;
	return false;
}

/*
 * Wait for the writes that are in flight now in a zone. Those that come later make
 * nobody wait longer.
 */
static void await_all(struct cnull_zone *zone)
{
	struct moment now = now_in(zone);

	wait_var_event(zone, is_past(zone, &now));
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
 * cnull_zones_wait - wait for the writes in flight, in each zone
 * @zones: the zones
 *
 * A write that took its place before one that has ended is seen here, as both took
 * the zone's lock. Writes that come while a zone is waited for make nobody wait. Only
 * the zones that had a write in flight since the last time are looked at.
 *
 * Context: May sleep. Takes &cnull_zones.flushing, &cnull_zone_res.lock and
 * &cnull_zone.lock.
 */
void cnull_zones_wait(struct cnull_zones *zones)
{
	unsigned int nr;

	/* Zones in the hands of another flush are in no list. */
	guard(mutex)(&zones->flushing);
	nr = take_busy(zones);
	while (nr != CNULL_NO_ZONE) {
		struct cnull_zone *zone = &zones->zone[nr];

		await_all(zone);
		nr = next_busy(zones, zone);
		cond_resched();
	}
}
