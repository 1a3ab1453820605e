/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, in the kernel: the only header of its surroundings that the
 * engine includes. shim/test/platform.h and shim/host/platform.h are the variants for
 * user space.
 */
#ifndef CNULL_PLATFORM_H
#define CNULL_PLATFORM_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/kstrtox.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/overflow.h>
#include <linux/prefetch.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tracepoint-defs.h>
#include <linux/types.h>
#include <linux/wait_bit.h>

#include "compat.h"

/**
 * cnull_page_alloc - allocate a page
 * @gfp: flags of the allocation; zeroed with __GFP_ZERO only
 * @node: NUMA node of the page, or NUMA_NO_NODE
 *
 * Context: As @gfp says.
 * Return: The address of PAGE_SIZE bytes, aligned to PAGE_SIZE, or NULL.
 */
static inline void *cnull_page_alloc(gfp_t gfp, int node)
{
	struct page *page = alloc_pages_node(node, gfp, 0);

	return page ? page_address(page) : NULL;
}

/**
 * cnull_page_free - free a page at once
 * @page: a page from cnull_page_alloc() that no reader uses
 *
 * Context: Any.
 */
static inline void cnull_page_free(void *page)
{
	free_page((unsigned long)page);
}

/* The bits of a page's word that cnull_pages_free_rcu() sets. */
#define CNULL_PAGE_DYING	3UL

/**
 * cnull_page_word - return the word that belongs to a page
 * @page: a page from cnull_page_alloc()
 *
 * The word of a new page is 0. The engine may use the word until cnull_pages_free_rcu(),
 * which sets the bits %CNULL_PAGE_DYING, and changes the others.
 *
 * Context: Any.
 * Return: the word.
 */
static inline unsigned long *cnull_page_word(void *page)
{
	return &virt_to_page(page)->private;
}

void cnull_pages_free_rcu(void *const *pages, unsigned int nr);

/**
 * cnull_memory_is_short - is too little memory left to store more data?
 *
 * The data of a device belongs to no process, so the OOM killer cannot free it: a device
 * larger than memory would take the machine down. So 1/64 of all memory is left to
 * others.
 *
 * Context: Any.
 * Return: true if less than 1/64 of all memory is available.
 */
static inline bool cnull_memory_is_short(void)
{
	return si_mem_available() < (long)(totalram_pages() / 64);
}

/* Enable all checks of the engine, including slow ones, in kernels with lockdep. */
#define CNULL_DEBUG	IS_ENABLED(CONFIG_PROVE_LOCKING)

/*
 * Reads of a device without memory fill their data, in kernels with KMSAN: it would report
 * the uninitialized data.
 */
#define CNULL_FILL_READS	IS_ENABLED(CONFIG_KMSAN)

/* The tracepoints of requests and zones: trace.h. */
DECLARE_TRACEPOINT(cnull_start);
DECLARE_TRACEPOINT(cnull_end);

/**
 * cnull_traces_start - is the start of requests traced, or needed for their end?
 *
 * Context: Any.
 * Return: true if a tracepoint is enabled: a static branch.
 */
static inline bool cnull_traces_start(void)
{
	return tracepoint_enabled(cnull_start) || tracepoint_enabled(cnull_end);
}

/**
 * cnull_traces_end - is the end of requests traced?
 *
 * Context: Any.
 * Return: true if the tracepoint is enabled: a static branch.
 */
static inline bool cnull_traces_end(void)
{
	return tracepoint_enabled(cnull_end);
}

void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
		       u64 nr_sectors, unsigned int queue);
void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
		     u64 nr_sectors, unsigned int queue, int error, u64 start);
void cnull_trace_zone(const char *disk, unsigned int op, unsigned int nr,
		      unsigned int cond);

/* Kernels with fault injection have /proc/PID/make-it-fail, for the option task_filter. */
#define CNULL_TASK_FILTER	IS_ENABLED(CONFIG_FAULT_INJECTION)

/**
 * cnull_task_may_fail - is the current task selected by /proc/PID/make-it-fail?
 *
 * Context: Any.
 * Return: true if the task is selected; false in interrupts.
 */
static inline bool cnull_task_may_fail(void)
{
#ifdef CONFIG_FAULT_INJECTION
	return in_task() && current->make_it_fail;
#else
	return false;
#endif
}

/**
 * cnull_data_zero - zero data that overlapping requests may access at the same time
 * @data: start of the data
 * @len: number of bytes, PAGE_SIZE at most
 *
 * Context: Any.
 */
static inline void cnull_data_zero(void *data, size_t len)
{
	memset(data, 0, len);
}

/**
 * cnull_data_copy - copy data that overlapping requests may access at the same time
 * @to: start of the destination
 * @from: start of the source
 * @len: number of bytes
 *
 * The architecture's copy of a page is faster than a copy of as many bytes. KMSAN does
 * not instrument it.
 *
 * Context: Any.
 */
static inline void cnull_data_copy(void *to, const void *from, size_t len)
{
	if (len == PAGE_SIZE && !IS_ENABLED(CONFIG_KMSAN) &&
	    !offset_in_page((unsigned long)to | (unsigned long)from))
		copy_page(to, (void *)from);
	else
		memcpy(to, from, len);
}

/**
 * struct cnull_iter - a position in the data of a request
 * @at: the address of the position; not valid before the first segment
 * @left: the rest of the current segment from @at on, in bytes
 * @size: the rest of the current bio behind that segment, in bytes
 * @vec: the next segment of the current bio; not valid if @size is 0
 * @next: the bio after the current one
 *
 * This is a plain value: a copy keeps the position. It is valid as long as the bios.
 */
struct cnull_iter {
	void *at;
	unsigned int left;
	unsigned int size;
	const struct bio_vec *vec;
	struct bio *next;
};

/**
 * cnull_iter_init - begin at the start of the data of a bio, and of those linked to it
 * @iter: set to that position
 * @bio: the first bio; NULL if the request has no data
 *
 * Context: Any.
 */
static inline void cnull_iter_init(struct cnull_iter *iter, struct bio *bio)
{
	iter->left = 0;
	iter->size = 0;
	iter->next = bio;
}

void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len);
void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len);
void cnull_iter_fill(struct cnull_iter *iter, u8 byte, size_t len);
void cnull_iter_skip(struct cnull_iter *iter, size_t len);

#endif
