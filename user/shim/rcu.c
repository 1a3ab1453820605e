// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for tests: made of a readers-writer lock, which the thread sanitizer
 * understands, and with few pages waiting, so that grace periods are many.
 */
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

/* Pages that wait for a grace period. */
static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static void *waiting[16];
static unsigned int nr_waiting;

/* Wait for a grace period, and free what has waited for it. */
static void free_waiting(void)
{
	wait_for_readers();
	while (nr_waiting)
		cnull_page_free(waiting[--nr_waiting]);
}

void cnull_page_free_rcu(void *page)
{
	pthread_mutex_lock(&waiting_lock);
	if (nr_waiting == ARRAY_SIZE(waiting))
		free_waiting();
	waiting[nr_waiting++] = page;
	pthread_mutex_unlock(&waiting_lock);
}

void shim_free_rcu(const void *p)
{
	if (p)
		wait_for_readers();
	kfree(p);
}

void rcu_barrier(void)
{
	if (__atomic_exchange_n(&shim_mem.barrier_helps, false, __ATOMIC_RELAXED))
		__atomic_store_n(&shim_mem.fail_all, false, __ATOMIC_RELAXED);
	pthread_mutex_lock(&waiting_lock);
	free_waiting();
	pthread_mutex_unlock(&waiting_lock);
}
