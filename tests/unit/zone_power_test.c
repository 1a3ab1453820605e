// SPDX-License-Identifier: GPL-2.0
/*
 * Zones at power off and at a power cut, with a write cache and without, and the
 * requests that make data durable: flush, FUA, preflush.
 */
#include "zone_dev.h"

#define PAGE_NR		CNULL_PAGE_SECTORS

static void power_cycle_keeps_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	zd_expect_filled(test);
	/* Options that do not shape the zones keep them, too. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "3"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_append_max_sectors, "8"), 0);
	zd_start(test);
	zd_expect_filled(test);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(1, 9), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 0), 20, 17, 0xff), 20);
}

static void power_cut_without_cache_keeps_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 9), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 1), -EIO);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "1"), -EBUSY);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	zd_expect_filled(test);
}

static void power_cut_while_writing_abandons_reservations(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io[2];

	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 4), 0);
	KUNIT_EXPECT_EQ(test, zd_hold(zd, &io[0], CNULL_OP_WRITE, zd_at(2, 4),
				      8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_hold(zd, &io[1], CNULL_OP_WRITE, zd_at(3, 0),
				      8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io[0]), -EIO);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io[1]), -EIO);
	KUNIT_EXPECT_FALSE(test, io[0].reserved || io[1].reserved);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 4);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 4);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
	/* Neither a write nor a reset waits for the abandoned writes. */
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 4), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
}

/* Power on with a write cache of 1 MiB, the capacity of a zone. */
static void start_cached(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	zd_start(test);
}

static int flush(struct zone_dev *zd)
{
	return zd_run(zd, CNULL_OP_FLUSH, 0, 0);
}

/* Count the zones that a flush checks. Return ~0U if the list and the zones disagree. */
static unsigned int nr_dirty(struct zone_dev *zd)
{
	struct cnull_zones *zones = zd_zones(zd);
	unsigned int nr, marked = 0, listed = 0;

	for (nr = 0; nr < zones->shape.nr_zones; nr++)
		marked += zones->zone[nr].dirty;
	for (nr = zones->first_dirty; nr != CNULL_NO_ZONE && listed <= marked;
	     nr = zones->zone[nr].next_dirty)
		listed += zones->zone[nr].dirty;
	return listed == marked ? marked : ~0U;
}

/* A zone is dirty if it was written since the last flush. */
static void flush_checks_dirty_zones_only(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(0, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 6), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 8), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 2);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 0);
	/* Zones that were open already, and a zone that is reset before the flush. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 16), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(5, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 8), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 3), 0);
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE, zd_at(4, 0), 8),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 4);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 4);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	/* Zones stay dirty over a power cycle without a flush. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 8), 8), 0);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 24), 8), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 2);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(zd), 0);
}

/* Power cycle, after a power cut or not: both lose the contents of the cache. */
static int lose_power(struct zone_dev *zd, bool cut)
{
	int err = cut ? cnull_dev_cut(&zd->dev) : 0;

	return err ?: zd_cycle(zd);
}

static void power_loss_truncates_zones_to_durable_data(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		zd_renew(test);
		start_cached(test);
		/* Durable: part of a page (2), pages (3), all data (4), nothing (1, 5). */
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 3), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 100), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), 100), 0);
		KUNIT_EXPECT_EQ(test, flush(zd), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 0), 20), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 3), 2), 0);
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 100), 99), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(5, 0), 20), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 5), 0);
		EXPECT_ZONE(test, zd, 3, CNULL_ZONE_IMP_OPEN, 199);
		KUNIT_ASSERT_EQ(test, lose_power(zd, i), 0);
		EXPECT_ZONE(test, zd, 1, CNULL_ZONE_EMPTY, 0);
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 3);
		EXPECT_ZONE(test, zd, 3, CNULL_ZONE_CLOSED, 100);
		EXPECT_ZONE(test, zd, 4, CNULL_ZONE_CLOSED, 100);
		EXPECT_ZONE(test, zd, 5, CNULL_ZONE_EMPTY, 0);
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 8, 3, 0xff), 8);
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 200, 100, 0xff),
				200);
		/* Writes continue at the new write pointer. */
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 3), 8), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 100), 8), 0);
	}
}

/* The first page of a block is durable, and the next page is not. */
static void power_loss_within_block_drops_the_block(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 page = PAGE_SIZE / 512, block = CNULL_MAX_BLOCKSIZE / 512;
	char text[24];

	/* Many kernels have no block larger than a page. */
	if (block == page)
		return;
	snprintf(text, sizeof(text), "%llu", block * 512);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, blocksize, text), 0);
	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 2 * block), 0);
	cnull_cache_flush_range(&zd->dev.live->cache, zd_at(2, 0) * 512,
				(block + page) * 512);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), block), 0);
	cnull_cache_flush_range(&zd->dev.live->cache, zd_at(3, 0) * 512,
				page * 512);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, block);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
}

/* A write in the middle of the zone is lost, and the append above it is durable. */
static void power_loss_drops_durable_data_above_a_hole(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), PAGE_NR), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	/* The cache writes back the oldest data: the held write is the newest. */
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE,
				      zd_at(2, PAGE_NR), PAGE_NR), -EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 2 * PAGE_NR), 100), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), ZD_CAPACITY), 0);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 200,
				       2 * PAGE_NR + 100, 0xff), 200);
	KUNIT_EXPECT_LT(test, 100 / PAGE_NR, zd_pages(zd));
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, PAGE_NR);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 200, PAGE_NR, 0xff),
			200);
}

/* A full cache writes back its oldest data. */
static void full_cache_keeps_data_written_back(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 1000), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 1000), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), 248), 0);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	/* 2248 sectors were written, and the cache has 2048. */
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 200);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 208, 200, 0xff), 208);
}

/* Data above the FUA write, and in other zones, is not durable. */
static void fua_write_makes_lower_data_of_its_zone_durable(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.flags = CNULL_IO_FUA,
		.sector = zd_at(3, 0),
		.nr_sectors = 5,
	};

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA, zd_at(2, 30), 5),
			0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 35), 10), 0);
	/* A FUA append may sleep, so it is deferred before it has a reservation. */
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, io.reserved);
	zd_stamp(zd, zd->buf, zd_at(3, 30), 5);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_MAY_WAIT), 0);
	KUNIT_EXPECT_EQ(test, io.sector, zd_at(3, 30));
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 35);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_CLOSED, 35);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 50, 35, 0xff), 50);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 50, 35, 0xff), 50);
}

/* If no sector of the FUA write completed, the lower data is not durable either. */
static void failed_fua_write_makes_its_completed_part_durable(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, badblocks_partial_io, "1"), 0);
	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(2, 34)), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(3, 30)), 0);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA, zd_at(2, 30), 8),
			-EIO);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA, zd_at(3, 30), 8),
			-EIO);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 34);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
}

static void preflush_makes_completed_writes_durable(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 30), 0);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_PREFLUSH, zd_at(2, 30),
					     5), 0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 30);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_CLOSED, 30);
}

/* Read-only and offline zones keep their condition. */
static void power_loss_follows_rule_of_each_condition(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	/* The cache holds all data of the test. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "2"), 0);
	zd_start(test);
	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 40), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 40), 10), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 50), ZD_CAPACITY - 50), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 3, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 4, CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(6, 0), 10), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 6), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 7), 0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_CLOSED, 40);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 40);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_READONLY, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_OFFLINE, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_CLOSED, 40);
	EXPECT_ZONE(test, zd, 6, CNULL_ZONE_EMPTY, 0);
	/* Zone 7 had no data to lose. */
	EXPECT_ZONE(test, zd, 7, CNULL_ZONE_FULL, ZD_ZONE);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(0, 0), 40, 40, 0), 40);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 60, 40, 0xff), 60);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 60, 40, 0), 60);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 4, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(4, 0), 60, 40, 0), 60);
}

/*
 * Fill the zones @nr to 1, and lose the second half of each; the first half is durable.
 * The cache decides the order in which sectors are lost.
 */
static void fill_and_lose(struct kunit *test, unsigned int nr)
{
	struct zone_dev *zd = test->priv;
	const u64 half = ZD_CAPACITY / 2;
	unsigned int i;

	for (i = nr; i; i--) {
		KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA,
						     zd_at(i, 0), half), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(i, half), half), 0);
		EXPECT_ZONE(test, zd, i, CNULL_ZONE_FULL, ZD_CAPACITY);
	}
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

static void full_zones_above_active_limit_stay_full_after_power_loss(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 half = ZD_CAPACITY / 2;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "8"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), 0);
	zd_start(test);
	/* An open zone comes before all full zones, whatever its number. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(7, 0), 20), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(7, 20), 20), 0);
	fill_and_lose(test, 6);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_CLOSED, half);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, half);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, half - 8), 16, 8, 0xff), 16);
	for (nr = 3; nr < 7; nr++) {
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_FULL, ZD_ZONE);
		KUNIT_EXPECT_EQ(test, cnull_zone_data_end(zd_zones(zd), nr),
				zd_at(nr, half));
		/* The zone reads as one that was finished there. */
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(nr, half - 8), 16, 8,
					       0), 16);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, half), 8), -EIO);
	}
	EXPECT_ZONE(test, zd, 7, CNULL_ZONE_CLOSED, 20);
	/* No active resource is left; finish releases one. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 6), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(6, 0), 8), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(6, 0), 8), 0);
	/* A second power loss, of no data, changes no full zone. */
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_FULL, ZD_ZONE);
	EXPECT_ZONE(test, zd, 6, CNULL_ZONE_CLOSED, 8);
}

/* Zones 2 and 3 were open and lose all data; then full zone 1 can become closed. */
static void emptied_zone_releases_active_resource_for_full_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 half = ZD_CAPACITY / 2;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "2"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "2"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA, zd_at(1, 0), half),
			0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, half), half), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 20), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 20), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), 20), -EOVERFLOW);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_CLOSED, half);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

/* An empty zone needs no active resource. */
static void full_zones_without_durable_data_are_empty_after_power_loss(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "8"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	zd_start(test);
	for (nr = 1; nr < 5; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), ZD_CAPACITY),
				0);
	KUNIT_EXPECT_EQ(test, zd_write_flags(zd, CNULL_IO_FUA, zd_at(5, 0), 8),
			0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	for (nr = 1; nr < 5; nr++)
		EXPECT_ZONE(test, zd, nr, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_CLOSED, 8);
}

/* A reset is durable without a flush. */
static void reset_drops_cached_data_and_is_durable(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 40), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 40), 40), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_pages(zd), 0);
	zd->gen++;
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 20), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 80, 20, 0xff), 80);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 80, 20, 0xff), 80);
}

static struct kunit_case zone_power_cases[] = {
	KUNIT_CASE(power_cycle_keeps_zones),
	KUNIT_CASE(power_cut_without_cache_keeps_zones),
	KUNIT_CASE(power_cut_while_writing_abandons_reservations),
	KUNIT_CASE(flush_checks_dirty_zones_only),
	KUNIT_CASE(power_loss_truncates_zones_to_durable_data),
	KUNIT_CASE(power_loss_within_block_drops_the_block),
	KUNIT_CASE(power_loss_drops_durable_data_above_a_hole),
	KUNIT_CASE(full_cache_keeps_data_written_back),
	KUNIT_CASE(fua_write_makes_lower_data_of_its_zone_durable),
	KUNIT_CASE(failed_fua_write_makes_its_completed_part_durable),
	KUNIT_CASE(preflush_makes_completed_writes_durable),
	KUNIT_CASE(power_loss_follows_rule_of_each_condition),
	KUNIT_CASE(full_zones_above_active_limit_stay_full_after_power_loss),
	KUNIT_CASE(emptied_zone_releases_active_resource_for_full_zone),
	KUNIT_CASE(full_zones_without_durable_data_are_empty_after_power_loss),
	KUNIT_CASE(reset_drops_cached_data_and_is_durable),
	{}
};

WORLD_SUITE(zone_power, zd_setup, zd_teardown, zone_power_cases);
