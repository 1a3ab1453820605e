// SPDX-License-Identifier: GPL-2.0
/*
 * Zones for the block layer: queue limits, revalidation, and reports.
 */
#include "ops.h"
#include "trace.h"
#include "zone_report.h"
#include "zone/layout.h"
#include "zone/report.h"

/**
 * cnull_zoned_limits - add the queue limits of a disk with zones
 * @config: the effective config
 * @lim: the queue limits
 *
 * Context: Any.
 * Return: 0; -EOPNOTSUPP if this kernel has no zones; -EINVAL if this kernel does not
 * accept the zone size.
 */
int cnull_zoned_limits(const struct cnull_config *config,
		       struct queue_limits *lim)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		return -EOPNOTSUPP;
	if (!is_power_of_2(config->zone_size) ||
	    config->zone_size > CNULL_MAX_ZONE_MIB)
		return -EINVAL;
	lim->features |= BLK_FEAT_ZONED;
	lim->chunk_sectors = config->zone_size * CNULL_MIB_SECTORS;
	lim->max_open_zones = config->zone_max_open;
	lim->max_active_zones = config->zone_max_active;
	cnull_limit_append(lim, config->zone_append_max_sectors);
	return 0;
}

/**
 * cnull_zoned_revalidate - make the block layer read the zones of a disk
 * @disk: the device; its gendisk is about to be added
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: 0, also without zones, or a negative errno.
 */
int cnull_zoned_revalidate(struct cnull_disk *disk)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED) ||
	    !cnull_has(disk->dev.live, CNULL_FEATURE_ZONES))
		return 0;
	return blk_revalidate_disk_zones(disk->gendisk);
}

/**
 * cnull_zoned_update_limits - change the zone limits of the block layer
 * @disk: the device; it is on, and has zones
 * @max_open: the limit of open zones; 0 for none
 * @max_active: the limit of active zones; 0 for none
 *
 * Without a limit the block layer advises one of its own if there are many zones, but
 * only when the disk is added.
 *
 * Context: May sleep. Waits for the requests in flight.
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

/*
 * Return the live device of a disk, in an RCU read section; NULL if the disk is about to
 * be freed. Pairs with cnull_zoned_gone().
 */
static struct cnull_live *live_of(struct gendisk *gendisk)
{
	struct cnull_disk *disk = READ_ONCE(gendisk->private_data);

	return disk ? disk->dev.live : NULL;
}

/* Count the zones from a sector on, and set @first to the number of the first one. */
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

static int report_zone(struct gendisk *gendisk, unsigned int nr,
		       struct blk_zone *zone)
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
		.cond = cnull_blk_conds[info.cond],
		.type = info.cond == CNULL_ZONE_NOT_WP ?
				BLK_ZONE_TYPE_CONVENTIONAL :
				BLK_ZONE_TYPE_SEQWRITE_REQ,
	};
	return 0;
}

/*
 * Report zones. The ioctl holds no reference that keeps the disk on: a report that began
 * before the disk was deleted may run until cnull_zoned_gone().
 */
static int report(struct gendisk *gendisk, sector_t sector, unsigned int nr_zones,
		  struct blk_report_zones_args *args)
{
	struct blk_zone zone;
	unsigned int first, i;
	int nr, err;

	/* Such a kernel has no disk_report_zone() either. */
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		return -EOPNOTSUPP;
	nr = count_zones(gendisk, sector, &first);
	if (nr <= 0)
		return nr;
	nr_zones = min(nr_zones, (unsigned int)nr);
	trace_nullb_report_zones(gendisk->disk_name, nr_zones);
	for (i = 0; i < nr_zones; i++) {
		err = report_zone(gendisk, first + i, &zone);
		if (!err)
			err = disk_report_zone(gendisk, &zone, i, args);
		if (err)
			return err;
	}
	return nr_zones;
}
CNULL_REPORT_ZONES(cnull_report_zones, report)

/**
 * cnull_zoned_gone - end all reports of zones
 * @disk: the device; its gendisk was deleted
 *
 * Context: May sleep.
 */
void cnull_zoned_gone(struct cnull_disk *disk)
{
	WRITE_ONCE(disk->gendisk->private_data, NULL);
	synchronize_rcu();
}
