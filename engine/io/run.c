// SPDX-License-Identifier: GPL-2.0
/*
 * The one entry: the walk of a request through the engine.
 *
 *	cnull_io_run -> fault step -> gate -> zone step -> data step -> deadline
 */
#include "io/data_step.h"
#include "io/fault_step.h"
#include "io/run.h"
#include "io/zone_step.h"
#include "zone/order.h"

/* Trace the start of a request, unless an earlier run has done so. */
static void trace_start(struct cnull_live *live, struct cnull_io *io)
{
	if (io->start)
		return;
	io->start = ktime_get_ns();
	cnull_trace_start(live->name, io->op, io->sector, io->nr_sectors,
			  io->queue);
}

/*
 * Write the cached data back, if the request asks for that. In a zone, data that was
 * written earlier must be durable first, so wait for the writes in flight, too.
 */
static enum cnull_action flush_step(struct cnull_live *live, struct cnull_io *io,
				    enum cnull_wait wait)
{
	if (io->op != CNULL_OP_FLUSH && !(io->flags & CNULL_IO_PREFLUSH))
		return cnull_done(io, 0);
	if (!cnull_has(live, CNULL_FEATURE_CACHE))
		return cnull_done(io, 0);
	if (wait == CNULL_NO_WAIT)
		return CNULL_SLEEP;
	if (cnull_has(live, CNULL_FEATURE_ZONES))
		cnull_zones_wait_older(live->zones);
	cnull_cache_flush(&live->cache);
	return cnull_done(io, 0);
}

/* Do the operation of a request. */
static enum cnull_action perform(struct cnull_live *live, struct cnull_io *io,
				 enum cnull_wait wait)
{
	enum cnull_action action = flush_step(live, io, wait);
	u64 nr_done;

	if (action == CNULL_SLEEP || io->op == CNULL_OP_FLUSH)
		return action;
	return cnull_has(live, CNULL_FEATURE_ZONES) ?
		       cnull_zone_step(live, io, wait) :
		       cnull_data_step(live, io, wait, &nr_done);
}

/* Do the operation of a request inside of the gate. */
static enum cnull_action perform_in_gate(struct cnull_live *live,
					 struct cnull_io *io,
					 enum cnull_wait wait)
{
	const bool counts = wait == CNULL_MAY_WAIT ||
			    unlikely(cnull_has(live, CNULL_FEATURE_GATE));
	enum cnull_action action;

	if (counts && !cnull_gate_enter(&live->gate, io->reserved, wait))
		return CNULL_SLEEP;
	action = perform(live, io, wait);
	if (counts)
		cnull_gate_leave(&live->gate, wait);
	return action;
}

/* Fail a request after a power cut. */
static enum cnull_action fail_cut(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait)
{
	if (!io->reserved)
		return cnull_done(io, -EIO);
	if (!cnull_gate_enter(&live->gate, true, wait))
		return CNULL_SLEEP;
	cnull_zone_abandon_step(live, io);
	cnull_gate_leave(&live->gate, wait);
	return cnull_done(io, -EIO);
}

/**
 * cnull_run_full - run a request by the full path
 * @live: the device
 * @io: the request
 * @wait: may the caller sleep?
 *
 * Context: As cnull_io_run(), which calls this.
 * Return: as cnull_io_run().
 */
enum cnull_action cnull_run_full(struct cnull_live *live, struct cnull_io *io,
				 enum cnull_wait wait)
{
	enum cnull_action action;

	RCU_LOCKDEP_WARN(wait == CNULL_NO_WAIT && !rcu_read_lock_held(),
			 "a run that must not wait is not in a read section");
	if (cnull_traces_start())
		trace_start(live, io);
	if (!cnull_io_in_device(live, io))
		return cnull_done(io, -EIO);
	if (cnull_has(live, CNULL_FEATURE_CUT))
		return fail_cut(live, io, wait);
	if (cnull_has(live, CNULL_FEATURE_INJECT) &&
	    cnull_fault_requeues(live, io))
		return CNULL_REQUEUE;
	if (cnull_may_defer(live) && !io->start)
		io->start = ktime_get_ns();
	action = perform_in_gate(live, io, wait);
	if (cnull_has(live, CNULL_FEATURE_INJECT) || io->times_out)
		action = cnull_fault_step(live, io, action);
	if (action == CNULL_SLEEP)
		return action;
	/* A request is charged once: in its last run. */
	if (io->start)
		io->deadline = cnull_deadline(&live->time, io);
	return action;
}
