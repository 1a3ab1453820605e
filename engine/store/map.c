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
 * Maps with replaceable nodes can share nodes and leaves (cnull_map_share(), share.h).
 * Then a tree is persistent: a shared object never changes.
 *
 * - An object that is not shared has one slot that points to it. Each further slot holds
 *   a reference, and makes the object shared for good.
 * - cnull_map_share() marks the root, while no context changes either map. All that is
 *   below a shared node counts as shared, whatever its own mark.
 * - To change a slot below a shared node, a context copies the node
 *   (cnull_map_add_nodes()): it takes a reference to the node, so that the node's
 *   slots keep their references, then one to each child for the slot of the copy. Then it
 *   replaces the node by the copy, by cmpxchg. The context that loses this race drops
 *   its copy. The winner drops the reference of the slot that pointed to the node.
 * - A context changes a slot only if it owns the node (cnull_map_find_own()), and the
 *   contents of a leaf only if it owns the leaf. An owned object does not become
 *   shared meanwhile: that would need cnull_map_share(), or a copy of its parent, which is
 *   owned as well. The marks of children come before the cmpxchg that publishes the copy,
 *   a full barrier. It pairs with rcu_dereference() in a context that finds the children
 *   by the copy, so that context finds the marks.
 * - The context that drops the last reference to an object drops the references of its
 *   slots at once, and frees the object after a grace period. Readers may come to the
 *   slots meanwhile, and to the objects behind them. These are freed after a grace period
 *   that begins later, so they live as long as such a reader's section.
 *
 * A map without shared objects takes none of these steps: &cnull_map.has_shared.
 */
#include "request.h"
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
	map->has_shared = false;
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

static void drop_from(void *what, unsigned int level, enum cnull_wait wait,
		      struct cnull_removed *removed);

/* Drop the references of all slots of a node. @level: levels from a slot to the leaves. */
static void drop_slots(struct cnull_node *node, unsigned int level,
		       enum cnull_wait wait, struct cnull_removed *removed)
{
	unsigned long i;

	for (i = 0; i < CNULL_NODE_SLOTS; i++)
		drop_from(rcu_dereference_raw(node->slot[i]), level, wait,
			  removed);
	if (wait == CNULL_MAY_WAIT)
		cond_resched();
}

/*
 * Drop a reference to @what. If that was the last one, remove @what and all below it to
 * which no other reference is left. @level: levels of nodes from @what to the leaves.
 */
static void drop_from(void *what, unsigned int level, enum cnull_wait wait,
		      struct cnull_removed *removed)
{
	if (!what || !cnull_ref_drop(what))
		return;
	if (level)
		drop_slots(what, level - 1, wait, removed);
	cnull_removed_add(removed, what);
}

/**
 * cnull_map_destroy - free all nodes and leaves of a map that no other map shares
 * @map: the map; empty afterwards, as after cnull_map_init()
 * @free_leaf: frees a leaf; not called if @map has shared objects, whose leaves are pages
 *
 * Context: May sleep. No other context uses @map. Others may use maps that share its nodes
 * or leaves.
 */
void cnull_map_destroy(struct cnull_map *map, void (*free_leaf)(void *leaf))
{
	void *root = rcu_dereference_raw(map->root);
	struct cnull_removed removed;

	if (map->has_shared) {
		removed.nr = 0;
		drop_from(root, map->height, CNULL_MAY_WAIT, &removed);
		cnull_removed_free(&removed);
	} else {
		free_from(root, map->height, free_leaf);
	}
	cnull_map_init(map);
}

/**
 * cnull_map_share - make a copy of a map that shares all nodes and leaves
 * @map: the map; its leaves are pages
 * @copy: an empty map; afterwards as @map
 *
 * The time that this takes does not depend on the number of leaves.
 *
 * Context: Any. No other context uses @copy, or changes @map. Others may read @map, and may
 * share it at the same time if it has shared nodes already.
 */
void cnull_map_share(struct cnull_map *map, struct cnull_map *copy)
{
	void *root = rcu_dereference_raw(map->root);

	if (root)
		cnull_ref_share(root);
	if (!map->has_shared)
		map->has_shared = true;
	copy->has_shared = true;
	copy->height = map->height;
	copy->home_node = map->home_node;
	atomic_long_set(&copy->nr_nodes, atomic_long_read(&map->nr_nodes));
	RCU_INIT_POINTER(copy->root, root);
}

/**
 * cnull_map_find_in_shared - find a slot in a map that has shared nodes
 * @map: the map
 * @index: any
 * @nr: set as cnull_map_find() does if there is a slot
 *
 * Call cnull_map_find_own() instead.
 *
 * Context: An RCU read section.
 * Return: as cnull_map_find_own().
 */
void __rcu **cnull_map_find_in_shared(struct cnull_map *map, u64 index, u64 *nr)
{
	void __rcu **slot = &map->root;
	unsigned int level = map->height;

	*nr = 1;
	while (level) {
		struct cnull_node *node = rcu_dereference(*slot);

		if (!node || cnull_is_shared(node))
			return NULL;
		slot = cnull_slot_in(node, index, --level);
		*nr = CNULL_NODE_SLOTS - index % CNULL_NODE_SLOTS;
	}
	return slot;
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

/* Fill an empty node with the slots of a node that the caller holds a reference to. */
static void copy_slots(struct cnull_node *copy, struct cnull_node *node)
{
	unsigned long i;

	for (i = 0; i < CNULL_NODE_SLOTS; i++) {
		void *child = rcu_dereference_raw(node->slot[i]);

		if (child)
			cnull_ref_share(child);
		RCU_INIT_POINTER(copy->slot[i], child);
	}
}

/* Undo copy_slots(). The slots of the original still hold their references. */
static void clear_copy(struct cnull_node *copy)
{
	unsigned long i;

	for (i = 0; i < CNULL_NODE_SLOTS; i++) {
		void *child = rcu_dereference_raw(copy->slot[i]);

		if (child)
			cnull_ref_drop(child);
		RCU_INIT_POINTER(copy->slot[i], NULL);
	}
}

/*
 * Replace a shared node in its slot by a copy, which is made in *@spare. Set *@spare to NULL
 * if it was used. If the slot changes meanwhile, the caller reads it again. @level: levels
 * from the slots of @node to the leaves. In an RCU read section.
 */
static void own_node(void __rcu **slot, struct cnull_node *node,
		     unsigned int level, struct cnull_node **spare,
		     struct cnull_removed *removed)
{
	if (!cnull_ref_try_share(node))
		return;
	copy_slots(*spare, node);
	if (cnull_map_replace(slot, node, *spare)) {
		*spare = NULL;
		drop_from(node, level + 1, CNULL_NO_WAIT, removed);
	} else {
		clear_copy(*spare);
	}
	drop_from(node, level + 1, CNULL_NO_WAIT, removed);
}

/*
 * Go down to the slot of @index. Put *@spare, if it is not NULL, where a node is
 * missing or shared, and set it to NULL. Return false if there is another such node.
 */
static bool use_spare(struct cnull_map *map, u64 index,
		      struct cnull_node **spare, struct cnull_removed *removed)
{
	void __rcu **slot = &map->root;
	unsigned int level = map->height;

	while (level) {
		struct cnull_node *node = rcu_dereference(*slot);

		if (node && cnull_map_owns(map, node)) {
			slot = cnull_slot_in(node, index, --level);
			continue;
		}
		if (!*spare)
			return false;
		/* If the slot changes meanwhile, read it again. */
		if (node) {
			own_node(slot, node, level - 1, spare, removed);
		} else if (cnull_map_fill(slot, *spare)) {
			atomic_long_inc(&map->nr_nodes);
			*spare = NULL;
		}
	}
	return true;
}

/**
 * cnull_map_add_nodes - make sure that a map has and owns the nodes above a slot
 * @map: the map
 * @index: the index of the slot, which cnull_map_prepare() provided for
 * @gfp: how to allocate nodes
 *
 * Adds the nodes that are missing, and copies those that are shared. Afterwards
 * cnull_map_find_own() finds a slot. Each node is allocated outside of the RCU read
 * section in which it is put in place, because the allocation may sleep.
 *
 * Context: As @gfp requires.
 * Return: 0 or -ENOMEM.
 */
int cnull_map_add_nodes(struct cnull_map *map, u64 index, gfp_t gfp)
{
	struct cnull_node *spare = NULL;
	struct cnull_removed removed;
	bool done;

	removed.nr = 0;
	for (;;) {
		rcu_read_lock();
		done = use_spare(map, index, &spare, &removed);
		rcu_read_unlock();
		if (done)
			break;
		spare = cnull_page_alloc(gfp | __GFP_ZERO, map->home_node);
		if (!spare)
			break;
	}
	if (spare)
		cnull_page_free(spare);
	cnull_removed_free(&removed);
	return done ? 0 : -ENOMEM;
}
