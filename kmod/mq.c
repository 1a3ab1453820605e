// SPDX-License-Identifier: GPL-2.0
/*
 * blk-mq: requests on their way to the engine and back.
 *
 * A request runs in the context in which blk-mq dispatches it. That context must not
 * sleep, unless the option "blocking" is set. A request that must sleep, to allocate
 * memory for example, runs again in a worker.
 *
 * One function performs the action of a run, perform(), and one ends a request,
 * end_status(), which every path to blk-mq's completion calls once:
 *
 *	irqmode 0	complete_rq() ends the request inline, in a batch if there is one
 *	irqmode 1	mq_complete(), called by blk-mq in softirq
 *	deadline	mq_timer(), then mq_complete(): irqmode 2, and each irqmode if
 *			a limit delays the request
 *	poll queues	end_polled(), called by mq_poll()
 *	time-outs	end_timed_out(), called by mq_timeout(), then mq_complete()
 */
#include <linux/hrtimer.h>
#include <linux/workqueue.h>

#include "io/end.h"
#include "io/run.h"
#include "mq.h"
#include "ops.h"
#include "tags.h"
#include "users.h"
#include "zone_report.h"

/**
 * struct cnull_cmd - the driver's part of a request
 * @io: the request of the engine
 * @timed_out: the operation has happened, and the request waits for blk-mq's time-out.
 *	The context that clears this completes the request
 * @requeued: the last requeue of this tag was by blk_mq_requeue_request()
 * @timer: completes the request at its deadline
 * @work: runs the request in a context that may sleep
 * @polled: links the request in the list of its poll queue
 *
 * Memory of the tag set, so it lives as long as the disk. One context at a time uses
 * it: the submitter, then a worker, then the timer or a poller, then the completion.
 * Other contexts may clear @timed_out and cancel @timer at any time.
 */
struct cnull_cmd {
	struct cnull_io io;
	bool timed_out;
	bool requeued;
	struct hrtimer timer;
	struct work_struct work;
	struct llist_node polled;
};

static struct cnull_live *rq_live(struct request *rq)
{
	return rq->q->queuedata;
}

static struct cnull_disk *rq_disk(struct request *rq)
{
	return rq->q->disk->private_data;
}

/* Fill in @io. Return false for an operation that the engine does not have. */
static __always_inline bool prepare_io(struct request *rq, struct cnull_io *io)
{
	/* blk-mq sends a preflush as a request of its own. */
	unsigned int flags = rq->cmd_flags & REQ_FUA ? CNULL_IO_FUA : 0;
	u64 sector = blk_rq_pos(rq);
	enum cnull_op op;

	if (!cnull_op_of(req_op(rq), &op))
		return false;
	if (unlikely(op > CNULL_OP_WRITE)) {
		if (op == CNULL_OP_FLUSH)
			sector = 0;	/* that of the request has no meaning */
		if (op == CNULL_OP_WRITE_ZEROES && rq->cmd_flags & REQ_NOUNMAP)
			flags |= CNULL_IO_NOUNMAP;
	}
	cnull_io_init(io, op, flags, sector, blk_rq_sectors(rq));
	io->queue = rq->mq_hctx->queue_num;
	cnull_iter_init(&io->iter, rq->bio);
	return true;
}

/*
 * The requests of a poll queue whose operation has happened. They complete when a task
 * polls at or after their deadline. Any context adds to the list without a lock. A
 * poller takes the whole list, and adds those again that are not due.
 */
static struct llist_head *polled_of(struct blk_mq_hw_ctx *hctx)
{
	return hctx->driver_data;
}

/* End a request. Return the status to complete it with. */
static __always_inline blk_status_t end_status(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);
	int error = cnull_io_end(rq_live(rq), &cmd->io);

	return error ? errno_to_blk_status(error) : BLK_STS_OK;
}

/* End and complete a request in this context: in @batch, if that takes the request. */
static __always_inline void end_inline(struct request *rq,
				       struct io_comp_batch *batch)
{
	blk_status_t status = end_status(rq);

	/* The argument is an errno in older kernels, and a bool in newer ones. */
	if (!blk_mq_add_to_batch(rq, batch, -(status != BLK_STS_OK),
				 blk_mq_end_request_batch))
		blk_mq_end_request(rq, status);
}

/*
 * Complete a request that waits for blk-mq's time-out. Return false if the request does
 * not wait for one, or if another context completes it.
 */
static bool end_timed_out(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (!xchg(&cmd->timed_out, false))
		return false;
	blk_mq_complete_request(rq);
	return true;
}

/*
 * Complete a request as the option irqmode says: inline, in softirq, or by its timer. A
 * request of a poll queue waits for a poller.
 */
static __always_inline void complete_rq(struct request *rq,
					struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct cnull_live *live = rq_live(rq);

	if (rq->mq_hctx->type == HCTX_TYPE_POLL)
		llist_add(&cmd->polled, polled_of(rq->mq_hctx));
	else if (cnull_io_deadline(live, &cmd->io))
		hrtimer_start(&cmd->timer, ns_to_ktime(cmd->io.deadline),
			      HRTIMER_MODE_ABS);
	else if (live->irqmode == CNULL_IRQ_NONE)
		end_inline(rq, batch);
	else
		blk_mq_complete_request(rq);
}

/*
 * Leave a request to blk-mq's time-out. Once @timed_out is set, another context may
 * complete the request. The release pairs with the xchg() in end_timed_out().
 */
static void leave_to_timeout(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	smp_store_release(&cmd->timed_out, true);
}

/* Run a request again, in a worker. */
static void run_in_worker(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct cnull_disk *disk = rq_disk(rq);

	cmd->io.resumed = true;
	queue_work(cmd->io.reserved ? disk->reserved_workers : disk->workers,
		   &cmd->work);
}

/* Requeue a request: alternate between the two ways that blk-mq has. */
static blk_status_t requeue(struct request *rq)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->requeued = !cmd->requeued;
	if (!cmd->requeued)
		return BLK_STS_RESOURCE;
	blk_mq_requeue_request(rq, true);
	return BLK_STS_OK;
}

/* Perform the action of a run. Return the status of the dispatch. */
static __always_inline blk_status_t perform(struct request *rq,
					    enum cnull_action action,
					    struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	/* The kernel's own fault injection, fail_io_timeout. */
	if (action == CNULL_COMPLETE && blk_should_fake_timeout(rq->q)) {
		cmd->io.error = -ETIMEDOUT;
		action = CNULL_LOSE;
	}
	if (action != CNULL_SLEEP && cmd->io.op == CNULL_OP_ZONE_APPEND)
		rq->__sector = cmd->io.sector;
	switch (action) {
	case CNULL_COMPLETE:
		complete_rq(rq, batch);
		break;
	case CNULL_SLEEP:
		run_in_worker(rq);
		break;
	case CNULL_REQUEUE:
		return requeue(rq);
	case CNULL_LOSE:
		leave_to_timeout(rq);
		break;
	}
	return BLK_STS_OK;
}

static void mq_work(struct work_struct *work)
{
	struct cnull_cmd *cmd = container_of(work, struct cnull_cmd, work);
	struct request *rq = blk_mq_rq_from_pdu(cmd);

	/* A request that has run before is not requeued. */
	WARN_ON_ONCE(perform(rq, cnull_io_run(rq_live(rq), &cmd->io,
					      CNULL_MAY_WAIT), NULL));
}

/*
 * Run a request. One that completes at once, and without an error, goes to @batch if
 * there is one. All functions on the path without memory are inline: their calls would
 * be a third of the driver's instructions. The request starts before its preparation, so
 * that the compiler knows the prepared fields in the run.
 */
static __always_inline blk_status_t run_rq(struct request *rq,
					   enum cnull_wait wait,
					   struct io_comp_batch *batch)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	blk_mq_start_request(rq);
	if (unlikely(!prepare_io(rq, &cmd->io)))
		return BLK_STS_NOTSUPP;
	/*
	 * REQ_NOWAIT does not matter here. It is about the wait for a tag, which is
	 * over, and requests that were merged into this one may not have the flag.
	 */
	return perform(rq, cnull_io_run(rq_live(rq), &cmd->io, wait), batch);
}

/* May a request sleep in the dispatch of a hardware queue? */
static bool may_wait(const struct blk_mq_hw_ctx *hctx)
{
	return unlikely(hctx->flags & BLK_MQ_F_BLOCKING);
}

static noinline blk_status_t run_blocking(struct request *rq)
{
	return run_rq(rq, CNULL_MAY_WAIT, NULL);
}

/* Without %BLK_MQ_F_BLOCKING, blk-mq dispatches in an RCU read section. */
static blk_status_t mq_queue_rq(struct blk_mq_hw_ctx *hctx,
				const struct blk_mq_queue_data *bd)
{
	return may_wait(hctx) ? run_blocking(bd->rq) :
				run_rq(bd->rq, CNULL_NO_WAIT, NULL);
}

/* A prefetch is no run: it must not look at a store that is replaced behind the gate. */
static void prefetch_rqs(struct cnull_live *live, cnull_rq_list_t *list,
			 enum cnull_fetch what)
{
	struct request *rq;

	guard(rcu)();
	if (unlikely(cnull_has(live, CNULL_FEATURE_GATE)))
		return;
	for (rq = rq_list_peek(list); rq; rq = rq->rq_next)
		cnull_store_prefetch(live->store, blk_rq_pos(rq) << SECTOR_SHIFT,
				     what);
}

/* Handle the status of a dispatch from a list. */
static void end_dispatch(struct request *rq, blk_status_t status)
{
	if (likely(status == BLK_STS_OK))
		return;
	if (status == BLK_STS_RESOURCE)
		blk_mq_requeue_request(rq, true);
	else
		blk_mq_end_request(rq, status);
}

static noinline void run_blocking_list(cnull_rq_list_t *list)
{
	struct request *rq;

	while ((rq = rq_list_pop(list)))
		end_dispatch(rq, run_blocking(rq));
}

/*
 * Run the requests that a task has plugged. Random pages, and the nodes that lead to
 * them, are in no CPU cache. Fetched all at once, they stall the CPU once instead of
 * once for each request.
 */
static void mq_queue_rqs(cnull_rq_list_t *list)
{
	struct request *rq = rq_list_peek(list);
	struct cnull_live *live = rq_live(rq);
	struct io_comp_batch done = { }, *batch = rq->rq_next ? &done : NULL;

	if (live->store && rq->rq_next) {
		prefetch_rqs(live, list, CNULL_FETCH_SLOT);
		prefetch_rqs(live, list, CNULL_FETCH_PAGE);
	}
	/* Without a batch: its requests would wait for one that sleeps. */
	if (may_wait(rq->mq_hctx)) {
		run_blocking_list(list);
		return;
	}
	while ((rq = rq_list_pop(list)))
		end_dispatch(rq, run_rq(rq, CNULL_NO_WAIT, batch));
	if (batch)
		blk_mq_end_request_batch(batch);
}

/* End the requests of a poll queue that are due. Return their number. */
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
		u64 deadline = cnull_io_deadline(rq_live(rq), &cmd->io);

		if (deadline) {
			now = now ?: ktime_get_ns();
			if (deadline > now) {
				llist_add(&cmd->polled, polled);
				continue;
			}
		}
		end_inline(rq, batch);
		nr++;
	}
	return nr;
}

static int mq_poll(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *batch)
{
	return end_polled(hctx, batch);
}

static enum hrtimer_restart mq_timer(struct hrtimer *timer)
{
	struct cnull_cmd *cmd = container_of(timer, struct cnull_cmd, timer);

	blk_mq_complete_request(blk_mq_rq_from_pdu(cmd));
	return HRTIMER_NORESTART;
}

/*
 * Time a request out. One with an injected time-out completes here. One that is slow,
 * because of completion_nsec or a wait for memory, gets more time: it completes when
 * its operation has happened, and once. A polled request that no task polls for
 * completes here, if it is due.
 */
static enum blk_eh_timer_return mq_timeout(struct request *rq)
{
	if (end_timed_out(rq))
		return BLK_EH_DONE;
	if (rq->mq_hctx->type == HCTX_TYPE_POLL)
		end_polled(rq->mq_hctx, NULL);
	return blk_mq_request_started(rq) ? BLK_EH_RESET_TIMER : BLK_EH_DONE;
}

static void mq_complete(struct request *rq)
{
	blk_mq_end_request(rq, end_status(rq));
}

static int mq_init_request(struct blk_mq_tag_set *set, struct request *rq,
			   unsigned int hctx_idx, cnull_numa_node_t node)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	hrtimer_setup(&cmd->timer, mq_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	INIT_WORK(&cmd->work, mq_work);
	return 0;
}

/* Wait until the function of the timer has returned, before its memory is freed. */
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

	/*
	 * Fail new hardware queues only: blk-mq cannot recover if one that existed
	 * fails after a change of their number.
	 */
	if (index >= hctx->queue->nr_hw_queues &&
	    cnull_inject_hits(live->faults, CNULL_FAULT_INIT_HCTX, live->name))
		return -EFAULT;
	/* The queue may be frozen, so reclaim must not wait for I/O to it. */
	polled = kzalloc_node(sizeof(*polled), GFP_NOIO, hctx->numa_node);
	hctx->driver_data = polled;
	return polled ? 0 : -ENOMEM;
}

static void mq_exit_hctx(struct blk_mq_hw_ctx *hctx, unsigned int index)
{
	kfree(hctx->driver_data);
}

static const struct blk_mq_ops mq_ops = {
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
 * Complete a request that waits for its timer or its time-out. The context that cancels
 * the timer before it has fired completes the request. The tag set may have requests
 * of other disks.
 */
static bool end_early(struct request *rq, void *queue)
{
	struct cnull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (rq->q == queue && !end_timed_out(rq) &&
	    hrtimer_try_to_cancel(&cmd->timer) > 0)
		blk_mq_complete_request(rq);
	return true;
}

/*
 * Complete the requests in flight that wait for a deadline or a time-out. @q is not
 * frozen. First quiesce the dispatch and flush the workers. After that, no context
 * starts such a wait, and after a power cut none completes a request without an error.
 */
static void end_waiting(struct cnull_disk *disk, struct request_queue *q)
{
	struct cnull_live *live = disk->dev.live;
	bool some_wait = cnull_has(live, CNULL_FEATURE_CUT) ||
			 cnull_has(live, CNULL_FEATURE_INJECT) ||
			 READ_ONCE(live->has_deadlines);
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
 * Drain the requests of a disk: from now on none waits for a deadline or a time-out.
 *
 * During a power cut, another task may change the number of hardware queues. It frees
 * queues and tags while the queue is frozen. So this holds a reference to the queue,
 * as a request does. If the queue gives no reference, it is frozen, and no request is
 * in flight; later requests find @draining set.
 */
static void mq_drain(struct cnull_disk *disk)
{
	struct request_queue *q = disk->gendisk->queue;

	WRITE_ONCE(disk->dev.live->draining, true);
	smp_mb();	/* @draining is visible before the queue is found frozen */
	if (!percpu_ref_tryget(&q->q_usage_counter))
		return;
	end_waiting(disk, q);
	percpu_ref_put(&q->q_usage_counter);
}

static const struct block_device_operations mq_fops = {
	.owner = THIS_MODULE,
	.open = cnull_users_open,
	.release = cnull_users_close,
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
 * Allocate the workqueues of a disk. Disks do not share them, and each has a rescuer for
 * times when memory is short: a request of one disk may wait for memory that only a
 * write to another disk frees.
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
	return cnull_refuse(&disk->dev, -ENOMEM, "no memory for the workqueues");
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
	disk->tags = cnull_tags_get(&disk->dev, &mq_ops,
				    sizeof(struct cnull_cmd));
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

const struct cnull_queue_mode cnull_mq = {
	.alloc = mq_alloc,
	.drain = mq_drain,
	.free = mq_free,
	.resize = mq_resize,
};
