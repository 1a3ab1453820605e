/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model test: operations, and a world that runs them on the engine and on a
 * simple model of it, and compares the results.
 */
#ifndef MODEL_H
#define MODEL_H

#include "data.h"
#include "device/life.h"

#define SECTOR_BYTES	512

/* The number of sectors of the model: the first ones of the device. */
#define MODEL_SECTORS	(MODEL_BYTES / SECTOR_BYTES)

/* The maximum size of a request: many whole pages, or half of the smallest zone. */
#define MOST_SECTORS	1024

/* The number of snapshots. A new one replaces the one of the same number. */
#define NR_SNAPSHOTS	3

/** enum op_kind - the kinds of operations; op_names in ops.c has their names */
enum op_kind {
	OP_WRITE,
	OP_READ,
	OP_DISCARD,
	OP_WRITE_ZEROES,
	OP_SECURE_ERASE,
	OP_FLUSH,
	OP_APPEND,
	OP_OPEN,
	OP_CLOSE,
	OP_FINISH,
	OP_RESET,
	OP_RESET_ALL,
	OP_READONLY,
	OP_OFFLINE,
	OP_POWER,
	OP_CUT,
	OP_SET,
	OP_SET_ALL,
	OP_BADBLOCKS,
	OP_SNAPSHOT,
	OP_RESTORE,
	OP_FAIL_ALLOC,
	OP_LOW_MEMORY,
	OP_ADVANCE_CLOCK,
	NR_OPS
};

/** enum aim - the target of a request on a zoned device */
enum aim {
	AIM_NONE,	/* the sector of the operation */
	AIM_POINTER,	/* the write pointer of the zone */
	AIM_END,	/* the write pointer, and large enough to fill the zone */
	NR_AIMS
};

/**
 * struct op - one operation, complete in itself
 * @kind: the kind
 * @a: the first argument: the sector of a request or zone, on or off, an option, a
 *	choice of options, a snapshot, the number of the allocation that fails, or
 *	nanoseconds
 * @b: the second argument: the number of sectors, the value of an option, or a
 *	choice of zones (0: a device without zones)
 * @aim: the target of a request on a zoned device
 * @wait: whether the request may wait
 * @seed: the seed of the data to write and of flags, see op_flags(). For bad blocks,
 *	odd to mark sectors bad, even to mark them good
 *
 * Operations do not depend on each other. Hence any subsequence of a sequence is a
 * valid sequence too, which makes a failure easy to shrink.
 */
struct op {
	enum op_kind kind;
	u64 a;
	u64 b;
	enum aim aim;
	enum cnull_wait wait;
	u8 seed;
};

struct rng;

struct op op_of_kind(struct rng *rng, enum op_kind kind);
struct op op_random(struct rng *rng);
unsigned int op_flags(const struct op *op);
void op_config(const struct op *op, u64 *config);
void op_print(const struct op *op);

const char *world_run(const struct op *ops, size_t nr, size_t *failed);

#endif
