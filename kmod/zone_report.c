// SPDX-License-Identifier: GPL-2.0
/*
 * Zones: the engine's, as the block layer knows them.
 */
#include "ops.h"
#include "trace.h"
#include "zone_report.h"

static const enum blk_zone_cond blk_conds[CNULL_NR_ZONE_CONDS] = {
	[CNULL_ZONE_NOT_WP] = BLK_ZONE_COND_NOT_WP,
	[CNULL_ZONE_EMPTY] = BLK_ZONE_COND_EMPTY,
	[CNULL_ZONE_IMP_OPEN] = BLK_ZONE_COND_IMP_OPEN,
	[CNULL_ZONE_EXP_OPEN] = BLK_ZONE_COND_EXP_OPEN,
	[CNULL_ZONE_CLOSED] = BLK_ZONE_COND_CLOSED,
	[CNULL_ZONE_FULL] = BLK_ZONE_COND_FULL,
	[CNULL_ZONE_READONLY] = BLK_ZONE_COND_READONLY,
	[CNULL_ZONE_OFFLINE] = BLK_ZONE_COND_OFFLINE,
};

/**
 * cnull_trace_zone - something happens to a zone
 * @disk: name of the disk
 * @op: what does: an enum cnull_op
 * @nr: the number of the zone
 * @cond: its condition: an enum cnull_zone_cond. Before a write, and after all else
 *
 * Context: Any.
 */
void cnull_trace_zone(const char *disk, unsigned int op, unsigned int nr,
		      unsigned int cond)
{
	if (trace_nullb_zone_op_enabled())
		trace_nullb_zone_op(disk, cnull_req_op_of(op), nr,
				    blk_conds[cond]);
}

/**
 * cnull_zoned_limits - what a disk with zones is like
 * @disk: the device
 * @lim: its limits, to which those are added
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: 0, or -EINVAL for what this kernel does not take; cnull_refuse() has
 * said why.
 */
int cnull_zoned_limits(struct cnull_disk *disk, struct queue_limits *lim)
{
	const struct cnull_config *config = &disk->dev.live->config;
	u64 sectors = (u64)config->zone_size << (ilog2(SZ_1M) - SECTOR_SHIFT);

	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		return cnull_refuse(&disk->dev, -EINVAL,
				    "zoned is 1, must be 0: this kernel has no zones (CONFIG_BLK_DEV_ZONED)");
	/* It takes shifts for divisions, and the number for an unsigned int. */
	if (!is_power_of_2(config->zone_size) || sectors > UINT_MAX)
		return cnull_refuse(&disk->dev, -EINVAL,
				    "zone_size is %lu, must be a power of two, at most %lu: the kernel takes no other",
				    config->zone_size,
				    rounddown_pow_of_two(UINT_MAX / (SZ_1M >> SECTOR_SHIFT)));
	lim->features |= BLK_FEAT_ZONED;
	lim->chunk_sectors = sectors;
	lim->max_open_zones = config->zone_max_open;
	lim->max_active_zones = config->zone_max_active;
	cnull_limit_append(lim, config->zone_append_max_sectors);
	return 0;
}

/**
 * cnull_zoned_add - let the block layer look at the zones of a disk
 * @disk: the device; its gendisk is about to be added
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: 0 or a negative errno; cnull_refuse() has said why.
 */
int cnull_zoned_add(struct cnull_disk *disk)
{
	int err = 0;

	if (IS_ENABLED(CONFIG_BLK_DEV_ZONED) && disk->dev.live->zones)
		err = blk_revalidate_disk_zones(disk->gendisk);
	return err ? cnull_disk_refused(disk, err) : 0;
}

/**
 * cnull_zoned_update_limits - tell the block layer of other limits
 * @disk: the device; it is on, and has zones
 * @max_open: most zones that are open; 0: no limit
 * @max_active: most zones that are active; 0: no limit
 *
 * Without any limit, the block layer advises one of its own if there are many
 * zones; but when it makes the disk only.
 *
 * Context: May sleep. Waits for the requests under way.
 * Return: 0 or a negative errno.
 */
int cnull_zoned_update_limits(struct cnull_disk *disk, unsigned int max_open,
			unsigned int max_active)
{
	struct request_queue *q = disk->gendisk->queue;
	struct queue_limits lim = queue_limits_start_update(q);
	unsigned int memflags;
	int err;

	lim.max_open_zones = max_open;
	lim.max_active_zones = max_active;
	memflags = cnull_freeze(q);
	err = queue_limits_commit_update(q, &lim);
	cnull_unfreeze(q, memflags);
	return err;
}

/* In an RCU read section. NULL if the disk is about to go. */
static struct cnull_live *live_of(struct gendisk *gendisk)
{
	struct cnull_disk *disk = READ_ONCE(gendisk->private_data);

	return disk ? disk->dev.live : NULL;
}

/* How many zones are there from a sector on? An errno if nobody can say. */
static int count_zones(struct gendisk *gendisk, sector_t sector,
		       unsigned int *first)
{
	struct cnull_live *live;

	guard(rcu)();
	live = live_of(gendisk);
	if (!live)
		return -ENODEV;
	if (!cnull_zone_find(live->zones, sector, 0, first))
		return 0;
	return live->zones->shape.nr_zones - *first;
}

static int look(struct gendisk *gendisk, unsigned int nr, struct blk_zone *zone)
{
	struct cnull_zone_info info;
	struct cnull_live *live;

	guard(rcu)();
	live = live_of(gendisk);
	if (!live)
		return -ENODEV;
	cnull_zone_report(live->zones, nr, &info);
	*zone = (struct blk_zone) {
		.start = info.start,
		.len = info.len,
		.capacity = info.capacity,
		.wp = info.wp,
		.cond = blk_conds[info.cond],
		.type = info.cond == CNULL_ZONE_NOT_WP ?
				BLK_ZONE_TYPE_CONVENTIONAL :
				BLK_ZONE_TYPE_SEQWRITE_REQ,
	};
	return 0;
}

/*
 * The ioctl does not keep the disk from going: what was asked for before it was
 * deleted may come here at any time, until cnull_zoned_gone().
 */
static int report(struct gendisk *gendisk, sector_t sector, unsigned int nr_zones,
		  struct blk_report_zones_args *args)
{
	struct blk_zone zone;
	unsigned int first, i;
	int nr, err;

	/* Then it has no disk_report_zone() either. */
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		return -EOPNOTSUPP;
	nr = count_zones(gendisk, sector, &first);
	if (nr <= 0)
		return nr;
	nr_zones = min(nr_zones, (unsigned int)nr);
	trace_nullb_report_zones(gendisk->disk_name, nr_zones);
	for (i = 0; i < nr_zones; i++) {
		err = look(gendisk, first + i, &zone);
		if (!err)
			err = disk_report_zone(gendisk, &zone, i, args);
		if (err)
			return err;
	}
	return nr_zones;
}
CNULL_REPORT_ZONES(cnull_report_zones, report)

/**
 * cnull_zoned_gone - let nobody look at zones any more
 * @disk: the device, whose gendisk was deleted
 *
 * Context: May sleep.
 */
void cnull_zoned_gone(struct cnull_disk *disk)
{
	WRITE_ONCE(disk->gendisk->private_data, NULL);
	synchronize_rcu();
}
