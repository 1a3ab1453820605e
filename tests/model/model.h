/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model test: operations, and a world in which the engine and a simple
 * model of it do the same.
 */
#ifndef MODEL_H
#define MODEL_H

#include "data.h"
#include "device/life.h"

#define SECTOR_BYTES	512

/* What the model remembers: the first sectors of the device. */
#define MODEL_SECTORS	(MODEL_BYTES / SECTOR_BYTES)

/* Most sectors of one request: whole pages, and half of a small zone. */
#define MOST_SECTORS	1024

/** enum op_kind - what an operation does; see op_names in ops.c */
enum op_kind {
	OP_WRITE,
	OP_READ,
	OP_DISCARD,
	OP_ZERO,
	OP_ERASE,
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
	OP_MEND,
	OP_BAD,
	OP_FAIL_ALLOC,
	OP_SHORT,
	OP_SLEEP,
	NR_OPS
};

/** enum aim - where a request goes on a device with zones */
enum aim {
	AIM_NONE,	/* where it says */
	AIM_POINTER,	/* to the write pointer of its zone, and not too far */
	AIM_END,	/* the same; a write fills the zone, if it can be as large */
	NR_AIMS
};

/**
 * struct op - one operation, complete in itself
 * @kind: what it does
 * @a: sector; on or off; option; which features; which allocation; nanoseconds
 * @b: number of sectors; value; which zones, 0 for none
 * @aim: where a request goes on a device with zones
 * @wait: may the request wait?
 * @seed: of the data that is written, and of flags, see op_flags(); of bad blocks:
 *	odd if there are to be
 *
 * As operations do not depend on each other, any part of a sequence is one too:
 * that is what makes a failure easy to shrink.
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
void op_settings(const struct op *op, u64 *set);
void op_print(const struct op *op);

const char *world_run(const struct op *ops, size_t nr, size_t *failed);

#endif
