// SPDX-License-Identifier: GPL-2.0
/*
 * The machine: the current CPU.
 */
#include "atomic.h"
#include "machine.h"

unsigned int raw_smp_processor_id(void)
{
	static unsigned int nr_threads;
	static __thread unsigned int nr;	/* counted from 1; 0: not set */

	if (!nr)
		nr = __atomic_add_fetch(&nr_threads, 1, __ATOMIC_RELAXED);
	return (nr - 1) % READ_ONCE(nr_cpu_ids);
}
