// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of a device: take, restore, clone.
 */
#include "device/life.h"
#include "device/snapshot.h"
#include "run_io.h"
#include "zone/layout.h"
#include "zone/report.h"

#define SIZE_MIB	4
#define ZONE_SECTORS	2048
#define MOST_SECTORS	64U
#define NR_THREADS	4

/**
 * struct fixture - two devices, which are off when a test begins, and a snapshot
 * @dev: the devices; memory-backed
 * @snapshot: for the test; dropped at the end if @is_taken
 * @is_taken: @snapshot is in use
 * @base: another snapshot, for the test; empty at the end
 * @has_writers: the backend refuses to hold a device, unless forced
 * @holds: number of holds, less that of releases
 * @changes: number of releases
 * @buf: data of requests, a part for each thread
 * @order: held during a request of the threads: overlapping requests may leave a mix
 * @is_over: threads end
 * @errors: number of errors that threads found
 */
struct fixture {
	struct cnull_dev dev[2];
	struct cnull_snapshot snapshot;
	bool is_taken;
	struct cnull_snapshot base;
	bool has_writers;
	int holds;
	int changes;
	u8 buf[NR_THREADS][MOST_SECTORS << SECTOR_SHIFT];
	struct mutex order;
	bool is_over;
	atomic_long_t errors;
};

/* The backend needs the fixture, and has the device alone. */
static struct fixture *current_fixture;

static int start(struct cnull_dev *dev)
{
	cnull_dev_allow_cut(dev);
	return 0;
}

static void nothing(struct cnull_dev *dev)
{
}

static int hold(struct cnull_dev *dev, bool is_forced)
	__must_hold(&dev->lock)
{
	if (current_fixture->has_writers && !is_forced)
		return cnull_fail(dev, -EBUSY, "not restored: has writers");
	current_fixture->holds++;
	return 0;
}

static void release(struct cnull_dev *dev)
{
	current_fixture->holds--;
	current_fixture->changes++;
}

static const struct cnull_backend backend = {
	.start = start,
	.stop = nothing,
	.drain = nothing,
	.cut = nothing,
	.hold = hold,
	.release = release,
};

#define SET(dev, name, text) \
	cnull_dev_set(dev, &cnull_options[CNULL_OPTION_##name], text)
#define GET(dev, name) \
	cnull_dev_get(dev, &cnull_options[CNULL_OPTION_##name])

static int snapshot_init(struct kunit *test)
{
	struct cnull_config config;
	struct fixture *f = kvcalloc(1, sizeof(*f), GFP_KERNEL);
	int i;

	test->priv = f;
	current_fixture = f;
	mutex_init(&f->order);
	cnull_config_init(&config);
	config.memory_backed = true;
	config.size = SIZE_MIB;
	config.discard = true;
	for (i = 0; i < 2; i++)
		cnull_dev_init(&f->dev[i], i ? "clone" : "disk", &config, &backend);
	return 0;
}

static void snapshot_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	if (f->is_taken)
		cnull_snapshot_drop(&f->snapshot);
	cnull_snapshot_drop(&f->base);
	for (i = 0; i < 2; i++) {
		cnull_dev_kill(&f->dev[i]);
		cnull_dev_destroy(&f->dev[i]);
	}
	mutex_destroy(&f->order);
	kvfree(f);
}

static int take(struct fixture *f)
{
	int err = cnull_snapshot_take(&f->dev[0], &f->snapshot);

	f->is_taken = !err;
	return err;
}

static int restore(struct fixture *f)
{
	return cnull_snapshot_restore(&f->dev[0], &f->snapshot,
				      CNULL_RESTORE_UNUSED);
}

static int request(struct fixture *f, struct cnull_dev *dev, enum cnull_op op,
		   unsigned int flags, u64 sector, u64 nr, unsigned int thread)
{
	struct cnull_io io;

	cnull_io_init(&io, op, flags, sector, nr);
	return run_io(dev->live, &io, f->buf[thread], nr << SECTOR_SHIFT,
		      CNULL_MAY_WAIT);
}

/* Write @nr sectors of one value. */
static int put(struct fixture *f, int i, u64 sector, u64 nr, u8 value)
{
	memset(f->buf[0], value, nr << SECTOR_SHIFT);
	return request(f, &f->dev[i], CNULL_OP_WRITE, 0, sector, nr, 0);
}

/* Return the value of all bytes of a sector, or -1 if they differ. */
static int get(struct fixture *f, int i, u64 sector)
{
	unsigned int j;

	memset(f->buf[0], 0x77, 1 << SECTOR_SHIFT);
	if (request(f, &f->dev[i], CNULL_OP_READ, 0, sector, 1, 0))
		return -1;
	for (j = 1; j < 1 << SECTOR_SHIFT; j++)
		if (f->buf[0][j] != f->buf[0][0])
			return -1;
	return f->buf[0][0];
}

static void expect_error(struct kunit *test, int i, const char *text)
{
	struct fixture *f = test->priv;
	char error[CNULL_ERROR_SIZE];

	cnull_dev_error(&f->dev[i], error, sizeof(error));
	KUNIT_EXPECT_STREQ(test, error, text);
}

static void restored_device_has_old_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 16, 1), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 3, 1, 2), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 100, 1, 3), 0);
	KUNIT_ASSERT_EQ(test, request(f, &f->dev[0], CNULL_OP_DISCARD, 0, 8, 8, 0), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_EXPECT_EQ(test, f->holds, 0);
	KUNIT_EXPECT_EQ(test, f->changes, 1);
	KUNIT_EXPECT_EQ(test, get(f, 0, 3), 1);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8), 1);
	KUNIT_EXPECT_EQ(test, get(f, 0, 100), 0);
	/* Again, with the device off. */
	KUNIT_ASSERT_EQ(test, put(f, 0, 3, 1, 4), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_EXPECT_EQ(test, f->changes, 1);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 3), 1);
	expect_error(test, 0, "");
}

static void snapshot_has_cached_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, SET(&f->dev[0], cache_size, "1"), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 2, 1), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 1, 1, 2), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 1), 1);
	/* The cache works after that. */
	KUNIT_ASSERT_EQ(test, put(f, 0, 1, 1, 3), 0);
	KUNIT_ASSERT_EQ(test, request(f, &f->dev[0], CNULL_OP_FLUSH, 0, 0, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, 4), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_cut(&f->dev[0]), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 0), 1);
	KUNIT_EXPECT_EQ(test, get(f, 0, 1), 3);
}

static void restore_of_open_device_needs_force(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, 1), 0);
	f->has_writers = true;
	KUNIT_EXPECT_EQ(test, restore(f), -EBUSY);
	expect_error(test, 0, "not restored: has writers");
	KUNIT_EXPECT_EQ(test, get(f, 0, 0), 1);
	KUNIT_EXPECT_EQ(test, f->changes, 0);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_restore(&f->dev[0], &f->snapshot,
						     CNULL_RESTORE_FORCED), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, f->changes, 1);
	KUNIT_EXPECT_EQ(test, f->holds, 0);
}

static void refused_operations_change_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	static struct cnull_snapshot other;	/* too large for a stack */

	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[0]), -EBUSY);
	expect_error(test, 0, "no clone: the disk is on, must be off");
	KUNIT_ASSERT_EQ(test, cnull_dev_cut(&f->dev[0]), 0);
	KUNIT_EXPECT_EQ(test, restore(f), -EBUSY);
	expect_error(test, 0, "not restored: the power was cut, and must be off or on");
	KUNIT_EXPECT_EQ(test, cnull_snapshot_take(&f->dev[0], &other), -EBUSY);
	expect_error(test, 0, "no snapshot: the power was cut, and must be off or on");

	/* Another size: refused while the device is on. */
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, SET(&f->dev[0], size, "8"), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_EXPECT_EQ(test, restore(f), -EINVAL);
	expect_error(test, 0, "not restored: size is 8, must be 4 as in the snapshot");
	KUNIT_ASSERT_EQ(test, put(f, 0, 10000, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 10000), 0);
	KUNIT_EXPECT_EQ(test, put(f, 0, 10000, 1, 2), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);

	/* A device without memory. */
	KUNIT_ASSERT_EQ(test, SET(&f->dev[0], memory_backed, "0"), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_take(&f->dev[0], &other), -EINVAL);
	expect_error(test, 0, "no snapshot: memory_backed is 0, must be 1");
	KUNIT_EXPECT_EQ(test, restore(f), -EINVAL);
	expect_error(test, 0, "not restored: memory_backed is 0, must be 1");

	cnull_dev_kill(&f->dev[0]);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_take(&f->dev[0], &other), -ENODEV);
	KUNIT_EXPECT_EQ(test, restore(f), -ENODEV);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[0]), -ENODEV);
}

static void clone_has_data_and_layout(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_usage usage;

	KUNIT_ASSERT_EQ(test, SET(&f->dev[0], blocksize, "4096"), 0);
	KUNIT_ASSERT_EQ(test, SET(&f->dev[1], size, "1"), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8000, 16, 1), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[1]), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[1], true), 0);
	KUNIT_EXPECT_EQ(test, GET(&f->dev[1], size),
			SIZE_MIB);
	KUNIT_EXPECT_EQ(test, GET(&f->dev[1], blocksize), 4096);
	KUNIT_EXPECT_EQ(test, get(f, 1, 8000), 1);
	KUNIT_ASSERT_EQ(test, put(f, 1, 8000, 8, 2), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8000), 1);
	cnull_dev_usage(&f->dev[1], &usage);
	KUNIT_EXPECT_EQ(test, usage.nr_own, 1);
	KUNIT_EXPECT_EQ(test, usage.nr_shared, 1);
	/* The snapshot and the clone outlive the device. */
	cnull_dev_kill(&f->dev[0]);
	cnull_dev_destroy(&f->dev[0]);
	KUNIT_EXPECT_EQ(test, get(f, 1, 8008), 1);
	cnull_snapshot_drop(&f->snapshot);
	f->is_taken = false;
	KUNIT_EXPECT_EQ(test, get(f, 1, 8008), 1);
	cnull_dev_init(&f->dev[0], "disk", &f->snapshot.config, &backend);
}

static void make_zoned(struct kunit *test, int i)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, SET(&f->dev[i], discard, "0"), 0);
	KUNIT_ASSERT_EQ(test, SET(&f->dev[i], zoned, "1"), 0);
	KUNIT_ASSERT_EQ(test, SET(&f->dev[i], zone_size, "1"), 0);
}

static void expect_zone(struct kunit *test, int i, unsigned int nr,
			enum cnull_zone_cond cond, u64 wp)
{
	struct fixture *f = test->priv;
	struct cnull_zone_info info;

	cnull_zone_report(f->dev[i].live->zones, nr, &info);
	KUNIT_EXPECT_EQ(test, info.cond, cond);
	if (cond == CNULL_ZONE_CLOSED)
		KUNIT_EXPECT_EQ(test, info.wp, nr * ZONE_SECTORS + wp);
}

static void snapshot_has_zones_as_after_power_off(struct kunit *test)
{
	struct fixture *f = test->priv;

	make_zoned(test, 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 8, 1), 0);
	KUNIT_ASSERT_EQ(test, request(f, &f->dev[0], CNULL_OP_ZONE_FINISH, 0,
				      ZONE_SECTORS, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	expect_zone(test, 0, 0, CNULL_ZONE_IMP_OPEN, 8);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8, 8, 2), 0);
	KUNIT_ASSERT_EQ(test, request(f, &f->dev[0], CNULL_OP_ZONE_RESET, 0,
				      ZONE_SECTORS, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, restore(f), -EBUSY);
	expect_error(test, 0, "not restored: a disk with zones must be off, because the block layer has their write pointers");
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[1]), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[1], true), 0);
	expect_zone(test, 0, 0, CNULL_ZONE_CLOSED, 8);
	expect_zone(test, 0, 1, CNULL_ZONE_FULL, 0);
	expect_zone(test, 1, 0, CNULL_ZONE_CLOSED, 8);
	expect_zone(test, 1, 1, CNULL_ZONE_FULL, 0);
	expect_zone(test, 1, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, get(f, 1, 7), 1);
	KUNIT_EXPECT_EQ(test, get(f, 1, 8), 255);
	KUNIT_EXPECT_EQ(test, put(f, 1, 8, 8, 3), 0);
	expect_zone(test, 0, 0, CNULL_ZONE_CLOSED, 8);
	/* A snapshot of a device that is off. */
	cnull_snapshot_drop(&f->snapshot);
	f->is_taken = false;
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[1], false), 0);
	KUNIT_ASSERT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[1]), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[1], true), 0);
	expect_zone(test, 1, 0, CNULL_ZONE_CLOSED, 8);
}

/* A write that holds a reservation, and has transferred no data, did not happen. */
static void snapshot_ends_zone_before_write_in_flight(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io;

	make_zoned(test, 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 8, 1), 0);
	cnull_io_init(&io, CNULL_OP_WRITE, 0, 8, 8);
	world_fail_nowait(true);
	memset(f->buf[1], 2, sizeof(f->buf[1]));
	KUNIT_ASSERT_EQ(test, run_io(f->dev[0].live, &io, f->buf[1],
				     8 << SECTOR_SHIFT, CNULL_NO_WAIT), -EAGAIN);
	world_fail_nowait(false);
	KUNIT_ASSERT_TRUE(test, io.reserved);
	KUNIT_ASSERT_EQ(test, put(f, 0, 16, 8, 3), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	io.resumed = true;
	KUNIT_EXPECT_EQ(test, run_io(f->dev[0].live, &io, f->buf[1],
				     8 << SECTOR_SHIFT, CNULL_MAY_WAIT), 0);
	expect_zone(test, 0, 0, CNULL_ZONE_IMP_OPEN, 24);
	KUNIT_ASSERT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[1]), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[1], true), 0);
	expect_zone(test, 1, 0, CNULL_ZONE_CLOSED, 8);
	KUNIT_EXPECT_EQ(test, get(f, 1, 7), 1);
	KUNIT_EXPECT_EQ(test, get(f, 1, 8), 255);
	KUNIT_EXPECT_EQ(test, get(f, 1, 16), 255);
}

/* A snapshot of a store that no power on has prepared, and of one with fewer nodes. */
static void snapshot_of_smaller_store_is_restored(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8191, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8191), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8191, 1, 2), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8191), 2);
	KUNIT_EXPECT_EQ(test, get(f, 0, 7), 0);
	cnull_snapshot_drop(&f->snapshot);
	f->is_taken = false;
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	KUNIT_ASSERT_EQ(test, SET(&f->dev[0], size, "4096"), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	world_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, restore(f), -ENOMEM);
	expect_error(test, 0, "not restored: no memory for the store");
	world_fail_alloc(0);
	KUNIT_ASSERT_EQ(test, restore(f), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8388607, 1, 3), 0);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8388607), 3);
	KUNIT_EXPECT_EQ(test, get(f, 0, 8191), 2);
}

static void snapshot_without_memory_for_zones_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i, on;

	make_zoned(test, 0);
	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 8, 1), 0);
	for (on = 1; on >= 0; on--) {
		KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], on), 0);
		for (i = 1; i <= 2; i++) {
			world_fail_alloc(i);
			KUNIT_EXPECT_EQ(test, take(f), -ENOMEM);
			world_fail_alloc(0);
			expect_error(test, 0, "no snapshot: no memory for zones");
		}
	}
	KUNIT_ASSERT_EQ(test, take(f), 0);
	for (i = 1; i <= 2; i++) {
		world_fail_alloc(i);
		KUNIT_EXPECT_EQ(test, restore(f), -ENOMEM);
		world_fail_alloc(i);
		KUNIT_EXPECT_EQ(test, cnull_snapshot_clone(&f->snapshot, &f->dev[1]),
				-ENOMEM);
		world_fail_alloc(0);
		expect_error(test, 0, "not restored: no memory for zones");
	}
	KUNIT_EXPECT_EQ(test, GET(&f->dev[1], zoned), 0);
}

/* Do the first sectors of a store have one value? */
static bool is_uniform(struct cnull_store *store, u64 sector, u8 *buf, size_t len)
{
	struct cnull_iter begin = world_iter(buf, len), to = begin;
	size_t i;

	cnull_store_read(store, sector << SECTOR_SHIFT, len, &to);
	world_iter_end(begin);
	for (i = 1; i < len; i++)
		if (buf[i] != buf[0])
			return false;
	return true;
}

/* Take snapshots, check that each has whole writes, and restore some of them. */
static void take_and_restore(struct fixture *f)
{
	struct cnull_snapshot *snapshot = &f->base;
	unsigned int i;

	for (i = 0; i < world_times(200); i++) {
		if (cnull_snapshot_take(&f->dev[0], snapshot)) {
			atomic_long_inc(&f->errors);
			break;
		}
		if (!is_uniform(&snapshot->store, 3, f->buf[0], sizeof(f->buf[0])))
			atomic_long_inc(&f->errors);
		if (i % 4 == 0 &&
		    cnull_snapshot_restore(&f->dev[0], snapshot, CNULL_RESTORE_FORCED))
			atomic_long_inc(&f->errors);
		cnull_snapshot_drop(snapshot);
		memset(snapshot, 0, sizeof(*snapshot));
	}
	WRITE_ONCE(f->is_over, true);
}

/*
 * Thread 0 takes snapshots. The others write all of the same sectors, each with values of
 * its own, and clear them. As in blk-mq, only one request is in flight at a time.
 */
static void write_or_take(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct cnull_live *live = f->dev[0].live;
	struct rng rng = rng_start(nr);
	int err;

	if (!nr) {
		take_and_restore(f);
		return;
	}
	while (!READ_ONCE(f->is_over)) {
		enum cnull_wait wait = rng_below(&rng, 2) ? CNULL_MAY_WAIT :
							    CNULL_NO_WAIT;
		enum cnull_op op = rng_below(&rng, 4) ? CNULL_OP_WRITE :
							CNULL_OP_DISCARD;
		struct cnull_io io;

		memset(f->buf[nr], 1 + rng_below(&rng, 255), sizeof(f->buf[nr]));
		guard(mutex)(&f->order);
		cnull_io_init(&io, op, rng_below(&rng, 8) ? 0 : CNULL_IO_FUA, 3,
			      MOST_SECTORS);
		err = run_io(live, &io, f->buf[nr], sizeof(f->buf[nr]), wait);
		if (err == -EAGAIN)
			err = run_io(live, &io, f->buf[nr], sizeof(f->buf[nr]),
				     CNULL_MAY_WAIT);
		if (err)
			atomic_long_inc(&f->errors);
	}
}

static void snapshots_under_io_have_whole_writes(struct kunit *test)
{
	struct fixture *f = test->priv;
	int cached;

	for (cached = 0; cached < 2; cached++) {
		KUNIT_ASSERT_EQ(test, SET(&f->dev[0], cache_size, cached ? "1" : "0"), 0);
		KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
		f->is_over = false;
		world_threads(NR_THREADS, write_or_take, f);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
		KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], false), 0);
	}
}

static void expect_changes(struct kunit *test, struct cnull_snapshot *base,
			   const char *expected)
{
	struct fixture *f = test->priv;
	char text[100] = "";
	ssize_t len = cnull_snapshot_show_changes(&f->snapshot, base, NULL, 0);

	KUNIT_ASSERT_EQ(test, len, (ssize_t)strlen(expected));
	KUNIT_EXPECT_EQ(test, cnull_snapshot_show_changes(&f->snapshot, base, text,
							  len), len);
	KUNIT_EXPECT_STREQ(test, text, expected);
	KUNIT_EXPECT_EQ(test, cnull_snapshot_show_changes(&f->snapshot, base, text,
							  len + 1), -EAGAIN);
}

static void changes_since_base_are_listed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_snapshot *base = &f->base;

	KUNIT_ASSERT_EQ(test, cnull_dev_power(&f->dev[0], true), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 17, 1), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 8191, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, cnull_snapshot_take(&f->dev[0], base), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 100, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, request(f, &f->dev[0], CNULL_OP_DISCARD, 0, 8, 8, 0), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 7, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, take(f), 0);
	expect_changes(test, base, "0 16\n96 8\n");
	cnull_snapshot_drop(base);
	memset(base, 0, sizeof(*base));
	expect_changes(test, base, "0 8\n16 8\n96 8\n8184 8\n");
}

static struct kunit_case snapshot_cases[] = {
	KUNIT_CASE(restored_device_has_old_data),
	KUNIT_CASE(snapshot_has_cached_data),
	KUNIT_CASE(restore_of_open_device_needs_force),
	KUNIT_CASE(refused_operations_change_nothing),
	KUNIT_CASE(clone_has_data_and_layout),
	KUNIT_CASE(snapshot_has_zones_as_after_power_off),
	KUNIT_CASE(snapshot_ends_zone_before_write_in_flight),
	KUNIT_CASE(snapshots_under_io_have_whole_writes),
	KUNIT_CASE(changes_since_base_are_listed),
	KUNIT_CASE(snapshot_of_smaller_store_is_restored),
	KUNIT_CASE(snapshot_without_memory_for_zones_is_refused),
	{}
};

WORLD_SUITE(snapshot, snapshot_init, snapshot_exit, snapshot_cases);
