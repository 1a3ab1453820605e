// SPDX-License-Identifier: GPL-2.0
/*
 * blk-mq: requests on their way to the engine and back.
 *
 * A request is run where blk-mq brings it. If that is no place to sleep (which
 * is so unless the option "blocking" is on) and the request would have to, for
 * memory, say, then a worker runs it again.
 */
#include <linux/hrtimer.h>
#include <linux/workqueue.h>

#include "mq.h"
#include "ops.h"
#include "store/store.h"
#include "tags.h"
#include "trace.h"
#include "zone_report.h"

/**
 * struct cnull_cmd - what belongs to a request
 * @io: the request, as the engine knows it
 * @status: how it went
 * @to_lose: when it has happened, it is to be lost
 * @lost: it has happened, and only a time-out ends it. Whoever makes it false
 * @requeued: at the last injected fault it was requeued
 * @start: when it was brought, by ktime_get_ns(); 0 if nobody traces its end
 * @timer: ends it at its deadline
 * @work: runs it where it can sleep
 * @polled: in the list of its hardware queue, until a poll finds it due
 *
 * Memory of the tag set: as long-lived as the disk. Used by one at a time: the
 * submitter, then maybe the worker, then maybe the timer or whoever polls, then
 * the completion.
 */
struct cnull_cmd {
	struct cnull_io io;
	blk_status_t status;
	bool to_lose;
	bool lost;
	bool requeued;
	u64 start;
	struct hrtimer timer;
	struct work_struct work;
	struct llist_node polled;
};

const unsigned int cnull_mq_cmd_size = sizeof(struct cnull_cmd);

static struct cnull_live *rq_live(struct request *rq)
{
	return rq->q->queuedata;
}

static struct cnull_disk *rq_disk(struct request *rq)
{
	return rq->q->disk->private_data;
}

/* Fill in @io. False for an operation that the device never offered. */
static bool prepare_io(struct request *rq, struct cnull_io *io)
{
	*io = (struct cnull_io) {
		.sector = blk_rq_pos(rq),
		.nr_sectors = blk_rq_sectors(rq),
		/* A flush that goes before it is a request of its own. */
		.flags = rq->cmd_flags & REQ_FUA ? CNULL_IO_FUA : 0,
	};
	if (rq->bio)
		io->iter = (struct cnull_iter) {
			.bio = rq->bio,
			.it = rq->bio->bi_iter,
		};
	if (!cnull_op_of(req_op(rq), &io->op))
		return false;
	if (io->op == CNULL_OP_FLUSH)
		io->sector = 0;		/* it has none */
	if (io->op == CNULL_OP_WRITE_ZEROES && rq->cmd_flags & REQ_NOUNMAP)
		io->flags |= CNULL_IO_NOUNMAP;
	return true;
}

/*
 * Polled requests that have happened, of one hardware queue: they end when
 * somebody polls at or after their deadline. Whoever polls takes all of them, and
 * puts those back that are not due.
 */
static struct llist_head *polled_of(struct blk_mq_hw_ctx *hctx)
{
	return hctx->driver_data;
}

/* Does it end at a deadline that is still to come? */
static bool has_deadline(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	return cmd->io.deadline && !READ_ONCE(rq_live(rq)->draining);
}

/* Between what happened and its end, power may have been cut. */
static void note_cut(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (cnull_is_cut(rq_live(rq)))
		cmd->status = BLK_STS_IOERR;
}

static void note_start(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	trace_cnull_start(rq->q->disk, req_op(rq), cmd->io.sector,
			  cmd->io.nr_sectors, rq->mq_hctx->queue_num);
	cmd->start = trace_cnull_end_enabled() ? ktime_get_ns() : 0;
}

static void note_end(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (trace_cnull_end_enabled())
		trace_cnull_end(rq->q->disk, req_op(rq), cmd->io.sector,
				cmd->io.nr_sectors, rq->mq_hctx->queue_num,
				cmd->status,
				cmd->start ? ktime_get_ns() - cmd->start : 0);
}

/* A request ends where it is: in @batch, if there is one that takes it. */
static void end_here(struct request *rq, struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	note_cut(rq);
	note_end(rq);
	/* Older kernels want an errno, newer ones a bool. */
	if (!blk_mq_add_to_batch(rq, batch, -(cmd->status != BLK_STS_OK),
				 blk_mq_end_request_batch))
		blk_mq_end_request(rq, cmd->status);
}

/* Is one of those faults to happen to the request? */
static bool fault_hits(struct request *rq, enum cnull_fault_kind kind)
{
	struct cnull_live *live = rq_live(rq);

	return cnull_inject_hits(live->faults, kind, live->name) &&
	       !READ_ONCE(live->draining);
}

/* End a request that was lost. False if it was not, or if somebody else does. */
static bool end_lost(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (!xchg(&cmd->lost, false))
		return false;
	cmd->status = BLK_STS_TIMEOUT;
	blk_mq_complete_request(rq);
	return true;
}

/*
 * The request has happened: end it, at its time and by the device's irqmode; in
 * @batch, if there is one that takes it.
 */
static void end_rq(struct request *rq, int err, struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->status = errno_to_blk_status(err);
	if (cmd->io.op == CNULL_OP_ZONE_APPEND)
		rq->__sector = cmd->io.sector;
	/* Once it is lost, it is whose who takes the mark off. */
	if (unlikely(cmd->to_lose)) {
		smp_store_release(&cmd->lost, true);
		return;
	}
	if (rq->mq_hctx->type == HCTX_TYPE_POLL)
		llist_add(&cmd->polled, polled_of(rq->mq_hctx));
	else if (has_deadline(rq))
		hrtimer_start(&cmd->timer, ns_to_ktime(cmd->io.deadline),
			      HRTIMER_MODE_ABS);
	else if (rq_live(rq)->irqmode == CNULL_IRQ_NONE)
		end_here(rq, batch);
	else
		blk_mq_complete_request(rq);
}

/* End the polled requests of a hardware queue that are due. Returns how many. */
static int end_polled(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *batch)
{
	struct llist_head *polled = polled_of(hctx);
	struct cnull_cmd *cmd, *next;
	struct llist_node *list;
	u64 now = 0;
	int nr = 0;

	if (llist_empty(polled))
		return 0;
	list = llist_reverse_order(llist_del_all(polled));
	llist_for_each_entry_safe(cmd, next, list, polled) {
		struct request *rq = blk_mq_rq_from_pdu(cmd);

		if (has_deadline(rq)) {
			now = now ?: ktime_get_ns();
			if (cmd->io.deadline > now) {
				llist_add(&cmd->polled, polled);
				continue;
			}
		}
		end_here(rq, batch);
		nr++;
	}
	return nr;
}

/* Have a worker run the request again. */
static void run_later(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct cnull_disk *disk = rq_disk(rq);

	queue_work(cmd->io.reserved ? disk->reserved_workers : disk->workers,
		   &cmd->work);
}

static void mq_work(struct work_struct *work)
{
	struct cnull_cmd *cmd = container_of(work, struct cnull_cmd, work);
	struct request *rq = blk_mq_rq_from_pdu(cmd);

	end_rq(rq, cnull_io_run(rq_live(rq), &cmd->io, CNULL_MAY_WAIT), NULL);
}

static enum hrtimer_restart mq_timer(struct hrtimer *timer)
{
	struct cnull_cmd *cmd = container_of(timer, struct cnull_cmd, timer);

	blk_mq_complete_request(blk_mq_rq_from_pdu(cmd));
	return HRTIMER_NORESTART;
}

/*
 * Run a request. What ends at once, and well, goes to @batch if there is one;
 * unless the next one may sleep, for memory that waits for this one's end, say.
 */
static blk_status_t run_rq(struct request *rq, struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);
	enum cnull_wait wait = rq->mq_hctx->flags & BLK_MQ_F_BLOCKING ?
			       CNULL_MAY_WAIT : CNULL_NO_WAIT;
	int err;

	if (!prepare_io(rq, &cmd->io))
		return BLK_STS_NOTSUPP;
	/* There are two ways to do it: in turns. */
	if (fault_hits(rq, CNULL_FAULT_REQUEUE)) {
		cmd->requeued = !cmd->requeued;
		if (!cmd->requeued)
			return BLK_STS_RESOURCE;
		blk_mq_requeue_request(rq, true);
		return BLK_STS_OK;
	}
	cmd->to_lose = fault_hits(rq, CNULL_FAULT_TIMEOUT) ||
		       blk_should_fake_timeout(rq->q);

	blk_mq_start_request(rq);
	note_start(rq);
	err = cnull_io_run(rq_live(rq), &cmd->io, wait);
	/*
	 * REQ_NOWAIT is about waiting for a request, which is over; and what
	 * was merged into this one may not have asked for it.
	 */
	if (err == -EAGAIN)
		run_later(rq);
	else
		end_rq(rq, err, wait == CNULL_MAY_WAIT ? NULL : batch);
	return BLK_STS_OK;
}

static blk_status_t mq_queue_rq(struct blk_mq_hw_ctx *hctx,
				const struct blk_mq_queue_data *bd)
{
	return run_rq(bd->rq, NULL);
}

static void prefetch_rqs(struct cnull_store *store, cnull_rq_list_t *list,
			 enum cnull_fetch what)
{
	struct request *rq;

	for (rq = rq_list_peek(list); rq; rq = rq->rq_next)
		cnull_store_prefetch(store, blk_rq_pos(rq) << SECTOR_SHIFT, what);
}

/*
 * All that a task has collected before it lets go. Random pages are in no cache,
 * nor is what leads to them: fetched all at once, they keep the CPU waiting once,
 * and not once for each request. And there is one end for all of them.
 */
static void mq_queue_rqs(cnull_rq_list_t *list)
{
	struct io_comp_batch batch = { };
	struct request *rq = rq_list_peek(list);
	struct cnull_store *store = rq_live(rq)->store;

	if (store) {
		prefetch_rqs(store, list, CNULL_FETCH_SLOT);
		prefetch_rqs(store, list, CNULL_FETCH_PAGE);
	}
	while ((rq = rq_list_pop(list))) {
		blk_status_t status = run_rq(rq, &batch);

		if (status == BLK_STS_RESOURCE)
			blk_mq_requeue_request(rq, true);
		else if (status != BLK_STS_OK)
			blk_mq_end_request(rq, status);
	}
	blk_mq_end_request_batch(&batch);
}

static int mq_poll(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *batch)
{
	return end_polled(hctx, batch);
}

/*
 * A request that was lost ends here. One that takes long, by its completion_nsec
 * or because it waits for memory, ends when it is done, and only once: it gets
 * more time. Unless it is a polled one, and nobody polls.
 */
static enum blk_eh_timer_return mq_timeout(struct request *rq)
{
	if (end_lost(rq))
		return BLK_EH_DONE;
	if (rq->mq_hctx->type == HCTX_TYPE_POLL)
		end_polled(rq->mq_hctx, NULL);
	return blk_mq_request_started(rq) ? BLK_EH_RESET_TIMER : BLK_EH_DONE;
}

static void mq_complete(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	note_cut(rq);
	note_end(rq);
	blk_mq_end_request(rq, cmd->status);
}

static int mq_init_request(struct blk_mq_tag_set *set, struct request *rq,
			   unsigned int hctx_idx, cnull_numa_node_t node)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	hrtimer_setup(&cmd->timer, mq_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	INIT_WORK(&cmd->work, mq_work);
	return 0;
}

/* The timer's function may still be about to return: it ends before its memory. */
static void mq_exit_request(struct blk_mq_tag_set *set, struct request *rq,
			    unsigned int hctx_idx)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	hrtimer_cancel(&cmd->timer);
}

static int mq_init_hctx(struct blk_mq_hw_ctx *hctx, void *unused,
			unsigned int index)
{
	struct cnull_live *live = hctx->queue->queuedata;
	struct llist_head *polled;

	/* The kernel does not survive it if it cannot have again what it had. */
	if (index >= hctx->queue->nr_hw_queues &&
	    cnull_inject_hits(live->faults, CNULL_FAULT_INIT_HCTX, live->name))
		return -EFAULT;
	/* The queue may be frozen: what memory waits for must not come here. */
	polled = kzalloc_node(sizeof(*polled), GFP_NOIO, hctx->numa_node);
	hctx->driver_data = polled;
	return polled ? 0 : -ENOMEM;
}

static void mq_exit_hctx(struct blk_mq_hw_ctx *hctx, unsigned int index)
{
	kfree(hctx->driver_data);
}

/* Of the tag sets of tags.c. */
const struct blk_mq_ops cnull_mq_ops = {
	.queue_rq = mq_queue_rq,
	.queue_rqs = mq_queue_rqs,
	.poll = mq_poll,
	.timeout = mq_timeout,
	.complete = mq_complete,
	.init_request = mq_init_request,
	.exit_request = mq_exit_request,
	.init_hctx = mq_init_hctx,
	.exit_hctx = mq_exit_hctx,
	.map_queues = cnull_tags_map,
};

/*
 * Whoever takes a timer off before it ran ends the request in its place. The tag
 * set may have requests of other disks.
 */
static bool end_early(struct request *rq, void *queue)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (rq->q == queue && !end_lost(rq) &&
	    hrtimer_try_to_cancel(&cmd->timer) > 0)
		blk_mq_complete_request(rq);
	return true;
}

/* End the requests in flight that have a deadline, or are lost. @q is not frozen. */
static void end_waiting(struct cnull_disk *disk, struct request_queue *q)
{
	struct cnull_live *live = disk->dev.live;
	bool some_wait = cnull_is_cut(live) || READ_ONCE(live->has_deadlines) ||
			 cnull_inject_get(&live->faults[CNULL_FAULT_TIMEOUT],
					 CNULL_FAULT_ID_probability);
	struct blk_mq_hw_ctx *hctx;
	unsigned long i;

	if (some_wait) {
		blk_mq_quiesce_queue(q);
		flush_workqueue(disk->workers);
		if (disk->reserved_workers)
			flush_workqueue(disk->reserved_workers);
	}
	blk_mq_tagset_busy_iter(&disk->tags->set, end_early, q);
	queue_for_each_hw_ctx(q, hctx, i)
		end_polled(hctx, NULL);
	if (some_wait)
		blk_mq_unquiesce_queue(q);
}

/*
 * From now on requests have no deadline, and none is lost. Those that have one,
 * or are lost, end at once: when nobody is on the way to make another, or, after a
 * power cut, to end one well.
 *
 * At a power cut another task may change the number of hardware queues. It frees
 * queues and tags when it has frozen the queue, so a reference to the queue, as a
 * request has one, keeps them. There is none to be had if the queue is frozen, that is,
 * if no request is in flight; those that come later see @draining.
 */
static void mq_drain(struct cnull_disk *disk)
{
	struct request_queue *q = disk->gendisk->queue;

	WRITE_ONCE(disk->dev.live->draining, true);
	smp_mb();	/* @draining is set before the queue is found to be frozen */
	if (!percpu_ref_tryget(&q->q_usage_counter))
		return;
	end_waiting(disk, q);
	percpu_ref_put(&q->q_usage_counter);
}

static const struct block_device_operations mq_fops = {
	.owner = THIS_MODULE,
	.report_zones = cnull_report_zones,
};

static void free_workers(struct cnull_disk *disk)
{
	if (disk->workers)
		destroy_workqueue(disk->workers);
	if (disk->reserved_workers)
		destroy_workqueue(disk->reserved_workers);
}

/*
 * Each disk has its own, with a thread that is there when memory is short: a request
 * of one disk may wait for memory that only a write to another one sets free.
 */
static int alloc_workers(struct cnull_disk *disk)
{
	const bool zoned = disk->dev.live->config.zoned;

	disk->workers = alloc_workqueue("%s", WQ_MEM_RECLAIM | WQ_UNBOUND, 0,
					disk->name);
	disk->reserved_workers =
		zoned ? alloc_workqueue("%.22s-reserved",
					WQ_MEM_RECLAIM | WQ_UNBOUND, 0,
					disk->name) : NULL;
	if (disk->workers && (disk->reserved_workers || !zoned))
		return 0;
	free_workers(disk);
	return cnull_refuse(&disk->dev, -ENOMEM, "no memory for its workers");
}

static void mq_free(struct cnull_disk *disk)
{
	free_workers(disk);
	cnull_tags_put(disk->tags);
}

static int mq_alloc(struct cnull_disk *disk, struct queue_limits *lim)
{
	struct gendisk *gendisk;
	int err;

	err = alloc_workers(disk);
	if (err)
		return err;
	disk->tags = cnull_tags_get(&disk->dev);
	if (IS_ERR(disk->tags)) {
		free_workers(disk);
		return PTR_ERR(disk->tags);
	}
	gendisk = blk_mq_alloc_disk(&disk->tags->set, lim, disk->dev.live);
	if (IS_ERR(gendisk)) {
		mq_free(disk);
		return cnull_disk_refused(disk, PTR_ERR(gendisk));
	}
	gendisk->fops = &mq_fops;
	disk->gendisk = gendisk;
	return 0;
}

static int mq_resize(struct cnull_disk *disk, const struct cnull_queues *nr)
{
	return cnull_tags_resize(disk->tags, nr);
}

/* Requests, as blk-mq makes them of bios. */
const struct cnull_queue_mode cnull_mq = {
	.alloc = mq_alloc,
	.drain = mq_drain,
	.free = mq_free,
	.resize = mq_resize,
};
