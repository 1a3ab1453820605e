// SPDX-License-Identifier: GPL-2.0
/*
 * The machine for tests: its size and its time are variables.
 */
#include "request.h"

unsigned int nr_cpu_ids = 4;
bool shim_task_may_fail;
bool shim_fill_reads;
u64 shim_now = 1;
struct shim_trace shim_trace;

void cnull_trace_start(const char *disk, const struct cnull_io *io)
{
	(void)disk;
	(void)io;
	shim_trace.starts++;
}

void cnull_trace_end(const char *disk, const struct cnull_io *io, int error)
{
	(void)disk;
	shim_trace.ends++;
	shim_trace.error = error;
	shim_trace.start = io->start;
	shim_trace.op = io->op;
}

u64 ktime_get_ns(void)
{
	return __atomic_load_n(&shim_now, __ATOMIC_RELAXED);
}
