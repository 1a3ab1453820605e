// SPDX-License-Identifier: GPL-2.0
/*
 * A zone: where its writes go, what is read, and writes that fail.
 */
#include "zone_dev.h"

#define PAGE_NR		CNULL_PAGE_SECTORS

static void start(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, zd_power(test->priv, true), 0);
}

static void writes_at_the_pointer(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 1), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, ZD_CAPACITY), 1), -EIO);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 5), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 5);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 5), -EIO);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 4), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 6), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 5), 20), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 25);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 40, 25, 0xff), 40);
	/* Others are as they were. */
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
}

/* What a zone holds is less than its size. */
static void up_to_the_capacity(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 room = 10;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), ZD_CAPACITY - room), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, ZD_CAPACITY - room),
				       room + 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, ZD_CAPACITY - room),
					room + 1), -EIO);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, ZD_CAPACITY - room);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, ZD_CAPACITY - room), room),
			0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, ZD_CAPACITY), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, ZD_CAPACITY), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), ZD_CAPACITY,
				       ZD_CAPACITY, 0), ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, ZD_CAPACITY), 8, 0, 0xff),
			8);
	/* To finish it is nothing. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, ZD_CAPACITY), 8, 0, 0xff),
			8);

	/* One that was opened explicitly; and all of it at once. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 0), ZD_CAPACITY), 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_FULL, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), ZD_CAPACITY), 0);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_FULL, ZD_CAPACITY);
}

/* Zones of 3 MiB, the last of 1. */
static void any_size(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 zone = 3 * 2048, last = 5 * zone;
	u64 done;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "3"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_capacity, "0"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_zones(zd)->shape.nr_zones, 6);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_capacity), 3);
	KUNIT_EXPECT_EQ(test, cnull_zone_nr(zd_zones(zd), 2 * zone - 1), 1);
	KUNIT_EXPECT_EQ(test, cnull_zone_nr(zd_zones(zd), 2 * zone), 2);
	for (done = 0; done < zone; done += ZD_MOST)
		KUNIT_EXPECT_EQ(test, zd_append(zd, 2 * zone + done, ZD_MOST),
				0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, zone);
	KUNIT_EXPECT_EQ(test, zd_found(zd, 3 * zone - 8, 8, 8, 0), 8);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);

	KUNIT_EXPECT_EQ(test, zd_write(zd, last, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, last + 1, 2048), -EIO);
	KUNIT_EXPECT_EQ(test, zd_append(zd, last + 1, 2046), 0);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_IMP_OPEN, 2047);
	KUNIT_EXPECT_EQ(test, zd_write(zd, last + 2047, 1), 0);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_FULL, 2048);
	KUNIT_EXPECT_EQ(test, zd_found(zd, last, 2048, 2048, 0), 2048);
	/* Beyond is no sector, nor a zone. */
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, last + 2047, 2), -EIO);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, last + 2048, 0),
			-EIO);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_FINISH, last + 2047, 0),
			0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, last, 0), 0);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_EMPTY, 0);
}

/* They have no pointer, and no capacity below their size. */
static void conventional_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_nr_conv, "2"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 100), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 50), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 54), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0) - 8, 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 50), 50, 12, 0), 50);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 100), 10, 8, 0), 10);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0) - 8, 8, 8, 0), 8);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(1, 0), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET_ALL, 0, 0), 0);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_NOT_WP, ZD_ZONE);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 100), 10, 8, 0), 10);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
}

/* Wherever in the zone they are said to be, they go to its pointer. */
static void appends(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;
	u64 wp = 0, nr;

	start(test);
	for (nr = 1; nr < 30; nr++) {
		io = (struct cnull_io) {
			.op = CNULL_OP_ZONE_APPEND,
			.sector = zd_at(2, nr * 137),
			.nr_sectors = nr,
		};
		zd_stamp(zd, zd->buf, zd_at(2, wp), nr);
		/* With a place, it must not be used for another one. */
		KUNIT_ASSERT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, io.sector, zd_at(2, wp));
		KUNIT_EXPECT_FALSE(test, io.reserved);
		wp += nr;
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, wp);
	}
	/* Writes and appends take turns. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, wp), 4), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, wp + 4), 4), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), wp + 20, wp + 8, 0xff),
			wp + 20);
}

/* Nothing is in two zones, or crosses the end. */
static void one_zone_at_a_time(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_ZONE_APPEND,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		KUNIT_EXPECT_EQ(test, zd_run(zd, ops[i], zd_at(3, 0) - 1, 2),
				-EIO);
		KUNIT_EXPECT_EQ(test, zd_run(zd, ops[i], zd_at(1, 0) - 4, 8),
				-EIO);
		KUNIT_EXPECT_EQ(test, zd_run(zd, ops[i], zd_at(8, 0) - 1, 2),
				-EIO);
	}
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(3, 0) - 8, 8), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(8, 0) - 8, 8), 0);
}

/* What zones have resets for. */
static void other_operations(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_DISCARD, CNULL_OP_WRITE_ZEROES, CNULL_OP_SECURE_ERASE, 99,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		KUNIT_EXPECT_EQ(test, zd_run(zd, ops[i], zd_at(2, 0), 8),
				-EOPNOTSUPP);
		KUNIT_EXPECT_EQ(test, zd_run(zd, ops[i], 0, 8), -EOPNOTSUPP);
	}
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_FLUSH, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 8, 8, 0xff), 8);
}

static int run_no_wait(struct zone_dev *zd, enum cnull_op op, u64 sector)
{
	struct cnull_io io = { .op = op, .sector = sector };

	return zd_io(zd, &io, zd->buf, CNULL_NO_WAIT);
}

/* It gives the memory back, and takes its time: a worker's. */
static void reset_forgets(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	long pages;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), ZD_CAPACITY), 0);
	pages = zd_pages(zd);
	KUNIT_EXPECT_EQ(test, pages, ZD_CAPACITY / PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 100), 0);
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_RESET, zd_at(2, 0)),
			-EAGAIN);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, ZD_CAPACITY);
	/* Any sector tells the zone. */
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, zd_at(3, 0) - 1,
				     0), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_LE(test, zd_pages(zd), 100 / PAGE_NR + 1);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 0, 0xff), 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 128, 100, 0xff), 128);
	/* Not only out of sight. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 0, 0), 16);
	/* It may begin anew. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	zd->gen++;
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0xff), 16);
}

static void reset_all(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, 100, 8), 0);
	for (nr = 1; nr < ZD_NR_ZONES; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, cnull_zone_set_condition(zd->dev.live, 2,
						   CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, cnull_zone_set_condition(zd->dev.live, 3,
						   CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_RESET_ALL, 0),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET_ALL, 0, 0), 0);
	EXPECT_ZONE(test, zd, 0, CNULL_ZONE_NOT_WP, ZD_ZONE);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_READONLY, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_OFFLINE, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_EMPTY, 0);
	for (nr = 4; nr < ZD_NR_ZONES; nr++)
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, 100, 16, 8, 0), 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0), 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(7, 0), 16, 0, 0xff), 16);
	/* Left are a conventional, a read-only and an offline one's. */
	KUNIT_EXPECT_LE(test, zd_pages(zd), 4);
}

/* The data stays, and what was not written is zeros. */
static void finish(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_FINISH, zd_at(2, 9)),
			0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, ZD_ZONE);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 8), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 100, 8, 0), 100);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 4), 100, 4, 0), 100);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 50), 8, 0, 0), 8);
	KUNIT_EXPECT_LE(test, zd_pages(zd), 8 / PAGE_NR + 1);
}

/* Across the pointer, at it, and beyond; in parts of sectors' pages. */
static void reads_past_the_pointer(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 wp = 3 * PAGE_NR + 3;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), wp), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 64, wp, 0xff), 64);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp - 1), 2, 1, 0xff), 2);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp), 9, 0, 0xff), 9);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0) - 8, 8, 0, 0xff), 8);
	KUNIT_EXPECT_EQ(test, cnull_zone_set_condition(zd->dev.live, 2,
						   CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp - 2), 64, 2, 0), 64);
	KUNIT_EXPECT_EQ(test, cnull_zone_set_condition(zd->dev.live, 2,
						   CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(2, 0), 1), -EIO);
	/* What is bad is so behind the pointer, too. */
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(3, 20)), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(3, 16), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 16), 8, 0, 0xff), 8);
}

/* Then no data is where it would come from: nothing is filled in either. */
static void without_memory(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 8), 8), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 40, 0, ZD_UNTOUCHED),
			40);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 40, 0, ZD_UNTOUCHED),
			40);
	/* Nor does it take time to forget it. */
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_RESET, zd_at(2, 0)),
			0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_RESET_ALL, 0),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET_ALL, 0, 0), 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_pages(zd), 0);
}

static void full_to_begin_with(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_full, "1"), 0);
	start(test);
	EXPECT_ZONE(test, zd, 0, CNULL_ZONE_NOT_WP, ZD_ZONE);
	for (nr = 1; nr < ZD_NR_ZONES; nr++)
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_FULL, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 0), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 8, 0, 0), 8);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0xff), 16);
}

static int to_readonly(struct zone_dev *zd, const char *sector)
{
	return cnull_dev_set_zone(&zd->dev, CNULL_ZONE_TO_READONLY, sector);
}

static int to_offline(struct zone_dev *zd, const char *sector)
{
	return cnull_dev_set_zone(&zd->dev, CNULL_ZONE_TO_OFFLINE, sector);
}

/* Once it is so, twice it is empty, as in null_blk. */
static void readonly_and_offline(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "8192\n"), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_READONLY, CNULL_ZONE_NO_WP);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0), 16);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "0x2fff"), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_pages(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_OFFLINE, CNULL_ZONE_NO_WP);
	/* What it has is there still. */
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "8192"), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0), 16);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), 0);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_pages(zd), 0);
}

static void zones_that_cannot_be_set(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), -EINVAL);
	start(test);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "zone"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "18446744073709551616"), -ERANGE);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "18446744073709551615"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "32768"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "32767"), 0);
	/* Conventional. */
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4095"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), -EBUSY);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), -EINVAL);
}

/* A write that waits for memory has its place, and the next one goes behind. */
static void no_memory_keeps_the_place(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_WRITE, CNULL_OP_ZONE_APPEND,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		unsigned int nr = 2 + i;
		struct cnull_io io = {
			.op = ops[i],
			.sector = zd_at(nr, 8),
			.nr_sectors = 8,
		};

		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 8), 0);
		world_fail_nowait(true);
		KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT),
				-EAGAIN);
		KUNIT_EXPECT_TRUE(test, io.reserved);
		KUNIT_EXPECT_EQ(test, io.sector, zd_at(nr, 8));
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_IMP_OPEN, 8);
		/* It may happen again, and changes nothing. */
		KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT),
				-EAGAIN);
		world_fail_nowait(false);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 8), 8), -EIO);
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(nr, 16), 8), 0);
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_IMP_OPEN, 24);
		KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
		KUNIT_EXPECT_FALSE(test, io.reserved);
		KUNIT_EXPECT_EQ(test, io.sector, zd_at(nr, 8));
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_IMP_OPEN, 24);
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(nr, 0), 32, 24, 0xff),
				32);
	}
}

static void no_memory_at_all(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), -ENOSPC);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 0), 8), -ENOSPC);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 0);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 8, 0, 0xff), 8);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 8), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 20, 16, 0xff), 20);
}

/* Then what comes next goes behind what has ended. */
static void a_gap(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	start(test);
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_ZONE_APPEND, zd_at(2, 0),
				      PAGE_NR), -EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, PAGE_NR), PAGE_NR), 0);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, io.reserved);
	world_fail_all(false);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 2 * PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), PAGE_NR, 0, 0), PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, PAGE_NR), 2 * PAGE_NR,
				       PAGE_NR, 0xff), 2 * PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 2 * PAGE_NR), 1), 0);
}

/*
 * Of two under way: which of them ends well (1: the first, 2: the second), and
 * where the pointer is then; whichever ends first.
 */
static void two_under_way(struct kunit *test)
{
	static const struct {
		unsigned int good;
		u64 wp;
	} cases[] = {
		{ 0, 0 }, { 1, 8 }, { 2, 16 }, { 3, 16 },
	};
	struct zone_dev *zd = test->priv;
	unsigned int i, j, first;

	start(test);
	for (i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		struct cnull_io io[2];

		for (j = 0; j < 2; j++)
			KUNIT_ASSERT_EQ(test, zd_hold(zd, &io[j],
						      CNULL_OP_ZONE_APPEND,
						      zd_at(2, 8 * j), 8),
					-EAGAIN);
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 0);
		first = i % 2;
		for (j = 0; j < 2; j++) {
			unsigned int nr = first ^ j;
			bool good = cases[i / 2].good & 1 << nr;

			if (!good)
				KUNIT_EXPECT_EQ(test, zd_bad(zd, true,
							     io[nr].sector), 0);
			KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io[nr]),
					good ? 0 : -EIO);
		}
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, cases[i / 2].wp);
		/* There the next one goes. */
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, cases[i / 2].wp),
						8), 0);
		KUNIT_ASSERT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

/* What is under way takes room too, and a zone is full when all of it has ended. */
static void the_last_place(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 last = ZD_CAPACITY - 8;
	struct cnull_io io;

	start(test);
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE, zd_at(2, 0), last),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, last), 9), -EIO);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, last), 8), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, ZD_CAPACITY), 1), -EIO);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), ZD_CAPACITY,
				       ZD_CAPACITY, 0), ZD_CAPACITY);
}

/* A zone that is closed while its first write is under way is not empty yet. */
static void closed_under_a_write(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;
	int good;

	start(test);
	for (good = 0; good < 2; good++) {
		KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE,
					      zd_at(2, 0), 8), -EAGAIN);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 0);
		if (!good)
			KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 0)), 0);
		KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), good ? 0 : -EIO);
		if (good)
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 8);
		else
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	}
}

/** struct bad_case - a write that meets a bad sector, and what is done of it */
struct bad_case {
	const char *blocksize;
	const char *partial_io;
	u64 bad;
	u64 done;
};

static void try_bad(struct kunit *test, const struct bad_case *c,
		    enum cnull_op op, enum cnull_wait wait)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io = {
		.op = op,
		.sector = zd_at(2, 8),
		.nr_sectors = 24,
	};
	int err;

	zd_renew(test);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, blocksize, c->blocksize), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, badblocks_partial_io, c->partial_io), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, badblocks_once,
				     wait == CNULL_MAY_WAIT ? "1" : "0"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 8 + c->bad)), 0);
	zd_stamp(zd, zd->buf, zd_at(2, 8), 24);
	err = zd_io(zd, &io, zd->buf, wait);
	KUNIT_EXPECT_EQ(test, err, -EIO);
	KUNIT_EXPECT_EQ(test, io.sector, zd_at(2, 8));
	KUNIT_EXPECT_FALSE(test, io.reserved);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 8 + c->done);
	/* One that is bad once is good now, the other one is not. */
	err = zd_append(zd, zd_at(2, 8 + c->done), 24);
	KUNIT_EXPECT_EQ(test, err, wait == CNULL_MAY_WAIT ? 0 : -EIO);
	zd_bad(zd, false, zd_at(2, 8 + c->bad));
	if (!err)
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 64, 32 + c->done,
					       0xff), 64);
}

/* The pointer moves by what was written, and that is blocks. */
static void bad_sectors(struct kunit *test)
{
	static const struct bad_case cases[] = {
		{ "512", "0", 5, 0 },
		{ "512", "1", 5, 5 },
		{ "512", "1", 0, 0 },
		{ "4096", "0", 17, 0 },
		{ "4096", "1", 17, 16 },
		{ "4096", "1", 7, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		try_bad(test, &cases[i], CNULL_OP_WRITE, CNULL_NO_WAIT);
		try_bad(test, &cases[i], CNULL_OP_WRITE, CNULL_MAY_WAIT);
		try_bad(test, &cases[i], CNULL_OP_ZONE_APPEND, CNULL_NO_WAIT);
		try_bad(test, &cases[i], CNULL_OP_ZONE_APPEND, CNULL_MAY_WAIT);
	}
}

/* What cannot be said without waiting keeps its place until it is. */
static void bad_once(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(2, 0),
		.nr_sectors = 8,
	};

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, badblocks_partial_io, "1"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 3)), 0);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, io.reserved);
	/* Nobody else may have it. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), -EIO);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 3);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 3), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 11, 0xff), 16);
}

static struct kunit_case zone_cases[] = {
	KUNIT_CASE(writes_at_the_pointer),
	KUNIT_CASE(up_to_the_capacity),
	KUNIT_CASE(any_size),
	KUNIT_CASE(conventional_zones),
	KUNIT_CASE(appends),
	KUNIT_CASE(one_zone_at_a_time),
	KUNIT_CASE(other_operations),
	KUNIT_CASE(reset_forgets),
	KUNIT_CASE(reset_all),
	KUNIT_CASE(finish),
	KUNIT_CASE(reads_past_the_pointer),
	KUNIT_CASE(without_memory),
	KUNIT_CASE(full_to_begin_with),
	KUNIT_CASE(readonly_and_offline),
	KUNIT_CASE(zones_that_cannot_be_set),
	KUNIT_CASE(no_memory_keeps_the_place),
	KUNIT_CASE(no_memory_at_all),
	KUNIT_CASE(a_gap),
	KUNIT_CASE(two_under_way),
	KUNIT_CASE(the_last_place),
	KUNIT_CASE(closed_under_a_write),
	KUNIT_CASE(bad_sectors),
	KUNIT_CASE(bad_once),
	{}
};

WORLD_SUITE(zone, zd_setup, zd_teardown, zone_cases);
