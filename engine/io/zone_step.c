// SPDX-License-Identifier: GPL-2.0
/*
 * I/O on zones: the steps of a request that are about the zone it is in.
 */
#include "io/zone_step.h"

/* Read from a zone: what is behind its data is not what the store may have. */
static int read_zone(struct cnull_live *live, unsigned int nr,
		     const struct cnull_io *io, enum cnull_wait wait)
{
	enum cnull_zone_cond cond = cnull_zone_cond(live->zones, nr);
	u64 end = cnull_zone_data_end(live->zones, nr), nr_done, nr_data;
	u8 filler = cnull_zone_filler(live->zones, nr);
	struct cnull_iter rest = io->iter;
	int err;

	if (cnull_zone_rules[cond][CNULL_ZONE_READ].effect == CNULL_ZONE_FAILS)
		return -EIO;
	err = cnull_io_run_good(live, io, wait, &nr_done);
	nr_data = end > io->sector ? end - io->sector : 0;
	if (!live->store || nr_done <= nr_data)
		return err;
	cnull_iter_skip(&rest, nr_data << SECTOR_SHIFT);
	cnull_iter_fill(&rest, filler, (nr_done - nr_data) << SECTOR_SHIFT);
	return err;
}

/* Take a place, if it has none: after -EAGAIN it may come back with one. */
static int take_place(struct cnull_live *live, unsigned int nr,
		      struct cnull_io *io, enum cnull_wait wait)
{
	int err;

	if (io->reserved)
		return 0;
	err = cnull_zone_reserve(live->zones, nr, io);
	if (err == -EAGAIN && wait == CNULL_MAY_WAIT)
		err = cnull_zone_await_reserve(live->zones, nr, io);
	return err;
}

/*
 * What is durable in a zone is so with all that is before it: a sequential medium
 * cannot have it otherwise. The write keeps its place until then: newer ones do not
 * matter, and the zone cannot be reset.
 */
static void make_durable(struct cnull_live *live, unsigned int nr,
			 const struct cnull_io *io)
{
	u64 start = nr * live->zones->shape.zone_sectors;

	cnull_zone_await_older(live->zones, nr, io);
	cnull_cache_flush_range(&live->cache, start << SECTOR_SHIFT,
				(io->sector - start) << SECTOR_SHIFT);
}

/* Write to a zone that has a write pointer, at it. */
static int write_zone(struct cnull_live *live, unsigned int nr,
		      struct cnull_io *io, enum cnull_wait wait)
{
	bool durable = io->flags & CNULL_IO_FUA &&
		       test_bit(CNULL_FEATURE_CACHE, &live->features);
	struct cnull_io write;
	u64 nr_done;
	int err;

	if (durable && wait == CNULL_NO_WAIT)
		return -EAGAIN;
	err = take_place(live, nr, io, wait);
	if (err)
		return err;
	/* Field by field: others write to what links it to them. */
	write = (struct cnull_io) {
		.op = CNULL_OP_WRITE,
		.flags = io->flags,
		.sector = io->sector,
		.nr_sectors = io->nr_sectors,
		.iter = io->iter,
	};
	err = cnull_io_run_good(live, &write, wait, &nr_done);
	if (err == -EAGAIN)
		return err;
	if (durable && nr_done)
		make_durable(live, nr, io);
	cnull_zone_commit(live->zones, nr, io, nr_done);
	return err;
}

/* Write to a zone, of whatever kind, or append to it. */
static int write_any_zone(struct cnull_live *live, unsigned int nr,
			  struct cnull_io *io, enum cnull_wait wait)
{
	enum cnull_zone_cond cond = cnull_zone_cond(live->zones, nr);
	bool is_new = !io->reserved;
	u64 nr_done;
	int err;

	if (cond == CNULL_ZONE_NOT_WP && io->op == CNULL_OP_WRITE)
		err = cnull_io_run_good(live, io, wait, &nr_done);
	else
		err = write_zone(live, nr, io, wait);
	/* What comes back without a place begins anew. */
	if (is_new && (err != -EAGAIN || io->reserved))
		cnull_trace_zone(live->name, io->op, nr, cond);
	return err;
}

static void forget_zone(struct cnull_live *live, unsigned int nr)
{
	struct cnull_zone_info info;
	struct cnull_io io = { .op = CNULL_OP_DISCARD };

	cnull_zone_report(live->zones, nr, &info);
	io.sector = info.start;
	io.nr_sectors = info.len;
	cnull_io_run_data(live, &io, CNULL_MAY_WAIT);
	cnull_zone_erased(live->zones, nr);
}

/*
 * Do to a zone what an operation does that brings no data. @resets: whether that
 * was a reset.
 */
static int change_zone(struct cnull_live *live, unsigned int nr,
		       enum cnull_zone_op op, enum cnull_wait wait, bool *resets)
{
	int err = cnull_zone_change(live->zones, nr, op, resets);

	if (err == -EAGAIN && wait == CNULL_MAY_WAIT)
		err = cnull_zone_await_change(live->zones, nr, op, resets);
	if (*resets)
		forget_zone(live, nr);
	return err;
}

static int reset_all(struct cnull_live *live, const struct cnull_io *io)
{
	bool resets;
	unsigned int nr;
	int err;

	for (nr = 0; nr < live->zones->shape.nr_zones; nr++) {
		err = change_zone(live, nr, CNULL_ZONE_RESET_ALL,
				  CNULL_MAY_WAIT, &resets);
		if (err)
			return err;
		if (resets)
			cnull_trace_zone(live->name, io->op, nr,
					 CNULL_ZONE_EMPTY);
		cond_resched();
	}
	return 0;
}

/* What a request for zones, without data, does to one; no other gets here. */
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

static int manage_zone(struct cnull_live *live, unsigned int nr,
		       const struct cnull_io *io, enum cnull_wait wait)
{
	bool resets;
	int err = change_zone(live, nr, zone_op_of(io->op), wait, &resets);

	if (!err)
		cnull_trace_zone(live->name, io->op, nr,
				 cnull_zone_cond(live->zones, nr));
	return err;
}

/**
 * cnull_io_run_zone - the way of a request through a device with zones
 * @live: the device
 * @io: the request, no flush: within the device
 * @wait: may it wait?
 *
 * Context: As cnull_io_run().
 * Return: As cnull_io_run().
 */
int cnull_io_run_zone(struct cnull_live *live, struct cnull_io *io,
		      enum cnull_wait wait)
{
	unsigned int nr;

	if (!cnull_zone_find(live->zones, io->sector, io->nr_sectors, &nr))
		return -EIO;
	switch (io->op) {
	case CNULL_OP_READ:
		return read_zone(live, nr, io, wait);
	case CNULL_OP_WRITE:
	case CNULL_OP_ZONE_APPEND:
		return write_any_zone(live, nr, io, wait);
	case CNULL_OP_ZONE_RESET:
		/* To forget data takes long, as a discard does. */
		if (wait == CNULL_NO_WAIT && live->store)
			return -EAGAIN;
		return manage_zone(live, nr, io, wait);
	case CNULL_OP_ZONE_RESET_ALL:
		/* And there may be many zones. */
		return wait == CNULL_NO_WAIT ? -EAGAIN : reset_all(live, io);
	case CNULL_OP_ZONE_OPEN:
	case CNULL_OP_ZONE_CLOSE:
	case CNULL_OP_ZONE_FINISH:
		return manage_zone(live, nr, io, wait);
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * cnull_io_give_up - a request does not happen, as power was cut
 * @live: the device
 * @io: the request; if it is a write that has its place, it leaves it as it was
 *
 * Context: As cnull_io_run().
 * Return: -EIO.
 */
int cnull_io_give_up(struct cnull_live *live, struct cnull_io *io)
{
	if (io->reserved)
		cnull_zone_commit(live->zones,
				       cnull_zone_nr(live->zones, io->sector),
				       io, 0);
	return -EIO;
}

/**
 * cnull_io_change_zone - do to a zone what is no request
 * @live: the device; it has zones
 * @nr: the number of one
 * @op: %CNULL_ZONE_TO_READONLY or %CNULL_ZONE_TO_OFFLINE
 *
 * Context: May sleep. @live stays on until it returns.
 * Return: 0, or -EIO for a conventional zone.
 */
int cnull_io_change_zone(struct cnull_live *live, unsigned int nr,
			 enum cnull_zone_op op)
{
	bool resets;

	return change_zone(live, nr, op, CNULL_MAY_WAIT, &resets);
}
