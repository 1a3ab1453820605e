/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store: what was written to a memory-backed device, as a sparse map from
 * page index to page.
 */
#ifndef CNULL_STORE_H
#define CNULL_STORE_H

#include "tree.h"

/**
 * struct cnull_store - the data of one device
 * @tree: its pages, by their index
 *
 * See store.c for who may do what at the same time.
 */
struct cnull_store {
	struct cnull_tree tree;
};

/* How many sectors a page has. */
#define CNULL_PAGE_SECTORS	(PAGE_SIZE >> SECTOR_SHIFT)

/**
 * enum cnull_fetch - what to fetch for a request
 * @CNULL_FETCH_SLOT: where its first page is said to be
 * @CNULL_FETCH_PAGE: the page: best when the slot has come
 */
enum cnull_fetch {
	CNULL_FETCH_SLOT,
	CNULL_FETCH_PAGE,
};

/**
 * enum cnull_clear - what becomes of pages whose data is forgotten as a whole
 * @CNULL_CLEAR_FREE: they are given back
 * @CNULL_CLEAR_ERASE: they are zeroed, and given back
 * @CNULL_CLEAR_KEEP: they are zeroed, and stay
 */
enum cnull_clear {
	CNULL_CLEAR_FREE,
	CNULL_CLEAR_ERASE,
	CNULL_CLEAR_KEEP,
};

void cnull_store_init(struct cnull_store *store);
void cnull_store_destroy(struct cnull_store *store);
int cnull_store_prepare(struct cnull_store *store, u64 bytes, int home_node);

void cnull_store_prefetch(struct cnull_store *store, u64 pos,
			  enum cnull_fetch what);
void cnull_store_read(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *to);
int cnull_store_write(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp);
void cnull_store_clear(struct cnull_store *store, u64 pos, u64 len,
		       enum cnull_clear how);
bool cnull_store_reserve(struct cnull_store *store, u64 index, gfp_t gfp);
bool cnull_store_merge(struct cnull_store *store, u64 index, void *page,
		       const bool *valid);
void *cnull_store_forget(struct cnull_store *store, u64 pos, size_t len,
			 enum cnull_clear how);
u64 cnull_store_extent(struct cnull_store *store, u64 pos, u64 len,
		       bool *is_data);

#endif
