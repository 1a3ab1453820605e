// SPDX-License-Identifier: GPL-2.0
/*
 * Users of a disk: opens and closes, and a change of the data under open files.
 *
 * A restored snapshot replaces all data of a disk. A file system that is mounted for
 * writing would mix old and new metadata. So a disk that is open for writing, or mounted, is
 * not restored, unless the user forces that. Then mounted file systems shut down first.
 */
#include <linux/pagemap.h>

#include "users.h"

static struct cnull_disk *to_disk(struct cnull_dev *dev)
{
	return container_of(dev, struct cnull_disk, dev);
}

/**
 * cnull_users_open - note that a disk is opened
 * @gendisk: the disk
 * @mode: how it is opened
 *
 * Context: Process; &gendisk.open_mutex is held.
 * Return: 0
 */
int cnull_users_open(struct gendisk *gendisk, blk_mode_t mode)
{
	struct cnull_disk *disk = gendisk->private_data;

	if (mode & BLK_OPEN_WRITE)
		disk->has_writers = true;
	return 0;
}

/**
 * cnull_users_close - note that a disk is closed
 * @gendisk: the disk
 *
 * The block layer does not report the mode of the closed file. So a disk counts as open for
 * writing until no user has it open.
 *
 * Context: Process; &gendisk.open_mutex is held.
 */
void cnull_users_close(struct gendisk *gendisk)
{
	struct cnull_disk *disk = gendisk->private_data;

	/* The device of a disk that is gone may be freed. */
	if (disk_live(gendisk) && !disk_openers(gendisk))
		disk->has_writers = false;
}

/*
 * Shut down the file systems on the disk and on its partitions. They may call into the disk,
 * so &gendisk.open_mutex is not held.
 */
static void shut_down_users(struct gendisk *gendisk)
{
	struct block_device *part;
	unsigned long i;

	rcu_read_lock();
	xa_for_each(&gendisk->part_tbl, i, part) {
		if (!kobject_get_unless_zero(&part->bd_device.kobj))
			continue;
		rcu_read_unlock();
		bdev_mark_dead(part, true);
		put_device(&part->bd_device);
		rcu_read_lock();
	}
	rcu_read_unlock();
}

/*
 * Is the disk open for writing, or does another driver or a file system own it? A file
 * system that was mounted read-only may be writing now: a remount does not open the disk.
 */
static bool is_in_use(struct cnull_disk *disk)
{
	struct block_device *part;
	unsigned long i;

	xa_for_each(&disk->gendisk->part_tbl, i, part)
		if (READ_ONCE(part->bd_holder))
			return true;
	return disk->has_writers;
}

/**
 * cnull_users_hold - block opens of a disk whose data is about to change
 * @dev: the device
 * @is_forced: hold the disk although it is open for writing
 *
 * If @is_forced, file systems shut down first, so that they write no old metadata to the
 * new data. Writes the dirty pages of the disk and of its partitions: they belong to
 * the old data.
 *
 * Context: Process; &cnull_dev.lock is held. Takes &gendisk.open_mutex, until
 * cnull_users_release().
 * Return: 0, or -EBUSY if the disk is open for writing or mounted.
 */
int cnull_users_hold(struct cnull_dev *dev, bool is_forced)
{
	struct cnull_disk *disk = to_disk(dev);
	struct block_device *part;
	unsigned long i;

	if (is_forced)
		shut_down_users(disk->gendisk);
	mutex_lock(&disk->gendisk->open_mutex);
	if (!is_forced && is_in_use(disk)) {
		mutex_unlock(&disk->gendisk->open_mutex);
		return cnull_fail(dev, -EBUSY,
				  "not restored: the disk is open for writing, must be closed or unmounted");
	}
	xa_for_each(&disk->gendisk->part_tbl, i, part)
		sync_blockdev(part);
	return 0;
}

/**
 * cnull_users_release - report the change to the users of a disk
 * @dev: the device, after cnull_users_hold()
 *
 * Drops the pages of the disk and of its partitions, also those that are mapped, so that
 * users read the new data. The next open reads the table of partitions. The disk has another
 * sequence number, and udev gets an event.
 *
 * Context: Process. Releases &gendisk.open_mutex.
 */
void cnull_users_release(struct cnull_dev *dev)
{
	struct gendisk *gendisk = to_disk(dev)->gendisk;
	struct block_device *part;
	unsigned long i;

	xa_for_each(&gendisk->part_tbl, i, part) {
		invalidate_bdev(part);
		invalidate_inode_pages2(part->bd_mapping);
	}
	if (!test_bit(GD_SUPPRESS_PART_SCAN, &gendisk->state))
		set_bit(GD_NEED_PART_SCAN, &gendisk->state);
	mutex_unlock(&gendisk->open_mutex);
	disk_force_media_change(gendisk);
}
