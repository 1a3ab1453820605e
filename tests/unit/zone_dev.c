// SPDX-License-Identifier: GPL-2.0
/*
 * A zoned device for the suites of zones.
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
	struct cnull_config set;

	cnull_config_init(&set);
	set.size = 16;
	set.zoned = true;
	set.zone_size = 2;
	set.zone_capacity = 1;
	set.zone_nr_conv = 1;
	set.memory_backed = true;
	set.badblocks_once = true;
	cnull_dev_init(&zd->dev, "test", &set, &backend);
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

	/* Whatever a request does, it starts no other. */
	world_in_io(false);
	err = cnull_dev_power(&zd->dev, on);
	world_in_io(on && !err);
	return err;
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
	/* Who may not wait is where nobody may sleep. */
	if (wait == CNULL_NO_WAIT)
		rcu_read_lock();
	err = io_result(zd->dev.live, io, wait);
	if (wait == CNULL_NO_WAIT)
		rcu_read_unlock();
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

/* A sector that is bad once is work for who may wait. */
int zd_hold(struct zone_dev *zd, struct cnull_io *io, enum cnull_op op,
	    u64 sector, u64 nr)
{
	int err = zd_bad(zd, true, sector);

	if (err)
		return err;
	*io = (struct cnull_io) {
		.op = op,
		.sector = sector,
		.nr_sectors = nr,
	};
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
