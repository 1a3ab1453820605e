// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: bringing a device of the engine up as a block device, and down again.
 */
#include <linux/device/class.h>
#include <linux/idr.h>
#include <linux/rcupdate.h>
#include <linux/wait_bit.h>

#include "disk.h"
#include "mq.h"
#include "params.h"

static DEFINE_IDA(indexes);

/* Disks that were added, and that the block layer still knows. */
static atomic_t nr_gendisks = ATOMIC_INIT(0);

static void disk_free(struct gendisk *gendisk)
{
	if (atomic_dec_and_test(&nr_gendisks))
		wake_up_var(&nr_gendisks);
}

static const struct block_device_operations disk_fops = {
	.owner = THIS_MODULE,
	.free_disk = disk_free,
};

static struct cnull_disk *to_disk(struct cnull_dev *dev)
{
	return container_of(dev, struct cnull_disk, dev);
}

static int start_tags(struct cnull_disk *disk)
{
	struct cnull_settings *conf = &disk->dev.live->conf;
	int err;

	disk->tags = (struct blk_mq_tag_set) {
		.ops = &cnull_mq_ops,
		.nr_hw_queues = conf->submit_queues,
		.queue_depth = conf->hw_queue_depth,
		.numa_node = (int)conf->home_node,
		.cmd_size = cnull_mq_cmd_size,
		.timeout = 5 * HZ,
		.flags = BLK_MQ_F_SHOULD_MERGE,
		.nr_maps = 1,
	};
	if (conf->no_sched)
		disk->tags.flags |= BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	if (conf->blocking)
		disk->tags.flags |= BLK_MQ_F_BLOCKING;
	err = blk_mq_alloc_tag_set(&disk->tags);
	if (err)
		return err;
	/* blk-mq has limits of its own, and makes do with less memory. */
	conf->submit_queues = disk->tags.nr_hw_queues;
	conf->hw_queue_depth = disk->tags.queue_depth;
	return 0;
}

static int alloc_gendisk(struct cnull_disk *disk)
{
	struct cnull_live *live = disk->dev.live;
	const struct cnull_settings *conf = &live->conf;
	struct queue_limits lim = {
		.logical_block_size = conf->blocksize,
		.physical_block_size = conf->blocksize,
		.max_hw_sectors = conf->max_sectors,
		.dma_alignment = 1,	/* data is copied byte by byte */
	};
	struct gendisk *gendisk;

	if (conf->virt_boundary)
		lim.virt_boundary_mask = PAGE_SIZE - 1;
	if (conf->rotational)
		lim.features |= BLK_FEAT_ROTATIONAL;
	if (conf->discard)
		lim.max_hw_discard_sectors = UINT_MAX >> SECTOR_SHIFT;

	gendisk = blk_mq_alloc_disk(&disk->tags, &lim, live);
	if (IS_ERR(gendisk))
		return PTR_ERR(gendisk);
	gendisk->fops = &disk_fops;
	strscpy(gendisk->disk_name, disk->name);
	set_capacity(gendisk, live->nr_sectors);
	disk->gendisk = gendisk;
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
 * Show the disk to the world. One that is made at load has no data yet, hence
 * no partitions, and is not to be searched for them: the process that loads the
 * module would drop its reference to the disk only on its way out, too late for
 * cnull_disks_wait() if loading fails.
 */
static int publish(struct cnull_disk *disk)
{
	unsigned long *state = &disk->gendisk->state;
	int err;

	if (THIS_MODULE->state == MODULE_STATE_COMING)
		set_bit(GD_SUPPRESS_PART_SCAN, state);
	err = add_disk(disk->gendisk);
	if (!err)
		atomic_inc(&nr_gendisks);
	clear_bit(GD_SUPPRESS_PART_SCAN, state);
	return err;
}

static int disk_start(struct cnull_dev *dev)
{
	struct cnull_disk *disk = to_disk(dev);
	int err;

	disk->index = ida_alloc(&indexes, GFP_KERNEL);
	if (disk->index < 0)
		return cnull_refuse(dev, disk->index, "no number left for it");
	dev->live->conf.index = disk->index;

	err = start_tags(disk);
	if (err) {
		cnull_refuse(dev, err, "no memory for %u queues of depth %u",
			     dev->live->conf.submit_queues,
			     dev->live->conf.hw_queue_depth);
		goto out_index;
	}
	err = alloc_gendisk(disk);
	if (err) {
		cnull_refuse(dev, err,
			     "the block layer refuses its limits, error %d",
			     err);
		goto out_tags;
	}
	err = -EEXIST;
	if (name_taken(disk)) {
		cnull_refuse(dev, err, "there is another disk of that name");
		goto out_gendisk;
	}
	err = publish(disk);
	if (err) {
		cnull_refuse(dev, err,
			     "the block layer refuses the disk, error %d", err);
		goto out_gendisk;
	}
	return 0;

out_gendisk:
	put_disk(disk->gendisk);
out_tags:
	blk_mq_free_tag_set(&disk->tags);
out_index:
	ida_free(&indexes, disk->index);
	return err;
}

static void disk_stop(struct cnull_dev *dev)
{
	struct cnull_disk *disk = to_disk(dev);

	cnull_mq_hurry(dev->live, disk->gendisk, &disk->tags);
	del_gendisk(disk->gendisk);
	put_disk(disk->gendisk);
	blk_mq_free_tag_set(&disk->tags);
	ida_free(&indexes, disk->index);
}

static int disk_resize(struct cnull_dev *dev, unsigned int nr)
{
	struct blk_mq_tag_set *tags = &to_disk(dev)->tags;

	blk_mq_update_nr_hw_queues(tags, nr);
	return tags->nr_hw_queues == nr ? 0 : -ENOMEM;
}

static const struct cnull_face disk_face = {
	.start = disk_start,
	.stop = disk_stop,
	.resize = disk_resize,
};

/**
 * cnull_disk_new - make a device that is off
 * @name: of its disk-to-be; shorter than DISK_NAME_LEN
 *
 * Its settings are those of the module parameters.
 *
 * Context: May sleep.
 * Return: the device, to be freed by cnull_disk_free(), or NULL if there is no
 * memory.
 */
struct cnull_disk *cnull_disk_new(const char *name)
{
	struct cnull_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return NULL;
	strscpy(disk->name, name);
	cnull_dev_init(&disk->dev, disk->name, &cnull_params, &disk_face);
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
 * cnull_disks_wait - wait until the block layer has forgotten all disks
 *
 * A disk that is gone may be open still, and whoever closes it comes back to
 * our code. A module in use cannot be unloaded, but one that fails to load is
 * freed whatever its use count says.
 *
 * Context: May sleep, for as long as somebody keeps a disk open; module init
 * and exit, when all devices are off.
 */
void cnull_disks_wait(void)
{
	wait_var_event(&nr_gendisks, !atomic_read(&nr_gendisks));
	/* Whoever made it 0 may be about to return from disk_free() only. */
	synchronize_rcu_tasks();
}
