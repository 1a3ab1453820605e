/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists: rings of nodes that are embedded in the entries.
 */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

#include "atomic.h"

/**
 * struct list_head - a node, or the head of a list
 * @next: the next node; of a head, the first node
 * @prev: the previous node; of a head, the last node
 */
struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
	node->next = list;
	node->prev = list->prev;
	node->prev->next = node;
	list->prev = node;
}

/* Remove a node. Its pointers become NULL, so that a second removal ends the program. */
static inline void list_del(struct list_head *node)
{
	shim_require(node->next && node->prev);
	node->next->prev = node->prev;
	node->prev->next = node->next;
	node->next = NULL;
	node->prev = NULL;
}

#define list_next_entry(pos, member) \
	container_of((pos)->member.next, typeof(*(pos)), member)

#define list_first_entry(list, type, member) \
	container_of((list)->next, type, member)

/**
 * struct llist_node - a node of a list without a lock
 * @next: the next node
 */
struct llist_node {
	struct llist_node *next;
};

/**
 * struct llist_head - the head of a list without a lock
 * @first: the node that was added last
 */
struct llist_head {
	struct llist_node *first;
};

static inline void init_llist_head(struct llist_head *list)
{
	list->first = NULL;
}

static inline bool llist_empty(const struct llist_head *list)
{
	return !READ_ONCE(list->first);
}

/* Any number of threads may add at the same time. */
static inline void llist_add(struct llist_node *node, struct llist_head *list)
{
	struct llist_node *first = READ_ONCE(list->first);

	do
		node->next = first;
	while (!__atomic_compare_exchange_n(&list->first, &first, node, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

/* One thread at a time may remove a node. NULL: there is none. */
static inline struct llist_node *llist_del_first(struct llist_head *list)
{
	struct llist_node *first = smp_load_acquire(&list->first);

	while (first && !__atomic_compare_exchange_n(&list->first, &first,
						     first->next, false,
						     __ATOMIC_SEQ_CST,
						     __ATOMIC_ACQUIRE))
		;
	return first;
}

#endif
