// SPDX-License-Identifier: GPL-2.0
/*
 * Bad blocks: the table of ranges, and requests that meet bad sectors.
 */
#include "run_io.h"

#define NR_SECTORS	2048
#define NR_MODEL	200	/* sectors of the model */
#define NR_DATA		16	/* sectors of a request */

/**
 * struct fixture - bad blocks and a device that is on
 * @bb: the bad blocks
 * @live: the device
 * @store: the data of the device
 * @model: for each sector, true if the sector should be bad
 * @errors: the number of wrong results that threads found
 * @hits: the number of failed requests that threads counted
 * @data: the data of a request
 * @text: the output of cnull_badblocks_show()
 */
struct fixture {
	struct cnull_badblocks bb;
	struct cnull_live live;
	struct cnull_store store;
	bool model[NR_MODEL];
	atomic_long_t errors;
	atomic_long_t hits;
	u8 data[NR_DATA * 512];
	char text[PAGE_SIZE];
};

static int badblocks_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	test->priv = f;
	cnull_store_init(&f->store);
	err = cnull_store_prepare(&f->store, NR_SECTORS * 512, NUMA_NO_NODE);
	cnull_badblocks_init(&f->bb);
	f->live.nr_sectors = NR_SECTORS;
	f->live.block_sectors = 1;
	f->live.store = &f->store;
	cnull_gate_init(&f->live.gate, &f->live.features);
	f->live.badblocks = &f->bb;
	cnull_badblocks_attach(&f->bb, &f->live.features);
	/* From here on, an allocation that could start I/O is a bug. */
	world_in_io(true);
	return err;
}

static void badblocks_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_badblocks_attach(&f->bb, NULL);
	cnull_badblocks_destroy(&f->bb);
	cnull_store_destroy(&f->store);
	kfree(f);
}

static int set(struct fixture *f, const char *text)
{
	return cnull_badblocks_set(&f->bb, text);
}

static int change(struct fixture *f, bool bad, u64 first, u64 last)
{
	char text[64];

	snprintf(text, sizeof(text), "%c%llu-%llu\n", bad ? '+' : '-', first,
		 last);
	return set(f, text);
}

static const char *shown(struct fixture *f)
{
	size_t len = cnull_badblocks_show(&f->bb, f->text, sizeof(f->text));

	return strlen(f->text) == len ? f->text : "(wrong length)";
}

/* Return the first bad sector of @nr sectors from @sector, or @sector + @nr. */
static u64 first_bad(struct fixture *f, u64 sector, u64 nr)
{
	u64 first = sector + nr;

	cnull_badblocks_find(&f->bb, sector, nr, &first);
	return first;
}

static void empty_table_finds_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 first;

	KUNIT_EXPECT_STREQ(test, shown(f), "");
	KUNIT_EXPECT_EQ(test, f->live.features, 0);
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_find(&f->bb, 0, 8, &first));
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_take(&f->bb, 0, 8, &first));
	KUNIT_EXPECT_EQ(test, set(f, "-0-100"), 0);
	KUNIT_EXPECT_STREQ(test, shown(f), "");
}

static void valid_text_changes_ranges(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, set(f, "+8-15\n"), 0);
	KUNIT_EXPECT_EQ(test, set(f, " \t+0x20-040 \n"), 0);
	KUNIT_EXPECT_EQ(test, set(f, "+3-3"), 0);
	KUNIT_EXPECT_STREQ(test, shown(f), "3 1\n8 8\n32 1\n");
	KUNIT_EXPECT_EQ(test, set(f, "-9-10\n"), 0);
	KUNIT_EXPECT_STREQ(test, shown(f), "3 1\n8 1\n11 5\n32 1\n");
	/* The greatest LAST: the sector after LAST is U64_MAX. */
	KUNIT_EXPECT_EQ(test, set(f, "+40-18446744073709551614"), 0);
	KUNIT_EXPECT_STREQ(test, shown(f),
			   "3 1\n8 1\n11 5\n32 1\n40 18446744073709551575\n");
	KUNIT_EXPECT_EQ(test, set(f, "-0-18446744073709551614"), 0);
	KUNIT_EXPECT_STREQ(test, shown(f), "");
}

static void invalid_text_changes_nothing(struct kunit *test)
{
	static const char *const invalid[] = {
		"", "\n", "+", "-", "8", "8-15", "+8", "-8", "+8-", "+-8", "+8 15",
		"+8-15-", "+8-15x", "+x-15", "+15-8", "*8-15", "+8-15\n+20-21",
		"+8--15", "+ 8-15", "+8- 15", "+8 -15", "+1.5-2", "+0-18446744073709551615",
		"+18446744073709551615-18446744073709551615",
		"+00000000000000000000000000000000000000000000000000000000000000000000000000008-15",
	};
	static const char *const too_large[] = {
		"+0-18446744073709551616", "+18446744073709551616-5",
		"-0-99999999999999999999999",
	};
	struct fixture *f = test->priv;
	size_t i;

	set(f, "+8-15");
	for (i = 0; i < ARRAY_SIZE(invalid); i++) {
		KUNIT_EXPECT_EQ(test, set(f, invalid[i]), -EINVAL);
		KUNIT_EXPECT_STREQ(test, shown(f), "8 8\n");
	}
	for (i = 0; i < ARRAY_SIZE(too_large); i++) {
		KUNIT_EXPECT_EQ(test, set(f, too_large[i]), -ERANGE);
		KUNIT_EXPECT_STREQ(test, shown(f), "8 8\n");
	}
}

/** struct step - a text to write, and the expected output afterwards */
struct step {
	const char *text;
	const char *shown;
};

static void ranges_merge_and_split(struct kunit *test)
{
	static const struct step steps[] = {
		{ "+10-19", "10 10\n" },
		{ "+21-29", "10 10\n21 9\n" },
		{ "+20-20", "10 20\n" },		/* touches both */
		{ "+9-9", "9 21\n" },
		{ "+30-30", "9 22\n" },
		{ "+15-20", "9 22\n" },			/* inside of one */
		{ "+5-35", "5 31\n" },			/* around one */
		{ "-0-4", "5 31\n" },			/* next to one */
		{ "-36-40", "5 31\n" },
		{ "-5-5", "6 30\n" },			/* one end */
		{ "-35-35", "6 29\n" },
		{ "-20-20", "6 14\n21 14\n" },		/* split */
		{ "-10-10", "6 4\n11 9\n21 14\n" },
		{ "+8-22", "6 29\n" },			/* covers three */
		{ "+50-59", "6 29\n50 10\n" },
		{ "+70-79", "6 29\n50 10\n70 10\n" },
		{ "-30-74", "6 24\n75 5\n" },		/* part, whole, part */
		{ "+0-1000000", "0 1000001\n" },	/* more than 512 sectors */
		{ "-512-999999", "0 512\n1000000 1\n" },
		{ "-0-1000000", "" },
	};
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		KUNIT_EXPECT_EQ(test, set(f, steps[i].text), 0);
		KUNIT_EXPECT_STREQ(test, shown(f), steps[i].shown);
	}
}

static void lookup_at_range_edges_is_exact(struct kunit *test)
{
	struct fixture *f = test->priv;

	set(f, "+8-15");
	set(f, "+32-32");
	KUNIT_EXPECT_EQ(test, first_bad(f, 0, 8), 8);
	KUNIT_EXPECT_EQ(test, first_bad(f, 0, 9), 8);
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_find(&f->bb, 0, 8, &(u64){ 0 }));
	KUNIT_EXPECT_TRUE(test, cnull_badblocks_find(&f->bb, 0, 9, &(u64){ 0 }));
	KUNIT_EXPECT_EQ(test, first_bad(f, 12, 100), 12);
	KUNIT_EXPECT_TRUE(test, cnull_badblocks_find(&f->bb, 15, 1, &(u64){ 0 }));
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_find(&f->bb, 16, 16, &(u64){ 0 }));
	KUNIT_EXPECT_EQ(test, first_bad(f, 16, 17), 32);
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_find(&f->bb, 33, 1000, &(u64){ 0 }));
	/* A range of 0 sectors has no bad one, even inside a bad range. */
	KUNIT_EXPECT_FALSE(test, cnull_badblocks_find(&f->bb, 8, 0, &(u64){ 0 }));
}

/* Write the ranges of the model, in the format of cnull_badblocks_show(). */
static void show_model(struct fixture *f, char *text, size_t size)
{
	size_t i = 0, len = 0;

	text[0] = '\0';
	while (i < NR_MODEL) {
		size_t start = i;

		while (i < NR_MODEL && f->model[i])
			i++;
		if (i > start)
			len += snprintf(text + len, size - len, "%zu %zu\n",
					start, i - start);
		else
			i++;
	}
}

/* Return the same as first_bad(), from the model. */
static u64 model_first(struct fixture *f, u64 sector, u64 nr)
{
	u64 i;

	for (i = sector; i < sector + nr && i < NR_MODEL; i++)
		if (f->model[i])
			return i;
	return sector + nr;
}

/* Mark the whole bad range around @bad good. */
static void model_take(struct fixture *f, u64 bad)
{
	u64 i;

	for (i = bad; i < NR_MODEL && f->model[i]; i++)
		f->model[i] = false;
	for (i = bad; i > 0 && f->model[i - 1]; i--)
		f->model[i - 1] = false;
}

static void random_changes_match_model(struct kunit *test)
{
	struct rng rng = rng_start(0);
	struct fixture *f = test->priv;
	unsigned int i, n = world_times(20000);
	char want[NR_MODEL * 4];

	for (i = 0; i < n; i++) {
		u64 first = rng_below(&rng, NR_MODEL);
		u64 nr = 1 + rng_below(&rng, rng_below(&rng, 8) ? 6 : NR_MODEL);
		u64 bad, found;

		nr = min(nr, NR_MODEL - first);
		found = first_bad(f, first, nr);
		bad = model_first(f, first, nr);
		KUNIT_ASSERT_EQ(test, found, bad);
		switch (rng_below(&rng, 5)) {
		case 0:
			found = first + nr;
			cnull_badblocks_take(&f->bb, first, nr, &found);
			KUNIT_ASSERT_EQ(test, found, bad);
			if (bad < first + nr)
				model_take(f, bad);
			break;
		case 1:
		case 2:
			KUNIT_ASSERT_EQ(test, change(f, true, first,
						     first + nr - 1), 0);
			memset(f->model + first, true, nr);
			break;
		default:
			KUNIT_ASSERT_EQ(test, change(f, false, first,
						     first + nr - 1), 0);
			memset(f->model + first, false, nr);
		}
		show_model(f, want, sizeof(want));
		KUNIT_ASSERT_EQ(test, strcmp(shown(f), want), 0);
		KUNIT_ASSERT_EQ(test, test_bit(CNULL_FEATURE_BADBLOCKS,
					       &f->live.features), *want != 0);
	}
}

/* Far more than 512 ranges, and more than a page of text. */
static void many_ranges_shown_in_whole_lines(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int n = world_times(5000), i;
	char small[32];
	size_t len;

	for (i = 0; i < n; i++)
		KUNIT_ASSERT_EQ(test, change(f, true, 2 * i, 2 * i), 0);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, first_bad(f, 2 * i, 1), 2 * i);
		KUNIT_EXPECT_EQ(test, first_bad(f, 2 * i + 1, 1), 2 * i + 2);
	}
	memset(f->text, 0x42, sizeof(f->text));
	len = cnull_badblocks_show(&f->bb, f->text, 1024);
	KUNIT_EXPECT_EQ(test, f->text[1024], 0x42);
	KUNIT_EXPECT_LT(test, len, 1024);
	/* There is no room for one more line. */
	KUNIT_EXPECT_GT(test, len, 1024 - 7);
	KUNIT_EXPECT_EQ(test, strlen(f->text), len);
	KUNIT_EXPECT_EQ(test, f->text[len - 1], '\n');
	KUNIT_EXPECT_EQ(test, strncmp(f->text, "0 1\n2 1\n4 1\n", 12), 0);

	/* The null byte takes one byte of the buffer. */
	KUNIT_EXPECT_EQ(test, cnull_badblocks_show(&f->bb, small, 5), 4);
	KUNIT_EXPECT_STREQ(test, small, "0 1\n");
	KUNIT_EXPECT_EQ(test, cnull_badblocks_show(&f->bb, small, 4), 0);
	KUNIT_EXPECT_EQ(test, cnull_badblocks_show(&f->bb, small, 1), 0);
	KUNIT_EXPECT_STREQ(test, small, "");
	/* One range that covers all others. */
	KUNIT_EXPECT_EQ(test, change(f, true, 0, 2 * n), 0);
	KUNIT_EXPECT_EQ(test, cnull_badblocks_show(&f->bb, f->text, PAGE_SIZE),
			snprintf(small, sizeof(small), "0 %u\n", 2 * n + 1));
}

static void set_without_memory_fails_take_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 first;

	set(f, "+8-15");
	set(f, "+20-29");
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, set(f, "+40-49"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, set(f, "+0-100"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, set(f, "-10-11"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, set(f, "-0-100"), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, shown(f), "8 8\n20 10\n");
	/* cnull_badblocks_take() needs no memory. */
	KUNIT_EXPECT_TRUE(test, cnull_badblocks_take(&f->bb, 9, 1, &first));
	KUNIT_EXPECT_STREQ(test, shown(f), "20 10\n");
	KUNIT_EXPECT_TRUE(test, cnull_badblocks_take(&f->bb, 0, 50, &first));
	KUNIT_EXPECT_EQ(test, first, 20);
	KUNIT_EXPECT_STREQ(test, shown(f), "");
	world_fail_all(false);
}

/* Requests search the table only while the feature bit is set. */
static void feature_bit_set_while_ranges_exist(struct kunit *test)
{
	const unsigned long other = 1UL << 17;
	struct fixture *f = test->priv;
	const unsigned long bit = 1UL << CNULL_FEATURE_BADBLOCKS;
	u64 first;

	f->live.features = other;
	set(f, "+8-15");
	KUNIT_EXPECT_EQ(test, f->live.features, bit | other);
	set(f, "+20-29");
	cnull_badblocks_take(&f->bb, 8, 1, &first);
	KUNIT_EXPECT_EQ(test, f->live.features, bit | other);
	cnull_badblocks_take(&f->bb, 29, 1, &first);
	KUNIT_EXPECT_EQ(test, f->live.features, other);
	set(f, "+20-29");
	KUNIT_EXPECT_EQ(test, f->live.features, bit | other);
	set(f, "-0-100");
	KUNIT_EXPECT_EQ(test, f->live.features, other);

	/* While the device is off, changes update no feature bit. */
	set(f, "+20-29");
	cnull_badblocks_attach(&f->bb, NULL);
	f->live.features = 0;
	set(f, "+40-49");
	KUNIT_EXPECT_EQ(test, f->live.features, 0);
	cnull_badblocks_attach(&f->bb, &f->live.features);
	KUNIT_EXPECT_EQ(test, f->live.features, bit);
}

static int run(struct fixture *f, enum cnull_op op, u64 sector, u64 nr,
	       enum cnull_wait wait)
{
	struct cnull_io io = {
		.op = op,
		.sector = sector,
		.nr_sectors = nr,
	};

	return run_io(&f->live, &io, f->data, sizeof(f->data), wait);
}

static void every_operation_on_bad_sector_fails(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_DISCARD,
	};
	struct fixture *f = test->priv;
	size_t i;
	int backed;

	set(f, "+8-15");
	/* Bad sectors beyond the end change nothing, not even the end. */
	set(f, "+2048-1000000000000");
	for (backed = 1; backed >= 0; backed--) {
		f->live.store = backed ? &f->store : NULL;
		for (i = 0; i < ARRAY_SIZE(ops); i++) {
			KUNIT_EXPECT_EQ(test, run(f, ops[i], 0, 8,
						  CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_EQ(test, run(f, ops[i], 0, 9,
						  CNULL_MAY_WAIT), -EIO);
			KUNIT_EXPECT_EQ(test, run(f, ops[i], 15, 1,
						  CNULL_NO_WAIT), -EIO);
			KUNIT_EXPECT_EQ(test, run(f, ops[i], 16, 8,
						  CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS - 8, 8,
						  CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS - 7, 8,
						  CNULL_MAY_WAIT), -EIO);
		}
	}
	/* A flush meets no bad sector, not even at io->sector. */
	set(f, "+0-0");
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_FLUSH, 0, 0, CNULL_NO_WAIT), 0);
}

/* Without partial I/O, not even the sectors before the bad one are written. */
static void failed_request_moves_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->data, 0x42, sizeof(f->data));
	run(f, CNULL_OP_WRITE, 0, NR_DATA, CNULL_MAY_WAIT);
	set(f, "+10-10");
	memset(f->data, 0x43, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x43);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	set(f, "-10-10");
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, NR_DATA,
				  CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[NR_DATA * 512 - 1], 0x42);
}

/* Return the number of sectors from @sector on that hold only @byte. */
static u64 sectors_of(struct fixture *f, u64 sector, u8 byte)
{
	size_t i = 0;

	run(f, CNULL_OP_READ, sector, NR_DATA, CNULL_MAY_WAIT);
	while (i < sizeof(f->data) && f->data[i] == byte)
		i++;
	return i / 512;
}

static void fill(struct fixture *f, u64 sector, u8 byte)
{
	memset(f->data, byte, sizeof(f->data));
	run(f, CNULL_OP_WRITE, sector, NR_DATA, CNULL_MAY_WAIT);
}

/*
 * Read, write and discard across the bad sector @bad, with blocks of @block sectors.
 * Expect that the first @done sectors are processed.
 */
static void partial_io_in_blocks(struct kunit *test, unsigned int block,
				 u64 bad, u64 done)
{
	struct fixture *f = test->priv;

	f->live.block_sectors = block;
	fill(f, 32, 0x42);
	change(f, true, bad, bad + 100);

	memset(f->data, 0x43, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 32, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, f->data[0], done ? 0x42 : 0x43);
	if (done)
		KUNIT_EXPECT_EQ(test, f->data[512 * done - 1], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[512 * done], 0x43);

	memset(f->data, 0x43, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 32, NR_DATA,
				  CNULL_NO_WAIT), -EIO);
	set(f, "-0-1000");
	KUNIT_EXPECT_EQ(test, sectors_of(f, 32, 0x43), done);
	KUNIT_EXPECT_EQ(test, f->data[512 * done], 0x42);

	change(f, true, bad, bad + 100);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 32, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	set(f, "-0-1000");
	KUNIT_EXPECT_EQ(test, sectors_of(f, 32, 0), done);
	KUNIT_EXPECT_EQ(test, f->data[512 * done], 0x42);
}

static void partial_io_moves_blocks_before_bad_sector(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.badblocks_partial_io = true;
	partial_io_in_blocks(test, 1, 37, 5);
	partial_io_in_blocks(test, 1, 33, 1);
	partial_io_in_blocks(test, 1, 32, 0);
	partial_io_in_blocks(test, 1, 20, 0);
	partial_io_in_blocks(test, 8, 39, 0);
	partial_io_in_blocks(test, 8, 40, 8);
	partial_io_in_blocks(test, 8, 47, 8);
	partial_io_in_blocks(test, 4, 47, 12);
}

/*
 * The sectors before the bad one need memory. A failed allocation is reported
 * instead of -EIO: as -EAGAIN if the request must not wait, else as -ENOSPC.
 */
static void partial_io_without_memory_returns_memory_error(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.badblocks_partial_io = true;
	set(f, "+4-4");
	world_fail_nowait(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 8, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT),
			-EIO);
	world_fail_nowait(false);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 512, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	set(f, "+514-514");
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 512, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	world_fail_all(false);
}

static void once_range_fails_one_request(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.badblocks_once = true;
	set(f, "+8-15");
	set(f, "+20-29");
	set(f, "+40-49");
	/* Removing a range takes a mutex: a NO_WAIT request must be retried. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 12, 1, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 16, 4, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_STREQ(test, shown(f), "8 8\n20 10\n40 10\n");
	/* The hit removes the whole range, and no other range. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 12, 1, CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_STREQ(test, shown(f), "20 10\n40 10\n");
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 12, 1, CNULL_NO_WAIT), 0);
	/* A request across two ranges removes the first one only. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 100, CNULL_MAY_WAIT),
			-EIO);
	KUNIT_EXPECT_STREQ(test, shown(f), "40 10\n");
	/* A removed range can be set again. */
	set(f, "+22-23");
	KUNIT_EXPECT_STREQ(test, shown(f), "22 2\n40 10\n");
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 100, CNULL_MAY_WAIT),
			-EIO);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 100, CNULL_MAY_WAIT),
			-EIO);
	KUNIT_EXPECT_EQ(test, f->live.features, 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 100, CNULL_MAY_WAIT),
			0);
}

static void once_with_partial_io_fails_one_request(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.badblocks_once = f->live.badblocks_partial_io = true;
	fill(f, 0, 0x42);
	set(f, "+5-7");
	memset(f->data, 0x43, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, NR_DATA,
				  CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, sectors_of(f, 0, 0x43), 5);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, NR_DATA,
				  CNULL_MAY_WAIT), 0);
}

#define NR_THREADS	4
#define NR_RANGES	64	/* one range every 16 sectors */

/*
 * In each group of 16 sectors, sector 12 is always bad. Thread 0 changes sectors 8
 * and 9, and thread 1 changes sectors 10 and 11. All other sectors are always good.
 * The remaining threads look the sectors up.
 */
static void change_or_find(void *arg, unsigned int nr)
{
	struct rng rng = rng_start(nr);
	struct fixture *f = arg;
	unsigned int i, n = world_times(5000);
	int wrong = 0;

	for (i = 0; i < n; i++) {
		u64 sector = 16 * rng_below(&rng, NR_RANGES), found;

		if (nr < 2) {
			sector += 8 + 2 * nr;
			wrong += change(f, rng_below(&rng, 2), sector,
					sector + 1) != 0;
			continue;
		}
		found = first_bad(f, sector, 16);
		wrong += found < sector + 8 || found > sector + 12;
		wrong += first_bad(f, sector, 8) != sector + 8;
		wrong += first_bad(f, sector + 12, 1) != sector + 12;
		wrong += first_bad(f, sector + 13, 3) != sector + 16;
	}
	while (wrong--)
		atomic_long_inc(&f->errors);
}

static void lookups_during_changes_find_no_wrong_sector(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 i;

	for (i = 0; i < NR_RANGES; i++)
		change(f, true, 16 * i + 12, 16 * i + 12);
	world_threads(NR_THREADS, change_or_find, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
}

/*
 * Thread 0 changes the table at an unrelated sector. The other threads send one
 * request to each range, each thread in a different order.
 */
static void hit_once(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	unsigned int i;

	for (i = 0; i < NR_RANGES; i++) {
		struct cnull_io io = {
			.op = CNULL_OP_DISCARD,
			.sector = 16 * (i * (2 * nr + 1) % NR_RANGES) + nr,
			.nr_sectors = 5,
		};

		if (!nr)
			change(f, i % 2, 4096, 4096);
		else if (io_result(&f->live, &io, CNULL_MAY_WAIT) == -EIO)
			atomic_long_inc(&f->hits);
	}
}

static void concurrent_requests_hit_each_range_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i, n = world_times(200);
	u64 j;

	f->live.badblocks_once = true;
	while (n--) {
		atomic_long_set(&f->hits, 0);
		for (i = j = 0; j < NR_RANGES; j++)
			i += change(f, true, 16 * j, 16 * j + 7) == 0;
		world_threads(NR_THREADS, hit_once, f);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&f->hits), i);
		KUNIT_ASSERT_EQ(test, first_bad(f, 0, NR_SECTORS), NR_SECTORS);
	}
}

static struct kunit_case badblocks_cases[] = {
	KUNIT_CASE(empty_table_finds_nothing),
	KUNIT_CASE(valid_text_changes_ranges),
	KUNIT_CASE(invalid_text_changes_nothing),
	KUNIT_CASE(ranges_merge_and_split),
	KUNIT_CASE(lookup_at_range_edges_is_exact),
	KUNIT_CASE(random_changes_match_model),
	KUNIT_CASE(many_ranges_shown_in_whole_lines),
	KUNIT_CASE(set_without_memory_fails_take_succeeds),
	KUNIT_CASE(feature_bit_set_while_ranges_exist),
	KUNIT_CASE(every_operation_on_bad_sector_fails),
	KUNIT_CASE(failed_request_moves_no_data),
	KUNIT_CASE(partial_io_moves_blocks_before_bad_sector),
	KUNIT_CASE(partial_io_without_memory_returns_memory_error),
	KUNIT_CASE(once_range_fails_one_request),
	KUNIT_CASE(once_with_partial_io_fails_one_request),
	KUNIT_CASE(lookups_during_changes_find_no_wrong_sector),
	KUNIT_CASE(concurrent_requests_hit_each_range_once),
	{}
};

WORLD_SUITE(badblocks, badblocks_init, badblocks_exit, badblocks_cases);
