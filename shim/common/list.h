/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists: rings of nodes that are embedded in the entries.
 */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

#include "base.h"

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

#endif
