/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests: the types that the engine and its backends share.
 */
#ifndef CNULL_REQUEST_H
#define CNULL_REQUEST_H

#include "platform.h"

/** enum cnull_op - the operation of a request */
enum cnull_op {
	CNULL_OP_READ,
	CNULL_OP_WRITE,
	CNULL_OP_FLUSH,
	CNULL_OP_DISCARD,
	CNULL_OP_WRITE_ZEROES,
	CNULL_OP_SECURE_ERASE,
	CNULL_OP_ZONE_APPEND,
	CNULL_OP_ZONE_OPEN,
	CNULL_OP_ZONE_CLOSE,
	CNULL_OP_ZONE_FINISH,
	CNULL_OP_ZONE_RESET,
	CNULL_OP_ZONE_RESET_ALL,
};

/** enum cnull_wait - may the caller of cnull_io_run() sleep? */
enum cnull_wait {
	CNULL_NO_WAIT,		/* no: it may be in atomic context */
	CNULL_MAY_WAIT,		/* yes */
};

/** enum cnull_io_flag - a bit of &cnull_io.flags */
enum cnull_io_flag {
	CNULL_IO_PREFLUSH	= 1 << 0,	/* flush before the operation */
	CNULL_IO_FUA		= 1 << 1,	/* complete when the data is durable */
	CNULL_IO_NOUNMAP	= 1 << 2,	/* write zeroes: keep the pages */
};

/**
 * enum cnull_action - the backend's next step for a request
 * @CNULL_COMPLETE: complete the request, not before &cnull_io.deadline
 * @CNULL_SLEEP: set &cnull_io.resumed, and run the request again in a context that may
 *	sleep. Nothing has happened yet, except that &cnull_io.reserved may be set.
 *	Returned for %CNULL_NO_WAIT only
 * @CNULL_REQUEUE: requeue the request: nothing has happened
 * @CNULL_LOSE: leave the request to the time-out of its queue: the operation has
 *	happened, and nothing else completes the request
 */
enum cnull_action {
	CNULL_COMPLETE,
	CNULL_SLEEP,
	CNULL_REQUEUE,
	CNULL_LOSE,
};

/**
 * struct cnull_io - a request
 * @op: the operation
 * @flags: a mask of enum cnull_io_flag
 * @sector: the first sector; 0 for a flush. For a zone append any sector of the zone,
 *	and after the run the sector that was written first
 * @nr_sectors: the length, in sectors; 0 for an operation without a range
 * @iter: the data of a read, write or append: @nr_sectors * 512 bytes
 * @queue: the number of the hardware queue, for tracepoints; 0 if there is none
 * @error: 0 or a negative errno; set by cnull_io_run() with %CNULL_COMPLETE and
 *	%CNULL_LOSE, reported by cnull_io_end()
 * @deadline: the time before which the request must not complete, in ns of
 *	ktime_get_ns(); 0 for none. Set by cnull_io_run() with %CNULL_COMPLETE and
 *	%CNULL_LOSE
 * @start: the time of the first run, in ns of ktime_get_ns(); 0 if neither a
 *	tracepoint nor a deadline needs the time
 * @fault_delay: the time that an injected fault adds, in ns
 * @times_out: the request gets an injected time-out
 * @resumed: the request runs again, after a run that returned %CNULL_SLEEP. Set by the
 *	backend
 * @reserved: the request is a write that holds a reservation in a zone
 * @in_flight: while @reserved, links the writes in flight of the zone. Guarded by
 *	&cnull_zone.lock
 * @flush_seq: while @reserved, the number of flushes that had begun when the
 *	reservation was made
 *
 * The fields from @error to @reserved are 0 before the first run: cnull_io_init(). The
 * submitter owns the request, but while @reserved is true other requests are linked to
 * it: it must not be moved, copied or freed.
 */
struct cnull_io {
	enum cnull_op op;
	unsigned int flags;
	u64 sector;
	u64 nr_sectors;
	struct cnull_iter iter;
	unsigned int queue;
	int error;
	u64 deadline;
	u64 start;
	u64 fault_delay;
	bool times_out;
	bool resumed;
	bool reserved;
	struct list_head in_flight;
	long flush_seq;
};

/**
 * cnull_io_init - initialize a request that has not run
 * @io: the request
 * @op: the operation
 * @flags: a mask of enum cnull_io_flag
 * @sector: the first sector
 * @nr_sectors: the length, in sectors
 *
 * The caller sets &cnull_io.iter if the request has data. The fields that are valid only
 * while &cnull_io.reserved is true stay as they are, because this is on the path of each
 * request.
 *
 * Context: Any.
 */
static inline void cnull_io_init(struct cnull_io *io, enum cnull_op op,
				 unsigned int flags, u64 sector, u64 nr_sectors)
{
	io->op = op;
	io->flags = flags;
	io->sector = sector;
	io->nr_sectors = nr_sectors;
	io->queue = 0;
	io->error = 0;
	io->deadline = 0;
	io->start = 0;
	io->fault_delay = 0;
	io->times_out = false;
	io->resumed = false;
	io->reserved = false;
}

/**
 * cnull_done - finish a step of a request
 * @io: the request
 * @error: 0, or a negative errno if the request fails
 *
 * Context: Any.
 * Return: %CNULL_COMPLETE
 */
static inline enum cnull_action cnull_done(struct cnull_io *io, int error)
{
	io->error = error;
	return CNULL_COMPLETE;
}

#endif
