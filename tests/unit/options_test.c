// SPDX-License-Identifier: GPL-2.0
/*
 * Options: reading, and the table itself.
 */
#include "config/options.h"
#include "world.h"

static const struct cnull_option *opt_named(const char *name)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (!strcmp(cnull_options[i].name, name))
			return &cnull_options[i];
	return NULL;
}

/** struct parse_case - a text, and what comes of it for an option */
struct parse_case {
	const char *opt;
	const char *text;
	int err;
	u64 value;
};

static void parses_as_null_blk_does(struct kunit *test)
{
	static const struct parse_case cases[] = {
		{ "size", "4096", 0, 4096 },
		{ "size", "4096\n", 0, 4096 },
		{ "size", "0x10", 0, 16 },
		{ "size", "010", 0, 8 },
		{ "size", "+5", 0, 5 },
		{ "size", "18446744073709551615", 0, ULONG_MAX },
		{ "size", "18446744073709551616", -ERANGE, 0 },
		{ "size", "", -EINVAL, 0 },
		{ "size", "\n", -EINVAL, 0 },
		{ "size", " 5", -EINVAL, 0 },
		{ "size", "5 ", -EINVAL, 0 },
		{ "size", "5\n\n", -EINVAL, 0 },
		{ "size", "-1", -EINVAL, 0 },
		{ "size", "4k", -EINVAL, 0 },
		{ "size", "09", -EINVAL, 0 },
		{ "size", "0x", -EINVAL, 0 },
		{ "irqmode", "2", 0, 2 },
		{ "irqmode", "7", 0, 7 },	/* judged at power on */
		{ "irqmode", "4294967295", 0, UINT_MAX },
		{ "irqmode", "4294967296", -ERANGE, 0 },
		{ "home_node", "-1", 0, UINT_MAX },
		{ "home_node", "-1\n", 0, UINT_MAX },
		{ "home_node", "-2", -EINVAL, 0 },
		{ "home_node", "0", 0, 0 },
		{ "blocking", "1", 0, 1 },
		{ "blocking", "y", 0, 1 },
		{ "blocking", "on\n", 0, 1 },
		{ "blocking", "N", 0, 0 },
		{ "blocking", "off", 0, 0 },
		{ "blocking", "2", -EINVAL, 0 },
		{ "blocking", "", -EINVAL, 0 },
	};
	struct cnull_config set, before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cnull_option *opt = opt_named(cases[i].opt);

		KUNIT_ASSERT_TRUE(test, opt);
		memset(&set, 0x11, sizeof(set));
		before = set;
		KUNIT_EXPECT_EQ(test, cnull_option_parse(opt, 1, &set,
						      cases[i].text),
				cases[i].err);
		if (cases[i].err)
			KUNIT_EXPECT_EQ(test, memcmp(&set, &before,
						     sizeof(set)), 0);
		else
			KUNIT_EXPECT_EQ(test, cnull_option_value(opt, &set),
					cases[i].value);
	}
}

static void a_parameter_has_its_scale(struct kunit *test)
{
	const struct cnull_option *size = opt_named("size");
	struct cnull_config set;

	cnull_config_init(&set);
	KUNIT_EXPECT_STREQ(test, size->param, "gb");
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &set, "4"), 0);
	KUNIT_EXPECT_EQ(test, set.size, 4096);
	/* null_blk multiplies gb as an int, and overflows. */
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &set,
					      "3000000"), 0);
	KUNIT_EXPECT_EQ(test, set.size, 3072000000UL);
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &set,
					      "18014398509481984"), -ERANGE);
	KUNIT_EXPECT_EQ(test, set.size, 3072000000UL);
}

static void defaults_are_null_blks(struct kunit *test)
{
	struct cnull_config set;
	char why[100] = "";

	cnull_config_init(&set);
	KUNIT_EXPECT_EQ(test, set.size, 256000);
	KUNIT_EXPECT_EQ(test, set.blocksize, 512);
	KUNIT_EXPECT_EQ(test, set.irqmode, 1);
	KUNIT_EXPECT_EQ(test, set.completion_nsec, 10000);
	KUNIT_EXPECT_EQ(test, set.submit_queues, 1);
	KUNIT_EXPECT_EQ(test, set.hw_queue_depth, 64);
	KUNIT_EXPECT_EQ(test, set.home_node, UINT_MAX);
	KUNIT_EXPECT_EQ(test, set.max_sectors, 0);
	KUNIT_EXPECT_FALSE(test, set.memory_backed || set.no_sched ||
			   set.blocking || set.rotational || set.discard ||
			   set.virt_boundary);
	KUNIT_EXPECT_EQ(test, cnull_config_check(&set, why, sizeof(why)), 0);
	KUNIT_EXPECT_STREQ(test, why, "");
}

/* The order of the "features" file, in which the rows stand. */
static void rows_are_sorted(struct kunit *test)
{
	static const char *const names[] = {
#define CNULL_OPTION(name, ...) #name,
#define CNULL_ATTR(name, ...) #name,
#include "config/options.def"
	};
	size_t i;

	for (i = 1; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_LT(test, strcmp(names[i - 1], names[i]), 0);
}

/* Each row: its bounds go, what is beyond them does not, and is named. */
static void ranges_are_checked(struct kunit *test)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *opt = &cnull_options[i];
		struct cnull_config set;
		char why[160] = "", number[32];
		int below;

		cnull_config_init(&set);
		snprintf(number, sizeof(number), "%llu", opt->min);
		KUNIT_EXPECT_EQ(test, cnull_option_parse(opt, 1, &set, number), 0);
		KUNIT_EXPECT_EQ(test, cnull_config_check(&set, why, 160), 0);
		snprintf(number, sizeof(number), "%llu", opt->max);
		KUNIT_EXPECT_EQ(test, cnull_option_parse(opt, 1, &set, number), 0);
		KUNIT_EXPECT_EQ(test, cnull_config_check(&set, why, 160), 0);

		for (below = 0; below < 2; below++) {
			cnull_config_init(&set);
			if (below && !opt->min)
				continue;
			snprintf(number, sizeof(number), "%llu",
				 below ? opt->min - 1 : opt->max + 1);
			/* What its type cannot hold, it refuses itself. */
			if (cnull_option_parse(opt, 1, &set, number))
				continue;
			KUNIT_EXPECT_EQ(test, cnull_config_check(&set, why, 160),
					-EINVAL);
			KUNIT_EXPECT_TRUE(test, strstr(why, opt->name));
			KUNIT_EXPECT_TRUE(test, strstr(why, number));
		}
	}
}

static struct kunit_case opts_cases[] = {
	KUNIT_CASE(parses_as_null_blk_does),
	KUNIT_CASE(a_parameter_has_its_scale),
	KUNIT_CASE(defaults_are_null_blks),
	KUNIT_CASE(rows_are_sorted),
	KUNIT_CASE(ranges_are_checked),
	{}
};

WORLD_SUITE(opts, world_no_setup, world_no_teardown, opts_cases);
