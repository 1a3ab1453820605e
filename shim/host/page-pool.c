// SPDX-License-Identifier: GPL-2.0
/*
 * The page pool: pages are cut from chunks of 2 MiB, each of which the kernel can back
 * by one huge page. malloc() would use two pages to align one.
 *
 * A chunk begins with a header, which is found by the address of any of its pages. The
 * header has the words of the pages (cnull_page_word()). Chunks
 * are never unmapped; only the memory behind free pages returns to the system. Threads
 * are spread over several pools, to reduce contention for their locks. Free pages are
 * poisoned for the address sanitizer.
 */
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "mem.h"
#include "page-pool.h"

#define CHUNK_SIZE	(2UL * SZ_1M)
#define CHUNK_PAGES	(CHUNK_SIZE / PAGE_SIZE)
#define CHUNK_WORDS	(CHUNK_PAGES / 64)
#define HEADER_PAGES	2
#define NR_POOLS	4

/**
 * struct pool - chunks that share a lock
 * @lock: guards @free, and the chunks of the pool
 * @free: list of the chunks that have a free page
 */
struct pool {
	pthread_mutex_t lock;
	struct chunk *free;
};

/**
 * struct chunk - the header of CHUNK_PAGES pages, in the first HEADER_PAGES of them
 * @pool: the pool of the chunk; constant
 * @next: the next chunk of &pool.free
 * @nr_used: number of pages in use, the header's pages included
 * @used: a bit for each page in use
 * @dirty: a bit for each page that, if free, may contain other bytes than zeroes
 * @word: a word for each page, which belongs to the user of the page
 *
 * &pool.lock guards all fields but @pool and @word.
 */
struct chunk {
	struct pool *pool;
	struct chunk *next;
	unsigned int nr_used;
	uint64_t used[CHUNK_WORDS];
	uint64_t dirty[CHUNK_WORDS];
	unsigned long word[CHUNK_PAGES];
};

static_assert(sizeof(struct chunk) <= HEADER_PAGES * PAGE_SIZE);

static struct pool pools[NR_POOLS] = {
	[0 ... NR_POOLS - 1] = { .lock = PTHREAD_MUTEX_INITIALIZER },
};

/* Return the pool of the current thread. Threads are assigned to pools in turn. */
static struct pool *my_pool(void)
{
	static unsigned int turn;
	static __thread struct pool *mine;

	if (!mine)
		mine = &pools[__atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED) %
			      NR_POOLS];
	return mine;
}

/* Map a chunk, aligned to its size: map twice the size, and unmap the rest. */
static struct chunk *map_chunk(struct pool *pool)
{
	struct chunk *chunk;
	size_t before;
	char *map = mmap(NULL, 2 * CHUNK_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)map % CHUNK_SIZE;
	if (before)
		munmap(map, before);
	munmap(map + before + CHUNK_SIZE, CHUNK_SIZE - before);
	chunk = (struct chunk *)(map + before);
	madvise(chunk, CHUNK_SIZE, MADV_HUGEPAGE);
	chunk->pool = pool;
	chunk->nr_used = HEADER_PAGES;
	chunk->used[0] = (1 << HEADER_PAGES) - 1;
	ASAN_POISON_MEMORY_REGION((char *)chunk + HEADER_PAGES * PAGE_SIZE,
				  CHUNK_SIZE - HEADER_PAGES * PAGE_SIZE);
	return chunk;
}

static struct chunk *chunk_of(const void *page)
{
	return (struct chunk *)((uintptr_t)page & ~(CHUNK_SIZE - 1));
}

static unsigned int index_of(const void *page)
{
	return ((uintptr_t)page & (CHUNK_SIZE - 1)) >> PAGE_SHIFT;
}

/*
 * Allocate a page of a chunk that has a free one. Set @is_zero to whether the page holds
 * zeroes only. &pool.lock is held.
 */
static void *take_page(struct chunk *chunk, bool *is_zero)
{
	unsigned int word = 0, bit;
	void *page;

	while (!~chunk->used[word])
		word++;
	bit = __builtin_ctzll(~chunk->used[word]);
	chunk->used[word] |= 1ULL << bit;
	chunk->nr_used++;
	*is_zero = !(chunk->dirty[word] >> bit & 1);
	chunk->word[word * 64 + bit] = 0;
	page = (char *)chunk + (word * 64UL + bit) * PAGE_SIZE;
	ASAN_UNPOISON_MEMORY_REGION(page, PAGE_SIZE);
	return page;
}

/* Free the page @index of a chunk. @is_zero: it holds zeroes. &pool.lock is held. */
static void put_page(struct chunk *chunk, unsigned int index, bool is_zero)
{
	uint64_t mask = 1ULL << index % 64;

	shim_require(chunk->used[index / 64] & mask);
	ASAN_POISON_MEMORY_REGION((char *)chunk + index * PAGE_SIZE, PAGE_SIZE);
	chunk->used[index / 64] &= ~mask;
	if (is_zero)
		chunk->dirty[index / 64] &= ~mask;
	else
		chunk->dirty[index / 64] |= mask;
	if (chunk->nr_used-- == CHUNK_PAGES) {
		chunk->next = chunk->pool->free;
		chunk->pool->free = chunk;
	}
}

/*
 * Allocate a page of a pool. Return NULL if the pool has no free page and cannot map a
 * chunk, or @may_grow is false.
 */
static void *take_from(struct pool *pool, bool may_grow, bool *is_zero)
{
	struct chunk *chunk;
	void *page = NULL;

	pthread_mutex_lock(&pool->lock);
	if (!pool->free && may_grow)
		pool->free = map_chunk(pool);
	chunk = pool->free;
	if (chunk) {
		page = take_page(chunk, is_zero);
		if (chunk->nr_used == CHUNK_PAGES)
			pool->free = chunk->next;
	}
	pthread_mutex_unlock(&pool->lock);
	return page;
}

/*
 * Try the pool of the current thread first. If no chunk can be mapped, try all pools: a
 * freed page is in the pool of its chunk, which may be another thread's.
 */
void *cnull_page_alloc(gfp_t gfp, int node)
{
	bool is_zero;
	void *page = take_from(my_pool(), true, &is_zero);
	unsigned int i;

	(void)node;
	for (i = 0; !page && i < NR_POOLS; i++)
		page = take_from(&pools[i], false, &is_zero);
	if (page && gfp & __GFP_ZERO && !is_zero)
		memset(page, 0, PAGE_SIZE);
	return page;
}

unsigned long *cnull_page_word(void *page)
{
	return &chunk_of(page)->word[index_of(page)];
}

void cnull_page_free(void *page)
{
	struct chunk *chunk = chunk_of(page);

	pthread_mutex_lock(&chunk->pool->lock);
	put_page(chunk, index_of(page), false);
	pthread_mutex_unlock(&chunk->pool->lock);
}

static int by_address(const void *a, const void *b)
{
	const char *page_a = *(char *const *)a, *page_b = *(char *const *)b;

	return (page_a > page_b) - (page_a < page_b);
}

/**
 * page_pool_give_back - free pages, and return their memory to the system
 * @pages: the pages, which have no users; sorted by this function
 * @nr: number of @pages
 *
 * This takes one system call for each run of adjacent pages.
 *
 * Context: May sleep.
 */
void page_pool_give_back(void **pages, unsigned int nr)
{
	qsort(pages, nr, sizeof(*pages), by_address);
	while (nr) {
		struct chunk *chunk = chunk_of(*pages);
		unsigned int n = 1, i;
		bool is_zero;

		/* A run ends with its chunk, because the next chunk begins with a header. */
		while (n < nr && pages[n] == (char *)*pages + n * PAGE_SIZE)
			n++;
		is_zero = !madvise(*pages, n * PAGE_SIZE, MADV_DONTNEED);
		pthread_mutex_lock(&chunk->pool->lock);
		for (i = 0; i < n; i++)
			put_page(chunk, index_of(pages[i]), is_zero);
		pthread_mutex_unlock(&chunk->pool->lock);
		pages += n;
		nr -= n;
	}
}
