// SPDX-License-Identifier: GPL-2.0
/*
 * I/O: what the dispatch does with a request before and after the store.
 */
#include "io/data_step.h"
#include "run_io.h"

#define NR_SECTORS	2048

/**
 * struct fixture - a device that is on, without the way there
 * @live: the device
 * @store: its data
 * @data: of requests
 */
struct fixture {
	struct cnull_live live;
	struct cnull_store store;
	u8 data[8 * 512];
};

static int io_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	test->priv = f;
	cnull_store_init(&f->store);
	f->live.nr_sectors = NR_SECTORS;
	f->live.store = &f->store;
	err = cnull_store_prepare(&f->store, NR_SECTORS * 512, NUMA_NO_NODE);
	/* Whatever a request does from now on, it starts no other. */
	world_in_io(true);
	return err;
}

static void io_exit(struct kunit *test)
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

static void bounds(struct kunit *test)
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

/* Where the kernel looks for memory that nobody wrote to, a read writes to it. */
static void read_without_memory_fills_where_asked(struct kunit *test)
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

static void without_memory(struct kunit *test)
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

static void write_read_discard(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->data, 0x42, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 9, 8, CNULL_NO_WAIT), 0);
	memset(f->data, 0, sizeof(f->data));
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 9, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[0], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[8 * 512 - 1], 0x42);
	/* The sector next to it is not touched. */
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 10, 7, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 9, 8, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->data[511], 0x42);
	KUNIT_EXPECT_EQ(test, f->data[512], 0);
}

/* Three ways to make zeros of data, and what is left of its memory. */
static void zeros(struct kunit *test)
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

		/* Sectors 8 to 16: one page. The other one is next to the end. */
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

/* What would have to sleep says so, and can be run again where it may. */
static void no_wait(struct kunit *test)
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

static void out_of_memory(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT), 0);
}

/* Pages on their way out count as memory: the write waits for them. */
static void memory_after_a_grace_period(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_until_barrier();
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 100, 8, CNULL_MAY_WAIT), 0);

	memset(f->data, 0x42, 512);
	memset(f->data + 512, 0x43, sizeof(f->data) - 512);
	/* A node, the first page, and not the second: it begins anew. */
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

static void deadline(struct kunit *test)
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
	/* A request that fails takes its time too. */
	io = (struct cnull_io) { .op = 99 };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), -EIO);
	KUNIT_EXPECT_EQ(test, io.deadline, 1900);
	/* A request beyond the end is no request of the device. */
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

/* Each request pays once, when it has happened; what never does pays nothing. */
static void throttled(struct kunit *test)
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

	/* Of two deadlines the later one counts. */
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	set_delay(f, 5000000);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, first + 1000000000);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	set_delay(f, 5000000000);
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 6000000000ULL);

	/* One that fails has paid too. */
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, 8, CNULL_MAY_WAIT),
			-ENOSPC);
	world_fail_all(false);
	set_delay(f, 0);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, first + 4000000000ULL);

	/* What is due already ends at once. */
	world_set_time(100000000000);
	set.iops = 1000;
	cnull_throttle_set(&f->live.time.throttle, &set);
	io = (struct cnull_io) { .op = CNULL_OP_FLUSH };
	KUNIT_EXPECT_EQ(test, io_result(&f->live, &io, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.deadline, 0);
}

/* Write 8 sectors full of a byte. */
static int fill(struct fixture *f, unsigned int flags, u64 sector, u8 byte,
		enum cnull_wait wait)
{
	memset(f->data, byte, sizeof(f->data));
	return run_flags(f, CNULL_OP_WRITE, flags, sector, 8, wait);
}

/* The first byte of a sector, as the device shows it, or the store alone. */
static u8 shown(struct fixture *f, u64 sector)
{
	if (run(f, CNULL_OP_READ, sector, 8, CNULL_NO_WAIT))
		return 0xee;
	return f->data[0];
}

static u8 durable(struct fixture *f, u64 sector)
{
	unsigned long features = f->live.features;
	u8 byte;

	f->live.features = 0;
	byte = shown(f, sector);
	f->live.features = features;
	return byte;
}

static void with_a_cache(struct kunit *test)
{
	struct fixture *f = test->priv;

	add_cache(f);
	KUNIT_EXPECT_EQ(test, fill(f, 0, 3, 1, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, shown(f, 3), 1);
	KUNIT_EXPECT_EQ(test, durable(f, 3), 0);
	/* What goes through all is for those who may wait. */
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

static void preflush_and_fua(struct kunit *test)
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

/* Without memory a write goes through, where the store has a page. */
static void a_cache_out_of_memory(struct kunit *test)
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
 * A write to two pages finds no memory for the second. It is run again when another
 * write has ended in between: nobody may see its data, that of the other one, and its
 * data again.
 */
static void write_run_again_takes_effect_once(struct kunit *test)
{
	static const unsigned int flags[] = { 0, CNULL_IO_FUA };
	struct fixture *f = test->priv;
	const u64 sector = CNULL_PAGE_SECTORS - 4;
	const u64 stride = 4 * CNULL_PAGE_SECTORS;
	size_t i;
	long n;

	/* Without a cache, and with one. The n-th allocation fails. */
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

/* The same after it has waited for memory, which did not help: it fails. */
static void write_that_fails_changes_nothing(struct kunit *test)
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

/* A cache tries again, too, before it writes through. */
static void cache_waits_for_memory(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 0, 1, CNULL_MAY_WAIT), 0);
	add_cache(f);
	world_fail_until_barrier();
	KUNIT_EXPECT_EQ(test, fill(f, 0, 4, 2, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, shown(f, 4), 2);
	KUNIT_EXPECT_EQ(test, durable(f, 4), 1);
}

/* A device of 4 MiB, and data for all of it. */
#define MOST_AT_ONCE	(SZ_1M / 512)

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

/* What takes long to copy is not done where nobody may sleep. */
static void long_requests_go_where_they_may_wait(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *data = make_long(test);
	int cached;

	/* Without memory nothing is copied. */
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

/* And where it may, others can run once for each MiB at least. */
static void long_requests_let_others_run(struct kunit *test)
{
	static const struct {
		enum cnull_op op;
		unsigned int flags;
		unsigned long least;
	} ways[] = {
		/* To get memory, and to copy. */
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

static void extents(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 all = NR_SECTORS * 512;
	bool is_data;

	KUNIT_EXPECT_EQ(test, fill(f, 0, 4 * CNULL_PAGE_SECTORS, 1,
				   CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, cnull_data_extent(&f->live, 0, all, &is_data),
			4 * PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, is_data);
	/* What is in the cache only is no hole. */
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

/* Then nothing happens any more, and the request fails. */
static void after_a_power_cut(struct kunit *test)
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

static struct kunit_case io_cases[] = {
	KUNIT_CASE(bounds),
	KUNIT_CASE(without_memory),
	KUNIT_CASE(read_without_memory_fills_where_asked),
	KUNIT_CASE(write_read_discard),
	KUNIT_CASE(zeros),
	KUNIT_CASE(no_wait),
	KUNIT_CASE(out_of_memory),
	KUNIT_CASE(memory_after_a_grace_period),
	KUNIT_CASE(deadline),
	KUNIT_CASE(throttled),
	KUNIT_CASE(with_a_cache),
	KUNIT_CASE(preflush_and_fua),
	KUNIT_CASE(a_cache_out_of_memory),
	KUNIT_CASE(write_run_again_takes_effect_once),
	KUNIT_CASE(write_that_fails_changes_nothing),
	KUNIT_CASE(cache_waits_for_memory),
	KUNIT_CASE(long_requests_go_where_they_may_wait),
	KUNIT_CASE(long_requests_let_others_run),
	KUNIT_CASE(extents),
	KUNIT_CASE(after_a_power_cut),
	{}
};

WORLD_SUITE(io, io_init, io_exit, io_cases);
