/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trees: a sparse map from an index to a leaf, without a lock.
 */
#ifndef CNULL_MAP_H
#define CNULL_MAP_H

#include "platform.h"

#define CNULL_NODE_SHIFT	(PAGE_SHIFT - (BITS_PER_LONG == 64 ? 3 : 2))
#define CNULL_NODE_SLOTS	(1UL << CNULL_NODE_SHIFT)

/**
 * struct cnull_node - one node of a tree
 * @slot: the nodes of the next level, or on the last level the leaves; NULL
 *	where there was never any
 */
struct cnull_node {
	void __rcu *slot[CNULL_NODE_SLOTS];
};

static_assert(sizeof(struct cnull_node) == PAGE_SIZE);

/**
 * struct cnull_map - a map from an index to a leaf
 * @root: the topmost node, or NULL while nothing was ever put there
 * @height: levels of nodes from @root down to the leaves; changes only while
 *	nobody uses the tree
 * @home_node: NUMA node to take memory from, or NUMA_NO_NODE; as @height
 * @nr_nodes: nodes, of one page each
 *
 * See tree.c for who may do what at the same time.
 */
struct cnull_map {
	void __rcu *root;
	unsigned int height;
	int home_node;
	atomic_long_t nr_nodes;
};

/**
 * cnull_slot_span - how many indexes does one slot cover?
 * @level: how many levels above the leaves it is
 *
 * Context: Any.
 * Return: so many.
 */
static inline u64 cnull_slot_span(unsigned int level)
{
	return 1ULL << (level * CNULL_NODE_SHIFT);
}

/**
 * cnull_slot_in - the slot of an index in a node
 * @node: the node
 * @index: any below it
 * @level: how many levels above the leaves the node is
 *
 * Context: Any.
 * Return: the slot.
 */
static inline void __rcu **cnull_slot_in(struct cnull_node *node, u64 index,
					 unsigned int level)
{
	return &node->slot[(index >> (level * CNULL_NODE_SHIFT)) %
			   CNULL_NODE_SLOTS];
}

/**
 * cnull_map_find - find the slot of an index
 * @tree: the tree
 * @index: any
 * @nr: set to how far the answer goes: that many indexes from @index on have
 *	their slots side by side, or have none
 *
 * Nodes are never freed under us, so no RCU read section is needed for this.
 *
 * Context: Any.
 * Return: the slot, or NULL if a node on the way is missing.
 */
static inline void __rcu **cnull_map_find(struct cnull_map *tree, u64 index,
					   u64 *nr)
{
	void __rcu **slot = &tree->root;
	unsigned int level = tree->height;

	*nr = 1;
	while (level) {
		struct cnull_node *node = rcu_dereference_raw(*slot);

		if (!node) {
			*nr = cnull_slot_span(level) -
			      index % cnull_slot_span(level);
			return NULL;
		}
		slot = cnull_slot_in(node, index, --level);
		*nr = CNULL_NODE_SLOTS - index % CNULL_NODE_SLOTS;
	}
	return slot;
}

/**
 * cnull_map_fill - put a leaf into an empty slot
 * @slot: the slot
 * @leaf: the leaf, complete: from now on others can find it
 *
 * Context: Any.
 * Return: false if the slot is not empty.
 */
static inline bool cnull_map_fill(void __rcu **slot, void *leaf)
{
	return !cmpxchg((void __force **)slot, NULL, leaf);
}

/**
 * cnull_map_clear - empty a slot
 * @slot: the slot; what is in it is the caller's to take out
 *
 * Who sees by cnull_map_is_empty() that it is empty sees as well what was done
 * before.
 *
 * Context: Any.
 */
static inline void cnull_map_clear(void __rcu **slot)
{
	smp_store_release((void __force **)slot, NULL);
}

/**
 * cnull_map_is_empty - is there no leaf in a slot?
 * @slot: the slot
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool cnull_map_is_empty(void __rcu **slot)
{
	return !smp_load_acquire((void __force **)slot);
}

/**
 * cnull_bytes_in - how many bytes are in some pages?
 * @nr: how many pages there are
 * @offset: where to start in the first
 * @len: how many bytes are wanted
 *
 * Context: Any.
 * Return: them, @len at most.
 */
static inline u64 cnull_bytes_in(u64 nr, size_t offset, u64 len)
{
	return nr > (offset + len) >> PAGE_SHIFT ? len :
						   (nr << PAGE_SHIFT) - offset;
}

void cnull_map_init(struct cnull_map *tree);
void cnull_map_destroy(struct cnull_map *tree, void (*free_leaf)(void *leaf));
int cnull_map_prepare(struct cnull_map *tree, u64 nr, int home_node);
void __rcu **cnull_map_make(struct cnull_map *tree, u64 index, gfp_t gfp);

#endif
