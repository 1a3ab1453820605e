// SPDX-License-Identifier: GPL-2.0
/*
 * RCU for use: liburcu's, of the flavour whose threads need not register.
 * Readers write to nothing that they share.
 */
#define _LGPL_SOURCE	/* readers inline: the GPL may */
#define rcu_head	urcu_rcu_head	/* it has one of its own */
#include <urcu/urcu-bp.h>
#undef rcu_head
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

/**
 * struct batch - memory that waits for a grace period together
 * @nr: how much
 * @turn: of a full batch, the index in in_flight
 * @what: pages, or what kfree() frees
 */
struct batch {
	unsigned int nr;
	unsigned int turn;
	void *what[512];
};

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct batch pages, objects;	/* guarded by waiting_lock */

/*
 * Full batches whose grace period or freeing has not ended. They are counted in
 * two turns: a barrier starts the other turn and waits for the end of the old one,
 * so batches that start later cannot delay it. Guarded by waiting_lock.
 */
static unsigned int in_flight[2];
static unsigned int turn;
static pthread_cond_t turn_ended = PTHREAD_COND_INITIALIZER;

/* Barriers run one at a time: a turn must have ended before it starts again. */
static pthread_mutex_t barrier_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long nr_barriers;	/* that have begun; changed under barrier_lock */

/* Readers are waited for without the lock, so others can fill the next batch. */
static void wait_for_readers(void)
{
	might_sleep();
	urcu_bp_synchronize_rcu();
	__tsan_acquire(&urcu_bp_gp);
}

static void free_objects(struct batch *batch)
{
	while (batch->nr)
		kfree(batch->what[--batch->nr]);
}

/*
 * Add to a batch. Return true if that fills it: then the batch is empty, and its
 * contents are in @full. The caller frees them and calls end_full().
 */
static bool add(struct batch *batch, void *what, struct batch *full)
{
	bool is_full;

	pthread_mutex_lock(&waiting_lock);
	batch->what[batch->nr++] = what;
	is_full = batch->nr == ARRAY_SIZE(batch->what);
	if (is_full) {
		*full = *batch;
		full->turn = turn;
		in_flight[turn]++;
		batch->nr = 0;
	}
	pthread_mutex_unlock(&waiting_lock);
	return is_full;
}

static void end_full(const struct batch *full)
{
	pthread_mutex_lock(&waiting_lock);
	if (!--in_flight[full->turn])
		pthread_cond_broadcast(&turn_ended);
	pthread_mutex_unlock(&waiting_lock);
}

void cnull_page_free_rcu(void *page)
{
	struct batch full;

	if (!add(&pages, page, &full))
		return;
	wait_for_readers();
	page_pool_give_back(full.what, full.nr);
	end_full(&full);
}

void shim_kfree_rcu(void *p)
{
	struct batch full;

	if (!p || !add(&objects, p, &full))
		return;
	wait_for_readers();
	free_objects(&full);
	end_full(&full);
}

/*
 * Free all memory that was handed over before the call: batches that are not full,
 * and those of other threads that are in flight. Callers share a barrier: one that
 * began after the call, and has ended when the caller gets the lock, has freed it.
 */
void rcu_barrier(void)
{
	unsigned long before = __atomic_load_n(&nr_barriers, __ATOMIC_ACQUIRE);
	struct batch rest[2];
	unsigned int old;

	might_sleep();
	pthread_mutex_lock(&barrier_lock);
	if (nr_barriers != before) {
		pthread_mutex_unlock(&barrier_lock);
		return;
	}
	__atomic_store_n(&nr_barriers, before + 1, __ATOMIC_RELEASE);
	pthread_mutex_lock(&waiting_lock);
	rest[0] = pages;
	rest[1] = objects;
	pages.nr = 0;
	objects.nr = 0;
	old = turn;
	turn = !turn;
	pthread_mutex_unlock(&waiting_lock);

	wait_for_readers();
	page_pool_give_back(rest[0].what, rest[0].nr);
	free_objects(&rest[1]);

	pthread_mutex_lock(&waiting_lock);
	while (in_flight[old])
		pthread_cond_wait(&turn_ended, &waiting_lock);
	pthread_mutex_unlock(&waiting_lock);
	pthread_mutex_unlock(&barrier_lock);
}
