// SPDX-License-Identifier: GPL-2.0
/*
 * Mutexes that record their owner, spin locks, and wait queues.
 */
#include <sched.h>

#include "lock.h"

void mutex_init(struct mutex *mutex)
{
	shim_require(!pthread_mutex_init(&mutex->lock, NULL));
	mutex->held = false;
}

void mutex_destroy(struct mutex *mutex)
{
	shim_require(!mutex->held);
	shim_require(!pthread_mutex_destroy(&mutex->lock));
}

/*
 * The acquire pairs with the release in mutex_lock(): if @held is set, @owner is that
 * holder or a later one. Only a holder stores its own id, so @owner is the caller only if
 * the caller holds the mutex.
 */
bool shim_mutex_is_mine(struct mutex *mutex)
{
	pthread_t owner;

	if (!__atomic_load_n(&mutex->held, __ATOMIC_ACQUIRE))
		return false;
	owner = __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED);
	return pthread_equal(owner, pthread_self());
}

void mutex_lock(struct mutex *mutex)
{
	might_sleep();
	shim_require(!shim_mutex_is_mine(mutex));
	shim_require(!pthread_mutex_lock(&mutex->lock));
	__atomic_store_n(&mutex->owner, pthread_self(), __ATOMIC_RELAXED);
	__atomic_store_n(&mutex->held, true, __ATOMIC_RELEASE);
}

void mutex_unlock(struct mutex *mutex)
{
	shim_require(shim_mutex_is_mine(mutex));
	__atomic_store_n(&mutex->held, false, __ATOMIC_RELAXED);
	shim_require(!pthread_mutex_unlock(&mutex->lock));
}

__thread unsigned int shim_spinning;

void spin_lock_init(spinlock_t *lock)
{
	shim_require(!pthread_mutex_init(&lock->lock, NULL));
}

void spin_lock(spinlock_t *lock)
{
	shim_require(!pthread_mutex_lock(&lock->lock));
	shim_spinning++;
}

/*
 * The thread sanitizer reports an inverted lock order, even if a third lock makes it
 * safe. It expects no order of trylock, so try until the lock is free.
 */
void shim_spin_lock_nested(spinlock_t *lock)
{
#ifdef __SANITIZE_THREAD__
	while (pthread_mutex_trylock(&lock->lock))
		sched_yield();
	shim_spinning++;
#else
	spin_lock(lock);
#endif
}

void spin_unlock(spinlock_t *lock)
{
	shim_spinning--;
	shim_require(!pthread_mutex_unlock(&lock->lock));
}

/* One wait queue for all variables. @waiting guards the conditions. */
static pthread_mutex_t waiting = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void shim_wait_begin(void)
{
	shim_require(!pthread_mutex_lock(&waiting));
}

void shim_wait(void)
{
	shim_require(!pthread_cond_wait(&changed, &waiting));
}

void shim_wait_end(void)
{
	shim_require(!pthread_mutex_unlock(&waiting));
}

void wake_up_var(void *var)
{
	(void)var;
	shim_wait_begin();
	shim_require(!pthread_cond_broadcast(&changed));
	shim_wait_end();
}
