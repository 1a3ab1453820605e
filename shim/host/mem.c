// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the machine: small allocations, and how much memory is available.
 * page-pool.c allocates pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "mem.h"

void *kzalloc(size_t size, gfp_t gfp)
{
	return calloc(1, size);
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	return malloc(size);
}

void *kvcalloc(size_t nr, size_t size, gfp_t gfp)
{
	void *p = aligned_alloc(64, round_up(nr * size, 64UL));

	return p ? memset(p, 0, nr * size) : NULL;
}

void kfree(const void *p)
{
	free((void *)p);
}

/* Return the memory that is available without swapping, in KiB; 0 if unknown. */
static unsigned long available_kib(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long kib = 0;
	char line[128];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1)
			break;
	fclose(file);
	return kib;
}

/* As in the kernel, memory is short if less than 1/64 of all memory is available. */
bool cnull_memory_is_short(void)
{
	struct sysinfo info;
	u64 total, free;

	if (sysinfo(&info))
		return false;
	total = (u64)info.totalram * info.mem_unit;
	free = (u64)info.freeram * info.mem_unit;
	/* Free memory excludes caches. Read the slower, exact figure only if it is low. */
	if (free >= total / 16)
		return false;
	return available_kib() * 1024ULL < total / 64;
}
