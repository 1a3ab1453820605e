// SPDX-License-Identifier: GPL-2.0
/*
 * Stores that share pages: how many pages each of them has alone, and where two of them
 * differ.
 *
 * Each look-up has an RCU read section of its own. So these functions run at any time, and
 * are exact only while no context changes the stores.
 */
#include "store/compare.h"

/*
 * Count the pages of the node above @index. Return the number of indexes from @index on
 * that were counted. In an RCU read section.
 */
static u64 count_node(struct cnull_map *map, u64 index,
		      struct cnull_usage *usage)
{
	void __rcu **slot = &map->root;
	unsigned int level = map->height;
	bool is_shared = false;
	u64 nr = 1, i;

	while (level) {
		struct cnull_node *node = rcu_dereference(*slot);

		if (!node)
			return cnull_slot_span(level) -
			       index % cnull_slot_span(level);
		is_shared = is_shared || cnull_has_other_reference(node);
		slot = cnull_slot_in(node, index, --level);
		nr = CNULL_NODE_SLOTS - index % CNULL_NODE_SLOTS;
	}
	for (i = 0; i < nr; i++) {
		void *page = rcu_dereference(slot[i]);

		if (page && (is_shared || cnull_has_other_reference(page)))
			usage->nr_shared++;
		else if (page)
			usage->nr_own++;
	}
	return nr;
}

/**
 * cnull_store_usage - count the pages of a store
 * @store: the store
 * @usage: set to the numbers of pages
 *
 * The time it takes depends on the data in the store.
 *
 * Context: May sleep.
 */
void cnull_store_usage(struct cnull_store *store, struct cnull_usage *usage)
{
	u64 end = cnull_slot_span(store->map.height), index = 0;

	*usage = (struct cnull_usage) { };
	while (index < end) {
		rcu_read_lock();
		index += count_node(&store->map, index, usage);
		rcu_read_unlock();
		cond_resched();
	}
}

/**
 * struct place - a node or page on the way down to an index
 * @what: the node or page; NULL where there is none
 * @level: levels of nodes from @what to the pages
 */
struct place {
	void *what;
	unsigned int level;
};

/*
 * Return the topmost place above @index. A map without that index has nothing there. In an
 * RCU read section.
 */
static struct place top_place(struct cnull_map *map, u64 index)
{
	struct place place = { rcu_dereference(map->root), map->height };

	if (index >= cnull_slot_span(map->height))
		place.what = NULL;
	return place;
}

/* Return the place below @place. In an RCU read section. */
static struct place place_below(struct place place, u64 index)
{
	place.level--;
	if (place.what)
		place.what = rcu_dereference(*cnull_slot_in(place.what, index,
							    place.level));
	return place;
}

/*
 * Compare the pages at @index. Return the number of indexes from @index on that are alike,
 * as *@is_changed says. In an RCU read section.
 */
static u64 compare_at(struct cnull_map *a, struct cnull_map *b, u64 index,
		      bool *is_changed)
{
	struct place in_a, in_b;
	u64 span;

	in_a = top_place(a, index);
	in_b = top_place(b, index);
	while (in_a.what || in_b.what) {
		unsigned int level = max(in_a.level, in_b.level);

		if (in_a.level == in_b.level && in_a.what == in_b.what)
			break;
		*is_changed = !level;
		if (!level)
			return 1;
		if (in_a.level == level)
			in_a = place_below(in_a, index);
		if (in_b.level == level)
			in_b = place_below(in_b, index);
	}
	*is_changed = false;
	span = cnull_slot_span(max(in_a.level, in_b.level));
	return span - index % span;
}

/**
 * cnull_store_changed - find the length of a range in which two stores are alike or not
 * @a: a store
 * @b: another store
 * @pos: start, in bytes
 * @len: most bytes to check, not 0
 * @is_changed: set to whether the page at @pos differs
 *
 * The unit is the page. Pages that are not shared count as different, whatever their
 * contents. The time it takes depends on the pages that the stores do not share.
 *
 * Context: May sleep.
 * Return: a number of bytes from @pos on, @len at most.
 */
u64 cnull_store_changed(struct cnull_store *a, struct cnull_store *b, u64 pos,
			u64 len, bool *is_changed)
{
	u64 end = ((pos + len - 1) >> PAGE_SHIFT) + 1;
	u64 first = pos >> PAGE_SHIFT;
	u64 index = first;

	while (index < end) {
		bool is_changed_here;
		u64 nr;

		rcu_read_lock();
		nr = compare_at(&a->map, &b->map, index, &is_changed_here);
		rcu_read_unlock();
		if (index == first)
			*is_changed = is_changed_here;
		else if (is_changed_here != *is_changed)
			return (index << PAGE_SHIFT) - pos;
		index += nr;
		cond_resched();
	}
	return len;
}
