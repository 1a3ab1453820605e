/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I/O: the one way into a device, for every backend.
 */
#ifndef CNULL_IO_H
#define CNULL_IO_H

#include "device/device.h"

/** enum cnull_op - what a request asks for */
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

/** enum cnull_wait - may a request wait for something, memory say? */
enum cnull_wait {
	CNULL_NO_WAIT,		/* no: it is refused with -EAGAIN instead */
	CNULL_MAY_WAIT,		/* yes: the caller can sleep */
};

/** enum cnull_io_flag - what else a request asks for; they go together */
enum cnull_io_flag {
	CNULL_IO_PREFLUSH	= 1 << 0,	/* first, a flush */
	CNULL_IO_FUA		= 1 << 1,	/* what it writes is durable */
	CNULL_IO_NOUNMAP	= 1 << 2,	/* what is zeroed frees no memory */
};

/**
 * struct cnull_io - one request
 * @op: what to do
 * @flags: a mask of enum cnull_io_flag
 * @sector: where, in sectors; 0 for a flush. Of an append, any in the zone, and
 *	set to where it went
 * @nr_sectors: how much, in sectors; 0 for what has no data
 * @reserved: it is a write that has its place in a zone; false before it runs
 *	the first time
 * @in_flight: while it has a place, links the writes in flight in its zone; the
 *	zone's, guarded by &cnull_zone.lock
 * @flush: while it has a place, the number of flushes that came before it got it
 * @iter: the data of a read or write: @nr_sectors * 512 bytes
 * @deadline: when it is to end, by ktime_get_ns(); 0: as soon as it can. Set
 *	by cnull_io_run(); 0 before it runs the first time
 *
 * The submitter's, for as long as cnull_io_run() runs; and for as long
 * as @reserved is true: others are linked to it then, so it must not be moved,
 * copied or freed.
 */
struct cnull_io {
	enum cnull_op op;
	unsigned int flags;
	u64 sector;
	u64 nr_sectors;
	bool reserved;
	struct list_head in_flight;
	long flush;
	struct cnull_iter iter;
	u64 deadline;
};

int cnull_io_run(struct cnull_live *live, struct cnull_io *io,
		 enum cnull_wait wait);
int cnull_io_change_zone(struct cnull_live *live, unsigned int nr,
			 enum cnull_zone_op op);
u64 cnull_io_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data);

#endif
