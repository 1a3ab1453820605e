/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, in the kernel: everything the engine uses of it
 * is included or defined here. shim/common/platform.h is its twin.
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
 * cnull_page_alloc - get a page of memory
 * @gfp: how
 * @node: NUMA node to take it from, or NUMA_NO_NODE
 *
 * Context: As @gfp says.
 * Return: PAGE_SIZE bytes, aligned to PAGE_SIZE, or NULL.
 */
static inline void *cnull_page_alloc(gfp_t gfp, int node)
{
	struct page *page = alloc_pages_node(node, gfp, 0);

	return page ? page_address(page) : NULL;
}

/**
 * cnull_page_free - give a page back at once
 * @page: from cnull_page_alloc()
 *
 * Context: Any.
 */
static inline void cnull_page_free(void *page)
{
	free_page((unsigned long)page);
}

void cnull_pages_free_rcu(void *const *pages, unsigned int nr);

/**
 * cnull_memory_is_short - is it time to leave the rest to others?
 *
 * What a device stores belongs to no process, so nothing could be killed to get
 * it back: a device larger than memory would end the machine. The last 64th is
 * for everybody else.
 *
 * Context: Any.
 * Return: true if no more data should be stored.
 */
static inline bool cnull_memory_is_short(void)
{
	return si_mem_available() < (long)(totalram_pages() / 64);
}

/* Where the kernel looks for mistakes, so do we, whatever that takes. */
#define CNULL_DEBUG	IS_ENABLED(CONFIG_PROVE_LOCKING)

/* Where the kernel looks for memory that nobody wrote to, reads fill their data. */
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

struct cnull_io;
void cnull_trace_start(const char *disk, const struct cnull_io *io);
void cnull_trace_end(const char *disk, const struct cnull_io *io, int error);
void cnull_trace_zone(const char *disk, unsigned int op, unsigned int nr,
		      unsigned int cond);

/* Kernels that can make a task fail say so of the task: /proc/PID/make-it-fail. */
#define CNULL_TASK_FILTER	IS_ENABLED(CONFIG_FAULT_INJECTION)

/**
 * cnull_task_may_fail - was it asked that the current task fails?
 *
 * Context: Any.
 * Return: true if so.
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
 * cnull_data_zero - zero data that others may read or write meanwhile
 * @data: where
 * @len: how many bytes
 *
 * Context: Any.
 */
static inline void cnull_data_zero(void *data, size_t len)
{
	memset(data, 0, len);
}

/**
 * cnull_data_copy - copy data that others may read or write meanwhile
 * @to: where it goes
 * @from: where it is
 * @len: how many bytes
 *
 * Context: Any.
 */
static inline void cnull_data_copy(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
}

/**
 * struct cnull_iter - a place in the data of a request
 * @bio: the bio it is in
 * @it: the place in @bio
 *
 * A plain value: a copy of it remembers the place. Lives as long as the bios.
 */
struct cnull_iter {
	struct bio *bio;
	struct bvec_iter it;
};

void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len);
void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len);
void cnull_iter_fill(struct cnull_iter *iter, u8 byte, size_t len);
void cnull_iter_skip(struct cnull_iter *iter, size_t len);

#endif
