/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface of memory, and of the data of requests.
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

/* As kzalloc(), for any size; the memory of kvmalloc() is not zeroed. */
void *kvmalloc(size_t size, gfp_t gfp);
void *kvcalloc(size_t nr, size_t size, gfp_t gfp);
#define kvfree			kfree

void *cnull_page_alloc(gfp_t gfp, int node);
void cnull_page_free(void *page);
/* A word of the engine for each page; 0 for a new one. */
unsigned long *cnull_page_word(void *page);

/* The bits of the word that cnull_pages_free_rcu() sets. */
#define CNULL_PAGE_DYING	3UL

void cnull_page_free_rcu(void *page);
static inline void cnull_pages_free_rcu(void *const *pages, unsigned int nr)
{
	while (nr) {
		void *page = pages[--nr];

		__atomic_fetch_or(cnull_page_word(page), CNULL_PAGE_DYING,
				  __ATOMIC_RELAXED);
		cnull_page_free_rcu(page);
	}
}

/**
 * struct rcu_head - a callback after a grace period
 * @func: the function; kfree_rcu() does not use it
 */
struct rcu_head {
	void (*func)(struct rcu_head *head);
};

void shim_call_rcu(struct rcu_head *head);

static inline void call_rcu(struct rcu_head *head,
			    void (*func)(struct rcu_head *head))
{
	head->func = func;
	shim_call_rcu(head);
}

void shim_kfree_rcu(void *p);
#define kfree_rcu(p, head)	shim_kfree_rcu(p)
#define kvfree_rcu(p, head)	shim_kfree_rcu(p)

bool cnull_memory_is_short(void);

/**
 * struct cnull_iter - a position in the data of a request
 * @vec: the current segment
 * @done: offset in @vec, in bytes
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
