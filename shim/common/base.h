/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Types, constants, arithmetic, and warnings.
 */
#ifndef SHIM_BASE_H
#define SHIM_BASE_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint32_t u32;
/* As in the kernel, the format of u64 is %llu. */
typedef unsigned long long u64;
typedef long long s64;

#define __force
#define __packed		__attribute__((packed))
#define __rcu
#define __printf(fmt, args)	__attribute__((format(printf, fmt, args)))
#define fallthrough		__attribute__((fallthrough))
/*
 * Which lock guards a field or a function: checked by clang's thread-safety analysis, by
 * "make check-locks". Older compilers cannot parse an attribute of a field that names
 * the lock next to it, so the attributes are empty elsewhere.
 */
#ifdef SHIM_CHECK_LOCKS
#define __lock_attr(x)		__attribute__((x))
#else
#define __lock_attr(x)
#endif
#define __is_lock		__lock_attr(capability("mutex"))
#define __guarded_by(lock)	__lock_attr(guarded_by(lock))
#define __must_hold(lock)	__lock_attr(requires_capability(lock))
#define __acquires(lock)	__lock_attr(acquire_capability(lock))
#define __releases(lock)	__lock_attr(release_capability(lock))

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define prefetch(x)		__builtin_prefetch(x)
#define noinline		__attribute__((__noinline__))

#define BITS_PER_LONG		(8 * (int)sizeof(long))
#define SECTOR_SHIFT		9
#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define SZ_64K			0x10000
#define SZ_1M			0x100000
#define NUMA_NO_NODE		(-1)
#define NSEC_PER_SEC		1000000000L

#define SMP_CACHE_BYTES		64
#define ____cacheline_aligned	__attribute__((aligned(SMP_CACHE_BYTES)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* As in the kernel, the message is optional. */
#undef static_assert
#define static_assert(expr, ...)	_Static_assert(expr, #expr)

/* As in the kernel, both operands must have the same type. */
#define same_type(a, b) \
	static_assert(__builtin_types_compatible_p(typeof(a), typeof(b)))
#define min(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); \
	same_type(a_, b_); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); \
	same_type(a_, b_); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min_not_zero(a, b) ({ typeof(a) x_ = (a); typeof(b) y_ = (b); \
	!x_ ? y_ : !y_ ? x_ : min(x_, y_); })
#define swap(a, b)	do { \
	typeof(a) swap_ = (a); \
	(a) = (b); \
	(b) = swap_; \
} while (0)

#define clamp(v, lo, hi)	min(max(v, lo), hi)

static inline u64 div_u64(u64 a, u32 b)
{
	return a / b;
}

static inline u64 div64_u64(u64 a, u64 b)
{
	return a / b;
}

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor)
{
	return (unsigned __int128)a * mul / divisor;
}

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
/* As in the kernel, the divisor of DIV_ROUND_UP_ULL() has 32 bits. */
#define DIV_ROUND_UP_ULL(n, d)	(((u64)(n) + (d) - 1) / (u32)(d))
#define DIV64_U64_ROUND_UP(n, d) (((u64)(n) + (d) - 1) / (d))
/* @n must be a power of two. */
#define round_up(x, n)	round_down((x) + (n) - 1, n)
#define round_down(x, n)	((x) & ~((typeof(x))(n) - 1))
/* Size of *@p with @nr elements in the flexible array @array, in bytes. */
#define struct_size(p, array, nr) \
	(sizeof(*(p)) + (nr) * sizeof(*(p)->array))
#define offset_in_page(p)	((unsigned long)(p) & (PAGE_SIZE - 1))
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)

/* Return the number of the lowest bit of @word, which is not 0. */
static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

/* Number of warnings. A test that causes a warning fails. */
extern int shim_warnings;

void shim_warn(const char *file, int line, const char *what);

#define WARN_ON(condition) ({ \
	bool warn_ = !!(condition); \
	if (warn_) \
		shim_warn(__FILE__, __LINE__, #condition); \
	warn_; })

/* Print a message and abort: the caller has broken a rule of the kernel. */
void shim_die(const char *file, int line, const char *what)
	__attribute__((noreturn));

#define shim_require(condition) ({ \
	if (!(condition)) \
		shim_die(__FILE__, __LINE__, #condition); })

#endif
