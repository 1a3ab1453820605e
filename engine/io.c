// SPDX-License-Identifier: GPL-2.0
/*
 * I/O: the steps of a request through the engine.
 */
#include "io.h"

/*
 * A write that finds no memory fails: it kills no process for it, does not eat
 * the reserves that reclaim lives on, and, as it may itself be what reclaim is
 * waiting for, starts no other I/O.
 */
#define GFP_ANY		(__GFP_NOMEMALLOC | __GFP_NOWARN)
#define GFP_MAY_WAIT	(GFP_NOIO | __GFP_RETRY_MAYFAIL | GFP_ANY)
#define GFP_NO_WAIT	(GFP_NOWAIT | GFP_ANY)

static void io_read(struct cnull_store *store, const struct cnull_io *io)
{
	struct cnull_iter to = io->iter;

	cnull_store_read(store, io->sector << SECTOR_SHIFT,
			 io->nr_sectors << SECTOR_SHIFT, &to);
}

static int write_store(struct cnull_store *store, const struct cnull_io *io,
		       gfp_t gfp)
{
	struct cnull_iter from = io->iter;

	return cnull_store_write(store, io->sector << SECTOR_SHIFT,
				 io->nr_sectors << SECTOR_SHIFT, &from, gfp);
}

static int io_write(struct cnull_store *store, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT)
		return write_store(store, io, GFP_NO_WAIT) ? -EAGAIN : 0;
	if (!write_store(store, io, GFP_MAY_WAIT))
		return 0;
	/* Discarded pages may be free after a grace period only: now they are. */
	rcu_barrier();
	return write_store(store, io, GFP_MAY_WAIT) ? -ENOSPC : 0;
}

/* What becomes of pages that a request without data forgets? */
static enum cnull_clear how_to_clear(const struct cnull_io *io)
{
	if (io->op == CNULL_OP_SECURE_ERASE)
		return CNULL_CLEAR_ERASE;
	return io->flags & CNULL_IO_NOUNMAP ? CNULL_CLEAR_KEEP :
					      CNULL_CLEAR_FREE;
}

/* To clear a full device takes long: that is no work for a busy context. */
static int io_clear(struct cnull_store *store, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT)
		return -EAGAIN;
	cnull_store_clear(store, io->sector << SECTOR_SHIFT,
			  io->nr_sectors << SECTOR_SHIFT, how_to_clear(io));
	return 0;
}

/* What remains of a request after all that could befall it: its data. */
static int run_data(struct cnull_live *live, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	if (!live->store)
		return 0;

	switch (io->op) {
	case CNULL_OP_READ:
		io_read(live->store, io);
		return 0;
	case CNULL_OP_WRITE:
		return io_write(live->store, io, wait);
	case CNULL_OP_DISCARD:
	case CNULL_OP_WRITE_ZEROES:
	case CNULL_OP_SECURE_ERASE:
		return io_clear(live->store, io, wait);
	case CNULL_OP_FLUSH:
		return 0;
	default:
		return -EIO;
	}
}

static int write_cache(struct cnull_cache *cache, const struct cnull_io *io,
		       gfp_t gfp)
{
	struct cnull_iter from = io->iter;
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;

	return io->flags & CNULL_IO_FUA ?
		       cnull_cache_write_through(cache, pos, len, &from, gfp) :
		       cnull_cache_write(cache, pos, len, &from, gfp);
}

static int cached_write(struct cnull_cache *cache, const struct cnull_io *io,
			enum cnull_wait wait)
{
	struct cnull_io again = *io;

	if (wait == CNULL_NO_WAIT)
		return write_cache(cache, io, GFP_NO_WAIT) ? -EAGAIN : 0;
	if (!write_cache(cache, io, GFP_MAY_WAIT))
		return 0;
	rcu_barrier();
	/* To write what the store has already takes no memory. */
	again.flags |= CNULL_IO_FUA;
	return write_cache(cache, &again, GFP_MAY_WAIT) ? -ENOSPC : 0;
}

/* As run_data(), with a cache above the store. */
static int run_cached(struct cnull_live *live, const struct cnull_io *io,
		      enum cnull_wait wait)
{
	struct cnull_cache *cache = &live->cache;
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;
	struct cnull_iter to = io->iter;

	switch (io->op) {
	case CNULL_OP_READ:
		cnull_cache_read(cache, pos, len, &to);
		return 0;
	case CNULL_OP_WRITE:
		return cached_write(cache, io, wait);
	case CNULL_OP_DISCARD:
	case CNULL_OP_WRITE_ZEROES:
	case CNULL_OP_SECURE_ERASE:
		if (wait == CNULL_NO_WAIT)
			return -EAGAIN;
		cnull_cache_clear(cache, pos, len, how_to_clear(io));
		return 0;
	default:
		return -EIO;
	}
}

/*
 * Does the request meet a bad sector? Then it fails, and @nr_sectors is set to
 * what is to be done of it all the same.
 */
static int meet_badblocks(struct cnull_live *live, const struct cnull_io *io,
			  enum cnull_wait wait, u64 *nr_sectors)
{
	u64 bad;

	if (!cnull_badblocks_find(live->badblocks, io->sector, io->nr_sectors,
				  &bad))
		return 0;
	if (live->badblocks_once) {
		if (wait == CNULL_NO_WAIT)
			return -EAGAIN;
		/* Somebody else may have met it in the meantime. */
		if (!cnull_badblocks_take(live->badblocks, io->sector,
					  io->nr_sectors, &bad))
			return 0;
	}
	*nr_sectors = live->badblocks_partial_io ?
		      round_down(bad - io->sector, live->block_sectors) : 0;
	return -EIO;
}

/* A request, or what remains of it, with or without a cache. */
static int run_part(struct cnull_live *live, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	return test_bit(CNULL_EXTRA_CACHE, &live->extras) ?
		       run_cached(live, io, wait) : run_data(live, io, wait);
}

/*
 * What there is of a request between its bad sectors. @nr_done: how many of its
 * sectors were done, the first ones.
 */
static int run_good(struct cnull_live *live, const struct cnull_io *io,
		    enum cnull_wait wait, u64 *nr_done)
{
	struct cnull_io part = *io;
	int met = 0, err;

	*nr_done = 0;
	if (test_bit(CNULL_EXTRA_BADBLOCKS, &live->extras))
		met = meet_badblocks(live, io, wait, &part.nr_sectors);
	if (met == -EAGAIN || (met && !part.nr_sectors))
		return met;
	err = run_part(live, &part, wait);
	if (err)
		return err;
	*nr_done = part.nr_sectors;
	return met;
}

/* Read from a zone: what is behind its data is not what the store may have. */
static int read_zone(struct cnull_live *live, const struct cnull_io *io,
		     enum cnull_wait wait)
{
	unsigned int nr = cnull_zone_nr(live->zones, io->sector);
	u64 end = cnull_zone_data_end(live->zones, nr), nr_done, nr_data;
	u8 filler = cnull_zone_filler(live->zones, nr);
	struct cnull_iter rest = io->iter;
	int err;

	if (cnull_zone_rules[cnull_zone_cond(live->zones, nr)][CNULL_ZONE_READ]
	    .effect == CNULL_ZONE_FAILS)
		return -EIO;
	err = run_good(live, io, wait, &nr_done);
	nr_data = end > io->sector ? end - io->sector : 0;
	if (!live->store || nr_done <= nr_data)
		return err;
	cnull_iter_skip(&rest, nr_data << SECTOR_SHIFT);
	cnull_iter_fill(&rest, filler, (nr_done - nr_data) << SECTOR_SHIFT);
	return err;
}

static void forget(struct cnull_live *live, u64 sector, u64 nr_sectors)
{
	struct cnull_io io = {
		.op = CNULL_OP_DISCARD,
		.sector = sector,
		.nr_sectors = nr_sectors,
	};

	run_part(live, &io, CNULL_MAY_WAIT);
}

/* Take a place, if it has none: after -EAGAIN it may come back with one. */
static int take_place(struct cnull_live *live, struct cnull_io *io,
		      enum cnull_wait wait)
{
	unsigned int nr = cnull_zone_nr(live->zones, io->sector);
	int err;

	if (io->has_place)
		return 0;
	cnull_trace_zone(live->name, io->op, nr,
			 cnull_zone_cond(live->zones, nr));
	for (;;) {
		err = cnull_zone_take_place(live->zones, io);
		if (err != -EAGAIN || wait == CNULL_NO_WAIT)
			return err;
		cnull_zone_wait(live->zones, nr, INT_MAX);
	}
}

/*
 * What is durable in a zone is so with all that is before it: a sequential medium
 * cannot have it otherwise.
 */
static void make_durable(struct cnull_live *live, const struct cnull_io *io)
{
	unsigned int nr = cnull_zone_nr(live->zones, io->sector);
	u64 start = nr * live->zones->shape.zone_sectors;

	cnull_zone_wait(live->zones, nr, 0);
	cnull_cache_flush_range(&live->cache, start << SECTOR_SHIFT,
				(io->sector - start) << SECTOR_SHIFT);
}

/* Write to a zone that has a write pointer, at it. */
static int write_zone(struct cnull_live *live, struct cnull_io *io,
		      enum cnull_wait wait)
{
	bool durable = io->flags & CNULL_IO_FUA &&
		       test_bit(CNULL_EXTRA_CACHE, &live->extras);
	struct cnull_io write;
	u64 nr_done;
	int err;

	if (durable && wait == CNULL_NO_WAIT)
		return -EAGAIN;
	err = take_place(live, io, wait);
	if (err)
		return err;
	write = *io;
	write.op = CNULL_OP_WRITE;
	err = run_good(live, &write, wait, &nr_done);
	if (err == -EAGAIN)
		return err;
	cnull_zone_leave_place(live->zones, io, nr_done);
	if (durable && nr_done)
		make_durable(live, io);
	return err;
}

/* Do to a zone what an operation does that brings no data. */
static int change_zone(struct cnull_live *live, unsigned int nr,
		       enum cnull_zone_op op, enum cnull_wait wait,
		       bool *changes)
{
	struct cnull_zone_info info;
	bool forgets;
	int err;

	/* It takes long, and nobody else could write there meanwhile. */
	if (wait == CNULL_NO_WAIT && live->store &&
	    (op == CNULL_ZONE_RESET || op == CNULL_ZONE_RESET_ALL))
		return -EAGAIN;
	for (;;) {
		err = cnull_zone_change(live->zones, nr, op, &forgets);
		if (err != -EAGAIN || wait == CNULL_NO_WAIT)
			break;
		cnull_zone_wait(live->zones, nr, 0);
	}
	*changes = forgets;
	if (!forgets)
		return err;
	cnull_zone_look(live->zones, nr, &info);
	if (live->store)
		forget(live, info.start, info.len);
	cnull_zone_forgotten(live->zones, nr);
	return 0;
}

static int reset_all(struct cnull_live *live, const struct cnull_io *io,
		     enum cnull_wait wait)
{
	bool changes;
	unsigned int nr;
	int err;

	for (nr = 0; nr < live->zones->shape.nr_zones; nr++) {
		err = change_zone(live, nr, CNULL_ZONE_RESET_ALL, wait, &changes);
		if (err)
			return err;
		if (changes)
			cnull_trace_zone(live->name, io->op, nr,
					 CNULL_ZONE_EMPTY);
	}
	return 0;
}

static int manage_zone(struct cnull_live *live, const struct cnull_io *io,
		       enum cnull_zone_op op, enum cnull_wait wait)
{
	unsigned int nr = cnull_zone_nr(live->zones, io->sector);
	bool changes;
	int err = change_zone(live, nr, op, wait, &changes);

	if (!err)
		cnull_trace_zone(live->name, io->op, nr,
				 cnull_zone_cond(live->zones, nr));
	return err;
}

/* The way of a request that is about a zone. */
static int run_zone(struct cnull_live *live, struct cnull_io *io,
		    enum cnull_wait wait)
{
	u64 nr_done;

	if (!cnull_zone_has(live->zones, io->sector, io->nr_sectors))
		return -EIO;
	switch (io->op) {
	case CNULL_OP_READ:
		return read_zone(live, io, wait);
	case CNULL_OP_WRITE:
		if (cnull_zone_cond(live->zones, cnull_zone_nr(live->zones, io->sector)) !=
		    CNULL_ZONE_NOT_WP)
			return write_zone(live, io, wait);
		return run_good(live, io, wait, &nr_done);
	case CNULL_OP_ZONE_APPEND:
		return write_zone(live, io, wait);
	case CNULL_OP_ZONE_OPEN:
		return manage_zone(live, io, CNULL_ZONE_OPEN, wait);
	case CNULL_OP_ZONE_CLOSE:
		return manage_zone(live, io, CNULL_ZONE_CLOSE, wait);
	case CNULL_OP_ZONE_FINISH:
		return manage_zone(live, io, CNULL_ZONE_FINISH, wait);
	case CNULL_OP_ZONE_RESET:
		return manage_zone(live, io, CNULL_ZONE_RESET, wait);
	case CNULL_OP_ZONE_RESET_ALL:
		return reset_all(live, io, wait);
	default:
		return -EOPNOTSUPP;
	}
}

/*
 * Bring to the store what is in the cache, if the request says so. With zones, what
 * has ended is not durable before what is below it: it has to end, too.
 */
static int flush(struct cnull_live *live, const struct cnull_io *io,
		 enum cnull_wait wait)
{
	if (io->op != CNULL_OP_FLUSH &&
	    (!(io->flags & CNULL_IO_PREFLUSH) || io->has_place))
		return 0;
	if (!test_bit(CNULL_EXTRA_CACHE, &live->extras))
		return 0;
	if (wait == CNULL_NO_WAIT)
		return -EAGAIN;
	if (live->zones)
		cnull_zones_wait(live->zones);
	cnull_cache_flush(&live->cache);
	return 0;
}

/* After a power cut, a write that has its place leaves it as it was. */
static int run_cut(struct cnull_live *live, struct cnull_io *io)
{
	if (io->has_place)
		cnull_zone_leave_place(live->zones, io, 0);
	return -EIO;
}

/* The way of a request through a device that has one of the extras. */
static int run_full(struct cnull_live *live, struct cnull_io *io,
		    enum cnull_wait wait)
{
	bool pays = test_bit(CNULL_EXTRA_THROTTLE, &live->extras);
	u64 now = pays ? ktime_get_ns() : 0, nr_done;
	int err;

	if (cnull_is_cut(live))
		return run_cut(live, io);
	err = flush(live, io, wait);
	if (!err && io->op != CNULL_OP_FLUSH)
		err = live->zones ? run_zone(live, io, wait) :
				    run_good(live, io, wait, &nr_done);
	/* What is to be run again pays then: each request once. */
	if (pays && err != -EAGAIN)
		io->deadline = max(io->deadline,
				   cnull_throttle_pay(&live->throttle, io, now));
	return err;
}

/**
 * cnull_io_run - do what a request asks for
 * @live: the device
 * @io: the request; its data is copied, and its deadline is set
 * @wait: may it wait?
 *
 * The request has happened when this returns; to end it, at its deadline, is
 * up to the caller. After -EAGAIN it may be run again, from its start; one that
 * has its place in a zone must be.
 *
 * Context: With %CNULL_MAY_WAIT may sleep; else any that allows RCU read
 * sections. @live stays on until it returns.
 * Return: 0, or
 * * -EAGAIN: it would have to wait (only with %CNULL_NO_WAIT)
 * * -ENOSPC: no memory for what a write brings
 * * -EIO: beyond the end of the device, a bad sector, or its power was cut; or a
 *   zone's condition or write pointer do not allow it
 * * -ETOOMANYREFS, -EOVERFLOW: too many zones are open, or active
 * * -EOPNOTSUPP: not with zones
 */
int cnull_io_run(struct cnull_live *live, struct cnull_io *io,
		 enum cnull_wait wait)
{
	if (live->completion_nsec && !io->deadline)
		io->deadline = ktime_get_ns() + live->completion_nsec;

	if (unlikely(io->sector > live->nr_sectors ||
		     io->nr_sectors > live->nr_sectors - io->sector))
		return -EIO;
	if (likely(!READ_ONCE(live->extras)))
		return run_data(live, io, wait);
	return run_full(live, io, wait);
}

/**
 * cnull_io_extent - how far is it data, or how far is there none?
 * @live: the device
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how far to look, in bytes, not 0; @pos + @len is within the device
 * @is_data: set to whether the page of @pos is there
 *
 * As cnull_store_extent(), but of a device with or without memory, or a cache.
 *
 * Context: May sleep. @live stays on until it returns.
 * Return: so many bytes from @pos on are alike, @len at most; maybe more are.
 */
u64 cnull_io_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data)
{
	*is_data = false;
	if (!live->store)
		return len;
	if (test_bit(CNULL_EXTRA_CACHE, &live->extras)) {
		u64 gap = cnull_cache_gap(&live->cache, pos, len);

		*is_data = !gap;
		if (!gap)
			return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
		len = gap;
	}
	return cnull_store_extent(live->store, pos, len, is_data);
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
	bool changes;

	return change_zone(live, nr, op, CNULL_MAY_WAIT, &changes);
}
