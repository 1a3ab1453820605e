// SPDX-License-Identifier: GPL-2.0
/*
 * The machine for tests: its size and its time are variables.
 */
#include "platform.h"

unsigned int nr_cpu_ids = 4;
bool shim_task_may_fail;
bool shim_fill_reads;
u64 shim_now = 1;

u64 ktime_get_ns(void)
{
	return __atomic_load_n(&shim_now, __ATOMIC_RELAXED);
}
