// SPDX-License-Identifier: GPL-2.0
/*
 * Zones: reservations, the write pointer, and changes of the condition.
 *
 * A write transfers its data without a lock, so a zone has two pointers. A write
 *
 * - reserves its sectors at @reserved_wp, which moves behind them: cnull_zone_reserve();
 * - transfers its data;
 * - moves @wp, the write pointer that users see, behind the sectors that were written, and
 *   is no longer in flight: cnull_zone_commit(). cnull_zone_abandon() does the same for a
 *   write that transferred no data.
 *
 * Invariants:
 *
 * - start of the zone <= @wp <= @reserved_wp <= end of its capacity.
 * - The reservations of writes in flight do not overlap, because @reserved_wp moves back
 *   only when no write is in flight.
 * - @wp == @reserved_wp while no write is in flight. So the sectors of a failed write are
 *   reserved again, unless a write behind them has completed. Then they stay as a gap
 *   below @wp, which reads as the store has it: zeroes, or data from a time when the
 *   device had no zones.
 * - @wp moves back only by a reset, and at power off.
 * - No more zones are open or active than the limits allow (resources.c).
 *
 * Locking:
 *
 * - &cnull_zone.lock guards the pointers, the writes in flight and the tickets of a zone.
 *   It is a spinlock, and is not held while data is transferred.
 * - A change of the condition, or of the list of dirty zones, needs &cnull_zone_res.lock,
 *   too. It is taken first. A write to an open and dirty zone changes neither, so it takes
 *   the lock of the zone only. So does the commit of a write, unless it changes the
 *   condition.
 * - With &cnull_zone_res.lock and the lock of one zone held, the lock of a second zone may
 *   be taken, to close that zone. This cannot deadlock, because every context that holds
 *   the locks of two zones took &cnull_zone_res.lock first.
 * - Reads take no lock. The commit of a write stores @wp with release, after the data was
 *   transferred. This pairs with the acquire in cnull_zone_data_end(), before a read
 *   accesses data below @wp.
 *
 * A reset has exclusive access to a zone while the data is erased. The comment at the top
 * of order.c has the order of writes, flushes and resets, and the proof that each wait
 * ends.
 */
#include "zone/layout.h"
#include "zone/order.h"
#include "zone/zone.h"

static u64 start_of(const struct cnull_zones *zones,
		    const struct cnull_zone *zone)
{
	return cnull_zone_start(zones, zone - zones->zone);
}

/* Return the end of the capacity of a zone. */
static u64 end_of(const struct cnull_zones *zones, const struct cnull_zone *zone)
{
	return cnull_zone_end(zones, zone - zones->zone);
}

static const struct cnull_zone_rule *rule_of(const struct cnull_zone *zone,
					     enum cnull_zone_op op)
{
	return &cnull_zone_rules[READ_ONCE(zone->cond)][op];
}

/**
 * cnull_zone_enter - set the condition of a zone, and account for it
 * @zones: the zones
 * @zone: the zone
 * @next: the new condition. %CNULL_ZONE_CLOSED stands for %CNULL_ZONE_EMPTY if the zone
 *	has neither data nor a reservation
 *
 * Context: Any. The caller holds @zones->res.lock and @zone->lock.
 */
void cnull_zone_enter(struct cnull_zones *zones, struct cnull_zone *zone,
		      enum cnull_zone_cond next)
{
	if (next == CNULL_ZONE_CLOSED &&
	    zone->reserved_wp == start_of(zones, zone))
		next = CNULL_ZONE_EMPTY;
	cnull_zone_res_move(&zones->res, &zone->implicit, zone->cond, next);
	WRITE_ONCE(zone->cond, next);
}

/* Close a zone. The caller may hold the lock of another zone. */
static void close_zone(struct cnull_zones *zones, struct cnull_zone *zone)
	__must_hold(&zones->res.lock)
{
	const struct cnull_zone_rule *rule = rule_of(zone,
						     CNULL_ZONE_CLOSE_IMP_OPEN);

	WARN_ON(rule->effect != CNULL_ZONE_ENTERS);
	spin_lock_nested(&zone->lock, SINGLE_DEPTH_NESTING);
	cnull_zone_enter(zones, zone, rule->next);
	spin_unlock(&zone->lock);
}

/* Close the zone that was implicitly opened first. There is one. */
static void close_imp_open_zone(struct cnull_zones *zones)
	__must_hold(&zones->res.lock)
{
	close_zone(zones, list_first_entry(&zones->res.implicit,
					   struct cnull_zone, implicit));
}

/*
 * Make the resources available that a change of the condition of a zone needs: close an
 * implicitly open zone if that is necessary. Return 0 or an error.
 */
static int manage_resources(struct cnull_zones *zones, enum cnull_zone_cond from,
			    enum cnull_zone_cond to)
	__must_hold(&zones->res.lock)
{
	int err = cnull_zone_res_check(&zones->res, from, to);

	if (err != -EBUSY)
		return err;
	/* One closed zone is enough, because the limit was kept before. */
	close_imp_open_zone(zones);
	return 0;
}

/* The maximum number of zones to close with &cnull_zone_res.lock held. */
#define MAX_CLOSE	256

/*
 * Set the limits. If that would close more than %MAX_CLOSE zones, close this number, and
 * set a limit of open zones that allows the others. Set @done to whether the limits are the
 * final ones.
 */
static int update_some(struct cnull_zones *zones, unsigned int max_open,
		       unsigned int max_active, bool *done)
{
	struct cnull_zone_res *res = &zones->res;
	unsigned int open, excess;
	int err;

	guard(spinlock)(&res->lock);
	open = res->nr[CNULL_ZONE_EXP_OPEN] + res->nr[CNULL_ZONE_IMP_OPEN];
	excess = max_open && open > max_open ? open - max_open : 0;
	*done = excess <= MAX_CLOSE;
	if (!*done) {
		max_open = open - MAX_CLOSE;
		excess = MAX_CLOSE;
	}
	err = cnull_zone_res_set_limits(res, max_open, max_active);
	if (err)
		return err;
	while (excess--)
		close_imp_open_zone(zones);
	return 0;
}

/**
 * cnull_zones_update_limits - set the limits of open and active zones
 * @zones: the zones
 * @max_open: the limit of open zones; 0: no limit
 * @max_active: the limit of active zones; 0: no limit
 *
 * Closes implicitly open zones in excess of @max_open, in the order in which they were
 * opened.
 *
 * Context: May sleep. Takes &cnull_zone_res.lock and &cnull_zone.lock.
 * Return: 0, or -EBUSY: more than @max_active zones are active, or more than @max_open
 * zones are explicitly open. In this case the limit of open zones may be lower than
 * before, and the caller sets it again.
 */
int cnull_zones_update_limits(struct cnull_zones *zones, unsigned int max_open,
			      unsigned int max_active)
{
	bool done = false;
	int err = 0;

	while (!err && !done) {
		err = update_some(zones, max_open, max_active, &done);
		cond_resched();
	}
	return err;
}

/* Check that a write is at the write pointer, and an append or write fits. */
static int check_position(const struct cnull_zones *zones,
			  const struct cnull_zone *zone,
			  const struct cnull_io *io)
	__must_hold(&zone->lock)
{
	if (io->op == CNULL_OP_WRITE && io->sector != zone->reserved_wp)
		return -EIO;
	return io->nr_sectors > end_of(zones, zone) - zone->reserved_wp ? -EIO : 0;
}

static void reserve(struct cnull_zones *zones, struct cnull_zone *zone,
		    struct cnull_io *io)
	__must_hold(&zone->lock)
{
	io->sector = zone->reserved_wp;
	io->reserved = true;
	zone->reserved_wp += io->nr_sectors;
	cnull_zone_add_in_flight(zones, zone, io);
}

static enum cnull_zone_op op_of(const struct cnull_io *io)
{
	return io->op == CNULL_OP_ZONE_APPEND ? CNULL_ZONE_APPEND :
						CNULL_ZONE_WRITE;
}

/*
 * Reserve sectors in an open and dirty zone, with the lock of the zone only. Return false,
 * with nothing done, if the zone is not open or not dirty; else set @action.
 */
static bool reserve_in_open(struct cnull_zones *zones, struct cnull_zone *zone,
			    struct cnull_io *io, enum cnull_action *action)
{
	int err;

	guard(spinlock)(&zone->lock);
	if (!zone->dirty || rule_of(zone, op_of(io))->effect != CNULL_ZONE_STAYS)
		return false;
	if (cnull_zone_has_reset(zone)) {
		*action = CNULL_SLEEP;
		return true;
	}
	err = check_position(zones, zone, io);
	if (!err)
		reserve(zones, zone, io);
	*action = cnull_done(io, err);
	return true;
}

/*
 * Reserve sectors in any zone. Open the zone, and mark it dirty, if necessary. @has_turn:
 * the write holds a ticket, and has waited for the tickets before it.
 */
static enum cnull_action reserve_in_any(struct cnull_zones *zones,
					struct cnull_zone *zone,
					struct cnull_io *io, bool has_turn)
{
	const struct cnull_zone_rule *rule;
	int err;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	rule = rule_of(zone, op_of(io));
	if (rule->effect == CNULL_ZONE_FAILS)
		return cnull_done(io, -EIO);
	if (!has_turn && cnull_zone_has_reset(zone))
		return CNULL_SLEEP;
	err = check_position(zones, zone, io);
	if (!err && rule->effect == CNULL_ZONE_NEEDS_RESOURCES)
		err = manage_resources(zones, zone->cond, rule->next);
	if (err)
		return cnull_done(io, err);
	if (rule->effect == CNULL_ZONE_NEEDS_RESOURCES)
		cnull_zone_enter(zones, zone, rule->next);
	if (!zone->dirty)
		cnull_zone_mark_dirty(zones, zone);
	reserve(zones, zone, io);
	return cnull_done(io, 0);
}

/* Wait for the resets that came before a write, and reserve its sectors. */
static enum cnull_action reserve_in_turn(struct cnull_zones *zones,
					 struct cnull_zone *zone,
					 struct cnull_io *io)
{
	unsigned int before = cnull_zone_queue_write(zone);
	enum cnull_action action;

	cnull_zone_wait_tickets(zone, before, false);
	action = reserve_in_any(zones, zone, io, true);
	cnull_zone_return_ticket(zone);
	return action;
}

/**
 * cnull_zone_reserve - reserve the sectors of a write in a sequential zone
 * @zones: the zones
 * @nr: the number of the zone
 * @io: the write or append, all of it in that zone. Set: @io->reserved if the reservation
 *	succeeds, else @io->error; and @io->sector of an append
 * @wait: may the caller sleep?
 *
 * The reservation lasts until cnull_zone_commit() or cnull_zone_abandon().
 *
 * Context: Any but interrupts; with %CNULL_MAY_WAIT may sleep. Takes &cnull_zone.lock,
 * and may take &cnull_zone_res.lock before it.
 * Return: %CNULL_SLEEP if a reset of the zone runs or waits, with %CNULL_NO_WAIT only;
 * else %CNULL_COMPLETE, with &cnull_io.error 0 or
 * * -EIO: the write is not at the write pointer, does not fit into the capacity, or is
 *   not allowed in the condition of the zone
 * * -ETOOMANYREFS: the limit of open zones does not allow to open the zone
 * * -EOVERFLOW: the limit of active zones does not
 */
enum cnull_action cnull_zone_reserve(struct cnull_zones *zones, unsigned int nr,
				     struct cnull_io *io, enum cnull_wait wait)
{
	struct cnull_zone *zone = &zones->zone[nr];
	enum cnull_action action;

	if (!reserve_in_open(zones, zone, io, &action))
		action = reserve_in_any(zones, zone, io, false);
	if (action == CNULL_SLEEP && wait == CNULL_MAY_WAIT)
		action = reserve_in_turn(zones, zone, io);
	return action;
}

/* Does the condition of a zone change because no write is in flight? Set @next if so. */
static bool needs_settling(const struct cnull_zones *zones,
			   const struct cnull_zone *zone,
			   enum cnull_zone_cond *next)
	__must_hold(&zone->lock)
{
	const struct cnull_zone_rule *fill = rule_of(zone, CNULL_ZONE_FILL);

	*next = fill->next;
	if (zone->oldest)
		return false;
	if (zone->wp == end_of(zones, zone) && fill->effect == CNULL_ZONE_ENTERS)
		return true;
	/* The zone was closed while its first writes were in flight, and these failed. */
	*next = CNULL_ZONE_EMPTY;
	return zone->cond == CNULL_ZONE_CLOSED &&
	       zone->wp == start_of(zones, zone);
}

/* Change the condition if that is still necessary with both locks held. */
static void settle(struct cnull_zones *zones, struct cnull_zone *zone)
{
	enum cnull_zone_cond next;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	if (needs_settling(zones, zone, &next))
		cnull_zone_enter(zones, zone, next);
}

/*
 * Move the write pointer to @end, unless it is there already, and unlink a write. Set
 * @settles: the caller calls settle(). Set @wakes: the caller wakes the waiters.
 */
static void commit(struct cnull_zones *zones, struct cnull_zone *zone,
		   struct cnull_io *io, u64 end, bool *settles, bool *wakes)
{
	enum cnull_zone_cond next;

	guard(spinlock)(&zone->lock);
	if (end > zone->wp)
		smp_store_release(&zone->wp, end);
	*wakes = cnull_zone_del_in_flight(zone, io) &&
		 cnull_zone_clear_waiters(zone);
	if (!zone->oldest)
		zone->reserved_wp = zone->wp;
	*settles = needs_settling(zones, zone, &next);
}

/**
 * cnull_zone_commit - end the reservation of a write
 * @zones: the zones
 * @nr: the number of the zone
 * @io: the write, in flight in that zone
 * @nr_done: the number of sectors that were written, from the first one on
 *
 * Context: Any but interrupts. Takes &cnull_zone.lock, and may take
 * &cnull_zone_res.lock before it.
 */
void cnull_zone_commit(struct cnull_zones *zones, unsigned int nr,
		       struct cnull_io *io, u64 nr_done)
{
	struct cnull_zone *zone = &zones->zone[nr];
	bool settles, wakes;

	io->reserved = false;
	commit(zones, zone, io, nr_done ? io->sector + nr_done : 0, &settles,
	       &wakes);
	if (settles)
		settle(zones, zone);
	if (wakes)
		wake_up_var(zone);
}

/**
 * cnull_zone_abandon - end the reservation of a write that transferred no data
 * @zones: the zones
 * @nr: the number of the zone
 * @io: the write, in flight in that zone
 *
 * Context: As cnull_zone_commit().
 */
void cnull_zone_abandon(struct cnull_zones *zones, unsigned int nr,
			struct cnull_io *io)
{
	cnull_zone_commit(zones, nr, io, 0);
}

/*
 * Start a reset: get exclusive access to a zone, and move its pointers to its start.
 * Return false if writes are in flight, or other contexts hold tickets. @has_turn: the
 * reset holds a ticket, and has waited for both.
 */
static bool start_reset(struct cnull_zones *zones, struct cnull_zone *zone,
			bool has_turn)
	__must_hold(&zone->lock)
{
	if (!has_turn) {
		if (zone->oldest ||
		    zone->tickets_returned != zone->tickets_issued)
			return false;
		cnull_zone_issue_reset_ticket(zone);
	}
	zone->reserved_wp = start_of(zones, zone);
	smp_store_release(&zone->wp, zone->reserved_wp);
	return true;
}

/* Apply the rule of an operation to a zone. @has_turn: as for start_reset(). */
static enum cnull_action change_condition(struct cnull_zones *zones,
					  struct cnull_zone *zone,
					  enum cnull_zone_op op, bool has_turn,
					  struct cnull_zone_change *change)
{
	const struct cnull_zone_rule *rule;

	*change = (struct cnull_zone_change) { };
	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	rule = rule_of(zone, op);
	switch (rule->effect) {
	case CNULL_ZONE_STAYS:
		return CNULL_COMPLETE;
	case CNULL_ZONE_FAILS:
		change->error = -EIO;
		return CNULL_COMPLETE;
	case CNULL_ZONE_NEEDS_RESOURCES:
		change->error = manage_resources(zones, zone->cond, rule->next);
		break;
	case CNULL_ZONE_RESETS:
		if (!start_reset(zones, zone, has_turn))
			return CNULL_SLEEP;
		change->erases = true;
		break;
	default:
		break;
	}
	if (!change->error)
		cnull_zone_enter(zones, zone, rule->next);
	return CNULL_COMPLETE;
}

/* Wait for the tickets before a reset and for the writes in flight, and start the reset. */
static enum cnull_action reset_in_turn(struct cnull_zones *zones,
				       struct cnull_zone *zone,
				       enum cnull_zone_op op,
				       struct cnull_zone_change *change)
{
	unsigned int before = cnull_zone_queue_reset(zone);
	enum cnull_action action;

	cnull_zone_wait_tickets(zone, before, true);
	/* The condition may have changed during the wait: apply its rule. */
	action = change_condition(zones, zone, op, true, change);
	if (!change->erases)
		cnull_zone_return_ticket(zone);
	return action;
}

/**
 * cnull_zone_change - run an operation without data on a zone
 * @zones: the zones
 * @nr: the number of the zone
 * @op: the operation
 * @wait: may the caller sleep?
 * @change: set to the result. If it is a reset, new writes to the zone wait until the
 *	caller has erased the data, and has called cnull_zone_end_reset()
 *
 * Context: Any but interrupts; with %CNULL_MAY_WAIT may sleep. Takes
 * &cnull_zone_res.lock and &cnull_zone.lock.
 * Return: %CNULL_SLEEP if a reset has to wait for writes in flight or for other tickets,
 * with %CNULL_NO_WAIT only; else %CNULL_COMPLETE.
 */
enum cnull_action cnull_zone_change(struct cnull_zones *zones, unsigned int nr,
				    enum cnull_zone_op op, enum cnull_wait wait,
				    struct cnull_zone_change *change)
{
	struct cnull_zone *zone = &zones->zone[nr];
	enum cnull_action action = change_condition(zones, zone, op, false,
						    change);

	if (action == CNULL_SLEEP && wait == CNULL_MAY_WAIT)
		action = reset_in_turn(zones, zone, op, change);
	return action;
}

/**
 * cnull_zone_end_reset - end a reset: allow writes to the zone again
 * @zones: the zones
 * @nr: the number of the zone; cnull_zone_change() has set &cnull_zone_change.erases, and
 *	the caller has erased the data
 *
 * Context: Any but interrupts. Takes &cnull_zone.lock.
 */
void cnull_zone_end_reset(struct cnull_zones *zones, unsigned int nr)
{
	cnull_zone_return_ticket(&zones->zone[nr]);
}
