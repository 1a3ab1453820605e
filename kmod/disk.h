/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks: a device of the engine as a block device of the kernel.
 */
#ifndef CNULL_DISK_H
#define CNULL_DISK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/configfs.h>

#include "dev.h"

/**
 * struct cnull_disk - a device, and its disk while it is on
 * @dev: the device
 * @name: of the disk; constant
 * @group: its directory; unused if module parameters made it
 * @list: in the list of those that module parameters made, else unused
 * @gendisk: the disk; valid while @dev is on
 * @tags: as @gendisk
 * @index: as @gendisk: the number of the disk among cnull's
 */
struct cnull_disk {
	struct cnull_dev dev;
	char name[DISK_NAME_LEN];
	struct config_group group;
	struct list_head list;
	struct gendisk *gendisk;
	struct blk_mq_tag_set tags;
	int index;
};

struct cnull_disk *cnull_disk_new(const char *name);
void cnull_disk_free(struct cnull_disk *disk);
void cnull_disks_wait(void);

#endif
