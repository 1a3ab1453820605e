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
	OP_ZONE_WRITE,
	OP_ZONE_APPEND,
	OP_SHARED_APPEND,
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
 * struct load_zone - a zone
 * @start: its first sector
 * @ended: so many batches went there, in all rounds, and have ended
 */
struct load_zone {
	sector_t start;
	atomic64_t ended;
} ____cacheline_aligned;

/**
 * struct load_zones - zones that are filled one after the other, round by round
 * @bdev: their disk
 * @zone: they
 * @nr: how many there are
 * @batch_sectors: sectors of a batch
 * @nr_batches: so many batches a zone holds
 * @begun: so many batches were begun
 * @resets: so many times a zone was reset, and is ready
 */
struct load_zones {
	struct block_device *bdev;
	struct load_zone *zone;
	u32 nr;
	u32 batch_sectors;
	u32 nr_batches;
	atomic64_t begun;
	atomic64_t resets;
} ____cacheline_aligned;

/**
 * struct load_place - where a thread is in its zones
 * @zone: the one that the batch goes to
 * @offset: where the batch begins in it, in sectors, unless others append there
 * @resets: how often the thread has reset one
 * @reset_ns: how long it was busy with that, or waited for another thread's
 * @err: of the last reset that failed
 */
struct load_place {
	struct load_zone *zone;
	sector_t offset;
	u64 resets;
	u64 reset_ns;
	int err;
};

/**
 * struct load_run - one run
 * @spec: what is asked for
 * @bdev: the disk, if there is one
 * @nr_blocks: how many places of @spec.bs bytes there are
 * @zone: the zones that there are for use
 * @nr_zones: how many these are
 * @capacity: how many sectors each of them holds
 * @sets: they, dealt out: to each thread its own, or one set for all; NULL if @spec
 *	is not about zones
 * @nr_sets: how many sets there are
 * @to_start: threads that are not ready yet
 * @start: all threads are ready
 *
 * Lives as long as its threads.
 */
struct load_run {
	struct load_spec spec;
	struct block_device *bdev;
	u32 nr_blocks;
	struct load_zone *zone;
	unsigned int nr_zones;
	u64 capacity;
	struct load_zones *sets;
	unsigned int nr_sets;
	atomic_t to_start;
	struct completion start;
};

#define LOAD_ANSWER_SIZE	4096

/* request.c: the file. What is read from it, and the names of enum load_op. */
extern char load_answer[LOAD_ANSWER_SIZE];
extern const char * const load_op_names[];
__printf(2, 3) int load_refuse(int err, const char *fmt, ...);

/* zones.c: where batches go that go to zones */
int load_zones_get(struct load_run *run);
void load_zones_put(struct load_run *run);
void load_zones_begin(struct load_zones *set, struct load_place *place);
void load_zones_end(const struct load_place *place);

/* load.c: the threads */
int load_generate(struct load_run *run);
void load_exit(void);

#endif
