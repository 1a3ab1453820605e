/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The progress of long work, on a terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

/**
 * struct cli_progress - long work
 * @name: its name
 * @total: number of bytes to do
 * @done: number of bytes that are done
 * @next: time of the next line in ns, CLOCK_MONOTONIC
 * @is_shown: a line was printed
 */
struct cli_progress {
	const char *name;
	unsigned long long total;
	unsigned long long done;
	long long next;
	bool is_shown;
};

void cli_progress_add(struct cli_progress *progress, unsigned long long bytes);
void cli_progress_end(struct cli_progress *progress);

#endif
