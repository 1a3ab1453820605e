// SPDX-License-Identifier: GPL-2.0
/*
 * RCU by liburcu: pages are freed after a grace period, not before.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/* Number of pages that wait for the same grace period. */
#define BATCH		512
#define NR_SLOTS	16
#define NR_THREADS	4

/* Allocate a page, and fill it with @word, which is not 0. */
static u64 *new_page(u64 word)
{
	u64 *page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		page[i] = word;
	return page;
}

/* Does a page have the contents that new_page() wrote? */
static bool is_whole(const u64 *page)
{
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		if (!page[i] || page[i] != page[0])
			return false;
	return true;
}

/* Is a page free? A page that is freed after a grace period loses its memory. */
static bool is_freed(void *page)
{
	unsigned char resident;

	shim_require(!mincore(page, PAGE_SIZE, &resident));
	return !(resident & 1);
}

static void nested_section_ends_with_outermost(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, shim_rcu_reading());
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, shim_rcu_reading());
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, shim_rcu_reading());
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, shim_rcu_reading());
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, shim_rcu_reading());
}

/* A thread that must not wait hands full batches to another thread. */
static void pages_of_reader_are_freed_later(struct kunit *test)
{
	static void *page[2 * BATCH + 1];
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(page); i++) {
		page[i] = new_page(1);
		cnull_pages_free_rcu(&page[i], 1);
	}
	for (i = 0; i < ARRAY_SIZE(page); i++)
		KUNIT_ASSERT_TRUE(test, is_whole(page[i]));
	rcu_read_unlock();
	rcu_barrier();
	for (i = 0; i < ARRAY_SIZE(page); i++)
		KUNIT_ASSERT_TRUE(test, is_freed(page[i]));
}

static void barrier_frees_pages(struct kunit *test)
{
	u64 *page = new_page(1);

	rcu_barrier();
	cnull_page_free_rcu(page);
	KUNIT_EXPECT_FALSE(test, is_freed(page));
	KUNIT_EXPECT_TRUE(test, is_whole(page));
	rcu_barrier();
	KUNIT_EXPECT_TRUE(test, is_freed(page));
}

/* A full batch needs no rcu_barrier(). */
static void full_batch_frees_pages(struct kunit *test)
{
	u64 *page[BATCH];
	unsigned int i;

	rcu_barrier();
	for (i = 0; i < BATCH; i++)
		page[i] = new_page(i + 1);
	for (i = 0; i < BATCH - 1; i++)
		cnull_page_free_rcu(page[i]);
	for (i = 0; i < BATCH; i++)
		KUNIT_EXPECT_FALSE(test, is_freed(page[i]));
	cnull_page_free_rcu(page[i - 1]);
	for (i = 0; i < BATCH; i++)
		KUNIT_EXPECT_TRUE(test, is_freed(page[i]));
}

/**
 * struct meeting - a reader, and threads that free the page that the reader reads
 * @page: pages; the reader reads the first one
 * @nr: number of @page; fewer than BATCH need a barrier
 * @reading: the reader is in its read-side section
 * @leaving: the reader is about to leave its read-side section
 * @queued: all pages of the batch except the last one wait for a grace period
 * @errors: number of errors
 */
struct meeting {
	u64 *page[BATCH];
	unsigned int nr;
	bool reading;
	bool leaving;
	bool queued;
	atomic_long_t errors;
};

/* Stay in a read-side section for 50 ms. The section lasts until its outermost unlock. */
static void read_slowly(struct meeting *m)
{
	rcu_read_lock();
	rcu_read_lock();
	WRITE_ONCE(m->reading, true);
	rcu_read_unlock();
	usleep(50000);
	if (!is_whole(m->page[0]))
		atomic_long_inc(&m->errors);
	WRITE_ONCE(m->leaving, true);
	rcu_read_unlock();
}

static void free_under_reader(struct meeting *m)
{
	unsigned int i;

	while (!READ_ONCE(m->reading))
		usleep(100);
	for (i = 0; i < m->nr; i++)
		cnull_page_free_rcu(m->page[i]);
	if (m->nr < BATCH)
		rcu_barrier();
	if (!READ_ONCE(m->leaving))
		atomic_long_inc(&m->errors);
	for (i = 0; i < m->nr; i++)
		if (!is_freed(m->page[i]))
			atomic_long_inc(&m->errors);
}

static void meet(void *arg, unsigned int nr)
{
	if (nr)
		free_under_reader(arg);
	else
		read_slowly(arg);
}

static void run_meeting(struct kunit *test, unsigned int nr)
{
	struct meeting m = { .nr = nr };
	unsigned int i;

	rcu_barrier();
	for (i = 0; i < nr; i++)
		m.page[i] = new_page(i + 1);
	world_threads(2, meet, &m);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&m.errors), 0);
}

static void barrier_waits_for_reader(struct kunit *test)
{
	run_meeting(test, 1);
}

static void full_batch_waits_for_reader(struct kunit *test)
{
	run_meeting(test, BATCH);
}

/* Free a batch while a reader delays the grace period. */
static void fill_batch(struct meeting *m)
{
	unsigned int i;

	while (!READ_ONCE(m->reading))
		usleep(100);
	for (i = 0; i < BATCH - 1; i++)
		cnull_page_free_rcu(m->page[i]);
	WRITE_ONCE(m->queued, true);
	cnull_page_free_rcu(m->page[i]);
}

/* Pages that were queued before a barrier are free after it, whichever thread frees them. */
static void wait_for_batch(struct meeting *m)
{
	unsigned int i;

	while (!READ_ONCE(m->queued))
		usleep(100);
	usleep(10000);		/* now the batch is usually in flight */
	rcu_barrier();
	for (i = 0; i < BATCH - 1; i++)
		if (!is_freed(m->page[i]))
			atomic_long_inc(&m->errors);
}

static void meet_batch(void *arg, unsigned int nr)
{
	switch (nr) {
	case 0:
		return read_slowly(arg);
	case 1:
		return fill_batch(arg);
	case 2:
		return wait_for_batch(arg);
	}
}

/* Pages that are not adjacent take one system call each, so the batch is slow. */
static void barrier_waits_for_batch_of_other_thread(struct kunit *test)
{
	unsigned int i, round;

	for (round = 0; round < world_times(10); round++) {
		struct meeting m = { .nr = BATCH };
		u64 *between[BATCH];

		rcu_barrier();
		for (i = 0; i < BATCH; i++) {
			m.page[i] = new_page(i + 1);
			between[i] = new_page(i + 1);
		}
		world_threads(3, meet_batch, &m);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&m.errors), 0);
		for (i = 0; i < BATCH; i++)
			cnull_page_free(between[i]);
	}
}

/**
 * struct crowd - threads that call rcu_barrier() at the same time
 * @page: the pages that each thread frees, in order
 * @errors: pages that were not free when rcu_barrier() returned
 */
struct crowd {
	u64 *page[NR_THREADS][BATCH];
	atomic_long_t errors;
};

static void free_and_wait(void *arg, unsigned int nr)
{
	struct crowd *crowd = arg;
	unsigned int round, i;

	/* No two adjacent pages in a round: each page takes one system call. */
	for (round = 0; round < 16; round++) {
		for (i = round; i < BATCH; i += 16)
			cnull_page_free_rcu(crowd->page[nr][i]);
		rcu_barrier();
		for (i = round; i < BATCH; i += 16)
			if (!is_freed(crowd->page[nr][i]))
				atomic_long_inc(&crowd->errors);
	}
}

/* The pages of one thread may be in the batch that another thread waits for. */
static void concurrent_barriers_free_all_pages(struct kunit *test)
{
	static struct crowd crowd;
	unsigned int round, nr, i;

	atomic_long_set(&crowd.errors, 0);
	for (round = 0; round < world_times(8); round++) {
		for (nr = 0; nr < NR_THREADS; nr++)
			for (i = 0; i < BATCH; i++)
				crowd.page[nr][i] = new_page(1);
		world_threads(NR_THREADS, free_and_wait, &crowd);
	}
	KUNIT_EXPECT_EQ(test, atomic_long_read(&crowd.errors), 0);
}

/** struct board - pages that threads read and replace at the same time */
struct board {
	u64 *page[NR_SLOTS];
	atomic_long_t errors;
};

/* Half of the threads only read: only RCU orders their accesses before the frees. */
static void read_or_replace(void *arg, unsigned int nr)
{
	struct board *board = arg;
	struct rng rng = rng_start(nr);
	unsigned int i;
	u64 *page;

	for (i = 0; i < world_times(20000); i++) {
		unsigned int slot = rng_below(&rng, NR_SLOTS);

		if (nr % 2) {
			page = xchg(&board->page[slot],
				    new_page(rng_below(&rng, 1000) + 1));
			cnull_page_free_rcu(page);
			continue;
		}
		rcu_read_lock();
		page = rcu_dereference(board->page[slot]);
		if (!is_whole(page))
			atomic_long_inc(&board->errors);
		rcu_read_unlock();
	}
}

static void readers_never_see_freed_pages(struct kunit *test)
{
	struct board board = { 0 };
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		board.page[i] = new_page(1);
	world_threads(NR_THREADS, read_or_replace, &board);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&board.errors), 0);
	for (i = 0; i < NR_SLOTS; i++)
		cnull_page_free(board.page[i]);
}

static struct kunit_case rcu_cases[] = {
	KUNIT_CASE(nested_section_ends_with_outermost),
	KUNIT_CASE(pages_of_reader_are_freed_later),
	KUNIT_CASE(barrier_frees_pages),
	KUNIT_CASE(full_batch_frees_pages),
	KUNIT_CASE(barrier_waits_for_reader),
	KUNIT_CASE(full_batch_waits_for_reader),
	KUNIT_CASE(barrier_waits_for_batch_of_other_thread),
	KUNIT_CASE(concurrent_barriers_free_all_pages),
	KUNIT_CASE(readers_never_see_freed_pages),
	{}
};

WORLD_SUITE(rcu_urcu, world_no_setup, world_no_teardown, rcu_cases);
