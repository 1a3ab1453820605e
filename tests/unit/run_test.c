// SPDX-License-Identifier: GPL-2.0
/*
 * The run of a request: bounds, sleeping, deadlines, and access to data.
 */
#include "io/data_step.h"
#include "run_io.h"

#define NR_SECTORS	2048

/**
 * struct fixture - a live device without a device around it
 * @live: the live device
 * @store: the data
 * @data: the data of requests
 */
struct fixture {
	struct cnull_live live;
	struct cnull_store store;
	u8 data[8 * 512];
};

static int run_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	test->priv = f;
	cnull_store_init(&f->store);
	f->live.nr_sectors = NR_SECTORS;
	f->live.store = &f->store;
	cnull_gate_init(&f->live.gate, &f->live.features);
	err = cnull_store_prepare(&f->store, NR_SECTORS * 512, NUMA_NO_NODE);
	/* From now on, an allocation that may start I/O is a bug. */
	world_in_io(true);
	return err;
}

static void run_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (test_bit(CNULL_FEATURE_CACHE, &f->live.features))
		cnull_cache_destroy(&f->live.cache);
	cnull_store_destroy(&f->store);
	kfree(f);
}

static void add_cache(struct fixture *f)
{
	cnull_cache_init(&f->live.cache, &f->store, NR_SECTORS * 512, 100,
			 NUMA_NO_NODE);
	set_bit(CNULL_FEATURE_CACHE, &f->live.features);
}

static int run_flags(struct fixture *f, enum cnull_op op, unsigned int flags,
		     u64 sector, u64 nr, enum cnull_wait wait)
{
	struct cnull_io io = {
		.op = op,
		.flags = flags,
		.sector = sector,
		.nr_sectors = nr,
	};

	return run_io(&f->live, &io, f->data, sizeof(f->data), wait);
}

static int run(struct fixture *f, enum cnull_op op, u64 sector, u64 nr,
	       enum cnull_wait wait)
{
	return run_flags(f, op, 0, sector, nr, wait);
}

static void request_beyond_the_end_fails(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_DISCARD,
		CNULL_OP_WRITE_ZEROES, CNULL_OP_SECURE_ERASE,
	};
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS - 8, 8,
					  CNULL_MAY_WAIT), 0);
		KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS - 7, 8,
					  CNULL_MAY_WAIT), -EIO);
		KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS + 1, 1,
					  CNULL_MAY_WAIT), -EIO);
		KUNIT_EXPECT_EQ(test, run(f, ops[i], NR_SECTORS, 1,
					  CNULL_MAY_WAIT), -EIO);
		KUNIT_EXPECT_EQ(test, run(f, ops[i], ~0ULL, 2,
					  CNULL_MAY_WAIT), -EIO);
		KUNIT_EXPECT_EQ(test, run(f, ops[i], 1, ~0ULL,
					  CNULL_MAY_WAIT), -EIO);
	}
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_FLUSH, 0, 0, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, 99, 0, 1, CNULL_MAY_WAIT), -EIO);
}

/* A kernel with KMSAN reports uninitialized memory, so a read fills its data. */
static void read_without_memory_fills_data_for_kmsan(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.store = NULL;
	memset(f->data, 0x42, sizeof(f->data));
	world_set_fill_reads(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, 7, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0);
	KUNIT_EXPECT_EQ(test, f->data[7 * 512 - 1], 0);
	KUNIT_EXPECT_EQ(test, f->data[7 * 512], 0x42);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 8, CNULL_NO_WAIT), 0);
	world_set_fill_reads(false);
	f->data[0] = 0x42;
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
}

static void device_without_memory_transfers_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->live.store = NULL;
	memset(f->data, 0x42, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[100], 0x42);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE_ZEROES, 0, 8,
				  CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_SECURE_ERASE, 0, 8,
				  CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, NR_SECTORS, 8,
				  CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
}

static void written_data_reads_back_until_discard(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->data, 0x42, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 9, 8, CNULL_NO_WAIT), 0);
	memset(f->data, 0, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 9, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[8 * 512 - 1], 0x42);
	/* The next sector is unchanged. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 10, 7, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 9, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[511], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[512], 0);
}

/* Three operations zero data. They differ in the memory that stays allocated. */
static void zeroed_ranges_read_as_zeros(struct kunit *test)
{
	static const struct {
		enum cnull_op op;
		unsigned int flags;
		long pages;
	} ways[] = {
		{ CNULL_OP_DISCARD, 0, 1 },
		{ CNULL_OP_WRITE_ZEROES, 0, 1 },
		{ CNULL_OP_WRITE_ZEROES, CNULL_IO_NOUNMAP, 2 },
		{ CNULL_OP_SECURE_ERASE, 0, 1 },
	};
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct cnull_io io = {
			.op = ways[i].op,
			.flags = ways[i].flags,
			.sector = 8,
			.nr_sectors = 16,
		};

		/* Sectors 8 to 15 are a page. The other page is the one before the end. */
		memset(f->data, 0x42, sizeof(f->data));
		KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 8, 8,
					  CNULL_MAY_WAIT), 0);
		KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 24, 8,
					  CNULL_MAY_WAIT), 0);
		KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT),
				-EAGAIN);
		KUNIT_EXPECT_EQ(test, io_result(&f->live, &io,
						CNULL_MAY_WAIT), 0);
		KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget),
				ways[i].pages);
		KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 8, 8,
					  CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, f->data[0] | f->data[8 * 512 - 1], 0);
		KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 24, 8,
					  CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, f->data[0] & f->data[8 * 512 - 1], 0x42);
	}
}

/* A request that would have to sleep can run again in a context that may sleep. */
static void request_that_must_not_wait_returns_to_sleep(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->data, 0x42, sizeof(f->data));
	world_fail_nowait(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT), 0);
	/* An overwrite needs no memory. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 0, 8, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
}

static void write_without_memory_fails_with_enospc(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT), 0);
}

/* A write waits for pages that are freed after a grace period. */
static void write_waits_for_memory_of_a_grace_period(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_until_barrier();
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 100, 8, CNULL_MAY_WAIT), 0);

	memset(f->data, 0x42, 512);
	memset(f->data + 512, 0x43, sizeof(f->data) - 512);
	/* The allocation of the second page fails: the write starts over. */
	world_fail_alloc(3);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 3, 8, CNULL_MAY_WAIT), 0);
	memset(f->data, 0, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 3, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[512], 0x43);
	KUNIT_EXPECT_EQ(test, f->data[sizeof(f->data) - 1], 0x43);
}

static void set_delay(struct fixture *f, u64 nsec)
{
	f->live.time.completion_nsec = nsec;
	set_bit(CNULL_FEATURE_DELAY, &f->live.features);
}

static void completion_time_sets_the_deadline(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_FLUSH };

	world_set_time(1000);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
	set_delay(f, 500);
	io = (struct cnull_io) { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
	/* A second run counts from the first. */
	world_set_time(1400);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 1500);
	/* A request that fails has the same deadline. */
	io = (struct cnull_io) { .op = 99 };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, io.deadline, 1900);
	/* A request beyond the end completes at once. */
	io = (struct cnull_io) { .op = CNULL_OP_READ, .sector = ~0ULL };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
	/* Deadlines end while a device drains. */
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, cnull_io_deadline(&f->live, &io), 1900);
	f->live.draining = true;
	KUNIT_EXPECT_EQ(test, cnull_io_deadline(&f->live, &io), 0);
}

/* A request is charged once, in its last run. A request beyond the end is not charged. */
static void limits_charge_each_request_once(struct kunit *test)
{
	struct cnull_config set = { .iops = 1 };
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };
	u64 first;

	world_set_time(1000000000);
	KUNIT_EXPECT_TRUE(test, cnull_throttle_set(&f->live.time.throttle, &set));
	f->live.features = 1UL << CNULL_FEATURE_THROTTLE;
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_MAY_WAIT), 0);
	first = io.deadline;
	KUNIT_EXPECT_EQ(test, first, 1980000000ULL);

	io = (struct cnull_io) { .op = CNULL_OP_READ, .sector = ~0ULL };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);

	/* The later one of two deadlines counts. */
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	set_delay(f, 5000000);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, first + 1000000000);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	set_delay(f, 5000000000);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 6000000000ULL);

	/* A request that fails is charged, too. */
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	world_fail_all(false);
	set_delay(f, 0);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, first + 4000000000ULL);

	/* A request below the limit has no deadline. */
	world_set_time(100000000000);
	set.iops = 1000;
	cnull_throttle_set(&f->live.time.throttle, &set);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
}

/* Fill 8 sectors with a byte. */
static int fill(struct fixture *f, unsigned int flags, u64 sector, u8 byte,
		enum cnull_wait wait)
{
	memset(f->data, byte, sizeof(f->data));
	return run_flags(f, CNULL_OP_WRITE, flags, sector, 8, wait);
}

/* Return the first byte of a sector, as read from the device. */
static u8 shown(struct fixture *f, u64 sector)
{
	if (run(f, CNULL_OP_READ, sector, 8, CNULL_NO_WAIT))
		return 0xee;
	return f->data[0];
}

/* Return the first byte of a sector, as read from the store alone. */
static u8 durable(struct fixture *f, u64 sector)
{
	unsigned long features = f->live.features;
	u8 byte;

	f->live.features = 0;
	byte = shown(f, sector);
	f->live.features = features;
	return byte;
}

static void cached_requests_flush_and_discard(struct kunit *test)
{
	struct fixture *f = test->priv;

	add_cache(f);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 3, 1, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, shown(f, 3), 1);
	KUNIT_EXPECT_EQ(test, durable(f, 3), 0);
	/* A flush, a discard and a preflush need a context that may sleep. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_FLUSH, 0, 0, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 3, 8, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_PREFLUSH, 3, 2, CNULL_NO_WAIT),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, shown(f, 3), 1);
	KUNIT_EXPECT_EQ(test, durable(f, 3), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_FLUSH, 0, 0, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 3), 1);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 3, 8, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, shown(f, 3), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 3), 0);
	KUNIT_EXPECT_EQ(test, run(f, 99, 0, 1, CNULL_MAY_WAIT), -EIO);
}

static void preflush_and_fua_make_data_durable(struct kunit *test)
{
	struct fixture *f = test->priv;

	add_cache(f);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_FUA, 40, 2, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 0), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 40), 2);
	KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_PREFLUSH, 80, 3, CNULL_MAY_WAIT),
			0);
	KUNIT_EXPECT_EQ(test, durable(f, 0), 1);
	KUNIT_EXPECT_EQ(test, durable(f, 80), 0);
	KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_PREFLUSH | CNULL_IO_FUA, 120, 4,
				   CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 80), 3);
	KUNIT_EXPECT_EQ(test, durable(f, 120), 4);
	KUNIT_EXPECT_EQ(test, shown(f, 120), 4);
}

/* Without memory, a write goes through to the store if the store has the page. */
static void cached_write_without_memory_goes_through(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_MAY_WAIT), 0);
	add_cache(f);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 2, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, durable(f, 0), 1);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 2, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 0), 2);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 80, 3, CNULL_MAY_WAIT), -ENOSPC);
	KUNIT_EXPECT_EQ(test, shown(f, 80), 0);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 80, 3, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, durable(f, 80), 0);
}

/*
 * A write to two pages finds no memory for the second one. Another write completes
 * before the first one runs again. A reader must not see the first data, then the
 * second, then the first again.
 */
static void write_that_runs_again_takes_effect_once(struct kunit *test)
{
	static const unsigned int flags[] = { 0, CNULL_IO_FUA };
	struct fixture *f = test->priv;
	const u64 sector = CNULL_PAGE_SECTORS - 4;
	const u64 stride = 4 * CNULL_PAGE_SECTORS;
	size_t i;
	long n;

	/* Without a cache and with one, fail the Nth allocation. */
	for (i = 0; i < 4; i++) {
		u64 at = sector + i * 6 * stride;

		if (i == 2)
			add_cache(f);
		for (n = 1; n <= 6; n++, at += stride) {
			int err;

			world_fail_alloc(n);
			err = fill(f, flags[i % 2], at, 1, CNULL_NO_WAIT);
			world_fail_alloc(0);
			if (!err)
				continue;
			KUNIT_EXPECT_EQ(test, err, -EAGAIN);
			KUNIT_EXPECT_EQ(test, shown(f, at), 0);
			KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, at + 1, 1,
						  CNULL_MAY_WAIT), 0);
			memset(f->data, 2, sizeof(f->data));
			KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, at, 1,
						  CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_EQ(test, shown(f, at), 2);
			KUNIT_EXPECT_EQ(test, fill(f, flags[i % 2], at, 1,
						   CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_EQ(test, shown(f, at), 1);
		}
	}
}

/* After a wait for memory that frees none, the write fails. */
static void failed_write_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 sector = CNULL_PAGE_SECTORS - 4;
	int cached;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_MAY_WAIT), 0);
	for (cached = 0; cached < 2; cached++) {
		if (cached)
			add_cache(f);
		world_fail_all(true);
		KUNIT_EXPECT_EQ(test, fill(f, 0, sector, 2, CNULL_MAY_WAIT),
				-ENOSPC);
		KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_FUA, sector, 2,
					   CNULL_MAY_WAIT), -ENOSPC);
		world_fail_all(false);
		KUNIT_EXPECT_EQ(test, shown(f, sector), 1);
		KUNIT_EXPECT_EQ(test, durable(f, sector), 1);
		KUNIT_EXPECT_EQ(test, shown(f, sector + 4), 0);
	}
}

/* A cached write waits for memory before it goes through to the store. */
static void cached_write_waits_for_memory(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_MAY_WAIT), 0);
	add_cache(f);
	world_fail_until_barrier();
	KUNIT_EXPECT_EQ(test, fill(f, 0, 4, 2, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, shown(f, 4), 2);
	KUNIT_EXPECT_EQ(test, durable(f, 4), 1);
}

/* The most data that is copied without a chance to reschedule, in sectors. */
#define MOST_AT_ONCE	(SZ_1M / 512)

/* Make a device of 4 MiB. Return a buffer for all of it; NULL without memory. */
static u8 *make_long(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *data = kvmalloc(4 * SZ_1M, GFP_NOIO);

	if (!data)
		return NULL;
	memset(data, 1, 4 * SZ_1M);
	f->live.nr_sectors = 4 * MOST_AT_ONCE;
	KUNIT_EXPECT_EQ(test, cnull_store_prepare(&f->store, 4 * SZ_1M,
						  NUMA_NO_NODE), 0);
	return data;
}

static int run_long(struct fixture *f, enum cnull_op op, unsigned int flags,
		    u64 sector, u64 nr, u8 *data, enum cnull_wait wait)
{
	struct cnull_io io = {
		.op = op,
		.flags = flags,
		.sector = sector,
		.nr_sectors = nr,
	};

	return run_io(&f->live, &io, data, nr * 512, wait);
}

/* A copy above the limit needs a context that may sleep. */
static void long_requests_need_a_context_that_may_sleep(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *data = make_long(test);
	int cached;

	/* A device without memory copies nothing. */
	f->live.store = NULL;
	if (data)
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_WRITE, 0, 3,
				MOST_AT_ONCE + 1, data, CNULL_NO_WAIT), 0);
	f->live.store = &f->store;
	for (cached = 0; data && cached < 2; cached++) {
		if (cached) {
			cnull_cache_init(&f->live.cache, &f->store, 4 * SZ_1M,
					 10, NUMA_NO_NODE);
			set_bit(CNULL_FEATURE_CACHE, &f->live.features);
		}
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_WRITE, 0, 3,
				MOST_AT_ONCE + 1, data, CNULL_NO_WAIT), -EAGAIN);
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_WRITE, CNULL_IO_FUA, 3,
				MOST_AT_ONCE + 1, data, CNULL_NO_WAIT), -EAGAIN);
		KUNIT_EXPECT_EQ(test, shown(f, 3 + MOST_AT_ONCE), 0);
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_WRITE, 0, 3,
				MOST_AT_ONCE, data, CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, shown(f, 2 + MOST_AT_ONCE), 1);
		memset(data, 7, 4 * SZ_1M);
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_READ, 0, 3,
				MOST_AT_ONCE + 1, data, CNULL_NO_WAIT), -EAGAIN);
		KUNIT_EXPECT_EQ(test, data[0], 7);
		KUNIT_EXPECT_EQ(test, run_long(f, CNULL_OP_READ, 0, 3,
				MOST_AT_ONCE, data, CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, data[0] & data[SZ_1M - 1], 1);
		KUNIT_EXPECT_EQ(test, data[SZ_1M], 7);
		memset(data, 1, 4 * SZ_1M);
	}
	kvfree(data);
}

/* In a context that may sleep, a copy reschedules at least once for each MiB. */
static void long_requests_reschedule_after_each_mib(struct kunit *test)
{
	static const struct {
		enum cnull_op op;
		unsigned int flags;
		unsigned long least;
	} ways[] = {
		/* A write allocates and copies, each with its own reschedules. */
		{ CNULL_OP_WRITE, 0, 6 },
		{ CNULL_OP_WRITE, 0, 6 },
		{ CNULL_OP_WRITE, CNULL_IO_FUA, 6 },
		{ CNULL_OP_READ, 0, 3 },
	};
	struct fixture *f = test->priv;
	u8 *data = make_long(test);
	size_t i, cached;

	for (cached = 0; data && cached < 2; cached++) {
		if (cached) {
			cnull_cache_init(&f->live.cache, &f->store, 4 * SZ_1M,
					 10, NUMA_NO_NODE);
			set_bit(CNULL_FEATURE_CACHE, &f->live.features);
		}
		for (i = 0; i < ARRAY_SIZE(ways); i++) {
			unsigned long before = world_rescheds();

			KUNIT_EXPECT_EQ(test, run_long(f, ways[i].op,
					ways[i].flags, 1, 4 * MOST_AT_ONCE - 1,
					data, CNULL_MAY_WAIT), 0);
			KUNIT_EXPECT_LE(test, ways[i].least,
					world_rescheds() - before);
		}
		KUNIT_EXPECT_EQ(test, data[0] & data[4 * SZ_1M - 513], 1);
	}
	kvfree(data);
}

static void extents_follow_the_store_and_the_cache(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 all = NR_SECTORS * 512;
	bool is_data;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 4 * CNULL_PAGE_SECTORS, 1,
				   CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 0, all, &is_data),
			4 * PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, is_data);
	/* Data that only the cache has is not a hole. */
	add_cache(f);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 2 * CNULL_PAGE_SECTORS, 1,
				   CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 0, all, &is_data),
			2 * PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, is_data);
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 2 * PAGE_SIZE + 512,
						all - PAGE_SIZE, &is_data),
			PAGE_SIZE - 512);
	KUNIT_EXPECT_TRUE(test, is_data);
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 4 * PAGE_SIZE, 512,
						&is_data), 512);
	KUNIT_EXPECT_TRUE(test, is_data);
	f->live.store = NULL;
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 0, all, &is_data), all);
	KUNIT_EXPECT_FALSE(test, is_data);
}

/* After a cut, a request fails and changes nothing. */
static void requests_after_a_power_cut_fail(struct kunit *test)
{
	struct fixture *f = test->priv;
	enum cnull_op op;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_FALSE(test, cnull_has(&f->live, CNULL_FEATURE_CUT));
	set_bit(CNULL_FEATURE_CUT, &f->live.features);
	KUNIT_EXPECT_TRUE(test, cnull_has(&f->live, CNULL_FEATURE_CUT));
	for (op = CNULL_OP_READ; op <= CNULL_OP_SECURE_ERASE; op++)
		KUNIT_EXPECT_EQ(test, run(f, op, 0, 8, CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, fill(f, CNULL_IO_FUA, 0, 2, CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, durable(f, 0), 1);
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(request_beyond_the_end_fails),
	KUNIT_CASE(device_without_memory_transfers_nothing),
	KUNIT_CASE(read_without_memory_fills_data_for_kmsan),
	KUNIT_CASE(written_data_reads_back_until_discard),
	KUNIT_CASE(zeroed_ranges_read_as_zeros),
	KUNIT_CASE(request_that_must_not_wait_returns_to_sleep),
	KUNIT_CASE(write_without_memory_fails_with_enospc),
	KUNIT_CASE(write_waits_for_memory_of_a_grace_period),
	KUNIT_CASE(completion_time_sets_the_deadline),
	KUNIT_CASE(limits_charge_each_request_once),
	KUNIT_CASE(cached_requests_flush_and_discard),
	KUNIT_CASE(preflush_and_fua_make_data_durable),
	KUNIT_CASE(cached_write_without_memory_goes_through),
	KUNIT_CASE(write_that_runs_again_takes_effect_once),
	KUNIT_CASE(failed_write_changes_nothing),
	KUNIT_CASE(cached_write_waits_for_memory),
	KUNIT_CASE(long_requests_need_a_context_that_may_sleep),
	KUNIT_CASE(long_requests_reschedule_after_each_mib),
	KUNIT_CASE(extents_follow_the_store_and_the_cache),
	KUNIT_CASE(requests_after_a_power_cut_fail),
	{}
};

WORLD_SUITE(run, run_init, run_exit, run_cases);
