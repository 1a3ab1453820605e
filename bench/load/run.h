/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generator: the parameters of a run, and its state.
 */
#ifndef CNULL_LOAD_RUN_H
#define CNULL_LOAD_RUN_H

#include <linux/blkdev.h>
#include <linux/completion.h>

/* What a run measures. The comment in request.c describes each op. */
enum load_op {
	OP_READ,
	OP_WRITE,
	OP_NONE,
	OP_COPY_READ,
	OP_COPY_WRITE,
	OP_ZONE_WRITE,
	OP_ZONE_APPEND,
	OP_SHARED_APPEND,
	NR_OPS
};

/**
 * struct load_spec - the parameters of a run
 * @op: an enum load_op
 * @disk: name or path of the disk; NULL if @op needs none
 * @bs: size of an I/O, in bytes
 * @batch: number of I/Os that a thread submits before it waits for them
 * @threads: number of threads, each on a CPU of its own
 * @ms: length of the run, in ms
 * @mib: size of the memory of the copy operations, in MiB
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
 * @start: first sector of the zone
 * @ended: number of batches in the zone that have completed, in all rounds
 */
struct load_zone {
	sector_t start;
	atomic64_t ended;
} ____cacheline_aligned;

/**
 * struct load_zones - a set of zones that are filled in order, round by round
 * @bdev: the disk
 * @zone: array of the zones
 * @nr: number of @zone
 * @batch_sectors: size of a batch, in sectors
 * @nr_batches: number of batches that a zone holds
 * @begun: number of batches that have begun
 * @resets: number of resets that have completed
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
 * struct load_place - the position of a thread in its set of zones
 * @zone: the zone of the batch
 * @offset: offset of the batch in @zone, in sectors; not used by appends
 * @resets: number of resets by the thread
 * @reset_ns: time of the thread's resets, and of its waits for other threads' resets, in ns
 * @err: negative errno of the last reset that failed, or 0
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
 * @spec: the parameters
 * @bdev: the disk, or NULL
 * @nr_blocks: number of blocks of @spec.bs bytes
 * @zone: the usable zones
 * @nr_zones: number of @zone
 * @capacity: capacity of each zone, in sectors
 * @sets: sets of zones, one for each thread or one for all; NULL if the op does not use
 *	zones
 * @nr_sets: number of @sets
 * @to_start: number of threads that are not ready
 * @start: completed when all threads are ready
 *
 * A run outlives its threads.
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

#endif
