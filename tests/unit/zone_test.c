// SPDX-License-Identifier: GPL-2.0
/*
 * A zone: reservations and the write pointer, reads, resets, and writes that fail.
 */
#include "zone_dev.h"

#define PAGE_NR		CNULL_PAGE_SECTORS

static void write_off_the_write_pointer_fails(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
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
	/* The other zones are unchanged. */
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
}

/* The capacity is less than the zone size. */
static void write_up_to_capacity_makes_zone_full(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 room = 10;

	zd_start(test);
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
	/* To finish a full zone has no effect. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, ZD_CAPACITY), 8, 0, 0xff),
			8);

	/* An explicitly open zone, and a zone that one write fills. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 0), ZD_CAPACITY), 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_FULL, ZD_CAPACITY);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), ZD_CAPACITY), 0);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_FULL, ZD_CAPACITY);
}

/* Zones of 3 MiB; the last one has 1 MiB. */
static void zone_size_need_not_be_a_power_of_two(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 zone = 3 * 2048, last = 5 * zone;
	u64 done;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "3"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_capacity, "0"), 0);
	zd_start(test);
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
	/* Requests beyond the last zone fail. */
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, last + 2047, 2), -EIO);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, last + 2048, 0),
			-EIO);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_FINISH, last + 2047, 0),
			0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, last, 0), 0);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_EMPTY, 0);
}

/* A conventional zone has no write pointer, and its capacity is its size. */
static void conventional_zone_accepts_random_writes(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_nr_conv, "2"), 0);
	zd_start(test);
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

/* The sector of an append only selects the zone. */
static void append_goes_to_write_pointer(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;
	u64 wp = 0, nr;

	zd_start(test);
	for (nr = 1; nr < 30; nr++) {
		io = (struct cnull_io) {
			.op = CNULL_OP_ZONE_APPEND,
			.sector = zd_at(2, nr * 137),
			.nr_sectors = nr,
		};
		zd_stamp(zd, zd->buf, zd_at(2, wp), nr);
		/* The request completes, so it can be reused. */
		KUNIT_ASSERT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, io.sector, zd_at(2, wp));
		KUNIT_EXPECT_FALSE(test, io.reserved);
		wp += nr;
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, wp);
	}
	/* Writes and appends can be mixed. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, wp), 4), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, wp + 4), 4), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), wp + 20, wp + 8, 0xff),
			wp + 20);
}

/* Also across the end of the device. */
static void request_across_zones_fails(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_ZONE_APPEND,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	zd_start(test);
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

/* A zone is reset instead. */
static void discard_and_write_zeroes_are_unsupported(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_DISCARD, CNULL_OP_WRITE_ZEROES, CNULL_OP_SECURE_ERASE, 99,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	zd_start(test);
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

/* To erase data takes long, so a reset is deferred to a context that may sleep. */
static void reset_erases_data_and_frees_memory(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	long pages;

	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), ZD_CAPACITY), 0);
	pages = zd_pages(zd);
	KUNIT_EXPECT_EQ(test, pages, ZD_CAPACITY / PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 100), 0);
	KUNIT_EXPECT_EQ(test, run_no_wait(zd, CNULL_OP_ZONE_RESET, zd_at(2, 0)),
			-EAGAIN);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_FULL, ZD_CAPACITY);
	/* Any sector selects its zone. */
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, zd_at(3, 0) - 1,
				     0), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_LE(test, zd_pages(zd), 100 / PAGE_NR + 1);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 0, 0xff), 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 128, 100, 0xff), 128);
	/* A finished zone would show data that is only hidden. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 0, 0), 16);
	/* The zone can be written again. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	zd->gen++;
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0xff), 16);
}

static void reset_all_skips_conventional_readonly_and_offline_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, 100, 8), 0);
	for (nr = 1; nr < ZD_NR_ZONES; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 2, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 3, CNULL_ZONE_TO_OFFLINE), 0);
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
	/* Pages of a conventional, a read-only and an offline zone remain. */
	KUNIT_EXPECT_LE(test, zd_pages(zd), 4);
}

static void finished_zone_keeps_data_and_reads_zeroes_behind(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
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

/* Across the write pointer, at it, and beyond; in parts of pages. */
static void read_past_write_pointer_returns_filler(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 wp = 3 * PAGE_NR + 3;

	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), wp), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 64, wp, 0xff), 64);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp - 1), 2, 1, 0xff), 2);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp), 9, 0, 0xff), 9);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0) - 8, 8, 0, 0xff), 8);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 2, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, wp - 2), 64, 2, 0), 64);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 2, CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(2, 0), 1), -EIO);
	/* A bad sector fails behind the write pointer, too. */
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(3, 20)), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(3, 16), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 16), 8, 0, 0xff), 8);
}

/* Without memory, reads leave their buffer unchanged. */
static void zones_without_memory_have_write_pointers(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 8), 8), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 16);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 40, 0, ZD_UNTOUCHED),
			40);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 40, 0, ZD_UNTOUCHED),
			40);
	/* No data has to be erased, so a reset is not deferred. */
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

static void zone_full_creates_full_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_full, "1"), 0);
	zd_start(test);
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

/* As in null_blk. */
static void readonly_or_offline_set_twice_empties_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
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
	/* The data of an offline zone is kept. */
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "8192"), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 8, 0), 16);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), 0);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_pages(zd), 0);
}

static void readonly_or_offline_of_invalid_sector_fails(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, to_offline(zd, "8192"), -EINVAL);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "zone"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "18446744073709551616"), -ERANGE);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "18446744073709551615"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "32768"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "32767"), 0);
	/* A conventional zone. */
	KUNIT_EXPECT_EQ(test, to_readonly(zd, "0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4095"), -EINVAL);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), -EBUSY);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, to_offline(zd, "4096"), -EINVAL);
}

/* The next write goes behind the reservation. */
static void write_deferred_for_memory_keeps_reservation(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_WRITE, CNULL_OP_ZONE_APPEND,
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	zd_start(test);
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
		/* To run the write again without memory changes nothing. */
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

static void write_without_memory_keeps_write_pointer(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
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

/* The next write goes behind the completed one. */
static void failed_write_below_completed_write_leaves_gap(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	zd_start(test);
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
 * Two writes are in flight. @good: a mask of those that succeed (1: the first, 2: the
 * second); @wp: the write pointer when both have completed, in either order.
 */
static void two_writes_in_flight_complete_in_any_order(struct kunit *test)
{
	static const struct {
		unsigned int good;
		u64 wp;
	} cases[] = {
		{ 0, 0 }, { 1, 8 }, { 2, 16 }, { 3, 16 },
	};
	struct zone_dev *zd = test->priv;
	unsigned int i, j, first;

	zd_start(test);
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
		/* The next append goes to the write pointer. */
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, cases[i / 2].wp),
						8), 0);
		KUNIT_ASSERT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

/* A reservation uses capacity. The zone is full when no write is in flight. */
static void zone_becomes_full_when_last_write_completes(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 last = ZD_CAPACITY - 8;
	struct cnull_io io;

	zd_start(test);
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

/* While its first write is in flight, a closed zone is CLOSED, not EMPTY. */
static void zone_closed_while_writing_settles_on_completion(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;
	int good;

	zd_start(test);
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

/** struct bad_case - a write with bad sector @bad, of which @done sectors complete */
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
	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 8 + c->bad)), 0);
	zd_stamp(zd, zd->buf, zd_at(2, 8), 24);
	err = zd_io(zd, &io, zd->buf, wait);
	KUNIT_EXPECT_EQ(test, err, -EIO);
	KUNIT_EXPECT_EQ(test, io.sector, zd_at(2, 8));
	KUNIT_EXPECT_FALSE(test, io.reserved);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 8 + c->done);
	/* With badblocks_once the sector is good now; else it is still bad. */
	err = zd_append(zd, zd_at(2, 8 + c->done), 24);
	KUNIT_EXPECT_EQ(test, err, wait == CNULL_MAY_WAIT ? 0 : -EIO);
	zd_bad(zd, false, zd_at(2, 8 + c->bad));
	if (!err)
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 64, 32 + c->done,
					       0xff), 64);
}

/* With badblocks_partial_io, the blocks before the bad sector are written. */
static void bad_sector_advances_write_pointer_by_whole_blocks(struct kunit *test)
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

/* badblocks_once takes a mutex, so the write is deferred. */
static void write_deferred_for_bad_sector_keeps_reservation(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(2, 0),
		.nr_sectors = 8,
	};

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, badblocks_partial_io, "1"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 3)), 0);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, io.reserved);
	/* No other write gets the reserved sectors. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), -EIO);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 3);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 3), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 16, 11, 0xff), 16);
}

static struct kunit_case zone_cases[] = {
	KUNIT_CASE(write_off_the_write_pointer_fails),
	KUNIT_CASE(write_up_to_capacity_makes_zone_full),
	KUNIT_CASE(zone_size_need_not_be_a_power_of_two),
	KUNIT_CASE(conventional_zone_accepts_random_writes),
	KUNIT_CASE(append_goes_to_write_pointer),
	KUNIT_CASE(request_across_zones_fails),
	KUNIT_CASE(discard_and_write_zeroes_are_unsupported),
	KUNIT_CASE(reset_erases_data_and_frees_memory),
	KUNIT_CASE(reset_all_skips_conventional_readonly_and_offline_zones),
	KUNIT_CASE(finished_zone_keeps_data_and_reads_zeroes_behind),
	KUNIT_CASE(read_past_write_pointer_returns_filler),
	KUNIT_CASE(zones_without_memory_have_write_pointers),
	KUNIT_CASE(zone_full_creates_full_zones),
	KUNIT_CASE(readonly_or_offline_set_twice_empties_zone),
	KUNIT_CASE(readonly_or_offline_of_invalid_sector_fails),
	KUNIT_CASE(write_deferred_for_memory_keeps_reservation),
	KUNIT_CASE(write_without_memory_keeps_write_pointer),
	KUNIT_CASE(failed_write_below_completed_write_leaves_gap),
	KUNIT_CASE(two_writes_in_flight_complete_in_any_order),
	KUNIT_CASE(zone_becomes_full_when_last_write_completes),
	KUNIT_CASE(zone_closed_while_writing_settles_on_completion),
	KUNIT_CASE(bad_sector_advances_write_pointer_by_whole_blocks),
	KUNIT_CASE(write_deferred_for_bad_sector_keeps_reservation),
	{}
};

WORLD_SUITE(zone, zd_setup, zd_teardown, zone_cases);
