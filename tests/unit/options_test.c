// SPDX-License-Identifier: GPL-2.0
/*
 * Options: parsing of values, defaults, ranges, and the rows of the table.
 */
#include "config/options.h"
#include "world.h"

static const struct cnull_option *option_named(const char *name)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (!strcmp(cnull_options[i].name, name))
			return &cnull_options[i];
	return NULL;
}

/**
 * struct parse_case - a text to parse
 * @option:	name of the option
 * @text:	the text
 * @err:	expected return value
 * @value:	expected value, if @err is 0
 */
struct parse_case {
	const char *option;
	const char *text;
	int err;
	u64 value;
};

static void text_parses_as_in_null_blk(struct kunit *test)
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
		{ "irqmode", "7", 0, 7 },	/* power on checks the range */
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
	struct cnull_config config, before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cnull_option *option = option_named(cases[i].option);

		KUNIT_ASSERT_TRUE(test, option);
		memset(&config, 0x11, sizeof(config));
		before = config;
		KUNIT_EXPECT_EQ(test, cnull_option_parse(option, 1, &config,
						      cases[i].text),
				cases[i].err);
		if (cases[i].err)
			KUNIT_EXPECT_EQ(test, memcmp(&config, &before,
						     sizeof(config)), 0);
		else
			KUNIT_EXPECT_EQ(test, cnull_option_value(option, &config),
					cases[i].value);
	}
}

static void parameter_with_scale_multiplies_value(struct kunit *test)
{
	const struct cnull_option *size = option_named("size");
	struct cnull_config config;

	cnull_config_init(&config);
	KUNIT_EXPECT_STREQ(test, size->param, "gb");
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &config, "4"), 0);
	KUNIT_EXPECT_EQ(test, config.size, 4096);
	/* The product overflows an int, which null_blk multiplies in. */
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &config,
					      "3000000"), 0);
	KUNIT_EXPECT_EQ(test, config.size, 3072000000UL);
	KUNIT_EXPECT_EQ(test, cnull_option_parse(size, size->scale, &config,
					      "18014398509481984"), -ERANGE);
	KUNIT_EXPECT_EQ(test, config.size, 3072000000UL);
}

static void defaults_match_null_blk(struct kunit *test)
{
	struct cnull_config config;
	char why[100] = "";

	cnull_config_init(&config);
	KUNIT_EXPECT_EQ(test, config.size, 256000);
	KUNIT_EXPECT_EQ(test, config.blocksize, 512);
	KUNIT_EXPECT_EQ(test, config.irqmode, 1);
	KUNIT_EXPECT_EQ(test, config.completion_nsec, 10000);
	KUNIT_EXPECT_EQ(test, config.submit_queues, 1);
	KUNIT_EXPECT_EQ(test, config.hw_queue_depth, 64);
	KUNIT_EXPECT_EQ(test, config.home_node, UINT_MAX);
	KUNIT_EXPECT_EQ(test, config.max_sectors, 0);
	KUNIT_EXPECT_FALSE(test, config.memory_backed || config.no_sched ||
			   config.blocking || config.rotational || config.discard ||
			   config.virt_boundary);
	KUNIT_EXPECT_EQ(test, cnull_config_check(&config, why, sizeof(why)), 0);
	KUNIT_EXPECT_STREQ(test, why, "");
}

/* The rows are in the order of the "features" file. */
static void rows_are_in_alphabetical_order(struct kunit *test)
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

/* For each row, both bounds pass, and a value beyond a bound is refused by name. */
static void value_out_of_range_is_refused_by_name(struct kunit *test)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];
		struct cnull_config config;
		char why[160] = "", number[32];
		int below;

		cnull_config_init(&config);
		snprintf(number, sizeof(number), "%llu", option->min);
		KUNIT_EXPECT_EQ(test, cnull_option_parse(option, 1, &config, number), 0);
		KUNIT_EXPECT_EQ(test, cnull_config_check(&config, why, 160), 0);
		snprintf(number, sizeof(number), "%llu", option->max);
		KUNIT_EXPECT_EQ(test, cnull_option_parse(option, 1, &config, number), 0);
		KUNIT_EXPECT_EQ(test, cnull_config_check(&config, why, 160), 0);

		for (below = 0; below < 2; below++) {
			cnull_config_init(&config);
			if (below && !option->min)
				continue;
			snprintf(number, sizeof(number), "%llu",
				 below ? option->min - 1 : option->max + 1);
			/* The parser refuses a value that does not fit into the type. */
			if (cnull_option_parse(option, 1, &config, number))
				continue;
			KUNIT_EXPECT_EQ(test, cnull_config_check(&config, why, 160),
					-EINVAL);
			KUNIT_EXPECT_TRUE(test, strstr(why, option->name));
			KUNIT_EXPECT_TRUE(test, strstr(why, number));
		}
	}
}

/* Each row, of an option or of another file, has a group and a backend. */
static void row_has_group_and_backends(struct kunit *test)
{
	static const struct {
		const char *help;
		enum cnull_option_group group;
		unsigned int backends;
	} files[] = {
#define CNULL_ATTR(name, mode, help_, ...) { .help = help_, __VA_ARGS__ },
#define CNULL_TEXT(name, help_, ...) { .help = help_, __VA_ARGS__ },
#include "config/options.def"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		KUNIT_EXPECT_NE(test, files[i].group, 0);
		KUNIT_EXPECT_LT(test, files[i].group, CNULL_NR_GROUPS);
		KUNIT_EXPECT_NE(test, files[i].backends, 0);
		KUNIT_EXPECT_TRUE(test, *files[i].help);
	}
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		KUNIT_EXPECT_NE(test, cnull_options[i].group, 0);
		KUNIT_EXPECT_LT(test, cnull_options[i].group, CNULL_NR_GROUPS);
		KUNIT_EXPECT_NE(test, cnull_options[i].backends, 0);
		KUNIT_EXPECT_TRUE(test, *cnull_options[i].help);
	}
}

static void row_without_parameter_has_no_parameter_name(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, option_named("index")->param);
	KUNIT_EXPECT_EQ(test, option_named("index")->scale, 1);
	KUNIT_EXPECT_STREQ(test, option_named("blocksize")->param, "bs");
	KUNIT_EXPECT_EQ(test, option_named("blocksize")->scale, 1);
}

static struct kunit_case options_cases[] = {
	KUNIT_CASE(text_parses_as_in_null_blk),
	KUNIT_CASE(parameter_with_scale_multiplies_value),
	KUNIT_CASE(defaults_match_null_blk),
	KUNIT_CASE(rows_are_in_alphabetical_order),
	KUNIT_CASE(value_out_of_range_is_refused_by_name),
	KUNIT_CASE(row_has_group_and_backends),
	KUNIT_CASE(row_without_parameter_has_no_parameter_name),
	{}
};

WORLD_SUITE(options, world_no_setup, world_no_teardown, options_cases);
