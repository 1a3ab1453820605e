/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The volatile write cache: what was written, and is not durable yet.
 */
#ifndef CNULL_CACHE_H
#define CNULL_CACHE_H

#include "store/store.h"

/**
 * struct cnull_cache - the write cache of one device
 * @store: what is below it; constant
 * @pages: its entries, by the index of their page
 * @frames: the same, by their place in the ring; there are @nr_frames
 * @budget: its entries, one page each; charged before an entry can be found
 * @nr_frames: so many pages it holds; constant
 * @hand: the turn that was taken last; the next frame follows from it
 * @tail: frames of turns up to this one are empty, but for those that are about
 *	to lower it
 * @flushing: held by a flush: a second one is not to end before the first has
 *	brought to the store what it took from the second
 *
 * See cache.c for who may do what at the same time.
 */
struct cnull_cache {
	struct cnull_store *store;
	struct cnull_map pages;
	struct cnull_map frames;
	struct cnull_budget budget;
	unsigned long nr_frames;
	atomic_long_t hand;
	atomic_long_t tail;
	struct mutex flushing;
};

void cnull_cache_init(struct cnull_cache *cache, struct cnull_store *store,
		      u64 bytes, unsigned long nr_frames, int home_node);
void cnull_cache_destroy(struct cnull_cache *cache);

void cnull_cache_read(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *to);
int cnull_cache_write(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp);
int cnull_cache_write_through(struct cnull_cache *cache, u64 pos, u64 len,
			      struct cnull_iter *from, gfp_t gfp);
void cnull_cache_clear(struct cnull_cache *cache, u64 pos, u64 len,
		       enum cnull_clear how);
void cnull_cache_flush(struct cnull_cache *cache);
void cnull_cache_flush_range(struct cnull_cache *cache, u64 pos, u64 len);
void cnull_cache_each(struct cnull_cache *cache,
		      void (*fn)(void *arg, u64 sector), void *arg);
u64 cnull_cache_gap(struct cnull_cache *cache, u64 pos, u64 len);

#endif
