// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the entries of a cache.
 *
 * An entry is allocated with a page, and keeps a page: when the store takes that page over,
 * the entry gets the page that was replaced. A retired entry waits for a grace period,
 * because readers may still use the entry and both pages. After that it goes to the list
 * of free entries, or is freed if that list is full.
 *
 * Any context adds to the list without a lock. One context at a time removes an entry. A
 * second context allocates an entry instead of waiting.
 */
#include "cache/entry.h"

/*
 * The limit of free entries: a minimum, and a part of the capacity up to a maximum. The
 * entries of a few grace periods are needed to allocate none.
 */
#define FREE_PART	4
#define LEAST_FREE	(SZ_1M / PAGE_SIZE)
#define MOST_FREE	(16 * SZ_1M / PAGE_SIZE)

/**
 * cnull_entries_init - initialize the memory of a cache: no entry is allocated
 * @entries: the memory
 * @nr_frames: capacity of the cache in pages
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE
 *
 * Context: Any. No other context uses @entries.
 */
void cnull_entries_init(struct cnull_entries *entries, unsigned long nr_frames,
			int home_node)
{
	cnull_budget_init(&entries->budget);
	init_llist_head(&entries->free);
	entries->taking = 0;
	atomic_long_set(&entries->nr_free, 0);
	entries->most_free = LEAST_FREE + min(nr_frames / FREE_PART, MOST_FREE);
	entries->home_node = home_node;
}

/**
 * cnull_entry_free - free an entry at once
 * @e: the entry; no context uses it
 *
 * Context: Any.
 */
void cnull_entry_free(struct cnull_entry *e)
{
	cnull_page_free(e->page);
	kfree(e);
}

/* Remove a free entry. Return NULL if there is none, or if another context removes one. */
static struct cnull_entry *take_free(struct cnull_entries *entries)
{
	struct llist_node *node;

	if (llist_empty(&entries->free) ||
	    test_and_set_bit_lock(0, &entries->taking))
		return NULL;
	node = llist_del_first(&entries->free);
	clear_bit_unlock(0, &entries->taking);
	if (!node)
		return NULL;
	atomic_long_dec(&entries->nr_free);
	return container_of(node, struct cnull_entry, free);
}

static struct cnull_entry *allocate(struct cnull_entries *entries, gfp_t gfp)
{
	struct cnull_entry *e;

	if (!cnull_budget_may_grow(&entries->budget))
		return NULL;
	e = kzalloc(sizeof(*e), gfp);
	if (!e)
		return NULL;
	e->page = cnull_page_alloc(gfp, entries->home_node);
	if (!e->page) {
		kfree(e);
		return NULL;
	}
	spin_lock_init(&e->lock);
	e->home = entries;
	return e;
}

/**
 * cnull_entry_new - get an entry without data
 * @entries: the memory of the cache
 * @gfp: how to allocate
 *
 * The caller sets the fields that are constant from now on.
 *
 * Context: As @gfp requires.
 * Return: the entry, or NULL if there is no memory, or memory is short.
 */
struct cnull_entry *cnull_entry_new(struct cnull_entries *entries, gfp_t gfp)
{
	struct cnull_entry *e = take_free(entries);

	if (!e)
		e = allocate(entries, gfp);
	if (!e)
		return NULL;
	/* A free entry has the marks of the page that it was used for. */
	e->needed = false;
	memset(e->valid, 0, sizeof(e->valid));
	e->rest = e->page;
	e->next = NULL;
	cnull_budget_charge(&entries->budget);
	return e;
}

/* May free entries stay allocated? */
static bool keeps(const struct cnull_entries *entries)
{
	return atomic_long_read(&entries->nr_free) < entries->most_free &&
	       !READ_ONCE(entries->budget.is_short);
}

/* Add an entry to the free ones, or free it. No context uses it. */
static void put(struct cnull_entries *entries, struct cnull_entry *e)
{
	e->page = e->rest;
	if (!e->page) {
		kfree(e);
	} else if (!keeps(entries)) {
		cnull_entry_free(e);
	} else {
		atomic_long_inc(&entries->nr_free);
		llist_add(&e->free, &entries->free);
	}
}

/**
 * cnull_entry_drop - give back an entry that was never inserted
 * @entries: the memory of the cache
 * @e: the entry
 *
 * Context: Any.
 */
void cnull_entry_drop(struct cnull_entries *entries, struct cnull_entry *e)
{
	cnull_budget_uncharge(&entries->budget);
	put(entries, e);
}

/* Put the entries of a list, after a grace period. */
static void put_retired(struct rcu_head *head)
{
	struct cnull_entry *e = container_of(head, struct cnull_entry, rcu);

	while (e) {
		struct cnull_entry *next = e->next;

		put(e->home, e);
		e = next;
	}
}

/**
 * cnull_entries_retire - give back unhashed entries, after a grace period
 * @entries: the memory of the cache
 * @retired: the entries; empty afterwards
 *
 * Context: Any, but not an RCU read section: in user space, call_rcu() may wait for
 * readers.
 */
void cnull_entries_retire(struct cnull_entries *entries,
			  struct cnull_retired *retired)
{
	struct cnull_entry *first = retired->first;

	if (!first)
		return;
	cnull_budget_uncharge_many(&entries->budget, retired->nr);
	retired->first = NULL;
	retired->nr = 0;
	call_rcu(&first->rcu, put_retired);
}

/**
 * cnull_entries_trim - free all free entries
 * @entries: the memory of the cache
 *
 * For times when memory is short.
 *
 * Context: Any.
 */
void cnull_entries_trim(struct cnull_entries *entries)
{
	struct cnull_entry *e;

	while ((e = take_free(entries)))
		cnull_entry_free(e);
}

/**
 * cnull_entries_destroy - wait for the retired entries, and free all free entries
 * @entries: the memory; all entries were retired, dropped or freed
 *
 * Context: May sleep. No other context uses @entries.
 */
void cnull_entries_destroy(struct cnull_entries *entries)
{
	rcu_barrier();
	cnull_entries_trim(entries);
}
