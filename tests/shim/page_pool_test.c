// SPDX-License-Identifier: GPL-2.0
/*
 * Pages cut from huge ones. Each test begins and ends with all pages free.
 */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "page-pool.h"
#include "world.h"

#define CHUNK_SIZE	(2UL * SZ_1M)
/* All but the one with the chunk's header. */
#define CHUNK_PAGES	(CHUNK_SIZE / PAGE_SIZE - 1)
#define MOST_PAGES	(4 * CHUNK_PAGES + 100)
#define NR_THREADS	4

/* The runner's wishes: memory for use neither counts nor fails on demand. */
struct shim_mem shim_mem;

/** struct fixture - pages that a test has */
struct fixture {
	unsigned int nr;
	u64 *page[MOST_PAGES];
};

static int pool_init(struct kunit *test)
{
	test->priv = kzalloc(sizeof(struct fixture), GFP_KERNEL);
	return 0;
}

static void pool_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	while (f->nr)
		cnull_page_free(f->page[--f->nr]);
	kfree(f);
}

static bool is_zero(const u64 *page)
{
	static const u8 zeros[PAGE_SIZE];

	return !memcmp(page, zeros, PAGE_SIZE);
}

/* No two pages have the same words, at the same time or one after the other. */
static void mark(u64 *page, u64 stamp)
{
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		page[i] = (uintptr_t)&page[i] ^ stamp << 48;
}

static bool is_marked(const u64 *page, u64 stamp)
{
	size_t i;

	for (i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		if (page[i] != ((uintptr_t)&page[i] ^ stamp << 48))
			return false;
	return true;
}

static void take(struct kunit *test, unsigned int nr, gfp_t gfp)
{
	struct fixture *f = test->priv;

	while (nr--) {
		u64 *page = cnull_page_alloc(gfp, NUMA_NO_NODE);

		KUNIT_ASSERT_TRUE(test, page);
		KUNIT_ASSERT_EQ(test, offset_in_page(page), 0);
		f->page[f->nr++] = page;
		if (gfp & __GFP_ZERO)
			KUNIT_ASSERT_TRUE(test, is_zero(page));
		mark(page, 1);
	}
}

static void shuffle(struct fixture *f, struct rng *rng)
{
	unsigned int i;

	for (i = f->nr; i > 1; i--) {
		unsigned int j = rng_below(rng, i);
		u64 *page = f->page[j];

		f->page[j] = f->page[i - 1];
		f->page[i - 1] = page;
	}
}

/* Free the last @nr pages of the fixture, in one of both ways. */
static void drop(struct kunit *test, unsigned int nr, bool give_back)
{
	struct fixture *f = test->priv;
	unsigned int i;

	f->nr -= nr;
	for (i = f->nr; i < f->nr + nr; i++)
		KUNIT_EXPECT_TRUE(test, is_marked(f->page[i], 1));
	if (give_back) {
		page_pool_give_back((void **)f->page + f->nr, nr);
		return;
	}
	for (i = f->nr; i < f->nr + nr; i++)
		cnull_page_free(f->page[i]);
}

static int by_address(const void *a, const void *b)
{
	const u64 *page_a = *(u64 *const *)a, *page_b = *(u64 *const *)b;

	return (page_a > page_b) - (page_a < page_b);
}

/* Every page of a chunk but its first is used, and none twice. */
static void chunks_are_used_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	take(test, 3 * CHUNK_PAGES, GFP_KERNEL);
	qsort(f->page, f->nr, sizeof(*f->page), by_address);
	for (i = 0; i < f->nr; i++) {
		u64 place = (uintptr_t)f->page[i] % CHUNK_SIZE;

		KUNIT_EXPECT_EQ(test, place, (i % CHUNK_PAGES + 1) * PAGE_SIZE);
	}
	drop(test, f->nr, false);
}

/* What was freed, in whatever order, is what is used next. */
static void free_pages_are_used_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	static u64 *first[MOST_PAGES];
	unsigned int round;

	for (round = 0; round < world_times(10); round++) {
		take(test, MOST_PAGES, GFP_KERNEL);
		qsort(f->page, f->nr, sizeof(*f->page), by_address);
		if (!round)
			memcpy(first, f->page, sizeof(first));
		KUNIT_EXPECT_EQ(test, memcmp(first, f->page, sizeof(first)), 0);
		shuffle(f, &rng);
		drop(test, f->nr, round % 2);
	}
}

/* Whatever was in a page before, and however it came back. */
static void zero_when_asked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	for (i = 0; i < world_times(500); i++) {
		if (rng_below(&rng, 2)) {
			take(test, rng_below(&rng, MOST_PAGES - f->nr) / 8,
			     rng_below(&rng, 2) ? __GFP_ZERO : 0);
			continue;
		}
		/* Neighbours sometimes, scattered pages at other times. */
		if (rng_below(&rng, 2))
			shuffle(f, &rng);
		drop(test, rng_below(&rng, f->nr + 1), rng_below(&rng, 2));
	}
}

static bool has_memory(void *page)
{
	unsigned char there;

	shim_require(!mincore(page, PAGE_SIZE, &there));
	return there & 1;
}

/* Of pages that are given back the memory is gone, and of no others. */
static void memory_is_given_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	take(test, MOST_PAGES, GFP_KERNEL);
	shuffle(f, &rng);
	drop(test, MOST_PAGES / 3, true);
	for (i = f->nr; i < MOST_PAGES; i++)
		KUNIT_EXPECT_FALSE(test, has_memory(f->page[i]));
	for (i = 0; i < f->nr; i++)
		KUNIT_EXPECT_TRUE(test, has_memory(f->page[i]));
	drop(test, f->nr, true);
	for (i = 0; i < MOST_PAGES; i++)
		KUNIT_EXPECT_FALSE(test, has_memory(f->page[i]));
}

/** struct market - where threads leave pages to each other */
struct market {
	u64 *page[3000];
	atomic_long_t errors;
};

/* Put a page, or none, into some place, and free what was there. */
static void trade(void *arg, unsigned int nr)
{
	struct market *market = arg;
	struct rng rng = rng_start(nr);
	void *given[64];
	unsigned int i, nr_given = 0;

	for (i = 0; i < world_times(20000); i++) {
		gfp_t gfp = rng_below(&rng, 2) ? __GFP_ZERO : 0;
		u64 *page = NULL;

		if (rng_below(&rng, 2)) {
			page = cnull_page_alloc(gfp, NUMA_NO_NODE);
			if (gfp && !is_zero(page))
				atomic_long_inc(&market->errors);
			mark(page, 2);
		}
		page = xchg(&market->page[rng_below(&rng, 3000)], page);
		if (!page)
			continue;
		if (!is_marked(page, 2))
			atomic_long_inc(&market->errors);
		if (rng_below(&rng, 2))
			cnull_page_free(page);
		else
			given[nr_given++] = page;
		if (nr_given == ARRAY_SIZE(given)) {
			page_pool_give_back(given, nr_given);
			nr_given = 0;
		}
	}
	page_pool_give_back(given, nr_given);
}

static void threads_free_for_each_other(struct kunit *test)
{
	static struct market market;
	unsigned int i;

	world_threads(NR_THREADS, trade, &market);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&market.errors), 0);
	for (i = 0; i < ARRAY_SIZE(market.page); i++)
		if (market.page[i])
			cnull_page_free(market.page[i]);
	memset(&market, 0, sizeof(market));
}

/* The linker sends the pool's calls of mmap() here. */
static bool no_mappings;

void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at);

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	if (READ_ONCE(no_mappings)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return __real_mmap(addr, len, prot, flags, fd, at);
}

/**
 * struct shortage - threads that share the last free page
 * @taken: pages in use, each with a pointer to the next one
 * @turn: the thread that runs; the others wait
 * @errors: threads that did not get the page
 */
struct shortage {
	void **taken;
	unsigned int turn;
	atomic_long_t errors;
};

/* Take all pages; then free one, which the next thread must get. */
static void take_last_page(void *arg, unsigned int nr)
{
	struct shortage *s = arg;
	void **page;

	while (smp_load_acquire(&s->turn) != nr)
		usleep(100);
	page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	if (!page)
		atomic_long_inc(&s->errors);
	while (page) {
		*page = s->taken;
		s->taken = page;
		page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	}
	if (s->taken) {
		page = s->taken;
		s->taken = *page;
		cnull_page_free(page);
	}
	smp_store_release(&s->turn, nr + 1);
}

/* Each thread starts with a pool of its own. */
static void freed_page_without_mappings_serves_any_thread(struct kunit *test)
{
	struct shortage s = { 0 };

	take(test, 1, GFP_KERNEL);	/* there is a chunk */
	WRITE_ONCE(no_mappings, true);
	world_threads(NR_THREADS, take_last_page, &s);
	WRITE_ONCE(no_mappings, false);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s.errors), 0);
	while (s.taken) {
		void **page = s.taken;

		s.taken = *page;
		cnull_page_free(page);
	}
}

#ifdef __SANITIZE_ADDRESS__
/* The address sanitizer knows which pages of a chunk are free. */
static void free_pages_are_poisoned(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i, free = 0;
	char *chunk;

	take(test, CHUNK_PAGES / 2, GFP_KERNEL);
	shuffle(f, &rng);
	drop(test, 50, true);
	drop(test, 50, false);
	for (i = 0; i < f->nr; i++)
		KUNIT_EXPECT_FALSE(test, __asan_region_is_poisoned(f->page[i],
								   PAGE_SIZE));
	chunk = (char *)f->page[0] - (uintptr_t)f->page[0] % CHUNK_SIZE;
	for (i = 1; i <= CHUNK_PAGES; i++)
		free += __asan_address_is_poisoned(chunk + i * PAGE_SIZE) &&
			__asan_address_is_poisoned(chunk + (i + 1) * PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, free, CHUNK_PAGES - f->nr);
}
#endif

static struct kunit_case pool_cases[] = {
#ifdef __SANITIZE_ADDRESS__
	KUNIT_CASE(free_pages_are_poisoned),
#endif
	KUNIT_CASE(chunks_are_used_up),
	KUNIT_CASE(free_pages_are_used_again),
	KUNIT_CASE(zero_when_asked),
	KUNIT_CASE(memory_is_given_back),
	KUNIT_CASE(threads_free_for_each_other),
	KUNIT_CASE(freed_page_without_mappings_serves_any_thread),
	{}
};

WORLD_SUITE(page_pool, pool_init, pool_exit, pool_cases);
