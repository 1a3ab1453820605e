// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for use: pages are free after a grace period, and not before.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/* As many pages as wait for a grace period together. */
#define BATCH		512
#define NR_SLOTS	16
#define NR_THREADS	4

static u64 *new_page(u64 word)
{
	u64 *page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		page[i] = word;
	return page;
}

/* Is a page what new_page() made it? */
static bool is_whole(const u64 *page)
{
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		if (!page[i] || page[i] != page[0])
			return false;
	return true;
}

/* A page that was freed after a grace period gave its memory back. */
static bool is_gone(void *page)
{
	unsigned char there;

	shim_require(!mincore(page, PAGE_SIZE, &there));
	return !(there & 1);
}

static void sections_nest(struct kunit *test)
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

static void freed_by_barrier(struct kunit *test)
{
	u64 *page = new_page(1);

	rcu_barrier();
	cnull_page_free_rcu(page);
	KUNIT_EXPECT_FALSE(test, is_gone(page));
	KUNIT_EXPECT_TRUE(test, is_whole(page));
	rcu_barrier();
	KUNIT_EXPECT_TRUE(test, is_gone(page));
}

/* Nobody need call rcu_barrier() for memory to come back. */
static void freed_by_the_batch(struct kunit *test)
{
	u64 *page[BATCH];
	unsigned int i;

	rcu_barrier();
	for (i = 0; i < BATCH; i++)
		page[i] = new_page(i + 1);
	for (i = 0; i < BATCH - 1; i++)
		cnull_page_free_rcu(page[i]);
	for (i = 0; i < BATCH; i++)
		KUNIT_EXPECT_FALSE(test, is_gone(page[i]));
	cnull_page_free_rcu(page[i - 1]);
	for (i = 0; i < BATCH; i++)
		KUNIT_EXPECT_TRUE(test, is_gone(page[i]));
}

/**
 * struct meeting - of a reader, and one who frees what it reads
 * @page: what the reader reads, and others
 * @nr: how many; less than a batch need a barrier
 * @reading: the reader is in its section
 * @left: the reader is about to leave
 * @handed_over: all pages but the last of a batch are on their way
 * @errors: what was not as it should be
 */
struct meeting {
	u64 *page[BATCH];
	unsigned int nr;
	bool reading;
	bool left;
	bool handed_over;
	atomic_long_t errors;
};

/* The section lasts until its last unlock. */
static void read_for_long(struct meeting *m)
{
	rcu_read_lock();
	rcu_read_lock();
	WRITE_ONCE(m->reading, true);
	rcu_read_unlock();
	usleep(50000);
	if (!is_whole(m->page[0]))
		atomic_long_inc(&m->errors);
	WRITE_ONCE(m->left, true);
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
	if (!READ_ONCE(m->left))
		atomic_long_inc(&m->errors);
	for (i = 0; i < m->nr; i++)
		if (!is_gone(m->page[i]))
			atomic_long_inc(&m->errors);
}

static void meet(void *arg, unsigned int nr)
{
	if (nr)
		free_under_reader(arg);
	else
		read_for_long(arg);
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

static void barrier_waits_for_readers(struct kunit *test)
{
	run_meeting(test, 1);
}

static void batch_waits_for_readers(struct kunit *test)
{
	run_meeting(test, BATCH);
}

/* Give back a batch while a reader delays the grace period. */
static void fill_batch(struct meeting *m)
{
	unsigned int i;

	while (!READ_ONCE(m->reading))
		usleep(100);
	for (i = 0; i < BATCH - 1; i++)
		cnull_page_free_rcu(m->page[i]);
	WRITE_ONCE(m->handed_over, true);
	cnull_page_free_rcu(m->page[i]);
}

/* Whichever thread frees them: pages handed over before a barrier are free after it. */
static void wait_for_batch(struct meeting *m)
{
	unsigned int i;

	while (!READ_ONCE(m->handed_over))
		usleep(100);
	usleep(10000);		/* mostly the batch is in flight now */
	rcu_barrier();
	for (i = 0; i < BATCH - 1; i++)
		if (!is_gone(m->page[i]))
			atomic_long_inc(&m->errors);
}

static void meet_batch(void *arg, unsigned int nr)
{
	switch (nr) {
	case 0:
		return read_for_long(arg);
	case 1:
		return fill_batch(arg);
	case 2:
		return wait_for_batch(arg);
	}
}

/* Pages that are no neighbours take long to give back. */
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
 * struct crowd - threads that wait for memory at the same time
 * @page: what each frees, one after the other
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

	/* No neighbours together: to give each back takes a system call. */
	for (round = 0; round < 16; round++) {
		for (i = round; i < BATCH; i += 16)
			cnull_page_free_rcu(crowd->page[nr][i]);
		rcu_barrier();
		for (i = round; i < BATCH; i += 16)
			if (!is_gone(crowd->page[nr][i]))
				atomic_long_inc(&crowd->errors);
	}
}

/* The page of one may go with those that another one waits for. */
static void barriers_at_the_same_time_free_all(struct kunit *test)
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

/** struct board - pages that are read, and replaced, all the time */
struct board {
	u64 *page[NR_SLOTS];
	atomic_long_t errors;
};

/* Half of the threads only read: nothing but RCU tells others when they did. */
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

static void threads_read_and_replace(struct kunit *test)
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
	KUNIT_CASE(sections_nest),
	KUNIT_CASE(freed_by_barrier),
	KUNIT_CASE(freed_by_the_batch),
	KUNIT_CASE(barrier_waits_for_readers),
	KUNIT_CASE(batch_waits_for_readers),
	KUNIT_CASE(barrier_waits_for_batch_of_other_thread),
	KUNIT_CASE(barriers_at_the_same_time_free_all),
	KUNIT_CASE(threads_read_and_replace),
	{}
};

WORLD_SUITE(rcu_urcu, world_no_setup, world_no_teardown, rcu_cases);
