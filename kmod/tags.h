/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tag sets: the requests that blk-mq has for a disk, and its hardware queues.
 */
#ifndef CNULL_TAGS_H
#define CNULL_TAGS_H

#include <linux/blk-mq.h>

#include "device/device.h"

/**
 * struct cnull_queues - how many hardware queues there are
 * @submit: for I/O whose end is reported
 * @poll: for I/O whose end is polled for; they come behind the others
 */
struct cnull_queues {
	unsigned int submit;
	unsigned int poll;
};

/**
 * struct cnull_tags - a tag set, of one disk or of many
 * @set: blk-mq's part
 * @now: the hardware queues
 * @next: what they are about to become; else the same
 * @users: disks that use it
 *
 * A disk's own is guarded by its &cnull_dev.lock, the one that many share by a
 * lock of tags.c.
 */
struct cnull_tags {
	struct blk_mq_tag_set set;
	struct cnull_queues now;
	struct cnull_queues next;
	unsigned int users;
};

struct cnull_tags *cnull_tags_get(struct cnull_dev *dev)
	__must_hold(&dev->lock);
void cnull_tags_put(struct cnull_tags *tags);
int cnull_tags_resize(struct cnull_tags *tags,
		      const struct cnull_queues *next);
void cnull_tags_map(struct blk_mq_tag_set *set);

#endif
