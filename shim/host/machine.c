// SPDX-License-Identifier: GPL-2.0
/*
 * The machine that the program runs on.
 */
#include <time.h>
#include <unistd.h>

#include "platform.h"

unsigned int nr_cpu_ids = 1;

static __attribute__((constructor)) void count_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	if (n > 1)
		nr_cpu_ids = n;
}

u64 ktime_get_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}
