// SPDX-License-Identifier: GPL-2.0
/*
 * The zone step: the part of a request that depends on the zone of its sectors.
 *
 * A write reserves its sectors, transfers its data without a lock, and commits. A
 * reset gets exclusive access to the zone, erases the data, and ends.
 */
#include "io/data_step.h"
#include "io/zone_step.h"
#include "zone/layout.h"
#include "zone/order.h"
#include "zone/report.h"

/* Read from a zone. The sectors behind the data have a filler, not stored data. */
static enum cnull_action read_zone(struct cnull_live *live, unsigned int nr,
				   struct cnull_io *io, enum cnull_wait wait)
{
	enum cnull_zone_cond cond = cnull_zone_cond(live->zones, nr);
	u64 end = cnull_zone_data_end(live->zones, nr), nr_done, nr_data;
	u8 filler = cnull_zone_filler(live->zones, nr);
	struct cnull_iter rest = io->iter;
	enum cnull_action action;

	if (cnull_zone_rules[cond][CNULL_ZONE_READ].effect == CNULL_ZONE_FAILS)
		return cnull_done(io, -EIO);
	action = cnull_data_step(live, io, wait, &nr_done);
	nr_data = end > io->sector ? end - io->sector : 0;
	if (!live->store || nr_done <= nr_data)
		return action;
	cnull_iter_skip(&rest, nr_data << SECTOR_SHIFT);
	cnull_iter_fill(&rest, filler, (nr_done - nr_data) << SECTOR_SHIFT);
	return action;
}

/*
 * Make all data of a zone before a write durable: a sequential medium has no gaps.
 * Meanwhile the write keeps its reservation, so no reset can start. Newer writes are
 * behind the range.
 */
static void make_durable(struct cnull_live *live, unsigned int nr,
			 const struct cnull_io *io)
{
	u64 start = cnull_zone_start(live->zones, nr);

	cnull_zone_wait_older(live->zones, nr, io);
	cnull_cache_flush_range(&live->cache, start << SECTOR_SHIFT,
				(io->sector - start) << SECTOR_SHIFT);
}

/* Write at the write pointer of a sequential zone. */
static enum cnull_action write_sequential(struct cnull_live *live,
					  unsigned int nr, struct cnull_io *io,
					  enum cnull_wait wait)
{
	bool durable = io->flags & CNULL_IO_FUA &&
		       cnull_has(live, CNULL_FEATURE_CACHE);
	enum cnull_action action;
	u64 nr_done;

	if (durable && wait == CNULL_NO_WAIT)
		return CNULL_SLEEP;
	if (!io->reserved) {
		action = cnull_zone_reserve(live->zones, nr, io, wait);
		if (action == CNULL_SLEEP || io->error)
			return action;
	}
	action = cnull_data_step(live, io, wait, &nr_done);
	if (action == CNULL_SLEEP)
		return action;
	if (durable && nr_done)
		make_durable(live, nr, io);
	cnull_zone_commit(live->zones, nr, io, nr_done);
	return CNULL_COMPLETE;
}

/* Write to a zone of any type, or append to one. */
static enum cnull_action write_zone(struct cnull_live *live, unsigned int nr,
				    struct cnull_io *io, enum cnull_wait wait)
{
	enum cnull_zone_cond cond = cnull_zone_cond(live->zones, nr);
	bool had_reservation = io->reserved;
	enum cnull_action action;
	u64 nr_done;

	if (cond == CNULL_ZONE_NOT_WP && io->op == CNULL_OP_WRITE)
		action = cnull_data_step(live, io, wait, &nr_done);
	else
		action = write_sequential(live, nr, io, wait);
	/* Trace once: a request without a reservation starts over after a sleep. */
	if (!had_reservation && (action != CNULL_SLEEP || io->reserved))
		cnull_trace_zone(live->name, io->op, nr, cond);
	return action;
}

/* Erase the data of a zone that this context resets. */
static void erase_zone(struct cnull_live *live, unsigned int nr)
{
	struct cnull_zone_info info;
	struct cnull_io io = { .op = CNULL_OP_DISCARD };

	cnull_zone_report(live->zones, nr, &info);
	io.sector = info.start;
	io.nr_sectors = info.len;
	cnull_data_access(live, &io, CNULL_MAY_WAIT);
	cnull_zone_end_reset(live->zones, nr);
}

/* Change the condition of a zone, and erase its data if that is a reset. */
static enum cnull_action change_zone(struct cnull_live *live, unsigned int nr,
				     enum cnull_zone_op op, enum cnull_wait wait,
				     struct cnull_zone_change *change)
{
	enum cnull_action action = cnull_zone_change(live->zones, nr, op, wait,
						     change);

	if (change->erases)
		erase_zone(live, nr);
	return action;
}

static enum cnull_action reset_all(struct cnull_live *live, struct cnull_io *io)
{
	struct cnull_zone_change change;
	unsigned int nr;

	for (nr = 0; nr < live->zones->shape.nr_zones; nr++) {
		change_zone(live, nr, CNULL_ZONE_RESET_ALL, CNULL_MAY_WAIT,
			    &change);
		if (change.error)
			return cnull_done(io, change.error);
		if (change.erases)
			cnull_trace_zone(live->name, io->op, nr,
					 CNULL_ZONE_EMPTY);
		cond_resched();
	}
	return cnull_done(io, 0);
}

/* Return the operation on a zone for a request of zone management. */
static enum cnull_zone_op zone_op_of(enum cnull_op op)
{
	switch (op) {
	case CNULL_OP_ZONE_OPEN:
		return CNULL_ZONE_OPEN;
	case CNULL_OP_ZONE_CLOSE:
		return CNULL_ZONE_CLOSE;
	case CNULL_OP_ZONE_FINISH:
		return CNULL_ZONE_FINISH;
	default:
		return CNULL_ZONE_RESET;
	}
}

static enum cnull_action manage_zone(struct cnull_live *live, unsigned int nr,
				     struct cnull_io *io, enum cnull_wait wait)
{
	struct cnull_zone_change change;
	enum cnull_action action = change_zone(live, nr, zone_op_of(io->op),
					       wait, &change);

	if (action == CNULL_SLEEP)
		return action;
	if (!change.error)
		cnull_trace_zone(live->name, io->op, nr,
				 cnull_zone_cond(live->zones, nr));
	return cnull_done(io, change.error);
}

/**
 * cnull_zone_step - run a request of a device with zones
 * @live: the device
 * @io: the request, within the device; no flush
 * @wait: may the caller sleep?
 *
 * Context: As cnull_io_run().
 * Return: %CNULL_COMPLETE, or %CNULL_SLEEP with %CNULL_NO_WAIT.
 */
enum cnull_action cnull_zone_step(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait)
{
	unsigned int nr;

	if (!cnull_zone_find(live->zones, io->sector, io->nr_sectors, &nr))
		return cnull_done(io, -EIO);
	switch (io->op) {
	case CNULL_OP_READ:
		return read_zone(live, nr, io, wait);
	case CNULL_OP_WRITE:
	case CNULL_OP_ZONE_APPEND:
		return write_zone(live, nr, io, wait);
	case CNULL_OP_ZONE_RESET:
		/* Erasing stored data takes long, as a discard does. */
		if (wait == CNULL_NO_WAIT && live->store)
			return CNULL_SLEEP;
		return manage_zone(live, nr, io, wait);
	case CNULL_OP_ZONE_RESET_ALL:
		return wait == CNULL_NO_WAIT ? CNULL_SLEEP :
					       reset_all(live, io);
	case CNULL_OP_ZONE_OPEN:
	case CNULL_OP_ZONE_CLOSE:
	case CNULL_OP_ZONE_FINISH:
		return manage_zone(live, nr, io, wait);
	default:
		return cnull_done(io, -EOPNOTSUPP);
	}
}

/**
 * cnull_zone_abandon_step - give the reservation of a request back, if it has one
 * @live: the device
 * @io: the request; no data was transferred
 *
 * Context: As cnull_io_run().
 */
void cnull_zone_abandon_step(struct cnull_live *live, struct cnull_io *io)
{
	if (io->reserved)
		cnull_zone_abandon(live->zones,
				   cnull_zone_nr(live->zones, io->sector), io);
}

/**
 * cnull_zone_set_condition - make a zone read-only, or take it offline
 * @live: the device; it has zones
 * @nr: the number of the zone
 * @op: %CNULL_ZONE_TO_READONLY or %CNULL_ZONE_TO_OFFLINE
 *
 * Context: May sleep. Power off waits until this returns.
 * Return: 0, or -EIO for a conventional zone.
 */
int cnull_zone_set_condition(struct cnull_live *live, unsigned int nr,
			     enum cnull_zone_op op)
{
	struct cnull_zone_change change;

	change_zone(live, nr, op, CNULL_MAY_WAIT, &change);
	return change.error;
}
