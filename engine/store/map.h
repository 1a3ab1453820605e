/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sparse map from an index to a leaf, without a lock. map.c has the rules for
 * concurrent use.
 */
#ifndef CNULL_MAP_H
#define CNULL_MAP_H

#include "store/share.h"

#define CNULL_NODE_SHIFT	(PAGE_SHIFT - (BITS_PER_LONG == 64 ? 3 : 2))
#define CNULL_NODE_SLOTS	(1UL << CNULL_NODE_SHIFT)

/**
 * struct cnull_node - one node of a map
 * @slot: pointers to nodes of the next level, or on the last level to leaves;
 *	NULL where there is none
 */
struct cnull_node {
	void __rcu *slot[CNULL_NODE_SLOTS];
};

static_assert(sizeof(struct cnull_node) == PAGE_SIZE);

/**
 * struct cnull_map - a map from an index to a leaf
 * @root: the topmost node, or the leaf of index 0 if @height is 0; NULL in an
 *	empty map
 * @height: levels of nodes between @root and the leaves; constant while other
 *	contexts use the map
 * @has_shared: nodes or leaves may be shared; constant, as @height
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE; constant, as @height
 * @nr_nodes: nodes, of one page each
 */
struct cnull_map {
	void __rcu *root;
	unsigned int height;
	bool has_shared;
	int home_node;
	atomic_long_t nr_nodes;
};

/**
 * cnull_slot_span - return the number of indexes that one slot covers
 * @level: levels between the slot and the leaves; 0 for the slot of a leaf
 *
 * Context: Any.
 * Return: the number of indexes.
 */
static inline u64 cnull_slot_span(unsigned int level)
{
	return 1ULL << (level * CNULL_NODE_SHIFT);
}

/**
 * cnull_slot_in - return the slot of an index in a node
 * @node: the node
 * @index: an index that the node covers
 * @level: levels between the node's slots and the leaves
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
 * cnull_map_walk - go down from the root to the slot of an index
 * @map: the map
 * @index: any
 * @nr: set as cnull_map_find() does
 * @is_stable: the nodes of @map are stable: no RCU read section is needed
 *
 * Call cnull_map_find() or cnull_map_find_stable() instead.
 *
 * Context: An RCU read section, or any if @is_stable.
 * Return: the slot, or NULL if a node above it is missing.
 */
static __always_inline void __rcu **cnull_map_walk(struct cnull_map *map,
						   u64 index, u64 *nr,
						   bool is_stable)
{
	void __rcu **slot = &map->root;
	unsigned int level = map->height;

	*nr = 1;
	while (level) {
		struct cnull_node *node = is_stable ?
					  rcu_dereference_raw(*slot) :
					  rcu_dereference(*slot);

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
 * cnull_map_find - find the slot of an index in a map with replaceable nodes
 * @map: the map
 * @index: any
 * @nr: set to the number of indexes, from @index on, that have the same answer:
 *	their slots are adjacent to the one returned, or none of them has a slot
 *
 * Context: An RCU read section. The slot is valid until the section ends.
 * Return: the slot, or NULL if a node above it is missing.
 */
static inline void __rcu **cnull_map_find(struct cnull_map *map, u64 index,
					  u64 *nr)
{
	return cnull_map_walk(map, index, nr, false);
}

/**
 * cnull_map_find_stable - find the slot of an index in a map with stable nodes
 * @map: the map
 * @index: any
 * @nr: set as cnull_map_find() does
 *
 * Context: Any. The slot is valid until the map is destroyed.
 * Return: the slot, or NULL if a node above it is missing.
 */
static inline void __rcu **cnull_map_find_stable(struct cnull_map *map,
						 u64 index, u64 *nr)
{
	return cnull_map_walk(map, index, nr, true);
}

void __rcu **cnull_map_find_in_shared(struct cnull_map *map, u64 index, u64 *nr);

/**
 * cnull_map_find_own - find the slot of an index in a node that the map owns
 * @map: the map; its nodes are replaceable
 * @index: any
 * @nr: set as cnull_map_find() does if there is a slot
 *
 * Only the contexts that use @map change such a slot.
 *
 * Context: An RCU read section. The slot is valid until the section ends.
 * Return: the slot, or NULL if a node above it is missing or shared:
 * cnull_map_add_nodes() helps.
 */
static __always_inline void __rcu **cnull_map_find_own(struct cnull_map *map,
						       u64 index, u64 *nr)
{
	return unlikely(map->has_shared) ?
		       cnull_map_find_in_shared(map, index, nr) :
		       cnull_map_find(map, index, nr);
}

/**
 * cnull_map_owns - does a map own a leaf?
 * @map: the map
 * @leaf: a leaf in a slot that cnull_map_find_own() has found, not NULL
 *
 * Context: The RCU read section in which the slot was found.
 * Return: true if only the contexts that use @map can find @leaf.
 */
static __always_inline bool cnull_map_owns(const struct cnull_map *map,
					   void *leaf)
{
	return likely(!map->has_shared) || !cnull_is_shared(leaf);
}

/**
 * cnull_map_fill - put a leaf into an empty slot
 * @slot: the slot
 * @leaf: the leaf, complete: other contexts find it from now on
 *
 * A full barrier. It pairs with rcu_dereference() in a context that finds @leaf.
 *
 * Context: As for the look-up of @slot.
 * Return: true, or false if the slot is not empty.
 */
static inline bool cnull_map_fill(void __rcu **slot, void *leaf)
{
	return !cmpxchg((void __force **)slot, NULL, leaf);
}

/**
 * cnull_map_replace - put another leaf into a slot
 * @slot: the slot
 * @old: the leaf that the caller has found there; other contexts may use it until the end
 *	of a grace period
 * @leaf: the other leaf, complete: other contexts find it from now on
 *
 * A full barrier, as cnull_map_fill().
 *
 * Context: As for the look-up of @slot.
 * Return: true, or false if the slot no longer holds @old.
 */
static inline bool cnull_map_replace(void __rcu **slot, void *old, void *leaf)
{
	return cmpxchg((void __force **)slot, old, leaf) == old;
}

/**
 * cnull_map_clear - empty a slot
 * @slot: the slot; the caller has the only right to remove its leaf
 *
 * Release; pairs with the acquire in cnull_map_is_empty(). A context that finds
 * the slot empty there also sees what the caller did before.
 *
 * Context: As for the look-up of @slot.
 */
static inline void cnull_map_clear(void __rcu **slot)
{
	smp_store_release((void __force **)slot, NULL);
}

/**
 * cnull_map_is_empty - is there no leaf in a slot?
 * @slot: the slot
 *
 * Acquire; pairs with the release in cnull_map_clear().
 *
 * Context: As for the look-up of @slot.
 * Return: true if the slot is empty.
 */
static inline bool cnull_map_is_empty(void __rcu **slot)
{
	return !smp_load_acquire((void __force **)slot);
}

/**
 * cnull_bytes_in - return the part of a range that is in some adjacent pages
 * @nr: number of pages, not 0
 * @offset: start of the range in the first page, in bytes
 * @len: length of the range, in bytes
 *
 * Context: Any.
 * Return: a number of bytes, @len at most.
 */
static inline u64 cnull_bytes_in(u64 nr, size_t offset, u64 len)
{
	return nr > (offset + len) >> PAGE_SHIFT ? len :
						   (nr << PAGE_SHIFT) - offset;
}

/**
 * cnull_bytes_in_page - return the part of a range that is in its first page
 * @offset: start of the range in that page, in bytes
 * @len: length of the range, in bytes
 *
 * Context: Any.
 * Return: a number of bytes, @len at most.
 */
static inline size_t cnull_bytes_in_page(size_t offset, u64 len)
{
	return min_t(u64, len, PAGE_SIZE - offset);
}

/* The number of nodes and leaves that are freed together, at most. */
#define CNULL_REMOVE_AT		32

/**
 * struct cnull_removed - nodes and leaves that were removed, to be freed together
 * @nr: number of objects in @object
 * @object: the objects
 *
 * One RCU callback frees all of them, because a callback costs more than a removal.
 */
struct cnull_removed {
	unsigned int nr;
	void *object[CNULL_REMOVE_AT];
};

/**
 * cnull_removed_free - free removed objects after a grace period
 * @removed: the objects; none are left
 *
 * Context: Any.
 */
static inline void cnull_removed_free(struct cnull_removed *removed)
{
	cnull_pages_free_rcu(removed->object, removed->nr);
	removed->nr = 0;
}

/**
 * cnull_removed_add - add a removed object, and free all of them if they are many
 * @removed: the objects
 * @object: the object: only contexts that have found it before still use it
 *
 * Context: Any.
 */
static inline void cnull_removed_add(struct cnull_removed *removed, void *object)
{
	removed->object[removed->nr++] = object;
	if (removed->nr == CNULL_REMOVE_AT)
		cnull_removed_free(removed);
}

void cnull_map_init(struct cnull_map *map);
void cnull_map_destroy(struct cnull_map *map, void (*free_leaf)(void *leaf));
void cnull_map_share(struct cnull_map *map, struct cnull_map *copy);
int cnull_map_prepare(struct cnull_map *map, u64 nr, int home_node);
int cnull_map_add_nodes(struct cnull_map *map, u64 index, gfp_t gfp);

#endif
