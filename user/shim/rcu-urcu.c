// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for use: liburcu's, of the flavour whose threads need not register.
 * Readers write to nothing that they share.
 */
#define _LGPL_SOURCE	/* readers inline: the GPL may */
#include <urcu/urcu-bp.h>
#undef rcu_dereference
#undef rcu_assign_pointer

#include "lock.h"
#include "mem.h"
#include "page-pool.h"

/*
 * liburcu is not compiled for the thread sanitizer, which needs to be told: what
 * was done in a section comes before the end of a grace period after it.
 */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#else
#define __tsan_release(at)	((void)(at))
#define __tsan_acquire(at)	((void)(at))
#endif

void rcu_read_lock(void)
{
	urcu_bp_read_lock();
}

void rcu_read_unlock(void)
{
	__tsan_release(&urcu_bp_gp);
	urcu_bp_read_unlock();
}

bool shim_rcu_reading(void)
{
	return urcu_bp_read_ongoing();
}

static void wait_for_readers(void)
{
	might_sleep();
	urcu_bp_synchronize_rcu();
	__tsan_acquire(&urcu_bp_gp);
}

void shim_free_rcu(const void *p)
{
	if (p)
		wait_for_readers();
	kfree(p);
}

/**
 * struct batch - pages that wait for a grace period together
 * @nr: how many
 * @page: the pages
 */
struct batch {
	unsigned int nr;
	void *page[512];
};

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct batch waiting;

/* Readers are waited for without the lock, so others can fill the next batch. */
static void free_batch(struct batch *batch)
{
	wait_for_readers();
	page_pool_give_back(batch->page, batch->nr);
}

void cnull_page_free_rcu(void *page)
{
	struct batch full;

	full.nr = 0;
	pthread_mutex_lock(&waiting_lock);
	waiting.page[waiting.nr++] = page;
	if (waiting.nr == ARRAY_SIZE(waiting.page)) {
		full = waiting;
		waiting.nr = 0;
	}
	pthread_mutex_unlock(&waiting_lock);
	if (full.nr)
		free_batch(&full);
}

/* What waits is free afterwards; so is what others are about to free, soon. */
void rcu_barrier(void)
{
	struct batch rest;

	pthread_mutex_lock(&waiting_lock);
	rest = waiting;
	waiting.nr = 0;
	pthread_mutex_unlock(&waiting_lock);
	free_batch(&rest);
}
