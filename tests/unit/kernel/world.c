// SPDX-License-Identifier: GPL-2.0
/*
 * The world of the suites, in a kernel: threads are kthreads, and the data of requests is
 * in bios. Allocations of the kernel are counted, and fail on demand.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "world.h"

/* This file implements the replacements, so it needs the functions of the kernel. */
#undef kfree
#undef kvfree
#undef cnull_page_alloc
#undef cnull_page_free
#undef cnull_pages_free_rcu
#undef rcu_barrier

/* The kernel under test has all checks enabled, and is many times slower. */
static unsigned int percent = 5;
module_param(percent, uint, 0444);
MODULE_PARM_DESC(percent, "length of the tests, in percent of that in user space (5)");

unsigned int world_times(unsigned int usual)
{
	return max(usual * percent / 100, 1U);
}

u64 world_seed;
module_param_named(seed, world_seed, ullong, 0444);
MODULE_PARM_DESC(seed, "start of the random numbers; 0: the time (0)");

/**
 * struct knobs - variables by which the tests control the world
 * @fail_at: number of allocations until the one that fails, which is included; 0 or less:
 *	none
 * @fail_all: every allocation fails
 * @barrier_helps: the next rcu_barrier() clears @fail_all
 * @call_at: as @fail_at, for the allocation that first calls @call
 * @call: the function; written before @call_at
 * @call_arg: argument of @call
 * @at_resched: function that the next cond_resched() calls, once; NULL: none
 * @at_resched_arg: argument of @at_resched
 * @fail_nowait: every allocation that must not sleep fails
 * @in_io: an allocation that may start I/O causes a warning
 * @is_short: what cnull_memory_is_short() returns
 *
 * Any thread may read the fields.
 */
struct knobs {
	atomic_long_t fail_at;
	bool fail_all;
	bool barrier_helps;
	atomic_long_t call_at;
	void (*call)(void *arg);
	void *call_arg;
	void (*at_resched)(void *arg);
	void *at_resched_arg;
	bool fail_nowait;
	bool in_io;
	bool is_short;
};

static struct knobs knobs;
static atomic_long_t in_use;	/* number of allocations, pages included */
static atomic_long_t rescheds;
static u64 now;
static unsigned int cpus = 4;
static bool task_may_fail;
static bool fill_reads;
static char log[256];

void world_begin(void)
{
	if (!world_seed) {
		world_seed = ktime_get_real_ns();
		pr_warn("seed %llu (repeat with: seed=%llu)\n", world_seed,
			world_seed);
	}
	/* Memory is counted per CPU, so a case stays on one. */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	atomic_long_set(&in_use, 0);
	now = 1;
	cpus = 4;
}

void world_end(struct kunit *test)
{
	knobs = (struct knobs) { };
	KUNIT_EXPECT_EQ(test, atomic_long_read(&in_use), 0);
}

/* Is this the allocation that the countdown @at ends at? */
static bool is_due(atomic_long_t *at)
{
	return atomic_long_read(at) > 0 && atomic_long_dec_return(at) == 0;
}

/* Does this allocation fail? Warn if the context forbids @gfp. */
static bool fails(gfp_t gfp)
{
	if (is_due(&knobs.call_at))
		knobs.call(knobs.call_arg);
	might_sleep_if(gfpflags_allow_blocking(gfp));
	WARN_ON(READ_ONCE(knobs.in_io) && gfp & __GFP_IO);
	if (READ_ONCE(knobs.fail_all))
		return true;
	if (READ_ONCE(knobs.fail_nowait) && !gfpflags_allow_blocking(gfp))
		return true;
	return is_due(&knobs.fail_at);
}

static void *count(void *p)
{
	if (p)
		atomic_long_inc(&in_use);
	return p;
}

void world_uncount(const void *p)
{
	if (p)
		atomic_long_dec(&in_use);
}

/* The buffers of the suites exceed the limit of kzalloc(). */
void *world_zalloc(size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL :
	       count(kvmalloc_node(size, gfp | __GFP_ZERO, NUMA_NO_NODE));
}

/* Fill the memory, so that a test fails if the engine expects zeroes. */
void *world_kvmalloc(size_t size, gfp_t gfp)
{
	void *p = fails(gfp) ? NULL : count(kvmalloc_node(size, gfp, NUMA_NO_NODE));

	return p ? memset(p, 0xa5, size) : NULL;
}

void *world_kvcalloc(size_t nr, size_t size, gfp_t gfp)
{
	return world_zalloc(array_size(nr, size), gfp);
}

void world_free(const void *p)
{
	world_uncount(p);
	kvfree(p);
}

void *world_page_alloc(gfp_t gfp, int node)
{
	void *page = fails(gfp) ? NULL : count(cnull_page_alloc(gfp, node));

	if (page && !(gfp & __GFP_ZERO))
		memset(page, 0xa5, PAGE_SIZE);
	return page;
}

void world_page_free(void *page)
{
	world_uncount(page);
	cnull_page_free(page);
}

void world_pages_free_rcu(void *const *pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		world_uncount(pages[i]);
	cnull_pages_free_rcu(pages, nr);
}

void world_rcu_barrier(void)
{
	rcu_barrier();
	if (xchg(&knobs.barrier_helps, false))
		world_fail_all(false);
}

void world_count_resched(void)
{
	void (*fn)(void *arg) = NULL;

	atomic_long_inc(&rescheds);
	if (READ_ONCE(knobs.at_resched))
		fn = xchg(&knobs.at_resched, NULL);
	if (fn)
		fn(knobs.at_resched_arg);
}

bool world_is_short(void)
{
	return READ_ONCE(knobs.is_short);
}

u64 world_time(void)
{
	return READ_ONCE(now);
}

unsigned int world_cpus(void)
{
	return READ_ONCE(cpus);
}

bool world_task_may_fail(void)
{
	return READ_ONCE(task_may_fail);
}

bool world_fill_reads(void)
{
	return READ_ONCE(fill_reads);
}

static bool tracing;
static struct world_trace trace;

bool world_traces(void)
{
	return READ_ONCE(tracing);
}

void world_set_tracing(bool on)
{
	trace = (struct world_trace) { };
	WRITE_ONCE(tracing, on);
}

struct world_trace world_trace(void)
{
	return trace;
}

void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
		       u64 nr_sectors, unsigned int queue)
{
	trace.starts++;
}

void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
		     u64 nr_sectors, unsigned int queue, int error, u64 start)
{
	trace.ends++;
	trace.error = error;
	trace.start = start;
}


void cnull_trace_zone(const char *disk, unsigned int op, unsigned int nr,
		      unsigned int cond)
{
}

void world_pr_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(log, sizeof(log), fmt, args);
	va_end(args);
}

void world_fail_alloc(long n)
{
	atomic_long_set(&knobs.fail_at, n);
}

void world_fail_all(bool fail)
{
	WRITE_ONCE(knobs.fail_all, fail);
}

void world_fail_until_barrier(void)
{
	WRITE_ONCE(knobs.barrier_helps, true);
	world_fail_all(true);
}

void world_fail_nowait(bool fail)
{
	WRITE_ONCE(knobs.fail_nowait, fail);
}

void world_at_alloc(long n, void (*fn)(void *arg), void *arg)
{
	knobs.call = fn;
	knobs.call_arg = arg;
	atomic_long_set(&knobs.call_at, n);
}

unsigned long world_rescheds(void)
{
	return atomic_long_read(&rescheds);
}

void world_at_resched(void (*fn)(void *arg), void *arg)
{
	knobs.at_resched_arg = arg;
	smp_store_release(&knobs.at_resched, fn);
}

void world_let_others_run(void)
{
	msleep(20);
}

void world_in_io(bool in_io)
{
	WRITE_ONCE(knobs.in_io, in_io);
}

void world_memory_is_short(bool is_short)
{
	WRITE_ONCE(knobs.is_short, is_short);
}

void world_set_time(u64 time)
{
	WRITE_ONCE(now, time);
}

void world_set_cpus(unsigned int nr)
{
	WRITE_ONCE(cpus, nr);
}

void world_set_fill_reads(bool fill)
{
	WRITE_ONCE(fill_reads, fill);
}

void world_set_task_may_fail(bool may)
{
	WRITE_ONCE(task_may_fail, may);
}

const char *world_log(void)
{
	return log;
}

/**
 * struct crew - threads that start together
 * @fn: function that each thread runs
 * @arg: first argument of @fn
 * @nr: number of the next thread, the second argument of @fn
 * @running: number of threads that have not returned from @fn
 * @start: completed when all threads exist
 * @done: completed when @running is 0
 */
struct crew {
	void (*fn)(void *arg, unsigned int nr);
	void *arg;
	atomic_t nr;
	atomic_t running;
	struct completion start;
	struct completion done;
};

static int crew_member(void *arg)
{
	struct crew *crew = arg;

	wait_for_completion(&crew->start);
	crew->fn(crew->arg, atomic_fetch_inc(&crew->nr));
	if (atomic_dec_and_test(&crew->running))
		complete(&crew->done);
	return 0;
}

void world_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr),
		   void *arg)
{
	struct task_struct *threads[16];
	struct crew crew = {
		.fn = fn,
		.arg = arg,
		.running = ATOMIC_INIT(n),
	};
	unsigned int i;

	BUG_ON(n > ARRAY_SIZE(threads));
	init_completion(&crew.start);
	init_completion(&crew.done);
	for (i = 0; i < n; i++) {
		threads[i] = kthread_run(crew_member, &crew, "cnull-test/%u", i);
		BUG_ON(IS_ERR(threads[i]));
		get_task_struct(threads[i]);
	}
	complete_all(&crew.start);
	wait_for_completion(&crew.done);
	/* Wait until the threads have left the code of the module. */
	for (i = 0; i < n; i++)
		kthread_stop_put(threads[i]);
}

static struct page *page_at(const void *at)
{
	return is_vmalloc_or_module_addr(at) ? vmalloc_to_page(at) :
					       virt_to_page(at);
}

/* Allocate a bio for up to @nr pages, and link it to @last unless that is NULL. */
static struct bio *new_bio(struct bio *last, size_t nr)
{
	unsigned short vecs = min_t(size_t, nr, UIO_MAXIOV);
	struct bio *bio = bio_kmalloc(vecs, GFP_KERNEL | __GFP_NOFAIL);

	bio_init_inline(bio, NULL, vecs, REQ_OP_READ);
	if (last)
		last->bi_next = bio;
	return bio;
}

struct cnull_iter world_iter_of(const struct world_piece *pieces,
				unsigned int nr)
{
	struct bio *first = NULL, *last = NULL;
	struct cnull_iter begin;
	size_t pages = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pages += pieces[i].len / PAGE_SIZE + 2;
	for (i = 0; i < nr; i++) {
		void *at = pieces[i].at, *end = at + pieces[i].len;

		while (at < end) {
			size_t n = min_t(size_t, end - at,
					 PAGE_SIZE - offset_in_page(at));

			if (!last || last->bi_vcnt == last->bi_max_vecs)
				last = new_bio(last, pages);
			if (!first)
				first = last;
			__bio_add_page(last, page_at(at), n, offset_in_page(at));
			at += n;
			pages--;
		}
	}
	cnull_iter_init(&begin, first);
	return begin;
}

void world_iter_end(struct cnull_iter begin)
{
	struct bio *bio = begin.next;

	while (bio) {
		struct bio *next = bio->bi_next;

		bio_uninit(bio);
		kfree(bio);
		bio = next;
	}
}

/* RCU callbacks that free pages run code of this module: wait for them. */
static void __exit world_exit(void)
{
	rcu_barrier();
}
module_exit(world_exit);

MODULE_AUTHOR("The cnull authors");
MODULE_DESCRIPTION("KUnit tests of cnull's engine");
MODULE_LICENSE("GPL");
