// SPDX-License-Identifier: GPL-2.0
/*
 * Mutexes that know their owner, and spin locks.
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
__thread unsigned long shim_rescheds;
void (*shim_at_resched)(void *arg);
void *shim_at_resched_arg;

void shim_call_at_resched(void)
{
	void (*fn)(void *arg) = __atomic_exchange_n(&shim_at_resched, NULL,
						    __ATOMIC_ACQUIRE);

	if (fn)
		fn(shim_at_resched_arg);
}

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
 * The thread sanitizer would find fault with the order, as it does not look for a
 * third lock. Of who only tries it expects none.
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

/* All who wait for anything. */
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
