// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of the load generator, which execute a run.
 */
#include <linux/bio.h>
#include <linux/cleanup.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include "answer.h"
#include "load.h"
#include "zones.h"

/**
 * struct load_slot - one I/O of a batch, reused by each batch
 * @bio: the I/O
 * @vecs: segments of @bio, one page each; a segment without a page ends the array
 */
struct load_slot {
	struct bio bio;
	struct bio_vec *vecs;
};

/**
 * struct load_thread - a thread and its results
 * @run: the run of the thread
 * @task: the kthread
 * @cpu: the CPU that @task is bound to
 * @slots: the I/Os of a batch
 * @random: source of the positions of I/Os
 * @zones: the set of zones of the thread; NULL if the run does not use zones
 * @place: position of the batch in @zones
 * @pending: number of I/Os in flight of the batch, plus 1 until the thread waits
 * @done: completed by the last I/O of a batch, if the thread waits
 * @status: status of the last I/O that failed
 * @ios: number of I/Os
 * @ns: time of all I/Os, in ns
 */
struct load_thread {
	struct load_run *run;
	struct task_struct *task;
	unsigned int cpu;
	struct load_slot *slots;
	struct rnd_state random;
	struct load_zones *zones;
	struct load_place place;
	atomic_t pending;
	struct completion done;
	blk_status_t status;
	u64 ios;
	u64 ns;
};

/* Pages of the copy operations. They are kept between runs, because allocation is slow. */
static struct page **pages;
static unsigned long nr_pages;

static void free_copy_pages(void)
{
	while (nr_pages)
		__free_page(pages[--nr_pages]);
	kvfree(pages);
	pages = NULL;
}

/* Allocate single pages, as a driver does. */
static int alloc_copy_pages(unsigned int mib)
{
	unsigned long wanted = (unsigned long)mib << (20 - PAGE_SHIFT);

	if (nr_pages == wanted)
		return 0;
	free_copy_pages();
	pages = kvcalloc(wanted, sizeof(*pages), GFP_KERNEL);
	while (pages && nr_pages < wanted) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO |
					       __GFP_NORETRY | __GFP_NOWARN);

		if (!page)
			break;
		pages[nr_pages++] = page;
		cond_resched();
	}
	if (nr_pages == wanted)
		return 0;
	free_copy_pages();
	return load_refuse(-ENOMEM, "no memory for mib=%u", mib);
}

/* Return the index of a random block, 0 to &load_run.nr_blocks - 1. */
static u32 random_block(struct load_thread *thread)
{
	u64 random = prandom_u32_state(&thread->random);

	return (random * thread->run->nr_blocks) >> 32;
}

static void end_io(struct bio *bio)
{
	struct load_thread *thread = bio->bi_private;

	if (bio->bi_status)
		WRITE_ONCE(thread->status, bio->bi_status);
	if (atomic_dec_and_test(&thread->pending))
		complete(&thread->done);
}

static blk_opf_t opf_of(const struct load_spec *spec)
{
	switch (spec->op) {
	case OP_WRITE:
	case OP_ZONE_WRITE:
		return REQ_OP_WRITE | REQ_SYNC;
	case OP_ZONE_APPEND:
	case OP_SHARED_APPEND:
		return REQ_OP_ZONE_APPEND | REQ_SYNC;
	default:
		return REQ_OP_READ | REQ_SYNC;
	}
}

/* Return the sector of I/O number @i of the batch. */
static sector_t sector_of(struct load_thread *thread, unsigned int i)
{
	const struct load_spec *spec = &thread->run->spec;
	sector_t sectors = spec->bs >> SECTOR_SHIFT;

	if (!thread->zones)
		return random_block(thread) * sectors;
	if (spec->op != OP_ZONE_WRITE)
		return thread->place.zone->start;
	return thread->place.zone->start + thread->place.offset + i * sectors;
}

static void submit(struct load_thread *thread, unsigned int i)
{
	struct load_slot *slot = &thread->slots[i];
	struct load_run *run = thread->run;
	unsigned int bs = run->spec.bs;
	struct bio *bio = &slot->bio;

	bio_reset(bio, run->bdev, opf_of(&run->spec));
	bio->bi_vcnt = DIV_ROUND_UP(bs, PAGE_SIZE);	/* filled in by init_slot() */
	bio->bi_iter.bi_size = bs;
	bio->bi_iter.bi_sector = sector_of(thread, i);
	bio->bi_end_io = end_io;
	bio->bi_private = thread;
	if (run->spec.op == OP_NONE)
		bio_endio(bio);
	else
		submit_bio(bio);
}

static void submit_batch(struct load_thread *thread)
{
	unsigned int i, batch = thread->run->spec.batch;
	struct blk_plug plug;

	atomic_set(&thread->pending, batch + 1);
	if (batch > 1)
		blk_start_plug(&plug);
	for (i = 0; i < batch; i++)
		submit(thread, i);
	if (batch > 1)
		blk_finish_plug(&plug);
	/* Usually, all I/Os have completed: then avoid the cost of the completion. */
	if (!atomic_dec_and_test(&thread->pending))
		wait_for_completion(&thread->done);
}

static void submit_to_zone(struct load_thread *thread)
{
	load_zones_begin(thread->zones, &thread->place);
	submit_batch(thread);
	load_zones_end(&thread->place);
}

static void copy_batch(struct load_thread *thread)
{
	const struct load_spec *spec = &thread->run->spec;
	unsigned int i;

	for (i = 0; i < spec->batch; i++) {
		struct page *page = pages[random_block(thread)];
		void *buffer = bvec_virt(thread->slots[i].vecs);

		if (spec->op == OP_COPY_READ)
			memcpy_from_page(buffer, page, 0, PAGE_SIZE);
		else
			memcpy_to_page(page, 0, buffer, PAGE_SIZE);
	}
}

static bool copies(const struct load_spec *spec)
{
	return spec->op == OP_COPY_READ || spec->op == OP_COPY_WRITE;
}

static int thread_run(void *data)
{
	struct load_thread *thread = data;
	struct load_run *run = thread->run;
	unsigned long end;
	u64 start;

	if (atomic_dec_and_test(&run->to_start))
		complete_all(&run->start);
	wait_for_completion(&run->start);

	end = jiffies + msecs_to_jiffies(run->spec.ms);
	start = ktime_get_ns();
	do {
		if (copies(&run->spec))
			copy_batch(thread);
		else if (thread->zones)
			submit_to_zone(thread);
		else
			submit_batch(thread);
		thread->ios += run->spec.batch;
		cond_resched();
	} while (time_before(jiffies, end));
	thread->ns = ktime_get_ns() - start;
	return 0;
}

static void free_slot(struct load_slot *slot)
{
	struct bio_vec *vec = slot->vecs;

	if (!vec)
		return;
	bio_uninit(&slot->bio);
	for (; vec->bv_page; vec++)
		__free_page(vec->bv_page);
	kfree(slot->vecs);
}

static int init_slot(struct load_slot *slot, unsigned int bs)
{
	unsigned int i, nr = DIV_ROUND_UP(bs, PAGE_SIZE);

	slot->vecs = kcalloc(nr + 1, sizeof(*slot->vecs), GFP_KERNEL);
	if (!slot->vecs)
		return -ENOMEM;
	bio_init(&slot->bio, NULL, slot->vecs, nr, 0);
	for (i = 0; i < nr; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		bvec_set_page(&slot->vecs[i], page, min(bs, PAGE_SIZE), 0);
		bs -= min(bs, PAGE_SIZE);
	}
	return 0;
}

static void free_thread(struct load_thread *thread)
{
	unsigned int i;

	if (!IS_ERR_OR_NULL(thread->task))
		kthread_stop_put(thread->task);
	for (i = 0; thread->slots && i < thread->run->spec.batch; i++)
		free_slot(&thread->slots[i]);
	kvfree(thread->slots);
}

/* Allocate a thread. It sleeps until run_threads() wakes it. */
static int init_thread(struct load_thread *thread, struct load_run *run,
		       unsigned int index, unsigned int cpu)
{
	unsigned int i;
	int err;

	thread->run = run;
	thread->cpu = cpu;
	if (run->sets)
		thread->zones = &run->sets[index % run->nr_sets];
	init_completion(&thread->done);
	/*
	 * Each kind of run has its own positions, the same each time. With the positions
	 * of the run before, a disk with a cache would find most blocks in its cache.
	 */
	prandom_seed_state(&thread->random,
			   ((u64)run->spec.bs << 32 | run->spec.batch << 16) +
			   cpu + 1);
	thread->slots = kvcalloc(run->spec.batch, sizeof(*thread->slots),
				 GFP_KERNEL);
	if (!thread->slots)
		return -ENOMEM;
	for (i = 0; i < run->spec.batch; i++) {
		err = init_slot(&thread->slots[i], run->spec.bs);
		if (err)
			return err;
	}
	thread->task = kthread_create(thread_run, thread, "cnull_load/%u", cpu);
	if (IS_ERR(thread->task))
		return PTR_ERR(thread->task);
	get_task_struct(thread->task);
	kthread_bind(thread->task, cpu);
	return 0;
}

/* Append the line about zone resets to the answer, if the run had any. */
static void report_resets(const struct load_thread *threads, unsigned int nr,
			  u64 ios, u64 ns, char *answer, size_t size)
{
	u64 resets = 0, reset_ns = 0, each, rest;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		resets += threads[i].place.resets;
		reset_ns += threads[i].place.reset_ns;
	}
	if (!resets)
		return;
	each = div64_u64(10 * reset_ns, resets);
	rest = div64_u64(10 * (ns - reset_ns), ios);
	scnprintf(answer, size, "resets=%llu ns=%llu.%llu without=%llu.%llu\n",
		  resets, each / 10, each % 10, rest / 10, rest % 10);
}

/* Write the results of all threads to the answer; or return -EIO if an I/O failed. */
static int report(struct load_thread *threads, unsigned int nr)
{
	u64 ios = 0, ns = 0, tenths;
	unsigned int i;
	int len, err;

	for (i = 0; i < nr; i++) {
		err = threads[i].place.err ?:
		      blk_status_to_errno(threads[i].status);
		if (err)
			return load_refuse(-EIO, "an I/O or a reset of a zone failed, error %d", err);
		ios += threads[i].ios;
		ns += threads[i].ns;
	}
	tenths = div64_u64(10 * ns, ios);
	len = scnprintf(load_answer, sizeof(load_answer),
			"ios=%llu ns=%llu.%llu\n", ios, tenths / 10, tenths % 10);
	for (i = 0; i < nr; i++) {
		tenths = div64_u64(10 * threads[i].ns, threads[i].ios);
		len += scnprintf(load_answer + len, sizeof(load_answer) - len,
				 "thread=%u cpu=%u ios=%llu ns=%llu.%llu\n", i,
				 threads[i].cpu, threads[i].ios,
				 tenths / 10, tenths % 10);
	}
	report_resets(threads, nr, ios, ns, load_answer + len,
		      sizeof(load_answer) - len);
	return 0;
}

static int run_threads(struct load_run *run)
{
	struct load_thread *threads;
	unsigned int i = 0, cpu;
	int err = 0;

	threads = kvcalloc(run->spec.threads, sizeof(*threads), GFP_KERNEL);
	if (!threads)
		return load_refuse(-ENOMEM, "no memory");
	atomic_set(&run->to_start, run->spec.threads);
	init_completion(&run->start);
	for_each_online_cpu(cpu) {
		if (i == run->spec.threads)
			break;
		err = init_thread(&threads[i], run, i, cpu);
		i++;
		if (err) {
			load_refuse(err, "no memory for thread %u", i - 1);
			goto out;
		}
	}
	if (i < run->spec.threads) {
		err = load_refuse(-EAGAIN, "a CPU went offline");
		goto out;
	}
	for (i = 0; i < run->spec.threads; i++)
		wake_up_process(threads[i].task);
	wait_for_completion(&run->start);	/* a thread that has not begun can be stopped */
	for (i = 0; i < run->spec.threads; i++) {
		kthread_stop_put(threads[i].task);
		threads[i].task = NULL;
	}
	err = report(threads, run->spec.threads);
out:
	for (i = 0; i < run->spec.threads; i++)
		free_thread(&threads[i]);
	kvfree(threads);
	return err;
}

static bool is_zoned(const struct load_spec *spec)
{
	return spec->op == OP_ZONE_WRITE || spec->op == OP_ZONE_APPEND ||
	       spec->op == OP_SHARED_APPEND;
}

/* Execute a run on an open disk. */
static int run_bdev(struct load_run *run)
{
	const struct load_spec *spec = &run->spec;
	u64 nr_blocks = div_u64(bdev_nr_bytes(run->bdev), spec->bs);
	int err = 0;

	if (spec->bs % bdev_logical_block_size(run->bdev))
		return load_refuse(-EINVAL, "bs=%u is no multiple of the disk's logical block size, %u",
				   spec->bs, bdev_logical_block_size(run->bdev));
	if (!nr_blocks || nr_blocks > U32_MAX)
		return load_refuse(-EINVAL, "the disk has %llu blocks of bs=%u, must be 1..%u",
				   nr_blocks, spec->bs, U32_MAX);
	run->nr_blocks = nr_blocks;
	if (is_zoned(spec))
		err = load_zones_get(run);
	if (!err)
		err = run_threads(run);
	load_zones_put(run);
	return err;
}

/* Execute an op that needs a disk. */
static int run_disk(struct load_run *run)
{
	const struct load_spec *spec = &run->spec;
	char *path __free(kfree) = NULL;
	struct file *file;
	int err;

	if (!spec->disk)
		return load_refuse(-EINVAL, "op=%s needs a disk",
				   load_op_names[spec->op]);
	path = kasprintf(GFP_KERNEL, "%s%s", strchr(spec->disk, '/') ? "" : "/dev/",
			 spec->disk);
	if (!path)
		return load_refuse(-ENOMEM, "no memory");
	file = bdev_file_open_by_path(path, BLK_OPEN_READ |
				      (spec->op == OP_READ ? 0 : BLK_OPEN_WRITE),
				      NULL, NULL);
	if (IS_ERR(file))
		return load_refuse(PTR_ERR(file), "cannot open '%s' as a disk, error %ld",
				   path, PTR_ERR(file));
	run->bdev = file_bdev(file);
	err = run_bdev(run);
	bdev_fput(file);
	return err;
}

/* Execute an op without a disk: bios that end at once, or copies. */
static int run_floor(struct load_run *run)
{
	const struct load_spec *spec = &run->spec;
	int err;

	if (spec->disk)
		return load_refuse(-EINVAL, "op=%s takes no disk",
				   load_op_names[spec->op]);
	run->nr_blocks = spec->mib << (20 - PAGE_SHIFT);
	if (copies(spec)) {
		if (spec->bs != PAGE_SIZE)
			return load_refuse(-EINVAL, "op=%s needs bs=%lu",
					   load_op_names[spec->op], PAGE_SIZE);
		err = alloc_copy_pages(spec->mib);
		if (err)
			return err;
	}
	return run_threads(run);
}

/**
 * load_generate - execute a run
 * @run: the run, with &load_run.spec set; this sets the other fields
 *
 * Context: Sleeps for the length of the run. Calls are serialized by the caller.
 * Return: 0 or a negative errno. load_answer holds the results, or the reason.
 */
int load_generate(struct load_run *run)
{
	if (run->spec.op == OP_READ || run->spec.op == OP_WRITE ||
	    is_zoned(&run->spec))
		return run_disk(run);
	return run_floor(run);
}

/**
 * load_exit - free the pages that are kept between runs
 *
 * Context: May sleep; module exit.
 */
void load_exit(void)
{
	free_copy_pages();
}
