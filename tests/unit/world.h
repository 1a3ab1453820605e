/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites need of the world they run in, besides KUnit: random
 * numbers, threads, failing allocations. One implementation for each world.
 */
#ifndef WORLD_H
#define WORLD_H

#include <kunit/test.h>

#include "platform.h"
#include "rng.h"

/* Where random numbers begin: printed, and settable, so that a run repeats. */
extern u64 world_seed;

/* How much longer than usual to run: 1 is usual. */
extern unsigned int world_rounds;

/* A stream of its own for each thread, or other use, @nr. */
static inline struct rng rng_start(unsigned int nr)
{
	struct rng rng = { .state = (world_seed + nr) * 0x9e3779b97f4a7c15ULL };

	rng.state |= 1;
	rng_below(&rng, 1);
	return rng;
}

/* Run @fn in @n threads at the same time, and wait for them. */
void world_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr),
		   void *arg);

/* Let the @n-th allocation from now on fail; 0: none. */
void world_fail_alloc(long n);

/* Let each allocation fail. */
void world_fail_all(bool fail);

/* Let each allocation fail that must not sleep. */
void world_fail_nowait(bool fail);

/* From now on, or no longer, an allocation that could start I/O is fatal. */
void world_in_io(bool in_io);

/* Is memory to be short, though allocations still work? */
void world_memory_is_short(bool is_short);

/* Data for requests of one piece; valid until @vec goes. */
struct cnull_iter world_iter(struct iovec *vec, void *data, size_t len);

#endif
