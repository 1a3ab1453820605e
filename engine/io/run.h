/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one entry: each request of each backend begins here. cnull_io_run() is inline,
 * because the plain path is short, and most requests take it.
 */
#ifndef CNULL_RUN_H
#define CNULL_RUN_H

#include "io/data_step.h"

enum cnull_action cnull_run_full(struct cnull_live *live, struct cnull_io *io,
				 enum cnull_wait wait);

/**
 * cnull_run_may_wait - run a request by the plain path, in a context that may sleep
 * @live: the device; it has a store
 * @io: the request, within the device
 *
 * Run the request without sleeping first: an RCU read section costs less than the gate, and
 * is not shared by CPUs. A feature that was set before the section began selects
 * the full path.
 *
 * Context: May sleep.
 * Return: as cnull_io_run().
 */
static inline enum cnull_action cnull_run_may_wait(struct cnull_live *live,
						   struct cnull_io *io)
{
	enum cnull_action action = CNULL_SLEEP;

	rcu_read_lock();
	if (likely(!READ_ONCE(live->features)))
		action = cnull_data_store(live, io, CNULL_NO_WAIT);
	rcu_read_unlock();
	if (unlikely(action == CNULL_SLEEP))
		return cnull_run_full(live, io, CNULL_MAY_WAIT);
	return action;
}

/**
 * cnull_io_in_device - is the range of a request within the device?
 * @live: the device
 * @io: the request
 *
 * Context: Any.
 * Return: true if the range is within the device.
 */
static inline bool cnull_io_in_device(const struct cnull_live *live,
				      const struct cnull_io *io)
{
	return io->sector <= live->nr_sectors &&
	       io->nr_sectors <= live->nr_sectors - io->sector;
}

/**
 * cnull_io_run - run a request
 * @live: the device
 * @io: the request
 * @wait: may the caller sleep?
 *
 * The operation has happened when this returns %CNULL_COMPLETE or %CNULL_LOSE; the
 * caller performs the returned action, and calls cnull_io_end() when the request
 * completes. A write that fails with -ENOSPC has changed no data. After %CNULL_SLEEP
 * the caller sets &cnull_io.resumed and runs the request again. A request that holds a
 * reservation must run again; any other may be given back to its submitter instead.
 *
 * Context: With %CNULL_MAY_WAIT may sleep, and waits while the gate is closed. With
 * %CNULL_NO_WAIT, an RCU read section that lasts until this returns: so the gate
 * (gate.c) finds the end of the run. Power off waits until this returns.
 * Return: the action for the backend. With %CNULL_COMPLETE, &cnull_io.error is 0 or
 * * -ENOSPC: no memory for the data of a write
 * * -EIO: beyond the end of the device, a bad sector, or the power was cut; or not
 *   allowed by the condition or the write pointer of a zone
 * * -ETOOMANYREFS, -EOVERFLOW: too many zones are open, or active
 * * -EOPNOTSUPP: not with zones
 * * -ETIMEDOUT: an injected fault
 */
static inline enum cnull_action cnull_io_run(struct cnull_live *live,
					     struct cnull_io *io,
					     enum cnull_wait wait)
{
	/* A request that has run before may carry a fault of its first run. */
	if (unlikely(READ_ONCE(live->features) || cnull_traces_start() ||
		     io->resumed || !cnull_io_in_device(live, io)))
		return cnull_run_full(live, io, wait);
	if (wait == CNULL_MAY_WAIT && live->store)
		return cnull_run_may_wait(live, io);
	return cnull_data_plain(live, io, wait);
}

#endif
