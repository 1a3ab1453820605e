/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites need of the world they run in, besides KUnit: random
 * numbers, threads, time, failing allocations. One implementation for each
 * world: user/world.c and kernel/world.c.
 */
#ifndef WORLD_H
#define WORLD_H

#include <kunit/test.h>

#include "platform.h"
#include "rng.h"

/* Where random numbers begin: printed, and settable, so that a run repeats. */
extern u64 world_seed;

/* How often to do what a test in user space usually does @usual times. */
unsigned int world_times(unsigned int usual);

/* A stream of its own for each thread, or other use, @nr. */
static inline struct rng rng_start(unsigned int nr)
{
	struct rng rng = { .state = (world_seed + nr) * 0x9e3779b97f4a7c15ULL };

	rng.state |= 1;
	rng_below(&rng, 1);
	return rng;
}

/*
 * Around each case, its fixture included: remember what is in use; then take
 * back whatever was asked for below, and let the case fail that left memory.
 */
void world_begin(void);
void world_end(struct kunit *test);

/* A suite; @setup and @teardown make and unmake what a case needs. */
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

/* For a suite whose cases need nothing, or make it themselves. */
static inline int world_no_setup(struct kunit *test)
{
	return 0;
}

static inline void world_no_teardown(struct kunit *test)
{
}

/* Run @fn in @n threads at the same time, and wait for them. */
void world_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr),
		   void *arg);

/* Let the @n-th allocation from now on fail; 0: none. */
void world_fail_alloc(long n);

/* Let each allocation fail. */
void world_fail_all(bool fail);

/* Let each allocation fail, until somebody has waited by rcu_barrier(). */
void world_fail_until_barrier(void);

/* Let each allocation fail that must not sleep. */
void world_fail_nowait(bool fail);

/*
 * Call @fn, once, before the @n-th allocation from now on, where memory is asked
 * for: what others may do in the middle of something. 0: not any more.
 */
void world_at_alloc(long n, void (*fn)(void *arg), void *arg);

/* How often did this thread, or any, come to a place where others may run? */
unsigned long world_rescheds(void);

/*
 * Call @fn, once, when a thread comes to the next such place: what others may do
 * there. It may sleep. NULL: not any more.
 */
void world_at_resched(void (*fn)(void *arg), void *arg);

/* Sleep so long that the other threads come as far as they can. */
void world_let_others_run(void);

/* From now on, or no longer, an allocation that could start I/O is a bug. */
void world_in_io(bool in_io);

/* Is memory to be short, though allocations still work? */
void world_memory_is_short(bool is_short);

/* Set the clock, in ns. */
void world_set_time(u64 now);

/* How many CPUs there are to be. */
void world_set_cpus(unsigned int nr);

/* Is the kernel to be one that looks for memory that nobody wrote to? */
void world_set_fill_reads(bool fill);

/* Is the current task to be one that is to fail? */
void world_set_task_may_fail(bool may);

/* What was logged last. */
const char *world_log(void);

/** struct world_piece - a piece of the data of a request: @len bytes at @at */
struct world_piece {
	void *at;
	size_t len;
};

/*
 * The data of a request, of @nr pieces. What is returned goes to
 * world_iter_end() afterwards, as it was.
 */
struct cnull_iter world_iter_of(const struct world_piece *pieces,
				unsigned int nr);
void world_iter_end(struct cnull_iter begin);

/* Of one piece. */
static inline struct cnull_iter world_iter(const void *data, size_t len)
{
	struct world_piece piece = { .at = (void *)data, .len = len };

	return world_iter_of(&piece, 1);
}

#endif
