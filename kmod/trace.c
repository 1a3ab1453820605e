// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: their definitions, and the engine's hooks that fire them.
 */
#include "ops.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * cnull_trace_start - trace the first run of a request
 * @disk: the name of the disk
 * @op: the operation, an enum cnull_op
 * @sector: the first sector
 * @nr_sectors: the length, in sectors
 * @queue: the number of the hardware queue
 *
 * Context: Any.
 */
void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
		       u64 nr_sectors, unsigned int queue)
{
	trace_cnull_start(disk, cnull_req_op_of(op), sector, nr_sectors, queue);
}

/**
 * cnull_trace_end - trace the end of a request
 * @disk: the name of the disk
 * @op: the operation, an enum cnull_op
 * @sector: the first sector
 * @nr_sectors: the length, in sectors
 * @queue: the number of the hardware queue
 * @error: 0 or a negative errno: the reported status
 * @start: the time of the first run, in ns of ktime_get_ns(); 0 if unknown
 *
 * Context: Any, interrupts too.
 */
void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
		     u64 nr_sectors, unsigned int queue, int error, u64 start)
{
	trace_cnull_end(disk, cnull_req_op_of(op), sector, nr_sectors, queue,
			error, start ? ktime_get_ns() - start : 0);
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
