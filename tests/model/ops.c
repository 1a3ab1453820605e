// SPDX-License-Identifier: GPL-2.0
/*
 * Operations: made at random, and printed.
 */
#include "model.h"
#include "../unit/rng.h"

static const char *const op_names[NR_OPS] = {
	[OP_WRITE] = "write",
	[OP_READ] = "read",
	[OP_DISCARD] = "discard",
	[OP_ZERO] = "zero",
	[OP_ERASE] = "erase",
	[OP_FLUSH] = "flush",
	[OP_POWER] = "power",
	[OP_CUT] = "power cut",
	[OP_SET] = "set",
	[OP_MEND] = "mend all settings",
	[OP_BAD] = "bad blocks",
	[OP_FAIL_ALLOC] = "fail allocation",
	[OP_SHORT] = "memory short",
	[OP_SLEEP] = "sleep",
};

/* In a hundred operations, how many are of a kind. */
static const unsigned int weights[NR_OPS] = {
	[OP_WRITE] = 28,
	[OP_READ] = 20,
	[OP_DISCARD] = 6,
	[OP_ZERO] = 4,
	[OP_ERASE] = 2,
	[OP_FLUSH] = 3,
	[OP_POWER] = 9,
	[OP_CUT] = 1,
	[OP_SET] = 10,
	[OP_MEND] = 6,
	[OP_BAD] = 3,
	[OP_FAIL_ALLOC] = 4,
	[OP_SHORT] = 2,
	[OP_SLEEP] = 2,
};

static enum op_kind random_kind(struct rng *rng)
{
	unsigned int pick = rng_below(rng, 100);
	enum op_kind kind;

	for (kind = 0; pick >= weights[kind]; kind++)
		pick -= weights[kind];
	return kind;
}

/* A value that tells something: one that goes, or one at an edge. */
static u64 random_value(struct rng *rng, const struct cnull_opt *opt)
{
	switch (rng_below(rng, 8)) {
	case 0:
		return opt->min;
	case 1:
		return opt->min - 1;
	case 2:
		return opt->max;
	case 3:
		return opt->max + 1;
	case 4:
		return rng_below(rng, 3000);
	case 5:
		return 1ULL << rng_below(rng, 64);
	default:
		return opt->type == CNULL_TYPE_BOOL ? rng_below(rng, 2) :
						      rng_below(rng, 5);
	}
}

static void random_range(struct rng *rng, struct op *op)
{
	op->a = rng_below(rng, MODEL_SECTORS);
	op->b = 1 + rng_below(rng, rng_below(rng, 4) ? 20 : MOST_SECTORS);
	/* Pages as a whole are what most of the code is about. */
	if (rng_below(rng, 3) == 0) {
		op->a -= op->a % 8;
		op->b += -op->b % 8;
	}
	op->b = min_t(u64, op->b, MODEL_SECTORS - op->a);
}

/**
 * op_random - make an operation
 * @rng: where randomness comes from
 */
struct op op_random(struct rng *rng)
{
	struct op op = {
		.kind = random_kind(rng),
		.wait = rng_below(rng, 2) ? CNULL_MAY_WAIT : CNULL_NO_WAIT,
		.seed = rng_below(rng, 255),
	};

	switch (op.kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_DISCARD:
	case OP_ZERO:
	case OP_ERASE:
		random_range(rng, &op);
		break;
	case OP_BAD:
		/* Mostly good again, or nothing would go any more. */
		random_range(rng, &op);
		op.seed = rng_below(rng, 3) == 0;
		if (op.seed)
			op.b = min_t(u64, op.b, 10);
		break;
	case OP_POWER:
	case OP_SHORT:
		op.a = rng_below(rng, 2);
		break;
	case OP_SET:
		op.a = rng_below(rng, CNULL_NR_OPTS);
		op.b = random_value(rng, &cnull_opts[op.a]);
		/* The model has no zones. */
		if (op.a == CNULL_OPT_zoned)
			op.b = 0;
		break;
	case OP_FAIL_ALLOC:
		op.a = 1 + rng_below(rng, 6);
		break;
	case OP_SLEEP:
		op.a = rng_below(rng, 1ULL << 40);
		break;
	case OP_MEND:
		op.a = rng_below(rng, 24);
		break;
	case OP_FLUSH:
	case OP_CUT:
	case NR_OPS:
		break;
	}
	return op;
}

/**
 * op_print - show an operation, for a person to follow
 * @op: the operation
 */
void op_print(const struct op *op)
{
	printf("#   %s", op_names[op->kind]);
	switch (op->kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_DISCARD:
	case OP_ZERO:
	case OP_ERASE:
		printf(" %llu+%llu%s", op->a, op->b,
		       op->wait == CNULL_MAY_WAIT ? "" : ", not waiting");
		if (op->kind == OP_WRITE)
			printf(", data %u", op->seed);
		if (op->kind == OP_ZERO && op->seed % 2)
			printf(", keeping pages");
		break;
	case OP_BAD:
		printf(" %c%llu-%llu", op->seed % 2 ? '+' : '-', op->a,
		       op->a + op->b - 1);
		break;
	case OP_SET:
		printf(" %s=%llu", cnull_opts[op->a].name, op->b);
		break;
	case OP_FLUSH:
	case OP_CUT:
		break;
	default:
		printf(" %llu", op->a);
	}
	printf("\n");
}
