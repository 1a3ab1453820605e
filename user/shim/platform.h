/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, in user space: our own few lines for each kernel
 * primitive that the engine uses, and nothing more. kmod/platform.h is its
 * twin, and says what the cnull_ functions do.
 *
 * The primitives are real: a mutex knows its owner, RCU defers, sleeping where
 * one must not sleep ends the program, and a warning is counted.
 */
#ifndef CNULL_PLATFORM_H
#define CNULL_PLATFORM_H

#include "base.h"
#include "atomic.h"
#include "lock.h"
#include "mem.h"
#include "text.h"

/* The machine, as tests like it to be. */
#define MAX_NUMNODES		64
extern unsigned int nr_cpu_ids;

/* Node 0 is the only one there is. */
static inline bool node_online(unsigned int node)
{
	return node == 0;
}

#define CNULL_MAX_BLOCKSIZE	SZ_64K

/* Time is a variable, for tests to move. In ns. */
extern u64 shim_now;

static inline u64 ktime_get_ns(void)
{
	return __atomic_load_n(&shim_now, __ATOMIC_RELAXED);
}

#endif
