// SPDX-License-Identifier: GPL-2.0
/*
 * Zone layout: which config keeps the zones of a device, and which creates new ones.
 */
#include "zone_dev.h"

/** struct shape - the options that shape the zones; NULL: the default of the suite */
struct shape {
	const char *size;
	const char *blocksize;
	const char *zone_size;
	const char *zone_capacity;
	const char *zone_nr_conv;
	const char *zone_full;
};

static void set_shape(struct zone_dev *zd, const struct shape *s)
{
	ZD_SET(zd, size, s->size ?: "16");
	ZD_SET(zd, blocksize, s->blocksize ?: "512");
	ZD_SET(zd, zone_size, s->zone_size ?: "2");
	ZD_SET(zd, zone_capacity, s->zone_capacity ?: "1");
	ZD_SET(zd, zone_nr_conv, s->zone_nr_conv ?: "1");
	ZD_SET(zd, zone_full, s->zone_full ?: "0");
}

static const struct shape others[] = {
	{ .size = "18" },
	{ .size = "14" },
	{ .blocksize = "4096" },
	{ .zone_size = "4" },
	{ .zone_capacity = "2" },
	{ .zone_nr_conv = "0" },
	{ .zone_nr_conv = "2" },
	{ .zone_full = "1" },
};

/* The old zones do not return with the old shape. */
static void other_shape_creates_new_zones(struct kunit *test)
{
	static const struct shape usual;
	struct zone_dev *zd = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		zd_renew(test);
		zd_start(test);
		zd_fill_in(test);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		set_shape(zd, &others[i]);
		zd_start(test);
		zd_expect_new(test);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		set_shape(zd, &usual);
		zd_start(test);
		zd_expect_new(test);
	}
}

static void refused_power_on_keeps_zones(struct kunit *test)
{
	static const struct shape usual;
	struct zone_dev *zd = test->priv;
	size_t i;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	ZD_SET(zd, zone_size, "0");
	KUNIT_EXPECT_EQ(test, zd_power(zd, true), -EINVAL);
	for (i = 0; i <= ARRAY_SIZE(others); i++) {
		set_shape(zd, i ? &others[i - 1] : &usual);
		zd->start_error = -EEXIST;
		KUNIT_EXPECT_EQ(test, zd_power(zd, true), -EEXIST);
		zd->start_error = 0;
	}
	set_shape(zd, &usual);
	zd_start(test);
	zd_expect_filled(test);
}

static void failed_allocation_at_power_on_keeps_zones(struct kunit *test)
{
	static const struct shape usual;
	struct zone_dev *zd = test->priv;
	char why[CNULL_ERROR_SIZE];
	int n, zones = 0;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	set_shape(zd, &others[0]);
	for (n = 1; n < 20; n++) {
		world_fail_alloc(n);
		/* If no allocation fails, the backend does: the device stays off. */
		zd->start_error = -EEXIST;
		KUNIT_EXPECT_NE(test, zd_power(zd, true), 0);
		cnull_dev_error(&zd->dev, why, sizeof(why));
		zones += strstr(why, "for zones") != NULL;
	}
	world_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, zones, 2);
	zd->start_error = 0;
	set_shape(zd, &usual);
	zd_start(test);
	zd_expect_filled(test);
}

static void power_cycle_without_memory_creates_new_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	zd_start(test);
	zd_fill_in(test);
	KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
	zd_expect_new(test);
}

/* The zones belong to the data, which is unchanged. */
static void memory_backed_again_restores_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	zd_start(test);
	zd_expect_new(test);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 7), 0);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "1"), 0);
	zd_start(test);
	zd_expect_filled(test);
}

/* Without zones, writes went anywhere: no write pointer would match the data. */
static void power_cycle_without_zones_creates_new_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	zd_start(test);
	zd_fill_in(test);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	zd_start(test);
	KUNIT_EXPECT_FALSE(test, zd_zones(zd));
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "1"), 0);
	zd_start(test);
	zd_expect_new(test);
}

static void options_are_normalized_at_power_on(struct kunit *test)
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
		zd_start(test);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_append_max_sectors),
				cases[i].got);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, discard), 0);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, discard), 1);
	}
}

static struct kunit_case zone_layout_cases[] = {
	KUNIT_CASE(other_shape_creates_new_zones),
	KUNIT_CASE(refused_power_on_keeps_zones),
	KUNIT_CASE(failed_allocation_at_power_on_keeps_zones),
	KUNIT_CASE(power_cycle_without_memory_creates_new_zones),
	KUNIT_CASE(memory_backed_again_restores_zones),
	KUNIT_CASE(power_cycle_without_zones_creates_new_zones),
	KUNIT_CASE(options_are_normalized_at_power_on),
	{}
};

WORLD_SUITE(zone_layout, zd_setup, zd_teardown, zone_layout_cases);
