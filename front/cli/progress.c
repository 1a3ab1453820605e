// SPDX-License-Identifier: GPL-2.0
/*
 * The progress of long work, on a terminal.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

/* The time between two lines, in ns. The first line is printed at once. */
#define INTERVAL	200000000LL

/**
 * cli_progress_add - count work, and print the progress at first and from time to time
 * @progress: the work
 * @bytes: number of bytes that were done
 *
 * The line is printed to standard error, if that is a terminal.
 */
void cli_progress_add(struct cli_progress *progress, unsigned long long bytes)
{
	struct timespec time;
	long long now;

	progress->done += bytes;
	clock_gettime(CLOCK_MONOTONIC, &time);
	now = time.tv_sec * 1000000000LL + time.tv_nsec;
	if (now < progress->next || !isatty(STDERR_FILENO))
		return;
	progress->next = now + INTERVAL;
	progress->is_shown = true;
	fprintf(stderr, "\r%s: %3.0f %% of %llu MiB ", progress->name,
		progress->total ? 100.0 * progress->done / progress->total : 100.0,
		progress->total >> 20);
}

/**
 * cli_progress_end - remove the line
 * @progress: the work
 */
void cli_progress_end(struct cli_progress *progress)
{
	if (progress->is_shown)
		fprintf(stderr, "\r%60s\r", "");
	progress->is_shown = false;
}
