// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: where they are defined, and the engine's hooks that fire them.
 */
#include "ops.h"
#include "request.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * cnull_trace_start - trace the first run of a request
 * @disk: the name of the disk
 * @io: the request
 *
 * Context: Any.
 */
void cnull_trace_start(const char *disk, const struct cnull_io *io)
{
	trace_cnull_start(disk, cnull_req_op_of(io->op), io->sector,
			  io->nr_sectors, io->queue);
}

/**
 * cnull_trace_end - trace the end of a request
 * @disk: the name of the disk
 * @io: the request
 * @error: 0 or a negative errno: the reported status
 *
 * Context: Any, interrupts too.
 */
void cnull_trace_end(const char *disk, const struct cnull_io *io, int error)
{
	trace_cnull_end(disk, cnull_req_op_of(io->op), io->sector,
			io->nr_sectors, io->queue, error,
			io->start ? ktime_get_ns() - io->start : 0);
}

/**
 * cnull_trace_zone - trace an operation on a zone
 * @disk: the name of the disk
 * @op: the operation, an enum cnull_op
 * @nr: the number of the zone
 * @cond: the condition, an enum cnull_zone_cond: before a write, else after the
 *	operation
 *
 * Context: Any.
 */
void cnull_trace_zone(const char *disk, unsigned int op, unsigned int nr,
		      unsigned int cond)
{
	if (trace_nullb_zone_op_enabled())
		trace_nullb_zone_op(disk, cnull_req_op_of(op), nr,
				    cnull_blk_conds[cond]);
}
