/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory, and the data of requests.
 */
#ifndef SHIM_MEM_H
#define SHIM_MEM_H

#include <sys/uio.h>

#include "base.h"

typedef unsigned int gfp_t;

#define __GFP_ZERO		0x01u
#define __GFP_NOWARN		0x02u
#define __GFP_RETRY_MAYFAIL	0x04u
#define __GFP_NOMEMALLOC	0x08u
#define SHIM_GFP_SLEEPS		0x10u
#define SHIM_GFP_DOES_IO	0x20u
#define GFP_NOWAIT		0u
#define GFP_NOIO		SHIM_GFP_SLEEPS
#define GFP_KERNEL		(SHIM_GFP_SLEEPS | SHIM_GFP_DOES_IO)

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & SHIM_GFP_SLEEPS;
}

void *kzalloc(size_t size, gfp_t gfp);
void kfree(const void *p);

/* Of any size. */
void *kvmalloc(size_t size, gfp_t gfp);
void *kvcalloc(size_t nr, size_t size, gfp_t gfp);
#define kvfree			kfree

void *cnull_page_alloc(gfp_t gfp, int node);
void cnull_page_free(void *page);
void cnull_page_free_rcu(void *page);
static inline void cnull_pages_free_rcu(void *const *pages, unsigned int nr)
{
	while (nr)
		cnull_page_free_rcu(pages[--nr]);
}

/* A place in what kfree_rcu() frees, for the kernel to link it by. */
struct rcu_head {
	void *unused;
};

void shim_kfree_rcu(void *p);
#define kfree_rcu(p, head)	shim_kfree_rcu(p)
#define kvfree_rcu(p, head)	shim_kfree_rcu(p)

bool cnull_memory_is_short(void);

/**
 * struct shim_mem - what tests may know and want of their memory
 * @in_use: allocations that were not freed yet, pages too
 * @fail_at: the allocation that is to fail, counted from 1; 0: none
 * @fail_all: every allocation fails
 * @barrier_helps: until the next rcu_barrier(), that is
 * @call_at: the allocation before which @call is called, as @fail_at
 * @call: with @call_arg, in the thread that asks
 * @call_arg: for @call
 * @fail_nowait: every allocation that must not sleep fails
 * @in_io: no allocation may start I/O: one that could ends the program
 * @is_short: what cnull_memory_is_short() says
 *
 * All are accessed atomically.
 */
struct shim_mem {
	long in_use;
	long fail_at;
	bool fail_all;
	bool barrier_helps;
	long call_at;
	void (*call)(void *arg);
	void *call_arg;
	bool fail_nowait;
	bool in_io;
	bool is_short;
};

extern struct shim_mem shim_mem;

/**
 * struct cnull_iter - a place in the data of a request
 * @vec: the piece it is in
 * @done: bytes of @vec that are behind
 */
struct cnull_iter {
	const struct iovec *vec;
	size_t done;
};

void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len);
void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len);
void cnull_iter_fill(struct cnull_iter *iter, u8 byte, size_t len);
void cnull_iter_skip(struct cnull_iter *iter, size_t len);
void cnull_data_zero(void *data, size_t len);
void cnull_data_copy(void *to, const void *from, size_t len);

#endif
