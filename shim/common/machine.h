/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: CPUs, NUMA nodes, time, and limits.
 */
#ifndef SHIM_MACHINE_H
#define SHIM_MACHINE_H

#include "base.h"

#define MAX_NUMNODES		64

/* Number of CPUs. Tests change it. */
extern unsigned int nr_cpu_ids;

/* Return the number of a CPU, always the same for a thread. */
unsigned int raw_smp_processor_id(void);

/* Node 0 is the only node. */
#define nr_online_nodes		1U

static inline bool node_online(unsigned int node)
{
	return node == 0;
}

/* Enable all checks of the engine, including slow ones. */
#define CNULL_DEBUG		1

/* The option task_filter is available. */
#define CNULL_TASK_FILTER	1

/* Largest block size, in bytes. */
#define CNULL_MAX_BLOCKSIZE	SZ_64K

/* Monotonic time, in ns. */
u64 ktime_get_ns(void);

/* Zones have no tracepoint. */
static inline void cnull_trace_zone(const char *disk, unsigned int op,
				    unsigned int nr, unsigned int cond)
{
}

#endif
