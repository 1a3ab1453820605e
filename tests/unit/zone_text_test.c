// SPDX-License-Identifier: GPL-2.0
/*
 * Zone text: the contents of the file `zones`.
 */
#include "zone_dev.h"

static size_t show(struct zone_dev *zd, char *text, size_t size)
{
	ssize_t want = cnull_dev_show_zones(&zd->dev, NULL, 0), n;

	memset(text, '!', size);
	n = want < size ? cnull_dev_show_zones(&zd->dev, text, want) : 0;
	text[n == want ? n : 0] = '\0';
	return n;
}

/* Is line @nr of the text this one, except for the number of blanks? */
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

static void text_has_one_line_for_each_zone(struct kunit *test)
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

	zd_start(test);
	zd_fill_in(test);
	size = cnull_dev_show_zones(&zd->dev, NULL, 0);
	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)), size);
	KUNIT_ASSERT_EQ(test, strlen(text), size);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		KUNIT_EXPECT_TRUE(test, is_line(text, i, lines[i]));
	KUNIT_EXPECT_EQ(test, size % ARRAY_SIZE(lines), 0);
}

/* Also with the largest numbers. */
static void text_of_smaller_last_zone_has_its_length(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char *text = (char *)zd->buf;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, memory_backed, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_capacity, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, size, "7"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "3"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_FINISH, 2 * 6144, 0), 0);
	show(zd, text, sizeof(zd->buf));
	KUNIT_EXPECT_TRUE(test, is_line(text, 3,
					"2 12288 2048 2048 14336 seq full"));
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, size, "8796093022207"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_size, "8796093022206"), 0);
	zd_start(test);
	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)),
			cnull_dev_show_zones(&zd->dev, NULL, 0));
	KUNIT_EXPECT_TRUE(test, is_line(text, 2,
					"1 18014398509477888 2048 2048 18014398509477888 seq empty"));
}

/* The buffer has the size of all lines: neither more nor less. */
static void text_into_buffer_of_other_size_is_refused(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char *text = (char *)zd->buf;
	size_t line = cnull_dev_show_zones(&zd->dev, NULL, 0), n;

	KUNIT_EXPECT_EQ(test, show(zd, text, sizeof(zd->buf)), line);
	KUNIT_EXPECT_TRUE(test, is_line(text, 0, header));
	KUNIT_EXPECT_EQ(test, strlen(text), line);
	zd_start(test);
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
	zd_start(test);
	KUNIT_EXPECT_EQ(test, cnull_dev_show_zones(&zd->dev, NULL, 0), line);
}

/* More zones than cnull_dev_show_zones() formats with the mutex held once. */
#define NR_MANY		3000U

static void make_many(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	ZD_SET(zd, memory_backed, "0");
	ZD_SET(zd, zone_capacity, "0");
	ZD_SET(zd, size, "3000");
	ZD_SET(zd, zone_size, "1");
	zd_start(test);
}

static void text_of_many_zones_has_all_lines(struct kunit *test)
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

/* The number of zones changes after the size was read. */
static void text_of_other_zones_is_refused(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	ssize_t few, many, none = cnull_dev_show_zones(&zd->dev, NULL, 0);
	char *text;

	zd_start(test);
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

/* The number of zones is the same, but they may be other zones. */
static void text_across_power_cycle_is_refused(struct kunit *test)
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
	/* Other changes between two parts are no error. */
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

static struct kunit_case zone_text_cases[] = {
	KUNIT_CASE(text_has_one_line_for_each_zone),
	KUNIT_CASE(text_of_smaller_last_zone_has_its_length),
	KUNIT_CASE(text_into_buffer_of_other_size_is_refused),
	KUNIT_CASE(text_of_many_zones_has_all_lines),
	KUNIT_CASE(text_of_other_zones_is_refused),
	KUNIT_CASE(text_across_power_cycle_is_refused),
	{}
};

WORLD_SUITE(zone_text, zd_setup, zd_teardown, zone_text_cases);
