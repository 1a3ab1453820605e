/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudorandom numbers.
 */
#ifndef RNG_H
#define RNG_H

#include "platform.h"

/** struct rng - a stream of random numbers; the initial state is not 0 */
struct rng {
	u64 state;
};

/* Return the next number, 0 to @n - 1. This is xorshift64*, by S. Vigna. */
static inline u64 rng_below(struct rng *rng, u64 n)
{
	rng->state ^= rng->state >> 12;
	rng->state ^= rng->state << 25;
	rng->state ^= rng->state >> 27;
	return ((rng->state * 0x2545f4914f6cdd1dULL) >> 16) % n;
}

#endif
