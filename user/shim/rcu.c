// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for tests: made of a readers-writer lock, which the thread sanitizer
 * understands, and with little memory waiting, so that grace periods are many.
 */
#include <stdlib.h>

#include "lock.h"
#include "mem.h"

/* Readers hold it for reading; a grace period is a moment of holding it. */
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

/** struct freed - memory that waits for a grace period, and how it is freed */
struct freed {
	void *what;
	void (*how)(void *what);
};

/* So much waits at most, unless whoever frees it must not wait. */
#define MOST_WAITING	16

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct freed *waiting;
static unsigned int nr_waiting, room;

/* Wait for a grace period, and free what has waited for it. */
static void free_waiting(void)
{
	wait_for_readers();
	while (nr_waiting) {
		struct freed *last = &waiting[--nr_waiting];

		last->how(last->what);
	}
}

static void free_later(void *what, void (*how)(void *what))
{
	pthread_mutex_lock(&waiting_lock);
	if (nr_waiting >= MOST_WAITING && !nesting && !shim_spinning)
		free_waiting();
	if (nr_waiting == room) {
		room += MOST_WAITING;
		waiting = realloc(waiting, room * sizeof(*waiting));
		shim_require(waiting);
	}
	waiting[nr_waiting++] = (struct freed) { .what = what, .how = how };
	pthread_mutex_unlock(&waiting_lock);
}

void cnull_page_free_rcu(void *page)
{
	free_later(page, cnull_page_free);
}

static void free_object(void *p)
{
	kfree(p);
}

void shim_kfree_rcu(void *p)
{
	if (p)
		free_later(p, free_object);
}

void rcu_barrier(void)
{
	if (__atomic_exchange_n(&shim_mem.barrier_helps, false, __ATOMIC_RELAXED))
		__atomic_store_n(&shim_mem.fail_all, false, __ATOMIC_RELAXED);
	pthread_mutex_lock(&waiting_lock);
	free_waiting();
	pthread_mutex_unlock(&waiting_lock);
}
