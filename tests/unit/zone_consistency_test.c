// SPDX-License-Identifier: GPL-2.0
/*
 * Zone consistency: the check that all suites of zones rely on finds each violation.
 */
#include "zone_dev.h"

static void wrong_count_is_inconsistent(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone_res *res;

	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	res = &zd_zones(zd)->res;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->nr[CNULL_ZONE_CLOSED]++;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->nr[CNULL_ZONE_EMPTY]--;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->nr[CNULL_ZONE_CLOSED]--;
	res->nr[CNULL_ZONE_EMPTY]++;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

static void wrong_limit_or_pointer_is_inconsistent(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone_res *res;
	struct cnull_zone *zone;
	u64 wp;

	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	res = &zd_zones(zd)->res;
	zone = &zd_zones(zd)->zone[2];
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(2, 0), 8), 0);
	KUNIT_EXPECT_EQ(test, zd_append(zd, zd_at(3, 0), 8), 0);
	res->max_open = 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_open = 2;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_active = 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_active = 2;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	wp = zone->wp;
	zone->reserved_wp++;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->reserved_wp = zd_at(2, ZD_CAPACITY);
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->reserved_wp = zd_at(2, 0) - 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->reserved_wp = wp;
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	zone->wp = zone->reserved_wp = zd_at(2, 0);
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->reserved_wp = wp;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone = &zd_zones(zd)->zone[4];
	zone->wp = ++zone->reserved_wp;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = --zone->reserved_wp;
	zone = &zd_zones(zd)->zone[0];
	zone->wp--;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp++;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

static struct kunit_case zone_consistency_cases[] = {
	KUNIT_CASE(wrong_count_is_inconsistent),
	KUNIT_CASE(wrong_limit_or_pointer_is_inconsistent),
	{}
};

WORLD_SUITE(zone_consistency, zd_setup, zd_teardown, zone_consistency_cases);
