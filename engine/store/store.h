/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store: what was written to a memory-backed device, as a sparse map from
 * page index to page.
 */
#ifndef CNULL_STORE_H
#define CNULL_STORE_H

#include "store/budget.h"
#include "store/map.h"

/**
 * struct cnull_store - the data of one device
 * @map: its pages, by their index
 * @budget: its pages, counted
 *
 * See store.c for who may do what at the same time.
 */
struct cnull_store {
	struct cnull_map map;
	struct cnull_budget budget;
};

struct cnull_spare;

/**
 * struct cnull_spares - pages that a write has in hand
 * @first: the first one, by the place where it is to go; NULL if there is none
 * @last: the last one
 */
struct cnull_spares {
	struct cnull_spare *first;
	struct cnull_spare *last;
};

/* How many sectors a page has. */
#define CNULL_PAGE_SECTORS	(PAGE_SIZE >> SECTOR_SHIFT)

/*
 * How many bytes of a request are copied in one go. A request that may sleep lets others
 * run in between. One that must not is not run at all if it has more: blk-mq dispatches
 * it in an RCU read section, where the CPU does nothing else, and no grace period ends.
 * To read or overwrite 1 MiB takes about 0.1 ms, to write it for the first time 0.2 ms.
 * The bound is for a request: blk-mq may dispatch several in one section.
 */
#define CNULL_AT_ONCE		SZ_1M
#define CNULL_PAGES_AT_ONCE	(CNULL_AT_ONCE / PAGE_SIZE)

/**
 * cnull_until_resched - bound a run of pages by the next cnull_resched_at()
 * @index: of the first page
 * @nr: how many pages there are
 *
 * Context: Any.
 * Return: a number of pages, @nr at most.
 */
static inline u64 cnull_until_resched(u64 index, u64 nr)
{
	return min_t(u64, nr, CNULL_PAGES_AT_ONCE - index % CNULL_PAGES_AT_ONCE);
}

/**
 * cnull_resched_at - let others run, if it is time
 * @index: of the page that a request has come to
 * @gfp: how the request allocates: whether it may sleep
 *
 * Context: As @gfp says; no RCU read section.
 */
static inline void cnull_resched_at(u64 index, gfp_t gfp)
{
	if (index % CNULL_PAGES_AT_ONCE == 0 && gfpflags_allow_blocking(gfp))
		cond_resched();
}

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
int cnull_store_spare(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_spares *spares, gfp_t gfp);
bool cnull_store_put(struct cnull_store *store, u64 pos, size_t len,
		     struct cnull_iter *from, struct cnull_spares *spares);
void cnull_store_drop(struct cnull_store *store, struct cnull_spares *spares);
void cnull_store_clear(struct cnull_store *store, u64 pos, u64 len,
		       enum cnull_clear how);
bool cnull_store_reserve(struct cnull_store *store, u64 index, gfp_t gfp);
bool cnull_store_merge(struct cnull_store *store, u64 index, void *page,
		       const bool *valid);
void *cnull_store_erase(struct cnull_store *store, u64 pos, size_t len,
			 enum cnull_clear how);
u64 cnull_store_extent(struct cnull_store *store, u64 pos, u64 len,
		       bool *is_data);

#endif
