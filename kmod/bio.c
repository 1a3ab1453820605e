// SPDX-License-Identifier: GPL-2.0
/*
 * bio mode: bios on their way to the engine and back, without requests.
 *
 * A bio runs and completes inside its submission, in a context that may sleep unless the
 * bio has REQ_NOWAIT. A bio with a deadline outlives its submission: it is pending, in
 * a list that power off can walk.
 */
#include <linux/hrtimer.h>
#include <linux/mempool.h>
#include <linux/percpu.h>

#include "bio.h"
#include "io/end.h"
#include "io/run.h"
#include "ops.h"
#include "users.h"
#include "zone_report.h"

/**
 * struct cnull_pending - the bios of one disk that wait for their deadline
 * @lock: guards @bios. Interrupts are off while it is held
 * @bios: list of struct timed_bio
 *
 * One for each CPU that submits, so that CPUs do not contend.
 */
struct cnull_pending {
	spinlock_t lock;
	struct list_head bios;
};

/**
 * struct running_bio - a bio from its run to its end
 * @io: the bio as a request of the engine
 * @bio: the bio
 * @acct_start: the start for the statistics of the disk, in jiffies; 0 if the disk
 *	keeps none
 */
struct running_bio {
	struct cnull_io io;
	struct bio *bio;
	unsigned long acct_start;
};

/**
 * struct timed_bio - a bio whose operation has happened, until its deadline
 * @timer: completes the bio
 * @running: the bio
 * @disk: the disk
 * @home: the list in which the bio is pending
 * @list: links the bio in &cnull_pending.bios. The timer removes it, or the context that
 *	cancels the timer
 */
struct timed_bio {
	struct hrtimer timer;
	struct running_bio running;
	struct cnull_disk *disk;
	struct cnull_pending *home;
	struct list_head list;
};

/* The number of bios that can be pending even if memory is short. */
#define MIN_TIMED	64

static unsigned long start_acct(struct bio *bio)
{
	if (!blk_queue_io_stat(bdev_get_queue(bio->bi_bdev)))
		return 0;
	return bio_start_io_acct(bio) ?: 1;
}

/* End and complete a bio. Inlined, because nearly all bios take one path. */
static __always_inline void end_bio(struct cnull_disk *disk, struct running_bio *r)
{
	int error = cnull_io_end(disk->dev.live, &r->io);

	r->bio->bi_status = error ? errno_to_blk_status(error) : BLK_STS_OK;
	if (r->acct_start)
		bio_end_io_acct(r->bio, r->acct_start);
	bio_endio(r->bio);
}

static void end_timed(struct timed_bio *timed)
{
	end_bio(timed->disk, &timed->running);
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

/* Complete a bio at its deadline. @timed is memory for that. */
static void end_at_deadline(struct timed_bio *timed, struct cnull_disk *disk,
			    const struct running_bio *r)
{
	timed->running = *r;
	timed->disk = disk;
	timed->home = raw_cpu_ptr(disk->pending);
	hrtimer_setup(&timed->timer, bio_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS);

	/*
	 * Pairs with bio_mode_drain(), which sets @draining and then takes the lock:
	 * the drain finds the bio in the list, or this function finds @draining set.
	 */
	scoped_guard(spinlock_irqsave, &timed->home->lock) {
		if (cnull_io_deadline(disk->dev.live, &r->io)) {
			list_add(&timed->list, &timed->home->bios);
			hrtimer_start(&timed->timer,
				      ns_to_ktime(r->io.deadline),
				      HRTIMER_MODE_ABS);
			return;
		}
	}
	end_timed(timed);
}

/* Fill in @io. Return false for an operation that the engine does not have. */
static bool prepare_io(struct bio *bio, struct cnull_io *io)
{
	unsigned int flags = 0;
	enum cnull_op op;

	if (!cnull_op_of(bio_op(bio), &op))
		return false;
	if (bio->bi_opf & REQ_PREFLUSH)
		flags |= CNULL_IO_PREFLUSH;
	if (bio->bi_opf & REQ_FUA)
		flags |= CNULL_IO_FUA;
	if (op == CNULL_OP_WRITE_ZEROES && bio->bi_opf & REQ_NOUNMAP)
		flags |= CNULL_IO_NOUNMAP;
	cnull_io_init(io, op, flags, bio->bi_iter.bi_sector, bio_sectors(bio));
	cnull_iter_init(&io->iter, bio);
	/* A flush comes as a write without data, whose sector has no meaning. */
	if (op == CNULL_OP_WRITE && !bio_sectors(bio)) {
		io->op = CNULL_OP_FLUSH;
		io->sector = 0;
	}
	return true;
}

/*
 * Run a bio. The engine never requeues or loses one. A bio that must sleep but has
 * REQ_NOWAIT ends with BLK_STS_AGAIN. Inlined, as end_bio().
 */
static __always_inline void run_io(struct cnull_disk *disk,
				   struct running_bio *r, enum cnull_wait wait)
{
	struct cnull_live *live = disk->dev.live;

	if (wait == CNULL_MAY_WAIT) {
		cnull_io_run(live, &r->io, CNULL_MAY_WAIT);
	} else {
		guard(rcu)();
		if (cnull_io_run(live, &r->io, CNULL_NO_WAIT) == CNULL_SLEEP)
			cnull_done(&r->io, -EAGAIN);
	}
	if (r->io.op == CNULL_OP_ZONE_APPEND)
		r->bio->bi_iter.bi_sector = r->io.sector;
}

/*
 * Run a bio that may get a deadline. The memory for that is allocated first: without
 * memory, a bio with REQ_NOWAIT goes back to its submitter, and must not have run then.
 */
static void run_deferrable(struct cnull_disk *disk, struct running_bio *r,
			   enum cnull_wait wait)
{
	struct timed_bio *timed =
		mempool_alloc(disk->timed_pool,
			      wait == CNULL_MAY_WAIT ? GFP_NOIO : GFP_NOWAIT);

	if (!timed) {
		cnull_done(&r->io, -EAGAIN);
		end_bio(disk, r);
		return;
	}
	run_io(disk, r, wait);
	if (r->io.deadline) {
		end_at_deadline(timed, disk, r);
		return;
	}
	mempool_free(timed, disk->timed_pool);
	end_bio(disk, r);
}

/*
 * Run a bio, and complete it. If a limit or a fault is set after cnull_may_defer(),
 * there is no memory for a deadline: the bio completes at once.
 */
static void run_bio(struct cnull_disk *disk, struct bio *bio)
{
	enum cnull_wait wait = bio->bi_opf & REQ_NOWAIT ? CNULL_NO_WAIT :
							  CNULL_MAY_WAIT;
	struct running_bio r;

	if (unlikely(!prepare_io(bio, &r.io))) {
		bio->bi_status = BLK_STS_NOTSUPP;
		bio_endio(bio);
		return;
	}
	r.bio = bio;
	r.acct_start = start_acct(bio);
	if (unlikely(cnull_may_defer(disk->dev.live))) {
		run_deferrable(disk, &r, wait);
	} else {
		run_io(disk, &r, wait);
		end_bio(disk, &r);
	}
}

/*
 * Is a bio longer than the queue limits allow? Users may lower the limits in sysfs. The
 * number of segments matters only with &cnull_disk.splits.
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
		/* Where the block layer emulates appends, it also orders writes. */
		if (disk->plugs && cnull_zone_plug_bio(bio))
			return;
	}
	run_bio(disk, bio);
}

static const struct block_device_operations bio_fops = {
	.owner = THIS_MODULE,
	.open = cnull_users_open,
	.release = cnull_users_close,
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
				    "no memory for bios with a deadline");
	}
	for_each_possible_cpu(cpu) {
		struct cnull_pending *pending = per_cpu_ptr(disk->pending, cpu);

		spin_lock_init(&pending->lock);
		INIT_LIST_HEAD(&pending->bios);
	}
	return 0;
}

static int bio_mode_alloc(struct cnull_disk *disk, struct queue_limits *lim)
{
	const struct cnull_config *config = &disk->dev.live->config;
	struct gendisk *gendisk;
	int err;

	err = alloc_pending(disk);
	if (err)
		return err;
	lim->features |= BLK_FEAT_IO_STAT;
	/* A write that holds a reservation in a zone cannot go back to its submitter. */
	if (!config->zoned)
		lim->features |= BLK_FEAT_NOWAIT;
	gendisk = blk_alloc_disk(lim, (int)config->home_node);
	if (IS_ERR(gendisk)) {
		free_pending(disk);
		return cnull_disk_refused(disk, PTR_ERR(gendisk));
	}
	gendisk->fops = &bio_fops;
	gendisk->private_data = disk;
	/* A walk of the segments takes time, so only a disk that needs it does it. */
	disk->splits = config->virt_boundary || config->zoned;
	disk->plugs = config->zoned && !config->zone_append_max_sectors;
	disk->gendisk = gendisk;
	return 0;
}

/*
 * Cancel one timer. Return NULL if all remaining timers are about to complete their
 * bios.
 */
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
 * Drain the bios of a disk: from now on none waits for a deadline. First complete the
 * pending ones, because submitters may wait for their memory. Then freeze the queue, to
 * wait for submitters that are about to start a timer. After a power cut, they may be
 * about to complete a bio without an error. Complete the rest. Without deadlines, only
 * bios with an injected time-out are pending.
 */
static void bio_mode_drain(struct cnull_disk *disk)
{
	struct cnull_live *live = disk->dev.live;
	struct request_queue *q = disk->gendisk->queue;
	unsigned int memflags;

	WRITE_ONCE(live->draining, true);
	end_pending(disk);
	if (!READ_ONCE(live->has_deadlines) &&
	    !cnull_has(live, CNULL_FEATURE_CUT))
		return;
	memflags = cnull_freeze(q);
	end_pending(disk);
	cnull_unfreeze(q, memflags);
}

/* Wait until the functions of timers have returned: each is an RCU reader. */
static void bio_mode_free(struct cnull_disk *disk)
{
	synchronize_rcu();
	free_pending(disk);
}

/* There are no queues to change: a bio runs on the CPU of its submitter. */
static int bio_mode_resize(struct cnull_disk *disk, const struct cnull_queues *nr)
{
	return 0;
}

const struct cnull_queue_mode cnull_bio = {
	.alloc = bio_mode_alloc,
	.drain = bio_mode_drain,
	.free = bio_mode_free,
	.resize = bio_mode_resize,
};
