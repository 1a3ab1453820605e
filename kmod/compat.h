/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The differences between the kernels of the window, 6.12 to 7.3. README.md lists
 * the ones that were compiled and booted. A newer kernel is tried as if it was 7.3.
 *
 * Stable branches and distributions take over changes, so a version does not say
 * what a kernel has. probe.mk looks names up in the kernel's headers and defines
 * KERNEL_HAS_name for each name that it finds. The rest is asked in C. A number
 * below is the mainline release of a change. 6.12.y is at 6.12.118 and has taken
 * over two of these changes; the comments say which.
 */
#ifndef CNULL_COMPAT_H
#define CNULL_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "cnull needs Linux 6.12 or newer"
#endif

#ifndef CONFIG_64BIT
#error "cnull needs a 64-bit kernel: it loads and stores u64 values as single words"
#endif

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>

/* By 7.2: clang checks which lock guards a field. */
#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* By 7.2: init_request() takes the NUMA node as an int, not as an unsigned int. */
typedef typeof(__builtin_choose_expr(
	__same_type(((struct blk_mq_ops *)NULL)->init_request,
		    int (*)(struct blk_mq_tag_set *, struct request *,
			    unsigned int, unsigned int)),
	0U, 0)) cnull_numa_node_t;

/* 6.13: a timer gets its function when it is set up. */
#ifndef KERNEL_HAS_hrtimer_setup
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

/* 6.13, and 6.12.y by 6.12.95: a list of requests has a type of its own. */
typedef typeof(((struct io_comp_batch *)NULL)->req_list) cnull_rq_list_t;

/* 6.14: freezing a queue begins a section without I/O by allocations. */
#ifdef KERNEL_HAS_blk_mq_freeze_queue_nomemsave
#define cnull_freeze(q)			blk_mq_freeze_queue(q)
#define cnull_unfreeze(q, memflags)	blk_mq_unfreeze_queue(q, memflags)
#else
#define cnull_freeze(q)			(blk_mq_freeze_queue(q), 0)
#define cnull_unfreeze(q, memflags)	((void)(memflags), blk_mq_unfreeze_queue(q))
#endif

/* 6.14: every queue merges. */
#ifndef KERNEL_HAS_BLK_MQ_F_SHOULD_MERGE
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
#ifdef KERNEL_HAS_max_hw_wzeroes_unmap_sectors
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
#ifdef KERNEL_HAS_max_hw_zone_append_sectors
	lim->max_hw_zone_append_sectors = sectors;
#else
	lim->max_zone_append_sectors = sectors;
#endif
}

/**
 * cnull_zone_plug_bio - pass a bio to the zone write plugging of the block layer
 * @bio: a bio within one zone, for a disk whose zone appends are emulated
 *
 * 6.17, and 6.12.y by 6.12.95: the caller of blk_zone_plug_bio() leaves out flushes
 * without data, and bios that a plug has submitted. Before that, blk_zone_plug_bio()
 * did so itself. All kernels leave out other operations and conventional zones.
 *
 * Context: As submit_bio().
 * Return: true if @bio now belongs to the block layer, which submits it again or
 * ends it; false if the caller has to run it.
 */
static inline bool cnull_zone_plug_bio(struct bio *bio)
{
	if (bio_flagged(bio, BIO_ZONE_WRITE_PLUGGING))
		return false;
	if (op_is_flush(bio->bi_opf) && !bio_sectors(bio))
		return false;
	return blk_zone_plug_bio(bio, 0);
}

/*
 * 6.19: a report of zones takes its callback and the callback's data in one struct.
 * CNULL_REPORT_ZONES() defines the kernel's function by one that takes the struct.
 */
#ifdef KERNEL_HAS_blk_report_zones_args
#define CNULL_REPORT_ZONES(name, report)				\
int name(struct gendisk *disk, sector_t sector, unsigned int nr_zones,	\
	 struct blk_report_zones_args *args)				\
{									\
	return report(disk, sector, nr_zones, args);			\
}
#else
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
#endif

#endif
