/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tag sets: the preallocated requests of a disk, and its hardware queues.
 */
#ifndef CNULL_TAGS_H
#define CNULL_TAGS_H

#include <linux/blk-mq.h>

#include "device/device.h"

/**
 * struct cnull_queues - numbers of hardware queues
 * @submit: number of queues of HCTX_TYPE_DEFAULT, whose indexes come first
 * @poll: number of queues of HCTX_TYPE_POLL
 */
struct cnull_queues {
	unsigned int submit;
	unsigned int poll;
};

/**
 * struct cnull_tags - a tag set of one disk, or the shared set
 * @set: the tag set of blk-mq
 * @now: current numbers of hardware queues
 * @next: numbers of hardware queues after cnull_tags_resize(), while it runs; else @now
 * @users: number of disks that use the shared set; 0 in other sets
 *
 * The set of one disk is guarded by &cnull_dev.lock, the shared set by a lock of tags.c.
 */
struct cnull_tags {
	struct blk_mq_tag_set set;
	struct cnull_queues now;
	struct cnull_queues next;
	unsigned int users;
};

struct cnull_tags *cnull_tags_get(struct cnull_dev *dev,
				  const struct blk_mq_ops *ops,
				  unsigned int cmd_size)
	__must_hold(&dev->lock);
void cnull_tags_put(struct cnull_tags *tags);
int cnull_tags_resize(struct cnull_tags *tags,
		      const struct cnull_queues *next);
void cnull_tags_map(struct blk_mq_tag_set *set);

#endif
