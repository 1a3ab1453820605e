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

/*
 * Wait for a grace period, and free what has waited for it. Readers may free
 * something too: they are waited for without the lock.
 */
static void free_waiting(void)
{
	struct freed *all;
	unsigned int nr;

	pthread_mutex_lock(&waiting_lock);
	all = waiting;
	nr = nr_waiting;
	waiting = NULL;
	nr_waiting = room = 0;
	pthread_mutex_unlock(&waiting_lock);
	wait_for_readers();
	while (nr--)
		all[nr].how(all[nr].what);
	free(all);
}

static void free_later(void *what, void (*how)(void *what))
{
	bool too_many;

	pthread_mutex_lock(&waiting_lock);
	if (nr_waiting == room) {
		room += MOST_WAITING;
		waiting = realloc(waiting, room * sizeof(*waiting));
		shim_require(waiting);
	}
	waiting[nr_waiting++] = (struct freed) { .what = what, .how = how };
	too_many = nr_waiting >= MOST_WAITING;
	pthread_mutex_unlock(&waiting_lock);
	if (too_many && !nesting && !shim_spinning)
		free_waiting();
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
	free_waiting();
}
