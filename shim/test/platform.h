/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, for tests in user space: a few lines for each kernel
 * primitive that the engine uses. kmod/platform.h documents the cnull_ functions.
 *
 * The primitives are real: a mutex records its owner, RCU defers, a sleep in a read-side
 * section ends the program, and a warning is counted. In addition, tests control memory,
 * time and the number of CPUs. shim/host/platform.h is the variant for use.
 */
#ifndef CNULL_PLATFORM_H
#define CNULL_PLATFORM_H

#include "base.h"
#include "atomic.h"
#include "list.h"
#include "lock.h"
#include "machine.h"
#include "mem.h"
#include "text.h"

/**
 * struct shim_mem - what tests control and count of memory
 * @in_use: number of allocations, pages included, that are not freed
 * @fail_at: number of allocations until the one that fails, which is included; 0: none
 * @fail_all: every allocation fails
 * @barrier_helps: the next rcu_barrier() clears @fail_all
 * @call_at: as @fail_at, for the allocation that first calls @call
 * @call: the function, which runs in the thread that allocates
 * @call_arg: argument of @call
 * @fail_nowait: every allocation that must not sleep fails
 * @in_io: an allocation that may start I/O ends the program
 * @is_short: what cnull_memory_is_short() returns
 *
 * All fields are accessed atomically, except @call and @call_arg: they are written
 * before @call_at.
 */
struct shim_mem {
	long in_use;
	long fail_at;
	bool fail_all;
	bool barrier_helps;
	long call_at;
	void (*call)(void *arg);
	void *call_arg;
	bool fail_nowait;
	bool in_io;
	bool is_short;
};

extern struct shim_mem shim_mem;

/* The time that ktime_get_ns() returns, in ns. */
extern u64 shim_now;

/* Number of calls of cond_resched() by this thread. */
extern __thread unsigned long shim_rescheds;

/*
 * The function that the next cond_resched() calls, once, in any thread, and its argument.
 * NULL: none. The argument is written before the function.
 */
extern void (*shim_at_resched)(void *arg);
extern void *shim_at_resched_arg;
void shim_call_at_resched(void);

#define cond_resched() ({ \
	might_sleep(); \
	shim_rescheds++; \
	if (__atomic_load_n(&shim_at_resched, __ATOMIC_RELAXED)) \
		shim_call_at_resched(); })

/**
 * struct shim_trace - the trace of requests
 * @on: requests are traced
 * @starts: number of started requests
 * @ends: number of ended requests
 * @error: errno of the last request that ended
 * @start: start of the last request that ended, in ns
 */
struct shim_trace {
	bool on;
	unsigned int starts;
	unsigned int ends;
	int error;
	u64 start;
};

extern struct shim_trace shim_trace;

#define cnull_traces_start()	READ_ONCE(shim_trace.on)
#define cnull_traces_end()	READ_ONCE(shim_trace.on)
void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
		       u64 nr_sectors, unsigned int queue);
void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
		     u64 nr_sectors, unsigned int queue, int error, u64 start);

/* The last message of the log. */
extern char shim_log[256];

__printf(1, 2)
void pr_err(const char *fmt, ...);
#define pr_notice		pr_err

/* Do reads of a device without memory fill their data? */
extern bool shim_fill_reads;
#define CNULL_FILL_READS	READ_ONCE(shim_fill_reads)

/* Is the current task one that /proc/PID/make-it-fail selects? */
extern bool shim_task_may_fail;

static inline bool cnull_task_may_fail(void)
{
	return shim_task_may_fail;
}

#endif
