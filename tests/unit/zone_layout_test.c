// SPDX-License-Identifier: GPL-2.0
/*
 * The zones of a device: what power does to them, with a write cache and without,
 * and how they are shown.
 */
#include "zone_dev.h"

#define PAGE_NR		CNULL_PAGE_SECTORS

static void start(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, zd_power(test->priv, true), 0);
}

static int change(struct zone_dev *zd, unsigned int nr, enum cnull_zone_op op)
{
	return cnull_zone_set_condition(zd->dev.live, nr, op);
}

/* A zone of each kind, and data in each that can have it. */
static void fill_in(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 8 + nr), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 3), 0);
	KUNIT_EXPECT_EQ(test, change(zd, 4, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, change(zd, 5, CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 6), 0);
}

/* What fill_in() made is there as power off left it. */
static void expect_what_was(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	EXPECT_ZONE(test, zd, 0, CNULL_ZONE_NOT_WP, ZD_ZONE);
	EXPECT_ZONE(test, zd, 1, CNULL_ZONE_CLOSED, 9);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 10);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_FULL, ZD_ZONE);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_READONLY, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 5, CNULL_ZONE_OFFLINE, CNULL_ZONE_NO_WP);
	EXPECT_ZONE(test, zd, 6, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 7, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(0, 0), 20, 8, 0), 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 0), 20, 9, 0xff), 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 20, 10, 0xff), 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 20, 11, 0), 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(4, 0), 20, 12, 0), 20);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(5, 0), 20, 13, 0), -EIO);
}

static void expect_new(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	for (nr = 0; nr < zd_zones(zd)->shape.nr_zones; nr++)
		KUNIT_EXPECT_EQ(test, zd_cond(zd, nr),
				nr < zd_zones(zd)->shape.nr_conv ?
					CNULL_ZONE_NOT_WP :
				zd_zones(zd)->shape.full ? CNULL_ZONE_FULL :
							   CNULL_ZONE_EMPTY);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

static void zones_survive_power(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	fill_in(test);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	expect_what_was(test);
	/* Whatever is no business of the zones. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "3"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_append_max_sectors, "8"), 0);
	start(test);
	expect_what_was(test);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(1, 9), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(1, 0), 20, 17, 0xff), 20);
}

/* A cut takes nothing where there is no cache. */
static void zones_survive_a_cut(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	fill_in(test);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 9), 8), -EIO);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 1), -EIO);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "1"), -EBUSY);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	expect_what_was(test);
}

/* A write that has its place when power is cut gives it back. */
static void a_cut_under_a_write(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io[2];

	start(test);
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
	/* Nobody waits for them. */
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 4), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
}

/** struct geometry - settings that ask for other zones; NULL: as it was */
struct geometry {
	const char *size;
	const char *blocksize;
	const char *zone_size;
	const char *zone_capacity;
	const char *zone_nr_conv;
	const char *zone_full;
};

static void set_geometry(struct zone_dev *zd, const struct geometry *g)
{
	ZD_SET(zd, size, g->size ?: "16");
	ZD_SET(zd, blocksize, g->blocksize ?: "512");
	ZD_SET(zd, zone_size, g->zone_size ?: "2");
	ZD_SET(zd, zone_capacity, g->zone_capacity ?: "1");
	ZD_SET(zd, zone_nr_conv, g->zone_nr_conv ?: "1");
	ZD_SET(zd, zone_full, g->zone_full ?: "0");
}

static const struct geometry others[] = {
	{ .size = "18" },
	{ .size = "14" },
	{ .blocksize = "4096" },
	{ .zone_size = "4" },
	{ .zone_capacity = "2" },
	{ .zone_nr_conv = "0" },
	{ .zone_nr_conv = "2" },
	{ .zone_full = "1" },
};

/* And when they are what they were once, they are new again. */
static void other_geometry(struct kunit *test)
{
	static const struct geometry usual;
	struct zone_dev *zd = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		zd_renew(test);
		start(test);
		fill_in(test);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		set_geometry(zd, &others[i]);
		start(test);
		expect_new(test);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		set_geometry(zd, &usual);
		start(test);
		expect_new(test);
	}
}

/* Who is refused has changed nothing, whatever he asked for. */
static void refused_power_on(struct kunit *test)
{
	static const struct geometry usual;
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test);
	fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	ZD_SET(zd, zone_size, "0");
	KUNIT_EXPECT_EQ(test, zd_power(zd, true), -EINVAL);
	for (i = 0; i <= ARRAY_SIZE(others); i++) {
		set_geometry(zd, i ? &others[i - 1] : &usual);
		zd->start_error = -EEXIST;
		KUNIT_EXPECT_EQ(test, zd_power(zd, true), -EEXIST);
		zd->start_error = 0;
	}
	set_geometry(zd, &usual);
	start(test);
	expect_what_was(test);
}

static void no_memory_at_power_on(struct kunit *test)
{
	static const struct geometry usual;
	struct zone_dev *zd = test->priv;
	char why[CNULL_ERROR_SIZE];
	int n, zones = 0;

	start(test);
	fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	set_geometry(zd, &others[0]);
	for (n = 1; n < 20; n++) {
		world_fail_alloc(n);
		/* If it is off it goes on at last, with new zones. */
		zd->start_error = -EEXIST;
		KUNIT_EXPECT_NE(test, zd_power(zd, true), 0);
		cnull_dev_error(&zd->dev, why, sizeof(why));
		zones += strstr(why, "for zones") != NULL;
	}
	world_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, zones, 2);
	zd->start_error = 0;
	set_geometry(zd, &usual);
	start(test);
	expect_what_was(test);
}

static void without_memory_they_are_new(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	start(test);
	fill_in(test);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	expect_new(test);
}

/* They go with the data, which has not changed meanwhile. */
static void memory_comes_back(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	start(test);
	expect_new(test);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 7), 0);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "1"), 0);
	start(test);
	expect_what_was(test);
}

/* Who writes anywhere leaves nothing that a pointer could tell of. */
static void without_zones_in_between(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test);
	fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	start(test);
	KUNIT_EXPECT_FALSE(test, zd_zones(zd));
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "1"), 0);
	start(test);
	expect_new(test);
}

/* What else takes effect with zones. */
static void derived_settings(struct kunit *test)
{
	static const struct {
		const char *blocksize;
		const char *append;
		unsigned int got;
	} cases[] = {
		{ "512", "2147483647", 2048 },
		{ "512", "2047", 2047 },
		{ "512", "0", 0 },
		{ "4096", "15", 8 },
		{ "4096", "7", 0 },
		{ "4096", "4294967295", 2048 },
	};
	struct zone_dev *zd = test->priv;
	size_t i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, discard, "1"), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ZD_SET(zd, blocksize, cases[i].blocksize);
		ZD_SET(zd, zone_append_max_sectors, cases[i].append);
		start(test);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_append_max_sectors),
				cases[i].got);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, discard), 0);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, discard), 1);
	}
}

/* With a write cache of 1 MiB, as much as a zone holds. */
static void start_cached(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
}

static int flush(struct zone_dev *zd)
{
	return zd_run(zd, CNULL_OP_FLUSH, 0, 0);
}

/* How many zones would a flush look at? ~0U if the list and the zones disagree. */
static unsigned int nr_busy(struct zone_dev *zd)
{
	struct cnull_zones *zones = zd_zones(zd);
	unsigned int nr, marked = 0, listed = 0;

	for (nr = 0; nr < zones->shape.nr_zones; nr++)
		marked += zones->zone[nr].is_busy;
	for (nr = zones->first_busy; nr != CNULL_NO_ZONE && listed <= marked;
	     nr = zones->zone[nr].next_busy)
		listed += zones->zone[nr].is_busy;
	return listed == marked ? marked : ~0U;
}

/* As many as were written since the last one, however many there are. */
static void flush_looks_at_busy_zones_only(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(0, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 6), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 8), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 2);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 0);
	/* One that is open already, by whatever, and one that is reset meanwhile. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 16), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(5, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 8), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 3), 0);
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE, zd_at(4, 0), 8),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 4);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 4);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	/* Over a life without flushes, too. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 8), 8), 0);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 24), 8), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 2);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_EXPECT_EQ(test, nr_busy(zd), 0);
}

/* Power goes, by a cut or in order, which is the same to a cache. */
static int lose_power(struct zone_dev *zd, bool cut)
{
	int err = cut ? cnull_dev_cut(&zd->dev) : 0;

	return err ?: zd_cycle(zd);
}

static void the_tail_is_lost(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		zd_renew(test);
		start_cached(test);
		/* Nothing, a part of a page, pages, and all of it is durable. */
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
		/* It goes on from there. */
		KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 3), 8), 0);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 100), 8), 0);
	}
}

/* A page of a block is durable, and the next one is not. */
static void a_part_of_a_block_is_lost(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	u64 page = PAGE_SIZE / 512, block = CNULL_MAX_BLOCKSIZE / 512;
	char text[24];

	/* Many kernels have no larger blocks. */
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

/* With what is durable behind it, too: there is a hole. */
static void what_is_above_is_lost(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_io io;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), PAGE_NR), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	/* What is written last is the last to be written back. */
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

/* The oldest was written back to make room. */
static void a_full_cache(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start_cached(test);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(2, 0), 1000), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(3, 0), 1000), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 0), 248), 0);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	/* 2248 sectors, and room for 2048. */
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_CLOSED, 200);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_EMPTY, 0);
	EXPECT_ZONE(test, zd, 4, CNULL_ZONE_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 208, 200, 0xff), 208);
}

/* Durable with all that is below it in its zone; what is above is not. */
static void fua(struct kunit *test)
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
	/* An append, too; it is a worker's, and has no place before. */
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

/* A part of one that fails is durable with what is below it, or nothing is. */
static void fua_that_fails(struct kunit *test)
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

/* Before a write, and before an append: what had ended is durable. */
static void preflush(struct kunit *test)
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

/* Full ones too; those that cannot be written keep their condition. */
static void each_condition_loses(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	/* Room for all of it. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "2"), 0);
	start(test);
	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 40), 0);
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 40), 10), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(1, 50), ZD_CAPACITY - 50), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, change(zd, 3, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, change(zd, 4, CNULL_ZONE_TO_OFFLINE), 0);
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
	/* Nothing was in it. */
	EXPECT_ZONE(test, zd, 7, CNULL_ZONE_FULL, ZD_ZONE);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(0, 0), 40, 40, 0), 40);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(2, 0), 60, 40, 0xff), 60);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(3, 0), 60, 40, 0), 60);
	KUNIT_EXPECT_EQ(test, change(zd, 4, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(4, 0), 60, 40, 0), 60);
}

/*
 * Fill zones 1 to @nr one after the other, of which the first halves are durable, and
 * lose the rest. In which order they are lost is up to the cache.
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

/* More full zones lose data than may be active: those that cannot be stay full. */
static void full_zones_lose_more_than_may_be_active(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 half = ZD_CAPACITY / 2;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "8"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), 0);
	start(test);
	/* One that is open comes before them, whatever its number. */
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
		/* As if it were finished there. */
		KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(nr, half - 8), 16, 8,
					       0), 16);
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, half), 8), -EIO);
	}
	EXPECT_ZONE(test, zd, 7, CNULL_ZONE_CLOSED, 20);
	/* There is room for none, and then for one. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 6), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(6, 0), 8), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(6, 0), 8), 0);
	/* It lost data once, and loses none by that again. */
	KUNIT_EXPECT_EQ(test, flush(zd), 0);
	KUNIT_ASSERT_EQ(test, lose_power(zd, true), 0);
	EXPECT_ZONE(test, zd, 3, CNULL_ZONE_FULL, ZD_ZONE);
	EXPECT_ZONE(test, zd, 6, CNULL_ZONE_CLOSED, 8);
}

/* A zone that was open and is empty now gives its room to a full one below it. */
static void open_zones_lose_everything_full_zone_gets_the_room(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	const u64 half = ZD_CAPACITY / 2;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "2"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "2"), 0);
	start(test);
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

/* Nothing of it is left: an empty zone needs no room. */
static void full_zones_lose_everything(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "8"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	start(test);
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

/* A reset is durable at once, with what was in the cache of the zone. */
static void reset_and_a_cache(struct kunit *test)
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

static size_t show(struct zone_dev *zd, char *text, size_t size)
{
	ssize_t want = cnull_dev_show_zones(&zd->dev, NULL, 0), n;

	memset(text, '!', size);
	n = want < size ? cnull_dev_show_zones(&zd->dev, text, want) : 0;
	text[n == want ? n : 0] = '\0';
	return n;
}

/* Is the @nr-th line of a text this one, with any number of blanks? */
static bool is_line(const char *text, unsigned int nr, const char *want)
{
	for (; nr; nr--, text++) {
		text = strchr(text, '\n');
		if (!text)
			return false;
	}
	for (;;) {
		while (*text == ' ')
			text++;
		while (*want && *want != ' ')
			if (*text++ != *want++)
				return false;
		if (!*want)
			break;
		if (*text != ' ')
			return false;
		want++;
	}
	while (*text == ' ')
		text++;
	return *text == '\n';
}

static const char header[] = "zone start length capacity pointer type condition";

static void the_zones_as_text(struct kunit *test)
{
	static const char *const lines[] = {
		header,
		"0 0 4096 4096 - conv not-wp",
		"1 4096 4096 2048 4105 seq implicit-open",
		"2 8192 4096 2048 8202 seq closed",
		"3 12288 4096 2048 16384 seq full",
		"4 16384 4096 2048 - seq read-only",
		"5 20480 4096 2048 - seq offline",
		"6 24576 4096 2048 24576 seq explicit-open",
		"7 28672 4096 2048 28672 seq empty",
	};
	struct zone_dev *zd = test->priv;
	char *text = (char *)zd->buf;
	unsigned int i;
	size_t size;

	start(test);
	fill_in(test);
	size = cnull_dev_show_zones(&zd->dev, NULL, 0);
	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)), size);
	KUNIT_ASSERT_EQ(test, strlen(text), size);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		KUNIT_EXPECT_TRUE(test, is_line(text, i, lines[i]));
	KUNIT_EXPECT_EQ(test, size % ARRAY_SIZE(lines), 0);
}

/* The last one may be smaller; numbers may be large. */
static void a_small_zone_as_text(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char *text = (char *)zd->buf;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_capacity, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, size, "7"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "3"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_FINISH, 2 * 6144, 0), 0);
	show(zd, text, sizeof(zd->buf));
	KUNIT_EXPECT_TRUE(test, is_line(text, 3,
					"2 12288 2048 2048 14336 seq full"));
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, size, "8796093022207"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "8796093022206"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)),
			cnull_dev_show_zones(&zd->dev, NULL, 0));
	KUNIT_EXPECT_TRUE(test, is_line(text, 2,
					"1 18014398509477888 2048 2048 18014398509477888 seq empty"));
}

/* Where there is room for more or less than all lines, there is no text. */
static void text_of_one_size(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char *text = (char *)zd->buf;
	size_t line = cnull_dev_show_zones(&zd->dev, NULL, 0), n;

	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)), line);
	KUNIT_EXPECT_TRUE(test, is_line(text, 0, header));
	KUNIT_EXPECT_EQ(test, strlen(text), line);
	start(test);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, NULL, 0),
			(1 + ZD_NR_ZONES) * line);
	for (n = 0; n < 11 * line; n += line / 4) {
		size_t want = n == 9 * line ? n : 0;

		memset(text, '!', n + 1);
		KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, n),
				want ?: -EAGAIN);
		KUNIT_EXPECT_EQ(test, text[want], '!');
	}
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, NULL, 0), line);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	start(test);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, NULL, 0), line);
}

/* More zones than are shown at once. */
#define NR_MANY		3000U

static void make_many(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	ZD_SET(zd, memory_backed, "0");
	ZD_SET(zd, zone_capacity, "0");
	ZD_SET(zd, size, "3000");
	ZD_SET(zd, zone_size, "1");
	start(test);
}

/* Each line of many is in its place, and says what it would say alone. */
static void text_of_many_zones_is_whole(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	ssize_t size;
	char *text;
	unsigned int nr;

	make_many(test);
	for (nr = 1000; nr < 2100; nr += 7)
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_OPEN, nr * 2048,
					     0), 0);
	size = cnull_dev_show_zones(&zd->dev, NULL, 0);
	text = kvmalloc(size + 1, GFP_NOIO);
	KUNIT_ASSERT_TRUE(test, text);
	KUNIT_EXPECT_EQ(test, show(zd, text, size + 1), size);
	KUNIT_EXPECT_EQ(test, strlen(text), size);
	for (nr = 1; nr < NR_MANY; nr++) {
		bool is_open = nr >= 1000 && nr < 2100 && (nr - 1000) % 7 == 0;
		char want[100];

		snprintf(want, sizeof(want), "%u %u 2048 2048 %u seq %s", nr,
			 nr * 2048, nr * 2048,
			 is_open ? "explicit-open" : "empty");
		KUNIT_EXPECT_TRUE(test, is_line(text + (nr + 1) * 100, 0, want));
	}
	kvfree(text);
}

/* Zones that come, go or change in number after the size was asked for. */
static void text_of_other_zones_is_refused(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	ssize_t few, many, none = cnull_dev_show_zones(&zd->dev, NULL, 0);
	char *text;

	start(test);
	few = cnull_dev_show_zones(&zd->dev, NULL, 0);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	make_many(test);
	many = cnull_dev_show_zones(&zd->dev, NULL, 0);
	text = kvmalloc(many, GFP_NOIO);
	KUNIT_ASSERT_TRUE(test, text);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, none),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, few),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, many), many);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, many),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, text, none), none);
	kvfree(text);
}

/* As many zones may be others, if power was off between two pieces. */
static void text_of_two_lives_is_refused(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_dev *dev = &zd->dev;
	ssize_t size, pos;
	char *text;
	u64 life;

	make_many(test);
	size = cnull_dev_show_zones(dev, NULL, 0);
	text = kvmalloc(size, GFP_NOIO);
	KUNIT_ASSERT_TRUE(test, text);
	pos = cnull_dev_show_some_zones(dev, text, size, 0, &life);
	KUNIT_EXPECT_LT(test, 0, pos);
	KUNIT_EXPECT_LT(test, pos, size);
	/* Others may do what they like in between, but for that. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "9"), 0);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_OPEN, 2999 * 2048, 0), 0);
	pos = cnull_dev_show_some_zones(dev, text, size, pos, &life);
	KUNIT_EXPECT_LT(test, 0, pos);
	KUNIT_EXPECT_LT(test, pos, size);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_some_zones(dev, text, size, pos,
							&life), size);
	KUNIT_EXPECT_TRUE(test, is_line(text + size - 100, 0,
					"2999 6141952 2048 2048 6141952 seq explicit-open"));
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_some_zones(dev, text, size, pos,
							&life), -EAGAIN);
	KUNIT_EXPECT_EQ(test, zd_power(zd, true), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_some_zones(dev, text, size, pos,
							&life), -EAGAIN);
	kvfree(text);
}

static struct kunit_case zones_cases[] = {
	KUNIT_CASE(zones_survive_power),
	KUNIT_CASE(zones_survive_a_cut),
	KUNIT_CASE(a_cut_under_a_write),
	KUNIT_CASE(other_geometry),
	KUNIT_CASE(refused_power_on),
	KUNIT_CASE(no_memory_at_power_on),
	KUNIT_CASE(without_memory_they_are_new),
	KUNIT_CASE(memory_comes_back),
	KUNIT_CASE(without_zones_in_between),
	KUNIT_CASE(derived_settings),
	KUNIT_CASE(flush_looks_at_busy_zones_only),
	KUNIT_CASE(the_tail_is_lost),
	KUNIT_CASE(a_part_of_a_block_is_lost),
	KUNIT_CASE(what_is_above_is_lost),
	KUNIT_CASE(a_full_cache),
	KUNIT_CASE(fua),
	KUNIT_CASE(fua_that_fails),
	KUNIT_CASE(preflush),
	KUNIT_CASE(each_condition_loses),
	KUNIT_CASE(full_zones_lose_more_than_may_be_active),
	KUNIT_CASE(open_zones_lose_everything_full_zone_gets_the_room),
	KUNIT_CASE(full_zones_lose_everything),
	KUNIT_CASE(reset_and_a_cache),
	KUNIT_CASE(the_zones_as_text),
	KUNIT_CASE(a_small_zone_as_text),
	KUNIT_CASE(text_of_one_size),
	KUNIT_CASE(text_of_many_zones_is_whole),
	KUNIT_CASE(text_of_other_zones_is_refused),
	KUNIT_CASE(text_of_two_lives_is_refused),
	{}
};

WORLD_SUITE(zones, zd_setup, zd_teardown, zones_cases);
