/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mutexes that record their owner, spin locks, wait queues, and RCU.
 */
#ifndef SHIM_LOCK_H
#define SHIM_LOCK_H

#include <pthread.h>

#include "atomic.h"

/**
 * struct mutex - a sleeping lock
 * @lock: the lock
 * @owner: the thread that holds @lock; stale if @held is false
 * @held: @lock is held
 */
struct __is_lock mutex {
	pthread_mutex_t lock;
	pthread_t owner;
	bool held;
};

void mutex_init(struct mutex *mutex);
void mutex_destroy(struct mutex *mutex);
void mutex_lock(struct mutex *mutex) __acquires(*mutex);
void mutex_unlock(struct mutex *mutex) __releases(*mutex);
bool shim_mutex_is_mine(struct mutex *mutex);

#define lockdep_is_held(mutex)		shim_mutex_is_mine(mutex)
#define lockdep_assert_held(mutex)	shim_require(shim_mutex_is_mine(mutex))

/* guard(mutex)(&lock) holds the lock until the end of the block. */
static inline void shim_unguard_mutex(struct mutex **mutex) __releases(**mutex);
static inline void shim_unguard_mutex(struct mutex **mutex)
{
	mutex_unlock(*mutex);
}

/**
 * struct spinlock - a lock whose holder must not sleep
 * @lock: a mutex: it does not spin, because threads may outnumber CPUs
 */
typedef struct __is_lock spinlock {
	pthread_mutex_t lock;
} spinlock_t;

/* Number of spin locks that the thread holds. */
extern __thread unsigned int shim_spinning;

void spin_lock_init(spinlock_t *lock);
void spin_lock(spinlock_t *lock) __acquires(*lock);
void spin_unlock(spinlock_t *lock) __releases(*lock);

/*
 * Take a second lock of the same class, in any order: the caller holds a third lock,
 * which makes every order safe. In the kernel, this is an annotation for lockdep.
 */
#define SINGLE_DEPTH_NESTING		1
#define spin_lock_nested(lock, depth)	shim_spin_lock_nested(lock)
void shim_spin_lock_nested(spinlock_t *lock) __acquires(*lock);

static inline void shim_unguard_spinlock(spinlock_t **lock) __releases(**lock);
static inline void shim_unguard_spinlock(spinlock_t **lock)
{
	spin_unlock(*lock);
}

#define guard(type)		shim_guard_##type
#define shim_guard_spinlock(lock) \
	shim_guard(spinlock_t, spin_lock, shim_unguard_spinlock, lock, __LINE__)
#define shim_guard_mutex(lock) \
	shim_guard(struct mutex, mutex_lock, shim_unguard_mutex, lock, __LINE__)
/* The line number makes the names differ, so a block may have several guards. */
#define shim_guard(...)		shim_guard_at(__VA_ARGS__)
#define shim_guard_at(type, take, leave, lock, line) \
	type *guard_##line __attribute__((cleanup(leave), unused)) = (lock); \
	take(guard_##line)

/* User space has no lockdep: a lock that only lockdep sees is nothing here. */
struct lockdep_map { };
struct lock_class_key { };
#define lockdep_init_map(map, name, key, subclass) ((void)(map), (void)(key))
#define lock_map_acquire(map)		((void)(map))
#define lock_map_acquire_read(map)	((void)(map))
#define lock_map_release(map)		((void)(map))

/*
 * RCU. A grace period ends after all read-side sections that began before it have ended.
 * Read-side sections nest.
 */
void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu_expedited(void);
void rcu_barrier(void);
bool shim_rcu_reading(void);

#define rcu_read_lock_held()	shim_rcu_reading()
#define RCU_LOCKDEP_WARN(condition, message)	shim_require(!(condition))

#define rcu_dereference_raw(p)	__atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define rcu_dereference(p) ({ \
	shim_require(shim_rcu_reading()); \
	rcu_dereference_raw(p); })
#define rcu_dereference_protected(p, condition) ({ \
	shim_require(condition); \
	READ_ONCE(p); })
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)	__atomic_store_n(&(p), v, __ATOMIC_RELAXED)

/*
 * wait_var_event() sleeps until @condition holds. It evaluates @condition again after
 * each wake_up_var(), of any variable.
 */
void shim_wait_begin(void);
void shim_wait(void);
void shim_wait_end(void);
void wake_up_var(void *var);

#define wait_var_event(var, condition) do { \
	might_sleep(); \
	shim_wait_begin(); \
	while (!(condition)) \
		shim_wait(); \
	shim_wait_end(); \
} while (0)

/* End the program if the caller must not sleep: in a read-side section, or spinning. */
#define might_sleep()	shim_require(!shim_rcu_reading() && !shim_spinning)

#endif
