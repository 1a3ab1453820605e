/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, in user space: our own few lines for each kernel
 * primitive that the engine uses, and nothing more. kmod/platform.h is its
 * twin, and says what the cnull_ functions do.
 *
 * The primitives are real: a mutex knows its owner, RCU defers, sleeping in a
 * read section ends the program, and a warning is counted. Some exist
 * twice: for tests, and for programs that people use (docs/architecture.md).
 */
#ifndef CNULL_PLATFORM_H
#define CNULL_PLATFORM_H

#include "base.h"
#include "atomic.h"
#include "list.h"
#include "lock.h"
#include "mem.h"
#include "text.h"

/* The machine: what it is, or what tests like it to be. */
#define MAX_NUMNODES		64
extern unsigned int nr_cpu_ids;

/* Node 0 is the only one there is. */
#define nr_online_nodes		1U

static inline bool node_online(unsigned int node)
{
	return node == 0;
}

/* Look for mistakes, whatever that takes. */
#define CNULL_DEBUG		1

/* Do reads of a device without memory fill their data? For tests to say. */
extern bool shim_fill_reads;
#define CNULL_FILL_READS	READ_ONCE(shim_fill_reads)

/*
 * The trace of requests: counts, for tests. @error, @start and @op are of the last
 * request that ended.
 */
struct cnull_io;
struct shim_trace {
	bool on;
	unsigned int starts;
	unsigned int ends;
	int error;
	u64 start;
	int op;
};
extern struct shim_trace shim_trace;

#define cnull_traces_start()	READ_ONCE(shim_trace.on)
#define cnull_traces_end()	READ_ONCE(shim_trace.on)
void cnull_trace_start(const char *disk, const struct cnull_io *io);
void cnull_trace_end(const char *disk, const struct cnull_io *io, int error);

/* Zones are not traced. */
static inline void cnull_trace_zone(const char *disk, unsigned int op,
				    unsigned int nr, unsigned int cond)
{
	(void)disk;
	(void)op;
	(void)nr;
	(void)cond;
}

/* Is it about a task that is to fail? */
#define CNULL_TASK_FILTER	1
extern bool shim_task_may_fail;

static inline bool cnull_task_may_fail(void)
{
	return shim_task_may_fail;
}

#define CNULL_MAX_BLOCKSIZE	SZ_64K

/* In ns. In tests time is a variable, for them to move. */
extern u64 shim_now;
u64 ktime_get_ns(void);

#endif
