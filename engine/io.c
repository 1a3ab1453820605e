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

/* To clear a full device takes long: that is no work for a busy context. */
static int io_clear(struct cnull_store *store, const struct cnull_io *io,
		    enum cnull_clear how, enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT)
		return -EAGAIN;
	cnull_store_clear(store, io->sector << SECTOR_SHIFT,
			  io->nr_sectors << SECTOR_SHIFT, how);
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
		return io_clear(live->store, io, CNULL_CLEAR_FREE, wait);
	case CNULL_OP_WRITE_ZEROES:
		return io_clear(live->store, io, io->no_unmap ?
				CNULL_CLEAR_KEEP : CNULL_CLEAR_FREE, wait);
	case CNULL_OP_SECURE_ERASE:
		return io_clear(live->store, io, CNULL_CLEAR_ERASE, wait);
	case CNULL_OP_FLUSH:
		return 0;
	}
	return -EIO;
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

/* What there is of a request between its bad sectors. */
static int run_good(struct cnull_live *live, const struct cnull_io *io,
		    enum cnull_wait wait)
{
	struct cnull_io part = *io;
	int met = 0, err;

	if (test_bit(CNULL_EXTRA_BADBLOCKS, &live->extras))
		met = meet_badblocks(live, io, wait, &part.nr_sectors);
	if (met == -EAGAIN || (met && !part.nr_sectors))
		return met;
	err = run_data(live, &part, wait);
	return err ?: met;
}

/* The way of a request through a device that has one of the extras. */
static int run_full(struct cnull_live *live, struct cnull_io *io,
		    enum cnull_wait wait)
{
	bool pays = test_bit(CNULL_EXTRA_THROTTLE, &live->extras);
	u64 now = pays ? ktime_get_ns() : 0;
	int err = run_good(live, io, wait);

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
 * up to the caller. After -EAGAIN it may be run again, from its start.
 *
 * Context: With %CNULL_MAY_WAIT may sleep; else any that allows RCU read
 * sections. @live stays on until it returns.
 * Return: 0, or
 * * -EAGAIN: it would have to wait (only with %CNULL_NO_WAIT)
 * * -ENOSPC: no memory for what a write brings
 * * -EIO: beyond the end of the device, or a bad sector
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
