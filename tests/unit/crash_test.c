// SPDX-License-Identifier: GPL-2.0
/*
 * Crash states: points, policies, tokens, and the cost of a change. tests/crash/ compares
 * the states with all legal ones.
 */
#include "record/token.h"
#include "world.h"

#define NR_BLOCKS	64
#define BLOCK_SECTORS	8

/**
 * struct fixture - a log, a walk, and its target
 * @log: the log
 * @crash: the walk; NULL before start()
 * @data: the data of a request
 * @block: for each block, the number of its writer + 1; 0 for the initial contents, 0xff
 *	for zeros
 * @wp: the write pointer of zone 1
 * @nr_extents: the number of extents that were changed
 * @atomic: the longest atomic write, in sectors; 0 for none
 * @fail: the target fails
 */
struct fixture {
	struct cnull_log log;
	struct cnull_crash *crash;
	u8 data[NR_BLOCKS * BLOCK_SECTORS * 512];
	u8 block[NR_BLOCKS];
	u64 wp;
	unsigned int nr_extents;
	u32 atomic;
	bool fail;
};

static int crash_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	return cnull_log_init(&f->log, 1 << 20);
}

static void crash_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_crash_free(f->crash);
	cnull_log_destroy(&f->log);
	kfree(f);
}

static int show_extent(void *arg, const struct cnull_crash_extent *extent)
{
	struct fixture *f = arg;
	u64 i;

	if (f->fail)
		return -ENOSPC;
	f->nr_extents++;
	for (i = 0; i < extent->nr_sectors; i += BLOCK_SECTORS) {
		u8 *block = &f->block[(extent->sector + i) / BLOCK_SECTORS];

		*block = extent->source == CNULL_CRASH_ZEROS ? 0xff : 0;
		if (extent->source == CNULL_CRASH_DATA)
			cnull_log_read(&f->log, extent->entry, extent->offset + i * 512,
				       block, 1);
	}
	return 0;
}

static int show_wp(void *arg, u32 zone, u64 sector)
{
	struct fixture *f = arg;

	f->wp = sector;
	return zone == 1 ? 0 : -EINVAL;
}

/* Record the submission of a request of whole blocks. Its data has its number + 1. */
static struct cnull_log_entry *submit(struct fixture *f, enum cnull_op op, unsigned int flags,
				      u64 block, u64 nr)
{
	struct cnull_iter begin = world_iter(f->data, sizeof(f->data));
	struct cnull_log_entry *entry;
	struct cnull_io io;

	memset(f->data, cnull_log_nr_entries(&f->log) + 1, sizeof(f->data));
	cnull_io_init(&io, op, flags, block * BLOCK_SECTORS, nr * BLOCK_SECTORS);
	io.iter = begin;
	entry = cnull_log_submit(&f->log, &io, 0, CNULL_MAY_WAIT);
	world_iter_end(begin);
	return entry;
}

static void run(struct fixture *f, enum cnull_op op, unsigned int flags, u64 block, u64 nr)
{
	cnull_log_complete(&f->log, submit(f, op, flags, block, nr), 0);
}

static void start(struct kunit *test, u64 zone_sectors)
{
	struct fixture *f = test->priv;
	struct cnull_crash_shape shape = {
		.block_sectors = BLOCK_SECTORS,
		.atomic_sectors = f->atomic,
		.zone_sectors = zone_sectors,
		.first_zone = 1,
		.nr_zones = zone_sectors ? 2 : 0,
	};
	struct cnull_crash_target target = {
		.extent = show_extent,
		.wp = show_wp,
		.arg = f,
	};
	int error;

	f->crash = cnull_crash_new(&f->log, &shape, &target, &error);
	KUNIT_ASSERT_TRUE(test, f->crash);
	KUNIT_EXPECT_EQ(test, error, 0);
}

/* Show a state of the point. Return 0 or the error. */
static int show(struct fixture *f, enum cnull_policy policy, u64 index)
{
	struct cnull_token token = {
		.point = cnull_crash_point(f->crash),
		.policy = policy,
		.index = index,
	};

	return cnull_token_show(&token, f->crash, 0);
}

static void go(struct kunit *test, u32 point)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, cnull_crash_go(f->crash, point), 0);
	KUNIT_ASSERT_EQ(test, cnull_crash_list(f->crash), 0);
}

static void policies_choose_requests(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_log_entry *first, *second;

	first = submit(f, CNULL_OP_WRITE, 0, 0, 1);
	second = submit(f, CNULL_OP_WRITE, 0, 1, 2);
	submit(f, CNULL_OP_WRITE, 0, 3, 1);
	KUNIT_ASSERT_TRUE(test, first && second);
	cnull_log_complete(&f->log, second, 0);
	cnull_log_complete(&f->log, first, 0);
	start(test, 0);
	go(test, 5);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 4);
	KUNIT_EXPECT_EQ(test, cnull_policy_nr_states(f->crash, CNULL_POLICY_PREFIX), 4);
	KUNIT_EXPECT_EQ(test, cnull_policy_nr_states(f->crash, CNULL_POLICY_LOST), 3);
	KUNIT_EXPECT_TRUE(test, cnull_policy_is_exhaustive(f->crash, 16));
	KUNIT_EXPECT_FALSE(test, cnull_policy_is_exhaustive(f->crash, 15));
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_ALL, 0), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\2\2\3", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_NONE, 0), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\0\0\0\0", 4), 0);
	KUNIT_EXPECT_EQ(test, cnull_crash_fingerprint(f->crash), 0);
	/* The second write completed first; the third is in flight. */
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_PREFIX, 1), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\0\2\2\0", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_PREFIX, 2), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\2\2\0", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_PREFIX, 3), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\2\2\3", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_LOST, 1), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\0\0\3", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_KEPT, 1), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\0\2\2\0", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 4 | 8), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\0\0\2\3", 4), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_PREFIX, 4), -ERANGE);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_LOST, 3), -ERANGE);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 16), -ERANGE);
}

static void seeds_repeat_and_random_tears_no_request(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 before[NR_BLOCKS];
	bool differ = false, torn = false;
	unsigned int i;

	for (i = 0; i < 8; i++)
		run(f, CNULL_OP_WRITE, 0, 2 * i, 2);
	start(test, 0);
	go(test, 16);
	for (i = 0; i < 20; i++) {
		KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_RANDOM, i), 0);
		KUNIT_EXPECT_EQ(test, f->block[6], f->block[7]);
		memcpy(before, f->block, sizeof(before));
		KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_TORN, i), 0);
		torn |= f->block[6] != f->block[7];
		KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_RANDOM, i + 1), 0);
		differ |= memcmp(before, f->block, sizeof(before));
		KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_RANDOM, i), 0);
		KUNIT_EXPECT_EQ(test, memcmp(before, f->block, sizeof(before)), 0);
	}
	KUNIT_EXPECT_TRUE(test, differ && torn);
}

static void durable_and_superseded_writes_are_no_units(struct kunit *test)
{
	struct fixture *f = test->priv;

	run(f, CNULL_OP_WRITE, 0, 0, 1);
	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);
	run(f, CNULL_OP_DISCARD, 0, 1, 1);
	run(f, CNULL_OP_FLUSH, 0, 0, 0);
	start(test, 0);
	go(test, 3);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 2);
	go(test, 4);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 0);
	go(test, 7);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 1);
	go(test, 8);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_NONE, 0), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\2\xff", 2), 0);
	KUNIT_EXPECT_EQ(test, cnull_crash_go(f->crash, 7), -ERANGE);
	KUNIT_EXPECT_EQ(test, cnull_crash_go(f->crash, 9), -ERANGE);
}

static void small_change_shows_only_its_extents(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 all;
	unsigned int i;

	for (i = 0; i < NR_BLOCKS; i += 4)
		run(f, CNULL_OP_WRITE, 0, i, 4);
	start(test, 0);
	go(test, NR_BLOCKS / 2);
	KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_ALL, 0), 0);
	all = cnull_crash_fingerprint(f->crash);
	f->nr_extents = 0;
	KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_LOST, 3), 0);
	KUNIT_EXPECT_EQ(test, f->nr_extents, 1);
	KUNIT_EXPECT_TRUE(test, cnull_crash_fingerprint(f->crash) != all);
	KUNIT_ASSERT_EQ(test, show(f, CNULL_POLICY_ALL, 0), 0);
	KUNIT_EXPECT_EQ(test, f->nr_extents, 2);
	KUNIT_EXPECT_EQ(test, cnull_crash_fingerprint(f->crash), all);
	f->fail = true;
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_LOST, 3), -ENOSPC);
}

static void zone_ends_at_first_lost_block(struct kunit *test)
{
	struct fixture *f = test->priv;

	run(f, CNULL_OP_WRITE, 0, 32, 4);
	run(f, CNULL_OP_WRITE, 0, 36, 2);
	run(f, CNULL_OP_ZONE_RESET, 0, 32, 32);
	start(test, 32 * BLOCK_SECTORS);
	go(test, 4);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_ALL, 0), 0);
	KUNIT_EXPECT_EQ(test, f->wp, 38 * BLOCK_SECTORS);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_LOST, 0), 0);
	KUNIT_EXPECT_EQ(test, f->wp, 32 * BLOCK_SECTORS);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\0\0\0\0\0\0", 6), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 0x3b), 0);
	KUNIT_EXPECT_EQ(test, f->wp, 34 * BLOCK_SECTORS);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\1\1\0\0\0\0", 6), 0);
	go(test, 5);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_ALL, 0), 0);
	KUNIT_EXPECT_EQ(test, f->wp, 32 * BLOCK_SECTORS);
}

/* Show the state of a point, and expect the write pointer of the zone. */
static void expect_wp(struct kunit *test, enum cnull_policy policy, u64 index, u64 block)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, show(f, policy, index), 0);
	KUNIT_EXPECT_EQ(test, f->wp, block * BLOCK_SECTORS);
}

static void fua_in_zone_makes_older_writes_durable(struct kunit *test)
{
	struct fixture *f = test->priv;

	submit(f, CNULL_OP_WRITE, 0, 32, 2);
	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 34, 2);
	run(f, CNULL_OP_DISCARD, 0, 32, 4);
	start(test, 32 * BLOCK_SECTORS);
	go(test, 5);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 0);
	expect_wp(test, CNULL_POLICY_NONE, 0, 36);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\1\1\2\2", 4), 0);
}

static void failed_write_in_zone_is_replaced_by_next_one(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_log_complete(&f->log, submit(f, CNULL_OP_WRITE, 0, 32, 2), -EIO);
	run(f, CNULL_OP_WRITE, 0, 32, 1);
	run(f, CNULL_OP_WRITE, 0, 33, 1);
	cnull_log_complete(&f->log, submit(f, CNULL_OP_ZONE_RESET, 0, 32, 32), -EIO);
	start(test, 32 * BLOCK_SECTORS);
	go(test, 2);
	expect_wp(test, CNULL_POLICY_ALL, 0, 34);
	go(test, 8);
	expect_wp(test, CNULL_POLICY_LOST, 1, 33);
	expect_wp(test, CNULL_POLICY_ALL, 0, 34);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\2\3", 2), 0);
}

static void failed_write_in_zone_is_gap_before_later_one(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_log_complete(&f->log, submit(f, CNULL_OP_WRITE, 0, 32, 1), -EIO);
	run(f, CNULL_OP_WRITE, 0, 33, 1);
	start(test, 32 * BLOCK_SECTORS);
	go(test, 4);
	expect_wp(test, CNULL_POLICY_LOST, 0, 34);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\0\2", 2), 0);
	expect_wp(test, CNULL_POLICY_KEPT, 0, 33);
}

static void finish_and_reset_of_zone_may_be_lost(struct kunit *test)
{
	struct fixture *f = test->priv;

	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 32, 1);
	run(f, CNULL_OP_ZONE_FINISH, 0, 32, 32);
	run(f, CNULL_OP_ZONE_FINISH, 0, 0, 32);		/* conventional */
	run(f, CNULL_OP_ZONE_RESET_ALL, 0, 0, 0);
	run(f, CNULL_OP_FLUSH, 0, 0, 0);
	submit(f, CNULL_OP_WRITE, 0, 33, 1);		/* submitted too early */
	submit(f, CNULL_OP_WRITE, 0, 32, 1);
	start(test, 32 * BLOCK_SECTORS);
	go(test, 4);
	expect_wp(test, CNULL_POLICY_ALL, 0, 64);
	expect_wp(test, CNULL_POLICY_NONE, 0, 33);
	go(test, 8);
	expect_wp(test, CNULL_POLICY_ALL, 0, 32);
	KUNIT_EXPECT_EQ(test, f->block[32], 0xff);
	expect_wp(test, CNULL_POLICY_LOST, 1, 64);
	expect_wp(test, CNULL_POLICY_LOST, 0, 33);
	go(test, 10);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 0);
	expect_wp(test, CNULL_POLICY_NONE, 0, 32);
	go(test, 11);
	expect_wp(test, CNULL_POLICY_ALL, 0, 32);
	go(test, 12);
	expect_wp(test, CNULL_POLICY_ALL, 0, 34);
	KUNIT_EXPECT_EQ(test, memcmp(f->block + 32, "\7\6", 2), 0);
}

static void durable_writes_in_flight_together_have_both_orders(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_log_entry *first, *second;

	first = submit(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);
	second = submit(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);
	KUNIT_ASSERT_TRUE(test, first && second);
	cnull_log_complete(&f->log, first, 0);
	cnull_log_complete(&f->log, second, 0);
	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);
	start(test, 0);
	go(test, 4);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 0);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_pairs(f->crash), 1);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 1), 0);
	KUNIT_EXPECT_EQ(test, f->block[0], 1);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 0), 0);
	KUNIT_EXPECT_EQ(test, f->block[0], 2);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 1), 0);
	go(test, 6);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_pairs(f->crash), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_NONE, 0), 0);
	KUNIT_EXPECT_EQ(test, f->block[0], 3);
}

static void run_together(struct fixture *f, u64 block)
{
	struct cnull_log_entry *first = submit(f, CNULL_OP_WRITE, CNULL_IO_FUA, block, 1);

	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, block, 1);
	cnull_log_complete(&f->log, first, 0);
}

static void bits_mean_same_state_whatever_points_were_visited(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 found[4][2];
	u32 i;

	run_together(f, 0);
	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);
	run_together(f, 1);
	run_together(f, 0);
	start(test, 0);
	for (i = 1; i <= cnull_log_nr_events(&f->log); i++)
		go(test, i);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_pairs(f->crash), 2);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, i), 0);
		memcpy(found[i], f->block, 2);
	}
	cnull_crash_free(f->crash);
	start(test, 0);
	go(test, cnull_log_nr_events(&f->log));
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, i), 0);
		KUNIT_EXPECT_EQ(test, memcmp(found[i], f->block, 2), 0);
	}
}

static void order_of_atomic_writes_in_a_circle_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->atomic = 3 * BLOCK_SECTORS;
	submit(f, CNULL_OP_WRITE, 0, 0, 2);
	submit(f, CNULL_OP_WRITE, 0, 1, 2);
	submit(f, CNULL_OP_WRITE, 0, 0, 3);
	start(test, 0);
	go(test, 3);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_units(f->crash), 3);
	KUNIT_EXPECT_EQ(test, cnull_crash_nr_pairs(f->crash), 3);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 7), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\3\3\3", 3), 0);
	/* The pairs are first and second, first and third, second and third. */
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 7 | 16), -EINVAL);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\3\3\3", 3), 0);
	KUNIT_EXPECT_EQ(test, show(f, CNULL_POLICY_EXHAUSTIVE, 7 | 16 | 32), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\2\2", 3), 0);
}

static void points_are_found_by_kind(struct kunit *test)
{
	struct fixture *f = test->priv;

	run(f, CNULL_OP_WRITE, 0, 0, 1);			/* 1, 2 */
	run(f, CNULL_OP_FLUSH, 0, 0, 0);			/* 3, 4 */
	cnull_log_mark(&f->log, "mark");			/* 5 */
	run(f, CNULL_OP_WRITE, CNULL_IO_FUA, 0, 1);		/* 6, 7 */
	submit(f, CNULL_OP_FLUSH, 0, 0, 0);			/* 8 */
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_FLUSH, 0), 3);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_FLUSH, 3), 4);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_FLUSH, 4), 0);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_FUA, 0), 6);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_FUA, 6), 7);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_MARK, 0), 5);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_MARK, 5), 0);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_WRITE, 0), 2);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_WRITE, 2), 7);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_EVENT, 7), 8);
	KUNIT_EXPECT_EQ(test, cnull_points_next(&f->log, CNULL_POINTS_EVENT, 8), 0);
}

static void token_text_reads_back_as_written(struct kunit *test)
{
	struct rng rng = rng_start(0);
	char text[CNULL_TOKEN_SIZE], again[CNULL_TOKEN_SIZE];
	struct cnull_token token, back;
	unsigned int i, j, n = world_times(2000);
	int len;

	for (i = 0; i < n; i++) {
		memset(&token, 0, sizeof(token));
		token.log = rng.state;
		token.point = rng_below(&rng, 2) ? rng_below(&rng, 100) : ~0U;
		token.tear = rng_below(&rng, 3);
		token.policy = rng_below(&rng, CNULL_NR_POLICIES);
		if (token.policy == CNULL_POLICY_BITS)
			token.nr_bits = rng_below(&rng, 385);
		else
			token.index = rng_below(&rng, 2) ? rng_below(&rng, 100) : ~0ULL;
		for (j = 0; j < token.nr_bits; j++)
			if (rng_below(&rng, 2))
				token.bits[j / BITS_PER_LONG] |= 1UL << (j % BITS_PER_LONG);
		len = cnull_token_print(&token, text);
		KUNIT_ASSERT_EQ(test, len, strlen(text));
		KUNIT_ASSERT_LE(test, len, 120);
		KUNIT_ASSERT_EQ(test, cnull_token_parse(&back, text), 0);
		KUNIT_ASSERT_EQ(test, memcmp(&back, &token, sizeof(token)), 0);
		/* A changed text is refused, or it is the text of another state. */
		text[rng_below(&rng, len)] = "Aa0_.~-z9"[rng_below(&rng, 9)];
		if (!cnull_token_parse(&back, text)) {
			cnull_token_print(&back, again);
			KUNIT_ASSERT_EQ(test, strcmp(text, again), 0);
		}
	}
}

static void malformed_token_is_refused(struct kunit *test)
{
	static const char *const invalid[] = {
		"", "c1", "c1.", "c2.0123456789abcdef.b1.all.0", "c1.0123456789abcde.b1.all.0",
		"c1.0123456789ABCDEF.b1.all.0", "c1.0123456789abcdef.x1.all.0",
		"c1.0123456789abcdef.b.all.0", "c1.0123456789abcdef.b01.all.0",
		"c1.0123456789abcdef.b4294967296.all.0", "c1.0123456789abcdef.b1.some.0",
		"c1.0123456789abcdef.b1.all", "c1.0123456789abcdef.b1.all.",
		"c1.0123456789abcdef.b1.all.-1", "c1.0123456789abcdef.b1.all.0 ",
		"c1.0123456789abcdef.b1.torn.18446744073709551616",
		"c1.0123456789abcdef.b1.bits.3.I", "c1.0123456789abcdef.b1.bits.3.AA",
		"c1.0123456789abcdef.b1.bits.385.A", "c1.0123456789abcdef.b1.bits.6.*",
	};
	struct cnull_token token;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(invalid); i++)
		KUNIT_EXPECT_EQ(test, cnull_token_parse(&token, invalid[i]), -EINVAL);
	KUNIT_EXPECT_EQ(test, cnull_token_parse(&token,
						"c1.0123456789abcdef.s12.bits.3.H\n"), 0);
	KUNIT_EXPECT_EQ(test, token.point, 12);
	KUNIT_EXPECT_EQ(test, token.bits[0], 7UL);
}

static void token_shows_state_of_its_log_alone(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_token token = { };
	unsigned long bits = 5;
	u64 log;

	run(f, CNULL_OP_WRITE, 0, 0, 3);
	start(test, 0);
	go(test, 2);
	log = cnull_token_log(&f->log);
	token.log = log;
	token.point = 2;
	KUNIT_EXPECT_EQ(test, cnull_token_set_bits(&token, f->crash, &bits), 0);
	KUNIT_EXPECT_EQ(test, cnull_token_show(&token, f->crash, log), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->block, "\1\0\1", 3), 0);
	token.nr_bits = 2;
	KUNIT_EXPECT_EQ(test, cnull_token_show(&token, f->crash, log), -ERANGE);
	KUNIT_EXPECT_EQ(test, cnull_token_show(&token, f->crash, log + 1), -ESTALE);
	run(f, CNULL_OP_FLUSH, 0, 0, 0);
	KUNIT_EXPECT_TRUE(test, cnull_token_log(&f->log) != log);
}

static void misaligned_log_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_crash_shape shape = { .block_sectors = 2 * BLOCK_SECTORS };
	struct cnull_crash_target target = { .extent = show_extent, .arg = f };
	int error;

	run(f, CNULL_OP_WRITE, 0, 1, 1);
	f->crash = cnull_crash_new(&f->log, &shape, &target, &error);
	KUNIT_EXPECT_TRUE(test, !f->crash);
	KUNIT_EXPECT_EQ(test, error, -EINVAL);
}

static struct kunit_case crash_cases[] = {
	KUNIT_CASE(policies_choose_requests),
	KUNIT_CASE(seeds_repeat_and_random_tears_no_request),
	KUNIT_CASE(durable_and_superseded_writes_are_no_units),
	KUNIT_CASE(small_change_shows_only_its_extents),
	KUNIT_CASE(zone_ends_at_first_lost_block),
	KUNIT_CASE(fua_in_zone_makes_older_writes_durable),
	KUNIT_CASE(failed_write_in_zone_is_replaced_by_next_one),
	KUNIT_CASE(failed_write_in_zone_is_gap_before_later_one),
	KUNIT_CASE(finish_and_reset_of_zone_may_be_lost),
	KUNIT_CASE(durable_writes_in_flight_together_have_both_orders),
	KUNIT_CASE(bits_mean_same_state_whatever_points_were_visited),
	KUNIT_CASE(order_of_atomic_writes_in_a_circle_is_refused),
	KUNIT_CASE(points_are_found_by_kind),
	KUNIT_CASE(token_text_reads_back_as_written),
	KUNIT_CASE(malformed_token_is_refused),
	KUNIT_CASE(token_shows_state_of_its_log_alone),
	KUNIT_CASE(misaligned_log_is_refused),
	{}
};

WORLD_SUITE(crash, crash_init, crash_exit, crash_cases);
