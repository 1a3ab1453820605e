/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The differences between the kernels of the window, 6.12 to 7.3. README.md lists
 * the kernels that were compiled and booted. A newer kernel is treated as 7.3.
 *
 * Stable branches and distributions backport changes, so a version does not identify the
 * interfaces of a kernel. probe.mk searches the kernel's headers for names, and defines
 * KERNEL_HAS_name for each name that it finds. C expressions below test the rest. A
 * number below is the mainline release of a change. 6.12.y is at 6.12.118; two of these
 * changes were backported to 6.12.y, as their comments say.
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

/* 7.2 at the latest: clang checks which lock guards a field. */
#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* 7.2 at the latest: init_request() takes the NUMA node as int, not as unsigned int. */
typedef typeof(__builtin_choose_expr(
	__same_type(((struct blk_mq_ops *)NULL)->init_request,
		    int (*)(struct blk_mq_tag_set *, struct request *,
			    unsigned int, unsigned int)),
	0U, 0)) cnull_numa_node_t;

/* 6.13: hrtimer_setup() replaces hrtimer_init(), and takes the timer's function. */
#ifndef KERNEL_HAS_hrtimer_setup
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

/* 6.13, in 6.12.y 6.12.95 at the latest: lists of requests have a type of their own. */
typedef typeof(((struct io_comp_batch *)NULL)->req_list) cnull_rq_list_t;

/* 6.14: freezing a queue begins a memalloc_noio section, which unfreezing ends. */
#ifdef KERNEL_HAS_blk_mq_freeze_queue_nomemsave
#define cnull_freeze(q)			blk_mq_freeze_queue(q)
#define cnull_unfreeze(q, memflags)	blk_mq_unfreeze_queue(q, memflags)
#else
#define cnull_freeze(q)			(blk_mq_freeze_queue(q), 0)
#define cnull_unfreeze(q, memflags)	((void)(memflags), blk_mq_unfreeze_queue(q))
#endif

/* 6.14: all queues merge, and 6.14 removed the flag. */
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
 * cnull_limit_zeroes - set the limit of write zeroes
 * @lim: limits of the disk
 * @sectors: size of the largest write zeroes, in sectors; 0: not supported
 *
 * 6.17: a limit of its own says that write zeroes may unmap their range.
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
 * cnull_limit_append - set the limit of zone appends
 * @lim: limits of a disk with zones
 * @sectors: size of the largest zone append, in sectors; 0: the block layer emulates zone
 *	appends by writes
 *
 * 6.13: the driver's limit is separate from the effective limit.
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
 * 6.17, in 6.12.y 6.12.95 at the latest: blk_zone_plug_bio()'s caller excludes flushes
 * without data, and bios that a plug has submitted. Earlier, blk_zone_plug_bio() excluded
 * these itself. All kernels exclude other operations and conventional zones.
 *
 * Context: As submit_bio().
 * Return: true if @bio now belongs to the block layer, which submits it again or
 * completes it; false if the caller must run @bio.
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
 * 6.19: report_zones() takes its callback and the callback's data in one struct.
 * CNULL_REPORT_ZONES() defines that function by a call of one that takes the struct.
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
