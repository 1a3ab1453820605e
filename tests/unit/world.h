/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The surroundings of the suites, besides KUnit: random numbers, threads, time, failing
 * allocations. user/world.c and kernel/world.c implement them.
 */
#ifndef WORLD_H
#define WORLD_H

#include <kunit/test.h>

#include "platform.h"
#include "rng.h"

/* The start of the random numbers. It is printed, and can be set to repeat a run. */
extern u64 world_seed;

/* Return the number of repetitions of a step: @usual, scaled to this world. */
unsigned int world_times(unsigned int usual);

/* Return the stream of random numbers number @nr: each thread uses one of its own. */
static inline struct rng rng_start(unsigned int nr)
{
	struct rng rng = { .state = (world_seed + nr) * 0x9e3779b97f4a7c15ULL };

	rng.state |= 1;
	rng_below(&rng, 1);
	return rng;
}

/*
 * world_begin() runs before the fixture of each case, and records the memory in use.
 * world_end() runs after it: reset all that a case can set by the functions below, and
 * fail the case if it leaked memory.
 */
void world_begin(void);
void world_end(struct kunit *test);

/* Define a suite. @setup creates the fixture of each case, @teardown frees it. */
#define WORLD_SUITE(suite, setup, teardown, cases)		\
static int suite##_begin(struct kunit *test)			\
{								\
	world_begin();						\
	return setup(test);					\
}								\
								\
static void suite##_end(struct kunit *test)			\
{								\
	teardown(test);						\
	world_end(test);					\
}								\
								\
static struct kunit_suite suite##_suite = {			\
	.name = #suite,						\
	.init = suite##_begin,					\
	.exit = suite##_end,					\
	.test_cases = cases,					\
};								\
kunit_test_suite(suite##_suite)

/* For a suite whose cases have no common fixture. */
static inline int world_no_setup(struct kunit *test)
{
	return 0;
}

static inline void world_no_teardown(struct kunit *test)
{
}

/*
 * Run @fn in @n threads at the same time, and wait for them. The arguments of @fn are @arg
 * and the number of the thread, 0 to @n - 1.
 */
void world_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr),
		   void *arg);

/* Fail allocation number @n, counted from 1 from now on; 0: none. */
void world_fail_alloc(long n);

/* Fail every allocation, or stop failing. */
void world_fail_all(bool fail);

/* Fail every allocation until the next rcu_barrier(). */
void world_fail_until_barrier(void);

/* Fail every allocation that must not sleep, or stop failing. */
void world_fail_nowait(bool fail);

/*
 * Call @fn once, before allocation number @n, counted from 1 from now on, in the thread
 * that allocates. So a test runs code in the middle of an operation. 0: do not call @fn.
 */
void world_at_alloc(long n, void (*fn)(void *arg), void *arg);

/* Return the number of calls of cond_resched(): by this thread, or in total. */
unsigned long world_rescheds(void);

/* Call @fn once, in the next cond_resched() of any thread. It may sleep. NULL: none. */
void world_at_resched(void (*fn)(void *arg), void *arg);

/* Sleep 20 ms: usually, the other threads have run until they wait. */
void world_let_others_run(void);

/* An allocation that may start I/O is a bug while @in_io is set. */
void world_in_io(bool in_io);

/* Set the result of cnull_memory_is_short(). Allocations do not fail. */
void world_memory_is_short(bool is_short);

/* Set the clock, in ns. */
void world_set_time(u64 now);

/* Set the number of CPUs. */
void world_set_cpus(unsigned int nr);

/* Set CNULL_FILL_READS: true in kernels with KMSAN. */
void world_set_fill_reads(bool fill);

/* Set the result of cnull_task_may_fail(). */
void world_set_task_may_fail(bool may);

/** struct world_trace - the numbers of traced requests, and the last one that ended */
struct world_trace {
	unsigned int starts;
	unsigned int ends;
	int error;
	u64 start;	/* the time of the first run, in ns */
};

/* Trace requests, or stop. Clears the trace. */
void world_set_tracing(bool on);

/* Return the trace. */
struct world_trace world_trace(void);

/* Return the last message of the log. */
const char *world_log(void);

/** struct world_piece - a segment of the data of a request: @len bytes at @at */
struct world_piece {
	void *at;
	size_t len;
};

/*
 * Return the start of the data of a request, of @nr segments. The caller passes the
 * returned value, not advanced, to world_iter_end().
 */
struct cnull_iter world_iter_of(const struct world_piece *pieces,
				unsigned int nr);
void world_iter_end(struct cnull_iter begin);

/* As world_iter_of(), for one segment. */
static inline struct cnull_iter world_iter(const void *data, size_t len)
{
	struct world_piece piece = { .at = (void *)data, .len = len };

	return world_iter_of(&piece, 1);
}

#endif
