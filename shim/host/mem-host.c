// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of the host: small pieces, and how much is left. Pages are in
 * page-pool.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "mem.h"

void *kzalloc(size_t size, gfp_t gfp)
{
	(void)gfp;
	return calloc(1, size);
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	(void)gfp;
	return malloc(size);
}

void *kvcalloc(size_t nr, size_t size, gfp_t gfp)
{
	void *p = aligned_alloc(64, round_up(nr * size, 64UL));

	(void)gfp;
	return p ? memset(p, 0, nr * size) : NULL;
}

void kfree(const void *p)
{
	free((void *)p);
}

/* What the kernel could give out without swapping, in KiB; 0 if unknown. */
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

/* As in the kernel: less than a 64th of all is available. */
bool cnull_memory_is_short(void)
{
	struct sysinfo info;
	u64 total, free;

	if (sysinfo(&info))
		return false;
	total = (u64)info.totalram * info.mem_unit;
	free = (u64)info.freeram * info.mem_unit;
	/* To ask what is really available, caches counted, takes longer. */
	if (free >= total / 16)
		return false;
	return available_kib() * 1024ULL < total / 64;
}
