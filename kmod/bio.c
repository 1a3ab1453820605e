// SPDX-License-Identifier: GPL-2.0
/*
 * bio mode: bios on their way to the engine and back, without requests.
 *
 * A bio is run, and ends, where it was submitted, which is a place to sleep
 * unless the bio says REQ_NOWAIT. Only with a deadline it outlives its
 * submission: then it is pending, on a list that power off can look at.
 */
#include <linux/hrtimer.h>
#include <linux/mempool.h>
#include <linux/percpu.h>

#include "bio.h"
#include "ops.h"
#include "trace.h"
#include "zone_report.h"

/**
 * struct cnull_pending - bios of one disk that wait for their deadline
 * @lock: guards @bios
 * @bios: list of struct timed_bio
 *
 * One for each CPU that submits, so that they do not meet.
 */
struct cnull_pending {
	spinlock_t lock;
	struct list_head bios;
};

/**
 * struct bio_start - when a bio began
 * @jiffies: for the disk's statistics; 0 if it keeps none
 * @ns: by ktime_get_ns(); 0 if nobody traces its end
 */
struct bio_start {
	unsigned long jiffies;
	u64 ns;
};

/**
 * struct timed_bio - a bio that was run, and ends at its deadline
 * @timer: ends it
 * @bio: the bio, its status set
 * @start: when it began
 * @disk: the disk it is of
 * @home: where it is pending
 * @list: in &cnull_pending.bios. The timer takes it off there, or who stops the
 *	timer
 */
struct timed_bio {
	struct hrtimer timer;
	struct bio *bio;
	struct bio_start start;
	struct cnull_disk *disk;
	struct cnull_pending *home;
	struct list_head list;
};

/* When a bio that was lost ends: as a request does, by its time-out. */
#define LOST_NSEC	(5ULL * NSEC_PER_SEC)

/* So many can be pending whatever memory says. */
#define MIN_TIMED	64

static struct bio_start note_start(struct bio *bio)
{
	struct bio_start start = { };

	trace_cnull_start(bio->bi_bdev->bd_disk, bio_op(bio),
			  bio->bi_iter.bi_sector, bio_sectors(bio), 0);
	if (trace_cnull_end_enabled())
		start.ns = ktime_get_ns();
	if (blk_queue_io_stat(bdev_get_queue(bio->bi_bdev)))
		start.jiffies = bio_start_io_acct(bio) ?: 1;
	return start;
}

static void end_bio(struct cnull_disk *disk, struct bio *bio,
		    struct bio_start start)
{
	/* Between what happened and its end, power may have been cut. */
	if (cnull_is_cut(disk->dev.live))
		bio->bi_status = BLK_STS_IOERR;
	if (trace_cnull_end_enabled())
		trace_cnull_end(bio->bi_bdev->bd_disk, bio_op(bio),
				bio->bi_iter.bi_sector, bio_sectors(bio), 0,
				bio->bi_status,
				start.ns ? ktime_get_ns() - start.ns : 0);
	if (start.jiffies)
		bio_end_io_acct(bio, start.jiffies);
	bio_endio(bio);
}

static void end_timed(struct timed_bio *timed)
{
	end_bio(timed->disk, timed->bio, timed->start);
	mempool_free(timed, timed->disk->timed_pool);
}

static enum hrtimer_restart bio_timer(struct hrtimer *timer)
{
	struct timed_bio *timed = container_of(timer, struct timed_bio, timer);

	scoped_guard(spinlock_irqsave, &timed->home->lock)
		list_del(&timed->list);
	end_timed(timed);
	return HRTIMER_NORESTART;
}

/*
 * Memory that a bio needs if it gets a deadline. It is taken before the bio runs: one
 * that may not wait for it is sent back, and must not have happened then.
 */
static struct timed_bio *timed_get(struct cnull_disk *disk, enum cnull_wait wait)
{
	return mempool_alloc(disk->timed_pool,
			     wait == CNULL_MAY_WAIT ? GFP_NOIO : GFP_NOWAIT);
}

/* Let a bio end at @deadline. @timed is its own. */
static void end_later(struct timed_bio *timed, struct cnull_disk *disk,
		      struct bio *bio, struct bio_start start, u64 deadline)
{
	timed->bio = bio;
	timed->start = start;
	timed->disk = disk;
	timed->home = raw_cpu_ptr(disk->pending);
	hrtimer_setup(&timed->timer, bio_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS);

	/* Power off sets draining, and then takes the lock: it finds this, or ... */
	scoped_guard(spinlock_irqsave, &timed->home->lock) {
		if (!READ_ONCE(disk->dev.live->draining)) {
			list_add(&timed->list, &timed->home->bios);
			hrtimer_start(&timed->timer, ns_to_ktime(deadline),
				      HRTIMER_MODE_ABS);
			return;
		}
	}
	/* ... has no time for it. */
	end_timed(timed);
}

/* Fill in @io. False for an operation that the device never offered. */
static bool prepare_io(struct bio *bio, struct cnull_io *io)
{
	*io = (struct cnull_io) {
		.sector = bio->bi_iter.bi_sector,
		.nr_sectors = bio_sectors(bio),
		.iter = { .bio = bio, .it = bio->bi_iter },
	};
	if (bio->bi_opf & REQ_PREFLUSH)
		io->flags |= CNULL_IO_PREFLUSH;
	if (bio->bi_opf & REQ_FUA)
		io->flags |= CNULL_IO_FUA;
	if (!cnull_op_of(bio_op(bio), &io->op))
		return false;
	/* A flush comes as a write of nothing, and some say where to. */
	if (io->op == CNULL_OP_WRITE && !bio_sectors(bio)) {
		io->op = CNULL_OP_FLUSH;
		io->sector = 0;
	}
	if (io->op == CNULL_OP_WRITE_ZEROES && bio->bi_opf & REQ_NOUNMAP)
		io->flags |= CNULL_IO_NOUNMAP;
	return true;
}

/* May a bio that is about to run get a deadline, or be lost? */
static bool may_be_timed(const struct cnull_live *live)
{
	return live->completion_nsec ||
	       test_bit(CNULL_FEATURE_THROTTLE, &live->features) ||
	       cnull_inject_get(&live->faults[CNULL_FAULT_TIMEOUT],
			       CNULL_FAULT_ID_probability);
}

/* Run a bio. Returns its deadline; 0: none. Inlined: nearly all bios take one way. */
static __always_inline u64 do_bio(struct cnull_live *live, struct bio *bio,
				  enum cnull_wait wait)
{
	struct cnull_io io;
	int err;

	err = prepare_io(bio, &io) ? cnull_io_run(live, &io, wait) : -EOPNOTSUPP;
	bio->bi_status = errno_to_blk_status(err);
	if (io.op == CNULL_OP_ZONE_APPEND)
		bio->bi_iter.bi_sector = io.sector;
	return err == -EAGAIN ? 0 : io.deadline;
}

/*
 * Run a bio, and end it. If a limit, or a fault, is set while it is on its way from
 * may_be_timed(), there is no memory for its deadline: it ends as if it had come
 * before that.
 */
static void run_bio(struct cnull_disk *disk, struct bio *bio)
{
	struct cnull_live *live = disk->dev.live;
	enum cnull_wait wait = bio->bi_opf & REQ_NOWAIT ? CNULL_NO_WAIT :
							  CNULL_MAY_WAIT;
	struct bio_start start = note_start(bio);
	struct timed_bio *timed;
	u64 deadline;

	if (likely(!may_be_timed(live))) {
		do_bio(live, bio, wait);
		end_bio(disk, bio, start);
		return;
	}
	timed = timed_get(disk, wait);
	if (!timed) {
		bio->bi_status = BLK_STS_AGAIN;
		end_bio(disk, bio, start);
		return;
	}
	deadline = do_bio(live, bio, wait);
	if (bio->bi_status != BLK_STS_AGAIN &&
	    unlikely(cnull_inject_hits(live->faults, CNULL_FAULT_TIMEOUT,
				      live->name)) && !READ_ONCE(live->draining)) {
		bio->bi_status = BLK_STS_TIMEOUT;
		deadline = ktime_get_ns() + LOST_NSEC;
	}
	if (deadline) {
		end_later(timed, disk, bio, start, deadline);
		return;
	}
	mempool_free(timed, disk->timed_pool);
	end_bio(disk, bio, start);
}

/*
 * Is the bio larger than the disk takes in one piece? Users may have lowered the
 * limits, in sysfs. How many segments it has is no matter, unless @splits says so.
 */
static bool is_too_large(const struct bio *bio)
{
	const struct queue_limits *lim = &bdev_get_queue(bio->bi_bdev)->limits;

	if (likely(bio_op(bio) <= REQ_OP_WRITE))
		return bio_sectors(bio) > lim->max_sectors;
	switch (bio_op(bio)) {
	case REQ_OP_DISCARD:
		return bio_sectors(bio) > lim->max_discard_sectors;
	case REQ_OP_SECURE_ERASE:
		return bio_sectors(bio) > lim->max_secure_erase_sectors;
	case REQ_OP_WRITE_ZEROES:
		return bio_sectors(bio) > lim->max_write_zeroes_sectors;
	default:
		return bio_sectors(bio) > lim->max_sectors;
	}
}

static void submit(struct bio *bio)
{
	struct cnull_disk *disk = bio->bi_bdev->bd_disk->private_data;

	if (disk->splits || is_too_large(bio)) {
		bio = bio_split_to_limits(bio);
		if (!bio)
			return;
	}
	/* Where it makes writes of appends, it says when those come. */
	if (disk->plugs && cnull_zone_plug_bio(bio))
		return;
	run_bio(disk, bio);
}

static const struct block_device_operations bio_fops = {
	.owner = THIS_MODULE,
	.submit_bio = submit,
	.report_zones = cnull_report_zones,
};

static void free_pending(struct cnull_disk *disk)
{
	free_percpu(disk->pending);
	mempool_destroy(disk->timed_pool);
}

static int alloc_pending(struct cnull_disk *disk)
{
	int cpu;

	disk->timed_pool = mempool_create_kmalloc_pool(MIN_TIMED,
						       sizeof(struct timed_bio));
	disk->pending = alloc_percpu(struct cnull_pending);
	if (!disk->timed_pool || !disk->pending) {
		free_pending(disk);
		return cnull_refuse(&disk->dev, -ENOMEM,
				    "no memory for bios that wait");
	}
	for_each_possible_cpu(cpu) {
		struct cnull_pending *pending = per_cpu_ptr(disk->pending, cpu);

		spin_lock_init(&pending->lock);
		INIT_LIST_HEAD(&pending->bios);
	}
	return 0;
}

static int mode_alloc(struct cnull_disk *disk, struct queue_limits *lim)
{
	const struct cnull_config *config = &disk->dev.live->config;
	struct gendisk *gendisk;
	int err;

	err = alloc_pending(disk);
	if (err)
		return err;
	lim->features |= BLK_FEAT_IO_STAT;
	/* A write that has its place in a zone cannot be sent back. */
	if (!config->zoned)
		lim->features |= BLK_FEAT_NOWAIT;
	gendisk = blk_alloc_disk(lim, (int)config->home_node);
	if (IS_ERR(gendisk)) {
		free_pending(disk);
		return cnull_disk_refused(disk, PTR_ERR(gendisk));
	}
	gendisk->fops = &bio_fops;
	gendisk->private_data = disk;
	/* To look at each segment takes time: only where somebody asked for it. */
	disk->splits = config->virt_boundary || config->zoned;
	disk->plugs = config->zoned && !config->zone_append_max_sectors;
	disk->gendisk = gendisk;
	return 0;
}

/* Stop a timer; NULL if all that are left are about to end their bios. */
static struct timed_bio *stop_one(struct cnull_pending *pending)
{
	struct timed_bio *timed;

	guard(spinlock_irq)(&pending->lock);
	list_for_each_entry(timed, &pending->bios, list)
		if (hrtimer_try_to_cancel(&timed->timer) > 0) {
			list_del(&timed->list);
			return timed;
		}
	return NULL;
}

static void end_pending(struct cnull_disk *disk)
{
	struct timed_bio *timed;
	int cpu;

	for_each_possible_cpu(cpu)
		while ((timed = stop_one(per_cpu_ptr(disk->pending, cpu)))) {
			end_timed(timed);
			cond_resched();
		}
}

/*
 * From now on bios have no deadline. Those that have one end at once: first for
 * the sake of submitters that wait for the memory of one, and when nobody is on
 * the way to start a timer any more, or to end one well after a power cut, the
 * rest. Where there were no deadlines only bios that were lost are pending.
 */
static void mode_drain(struct cnull_disk *disk)
{
	struct cnull_live *live = disk->dev.live;
	struct request_queue *q = disk->gendisk->queue;
	unsigned int memflags;

	WRITE_ONCE(live->draining, true);
	end_pending(disk);
	if (!READ_ONCE(live->has_deadlines) && !cnull_is_cut(live))
		return;
	memflags = cnull_freeze(q);
	end_pending(disk);
	cnull_unfreeze(q, memflags);
}

/* A timer's function may be about to return: it has interrupts off. */
static void mode_free(struct cnull_disk *disk)
{
	synchronize_rcu();
	free_pending(disk);
}

/* There are no queues: what comes, comes on the submitter's CPU. */
static int mode_resize(struct cnull_disk *disk, const struct cnull_queues *nr)
{
	return 0;
}

/* Bios, as they are submitted. */
const struct cnull_queue_mode cnull_bio = {
	.alloc = mode_alloc,
	.drain = mode_drain,
	.free = mode_free,
	.resize = mode_resize,
};
