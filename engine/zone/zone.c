// SPDX-License-Identifier: GPL-2.0
/*
 * A zone: what happens to it.
 *
 * A write takes its place under the zone's lock, copies its data without, and
 * says under the lock when it is done. So there are two pointers: where the next
 * one goes (next), and the end of what has ended (wp), which is what users see.
 * When nothing is under way they are the same. What fails gives its place back
 * then, unless one behind it has ended: that leaves a gap, where what there is in
 * the store can be read: zeros, or what was there before there were zones.
 *
 * - Reads take no lock: wp moves (release) after the data is there, and is looked
 *   at (acquire) before it is read.
 * - A write that finds its zone open and busy, and does not fill it, takes the zone's
 *   lock alone. To change the condition of a zone takes the lock of the resources first.
 *   With it held, a second zone's lock may be taken too: nobody else holds two.
 * - To erase a zone's data takes time, so a reset has the zone to itself: zone_order.c
 *   has the order of writes and resets, and says why each wait ends.
 */
#include "zone/order.h"

static u64 start_of(const struct cnull_zones *zones,
		    const struct cnull_zone *zone)
{
	return (u64)(zone - zones->zone) * zones->shape.zone_sectors;
}

/* Only the last zone may be too small for what one holds. */
static u64 capacity_of(const struct cnull_zones *zones,
		       const struct cnull_zone *zone)
{
	return min(zones->shape.capacity,
		   zones->shape.nr_sectors - start_of(zones, zone));
}

static u64 end_of(const struct cnull_zones *zones, const struct cnull_zone *zone)
{
	return start_of(zones, zone) + capacity_of(zones, zone);
}

/**
 * cnull_zone_nr - which zone is a sector in?
 * @zones: the zones
 * @sector: the sector, within the device
 *
 * Context: Any.
 * Return: its number.
 */
unsigned int cnull_zone_nr(const struct cnull_zones *zones, u64 sector)
{
	return div64_u64(sector, zones->shape.zone_sectors);
}

/**
 * cnull_zone_find - which zone are these sectors in?
 * @zones: the zones
 * @sector: the first of them
 * @nr_sectors: how many
 * @nr: set to its number
 *
 * Context: Any.
 * Return: false if there is no such sector, or if they are in several.
 */
bool cnull_zone_find(const struct cnull_zones *zones, u64 sector, u64 nr_sectors,
		     unsigned int *nr)
{
	u64 end = sector + nr_sectors;

	if (sector >= zones->shape.nr_sectors || end > zones->shape.nr_sectors)
		return false;
	*nr = cnull_zone_nr(zones, sector);
	return end <= (*nr + 1ULL) * zones->shape.zone_sectors;
}

/* Is it full, and not because somebody wrote to its end? */
static bool is_finished(const struct cnull_zones *zones,
			const struct cnull_zone *zone)
{
	return READ_ONCE(zone->cond) == CNULL_ZONE_FULL &&
	       smp_load_acquire(&zone->wp) < end_of(zones, zone);
}

/**
 * cnull_zone_report - what users see of a zone
 * @zones: the zones
 * @nr: the number of one
 * @info: filled
 *
 * A full zone's write pointer means nothing; it is where null_blk has it.
 *
 * Context: Any. Takes &cnull_zone.lock.
 */
void cnull_zone_report(struct cnull_zones *zones, unsigned int nr,
		     struct cnull_zone_info *info)
{
	struct cnull_zone *zone = &zones->zone[nr];

	info->start = start_of(zones, zone);
	info->len = min(zones->shape.zone_sectors,
			zones->shape.nr_sectors - info->start);
	info->capacity = nr < zones->shape.nr_conv ? info->len :
						     capacity_of(zones, zone);
	guard(spinlock)(&zone->lock);
	info->cond = zone->cond;
	switch (zone->cond) {
	case CNULL_ZONE_READONLY:
	case CNULL_ZONE_OFFLINE:
		info->wp = CNULL_ZONE_NO_WP;
		break;
	case CNULL_ZONE_FULL:
		info->wp = is_finished(zones, zone) ?
				   info->start + info->len : zone->wp;
		break;
	default:
		info->wp = zone->wp;
	}
}

/**
 * cnull_zone_data_end - how far is there data in a zone?
 * @zones: the zones
 * @nr: the number of one
 *
 * Context: Any.
 * Return: the first sector behind it; of a conventional zone, its end.
 */
u64 cnull_zone_data_end(const struct cnull_zones *zones, unsigned int nr)
{
	return smp_load_acquire(&zones->zone[nr].wp);
}

/**
 * cnull_zone_cond - the condition of a zone, as it may be no more
 * @zones: the zones
 * @nr: the number of one
 *
 * Context: Any.
 * Return: the condition.
 */
enum cnull_zone_cond cnull_zone_cond(const struct cnull_zones *zones,
				     unsigned int nr)
{
	return READ_ONCE(zones->zone[nr].cond);
}

/**
 * cnull_zone_filler - what is behind the data of a zone?
 * @zones: the zones
 * @nr: the number of one
 *
 * As null_blk has it: what is behind the write pointer reads as 0xff, and so is
 * what is behind the capacity. A zone that was finished, or is read-only, reads as
 * what is on the medium, where nothing was written.
 *
 * Context: Any.
 * Return: the byte that it reads as.
 */
u8 cnull_zone_filler(const struct cnull_zones *zones, unsigned int nr)
{
	return is_finished(zones, &zones->zone[nr]) ||
	       cnull_zone_cond(zones, nr) == CNULL_ZONE_READONLY ? 0 : 0xff;
}

static const struct cnull_zone_rule *rule_of(const struct cnull_zone *zone,
					     enum cnull_zone_op op)
{
	return &cnull_zone_rules[READ_ONCE(zone->cond)][op];
}

/**
 * cnull_zone_enter - change the condition of a zone
 * @zones: the zones
 * @zone: one of them
 * @next: what it is to be
 *
 * Context: Any.
 */
void cnull_zone_enter(struct cnull_zones *zones, struct cnull_zone *zone,
		      enum cnull_zone_cond next)
{
	if (next == CNULL_ZONE_CLOSED && zone->next == start_of(zones, zone))
		next = CNULL_ZONE_EMPTY;
	cnull_zone_res_move(&zones->res, &zone->implicit, zone->cond, next);
	WRITE_ONCE(zone->cond, next);
}

/* Close a zone, so that another one may be open. Its lock is the second one. */
static void evict(struct cnull_zones *zones, struct cnull_zone *zone)
	__must_hold(&zones->res.lock)
{
	const struct cnull_zone_rule *rule = rule_of(zone, CNULL_ZONE_CLOSE_IMP_OPEN);

	WARN_ON(rule->effect != CNULL_ZONE_ENTERS);
	spin_lock_nested(&zone->lock, SINGLE_DEPTH_NESTING);
	cnull_zone_enter(zones, zone, rule->next);
	spin_unlock(&zone->lock);
}

static void evict_first(struct cnull_zones *zones)
	__must_hold(&zones->res.lock)
{
	evict(zones, list_first_entry(&zones->res.implicit, struct cnull_zone,
				      implicit));
}

/* Make sure that there is room for a zone in another condition. */
static int make_room(struct cnull_zones *zones, enum cnull_zone_cond from,
		     enum cnull_zone_cond to)
	__must_hold(&zones->res.lock)
{
	int err = cnull_zone_res_check(&zones->res, from, to);

	/* There are never more open than may be: one has to make room at most. */
	if (err != -EBUSY)
		return err;
	evict_first(zones);
	return 0;
}

/* Zones that are closed at once, with the lock of the resources held. */
#define EVICT_MOST	256

/*
 * Set limits, or others on the way to them if that would close many zones. @done: set
 * to whether these are the limits.
 */
static int limit_some(struct cnull_zones *zones, unsigned int max_open,
		      unsigned int max_active, bool *done)
{
	struct cnull_zone_res *res = &zones->res;
	unsigned int open, excess;
	int err;

	guard(spinlock)(&res->lock);
	open = res->nr[CNULL_ZONE_EXP_OPEN] + res->nr[CNULL_ZONE_IMP_OPEN];
	excess = max_open && open > max_open ? open - max_open : 0;
	*done = excess <= EVICT_MOST;
	if (!*done) {
		max_open = open - EVICT_MOST;
		excess = EVICT_MOST;
	}
	err = cnull_zone_res_set_limits(res, max_open, max_active);
	if (err)
		return err;
	while (excess--)
		evict_first(zones);
	return 0;
}

/**
 * cnull_zones_limit - set the limits of zones
 * @zones: the zones
 * @max_open: most zones that are open; 0: no limit
 * @max_active: most zones that are active; 0: no limit
 *
 * Zones that are implicitly open are closed where they would be too many.
 *
 * Context: May sleep. Takes &cnull_zone_res.lock and &cnull_zone.lock.
 * Return: 0, or -EBUSY: more zones are active than @max_active, or explicitly open than
 * @max_open. Then @max_open may be lower than before, for the caller to raise again.
 */
int cnull_zones_limit(struct cnull_zones *zones, unsigned int max_open,
		      unsigned int max_active)
{
	bool done = false;
	int err = 0;

	while (!err && !done) {
		err = limit_some(zones, max_open, max_active, &done);
		cond_resched();
	}
	return err;
}

/* Is the write where it may be? */
static int check_place(const struct cnull_zones *zones,
		       const struct cnull_zone *zone, const struct cnull_io *io)
	__must_hold(&zone->lock)
{
	if (io->op == CNULL_OP_WRITE && io->sector != zone->next)
		return -EIO;
	return io->nr_sectors > end_of(zones, zone) - zone->next ? -EIO : 0;
}

static void take(struct cnull_zones *zones, struct cnull_zone *zone,
		 struct cnull_io *io)
	__must_hold(&zone->lock)
{
	io->sector = zone->next;
	io->reserved = true;
	zone->next += io->nr_sectors;
	cnull_zone_add_in_flight(zones, zone, io);
}

static enum cnull_zone_op op_of(const struct cnull_io *io)
{
	return io->op == CNULL_OP_ZONE_APPEND ? CNULL_ZONE_APPEND :
						CNULL_ZONE_WRITE;
}

/*
 * Reserve in a zone that is open and busy. Return false, with nothing done, if the zone
 * is not. The other cases set @action.
 */
static bool reserve_in_open(struct cnull_zones *zones, struct cnull_zone *zone,
			    struct cnull_io *io, enum cnull_action *action)
{
	int err;

	guard(spinlock)(&zone->lock);
	if (!zone->is_busy ||
	    rule_of(zone, op_of(io))->effect != CNULL_ZONE_STAYS)
		return false;
	if (cnull_zone_is_gated(zone)) {
		*action = CNULL_SLEEP;
		return true;
	}
	err = check_place(zones, zone, io);
	if (!err)
		take(zones, zone, io);
	*action = cnull_done(io, err);
	return true;
}

/*
 * Reserve in a zone that may have to be opened, or is not busy. @has_turn: the write
 * holds a ticket, and the tickets before it are back.
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
	if (!has_turn && cnull_zone_is_gated(zone))
		return CNULL_SLEEP;
	err = check_place(zones, zone, io);
	if (!err && rule->effect == CNULL_ZONE_NEEDS_RESOURCES)
		err = make_room(zones, zone->cond, rule->next);
	if (err)
		return cnull_done(io, err);
	if (rule->effect == CNULL_ZONE_NEEDS_RESOURCES)
		cnull_zone_enter(zones, zone, rule->next);
	if (!zone->is_busy)
		cnull_zone_be_busy(zones, zone);
	take(zones, zone, io);
	return cnull_done(io, 0);
}

/* Wait for the resets that came before a write, and reserve. */
static enum cnull_action reserve_in_turn(struct cnull_zones *zones,
					 struct cnull_zone *zone,
					 struct cnull_io *io)
{
	unsigned int before = cnull_zone_queue_write(zone);
	enum cnull_action action;

	cnull_zone_await_tickets(zone, before, false);
	action = reserve_in_any(zones, zone, io, true);
	cnull_zone_return_ticket(zone);
	return action;
}

/**
 * cnull_zone_reserve - reserve the sectors of a write in a sequential zone
 * @zones: the zones
 * @nr: the number of the zone
 * @io: the write or append, all of it in that zone. Set: @reserved if the reservation
 *	succeeds, else @error; and @sector of an append
 * @wait: may the caller sleep?
 *
 * The reservation lasts until cnull_zone_commit().
 *
 * Context: Any but interrupts; with %CNULL_MAY_WAIT may sleep. Takes &cnull_zone.lock,
 * and may take &cnull_zone_res.lock before it.
 * Return: %CNULL_SLEEP if a reset of the zone is running or waiting, with
 * %CNULL_NO_WAIT only; else %CNULL_COMPLETE, with &cnull_io.error 0 or
 * * -EIO: not at the write pointer, beyond the capacity, or not in this condition
 * * -ETOOMANYREFS, -EOVERFLOW: too many zones are open, or active
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

/* Is the condition to change, now that nothing is in flight? */
static bool is_to_settle(const struct cnull_zones *zones,
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
	/* It was closed, and then what was to be in it failed. */
	*next = CNULL_ZONE_EMPTY;
	return zone->cond == CNULL_ZONE_CLOSED &&
	       zone->wp == start_of(zones, zone);
}

static void settle(struct cnull_zones *zones, struct cnull_zone *zone)
{
	enum cnull_zone_cond next;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	if (is_to_settle(zones, zone, &next))
		cnull_zone_enter(zones, zone, next);
}

/* @settles: the condition is to change. @wakes: a context may wait for this. */
static void leave(struct cnull_zones *zones, struct cnull_zone *zone,
		  struct cnull_io *io, u64 end, bool *settles, bool *wakes)
{
	enum cnull_zone_cond next;

	guard(spinlock)(&zone->lock);
	if (end > zone->wp)
		smp_store_release(&zone->wp, end);
	*wakes = cnull_zone_del_in_flight(zone, io) &&
		 cnull_zone_stop_waiting(zone);
	if (!zone->oldest)
		zone->next = zone->wp;
	*settles = is_to_settle(zones, zone, &next);
}

/**
 * cnull_zone_commit - a write that has its place is over
 * @zones: the zones
 * @nr: the number of the one it is in
 * @io: the write
 * @nr_done: so many of its sectors were written: the first ones
 *
 * Context: Any but interrupts. Takes &cnull_zone.lock, and maybe
 * &cnull_zone_res.lock before it.
 */
void cnull_zone_commit(struct cnull_zones *zones, unsigned int nr,
			    struct cnull_io *io, u64 nr_done)
{
	struct cnull_zone *zone = &zones->zone[nr];
	bool settles, wakes;

	io->reserved = false;
	leave(zones, zone, io, nr_done ? io->sector + nr_done : 0, &settles,
	      &wakes);
	if (settles)
		settle(zones, zone);
	if (wakes)
		wake_up_var(zone);
}

/*
 * Get exclusive access to a zone, to erase its data. Return false if writes are in
 * flight, or tickets are out. @has_turn: the reset holds a ticket, and waited.
 */
static bool start_reset(struct cnull_zones *zones, struct cnull_zone *zone,
			bool has_turn)
	__must_hold(&zone->lock)
{
	if (!has_turn) {
		if (zone->oldest || zone->returned != zone->tickets)
			return false;
		cnull_zone_draw_reset(zone);
	}
	zone->next = start_of(zones, zone);
	smp_store_release(&zone->wp, zone->next);
	return true;
}

/* Change the condition of a zone. @has_turn: as start_reset(). */
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
		change->error = make_room(zones, zone->cond, rule->next);
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

/* Wait for the writes in flight and the tickets before a reset, and reset. */
static enum cnull_action reset_in_turn(struct cnull_zones *zones,
				       struct cnull_zone *zone,
				       enum cnull_zone_op op,
				       struct cnull_zone_change *change)
{
	unsigned int before = cnull_zone_queue_reset(zone);
	enum cnull_action action;

	cnull_zone_await_tickets(zone, before, true);
	/* The condition may have changed during the wait. */
	action = change_condition(zones, zone, op, true, change);
	if (!change->erases)
		cnull_zone_return_ticket(zone);
	return action;
}

/**
 * cnull_zone_change - change the condition of a zone
 * @zones: the zones
 * @nr: the number of the zone
 * @op: the operation, one without data
 * @wait: may the caller sleep?
 * @change: set to the result. After a reset the caller erases the data of the zone, and
 *	calls cnull_zone_erased(); until then writes to the zone wait
 *
 * Context: Any but interrupts; with %CNULL_MAY_WAIT may sleep. Takes
 * &cnull_zone_res.lock and &cnull_zone.lock.
 * Return: %CNULL_SLEEP if a reset would have to wait for writes in flight or for
 * another reset, with %CNULL_NO_WAIT only; else %CNULL_COMPLETE.
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
 * cnull_zone_erased - the data of a zone is forgotten: let writes come again
 * @zones: the zones
 * @nr: the number of one; cnull_zone_change() has set &cnull_zone_change.erases
 *
 * Context: Any but interrupts. Takes &cnull_zone.lock.
 */
void cnull_zone_erased(struct cnull_zones *zones, unsigned int nr)
{
	cnull_zone_return_ticket(&zones->zone[nr]);
}
