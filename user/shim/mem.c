// SPDX-License-Identifier: GPL-2.0
/*
 * Memory: allocation that counts and fails on demand, and the data of requests.
 */
#include <stdlib.h>

#include "lock.h"
#include "mem.h"

struct shim_mem shim_mem;

/* Is this one to fail? Also checks that it may be asked for here. */
static bool fails(gfp_t gfp)
{
	shim_require(!(gfp & SHIM_GFP_DOES_IO) ||
		     !__atomic_load_n(&shim_mem.in_io, __ATOMIC_RELAXED));
	if (gfp & SHIM_GFP_SLEEPS)
		might_sleep();
	else if (__atomic_load_n(&shim_mem.fail_nowait, __ATOMIC_RELAXED))
		return true;
	if (__atomic_load_n(&shim_mem.fail_all, __ATOMIC_RELAXED))
		return true;
	return __atomic_load_n(&shim_mem.fail_at, __ATOMIC_RELAXED) > 0 &&
	       __atomic_sub_fetch(&shim_mem.fail_at, 1, __ATOMIC_RELAXED) == 0;
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

void kfree(const void *p)
{
	uncount(p);
	free((void *)p);
}

void *cnull_page_alloc(gfp_t gfp, int node)
{
	void *page;

	(void)node;
	if (fails(gfp))
		return NULL;
	page = count(aligned_alloc(PAGE_SIZE, PAGE_SIZE));
	/* What is not asked to be zero is anything but. */
	memset(page, gfp & __GFP_ZERO ? 0 : 0xa5, PAGE_SIZE);
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

/*
 * Data that overlapping requests may touch at the same time: what comes of it
 * is up to them, so the thread sanitizer is not to report it.
 */
static void copy_data(void *to, const void *from, size_t len)
{
#ifdef __SANITIZE_THREAD__
	size_t i;

	for (i = 0; i < len; i++)
		__atomic_store_n((u8 *)to + i,
				 __atomic_load_n((const u8 *)from + i,
						 __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
#else
	memcpy(to, from, len);
#endif
}

void cnull_data_zero(void *data, size_t len)
{
	static const u8 zeros[PAGE_SIZE];

	copy_data(data, zeros, len);
}

/* The next piece of at most @len bytes; its length goes to @piece. */
static void *iter_piece(struct cnull_iter *iter, size_t len, size_t *piece)
{
	void *at;

	while (iter->done == iter->vec->iov_len) {
		iter->vec++;
		iter->done = 0;
	}
	at = (char *)iter->vec->iov_base + iter->done;
	*piece = min(len, iter->vec->iov_len - iter->done);
	iter->done += *piece;
	return at;
}

void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len)
{
	size_t n;

	for (; len; len -= n, to = (char *)to + n) {
		const void *at = iter_piece(iter, len, &n);

		copy_data(to, at, n);
	}
}

void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len)
{
	size_t n;

	for (; len; len -= n, from = (const char *)from + n) {
		void *at = iter_piece(iter, len, &n);

		copy_data(at, from, n);
	}
}

void cnull_iter_zero(struct cnull_iter *iter, size_t len)
{
	size_t n;

	for (; len; len -= n) {
		void *at = iter_piece(iter, len, &n);

		memset(at, 0, n);
	}
}
