/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Atomics, by the compiler's builtins, which the thread sanitizer understands.
 */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

#include "base.h"

/* As in the kernel, operations that return a value are full barriers. */
#define xchg(p, v)	__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new) ({ \
	typeof(*(p)) old_ = (old); \
	__atomic_compare_exchange_n(p, &old_, new, false, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST); \
	old_; })

/*
 * Replace *@p by @new, and return true. If the value is not *@old, store the value in *@old,
 * and return false.
 */
#define try_cmpxchg(p, old, new) \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, \
				    __ATOMIC_RELAXED)

#define READ_ONCE(v)	 __atomic_load_n(&(v), __ATOMIC_RELAXED)
#define WRITE_ONCE(v, x) __atomic_store_n(&(v), x, __ATOMIC_RELAXED)

#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

/* Set or clear a bit of a shared mask atomically. */
static inline void assign_bit(int nr, unsigned long *mask, bool value)
{
	if (value)
		__atomic_fetch_or(mask, 1UL << nr, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(mask, ~(1UL << nr), __ATOMIC_RELAXED);
}

static inline void set_bit(int nr, unsigned long *mask)
{
	assign_bit(nr, mask, true);
}

static inline void clear_bit(int nr, unsigned long *mask)
{
	assign_bit(nr, mask, false);
}

static inline bool test_bit(int nr, const unsigned long *mask)
{
	return READ_ONCE(*mask) >> nr & 1;
}

/* Take a bit as a lock, unless it is taken. Return whether it was taken already. */
static inline bool test_and_set_bit_lock(int nr, unsigned long *mask)
{
	return __atomic_fetch_or(mask, 1UL << nr, __ATOMIC_ACQUIRE) >> nr & 1;
}

static inline void clear_bit_unlock(int nr, unsigned long *mask)
{
	__atomic_fetch_and(mask, ~(1UL << nr), __ATOMIC_RELEASE);
}

typedef struct {
	long v;
} atomic_long_t;

static inline void atomic_long_set(atomic_long_t *a, long v)
{
	__atomic_store_n(&a->v, v, __ATOMIC_RELAXED);
}

static inline long atomic_long_read(const atomic_long_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_RELAXED);
}

static inline long atomic_long_add_return(long v, atomic_long_t *a)
{
	return __atomic_add_fetch(&a->v, v, __ATOMIC_SEQ_CST);
}

static inline long atomic_long_inc_return(atomic_long_t *a)
{
	return atomic_long_add_return(1, a);
}

static inline long atomic_long_dec_return(atomic_long_t *a)
{
	return atomic_long_add_return(-1, a);
}

static inline long atomic_long_xchg(atomic_long_t *a, long v)
{
	return __atomic_exchange_n(&a->v, v, __ATOMIC_SEQ_CST);
}

/*
 * Replace *@old by @next, and return true. If the value is not *@old, store the value in
 * *@old, and return false.
 */
static inline bool atomic_long_try_cmpxchg(atomic_long_t *a, long *old, long next)
{
	return __atomic_compare_exchange_n(&a->v, old, next, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Increment, unless the value is negative. Return whether it was incremented. */
static inline bool atomic_long_inc_unless_negative(atomic_long_t *a)
{
	long v = atomic_long_read(a);

	while (v >= 0 && !atomic_long_try_cmpxchg(a, &v, v + 1))
		;
	return v >= 0;
}

/*
 * Decrement, unless the result would be negative. Return the old value minus 1, also if
 * nothing changed.
 */
static inline long atomic_long_dec_if_positive(atomic_long_t *a)
{
	long v = atomic_long_read(a);

	while (v > 0 && !__atomic_compare_exchange_n(&a->v, &v, v - 1, false,
						     __ATOMIC_SEQ_CST,
						     __ATOMIC_RELAXED))
		;
	return v - 1;
}

typedef struct {
	s64 v;
} atomic64_t;

static inline s64 atomic64_read(const atomic64_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_RELAXED);
}

/* As atomic_long_try_cmpxchg(). */
static inline bool atomic64_try_cmpxchg(atomic64_t *a, s64 *old, s64 next)
{
	return __atomic_compare_exchange_n(&a->v, old, next, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void atomic_long_inc(atomic_long_t *a)
{
	__atomic_fetch_add(&a->v, 1, __ATOMIC_RELAXED);
}

static inline void atomic_long_sub(long v, atomic_long_t *a)
{
	__atomic_fetch_sub(&a->v, v, __ATOMIC_RELAXED);
}

static inline void atomic_long_dec(atomic_long_t *a)
{
	atomic_long_sub(1, a);
}

#endif
