/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: the start and the end of each request, or bio in bio mode.
 */
#undef TRACE_SYSTEM
#ifdef CNULL_DROP_IN
#define TRACE_SYSTEM null_blk
#else
#define TRACE_SYSTEM cnull
#endif

#if !defined(CNULL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CNULL_TRACE_H

#include <linux/blkdev.h>
#include <linux/tracepoint.h>

#ifndef CNULL_TRACE_OPS
#define CNULL_TRACE_OPS						\
	{ REQ_OP_READ, "READ" },				\
	{ REQ_OP_WRITE, "WRITE" },				\
	{ REQ_OP_FLUSH, "FLUSH" },				\
	{ REQ_OP_DISCARD, "DISCARD" },				\
	{ REQ_OP_WRITE_ZEROES, "WRITE_ZEROES" },		\
	{ REQ_OP_SECURE_ERASE, "SECURE_ERASE" }
#endif

/* Brought to the driver. In bio mode the queue is 0. */
TRACE_EVENT(cnull_start,
	TP_PROTO(const struct gendisk *disk, enum req_op op, u64 sector,
		 unsigned int nr_sectors, unsigned int queue),
	TP_ARGS(disk, op, sector, nr_sectors, queue),
	TP_STRUCT__entry(
		__string(disk, disk->disk_name)
		__field(u64, sector)
		__field(unsigned int, nr_sectors)
		__field(unsigned int, queue)
		__field(unsigned char, op)
	),
	TP_fast_assign(
		__assign_str(disk);
		__entry->sector = sector;
		__entry->nr_sectors = nr_sectors;
		__entry->queue = queue;
		__entry->op = op;
	),
	TP_printk("%s %s sector=%llu nr_sectors=%u queue=%u", __get_str(disk),
		  __print_symbolic(__entry->op, CNULL_TRACE_OPS),
		  __entry->sector, __entry->nr_sectors, __entry->queue)
);

/* About to be ended, so many ns later; 0 if its start was not traced. */
TRACE_EVENT(cnull_end,
	TP_PROTO(const struct gendisk *disk, enum req_op op, u64 sector,
		 unsigned int nr_sectors, unsigned int queue,
		 blk_status_t status, u64 latency),
	TP_ARGS(disk, op, sector, nr_sectors, queue, status, latency),
	TP_STRUCT__entry(
		__string(disk, disk->disk_name)
		__field(u64, sector)
		__field(u64, latency)
		__field(unsigned int, nr_sectors)
		__field(unsigned int, queue)
		__field(int, error)
		__field(unsigned char, op)
	),
	TP_fast_assign(
		__assign_str(disk);
		__entry->sector = sector;
		__entry->latency = latency;
		__entry->nr_sectors = nr_sectors;
		__entry->queue = queue;
		__entry->error = blk_status_to_errno(status);
		__entry->op = op;
	),
	TP_printk("%s %s sector=%llu nr_sectors=%u queue=%u error=%d latency=%llu",
		  __get_str(disk),
		  __print_symbolic(__entry->op, CNULL_TRACE_OPS),
		  __entry->sector, __entry->nr_sectors, __entry->queue,
		  __entry->error, __entry->latency)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
