// SPDX-License-Identifier: GPL-2.0
/*
 * The page pool. Each test begins and ends with all pages free.
 */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "page-pool.h"
#include "world.h"

#define CHUNK_SIZE	(2UL * SZ_1M)
/* Pages of a chunk without the page of the header. */
#define HEADER_PAGES	2
#define CHUNK_PAGES	(CHUNK_SIZE / PAGE_SIZE - HEADER_PAGES)
#define MAX_PAGES	(4 * CHUNK_PAGES + 100)
#define NR_THREADS	4

/* The runner writes this. It has no effect: shim/host/mem.c neither counts nor fails. */
struct shim_mem shim_mem;

/** struct fixture - the pages that a test has allocated */
struct fixture {
	unsigned int nr;
	u64 *page[MAX_PAGES];
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

/* Fill a page with words that depend on their addresses and on @stamp. */
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

/* Allocate @nr pages, and check their alignment, and their zeroes with __GFP_ZERO. */
static void alloc_pages(struct kunit *test, unsigned int nr, gfp_t gfp)
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

/* Free the last @nr pages of the fixture: return their memory to the system, or not. */
static void free_pages(struct kunit *test, unsigned int nr, bool give_back)
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

/* Every page of a chunk except the first is allocated, and no page is allocated twice. */
static void alloc_uses_whole_chunks(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	alloc_pages(test, 3 * CHUNK_PAGES, GFP_KERNEL);
	qsort(f->page, f->nr, sizeof(*f->page), by_address);
	for (i = 0; i < f->nr; i++) {
		u64 offset = (uintptr_t)f->page[i] % CHUNK_SIZE;

		KUNIT_EXPECT_EQ(test, offset, (i % CHUNK_PAGES + HEADER_PAGES) * PAGE_SIZE);
	}
	free_pages(test, f->nr, false);
}

/* The order of the frees does not matter. */
static void alloc_after_free_reuses_pages(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	static u64 *first[MAX_PAGES];
	unsigned int round;

	for (round = 0; round < world_times(10); round++) {
		alloc_pages(test, MAX_PAGES, GFP_KERNEL);
		qsort(f->page, f->nr, sizeof(*f->page), by_address);
		if (!round)
			memcpy(first, f->page, sizeof(first));
		KUNIT_EXPECT_EQ(test, memcmp(first, f->page, sizeof(first)), 0);
		shuffle(f, &rng);
		free_pages(test, f->nr, round % 2);
	}
}

/* Pages were dirty before, and were freed in either way. */
static void alloc_with_zero_flag_returns_zeroes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	for (i = 0; i < world_times(500); i++) {
		if (rng_below(&rng, 2)) {
			alloc_pages(test, rng_below(&rng, MAX_PAGES - f->nr) / 8,
				    rng_below(&rng, 2) ? __GFP_ZERO : 0);
			continue;
		}
		/* Free adjacent pages in some rounds, scattered pages in others. */
		if (rng_below(&rng, 2))
			shuffle(f, &rng);
		free_pages(test, rng_below(&rng, f->nr + 1), rng_below(&rng, 2));
	}
}

static bool has_memory(void *page)
{
	unsigned char resident;

	shim_require(!mincore(page, PAGE_SIZE, &resident));
	return resident & 1;
}

/* Other pages keep their memory. */
static void give_back_releases_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	alloc_pages(test, MAX_PAGES, GFP_KERNEL);
	shuffle(f, &rng);
	free_pages(test, MAX_PAGES / 3, true);
	for (i = f->nr; i < MAX_PAGES; i++)
		KUNIT_EXPECT_FALSE(test, has_memory(f->page[i]));
	for (i = 0; i < f->nr; i++)
		KUNIT_EXPECT_TRUE(test, has_memory(f->page[i]));
	free_pages(test, f->nr, true);
	for (i = 0; i < MAX_PAGES; i++)
		KUNIT_EXPECT_FALSE(test, has_memory(f->page[i]));
}

/** struct market - slots through which threads exchange pages */
struct market {
	u64 *page[3000];
	atomic_long_t errors;
};

/* Replace the page of a random slot by a new one, or by none, and free the old page. */
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

static void pages_freed_by_other_threads_stay_intact(struct kunit *test)
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

/* The linker redirects the calls of mmap() to __wrap_mmap(). */
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
 * struct shortage - threads that allocate the last free page in turn
 * @taken: list of the pages in use, each with a pointer to the next one
 * @turn: number of the thread that runs; the others wait
 * @errors: number of threads whose allocation failed
 */
struct shortage {
	void **taken;
	unsigned int turn;
	atomic_long_t errors;
};

/* Allocate all pages; then free one, which the next thread must get. */
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

/* Each thread starts with another pool, so it must find the page in a foreign pool. */
static void alloc_without_mappings_takes_page_of_any_pool(struct kunit *test)
{
	struct shortage s = { 0 };

	alloc_pages(test, 1, GFP_KERNEL);	/* map a chunk */
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
/* No other pages of the chunk are poisoned for the address sanitizer. */
static void free_pages_are_poisoned(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i, nr_free = 0;
	char *chunk;

	alloc_pages(test, CHUNK_PAGES / 2, GFP_KERNEL);
	shuffle(f, &rng);
	free_pages(test, 50, true);
	free_pages(test, 50, false);
	for (i = 0; i < f->nr; i++)
		KUNIT_EXPECT_FALSE(test, __asan_region_is_poisoned(f->page[i],
								   PAGE_SIZE));
	chunk = (char *)f->page[0] - (uintptr_t)f->page[0] % CHUNK_SIZE;
	for (i = HEADER_PAGES; i < CHUNK_PAGES + HEADER_PAGES; i++)
		nr_free += __asan_address_is_poisoned(chunk + i * PAGE_SIZE) &&
			__asan_address_is_poisoned(chunk + (i + 1) * PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, nr_free, CHUNK_PAGES - f->nr);
}
#endif

static struct kunit_case pool_cases[] = {
#ifdef __SANITIZE_ADDRESS__
	KUNIT_CASE(free_pages_are_poisoned),
#endif
	KUNIT_CASE(alloc_uses_whole_chunks),
	KUNIT_CASE(alloc_after_free_reuses_pages),
	KUNIT_CASE(alloc_with_zero_flag_returns_zeroes),
	KUNIT_CASE(give_back_releases_memory),
	KUNIT_CASE(pages_freed_by_other_threads_stay_intact),
	KUNIT_CASE(alloc_without_mappings_takes_page_of_any_pool),
	{}
};

WORLD_SUITE(page_pool, pool_init, pool_exit, pool_cases);
