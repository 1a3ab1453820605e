// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for tests: a readers-writer lock, which the thread sanitizer understands. Few
 * objects wait for a grace period at a time, so that grace periods are frequent.
 */
#include <stdlib.h>

#include "platform.h"

/* Read-side sections hold @readers for reading; a grace period takes it for writing. */
static pthread_rwlock_t readers = PTHREAD_RWLOCK_INITIALIZER;
static __thread unsigned int nesting;

void rcu_read_lock(void)
{
	if (!nesting++)
		shim_require(!pthread_rwlock_rdlock(&readers));
}

void rcu_read_unlock(void)
{
	shim_require(nesting);
	if (!--nesting)
		shim_require(!pthread_rwlock_unlock(&readers));
}

bool shim_rcu_reading(void)
{
	return nesting;
}

static void wait_for_readers(void)
{
	might_sleep();
	shim_require(!pthread_rwlock_wrlock(&readers));
	shim_require(!pthread_rwlock_unlock(&readers));
}

void synchronize_rcu_expedited(void)
{
	wait_for_readers();
}

/**
 * struct deferred - an object that waits for a grace period
 * @object: the object
 * @free: function that frees @object
 */
struct deferred {
	void *object;
	void (*free)(void *object);
};

/* Limit of waiting objects; contexts that must not sleep exceed it. */
#define MAX_WAITING	16

/* waiting_lock guards the array of waiting objects, their number, and the array's size. */
static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct deferred *waiting;
static unsigned int nr_waiting, capacity;

/*
 * Wait for a grace period, and free the objects that waited for it. Do not hold
 * waiting_lock meanwhile, because readers may take it to free objects.
 */
static void free_waiting(void)
{
	struct deferred *all;
	unsigned int nr;

	pthread_mutex_lock(&waiting_lock);
	all = waiting;
	nr = nr_waiting;
	waiting = NULL;
	nr_waiting = capacity = 0;
	pthread_mutex_unlock(&waiting_lock);
	wait_for_readers();
	while (nr--)
		all[nr].free(all[nr].object);
	free(all);
}

/* Free @object by @free after a grace period; wait for one here if the limit is reached. */
static void free_later(void *object, void (*free_object)(void *object))
{
	bool is_full;

	pthread_mutex_lock(&waiting_lock);
	if (nr_waiting == capacity) {
		capacity += MAX_WAITING;
		waiting = realloc(waiting, capacity * sizeof(*waiting));
		shim_require(waiting);
	}
	waiting[nr_waiting++] = (struct deferred) {
		.object = object,
		.free = free_object,
	};
	is_full = nr_waiting >= MAX_WAITING;
	pthread_mutex_unlock(&waiting_lock);
	if (is_full && !nesting && !shim_spinning)
		free_waiting();
}

void cnull_page_free_rcu(void *page)
{
	free_later(page, cnull_page_free);
}

static void free_memory(void *p)
{
	kfree(p);
}

void shim_kfree_rcu(void *p)
{
	if (p)
		free_later(p, free_memory);
}

static void call_head(void *object)
{
	struct rcu_head *head = object;

	head->func(head);
}

void shim_call_rcu(struct rcu_head *head)
{
	free_later(head, call_head);
}

void rcu_barrier(void)
{
	if (__atomic_exchange_n(&shim_mem.barrier_helps, false, __ATOMIC_RELAXED))
		__atomic_store_n(&shim_mem.fail_all, false, __ATOMIC_RELAXED);
	free_waiting();
}
