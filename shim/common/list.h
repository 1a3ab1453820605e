/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists: rings of nodes that are part of what is in the list.
 */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

#include "base.h"

/**
 * struct list_head - a node, or the list itself
 * @next: the node after it; of a list its first one
 * @prev: the node before it; of a list its last one
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

/* A node that is in no list anymore points nowhere. */
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
