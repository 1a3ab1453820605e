/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generator: what is asked for, and who does it.
 */
#ifndef CNULL_LOAD_H
#define CNULL_LOAD_H

#include <linux/blkdev.h>
#include <linux/completion.h>

enum load_op {
	OP_READ,
	OP_WRITE,
	OP_NONE,
	OP_COPY_READ,
	OP_COPY_WRITE,
};

/**
 * struct load_spec - what is asked for
 * @op: an enum load_op
 * @disk: the disk's name or path; NULL if @op needs none
 * @bs: bytes of an I/O
 * @batch: I/Os that are submitted at once, and then waited for
 * @threads: how many, each on a CPU of its own
 * @ms: how long, in milliseconds
 * @mib: MiB to copy from and to
 */
struct load_spec {
	int op;
	const char *disk;
	unsigned int bs;
	unsigned int batch;
	unsigned int threads;
	unsigned int ms;
	unsigned int mib;
};

/**
 * struct load_run - one run
 * @spec: what is asked for
 * @bdev: the disk, if there is one
 * @nr_blocks: how many places of @spec.bs bytes there are
 * @to_start: threads that are not ready yet
 * @start: all threads are ready
 *
 * Lives as long as its threads.
 */
struct load_run {
	struct load_spec spec;
	struct block_device *bdev;
	u32 nr_blocks;
	atomic_t to_start;
	struct completion start;
};

#define LOAD_ANSWER_SIZE	4096

/* request.c: the file. What is read from it, and the names of enum load_op. */
extern char load_answer[LOAD_ANSWER_SIZE];
extern const char * const load_op_names[];
__printf(2, 3) int load_refuse(int err, const char *fmt, ...);

/* load.c: the threads */
int load_generate(struct load_run *run);
void load_exit(void);

#endif
