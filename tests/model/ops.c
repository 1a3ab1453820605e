// SPDX-License-Identifier: GPL-2.0
/*
 * Operations: random generation and printing.
 */
#include "model.h"
#include "../unit/rng.h"

static const char *const op_names[NR_OPS] = {
	[OP_WRITE] = "write",
	[OP_READ] = "read",
	[OP_DISCARD] = "discard",
	[OP_WRITE_ZEROES] = "write zeroes",
	[OP_SECURE_ERASE] = "secure erase",
	[OP_FLUSH] = "flush",
	[OP_APPEND] = "zone append",
	[OP_OPEN] = "open zone",
	[OP_CLOSE] = "close zone",
	[OP_FINISH] = "finish zone",
	[OP_RESET] = "reset zone",
	[OP_RESET_ALL] = "reset all zones",
	[OP_READONLY] = "set zone read-only",
	[OP_OFFLINE] = "set zone offline",
	[OP_POWER] = "power",
	[OP_CUT] = "power cut",
	[OP_SET] = "set option",
	[OP_SET_ALL] = "set all options to good values:",
	[OP_BADBLOCKS] = "bad blocks",
	[OP_SNAPSHOT] = "take snapshot",
	[OP_RESTORE] = "restore snapshot",
	[OP_FAIL_ALLOC] = "fail allocation",
	[OP_LOW_MEMORY] = "low memory",
	[OP_ADVANCE_CLOCK] = "advance the clock by",
};

/* The size of the smallest zone. */
#define ZONE_SECTORS	2048

/* The relative frequency of each kind. */
static const unsigned int weights[NR_OPS] = {
	[OP_WRITE] = 28,
	[OP_READ] = 20,
	[OP_DISCARD] = 6,
	[OP_WRITE_ZEROES] = 4,
	[OP_SECURE_ERASE] = 2,
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
	[OP_SET_ALL] = 6,
	[OP_BADBLOCKS] = 3,
	[OP_SNAPSHOT] = 2,
	[OP_RESTORE] = 2,
	[OP_FAIL_ALLOC] = 4,
	[OP_LOW_MEMORY] = 2,
	[OP_ADVANCE_CLOCK] = 2,
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

/* Choose a value of an option: a valid one, or one at or beyond a limit. */
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

/* Choose the sectors of a request. */
static void random_range(struct rng *rng, struct op *op)
{
	op->a = rng_below(rng, MODEL_SECTORS);
	op->b = 1 + rng_below(rng, rng_below(rng, 4) ? 20 : MOST_SECTORS);
	/* Whole pages are common, because most of the code handles pages. */
	if (rng_below(rng, 3) == 0) {
		op->a -= op->a % 8;
		op->b += -op->b % 8;
	}
	op->b = min_t(u64, op->b, MODEL_SECTORS - op->a);
}

/* Choose a sector, often the first one of a zone, or one beyond the device. */
static u64 random_zone(struct rng *rng)
{
	u64 sector = rng_below(rng, MODEL_SECTORS + 1);

	return rng_below(rng, 2) ? sector : sector - sector % ZONE_SECTORS;
}

/* Choose an option and a value. */
static void random_set(struct rng *rng, struct op *op)
{
	op->a = rng_below(rng, CNULL_NR_OPTIONS);
	op->b = random_value(rng, &cnull_options[op->a]);
	/* The maximum number of zones, or one too many. */
	if (op->a == CNULL_OPTION_size && rng_below(rng, 4) == 0)
		op->b = CNULL_MAX_ZONES + rng_below(rng, 2);
	/* Of all changes while on, those of the zone limits have the most effect. */
	if (rng_below(rng, 4) == 0) {
		op->a = rng_below(rng, 2) ? CNULL_OPTION_zone_max_open :
					    CNULL_OPTION_zone_max_active;
		op->b = rng_below(rng, 4);
	}
}

/**
 * op_of_kind - make a random operation of one kind
 * @rng: the random number generator
 * @kind: the kind
 *
 * Return: the operation.
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
		/* Filling a zone takes several requests, so use two zones only. */
		if (rng_below(rng, 4) == 0) {
			op.aim = AIM_END;
			op.a %= 2 * ZONE_SECTORS;
		}
		break;
	case OP_DISCARD:
	case OP_WRITE_ZEROES:
	case OP_SECURE_ERASE:
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
	case OP_BADBLOCKS:
		/* Mostly mark sectors good, else most requests would fail. */
		random_range(rng, &op);
		op.seed = rng_below(rng, 3) == 0;
		if (op.seed)
			op.b = min_t(u64, op.b, 10);
		break;
	case OP_POWER:
		op.a = rng_below(rng, 3) > 0;
		break;
	case OP_LOW_MEMORY:
		op.a = rng_below(rng, 2);
		break;
	case OP_SNAPSHOT:
	case OP_RESTORE:
		op.a = rng_below(rng, NR_SNAPSHOTS);
		break;
	case OP_SET:
		random_set(rng, &op);
		break;
	case OP_FAIL_ALLOC:
		op.a = 1 + rng_below(rng, 6);
		break;
	case OP_ADVANCE_CLOCK:
		op.a = rng_below(rng, 1ULL << 40);
		break;
	case OP_SET_ALL:
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
 * op_random - make a random operation
 * @rng: the random number generator
 *
 * Return: the operation.
 */
struct op op_random(struct rng *rng)
{
	return op_of_kind(rng, random_kind(rng));
}

/**
 * op_flags - get the flags of a request
 * @op: the request
 *
 * Some writes have PREFLUSH or FUA, and some write zeroes have NOUNMAP.
 *
 * Return: the mask of enum cnull_io_flag.
 */
unsigned int op_flags(const struct op *op)
{
	if (op->kind == OP_WRITE_ZEROES)
		return op->seed % 2 ? CNULL_IO_NOUNMAP : 0;
	if (op->kind != OP_WRITE && op->kind != OP_APPEND)
		return 0;
	return (op->seed % 4 == 0 ? CNULL_IO_FUA : 0) |
	       (op->seed % 16 < 2 ? CNULL_IO_PREFLUSH : 0);
}

/* Remove the lowest digit, in base @n, from a code. Return the digit. */
static u64 take_digit(u64 *code, u64 n)
{
	u64 digit = *code % n;

	*code /= n;
	return digit;
}

/* Choose valid options of zones. Sizes are in MiB, mostly that of the model. */
static void zone_config(u64 code, u64 *config)
{
	static const u64 sizes[] = { 4, 4, 4, 4, 3, 5, 6, 7 };
	static const u64 zones[] = { 1, 1, 2, 3 };
	u64 size = sizes[take_digit(&code, ARRAY_SIZE(sizes))];
	u64 each = zones[take_digit(&code, ARRAY_SIZE(zones))];
	u64 less = take_digit(&code, 3);

	config[CNULL_OPTION_zoned] = 1;
	config[CNULL_OPTION_size] = size;
	config[CNULL_OPTION_zone_size] = each;
	if (size % each == 0 && less < each)
		config[CNULL_OPTION_zone_capacity] = each - less;
	if (take_digit(&code, 2))
		config[CNULL_OPTION_zone_nr_conv] =
			take_digit(&code, DIV_ROUND_UP_ULL(size, each));
	config[CNULL_OPTION_zone_full] = take_digit(&code, 8) == 0;
	config[CNULL_OPTION_blocksize] = 512 << take_digit(&code, 4);
	if (take_digit(&code, 2))
		config[CNULL_OPTION_zone_append_max_sectors] = take_digit(&code, 32);
	config[CNULL_OPTION_zone_max_open] = take_digit(&code, 4);
	config[CNULL_OPTION_zone_max_active] = take_digit(&code, 4);
	if (take_digit(&code, 8) == 0) {
		config[CNULL_OPTION_memory_backed] = 0;
		config[CNULL_OPTION_cache_size] = 0;
	}
}

/**
 * op_config - get the values of an operation that sets all options
 * @op: the operation: %OP_SET_ALL
 * @config: the valid config; filled, by enum cnull_option_id
 */
void op_config(const struct op *op, u64 *config)
{
	u64 code = op->a;
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		config[i] = cnull_options[i].def;
	config[CNULL_OPTION_memory_backed] = 1;
	config[CNULL_OPTION_cache_size] = take_digit(&code, 3);
	config[CNULL_OPTION_badblocks_once] = take_digit(&code, 2);
	config[CNULL_OPTION_badblocks_partial_io] = take_digit(&code, 2);
	config[CNULL_OPTION_mbps] = take_digit(&code, 2);
	if (op->b)
		zone_config(op->b, config);
}

static void print_config(const struct op *op)
{
	u64 config[CNULL_NR_OPTIONS];
	int i;

	op_config(op, config);
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (config[i] != cnull_options[i].def)
			printf(" %s=%llu", cnull_options[i].name, config[i]);
}

static void print_request(const struct op *op)
{
	static const char *const aims[NR_AIMS] = {
		[AIM_NONE] = "",
		[AIM_POINTER] = " (zoned: at the write pointer)",
		[AIM_END] = " (zoned: from the write pointer to the capacity)",
	};
	unsigned int flags = op_flags(op);

	printf(" %llu+%llu%s%s", op->a, op->b, aims[op->aim],
	       op->wait == CNULL_MAY_WAIT ? "" : ", no wait");
	if (op->kind == OP_WRITE || op->kind == OP_APPEND)
		printf(", data seed %u", op->seed);
	if (flags & CNULL_IO_PREFLUSH)
		printf(", PREFLUSH");
	if (flags & CNULL_IO_FUA)
		printf(", FUA");
	if (flags & CNULL_IO_NOUNMAP)
		printf(", NOUNMAP");
}

/**
 * op_print - print an operation, readable for a person
 * @op: the operation
 */
void op_print(const struct op *op)
{
	printf("#   %s", op_names[op->kind]);
	switch (op->kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_DISCARD:
	case OP_WRITE_ZEROES:
	case OP_SECURE_ERASE:
	case OP_APPEND:
		print_request(op);
		break;
	case OP_BADBLOCKS:
		printf(" %c%llu-%llu", op->seed % 2 ? '+' : '-', op->a,
		       op->a + op->b - 1);
		break;
	case OP_SET:
		printf(" %s=%llu", cnull_options[op->a].name, op->b);
		break;
	case OP_SET_ALL:
		print_config(op);
		break;
	case OP_POWER:
	case OP_LOW_MEMORY:
		printf(" %s", op->a ? "on" : "off");
		break;
	case OP_SNAPSHOT:
	case OP_RESTORE:
		printf(" %llu", op->a);
		break;
	case OP_FAIL_ALLOC:
		printf(" number %llu from here", op->a);
		break;
	case OP_ADVANCE_CLOCK:
		printf(" %llu ns", op->a);
		break;
	case OP_FLUSH:
	case OP_CUT:
	case OP_RESET_ALL:
		break;
	default:
		printf(" at sector %llu", op->a);
	}
	printf("\n");
}
