/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one exit: each request passes here once, when it completes. That includes a
 * request that its backend fails before a run, unless the engine lacks its operation.
 */
#ifndef CNULL_END_H
#define CNULL_END_H

#include "io/live.h"

/**
 * cnull_io_deadline - return the deadline of a request, or 0 while the device drains
 * @live: the device
 * @io: the request, after cnull_io_run()
 *
 * Context: Any.
 * Return: the time before which the request must not complete, in ns of
 * ktime_get_ns(); 0 if the request may complete at once.
 */
static inline u64 cnull_io_deadline(const struct cnull_live *live,
				    const struct cnull_io *io)
{
	return io->deadline && !READ_ONCE(live->draining) ? io->deadline : 0;
}

/**
 * cnull_io_end - end a request
 * @live: the device
 * @io: the request, after a run that returned %CNULL_COMPLETE or %CNULL_LOSE. Or a
 *	request that its backend fails without such a run, with @error set
 *
 * The backend calls this once, immediately before the request completes. If power was
 * cut before that, the request fails: a drive that loses power reports nothing.
 *
 * Context: Any, interrupts too.
 * Return: 0 or a negative errno: the status to report.
 */
static inline int cnull_io_end(const struct cnull_live *live,
			       const struct cnull_io *io)
{
	int error = unlikely(cnull_has(live, CNULL_FEATURE_CUT)) ? -EIO :
								   io->error;

	if (cnull_traces_end())
		cnull_trace_end(live->name, io->op, io->sector, io->nr_sectors,
				io->queue, error, io->start);
	return error;
}

#endif
