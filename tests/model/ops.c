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
	[OP_APPEND] = "append",
	[OP_OPEN] = "open zone",
	[OP_CLOSE] = "close zone",
	[OP_FINISH] = "finish zone",
	[OP_RESET] = "reset zone",
	[OP_RESET_ALL] = "reset all zones",
	[OP_READONLY] = "zone read-only",
	[OP_OFFLINE] = "zone offline",
	[OP_POWER] = "power",
	[OP_CUT] = "power cut",
	[OP_SET] = "set",
	[OP_MEND] = "mend all settings:",
	[OP_BAD] = "bad blocks",
	[OP_FAIL_ALLOC] = "fail allocation",
	[OP_SHORT] = "memory short",
	[OP_SLEEP] = "sleep",
};

/* The smallest zone. */
#define ZONE_SECTORS	2048

/* How often one is of a kind, compared with others. */
static const unsigned int weights[NR_OPS] = {
	[OP_WRITE] = 28,
	[OP_READ] = 20,
	[OP_DISCARD] = 6,
	[OP_ZERO] = 4,
	[OP_ERASE] = 2,
	[OP_FLUSH] = 3,
	[OP_APPEND] = 6,
	[OP_OPEN] = 4,
	[OP_CLOSE] = 4,
	[OP_FINISH] = 2,
	[OP_RESET] = 4,
	[OP_RESET_ALL] = 1,
	[OP_READONLY] = 1,
	[OP_OFFLINE] = 1,
	[OP_POWER] = 11,
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
	unsigned int all = 0, pick;
	enum op_kind kind;

	for (kind = 0; kind < NR_OPS; kind++)
		all += weights[kind];
	pick = rng_below(rng, all);
	for (kind = 0; pick >= weights[kind]; kind++)
		pick -= weights[kind];
	return kind;
}

/* A value that tells something: one that goes, or one at an edge. */
static u64 random_value(struct rng *rng, const struct cnull_option *opt)
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

/* A sector that is often the first one of a zone, or of none. */
static u64 random_zone(struct rng *rng)
{
	u64 sector = rng_below(rng, MODEL_SECTORS + 1);

	return rng_below(rng, 2) ? sector : sector - sector % ZONE_SECTORS;
}

static void random_set(struct rng *rng, struct op *op)
{
	op->a = rng_below(rng, CNULL_NR_OPTIONS);
	op->b = random_value(rng, &cnull_options[op->a]);
	/* As many zones as there may be, and too many. */
	if (op->a == CNULL_OPTION_size && rng_below(rng, 4) == 0)
		op->b = CNULL_MAX_ZONES + rng_below(rng, 2);
	/* Of those that may change at any time, these have most to say. */
	if (rng_below(rng, 4) == 0) {
		op->a = rng_below(rng, 2) ? CNULL_OPTION_zone_max_open :
					    CNULL_OPTION_zone_max_active;
		op->b = rng_below(rng, 4);
	}
}

/**
 * op_of_kind - make an operation
 * @rng: where randomness comes from
 * @kind: which
 */
struct op op_of_kind(struct rng *rng, enum op_kind kind)
{
	struct op op = {
		.kind = kind,
		.wait = rng_below(rng, 2) ? CNULL_MAY_WAIT : CNULL_NO_WAIT,
		.seed = rng_below(rng, 255),
	};

	switch (kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_APPEND:
		random_range(rng, &op);
		op.aim = rng_below(rng, 3) ? AIM_POINTER : AIM_NONE;
		/* It takes some of them, so to few zones. */
		if (rng_below(rng, 4) == 0) {
			op.aim = AIM_END;
			op.a %= 2 * ZONE_SECTORS;
		}
		break;
	case OP_DISCARD:
	case OP_ZERO:
	case OP_ERASE:
		random_range(rng, &op);
		break;
	case OP_OPEN:
	case OP_CLOSE:
	case OP_FINISH:
	case OP_RESET:
	case OP_READONLY:
	case OP_OFFLINE:
		op.a = random_zone(rng);
		break;
	case OP_BAD:
		/* Mostly good again, or nothing would go any more. */
		random_range(rng, &op);
		op.seed = rng_below(rng, 3) == 0;
		if (op.seed)
			op.b = min_t(u64, op.b, 10);
		break;
	case OP_POWER:
		op.a = rng_below(rng, 3) > 0;
		break;
	case OP_SHORT:
		op.a = rng_below(rng, 2);
		break;
	case OP_SET:
		random_set(rng, &op);
		break;
	case OP_FAIL_ALLOC:
		op.a = 1 + rng_below(rng, 6);
		break;
	case OP_SLEEP:
		op.a = rng_below(rng, 1ULL << 40);
		break;
	case OP_MEND:
		op.a = rng_below(rng, 24);
		op.b = rng_below(rng, 3) ? 1 + rng_below(rng, 1ULL << 40) : 0;
		break;
	case OP_FLUSH:
	case OP_RESET_ALL:
	case OP_CUT:
	case NR_OPS:
		break;
	}
	return op;
}

/**
 * op_random - make an operation
 * @rng: where randomness comes from
 */
struct op op_random(struct rng *rng)
{
	return op_of_kind(rng, random_kind(rng));
}

/**
 * op_flags - what else a request asks for
 * @op: the request
 *
 * Some writes flush first, or are to be durable at once; some zeros are to stay.
 */
unsigned int op_flags(const struct op *op)
{
	if (op->kind == OP_ZERO)
		return op->seed % 2 ? CNULL_IO_NOUNMAP : 0;
	if (op->kind != OP_WRITE && op->kind != OP_APPEND)
		return 0;
	return (op->seed % 4 == 0 ? CNULL_IO_FUA : 0) |
	       (op->seed % 16 < 2 ? CNULL_IO_PREFLUSH : 0);
}

/* Take a number less than @n out of one that says more than that. */
static u64 take(u64 *from, u64 n)
{
	u64 digit = *from % n;

	*from /= n;
	return digit;
}

/* Zones that go. Sizes are in MiB; mostly, they are what the model remembers. */
static void zone_settings(u64 code, u64 *set)
{
	static const u64 sizes[] = { 4, 4, 4, 4, 3, 5, 6, 7 };
	static const u64 zones[] = { 1, 1, 2, 3 };
	u64 size = sizes[take(&code, ARRAY_SIZE(sizes))];
	u64 each = zones[take(&code, ARRAY_SIZE(zones))];
	u64 less = take(&code, 3);

	set[CNULL_OPTION_zoned] = 1;
	set[CNULL_OPTION_size] = size;
	set[CNULL_OPTION_zone_size] = each;
	if (size % each == 0 && less < each)
		set[CNULL_OPTION_zone_capacity] = each - less;
	if (take(&code, 2))
		set[CNULL_OPTION_zone_nr_conv] =
			take(&code, DIV_ROUND_UP_ULL(size, each));
	set[CNULL_OPTION_zone_full] = take(&code, 8) == 0;
	set[CNULL_OPTION_blocksize] = 512 << take(&code, 4);
	if (take(&code, 2))
		set[CNULL_OPTION_zone_append_max_sectors] = take(&code, 32);
	set[CNULL_OPTION_zone_max_open] = take(&code, 4);
	set[CNULL_OPTION_zone_max_active] = take(&code, 4);
	if (take(&code, 8) == 0) {
		set[CNULL_OPTION_memory_backed] = 0;
		set[CNULL_OPTION_cache_size] = 0;
	}
}

/**
 * op_settings - what all settings are to be after they are mended
 * @op: the operation that does it
 * @set: filled, by enum cnull_option_id
 */
void op_settings(const struct op *op, u64 *set)
{
	u64 code = op->a;
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		set[i] = cnull_options[i].def;
	set[CNULL_OPTION_memory_backed] = 1;
	set[CNULL_OPTION_cache_size] = take(&code, 3);
	set[CNULL_OPTION_badblocks_once] = take(&code, 2);
	set[CNULL_OPTION_badblocks_partial_io] = take(&code, 2);
	set[CNULL_OPTION_mbps] = take(&code, 2);
	if (op->b)
		zone_settings(op->b, set);
}

static void print_settings(const struct op *op)
{
	u64 set[CNULL_NR_OPTIONS];
	int i;

	op_settings(op, set);
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (set[i] != cnull_options[i].def)
			printf(" %s=%llu", cnull_options[i].name, set[i]);
}

static void print_request(const struct op *op)
{
	static const char *const aims[NR_AIMS] = {
		[AIM_NONE] = "",
		[AIM_POINTER] = " or at the pointer",
		[AIM_END] = " or from the pointer to the end",
	};
	unsigned int flags = op_flags(op);

	printf(" %llu+%llu%s%s", op->a, op->b, aims[op->aim],
	       op->wait == CNULL_MAY_WAIT ? "" : ", not waiting");
	if (op->kind == OP_WRITE || op->kind == OP_APPEND)
		printf(", data %u", op->seed);
	if (flags & CNULL_IO_PREFLUSH)
		printf(", after a flush");
	if (flags & CNULL_IO_FUA)
		printf(", durable");
	if (flags & CNULL_IO_NOUNMAP)
		printf(", keeping pages");
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
	case OP_APPEND:
		print_request(op);
		break;
	case OP_BAD:
		printf(" %c%llu-%llu", op->seed % 2 ? '+' : '-', op->a,
		       op->a + op->b - 1);
		break;
	case OP_SET:
		printf(" %s=%llu", cnull_options[op->a].name, op->b);
		break;
	case OP_MEND:
		print_settings(op);
		break;
	case OP_FLUSH:
	case OP_CUT:
	case OP_RESET_ALL:
		break;
	default:
		printf(" %llu", op->a);
	}
	printf("\n");
}
