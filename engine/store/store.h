/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store: the data of a memory-backed device, as a sparse map from page index
 * to page. store.c has the rules for concurrent use.
 */
#ifndef CNULL_STORE_H
#define CNULL_STORE_H

#include "store/budget.h"
#include "store/map.h"

/**
 * struct cnull_store - the data of one device
 * @map: the pages, by their index; its nodes are replaceable (see map.c)
 * @budget: the pages of @map, and the spare pages of writes in flight
 */
struct cnull_store {
	struct cnull_map map;
	struct cnull_budget budget;
};

struct cnull_spare;

/**
 * struct cnull_spares - pages that a write allocated in advance
 * @first: the one with the lowest index; NULL if there is none
 * @last: the one with the highest index; NULL if there is none
 *
 * They belong to one write. No other context has access.
 */
struct cnull_spares {
	struct cnull_spare *first;
	struct cnull_spare *last;
};

#define CNULL_PAGE_SECTORS	(PAGE_SIZE >> SECTOR_SHIFT)

/* The number of words in a bitmap of a page's sectors, and the value of a full word. */
#define CNULL_SECTOR_WORDS	DIV_ROUND_UP(CNULL_PAGE_SECTORS, BITS_PER_LONG)
#define CNULL_ALL_SECTORS \
	(~0UL >> (BITS_PER_LONG - min_t(int, CNULL_PAGE_SECTORS, BITS_PER_LONG)))

/**
 * cnull_has_sector - is the bit of a sector set in a bitmap of a page's sectors?
 * @valid: the bitmap
 * @sector: the sector in the page, less than CNULL_PAGE_SECTORS
 *
 * Context: Any.
 * Return: true if the bit is set.
 */
static inline bool cnull_has_sector(const unsigned long *valid,
				    unsigned int sector)
{
	return valid[sector / BITS_PER_LONG] >> sector % BITS_PER_LONG & 1;
}

/*
 * The number of bytes of a request that are copied without a chance to reschedule.
 * A request that may sleep calls cond_resched() after each such part. A request
 * that must not sleep is not run at all if it is larger: blk-mq dispatches it in an
 * RCU read section, so no grace period ends, and without PREEMPT_RCU the CPU runs nothing else.
 * To read or overwrite 1 MiB takes about 0.1 ms, to write it for the first time
 * 0.2 ms. The limit is per request: blk-mq may dispatch several in one section.
 */
#define CNULL_AT_ONCE		SZ_1M
#define CNULL_PAGES_AT_ONCE	(CNULL_AT_ONCE / PAGE_SIZE)

/**
 * cnull_until_resched - limit a run of pages to the next cnull_resched_at()
 * @index: index of the first page
 * @nr: number of pages
 *
 * Context: Any.
 * Return: a number of pages, @nr at most.
 */
static inline u64 cnull_until_resched(u64 index, u64 nr)
{
	return min_t(u64, nr, CNULL_PAGES_AT_ONCE - index % CNULL_PAGES_AT_ONCE);
}

/**
 * cnull_resched_at - reschedule if a request has come to the end of a part
 * @index: index of the page that the request comes to next
 * @gfp: how the request allocates, which implies whether it may sleep
 *
 * Context: As @gfp requires. Not in an RCU read section.
 */
static inline void cnull_resched_at(u64 index, gfp_t gfp)
{
	if (index % CNULL_PAGES_AT_ONCE == 0 && gfpflags_allow_blocking(gfp))
		cond_resched();
}

/**
 * enum cnull_fetch - what to prefetch for a request
 * @CNULL_FETCH_SLOT: the slot of its first page
 * @CNULL_FETCH_PAGE: its first page; works best when the slot is cached
 */
enum cnull_fetch {
	CNULL_FETCH_SLOT,
	CNULL_FETCH_PAGE,
};

/**
 * enum cnull_clear - what to do with a page that is cleared as a whole
 * @CNULL_CLEAR_FREE: free it
 * @CNULL_CLEAR_ERASE: zero it, then free it
 * @CNULL_CLEAR_KEEP: zero it, and keep it in the store
 */
enum cnull_clear {
	CNULL_CLEAR_FREE,
	CNULL_CLEAR_ERASE,
	CNULL_CLEAR_KEEP,
};

void cnull_store_init(struct cnull_store *store);
void cnull_store_destroy(struct cnull_store *store);
int cnull_store_prepare(struct cnull_store *store, u64 bytes, int home_node);
void cnull_store_share(struct cnull_store *store, struct cnull_store *copy);
int cnull_store_prepare_replace(struct cnull_store *by, u64 bytes, int home_node,
				struct cnull_map *map);
void cnull_store_replace(struct cnull_store *store, struct cnull_store *by,
			 struct cnull_map *map);
void cnull_store_free_map(struct cnull_map *map);

void cnull_store_prefetch(struct cnull_store *store, u64 pos,
			  enum cnull_fetch what);
void cnull_store_read(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *to);
int cnull_store_write(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp);
int cnull_store_prepare_write(struct cnull_store *store, u64 pos, u64 len,
			      struct cnull_spares *spares, gfp_t gfp);
bool cnull_store_write_page(struct cnull_store *store, u64 pos, size_t len,
			    struct cnull_iter *from,
			    struct cnull_spares *spares);
void cnull_store_free_spares(struct cnull_store *store,
			     struct cnull_spares *spares);
int cnull_store_clear(struct cnull_store *store, u64 pos, u64 len,
		      enum cnull_clear how);
int cnull_store_prepare_clear(struct cnull_store *store, u64 pos, size_t len,
			      enum cnull_clear how, struct cnull_spares *spares,
			      gfp_t gfp);
void *cnull_store_clear_page(struct cnull_store *store, u64 pos, size_t len,
			     enum cnull_clear how, struct cnull_spares *spares);
int cnull_store_prepare_merge(struct cnull_store *store, u64 index, u64 nr,
			      gfp_t gfp);
void *cnull_store_merge(struct cnull_store *store, u64 index, void *page,
			const unsigned long *valid);
u64 cnull_store_extent(struct cnull_store *store, u64 pos, u64 len,
		       bool *is_data);

#endif
