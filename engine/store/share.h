/* SPDX-License-Identifier: GPL-2.0 */
/*
 * References to the nodes and pages of stores that share them.
 *
 * A node or page, here an object, has a word (cnull_page_word()), which is 0 for a new
 * object: one slot points to it, and no other tree can reach it. The word holds
 *
 * - the number of further references, one for each further slot that points to the object;
 * - %CNULL_REF_SHARED: more than one tree may reach the object. Set with the second
 *   reference, and never cleared, because a writer that has seen it set may be copying the
 *   object;
 * - %CNULL_REF_DEAD: the last reference was dropped. The object waits for the end of a grace
 *   period.
 *
 * An object is owned by a tree if neither the object nor a node on the way from the root
 * to it is shared. map.c has the rules of concurrent use.
 */
#ifndef CNULL_SHARE_H
#define CNULL_SHARE_H

#include "platform.h"

/* The bits of an object's word. cnull_pages_free_rcu() keeps those below CNULL_REF_ONE. */
#define CNULL_REF_DEAD		1UL
#define CNULL_REF_SHARED		2UL
#define CNULL_REF_ONE		4UL

/**
 * cnull_is_shared - may more than one tree reach an object?
 * @object: the object, found in the current RCU read section, or referenced
 *
 * Context: Any. An address dependency orders this after the read of the slot in which
 * the caller found @object.
 * Return: true if the object is shared, or waits for the end of a grace period.
 */
static inline bool cnull_is_shared(void *object)
{
	return READ_ONCE(*cnull_page_word(object)) & CNULL_REF_SHARED;
}

/**
 * cnull_ref_share - take a reference for another slot
 * @object: the object; the caller holds a reference, or a slot that cannot change does
 *
 * Context: Any. A full barrier.
 */
static inline void cnull_ref_share(void *object)
{
	unsigned long *word = cnull_page_word(object);
	unsigned long old = READ_ONCE(*word);

	while (!try_cmpxchg(word, &old, (old + CNULL_REF_ONE) | CNULL_REF_SHARED))
		;
}

/**
 * cnull_ref_try_share - take a reference, unless the last one was dropped
 * @object: the object, found in the current RCU read section
 *
 * Context: An RCU read section. A full barrier on success.
 * Return: true if the caller holds a reference now.
 */
static inline bool cnull_ref_try_share(void *object)
{
	unsigned long *word = cnull_page_word(object);
	unsigned long old = READ_ONCE(*word);

	do {
		if (old & CNULL_REF_DEAD)
			return false;
	} while (!try_cmpxchg(word, &old, (old + CNULL_REF_ONE) | CNULL_REF_SHARED));
	return true;
}

/**
 * cnull_ref_drop - drop a reference
 * @object: the object
 *
 * Context: Any. A full barrier.
 * Return: true if that was the last reference: the caller drops the references of the
 * object's slots, and frees the object after a grace period.
 */
static inline bool cnull_ref_drop(void *object)
{
	unsigned long *word = cnull_page_word(object);
	unsigned long old = READ_ONCE(*word), new;

	do {
		new = old >= CNULL_REF_ONE ? old - CNULL_REF_ONE :
					       CNULL_REF_SHARED | CNULL_REF_DEAD;
	} while (!try_cmpxchg(word, &old, new));
	return new & CNULL_REF_DEAD;
}

/**
 * cnull_has_other_reference - is an object referenced more than once?
 * @object: the object, found in the current RCU read section, or referenced
 *
 * Context: Any. The answer may be stale.
 * Return: true if it is.
 */
static inline bool cnull_has_other_reference(void *object)
{
	return READ_ONCE(*cnull_page_word(object)) >= CNULL_REF_ONE;
}

#endif
