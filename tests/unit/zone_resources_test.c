// SPDX-License-Identifier: GPL-2.0
/*
 * Zone resources: the limits of open and active zones, and the zones that use them.
 */
#include "zone_dev.h"

/* Power on with these limits. */
static void start(struct kunit *test, const char *max_open,
		  const char *max_active)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, max_open), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, max_active), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
}

/* Append to a zone. */
static int grow(struct zone_dev *zd, unsigned int nr)
{
	return zd_append(zd, cnull_zone_data_end(zd_zones(zd), nr), 8);
}

static int offline(struct zone_dev *zd, unsigned int nr)
{
	return zd_set_cond(zd, nr, CNULL_ZONE_TO_OFFLINE);
}

/* Expect conditions of the zones from 1 on: one letter for each, of "eixcfro". */
static void expect_conds(struct kunit *test, const char *letters)
{
	static const char of_cond[] = "-eixcfro";
	char got[ZD_NR_ZONES] = "";
	unsigned int nr;

	for (nr = 1; letters[nr - 1]; nr++)
		got[nr - 1] = of_cond[zd_cond(test->priv, nr)];
	KUNIT_EXPECT_STREQ(test, got, letters);
}

static void without_limits_all_zones_stay_open(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	start(test, "0", "0");
	for (nr = 1; nr < ZD_NR_ZONES; nr++)
		KUNIT_EXPECT_EQ(test, grow(zd, nr), 0);
	expect_conds(test, "iiiiiii");
}

/* The oldest is the zone that was opened first, not the zone that was written first. */
static void open_limit_closes_oldest_implicitly_open_zone(struct kunit *test)
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
	/* A zone that is opened again is the youngest. */
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	expect_conds(test, "icieiee");
	KUNIT_EXPECT_EQ(test, grow(zd, 6), 0);
	expect_conds(test, "icceiie");
	KUNIT_EXPECT_EQ(test, grow(zd, 7), 0);
	expect_conds(test, "ccceiii");
	/* A zone that is reset leaves the list of implicitly open zones. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 5), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 4), 0);
	expect_conds(test, "cccieii");
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "cciieci");
}

static void open_limit_closes_no_explicitly_open_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "2", "0");
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "xcieeee");
	/* To open an open zone needs no resource; then no zone can be closed. */
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
	/* A write off the write pointer fails before the limit is checked. */
	KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(4, 1), 1), -EIO);
	/* Explicitly open zones accept writes, and close requests. */
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 1), 0);
	expect_conds(test, "ecceeee");
	KUNIT_EXPECT_EQ(test, grow(zd, 4), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
	expect_conds(test, "excieee");
}

/* As in null_blk, finish closes an implicitly open zone if the limit requires it. */
static void finish_needs_open_resource(struct kunit *test)
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
	/* An open zone has its resource already. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 4), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 5), 0);
	expect_conds(test, "ffcffee");
}

/* A closed zone is active already, so it can be opened; an empty zone is not. */
static void active_limit_refuses_empty_zone(struct kunit *test)
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
	/* To finish a closed zone releases its active resource. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 2), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 3), 0);
	expect_conds(test, "ifieeee");
}

static void both_limits_return_errno_of_missing_resource(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	start(test, "1", "2");
	KUNIT_EXPECT_EQ(test, grow(zd, 1), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 2), 0);
	expect_conds(test, "cieeeee");
	/* No zone is closed for a zone that cannot become active. */
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

/* A zone without data that is closed becomes EMPTY, so it is no longer active. */
static void open_limit_empties_zone_without_data(struct kunit *test)
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

/* Bring an empty zone into an active condition. */
static int activate(struct zone_dev *zd, unsigned int nr,
		    enum cnull_zone_cond cond)
{
	int err = grow(zd, nr);

	if (err || cond == CNULL_ZONE_IMP_OPEN)
		return err;
	return zd_op(zd, cond == CNULL_ZONE_EXP_OPEN ? CNULL_OP_ZONE_OPEN :
						       CNULL_OP_ZONE_CLOSE, nr);
}

/* Run an operation that ends the active condition of a zone. */
static int deactivate(struct zone_dev *zd, unsigned int nr,
		      enum cnull_zone_op op)
{
	switch (op) {
	case CNULL_ZONE_FILL:
		return zd_append(zd, zd_at(nr, 8), ZD_CAPACITY - 8);
	case CNULL_ZONE_FINISH:
		return zd_op(zd, CNULL_OP_ZONE_FINISH, nr);
	case CNULL_ZONE_RESET:
		return zd_op(zd, CNULL_OP_ZONE_RESET, nr);
	case CNULL_ZONE_RESET_ALL:
		return zd_op(zd, CNULL_OP_ZONE_RESET_ALL, 0);
	default:
		return zd_set_cond(zd, nr, op);
	}
}

/*
 * Two zones use all resources. Each operation, in each active condition of zone 2,
 * releases one open and one active resource: one zone can be opened, a second cannot.
 */
static void every_operation_releases_resources_once(struct kunit *test)
{
	static const enum cnull_zone_cond conds[] = {
		CNULL_ZONE_IMP_OPEN, CNULL_ZONE_EXP_OPEN, CNULL_ZONE_CLOSED,
	};
	static const enum cnull_zone_op ops[] = {
		CNULL_ZONE_FILL, CNULL_ZONE_FINISH, CNULL_ZONE_RESET,
		CNULL_ZONE_RESET_ALL, CNULL_ZONE_TO_READONLY,
		CNULL_ZONE_TO_OFFLINE,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conds) * ARRAY_SIZE(ops); i++) {
		enum cnull_zone_op op = ops[i / ARRAY_SIZE(conds)];

		zd_renew(test);
		start(test, "2", "2");
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1), 0);
		KUNIT_EXPECT_EQ(test, activate(zd, 2,
					       conds[i % ARRAY_SIZE(conds)]), 0);
		KUNIT_EXPECT_EQ(test, grow(zd, 3), -EOVERFLOW);
		KUNIT_EXPECT_EQ(test, deactivate(zd, 2, op), 0);
		/* A reset of all zones has released the resources of zone 1, too. */
		if (op == CNULL_ZONE_RESET_ALL)
			KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 1),
					0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 3), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 5),
				-EOVERFLOW);
	}
}

/* null_blk leaks the active resource, until no zone can become active (defect 10). */
static void closed_zone_set_offline_releases_active_resource(struct kunit *test)
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

/** struct normalized - limits, and their effective values with 7 sequential zones */
struct normalized {
	const char *max_open;
	const char *max_active;
	unsigned int open;
	unsigned int active;
};

/* A limit that cannot be reached is removed, and an open zone is an active zone. */
static const struct normalized cases[] = {
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

static void limits_out_of_reach_are_removed(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	char text[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start(test, cases[i].max_open, cases[i].max_active);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), cases[i].open);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active),
				cases[i].active);
		KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
		/* The config keeps the value that the user set. */
		snprintf(text, sizeof(text), "%llu", ZD_GET(zd, zone_max_open));
		KUNIT_EXPECT_STREQ(test, text, cases[i].max_open);
	}
}

static void limits_set_while_on_are_normalized(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	size_t i;

	start(test, "0", "0");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		zd->limits = 9999;
		KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, cases[i].max_open),
				0);
		KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active,
					     cases[i].max_active), 0);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), cases[i].open);
		KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_active),
				cases[i].active);
		/* The backend got the effective limits. */
		KUNIT_EXPECT_EQ(test, zd->limits,
				100 * cases[i].open + cases[i].active);
	}
	/* A limit without effect takes effect when the other one is removed. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "4"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 1);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "0"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 4);
	KUNIT_EXPECT_EQ(test, zd->limits, 400);
}

static void limits_refused_by_backend_are_unchanged(struct kunit *test)
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
	/* A device without zones does not call the backend. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zoned, "0"), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "5"), 0);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 5);
}

/* A limit below the number of explicitly open, or active, zones is refused. */
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
	/* An open zone is active, so a lower active limit lowers the open limit, too. */
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 5), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 3), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "2"), 0);
	KUNIT_EXPECT_EQ(test, zd->limits, 202);
	expect_conds(test, "xeexeee");
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ZD_GET(zd, zone_max_open), 2);
	KUNIT_EXPECT_EQ(test, grow(zd, 6), -EOVERFLOW);
	/* Raised limits take effect at once. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "4"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "0"), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 5), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 6), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 7), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "0"), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 7), 0);
	expect_conds(test, "xeexiii");
}

/* A lower limit closes the excess zones at once, the oldest first. */
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
	/* A zone without data becomes EMPTY. */
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "0"), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 1), 0);
	KUNIT_EXPECT_EQ(test, zd_bad(zd, true, zd_at(1, 0)), 0);
	KUNIT_EXPECT_EQ(test, grow(zd, 1), -EIO);
	expect_conds(test, "ixcccii");
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "1"), 0);
	expect_conds(test, "exccccc");
}

/* More zones than are closed with the lock held once. */
static void limit_lowered_by_many_zones_closes_all(struct kunit *test)
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

/* Power on does not reset active zones to fit a limit. */
static void active_limit_below_active_zones_refuses_power_on(struct kunit *test)
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
	/* New zones, of another shape, are not active. */
	KUNIT_EXPECT_EQ(test, zd_power(zd, false), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "1"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_nr_conv, "0"), 0);
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	expect_conds(test, "eeeeeee");
}

static struct kunit_case zone_resources_cases[] = {
	KUNIT_CASE(without_limits_all_zones_stay_open),
	KUNIT_CASE(open_limit_closes_oldest_implicitly_open_zone),
	KUNIT_CASE(open_limit_closes_no_explicitly_open_zone),
	KUNIT_CASE(finish_needs_open_resource),
	KUNIT_CASE(active_limit_refuses_empty_zone),
	KUNIT_CASE(both_limits_return_errno_of_missing_resource),
	KUNIT_CASE(open_limit_empties_zone_without_data),
	KUNIT_CASE(every_operation_releases_resources_once),
	KUNIT_CASE(closed_zone_set_offline_releases_active_resource),
	KUNIT_CASE(limits_out_of_reach_are_removed),
	KUNIT_CASE(limits_set_while_on_are_normalized),
	KUNIT_CASE(limits_refused_by_backend_are_unchanged),
	KUNIT_CASE(limits_lowered_below_use_are_refused),
	KUNIT_CASE(limit_lowered_closes_the_oldest),
	KUNIT_CASE(limit_lowered_by_many_zones_closes_all),
	KUNIT_CASE(active_limit_below_active_zones_refuses_power_on),
	{}
};

WORLD_SUITE(zone_resources, zd_setup, zd_teardown, zone_resources_cases);
