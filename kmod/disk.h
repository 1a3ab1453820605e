/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks: a device of the engine as a block device of the kernel.
 */
#ifndef CNULL_DISK_H
#define CNULL_DISK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/configfs.h>
#include <linux/mempool.h>

#include "device/device.h"
#include "inject_configfs.h"

struct cnull_disk;
struct cnull_pending;
struct cnull_queues;
struct cnull_tags;

/**
 * struct cnull_queue_mode - how I/O comes to a disk: as requests, or as bios
 * @alloc: make &cnull_disk.gendisk, with the limits @lim, to which it may add.
 *	May change the &cnull_live.config to what it really got. Returns 0 or a
 *	negative errno, and calls cnull_refuse() to say why
 * @draining: from now on no request has a deadline, and those that have one end.
 *	After a power cut, no request that has yet to end does so well, but for one that
 *	an interrupt is ending. Called with &cnull_dev.cut_lock held, when @resize may be
 *	running and the disk may be about to be added; and at power off again, with
 *	&cnull_dev.lock held
 * @free: the gendisk is gone: free what @alloc made besides it
 * @resize: as &cnull_backend.resize
 *
 * All but @draining are called with &cnull_dev.lock held. All may sleep.
 */
struct cnull_queue_mode {
	int (*alloc)(struct cnull_disk *disk, struct queue_limits *lim);
	void (*drain)(struct cnull_disk *disk);
	void (*free)(struct cnull_disk *disk);
	int (*resize)(struct cnull_disk *disk, const struct cnull_queues *nr);
};

/**
 * struct cnull_disk - a device, and its disk while it is on
 * @dev: the device
 * @name: of the disk; constant
 * @group: its directory; unused if module parameters made it
 * @fault_groups: the directories in it
 * @list: in the list of those that module parameters made, else unused
 * @is_hidden: power on does not add the disk, cnull_disk_show() does: for the module
 *	that is about to be loaded
 * @gendisk: the disk; valid while @dev is on
 * @mode: as @gendisk: how I/O comes to it
 * @tags: as @gendisk: its requests
 * @workers: as @gendisk: they run requests that may have to sleep
 * @reserved_workers: as @gendisk, of a disk with zones, else NULL: they run requests
 *	that hold a reservation in a zone, for which requests of @workers may wait
 * @pending: as @gendisk: bios that wait for their deadline
 * @timed_pool: as @gendisk: memory for those
 * @splits: as @gendisk: bios may have to be split at any segment, or at the end of a
 *	zone, however small they are
 * @plugs: as @gendisk: bios may have to wait for those before them in their zone
 * @index: as @gendisk: the number of the disk among cnull's
 */
struct cnull_disk {
	struct cnull_dev dev;
	char name[DISK_NAME_LEN];
	struct config_group group;
	struct cnull_fault_group fault_groups[CNULL_NR_FAULTS];
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
	int index;
};

struct cnull_disk *cnull_disk_new(const char *name);
void cnull_disk_free(struct cnull_disk *disk);
void cnull_disk_show(struct cnull_disk *disk);
int cnull_disk_refused(struct cnull_disk *disk, int err)
	__must_hold(&disk->dev.lock);

#endif
