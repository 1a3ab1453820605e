// SPDX-License-Identifier: GPL-2.0
/*
 * The zoned device of the zone suites.
 */
#include "zone_dev.h"

#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)

static struct zone_dev *zone_dev_of(struct cnull_dev *dev)
{
	return container_of(dev, struct zone_dev, dev);
}

static int start(struct cnull_dev *dev)
{
	struct zone_dev *zd = zone_dev_of(dev);

	if (!zd->start_error)
		cnull_dev_allow_cut(dev);
	return zd->start_error;
}

static void stop(struct cnull_dev *dev)
{
}

static int limit_zones(struct cnull_dev *dev, unsigned int max_open,
		       unsigned int max_active)
{
	struct zone_dev *zd = zone_dev_of(dev);

	if (!zd->limit_error)
		zd->limits = 100 * max_open + max_active;
	return zd->limit_error;
}

static const struct cnull_backend backend = {
	.start = start,
	.stop = stop,
	.drain = stop,
	.cut = stop,
	.limit_zones = limit_zones,
};

static void begin(struct zone_dev *zd)
{
	struct cnull_config config;

	cnull_config_init(&config);
	config.size = 16;
	config.zoned = true;
	config.zone_size = 2;
	config.zone_capacity = 1;
	config.zone_nr_conv = 1;
	config.memory_backed = true;
	config.badblocks_once = true;
	cnull_dev_init(&zd->dev, "test", &config, &backend);
}

static void end(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zones *zones = zd->dev.live ? zd_zones(zd) : zd->dev.zones;

	world_in_io(false);
	if (zones)
		KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zones));
	cnull_dev_kill(&zd->dev);
	cnull_dev_destroy(&zd->dev);
}

int zd_setup(struct kunit *test)
{
	struct zone_dev *zd = kzalloc(sizeof(*zd), GFP_KERNEL);

	test->priv = zd;
	zd->gen = 1;
	begin(zd);
	return 0;
}

void zd_teardown(struct kunit *test)
{
	end(test);
	kfree(test->priv);
}

void zd_renew(struct kunit *test)
{
	end(test);
	begin(test->priv);
}

int zd_power(struct zone_dev *zd, bool on)
{
	int err;

	/* Power changes may start I/O to get memory; requests must not. */
	world_in_io(false);
	err = cnull_dev_power(&zd->dev, on);
	world_in_io(on && !err);
	return err;
}

void zd_start(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, zd_power(test->priv, true), 0);
}

int zd_cycle(struct zone_dev *zd)
{
	int err = zd_power(zd, false);

	return err ?: zd_power(zd, true);
}

int zd_io(struct zone_dev *zd, struct cnull_io *io, void *data,
	  enum cnull_wait wait)
{
	int err;

	io->iter = (struct cnull_iter) { };
	if (io->nr_sectors)
		io->iter = world_iter(data, io->nr_sectors * SECTOR_BYTES);
	err = io_result(zd->dev.live, io, wait);
	world_iter_end(io->iter);
	return err;
}

int zd_run(struct zone_dev *zd, enum cnull_op op, u64 sector, u64 nr_sectors)
{
	struct cnull_io io = {
		.op = op,
		.sector = sector,
		.nr_sectors = nr_sectors,
	};

	return zd_io(zd, &io, zd->buf, CNULL_MAY_WAIT);
}

void zd_stamp(struct zone_dev *zd, void *data, u64 sector, u64 nr)
{
	u64 *word = data;
	size_t i;

	for (i = 0; i < nr * SECTOR_BYTES / sizeof(*word); i++)
		word[i] = (u64)zd->gen << 40 |
			  (sector + i / (SECTOR_BYTES / sizeof(*word)));
}

int zd_write_flags(struct zone_dev *zd, unsigned int flags, u64 sector, u64 nr)
{
	struct cnull_io io = {
		.op = CNULL_OP_WRITE,
		.flags = flags,
		.sector = sector,
		.nr_sectors = nr,
	};

	zd_stamp(zd, zd->buf, sector, nr);
	return zd_io(zd, &io, zd->buf, CNULL_MAY_WAIT);
}

int zd_write(struct zone_dev *zd, u64 sector, u64 nr)
{
	return zd_write_flags(zd, 0, sector, nr);
}

int zd_append(struct zone_dev *zd, u64 sector, u64 nr)
{
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = sector - sector % zd_zones(zd)->shape.zone_sectors,
		.nr_sectors = nr,
	};
	int err;

	zd_stamp(zd, zd->buf, sector, nr);
	err = zd_io(zd, &io, zd->buf, CNULL_MAY_WAIT);
	return err ?: io.sector != sector;
}

int zd_bad(struct zone_dev *zd, bool bad, u64 sector)
{
	char text[48];

	snprintf(text, sizeof(text), "%c%llu-%llu", bad ? '+' : '-', sector,
		 sector);
	return cnull_badblocks_set(&zd->dev.badblocks, text);
}

/* With badblocks_once, a bad sector defers a request to a context that may sleep. */
int zd_hold(struct zone_dev *zd, struct cnull_io *io, enum cnull_op op,
	    u64 sector, u64 nr)
{
	int err = zd_bad(zd, true, sector);

	/* Also on error, because a test may go on and run the request. */
	*io = (struct cnull_io) {
		.op = op,
		.sector = sector,
		.nr_sectors = nr,
	};
	if (err)
		return err;
	err = zd_io(zd, io, zd->buf, CNULL_NO_WAIT);
	return zd_bad(zd, false, sector) ?: err;
}

int zd_rerun(struct zone_dev *zd, struct cnull_io *io)
{
	zd_stamp(zd, zd->buf, io->sector, io->nr_sectors);
	return zd_io(zd, io, zd->buf, CNULL_MAY_WAIT);
}

int zd_found(struct zone_dev *zd, u64 sector, u64 nr, u64 nr_data, u8 filler)
{
	u8 want[SECTOR_BYTES];
	int err;
	u64 i;

	memset(zd->buf, ZD_UNTOUCHED, nr * SECTOR_BYTES);
	err = zd_run(zd, CNULL_OP_READ, sector, nr);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		if (i < nr_data)
			zd_stamp(zd, want, sector + i, 1);
		else
			memset(want, filler, sizeof(want));
		if (memcmp(zd->buf + i * SECTOR_BYTES, want, sizeof(want)))
			break;
	}
	return i;
}

enum cnull_zone_cond zd_cond(struct zone_dev *zd, unsigned int nr)
{
	struct cnull_zone_info info;

	cnull_zone_report(zd_zones(zd), nr, &info);
	return info.cond;
}

u64 zd_wp(struct zone_dev *zd, unsigned int nr)
{
	struct cnull_zone_info info;

	cnull_zone_report(zd_zones(zd), nr, &info);
	return info.wp == CNULL_ZONE_NO_WP ? info.wp : info.wp - info.start;
}

void zd_fill_in(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	for (nr = 0; nr < 6; nr++)
		KUNIT_EXPECT_EQ(test, zd_write(zd, zd_at(nr, 0), 8 + nr), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_CLOSE, 2), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_FINISH, 3), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 4, CNULL_ZONE_TO_READONLY), 0);
	KUNIT_EXPECT_EQ(test, zd_set_cond(zd, 5, CNULL_ZONE_TO_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 6), 0);
}

void zd_expect_filled(struct kunit *test)
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

void zd_expect_new(struct kunit *test)
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
