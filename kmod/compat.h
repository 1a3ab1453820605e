/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel versions: what differs between the kernels of the window, 6.12 to 7.3,
 * of which 6.12, 7.2 and 7.3 were compiled.
 * Nothing else in the tree asks for a version.
 */
#ifndef CNULL_COMPAT_H
#define CNULL_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "cnull needs Linux 6.12 or newer"
#endif

/* By 7.2 the compiler can be told, if it is clang, which lock guards what. */
#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* By 7.2 a NUMA node is an int everywhere. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
typedef unsigned int cnull_numa_node_t;
#else
typedef int cnull_numa_node_t;
#endif

/* 6.13: a timer gets its function when it is set up. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

/* 6.13, and later 6.12.y: a list of requests has a type of its own. */
typedef typeof(((struct io_comp_batch *)NULL)->req_list) cnull_rq_list_t;

/* 6.14: freezing a queue begins a section without I/O by allocations. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define cnull_freeze(q)			(blk_mq_freeze_queue(q), 0)
#define cnull_unfreeze(q, memflags)	((void)(memflags), blk_mq_unfreeze_queue(q))
#else
#define cnull_freeze(q)			blk_mq_freeze_queue(q)
#define cnull_unfreeze(q, memflags)	blk_mq_unfreeze_queue(q, memflags)
#endif

/* 6.14: merging is what every queue does. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define BLK_MQ_F_SHOULD_MERGE	0
#endif

/* 6.15: blocks may be larger than a page. */
#ifdef BLK_MAX_BLOCK_SIZE
#define CNULL_MAX_BLOCKSIZE	BLK_MAX_BLOCK_SIZE
#else
#define CNULL_MAX_BLOCKSIZE	PAGE_SIZE
#endif

/**
 * cnull_limit_zeroes - say that a disk takes writes of zeroes
 * @lim: of the disk
 * @sectors: largest one
 *
 * 6.17: and that they free what they cover.
 *
 * Context: Any.
 */
static inline void cnull_limit_zeroes(struct queue_limits *lim,
				      unsigned int sectors)
{
	lim->max_write_zeroes_sectors = sectors;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	lim->max_hw_wzeroes_unmap_sectors = sectors;
#endif
}

/**
 * cnull_limit_append - say how large zone appends may be
 * @lim: of a disk with zones
 * @sectors: largest one; 0: the block layer is to make writes of them
 *
 * 6.13: what the disk says is apart from what comes of it.
 *
 * Context: Any.
 */
static inline void cnull_limit_append(struct queue_limits *lim,
				      unsigned int sectors)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	lim->max_zone_append_sectors = sectors;
#else
	lim->max_hw_zone_append_sectors = sectors;
#endif
}

/*
 * 6.19: who reports zones gets what belongs to the one who asks in one piece.
 * CNULL_REPORT_ZONES() makes the kernel's function of one that takes it so.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
struct blk_report_zones_args {
	report_zones_cb cb;
	void *data;
};

static inline int disk_report_zone(struct gendisk *disk, struct blk_zone *zone,
				   unsigned int idx,
				   struct blk_report_zones_args *args)
{
	return args->cb(zone, idx, args->data);
}

#define CNULL_REPORT_ZONES(name, report)				\
int name(struct gendisk *disk, sector_t sector, unsigned int nr_zones,	\
	 report_zones_cb cb, void *data)				\
{									\
	struct blk_report_zones_args args = { .cb = cb, .data = data };	\
									\
	return report(disk, sector, nr_zones, &args);			\
}
#else
#define CNULL_REPORT_ZONES(name, report)				\
int name(struct gendisk *disk, sector_t sector, unsigned int nr_zones,	\
	 struct blk_report_zones_args *args)				\
{									\
	return report(disk, sector, nr_zones, args);			\
}
#endif

#endif
