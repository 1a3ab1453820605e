/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine, for programs in user space: liburcu, pages cut from huge
 * ones, and the machine's own CPUs and time. shim/test/platform.h is the variant for
 * tests; kmod/platform.h documents the cnull_ functions.
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

/* Threads are preempted without this call: only check that the caller may sleep. */
#define cond_resched()		might_sleep()

/* Requests have no tracepoints. */
#define cnull_traces_start()	false
#define cnull_traces_end()	false

static inline void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
				     u64 nr_sectors, unsigned int queue)
{
}

static inline void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
				   u64 nr_sectors, unsigned int queue, int error,
				   u64 start)
{
}

/*
 * There is no log: the user gets the reason of a refused power on from the device, and
 * messages of faults are dropped.
 */
__printf(1, 2)
static inline void pr_err(const char *fmt, ...)
{
}
#define pr_notice		pr_err

/* Reads of a device without memory leave their data as it is. */
#define CNULL_FILL_READS	false

/* User space has no /proc/PID/make-it-fail: no task is selected. */
static inline bool cnull_task_may_fail(void)
{
	return false;
}

#endif
