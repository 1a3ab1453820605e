/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver's types: a device of the engine as a block device of the kernel.
 */
#ifndef CNULL_DRIVER_H
#define CNULL_DRIVER_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/configfs.h>
#include <linux/mempool.h>

#include "device/life.h"
#include "inject_configfs.h"

struct cnull_disk;
struct cnull_pending;
struct cnull_queues;
struct cnull_tags;

/* The size of the name of a disk, a slash, and the name of a snapshot, in bytes. */
#define CNULL_ORIGIN_SIZE	(DISK_NAME_LEN + NAME_MAX + 2)

/**
 * struct cnull_queue_mode - how I/O comes to a disk: as requests, or as bios
 * @alloc: allocate &cnull_disk.gendisk, with the limits @lim, to which it may add. May
 *	set options of &cnull_live.config to their effective values. Returns 0 or a
 *	negative errno, after a call of cnull_refuse()
 * @drain: complete the requests that wait for a deadline or a time-out; later ones wait
 *	for none. After a power cut, no request is left that will complete without an
 *	error, except one that an interrupt is completing. Called with
 *	&cnull_dev.cut_lock held, while @resize may be running and the disk may be about
 *	to be added; and at power off again, with &cnull_dev.lock held
 * @free: the gendisk is gone: free what @alloc allocated besides it
 * @resize: change the numbers of queues. Returns 0 or a negative errno
 *
 * All but @drain are called with &cnull_dev.lock held. All may sleep.
 */
struct cnull_queue_mode {
	int (*alloc)(struct cnull_disk *disk, struct queue_limits *lim);
	void (*drain)(struct cnull_disk *disk);
	void (*free)(struct cnull_disk *disk);
	int (*resize)(struct cnull_disk *disk, const struct cnull_queues *nr);
};

/**
 * struct cnull_disk - a device, and its disk while the device is on
 * @dev: the device
 * @name: the name of the disk; constant
 * @group: the directory in configfs; unused for a device of the registry
 * @fault_groups: the directories in @group
 * @snapshots: the directory of its snapshots in @group
 * @origin: the snapshot that the device is a clone of, as DISK/SNAPSHOT; empty for none.
 *	Guarded by &cnull_dev.lock
 * @list: links the devices of the registry; unused for others
 * @is_hidden: power on does not add the disk, cnull_disk_show() does. Guarded by
 *	&cnull_dev.lock
 * @gendisk: the disk; valid while @dev is on, like all fields below
 * @mode: how I/O comes to the disk
 * @tags: the tag set; blk-mq only
 * @workers: the workqueue of requests that must sleep; blk-mq only
 * @reserved_workers: the workqueue of requests that must sleep and hold a reservation in
 *	a zone: requests of @workers may wait for these. NULL without zones
 * @pending: the bios that wait for a deadline; bio mode only
 * @timed_pool: memory for those
 * @splits: each bio goes through bio_split_to_limits(), because of zones or of
 *	virt_boundary; bio mode only
 * @plugs: a bio may have to wait for earlier ones in its zone; bio mode only
 * @has_writers: the disk was opened for writing since no user had it open. Guarded by
 *	&gendisk.open_mutex
 * @index: the number of the disk among those of this driver
 */
struct cnull_disk {
	struct cnull_dev dev;
	char name[DISK_NAME_LEN];
	struct config_group group;
	struct cnull_fault_group fault_groups[CNULL_NR_FAULTS];
	struct config_group snapshots;
	char origin[CNULL_ORIGIN_SIZE];
	struct list_head list;
	bool is_hidden;
	struct gendisk *gendisk;
	const struct cnull_queue_mode *mode;
	struct cnull_tags *tags;
	struct workqueue_struct *workers;
	struct workqueue_struct *reserved_workers;
	struct cnull_pending __percpu *pending;
	mempool_t *timed_pool;
	bool splits;
	bool plugs;
	bool has_writers;
	int index;
};

/**
 * cnull_disk_refused - report that the block layer refuses a disk
 * @disk: the device
 * @err: the error of the block layer
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: @err
 */
static inline int cnull_disk_refused(struct cnull_disk *disk, int err)
	__must_hold(&disk->dev.lock)
{
	return cnull_refuse(&disk->dev, err,
			    "the block layer refuses the disk, error %d", err);
}

#endif
