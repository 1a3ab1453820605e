/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The entries of the write cache, and their memory. cache.c has the rules for their
 * contents.
 */
#ifndef CNULL_ENTRY_H
#define CNULL_ENTRY_H

#include "store/store.h"

/**
 * struct cnull_entry - the data that the cache holds of one page
 * @lock: guards the contents, and the entry's place in both maps
 * @dead: the entry was removed from both maps, and not inserted again
 * @needed: a prepared write relies on this entry, or on the store's page after it; set
 *	under @lock, not cleared before the entry is used again
 * @valid: a bit for each sector that @page has; changed under @lock
 * @index: index of the page in the device; constant
 * @page: the data; constant
 * @rest: the page that is left when the entry is retired: @page, a page of the store
 *	that @page has replaced, or NULL if the store has taken @page and given none;
 *	used only by the context that unhashed the entry
 * @slot: its slot in &cnull_cache.pages; constant
 * @frame: its slot in &cnull_cache.frames; constant
 * @turn: the value of &cnull_cache.hand that determined @frame; constant
 * @next: next in the list of the context that prepared or unhashed the entry
 * @home: the memory that the entry goes back to
 * @rcu: to wait for a grace period after the entry was retired
 * @free: links the entry in &cnull_entries.free, after the grace period
 *
 * The context that unhashes an entry retires it. "Constant" is from the preparation of an
 * entry to the end of the grace period.
 */
struct cnull_entry {
	spinlock_t lock;
	bool dead __guarded_by(&lock);
	bool needed;
	unsigned long valid[CNULL_SECTOR_WORDS];
	u64 index;
	void *page;
	void *rest;
	void __rcu **slot;
	void __rcu **frame;
	unsigned long turn;
	struct cnull_entry *next;
	struct cnull_entries *home;
	union {
		struct rcu_head rcu;
		struct llist_node free;
	};
};

/**
 * struct cnull_entries - the memory of the entries of one cache
 * @budget: the entries that are prepared or in the cache, one page each; retired and
 *	free entries are not charged
 * @free: entries that no context uses, each with a page, for the next preparations
 * @taking: bit 0 is a lock, held by the context that removes an entry from @free; no
 *	context waits for it
 * @nr_free: number of entries in @free
 * @most_free: limit of @nr_free; concurrent contexts may exceed it by one each; constant
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE; constant
 *
 * An allocation of a page costs more than all other work of a cached write, above all
 * where the kernel zeroes each page (init_on_alloc). In a full cache each write evicts a
 * page. So the memory of evicted entries is used again.
 */
struct cnull_entries {
	struct cnull_budget budget;
	struct llist_head free;
	unsigned long taking;
	atomic_long_t nr_free;
	long most_free;
	int home_node;
};

/* The number of entries that are retired together, at most. */
#define CNULL_RETIRE_AT		32

/**
 * struct cnull_retired - entries that were unhashed, to be retired together
 * @first: the entries, linked by &cnull_entry.next
 * @nr: number of entries
 *
 * One RCU callback takes all of them, because a callback costs more than the removal of
 * an entry.
 */
struct cnull_retired {
	struct cnull_entry *first;
	unsigned int nr;
};

void cnull_entries_init(struct cnull_entries *entries, unsigned long nr_frames,
			int home_node);
void cnull_entries_destroy(struct cnull_entries *entries);
struct cnull_entry *cnull_entry_new(struct cnull_entries *entries, gfp_t gfp);
void cnull_entry_drop(struct cnull_entries *entries, struct cnull_entry *e);
void cnull_entry_free(struct cnull_entry *e);
void cnull_entries_retire(struct cnull_entries *entries,
			  struct cnull_retired *retired);
void cnull_entries_trim(struct cnull_entries *entries);

/**
 * cnull_entries_retire_many - retire unhashed entries if they are many
 * @entries: the memory of the cache
 * @retired: the entries; empty afterwards if they were many
 *
 * A loop calls this after each entry, and cnull_entries_retire() at its end.
 *
 * Context: Any, but not an RCU read section.
 */
static inline void cnull_entries_retire_many(struct cnull_entries *entries,
					     struct cnull_retired *retired)
{
	if (retired->nr >= CNULL_RETIRE_AT)
		cnull_entries_retire(entries, retired);
}

/**
 * cnull_retired_add - add an unhashed entry to a list of entries to retire
 * @retired: the list
 * @e: the entry, or NULL for none
 *
 * Context: Any.
 */
static inline void cnull_retired_add(struct cnull_retired *retired,
				     struct cnull_entry *e)
{
	if (!e)
		return;
	e->next = retired->first;
	retired->first = e;
	retired->nr++;
}

#endif
