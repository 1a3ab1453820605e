// SPDX-License-Identifier: GPL-2.0
/*
 * The machine for tests: CPUs, time and the scheduler, controlled by variables; the trace
 * and the log, recorded in variables.
 */
#include "platform.h"

unsigned int nr_cpu_ids = 4;
bool shim_task_may_fail;
bool shim_fill_reads;
u64 shim_now = 1;
struct shim_trace shim_trace;

void cnull_trace_start(const char *disk, unsigned int op, u64 sector,
		       u64 nr_sectors, unsigned int queue)
{
	shim_trace.starts++;
}

void cnull_trace_end(const char *disk, unsigned int op, u64 sector,
		     u64 nr_sectors, unsigned int queue, int error, u64 start)
{
	shim_trace.ends++;
	shim_trace.error = error;
	shim_trace.start = start;
}

u64 ktime_get_ns(void)
{
	return __atomic_load_n(&shim_now, __ATOMIC_RELAXED);
}

char shim_log[256];

void pr_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(shim_log, sizeof(shim_log), fmt, args);
	va_end(args);
}

__thread unsigned long shim_rescheds;
void (*shim_at_resched)(void *arg);
void *shim_at_resched_arg;

/*
 * Call the function that a test has set, if no other thread has taken it. The acquire
 * pairs with the release by which the test sets it: the argument is visible.
 */
void shim_call_at_resched(void)
{
	void (*fn)(void *arg) = __atomic_exchange_n(&shim_at_resched, NULL,
						    __ATOMIC_ACQUIRE);

	if (fn)
		fn(shim_at_resched_arg);
}
