/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The volatile write cache: data that was written, and is not durable yet. cache.c
 * has the rules for concurrent use.
 */
#ifndef CNULL_CACHE_H
#define CNULL_CACHE_H

#include "cache/entry.h"

/**
 * struct cnull_cache - the write cache of one device
 * @store: the store below it; constant
 * @pages: the entries, by the index of their page; its nodes are stable (see map.c)
 * @frames: the same entries, by their place in the ring of @nr_frames; its nodes are
 *	stable
 * @entries: the memory of the entries; an entry is charged before it is inserted
 * @nr_frames: capacity in pages; constant
 * @hand: the last turn that was given to an entry; the frame follows from the turn
 * @tail: the frames of turns up to this one are empty, except frames that were just
 *	filled by a writer that is about to lower @tail
 * @flushing: held by a flush. A second flush waits for the first one, because the
 *	first has moved @tail, but may not have written back all entries below it
 */
struct cnull_cache {
	struct cnull_store *store;
	struct cnull_map pages;
	struct cnull_map frames;
	struct cnull_entries entries;
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
int cnull_cache_clear(struct cnull_cache *cache, u64 pos, u64 len,
		      enum cnull_clear how);
void cnull_cache_flush(struct cnull_cache *cache);
void cnull_cache_flush_range(struct cnull_cache *cache, u64 pos, u64 len);
void cnull_cache_each(struct cnull_cache *cache,
		      void (*fn)(void *arg, u64 sector), void *arg);
u64 cnull_cache_gap(struct cnull_cache *cache, u64 pos, u64 len);

#endif
