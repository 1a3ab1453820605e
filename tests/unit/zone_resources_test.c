// SPDX-License-Identifier: GPL-2.0
/*
 * Zone resources: how many zones are open or active, and may be.
 */
#include "zone_dev.h"

/* On, with limits as text. */
static void start(struct kunit *test, const char *max_open,
		  const char *max_active)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, max_open), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, max_active), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
}

/* Append to a zone, wherever it is. */
static int grow(struct zone_dev *zd, unsigned int nr)
{
	return zd_append(zd, cnull_zone_data_end(zd_zones(zd), nr), 8);
}

static int offline(struct zone_dev *zd, unsigned int nr)
{
	return cnull_zone_set_condition(zd->dev.live, nr, CNULL_ZONE_TO_OFFLINE);
}

/* The conditions of the zones from 1 on, a letter each, as many as there are. */
static void expect_conds(struct kunit *test, const char *letters)
{
	static const char of_cond[] = "-eixcfro";
	char got[ZD_NR_ZONES] = "";
	unsigned int nr;

	for (nr = 1; letters[nr - 1]; nr++)
		got[nr - 1] = of_cond[zd_cond(test->priv, nr)];
	KUNIT_EXPECT_STREQ(test, got, letters);
}

static void no_limits(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	start(test, "0", "0");
	for (nr = 1; nr < ZD_NR_ZONES; nr++)
		KUNIT_EXPECT_EQ(test, grow(zd, nr), 0);
	expect_conds(test, "iiiiiii");
}

/* The one that was opened first goes, whoever was written to last. */
static void the_oldest_makes_room(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "3", "0");
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	expect_conds(test, "eiieiee");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	expect_conds(test, "iiiecee");
	/* It comes back as the youngest. */
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	expect_conds(test, "icieiee");
	KUNIT_EXPECT_EQ(test, grow(zd, 6), 0);
	expect_conds(test, "icceiie");
	KUNIT_EXPECT_EQ(test, grow(zd, 7), 0);
	expect_conds(test, "ccceiii");
	/* Whoever leaves by himself is no longer asked to. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 5), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 4), 0);
	expect_conds(test, "cccieii");
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "cciieci");
}

static void the_explicit_stay(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "2", "0");
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "xcieeee");
	/* To open what is open takes no room; then nobody makes any. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
	expect_conds(test, "xcxeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 2), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, grow(zd, 4), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2),
			-ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 4),
			-ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2),
			-ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 4),
			-ETOOMANYREFS);
	expect_conds(test, "xcxeeee");
	/* What is wrong anyway is wrong first. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 1), 1), -EIO);
	/* They go by themselves. */
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 1), 0);
	expect_conds(test, "ecceeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 4), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
	expect_conds(test, "excieee");
}

/* As in null_blk, that makes another one leave. */
static void finish_needs_room(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "1", "0");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	expect_conds(test, "cfeeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 1), 0);
	expect_conds(test, "ffceeee");
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 4), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 5),
			-ETOOMANYREFS);
	/* It has its room already. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 4), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 5), 0);
	expect_conds(test, "ffcffee");
}

/* A closed zone is active, and may be opened; an empty one is one more. */
static void active_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "0", "2");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	expect_conds(test, "cieeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 3), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	expect_conds(test, "iieeeee");
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
	/* To finish a closed one gives room. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "ifieeee");
}

/* Which of both says no, and who may come in nevertheless. */
static void both_limits(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "1", "2");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	expect_conds(test, "cieeeee");
	/* Nobody is closed for one that cannot be active. */
	KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
	expect_conds(test, "cieeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	expect_conds(test, "iceeeee");
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "ceieeee");
}

/* Where nothing was written, who is evicted is not active any more. */
static void eviction_of_nothing(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "1", "2");
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(1, 0)), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), -EIO);
	expect_conds(test, "ieeeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	expect_conds(test, "eieeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "ecieeee");
}

/*
 * Whichever way a zone goes, and whatever it was, it gives back what it had, and
 * no more: then there is room for one, and not for two.
 */
static void every_way_gives_back(struct kunit *test)
{
	static const enum cnull_zone_op ways[] = {
		CNULL_ZONE_FILL, CNULL_ZONE_FINISH, CNULL_ZONE_RESET,
		CNULL_ZONE_RESET_ALL, CNULL_ZONE_TO_READONLY,
		CNULL_ZONE_TO_OFFLINE,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i, from, rest;
	int err;

	for (i = 0; i < 3 * ARRAY_SIZE(ways); i++) {
		zd_renew(test);
		start(test, "2", "2");
		from = i % 3;
		rest = ways[i / 3] == CNULL_ZONE_RESET_ALL ? 0 : 1;
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1), 0);
		KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
		if (from == 1)
			err = zd_op(zd, CNULL_OP_ZONE_OPEN, 2);
		else
			err = from ? zd_op(zd, CNULL_OP_ZONE_CLOSE, 2) : 0;
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
		switch (ways[i / 3]) {
		case CNULL_ZONE_FILL:
			err = zd_append(zd, zd_at(2, 8), ZD_CAPACITY - 8);
			break;
		case CNULL_ZONE_FINISH:
			err = zd_op(zd, CNULL_OP_ZONE_FINISH, 2);
			break;
		case CNULL_ZONE_RESET:
			err = zd_op(zd, CNULL_OP_ZONE_RESET, 2);
			break;
		case CNULL_ZONE_RESET_ALL:
			err = zd_op(zd, CNULL_OP_ZONE_RESET_ALL, 0);
			break;
		default:
			err = cnull_zone_set_condition(zd->dev.live, 2, ways[i / 3]);
		}
		KUNIT_EXPECT_EQ(test, err, 0);
		if (!rest)
			KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 4),
					0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 5),
				-EOVERFLOW);
	}
}

/* null_blk counts it as active for ever, and then its disk is full (defect 10). */
static void a_closed_zone_goes_offline(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "2", "3");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 4), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, offline(zd, 1), 0);
	expect_conds(test, "oxxeeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 4), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 3), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 4), 0);
	expect_conds(test, "oxcieee");
	KUNIT_EXPECT_EQ(test, grow(zd, 5), -EOVERFLOW);
}

/** struct fit - limits, and what they are with 7 sequential zones */
struct fit {
	const char *max_open;
	const char *max_active;
	unsigned int open;
	unsigned int active;
};

/* One that cannot be reached is none, and what is open is active. */
static const struct fit fits[] = {
	{ "0", "0", 0, 0 },
	{ "6", "0", 6, 0 },
	{ "7", "0", 0, 0 },
	{ "4294967295", "0", 0, 0 },
	{ "0", "6", 0, 6 },
	{ "0", "7", 0, 0 },
	{ "2", "3", 2, 3 },
	{ "3", "3", 3, 3 },
	{ "5", "3", 3, 3 },
	{ "7", "3", 3, 3 },
	{ "6", "7", 6, 0 },
	{ "7", "7", 0, 0 },
	{ "1", "4294967295", 1, 0 },
};

static void limits_fit(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char text[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fits); i++) {
		start(test, fits[i].max_open, fits[i].max_active);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), fits[i].open);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active),
				fits[i].active);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		/* What was set stays. */
		snprintf(text, sizeof(text), "%llu", ZD_GET(zd, zone_max_open));
		KUNIT_EXPECT_STREQ(test, text, fits[i].max_open);
	}
}

static void limits_fit_live(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test, "0", "0");
	for (i = 0; i < ARRAY_SIZE(fits); i++) {
		zd->limits = 9999;
		KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, fits[i].max_open),
				0);
		KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active,
					     fits[i].max_active), 0);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), fits[i].open);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active),
				fits[i].active);
		/* So was the backend told. */
		KUNIT_EXPECT_EQ(test, zd->limits,
				100 * fits[i].open + fits[i].active);
	}
	/* What does not matter now may matter later. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "4"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 1);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 4);
	KUNIT_EXPECT_EQ(test, zd->limits, 400);
}

static void a_face_that_cannot(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "1", "0");
	zd->limit_error = -ENOMEM;
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 1);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	expect_conds(test, "cieeeee");
	/* Without zones nobody is asked. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "5"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 5);
}

/* Not below what is explicitly open, or active; else it holds at once. */
static void limits_lowered_below_use_are_refused(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	start(test, "0", "0");
	for (nr = 1; nr < 5; nr++)
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, nr), 0);
	zd->limits = 9999;
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "3"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active), 0);
	KUNIT_EXPECT_EQ(test, zd->limits, 9999);
	expect_conds(test, "xxxxeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 5), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "4"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "4"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "5"), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 5), -ETOOMANYREFS);
	KUNIT_EXPECT_EQ(test, grow(zd, 6), -EOVERFLOW);
	expect_conds(test, "xxxxcee");
	/* What is open has to be active: so this lowers both. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 3), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "2"), 0);
	KUNIT_EXPECT_EQ(test, zd->limits, 202);
	expect_conds(test, "xeexeee");
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 2);
	KUNIT_EXPECT_EQ(test, grow(zd, 6), -EOVERFLOW);
	/* And up again. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "4"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "0"), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 6), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 7), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "0"), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 7), 0);
	expect_conds(test, "xeexiii");
}

/* So many are closed as are too many, the oldest first, and that at once. */
static void limit_lowered_closes_the_oldest(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	start(test, "0", "0");
	for (nr = 1; nr < 7; nr++)
		KUNIT_EXPECT_EQ(test, grow(zd, nr), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "3"), 0);
	expect_conds(test, "cxcciie");
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	KUNIT_EXPECT_EQ(test, grow(zd, 7), 0);
	expect_conds(test, "cxcccii");
	/* Where there is no data left, they are not even active. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "0"), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(1, 0)), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), -EIO);
	expect_conds(test, "ixcccii");
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "1"), 0);
	expect_conds(test, "exccccc");
}

/* Many are closed in several goes. */
static void limit_lowered_by_many_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	ZD_SET(zd, memory_backed, "0");
	ZD_SET(zd, size, "800");
	ZD_SET(zd, zone_size, "1");
	start(test, "0", "0");
	for (nr = 1; nr < 800; nr++)
		KUNIT_ASSERT_EQ(test, zd_run(zd, CNULL_OP_WRITE, nr * 2048, 8),
				0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
	zd->limit_error = -ENOMEM;
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "700"), -ENOMEM);
	zd->limit_error = 0;
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "798"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), 0);
	KUNIT_EXPECT_EQ(test, zd->limits, 200);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	KUNIT_EXPECT_EQ(test, zd_cond(zd, 798), CNULL_ZONE_CLOSED);
	KUNIT_EXPECT_EQ(test, zd_cond(zd, 799), CNULL_ZONE_IMP_OPEN);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "1"), 0);
	KUNIT_EXPECT_EQ(test, zd_cond(zd, 799), CNULL_ZONE_CLOSED);
	KUNIT_EXPECT_EQ(test, zd_cond(zd, 4), CNULL_ZONE_EXP_OPEN);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "0"), 0);
}

/* More are active than may be: that is no way to lose them. */
static void active_zones_refuse_power_on(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char why[CNULL_ERROR_SIZE];
	unsigned int nr;

	start(test, "0", "0");
	for (nr = 1; nr < 5; nr++)
		KUNIT_EXPECT_EQ(test, grow(zd, nr), 0);
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), 0);
	KUNIT_EXPECT_EQ(test, zd_power(zd, true), -EINVAL);
	cnull_dev_error(&zd->dev, why, sizeof(why));
	KUNIT_EXPECT_STREQ(test, why, "zone_max_active is 3, must be 0 or at least 4, the number of active zones (set 0 to reset them)");
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "4"), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	expect_conds(test, "cccceee");
	KUNIT_EXPECT_EQ(test, zd_found(zd, zd_at(4, 0), 16, 8, 0xff), 16);
	KUNIT_EXPECT_EQ(test, grow(zd, 5), -EOVERFLOW);
	/* Other zones are new, and none of them is active. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_nr_conv, "0"), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	expect_conds(test, "eeeeeee");
}

/* Who counts again, as after each test, finds what is wrong. */
static void a_wrong_count(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone_res *res;

	start(test, "0", "0");
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

/* So does a limit that is not kept, or a pointer that is where it cannot be. */
static void a_wrong_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone_res *res;
	struct cnull_zone *zone;
	u64 wp;

	start(test, "0", "0");
	res = &zd_zones(zd)->res;
	zone = &zd_zones(zd)->zone[2];
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	res->max_open = 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_open = 2;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_active = 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	res->max_active = 2;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	wp = zone->wp;
	zone->next++;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->next = zd_at(2, ZD_CAPACITY);
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->next = zd_at(2, 0) - 1;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->next = wp;
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	zone->wp = zone->next = zd_at(2, 0);
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = zone->next = wp;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone = &zd_zones(zd)->zone[4];
	zone->wp = ++zone->next;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp = --zone->next;
	zone = &zd_zones(zd)->zone[0];
	zone->wp--;
	KUNIT_EXPECT_FALSE(test, cnull_zones_are_consistent(zd_zones(zd)));
	zone->wp++;
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
}

static struct kunit_case zone_res_cases[] = {
	KUNIT_CASE(a_wrong_count),
	KUNIT_CASE(a_wrong_zone),
	KUNIT_CASE(no_limits),
	KUNIT_CASE(the_oldest_makes_room),
	KUNIT_CASE(the_explicit_stay),
	KUNIT_CASE(finish_needs_room),
	KUNIT_CASE(active_zones),
	KUNIT_CASE(both_limits),
	KUNIT_CASE(eviction_of_nothing),
	KUNIT_CASE(every_way_gives_back),
	KUNIT_CASE(a_closed_zone_goes_offline),
	KUNIT_CASE(limits_fit),
	KUNIT_CASE(limits_fit_live),
	KUNIT_CASE(a_face_that_cannot),
	KUNIT_CASE(limits_lowered_below_use_are_refused),
	KUNIT_CASE(limit_lowered_closes_the_oldest),
	KUNIT_CASE(limit_lowered_by_many_zones),
	KUNIT_CASE(active_zones_refuse_power_on),
	{}
};

WORLD_SUITE(zone_res, zd_setup, zd_teardown, zone_res_cases);
