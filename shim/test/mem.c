// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for tests: allocations are counted, and fail on demand.
 */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>

#include "platform.h"

struct shim_mem shim_mem;

/* Is this the allocation that the countdown @at ends at? */
static bool is_due(long *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED) > 0 &&
	       __atomic_sub_fetch(at, 1, __ATOMIC_RELAXED) == 0;
}

/* Does this allocation fail? End the program if the context forbids @gfp. */
static bool fails(gfp_t gfp)
{
	shim_require(!(gfp & SHIM_GFP_DOES_IO) ||
		     !__atomic_load_n(&shim_mem.in_io, __ATOMIC_RELAXED));
	if (is_due(&shim_mem.call_at))
		shim_mem.call(shim_mem.call_arg);
	if (gfp & SHIM_GFP_SLEEPS)
		might_sleep();
	else if (__atomic_load_n(&shim_mem.fail_nowait, __ATOMIC_RELAXED))
		return true;
	if (__atomic_load_n(&shim_mem.fail_all, __ATOMIC_RELAXED))
		return true;
	return is_due(&shim_mem.fail_at);
}

static void *count(void *p)
{
	shim_require(p);
	__atomic_add_fetch(&shim_mem.in_use, 1, __ATOMIC_RELAXED);
	return p;
}

static void uncount(const void *p)
{
	if (p)
		__atomic_sub_fetch(&shim_mem.in_use, 1, __ATOMIC_RELAXED);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL : count(calloc(1, size));
}

/* Fill the memory, so that a test fails if the engine expects zeroes. */
void *kvmalloc(size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL : memset(count(malloc(size)), 0xa5, size);
}

/* Align the array: its elements may be ____cacheline_aligned. */
void *kvcalloc(size_t nr, size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL :
	       memset(count(aligned_alloc(64, round_up(nr * size, 64UL))), 0,
		      nr * size);
}

void kfree(const void *p)
{
	uncount(p);
	free((void *)p);
}

/* The word of a page is behind it, after a gap that the address sanitizer watches. */
#define WORD_GAP	64

unsigned long *cnull_page_word(void *page)
{
	return page + PAGE_SIZE + WORD_GAP;
}

void *cnull_page_alloc(gfp_t gfp, int node)
{
	void *page = NULL;

	(void)node;
	if (fails(gfp))
		return NULL;
	shim_require(!posix_memalign(&page, PAGE_SIZE, PAGE_SIZE + WORD_GAP +
						       sizeof(unsigned long)));
	memset(count(page), gfp & __GFP_ZERO ? 0 : 0xa5, PAGE_SIZE);
	ASAN_POISON_MEMORY_REGION(page + PAGE_SIZE, WORD_GAP);
	*cnull_page_word(page) = 0;
	return page;
}

void cnull_page_free(void *page)
{
	uncount(page);
	free(page);
}

bool cnull_memory_is_short(void)
{
	return __atomic_load_n(&shim_mem.is_short, __ATOMIC_RELAXED);
}
