// SPDX-License-Identifier: GPL-2.0
/*
 * Trees: a sparse map from an index to a leaf, as a radix tree whose nodes are
 * one page of pointers each (512 for pages of 4 KiB). Its height follows from
 * the greatest index: of pages, two levels serve 1 GiB, three 512 GiB.
 *
 * No lock:
 *
 * - A node is put in place by cmpxchg and stays until the tree is destroyed.
 *   So a pointer to a slot, once found, stays good.
 * - A leaf is put in place by cmpxchg, complete. Whoever loses that race throws
 *   its own away and uses the winner's.
 * - How a leaf goes is up to whose it is, but it goes by RCU: whoever looks at it
 *   does so inside of the RCU read section in which it found it.
 */
#include "store/map.h"

/**
 * cnull_map_init - make an empty tree
 * @tree: the tree
 *
 * It has room for one leaf, until cnull_map_prepare().
 *
 * Context: Any. Takes no memory.
 */
void cnull_map_init(struct cnull_map *tree)
{
	RCU_INIT_POINTER(tree->root, NULL);
	tree->height = 0;
	tree->home_node = NUMA_NO_NODE;
	atomic_long_set(&tree->nr_nodes, 0);
}

/* Free what hangs on a slot that is @level levels above the leaves. */
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
 * cnull_map_destroy - free a tree and all that hangs on it
 * @tree: the tree; empty afterwards, as after cnull_map_init()
 * @free_leaf: frees a leaf
 *
 * Context: May sleep. Nobody uses @tree.
 */
void cnull_map_destroy(struct cnull_map *tree, void (*free_leaf)(void *leaf))
{
	free_from(rcu_dereference_raw(tree->root), tree->height, free_leaf);
	cnull_map_init(tree);
}

/**
 * cnull_map_prepare - get ready for so many leaves
 * @tree: the tree, with or without leaves
 * @nr: indexes are less than this; up to 2^63
 * @home_node: NUMA node to take memory from, or NUMA_NO_NODE
 *
 * Leaves stay, also those beyond @nr.
 *
 * Context: May sleep. Nobody uses @tree.
 * Return: 0 or -ENOMEM; then @tree is as good as before. An empty tree takes no
 * memory.
 */
int cnull_map_prepare(struct cnull_map *tree, u64 nr, int home_node)
{
	tree->home_node = home_node;
	while (cnull_slot_span(tree->height) < nr) {
		void *root = rcu_dereference_raw(tree->root);

		/* What there is becomes the first part of a taller tree. */
		if (root) {
			struct cnull_node *node = cnull_page_alloc(
				GFP_KERNEL | __GFP_ZERO, home_node);

			if (!node)
				return -ENOMEM;
			RCU_INIT_POINTER(node->slot[0], root);
			RCU_INIT_POINTER(tree->root, node);
			atomic_long_inc(&tree->nr_nodes);
		}
		tree->height++;
	}
	return 0;
}

/**
 * cnull_map_make - find the slot of an index, and make the nodes on the way
 * @tree: the tree
 * @index: within what was prepared
 * @gfp: how to allocate them
 *
 * Context: As @gfp says.
 * Return: the slot, or NULL if there is no memory.
 */
void __rcu **cnull_map_make(struct cnull_map *tree, u64 index, gfp_t gfp)
{
	void __rcu **slot = &tree->root;
	unsigned int level = tree->height;

	while (level) {
		struct cnull_node *node = rcu_dereference_raw(*slot);

		if (!node) {
			node = cnull_page_alloc(gfp | __GFP_ZERO,
						tree->home_node);
			if (!node)
				return NULL;
			if (cnull_map_fill(slot, node)) {
				atomic_long_inc(&tree->nr_nodes);
			} else {
				cnull_page_free(node);
				node = rcu_dereference_raw(*slot);
			}
		}
		slot = cnull_slot_in(node, index, --level);
	}
	return slot;
}
