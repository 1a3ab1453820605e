// SPDX-License-Identifier: GPL-2.0
/*
 * RCU by liburcu, of the flavour without registration of threads. Readers write to no
 * shared memory.
 */
#include <stdlib.h>

#define _LGPL_SOURCE	/* inline functions: the licence is compatible */
#define rcu_head	urcu_rcu_head	/* avoid a clash with mem.h */
#include <urcu/urcu-bp.h>
#undef rcu_head
#undef rcu_dereference
#undef rcu_assign_pointer

#include "lock.h"
#include "mem.h"
#include "page-pool.h"

/*
 * liburcu is not compiled with the thread sanitizer, so annotate its order: accesses in
 * a read-side section come before the end of a later grace period.
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
 * struct batch - objects that wait for the same grace period
 * @nr: number of objects
 * @turn: of a full batch, the index in in_flight
 * @object: pages, objects for kfree(), or struct rcu_head
 */
struct batch {
	unsigned int nr;
	unsigned int turn;
	void *object[512];
};

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct batch pages, objects, heads;	/* guarded by waiting_lock */

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
static unsigned long nr_barriers;	/* begun; written under barrier_lock */

/*
 * Wait for a grace period. The caller does not hold waiting_lock, so other threads can
 * fill the next batch meanwhile.
 */
static void wait_for_readers(void)
{
	might_sleep();
	urcu_bp_synchronize_rcu();
	__tsan_acquire(&urcu_bp_gp);
}

void synchronize_rcu_expedited(void)
{
	wait_for_readers();
}

static void give_pages_back(struct batch *batch)
{
	page_pool_give_back(batch->object, batch->nr);
	batch->nr = 0;
}

static void free_objects(struct batch *batch)
{
	while (batch->nr)
		kfree(batch->object[--batch->nr]);
}

static void call_heads(struct batch *batch)
{
	while (batch->nr) {
		struct rcu_head *head = batch->object[--batch->nr];

		head->func(head);
	}
}

/*
 * Add an object to a batch. Return true if that fills the batch: its objects are moved to
 * @full. The caller frees these after a grace period, and calls end_full().
 */
static bool add(struct batch *batch, void *object, struct batch *full)
{
	bool is_full;

	pthread_mutex_lock(&waiting_lock);
	batch->object[batch->nr++] = object;
	is_full = batch->nr == ARRAY_SIZE(batch->object);
	if (is_full) {
		*full = *batch;
		full->turn = turn;
		in_flight[turn]++;
		batch->nr = 0;
	}
	pthread_mutex_unlock(&waiting_lock);
	return is_full;
}

/* The objects of a full batch are free: wake rcu_barrier() if its turn has ended. */
static void end_full(const struct batch *full)
{
	pthread_mutex_lock(&waiting_lock);
	if (!--in_flight[full->turn])
		pthread_cond_broadcast(&turn_ended);
	pthread_mutex_unlock(&waiting_lock);
}

/**
 * struct late - a full batch of a thread that must not wait
 * @head: for liburcu, whose thread waits for the grace period
 * @finish: frees the objects
 * @batch: the batch
 */
struct late {
	struct urcu_rcu_head head;
	void (*finish)(struct batch *batch);
	struct batch batch;
};

static void finish_late(struct urcu_rcu_head *head)
{
	struct late *late = container_of(head, struct late, head);

	__tsan_acquire(&urcu_bp_gp);
	late->finish(&late->batch);
	end_full(&late->batch);
	free(late);
}

static void defer_late(const struct batch *full, void (*finish)(struct batch *batch))
{
	struct late *late = malloc(sizeof(*late));

	shim_require(late);
	late->finish = finish;
	late->batch = *full;
	urcu_bp_call_rcu(&late->head, finish_late);
}

/*
 * Add an object to a batch. If that fills the batch, wait for a grace period, and pass the
 * batch to @finish. A thread in a read-side section, or with a spin lock, must not wait.
 */
static void defer(struct batch *batch, void *object, void (*finish)(struct batch *batch))
{
	struct batch full;

	if (!add(batch, object, &full))
		return;
	if (shim_rcu_reading() || shim_spinning) {
		defer_late(&full, finish);
		return;
	}
	wait_for_readers();
	finish(&full);
	end_full(&full);
}

void cnull_page_free_rcu(void *page)
{
	defer(&pages, page, give_pages_back);
}

void shim_kfree_rcu(void *p)
{
	if (p)
		defer(&objects, p, free_objects);
}

void shim_call_rcu(struct rcu_head *head)
{
	defer(&heads, head, call_heads);
}

/*
 * Free all objects that were added before the call: those of batches that are not full,
 * and those of full batches of other threads. Callers share a barrier: if another barrier
 * began after the call, and has ended when the caller gets barrier_lock, nothing is left
 * to free. The acquire pairs with the release below.
 */
void rcu_barrier(void)
{
	unsigned long before = __atomic_load_n(&nr_barriers, __ATOMIC_ACQUIRE);
	struct batch rest[3];
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
	rest[2] = heads;
	pages.nr = 0;
	objects.nr = 0;
	heads.nr = 0;
	old = turn;
	turn = !turn;
	pthread_mutex_unlock(&waiting_lock);

	wait_for_readers();
	give_pages_back(&rest[0]);
	free_objects(&rest[1]);
	call_heads(&rest[2]);

	pthread_mutex_lock(&waiting_lock);
	while (in_flight[old])
		pthread_cond_wait(&turn_ended, &waiting_lock);
	pthread_mutex_unlock(&waiting_lock);
	pthread_mutex_unlock(&barrier_lock);
}
