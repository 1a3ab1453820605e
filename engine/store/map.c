// SPDX-License-Identifier: GPL-2.0
/*
 * A sparse map from an index to a leaf: a radix tree whose nodes are one page of
 * pointers each (512 for pages of 4 KiB). The greatest index determines its
 * height. With pages as leaves two levels cover 1 GiB, three levels 512 GiB.
 *
 * No lock:
 *
 * - A node or a leaf is complete before cmpxchg puts it into an empty slot. The
 *   cmpxchg is a full barrier and pairs with rcu_dereference() in a look-up. A
 *   context that finds the slot filled frees its own node or leaf and uses the
 *   one in the slot.
 * - The user of a map decides when leaves are removed. A leaf is freed after a
 *   grace period. So a context uses a leaf only inside the RCU read section in
 *   which it read the slot.
 * - An index that has nodes keeps nodes: once a slot was found for an index,
 *   later look-ups find one, too, until cnull_map_destroy().
 *
 * There are two kinds of maps:
 *
 * - Stable nodes (both maps of the cache): a node stays in its place until
 *   cnull_map_destroy(). So a slot is valid until then, outside of RCU read
 *   sections, too: cnull_map_find_stable(). Entries of the cache keep pointers
 *   to their slots.
 * - Replaceable nodes (the map of the store): a node may be replaced by another
 *   one with the same leaves, and is then freed after a grace period. So a slot
 *   is valid only inside the RCU read section that it was found in:
 *   cnull_map_find(). The look-up and the use of the leaf are in one section.
 *
 * No function in this file replaces a node. They are correct for both kinds.
 */
#include "store/map.h"

/**
 * cnull_map_init - initialize an empty map
 * @map: the map
 *
 * It has room for one leaf until cnull_map_prepare().
 *
 * Context: Any. No other context uses @map. Allocates nothing.
 */
void cnull_map_init(struct cnull_map *map)
{
	RCU_INIT_POINTER(map->root, NULL);
	map->height = 0;
	map->home_node = NUMA_NO_NODE;
	atomic_long_set(&map->nr_nodes, 0);
}

/* Free @what and all below it. @level: levels of nodes from @what to the leaves. */
static void free_from(void *what, unsigned int level,
		      void (*free_leaf)(void *leaf))
{
	struct cnull_node *node = what;
	unsigned long i;

	if (!what)
		return;
	if (!level) {
		free_leaf(what);
		return;
	}
	for (i = 0; i < CNULL_NODE_SLOTS; i++)
		free_from(rcu_dereference_raw(node->slot[i]), level - 1,
			  free_leaf);
	cond_resched();
	cnull_page_free(node);
}

/**
 * cnull_map_destroy - free all nodes and leaves of a map
 * @map: the map; empty afterwards, as after cnull_map_init()
 * @free_leaf: frees a leaf
 *
 * Context: May sleep. No other context uses @map.
 */
void cnull_map_destroy(struct cnull_map *map, void (*free_leaf)(void *leaf))
{
	free_from(rcu_dereference_raw(map->root), map->height, free_leaf);
	cnull_map_init(map);
}

/**
 * cnull_map_prepare - make a map tall enough for a number of indexes
 * @map: the map, with or without leaves
 * @nr: number of indexes, from 0 on; up to 2^63
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE
 *
 * Leaves stay, also those beyond @nr. An empty map needs no memory for this.
 *
 * Context: May sleep. No other context uses @map.
 * Return: 0 or -ENOMEM; then @map has all its leaves, and is at least as tall as
 * before.
 */
int cnull_map_prepare(struct cnull_map *map, u64 nr, int home_node)
{
	map->home_node = home_node;
	while (cnull_slot_span(map->height) < nr) {
		void *root = rcu_dereference_raw(map->root);

		/* The old root covers the first part of the taller map. */
		if (root) {
			struct cnull_node *node = cnull_page_alloc(
				GFP_KERNEL | __GFP_ZERO, home_node);

			if (!node)
				return -ENOMEM;
			RCU_INIT_POINTER(node->slot[0], root);
			RCU_INIT_POINTER(map->root, node);
			atomic_long_inc(&map->nr_nodes);
		}
		map->height++;
	}
	return 0;
}

/*
 * Go down to the slot of @index. Put *@spare, if it is not NULL, where a node is
 * missing, and set it to NULL. Return false if another node is missing.
 */
static bool use_spare(struct cnull_map *map, u64 index,
		      struct cnull_node **spare)
{
	void __rcu **slot = &map->root;
	unsigned int level = map->height;

	while (level) {
		struct cnull_node *node = rcu_dereference(*slot);

		if (!node) {
			if (!*spare)
				return false;
			/* If the slot is filled meanwhile, read it again. */
			if (cnull_map_fill(slot, *spare)) {
				atomic_long_inc(&map->nr_nodes);
				*spare = NULL;
			}
			continue;
		}
		slot = cnull_slot_in(node, index, --level);
	}
	return true;
}

/**
 * cnull_map_add_nodes - add the nodes that are missing above the slot of an index
 * @map: the map
 * @index: an index that cnull_map_prepare() provided for
 * @gfp: how to allocate nodes
 *
 * Afterwards a look-up of @index finds a slot. Each node is allocated outside of
 * the RCU read section in which it is put in place, because the allocation may
 * sleep.
 *
 * Context: As @gfp requires.
 * Return: 0 or -ENOMEM.
 */
int cnull_map_add_nodes(struct cnull_map *map, u64 index, gfp_t gfp)
{
	struct cnull_node *spare = NULL;

	for (;;) {
		bool done;

		rcu_read_lock();
		done = use_spare(map, index, &spare);
		rcu_read_unlock();
		if (done)
			break;
		spare = cnull_page_alloc(gfp | __GFP_ZERO, map->home_node);
		if (!spare)
			return -ENOMEM;
	}
	if (spare)
		cnull_page_free(spare);
	return 0;
}
