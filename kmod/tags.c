// SPDX-License-Identifier: GPL-2.0
/*
 * Tag sets: the preallocated requests of a disk, and its hardware queues.
 *
 * Each disk has a tag set of its own, except disks with the option shared_tags: these
 * share one set, whose config is that of the module parameters. The shared set exists
 * while it has a user.
 */
#include "device/validate.h"
#include "params.h"
#include "tags.h"

static DEFINE_MUTEX(shared_lock);
static struct cnull_tags *shared;	/* guarded by shared_lock */

static unsigned int sum(const struct cnull_queues *queues)
{
	return queues->submit + queues->poll;
}

/**
 * cnull_tags_map - map CPUs to hardware queues
 * @set: the set of a struct cnull_tags
 *
 * This is &blk_mq_ops.map_queues. If blk-mq fails to allocate the next queues, it maps
 * the current ones again.
 *
 * Context: May sleep.
 */
void cnull_tags_map(struct blk_mq_tag_set *set)
{
	struct cnull_tags *tags = container_of(set, struct cnull_tags, set);
	const struct cnull_queues *queues =
		set->nr_hw_queues == sum(&tags->next) ? &tags->next : &tags->now;
	struct blk_mq_queue_map *map = set->map;
	unsigned int i;

	map[HCTX_TYPE_DEFAULT].nr_queues = queues->submit;
	map[HCTX_TYPE_READ].nr_queues = 0;
	map[HCTX_TYPE_POLL].nr_queues = queues->poll;
	map[HCTX_TYPE_POLL].queue_offset = queues->submit;
	for (i = 0; i < set->nr_maps; i++)
		if (map[i].nr_queues)
			blk_mq_map_queues(&map[i]);
}

/* Allocate a tag set for disks with the config @config. */
static struct cnull_tags *new_tags(const struct cnull_config *config,
				   const struct blk_mq_ops *ops,
				   unsigned int cmd_size)
{
	struct cnull_tags *tags = kzalloc(sizeof(*tags), GFP_KERNEL);
	int err;

	if (!tags)
		return ERR_PTR(-ENOMEM);
	tags->now.submit = config->submit_queues;
	tags->now.poll = config->poll_queues;
	tags->next = tags->now;
	tags->set = (struct blk_mq_tag_set) {
		.ops = ops,
		.nr_hw_queues = sum(&tags->now),
		.queue_depth = config->hw_queue_depth,
		.numa_node = (int)config->home_node,
		.cmd_size = cmd_size,
		.timeout = 5 * HZ,
		.flags = BLK_MQ_F_SHOULD_MERGE,
		.nr_maps = HCTX_MAX_TYPES,
	};
	if (config->no_sched)
		tags->set.flags |= BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	if (config->blocking)
		tags->set.flags |= BLK_MQ_F_BLOCKING;
	if (config->shared_tag_bitmap)
		tags->set.flags |= BLK_MQ_F_TAG_HCTX_SHARED;
	err = blk_mq_alloc_tag_set(&tags->set);
	if (err) {
		kfree(tags);
		return ERR_PTR(err);
	}
	return tags;
}

/* Get a reference to the shared set; allocate it for the first user. */
static struct cnull_tags *get_shared(const struct blk_mq_ops *ops,
				     unsigned int cmd_size)
	__must_hold(&shared_lock)
{
	struct cnull_config config = cnull_params;
	struct cnull_tags *tags = shared;

	if (!tags) {
		cnull_queues_normalize(&config);
		tags = new_tags(&config, ops, cmd_size);
	}
	if (!IS_ERR(tags)) {
		tags->users++;
		shared = tags;
	}
	return tags;
}

/**
 * cnull_tags_get - get the tag set of a device
 * @dev: the device, in its power on; the config of its &cnull_live becomes effective
 * @ops: operations of blk-mq; constant, the same for all devices
 * @cmd_size: size of the driver's part of a request, in bytes; the same for all devices
 *
 * With the option shared_tags, this is a reference to the shared set, else a new set.
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: the tag set, to be released by cnull_tags_put(), or an ERR_PTR() after a call
 * of cnull_refuse().
 */
struct cnull_tags *cnull_tags_get(struct cnull_dev *dev,
				  const struct blk_mq_ops *ops,
				  unsigned int cmd_size)
{
	struct cnull_config *config = &dev->live->config;
	struct cnull_tags *tags;

	if (config->shared_tags) {
		guard(mutex)(&shared_lock);
		tags = get_shared(ops, cmd_size);
	} else {
		tags = new_tags(config, ops, cmd_size);
	}
	if (IS_ERR(tags)) {
		cnull_refuse(dev, PTR_ERR(tags),
			     "cannot allocate the %stag set, error %ld",
			     config->shared_tags ? "shared " : "",
			     PTR_ERR(tags));
		return tags;
	}
	/* blk-mq reduces the depth to its limit, or if memory is short. */
	config->submit_queues = tags->now.submit;
	config->poll_queues = tags->now.poll;
	config->hw_queue_depth = tags->set.queue_depth;
	config->blocking = tags->set.flags & BLK_MQ_F_BLOCKING;
	config->no_sched = tags->set.flags & BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	config->shared_tag_bitmap = tags->set.flags & BLK_MQ_F_TAG_HCTX_SHARED;
	return tags;
}

static void free_tags(struct cnull_tags *tags)
{
	blk_mq_free_tag_set(&tags->set);
	kfree(tags);
}

/**
 * cnull_tags_put - release a tag set
 * @tags: a tag set from cnull_tags_get(); the caller's disk is freed
 *
 * Context: May sleep. Takes the lock of the shared set.
 */
void cnull_tags_put(struct cnull_tags *tags)
{
	/* The submitter of the last request may still be in the set's read-side section. */
	if (tags->set.srcu)
		synchronize_srcu(tags->set.srcu);
	guard(mutex)(&shared_lock);
	if (tags != shared) {
		free_tags(tags);
	} else if (!--tags->users) {
		free_tags(tags);
		shared = NULL;
	}
}

/**
 * cnull_tags_resize - change the numbers of hardware queues
 * @tags: a tag set of one disk, not the shared set
 * @next: the new numbers, of which one differs from the current ones at most
 *
 * Context: May sleep; &cnull_dev.lock of the disk is held.
 * Return: 0, or -ENOMEM if the numbers did not change.
 */
int cnull_tags_resize(struct cnull_tags *tags, const struct cnull_queues *next)
{
	/* Only one number changes at a time, so the sum identifies the numbers. */
	if (sum(next) == sum(&tags->now))
		return 0;
	tags->next = *next;
	blk_mq_update_nr_hw_queues(&tags->set, sum(next));
	if (tags->set.nr_hw_queues != sum(next)) {
		tags->next = tags->now;
		return -ENOMEM;
	}
	tags->now = *next;
	return 0;
}
