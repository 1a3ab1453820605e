// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: bringing a device of the engine up as a block device, and down again.
 */
#include <linux/device/class.h>
#include <linux/idr.h>

#include "bio.h"
#include "disk.h"
#include "mq.h"
#include "params.h"
#include "tags.h"
#include "zone_report.h"

static DEFINE_IDA(indexes);

static struct cnull_disk *to_disk(struct cnull_dev *dev)
{
	return container_of(dev, struct cnull_disk, dev);
}

/**
 * cnull_disk_refused - say that the block layer does not take a disk
 * @disk: the device
 * @err: the block layer's error
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: @err
 */
int cnull_disk_refused(struct cnull_disk *disk, int err)
{
	return cnull_refuse(&disk->dev, err,
			    "the block layer refuses the disk, error %d", err);
}

static const struct cnull_queue_mode *mode_of(const struct cnull_config *config)
{
	return config->queue_mode == CNULL_QUEUE_BIO ? &cnull_bio : &cnull_mq;
}

static int alloc_gendisk(struct cnull_disk *disk)
{
	struct cnull_live *live = disk->dev.live;
	const struct cnull_config *config = &live->config;
	struct queue_limits lim = {
		.logical_block_size = config->blocksize,
		.physical_block_size = config->blocksize,
		/* How much one request holds is up to the block layer. */
		.max_hw_sectors = config->max_sectors ?: UINT_MAX,
		.max_segments = USHRT_MAX,
		.max_segment_size = UINT_MAX,
		.dma_alignment = 1,	/* data is copied byte by byte */
	};
	int err;

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

	if (config->zoned) {
		err = cnull_zoned_limits(disk, &lim);
		if (err)
			return err;
	}

	disk->mode = mode_of(config);
	err = disk->mode->alloc(disk, &lim);
	if (err)
		return err;
	disk->gendisk->private_data = disk;
	strscpy(disk->gendisk->disk_name, disk->name);
	set_capacity(disk->gendisk, live->nr_sectors);
	return 0;
}

/*
 * Would another driver's disk be in the way? add_disk() would find that out as
 * well, but sysfs complains about a double name with a stack dump.
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
 * Show the disk to the world. One without memory has no data, hence no partitions,
 * and is never searched for them: reads would leave memory as it was, and the kernel
 * would take that for the disk's. Users can still add partitions, which
 * GENHD_FL_NO_PART would forbid.
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

	disk->index = ida_alloc(&indexes, GFP_KERNEL);
	if (disk->index < 0)
		return cnull_refuse(dev, disk->index, "no number left for it");
	dev->live->config.index = disk->index;

	err = alloc_gendisk(disk);
	if (err)
		goto out_index;
	err = -EEXIST;
	if (name_taken(disk)) {
		cnull_refuse(dev, err, "there is another disk of that name");
		goto out_gendisk;
	}
	err = cnull_zoned_add(disk);
	if (err)
		goto out_gendisk;
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
	if (dev->live->zones)
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

/* File systems are told to give up. */
static void disk_cut(struct cnull_dev *dev)
{
	/* A timer may have looked just before, and be about to end something. */
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
};

/**
 * cnull_disk_new - make a device that is off
 * @name: of its disk-to-be; shorter than DISK_NAME_LEN
 *
 * Its settings and faults are those of the module parameters.
 *
 * Context: May sleep.
 * Return: the device, to be freed by cnull_disk_free(), or NULL if there is no
 * memory.
 */
struct cnull_disk *cnull_disk_new(const char *name)
{
	struct cnull_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	int kind;

	if (!disk)
		return NULL;
	strscpy(disk->name, name);
	cnull_dev_init(&disk->dev, disk->name, &cnull_params, &disk_backend);
	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		cnull_inject_copy(&disk->dev.faults[kind],
				 &cnull_fault_params[kind]);
	return disk;
}

/**
 * cnull_disk_free - free a device and its data
 * @disk: the device; it is off, and nobody knows it any more
 *
 * Context: May sleep.
 */
void cnull_disk_free(struct cnull_disk *disk)
{
	cnull_dev_destroy(&disk->dev);
	kfree(disk);
}

/**
 * cnull_disk_show - add the disk of a device that is on, and hidden
 * @disk: the device; nothing else uses it yet
 *
 * If the block layer does not take the disk, the log says why, and the device is off.
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
