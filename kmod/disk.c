// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: a device of the engine goes on and off as a block device.
 */
#include <linux/device/class.h>
#include <linux/idr.h>

#include "bio.h"
#include "disk.h"
#include "mq.h"
#include "params.h"
#include "tags.h"
#include "users.h"
#include "zone_report.h"

static DEFINE_IDA(indexes);

static struct cnull_disk *to_disk(struct cnull_dev *dev)
{
	return container_of(dev, struct cnull_disk, dev);
}

static struct queue_limits limits_of(const struct cnull_config *config)
{
	struct queue_limits lim = {
		.logical_block_size = config->blocksize,
		.physical_block_size = config->blocksize,
		/* The block layer limits the length of a request, not this driver. */
		.max_hw_sectors = config->max_sectors ?: UINT_MAX,
		.max_segments = USHRT_MAX,
		.max_segment_size = UINT_MAX,
		.dma_alignment = 1,	/* the CPU copies data, from any even address */
	};

	if (config->virt_boundary)
		lim.virt_boundary_mask = PAGE_SIZE - 1;
	if (config->rotational)
		lim.features |= BLK_FEAT_ROTATIONAL;
	if (config->cache_size)
		lim.features |= BLK_FEAT_WRITE_CACHE;
	if (config->cache_size && config->fua)
		lim.features |= BLK_FEAT_FUA;
	if (config->discard)
		lim.max_hw_discard_sectors = UINT_MAX >> SECTOR_SHIFT;
	if (config->write_zeroes)
		cnull_limit_zeroes(&lim, UINT_MAX >> SECTOR_SHIFT);
	if (config->secure_erase)
		lim.max_secure_erase_sectors = UINT_MAX >> SECTOR_SHIFT;
	return lim;
}

/* Add the limits of zones, if the kernel takes such zones. */
static int add_zone_limits(struct cnull_disk *disk, struct queue_limits *lim)
	__must_hold(&disk->dev.lock)
{
	const struct cnull_config *config = &disk->dev.live->config;

	switch (cnull_zoned_limits(config, lim)) {
	case 0:
		return 0;
	case -EOPNOTSUPP:
		return cnull_refuse(&disk->dev, -EINVAL,
				    "zoned is 1, must be 0: this kernel has no zones (CONFIG_BLK_DEV_ZONED)");
	default:
		return cnull_refuse(&disk->dev, -EINVAL,
				    "zone_size is %lu, must be a power of two, at most %lu: the kernel takes no other",
				    config->zone_size, CNULL_MAX_ZONE_MIB);
	}
}

/* Choose blk-mq or bio mode, by the config. */
static void choose_mode(struct cnull_disk *disk)
	__must_hold(&disk->dev.lock)
{
	struct cnull_live *live = disk->dev.live;

	if (live->config.queue_mode == CNULL_QUEUE_BIO) {
		disk->mode = &cnull_bio;
		live->backend = CNULL_BACKEND_BIO;
	} else {
		disk->mode = &cnull_mq;
		live->backend = CNULL_BACKEND_MQ;
	}
}

static int alloc_gendisk(struct cnull_disk *disk)
	__must_hold(&disk->dev.lock)
{
	struct cnull_live *live = disk->dev.live;
	struct queue_limits lim = limits_of(&live->config);
	int err = 0;

	if (cnull_has(live, CNULL_FEATURE_ZONES))
		err = add_zone_limits(disk, &lim);
	if (err)
		return err;
	choose_mode(disk);
	err = disk->mode->alloc(disk, &lim);
	if (err)
		return err;
	disk->gendisk->private_data = disk;
	strscpy(disk->gendisk->disk_name, disk->name);
	set_capacity(disk->gendisk, live->nr_sectors);
	return 0;
}

/*
 * Is the name that of another driver's disk? add_disk() would fail as well, but sysfs
 * reports a duplicate name with a stack dump.
 */
static bool name_taken(struct cnull_disk *disk)
{
	struct device *other =
		class_find_device_by_name(disk_to_dev(disk->gendisk)->class,
					  disk->name);

	put_device(other);
	return other;
}

/*
 * Add the disk. A disk without memory has no partitions, and must not be scanned for
 * them: its reads leave memory as it was, and the kernel would take that for the contents
 * of the disk. GENHD_FL_NO_PART would forbid users to add partitions, too.
 */
static int publish(struct cnull_disk *disk)
{
	int err;

	if (!disk->dev.live->store)
		set_bit(GD_SUPPRESS_PART_SCAN, &disk->gendisk->state);
	err = add_disk(disk->gendisk);
	return err ? cnull_disk_refused(disk, err) : 0;
}

static int disk_start(struct cnull_dev *dev)
{
	struct cnull_disk *disk = to_disk(dev);
	int err;

	disk->has_writers = false;
	disk->index = ida_alloc(&indexes, GFP_KERNEL);
	if (disk->index < 0)
		return cnull_refuse(dev, disk->index, "no free disk index");
	dev->live->config.index = disk->index;

	err = alloc_gendisk(disk);
	if (err)
		goto out_index;
	err = -EEXIST;
	if (name_taken(disk)) {
		cnull_refuse(dev, err, "there is another disk of that name");
		goto out_gendisk;
	}
	err = cnull_zoned_revalidate(disk);
	if (err) {
		cnull_disk_refused(disk, err);
		goto out_gendisk;
	}
	cnull_dev_allow_cut(dev);
	err = disk->is_hidden ? 0 : publish(disk);
	if (err)
		goto out_cut;
	return 0;

out_cut:
	cnull_dev_forbid_cut(dev);
out_gendisk:
	put_disk(disk->gendisk);
	disk->mode->free(disk);
out_index:
	ida_free(&indexes, disk->index);
	return err;
}

static void disk_stop(struct cnull_dev *dev)
{
	struct cnull_disk *disk = to_disk(dev);

	disk->mode->drain(disk);
	if (!disk->is_hidden)
		del_gendisk(disk->gendisk);
	if (cnull_has(dev->live, CNULL_FEATURE_ZONES))
		cnull_zoned_gone(disk);
	put_disk(disk->gendisk);
	disk->mode->free(disk);
	ida_free(&indexes, disk->index);
}

static void disk_drain(struct cnull_dev *dev)
{
	struct cnull_disk *disk = to_disk(dev);

	disk->mode->drain(disk);
}

/* Mark the disk dead, so that file systems shut down. */
static void disk_cut(struct cnull_dev *dev)
{
	/* Wait for timers that ended a request before the cut: each is an RCU reader. */
	synchronize_rcu();
	blk_mark_disk_dead(to_disk(dev)->gendisk);
}

static int disk_resize(struct cnull_dev *dev, unsigned int submit_queues,
		       unsigned int poll_queues)
{
	struct cnull_disk *disk = to_disk(dev);
	struct cnull_queues nr = { submit_queues, poll_queues };

	return disk->mode->resize(disk, &nr);
}

static int disk_limit_zones(struct cnull_dev *dev, unsigned int max_open,
			    unsigned int max_active)
{
	return cnull_zoned_update_limits(to_disk(dev), max_open, max_active);
}

static const struct cnull_backend disk_backend = {
	.start = disk_start,
	.stop = disk_stop,
	.drain = disk_drain,
	.cut = disk_cut,
	.resize = disk_resize,
	.limit_zones = disk_limit_zones,
	.hold = cnull_users_hold,
	.release = cnull_users_release,
};

/**
 * cnull_disk_new - create a device, which is off
 * @name: the name of the disk, shorter than DISK_NAME_LEN
 *
 * The config and the faults are those of the module parameters.
 *
 * Context: May sleep.
 * Return: the device, to be freed by cnull_disk_free(); NULL without memory.
 */
struct cnull_disk *cnull_disk_new(const char *name)
{
	struct cnull_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return NULL;
	strscpy(disk->name, name);
	cnull_dev_init(&disk->dev, disk->name, &cnull_params, &disk_backend);
	cnull_inject_copy(&disk->dev.faults, cnull_fault_params);
	return disk;
}

/**
 * cnull_disk_free - free a device and its data
 * @disk: the device; it is off, and nothing else refers to it
 *
 * Context: May sleep.
 */
void cnull_disk_free(struct cnull_disk *disk)
{
	cnull_dev_destroy(&disk->dev);
	kfree(disk);
}

/**
 * cnull_disk_show - add the disk of a device that is on and hidden
 * @disk: the device; nothing else uses it yet
 *
 * If the block layer refuses the disk, the log has the reason, and the device is off.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 */
void cnull_disk_show(struct cnull_disk *disk)
{
	scoped_guard(mutex, &disk->dev.lock)
		disk->is_hidden = publish(disk);
	if (disk->is_hidden)
		cnull_dev_power(&disk->dev, false);
}
