/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies of ranges between a disk and an image.
 */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "progress.h"
#include "report.h"
#include "snapshot.h"

/**
 * struct cli_copy - two open files, and the progress of copies between them
 * @from: descriptor of the file to read
 * @from_name: its name, for messages
 * @to: descriptor of the file to write
 * @to_name: its name, for messages
 * @progress: the progress
 */
struct cli_copy {
	int from;
	const char *from_name;
	int to;
	const char *to_name;
	struct cli_progress progress;
};

enum cli_exit cli_copy_extent(struct cli_copy *copy, const struct cli_extent *extent);

#endif
