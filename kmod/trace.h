/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: the start and the end of each request, or of each bio in bio mode; and
 * null_blk's tracepoints of zones.
 */
#undef TRACE_SYSTEM
#ifdef CNULL_DROP_IN
#define TRACE_SYSTEM nullb
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
	{ REQ_OP_SECURE_ERASE, "SECURE_ERASE" },		\
	{ REQ_OP_ZONE_APPEND, "ZONE_APPEND" },			\
	{ REQ_OP_ZONE_OPEN, "ZONE_OPEN" },			\
	{ REQ_OP_ZONE_CLOSE, "ZONE_CLOSE" },			\
	{ REQ_OP_ZONE_FINISH, "ZONE_FINISH" },			\
	{ REQ_OP_ZONE_RESET, "ZONE_RESET" },			\
	{ REQ_OP_ZONE_RESET_ALL, "ZONE_RESET_ALL" }
#define CNULL_TRACE_CONDS					\
	{ BLK_ZONE_COND_NOT_WP, "NOT_WP" },			\
	{ BLK_ZONE_COND_EMPTY, "EMPTY" },			\
	{ BLK_ZONE_COND_IMP_OPEN, "IMP_OPEN" },			\
	{ BLK_ZONE_COND_EXP_OPEN, "EXP_OPEN" },			\
	{ BLK_ZONE_COND_CLOSED, "CLOSED" },			\
	{ BLK_ZONE_COND_READONLY, "READONLY" },			\
	{ BLK_ZONE_COND_FULL, "FULL" },				\
	{ BLK_ZONE_COND_OFFLINE, "OFFLINE" }
#endif

/* The first run of a request, after each requeue. In bio mode the queue is 0. */
TRACE_EVENT(cnull_start,
	TP_PROTO(const char *name, enum req_op op, u64 sector,
		 unsigned int nr_sectors, unsigned int queue),
	TP_ARGS(name, op, sector, nr_sectors, queue),
	TP_STRUCT__entry(
		__string(disk, name)
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

/*
 * The end of a request, immediately before it completes. The latency is in ns since
 * the first run; 0 if that run did not read the clock.
 */
TRACE_EVENT(cnull_end,
	TP_PROTO(const char *name, enum req_op op, u64 sector,
		 unsigned int nr_sectors, unsigned int queue, int error,
		 u64 latency),
	TP_ARGS(name, op, sector, nr_sectors, queue, error, latency),
	TP_STRUCT__entry(
		__string(disk, name)
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
		__entry->error = error;
		__entry->op = op;
	),
	TP_printk("%s %s sector=%llu nr_sectors=%u queue=%u error=%d latency=%llu",
		  __get_str(disk),
		  __print_symbolic(__entry->op, CNULL_TRACE_OPS),
		  __entry->sector, __entry->nr_sectors, __entry->queue,
		  __entry->error, __entry->latency)
);

/*
 * An operation on a zone. The condition is that before a write or an append, else
 * that after the operation.
 */
TRACE_EVENT(nullb_zone_op,
	TP_PROTO(const char *name, enum req_op req_op, unsigned int zone_no,
		 unsigned int zone_cond),
	TP_ARGS(name, req_op, zone_no, zone_cond),
	TP_STRUCT__entry(
		__array(char, disk, DISK_NAME_LEN)
		__field_struct(enum req_op, op)
		__field(unsigned int, zone_no)
		__field(unsigned int, zone_cond)
	),
	TP_fast_assign(
		strscpy(__entry->disk, name, DISK_NAME_LEN);
		__entry->op = req_op;
		__entry->zone_no = zone_no;
		__entry->zone_cond = zone_cond;
	),
	TP_printk("%s req=%-15s zone_no=%u zone_cond=%-10s", __entry->disk,
		  __print_symbolic(__entry->op, CNULL_TRACE_OPS),
		  __entry->zone_no,
		  __print_symbolic(__entry->zone_cond, CNULL_TRACE_CONDS))
);

/* A report of @nr_zones zones. */
TRACE_EVENT(nullb_report_zones,
	TP_PROTO(const char *name, unsigned int nr_zones),
	TP_ARGS(name, nr_zones),
	TP_STRUCT__entry(
		__array(char, disk, DISK_NAME_LEN)
		__field(unsigned int, nr_zones)
	),
	TP_fast_assign(
		strscpy(__entry->disk, name, DISK_NAME_LEN);
		__entry->nr_zones = nr_zones;
	),
	TP_printk("%s nr_zones=%u", __entry->disk, __entry->nr_zones)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
