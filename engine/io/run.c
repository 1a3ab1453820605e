// SPDX-License-Identifier: GPL-2.0
/*
 * I/O: the steps of a request through the engine.
 */
#include "store/gfp.h"
#include "io/zone_step.h"

/* Is there too much to copy in one go? */
static bool is_long(const struct cnull_io *io)
{
	return unlikely(io->nr_sectors > CNULL_AT_ONCE >> SECTOR_SHIFT);
}

static void read_at(struct cnull_live *live, u64 pos, u64 len,
		    struct cnull_iter *to)
{
	if (test_bit(CNULL_FEATURE_CACHE, &live->features))
		cnull_cache_read(&live->cache, pos, len, to);
	else
		cnull_store_read(live->store, pos, len, to);
}

/* By the store, or by the cache above it. */
static int read_long(struct cnull_live *live, const struct cnull_io *io,
		     enum cnull_wait wait)
{
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;
	struct cnull_iter to = io->iter;

	if (wait == CNULL_NO_WAIT)
		return -EAGAIN;
	for (; len > CNULL_AT_ONCE; len -= CNULL_AT_ONCE) {
		read_at(live, pos, CNULL_AT_ONCE, &to);
		pos += CNULL_AT_ONCE;
		cond_resched();
	}
	read_at(live, pos, len, &to);
	return 0;
}

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

/*
 * Wait for memory: discarded pages are free after a grace period only.
 *
 * Many writes may come here at the same time. They share what they wait for:
 * rcu_barrier() returns at once if another one has begun and ended since its caller
 * came.
 */
static void wait_for_memory(void)
{
	rcu_barrier();
}

static int io_write(struct cnull_store *store, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT && is_long(io))
		return -EAGAIN;
	if (wait == CNULL_NO_WAIT)
		return write_store(store, io, CNULL_GFP_NO_WAIT) ? -EAGAIN : 0;
	if (!write_store(store, io, CNULL_GFP_MAY_WAIT))
		return 0;
	wait_for_memory();
	return write_store(store, io, CNULL_GFP_MAY_WAIT) ? -ENOSPC : 0;
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

/*
 * Without a store a read leaves its data as it was: to fill it would take most of the
 * time of a request. But there are kernels that report memory nobody wrote to.
 */
static int run_null(const struct cnull_io *io)
{
	struct cnull_iter to = io->iter;

	if (CNULL_FILL_READS && io->op == CNULL_OP_READ)
		cnull_iter_fill(&to, 0, io->nr_sectors << SECTOR_SHIFT);
	return 0;
}

/* What remains of a request after all that could befall it: its data. */
static int run_data(struct cnull_live *live, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	if (!live->store)
		return run_null(io);

	switch (io->op) {
	case CNULL_OP_READ:
		if (is_long(io))
			return read_long(live, io, wait);
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
		       bool through, gfp_t gfp)
{
	struct cnull_iter from = io->iter;
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;

	return through ?
		       cnull_cache_write_through(cache, pos, len, &from, gfp) :
		       cnull_cache_write(cache, pos, len, &from, gfp);
}

static int cached_write(struct cnull_cache *cache, const struct cnull_io *io,
			enum cnull_wait wait)
{
	const bool through = io->flags & CNULL_IO_FUA;
	const gfp_t gfp = CNULL_GFP_MAY_WAIT;

	if (wait == CNULL_NO_WAIT && is_long(io))
		return -EAGAIN;
	if (wait == CNULL_NO_WAIT)
		return write_cache(cache, io, through, CNULL_GFP_NO_WAIT) ?
			       -EAGAIN : 0;
	if (!write_cache(cache, io, through, gfp))
		return 0;
	wait_for_memory();
	if (!write_cache(cache, io, through, gfp))
		return 0;
	/* To write what the store has already takes no memory. */
	return through || write_cache(cache, io, true, gfp) ? -ENOSPC : 0;
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
		if (is_long(io))
			return read_long(live, io, wait);
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

/**
 * cnull_io_run_data - do to the data what a request says, and nothing else
 * @live: the device
 * @io: the request, or a part of it
 * @wait: may it wait?
 *
 * Context: As cnull_io_run().
 * Return: 0, -EAGAIN or -ENOSPC as cnull_io_run().
 */
int cnull_io_run_data(struct cnull_live *live, const struct cnull_io *io,
		      enum cnull_wait wait)
{
	return test_bit(CNULL_FEATURE_CACHE, &live->features) ?
		       run_cached(live, io, wait) : run_data(live, io, wait);
}

/**
 * cnull_io_run_good - do what there is of a request between its bad sectors
 * @live: the device
 * @io: the request
 * @wait: may it wait?
 * @nr_done: set to how many of its sectors were done: the first ones
 *
 * Context: As cnull_io_run().
 * Return: 0, -EAGAIN, -ENOSPC, or -EIO for bad sectors.
 */
int cnull_io_run_good(struct cnull_live *live, const struct cnull_io *io,
		      enum cnull_wait wait, u64 *nr_done)
{
	struct cnull_io part = *io;
	int met = 0, err;

	*nr_done = 0;
	if (test_bit(CNULL_FEATURE_BADBLOCKS, &live->features))
		met = meet_badblocks(live, io, wait, &part.nr_sectors);
	if (met == -EAGAIN || (met && !part.nr_sectors))
		return met;
	err = cnull_io_run_data(live, &part, wait);
	if (err)
		return err;
	*nr_done = part.nr_sectors;
	return met;
}

/*
 * Bring to the store what is in the cache, if the request says so. With zones, what
 * has ended is not durable before what is below it: it has to end, too.
 */
static int flush(struct cnull_live *live, const struct cnull_io *io,
		 enum cnull_wait wait)
{
	if (io->op != CNULL_OP_FLUSH && !(io->flags & CNULL_IO_PREFLUSH))
		return 0;
	if (!test_bit(CNULL_FEATURE_CACHE, &live->features))
		return 0;
	if (wait == CNULL_NO_WAIT)
		return -EAGAIN;
	if (live->zones)
		cnull_zones_wait(live->zones);
	cnull_cache_flush(&live->cache);
	return 0;
}

/* The way of a request through a device that has one of the features. */
static int run_full(struct cnull_live *live, struct cnull_io *io,
		    enum cnull_wait wait)
{
	bool pays = test_bit(CNULL_FEATURE_THROTTLE, &live->features);
	u64 now = pays ? ktime_get_ns() : 0, nr_done;
	int err;

	if (cnull_is_cut(live))
		return cnull_io_give_up(live, io);
	err = flush(live, io, wait);
	if (!err && io->op != CNULL_OP_FLUSH)
		err = live->zones ? cnull_io_run_zone(live, io, wait) :
				    cnull_io_run_good(live, io, wait, &nr_done);
	/* What is to be run again pays then: each request once. */
	if (pays && err != -EAGAIN)
		io->deadline = max(io->deadline,
				   cnull_throttle_charge(&live->throttle, io, now));
	return err;
}

/**
 * cnull_io_run - do what a request asks for
 * @live: the device
 * @io: the request; its data is copied, and its deadline is set
 * @wait: may it wait?
 *
 * The request has happened when this returns; to end it, at its deadline, is
 * up to the caller. After -EAGAIN and -ENOSPC no data has changed. After -EAGAIN the
 * request may be run again, from its start; one that has its place in a zone must be.
 *
 * Context: With %CNULL_MAY_WAIT may sleep; else any that allows RCU read
 * sections. @live stays on until it returns.
 * Return: 0, or
 * * -EAGAIN: it would have to wait, or takes long (only with %CNULL_NO_WAIT)
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
	if (likely(!READ_ONCE(live->features)))
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
	if (test_bit(CNULL_FEATURE_CACHE, &live->features)) {
		u64 gap = cnull_cache_gap(&live->cache, pos, len);

		*is_data = !gap;
		if (!gap)
			return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
		len = gap;
	}
	return cnull_store_extent(live->store, pos, len, is_data);
}
