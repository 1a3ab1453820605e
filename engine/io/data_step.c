// SPDX-License-Identifier: GPL-2.0
/*
 * The data step: bad blocks, then the cache, then the store.
 *
 * A write with FUA is made durable here: the cache writes through to the store. In a
 * zone, the zone step also makes all earlier data of the zone durable.
 *
 * A zone append is a write here: the zone step has set its sector.
 */
#include "io/data_step.h"
#include "store/gfp.h"

/* Does a request have more data than may be copied without a chance to reschedule? */
static bool is_long(const struct cnull_io *io)
{
	return unlikely(io->nr_sectors > CNULL_AT_ONCE >> SECTOR_SHIFT);
}

static void read_at(struct cnull_live *live, u64 pos, u64 len,
		    struct cnull_iter *to)
{
	if (cnull_has(live, CNULL_FEATURE_CACHE))
		cnull_cache_read(&live->cache, pos, len, to);
	else
		cnull_store_read(live->store, pos, len, to);
}

/* Read from the cache or the store, and reschedule in between. */
static enum cnull_action read_long(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_wait wait)
{
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;
	struct cnull_iter to = io->iter;

	if (wait == CNULL_NO_WAIT)
		return CNULL_SLEEP;
	for (; len > CNULL_AT_ONCE; len -= CNULL_AT_ONCE) {
		read_at(live, pos, CNULL_AT_ONCE, &to);
		pos += CNULL_AT_ONCE;
		cond_resched();
	}
	read_at(live, pos, len, &to);
	return cnull_done(io, 0);
}

static enum cnull_action read_store(struct cnull_live *live, struct cnull_io *io,
				    enum cnull_wait wait)
{
	struct cnull_iter to = io->iter;

	if (is_long(io))
		return read_long(live, io, wait);
	cnull_store_read(live->store, io->sector << SECTOR_SHIFT,
			 io->nr_sectors << SECTOR_SHIFT, &to);
	return cnull_done(io, 0);
}

static int try_write_store(struct cnull_store *store, const struct cnull_io *io,
			   gfp_t gfp)
{
	struct cnull_iter from = io->iter;

	return cnull_store_write(store, io->sector << SECTOR_SHIFT,
				 io->nr_sectors << SECTOR_SHIFT, &from, gfp);
}

/*
 * Wait for memory: discarded pages are free after a grace period only.
 *
 * Writes that wait at the same time share the wait: rcu_barrier() returns early if
 * another rcu_barrier() has begun and ended since the call.
 */
static void wait_for_memory(void)
{
	rcu_barrier();
}

static enum cnull_action write_store(struct cnull_live *live,
				     struct cnull_io *io, enum cnull_wait wait)
{
	struct cnull_store *store = live->store;

	if (wait == CNULL_NO_WAIT) {
		if (is_long(io) || try_write_store(store, io, CNULL_GFP_NO_WAIT))
			return CNULL_SLEEP;
		return cnull_done(io, 0);
	}
	if (!try_write_store(store, io, CNULL_GFP_MAY_WAIT))
		return cnull_done(io, 0);
	wait_for_memory();
	return cnull_done(io, try_write_store(store, io, CNULL_GFP_MAY_WAIT) ?
				      -ENOSPC : 0);
}

/* Return how a request that clears data treats its pages. */
static enum cnull_clear how_to_clear(const struct cnull_io *io)
{
	if (io->op == CNULL_OP_SECURE_ERASE)
		return CNULL_CLEAR_ERASE;
	return io->flags & CNULL_IO_NOUNMAP ? CNULL_CLEAR_KEEP :
					      CNULL_CLEAR_FREE;
}

static int try_clear(struct cnull_live *live, const struct cnull_io *io)
{
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;

	return cnull_has(live, CNULL_FEATURE_CACHE) ?
		       cnull_cache_clear(&live->cache, pos, len, how_to_clear(io)) :
		       cnull_store_clear(live->store, pos, len, how_to_clear(io));
}

/*
 * Clear data. This takes long on a full device, so it needs a context that may sleep. Only
 * data that is shared with a snapshot needs memory.
 */
static enum cnull_action clear(struct cnull_live *live, struct cnull_io *io,
			       enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT)
		return CNULL_SLEEP;
	if (!try_clear(live, io))
		return cnull_done(io, 0);
	wait_for_memory();
	return cnull_done(io, try_clear(live, io) ? -ENOSPC : 0);
}

/**
 * cnull_data_store - access the store of a device; there is no cache
 * @live: the device; it has a store
 * @io: the request, within the device
 * @wait: may the caller sleep?
 *
 * Context: As cnull_io_run().
 * Return: %CNULL_COMPLETE, or %CNULL_SLEEP with %CNULL_NO_WAIT.
 */
enum cnull_action cnull_data_store(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_wait wait)
{
	switch (io->op) {
	case CNULL_OP_READ:
		return read_store(live, io, wait);
	case CNULL_OP_WRITE:
	case CNULL_OP_ZONE_APPEND:
		return write_store(live, io, wait);
	case CNULL_OP_DISCARD:
	case CNULL_OP_WRITE_ZEROES:
	case CNULL_OP_SECURE_ERASE:
		return clear(live, io, wait);
	case CNULL_OP_FLUSH:
		return cnull_done(io, 0);
	default:
		return cnull_done(io, -EIO);
	}
}

static int try_write_cache(struct cnull_cache *cache, const struct cnull_io *io,
			   bool through, gfp_t gfp)
{
	struct cnull_iter from = io->iter;
	u64 pos = io->sector << SECTOR_SHIFT;
	u64 len = io->nr_sectors << SECTOR_SHIFT;

	return through ?
		       cnull_cache_write_through(cache, pos, len, &from, gfp) :
		       cnull_cache_write(cache, pos, len, &from, gfp);
}

static enum cnull_action write_cache(struct cnull_live *live,
				     struct cnull_io *io, enum cnull_wait wait)
{
	const bool through = io->flags & CNULL_IO_FUA;
	struct cnull_cache *cache = &live->cache;
	const gfp_t gfp = CNULL_GFP_MAY_WAIT;

	if (wait == CNULL_NO_WAIT) {
		if (is_long(io) ||
		    try_write_cache(cache, io, through, CNULL_GFP_NO_WAIT))
			return CNULL_SLEEP;
		return cnull_done(io, 0);
	}
	if (!try_write_cache(cache, io, through, gfp))
		return cnull_done(io, 0);
	cnull_entries_trim(&cache->entries);
	wait_for_memory();
	if (!try_write_cache(cache, io, through, gfp))
		return cnull_done(io, 0);
	/* A write to pages that the store already has takes no memory. */
	if (!through && !try_write_cache(cache, io, true, gfp))
		return cnull_done(io, 0);
	return cnull_done(io, -ENOSPC);
}

static enum cnull_action read_cache(struct cnull_live *live, struct cnull_io *io,
				    enum cnull_wait wait)
{
	struct cnull_iter to = io->iter;

	if (is_long(io))
		return read_long(live, io, wait);
	cnull_cache_read(&live->cache, io->sector << SECTOR_SHIFT,
			 io->nr_sectors << SECTOR_SHIFT, &to);
	return cnull_done(io, 0);
}

static enum cnull_action access_cache(struct cnull_live *live,
				      struct cnull_io *io, enum cnull_wait wait)
{
	switch (io->op) {
	case CNULL_OP_READ:
		return read_cache(live, io, wait);
	case CNULL_OP_WRITE:
	case CNULL_OP_ZONE_APPEND:
		return write_cache(live, io, wait);
	case CNULL_OP_DISCARD:
	case CNULL_OP_WRITE_ZEROES:
	case CNULL_OP_SECURE_ERASE:
		return clear(live, io, wait);
	default:
		return cnull_done(io, -EIO);
	}
}

/**
 * cnull_data_access - access the data of a device, in the cache or the store
 * @live: the device
 * @io: the request or a part of one, within the device; no flush if there is a cache
 * @wait: may the caller sleep?
 *
 * Context: As cnull_io_run().
 * Return: %CNULL_COMPLETE, or %CNULL_SLEEP with %CNULL_NO_WAIT.
 */
enum cnull_action cnull_data_access(struct cnull_live *live,
				    struct cnull_io *io, enum cnull_wait wait)
{
	return cnull_has(live, CNULL_FEATURE_CACHE) ?
		       access_cache(live, io, wait) :
		       cnull_data_plain(live, io, wait);
}

/*
 * Find the first bad sector of a request. Set @nr_good to the number of sectors that
 * are transferred: all of them if no sector is bad. Set the error of @io.
 */
static enum cnull_action meet_badblocks(struct cnull_live *live,
					struct cnull_io *io,
					enum cnull_wait wait, u64 *nr_good)
{
	u64 bad;

	*nr_good = io->nr_sectors;
	if (!cnull_badblocks_find(live->badblocks, io->sector, io->nr_sectors,
				  &bad))
		return cnull_done(io, 0);
	if (live->badblocks_once) {
		if (wait == CNULL_NO_WAIT)
			return CNULL_SLEEP;
		/* Another request may have met the same range first. */
		if (!cnull_badblocks_take(live->badblocks, io->sector,
					  io->nr_sectors, &bad))
			return cnull_done(io, 0);
	}
	*nr_good = live->badblocks_partial_io ?
			   round_down(bad - io->sector, live->block_sectors) : 0;
	return cnull_done(io, -EIO);
}

/* Access the sectors of a request before its first bad one. */
static enum cnull_action access_good(struct cnull_live *live,
				     struct cnull_io *io, enum cnull_wait wait,
				     u64 *nr_done)
{
	struct cnull_io part = {
		.op = io->op,
		.flags = io->flags,
		.sector = io->sector,
		.iter = io->iter,
	};
	enum cnull_action action = meet_badblocks(live, io, wait,
						  &part.nr_sectors);

	if (action == CNULL_SLEEP || (io->error && !part.nr_sectors))
		return action;
	action = cnull_data_access(live, &part, wait);
	if (action == CNULL_SLEEP)
		return action;
	if (part.error)
		return cnull_done(io, part.error);
	*nr_done = part.nr_sectors;
	return action;
}

/**
 * cnull_data_step - transfer the data of a request, up to the first bad sector
 * @live: the device
 * @io: the request, within the device; no flush
 * @wait: may the caller sleep?
 * @nr_done: set to the number of sectors that were transferred: the first ones
 *
 * Context: As cnull_io_run().
 * Return: %CNULL_COMPLETE, or %CNULL_SLEEP with %CNULL_NO_WAIT.
 */
enum cnull_action cnull_data_step(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait, u64 *nr_done)
{
	enum cnull_action action;

	*nr_done = 0;
	if (cnull_has(live, CNULL_FEATURE_BADBLOCKS))
		return access_good(live, io, wait, nr_done);
	action = cnull_data_access(live, io, wait);
	if (action == CNULL_COMPLETE && !io->error)
		*nr_done = io->nr_sectors;
	return action;
}

static u64 find_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data)
{
	*is_data = false;
	if (cnull_has(live, CNULL_FEATURE_CACHE)) {
		u64 gap = cnull_cache_gap(&live->cache, pos, len);

		*is_data = !gap;
		if (!gap)
			return cnull_bytes_in_page(offset_in_page(pos), len);
		len = gap;
	}
	return cnull_store_extent(live->store, pos, len, is_data);
}

/**
 * cnull_data_extent - find the length of a range with data, or without
 * @live: the device
 * @pos: the start, in bytes
 * @len: the maximum length, in bytes, not 0; @pos + @len is within the device
 * @is_data: set to whether the page of @pos is stored
 *
 * As cnull_store_extent(), for a device with or without memory or a cache.
 *
 * Context: May sleep, and waits while the gate is closed. Power off waits until this
 * returns.
 * Return: the length of the range from @pos on, in bytes, @len at most. The range may
 * continue behind that.
 */
u64 cnull_data_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data)
{
	*is_data = false;
	if (!live->store)
		return len;
	cnull_gate_enter(&live->gate, false, CNULL_MAY_WAIT);
	len = find_extent(live, pos, len, is_data);
	cnull_gate_leave(&live->gate, CNULL_MAY_WAIT);
	return len;
}
