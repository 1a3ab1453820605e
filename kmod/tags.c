// SPDX-License-Identifier: GPL-2.0
/*
 * Tag sets: the requests that blk-mq has for a disk, and its hardware queues.
 *
 * A disk has a set of its own, or with the option shared_tags it uses one that
 * is there for all such disks; the module parameters say what that is like. It
 * comes with the first of them and goes with the last.
 */
#include "device/validate.h"
#include "mq.h"
#include "params.h"
#include "tags.h"

static DEFINE_MUTEX(shared_lock);
static struct cnull_tags *shared;	/* guarded by shared_lock */

static unsigned int sum(const struct cnull_queues *queues)
{
	return queues->submit + queues->poll;
}

/**
 * cnull_tags_map - say which hardware queue serves which CPU
 * @set: of a struct cnull_tags
 *
 * For &blk_mq_ops.map_queues. blk-mq may have failed to get the queues that are
 * to come, and then asks for a map of those that were.
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

/* Make a tag set for a device with the settings @config. */
static struct cnull_tags *new_tags(const struct cnull_config *config)
{
	struct cnull_tags *tags = kzalloc(sizeof(*tags), GFP_KERNEL);
	int err;

	if (!tags)
		return ERR_PTR(-ENOMEM);
	tags->now.submit = config->submit_queues;
	tags->now.poll = config->poll_queues;
	tags->next = tags->now;
	tags->set = (struct blk_mq_tag_set) {
		.ops = &cnull_mq_ops,
		.nr_hw_queues = sum(&tags->now),
		.queue_depth = config->hw_queue_depth,
		.numa_node = (int)config->home_node,
		.cmd_size = cnull_mq_cmd_size,
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

/* The set that all disks share: made by whoever is the first. */
static struct cnull_tags *get_shared(void)
	__must_hold(&shared_lock)
{
	struct cnull_config config = cnull_params;
	struct cnull_tags *tags = shared;

	if (!tags) {
		cnull_queues_normalize(&config);
		tags = new_tags(&config);
	}
	if (!IS_ERR(tags)) {
		tags->users++;
		shared = tags;
	}
	return tags;
}

/**
 * cnull_tags_get - get a device its requests and hardware queues
 * @dev: the device, about to be on; what it got goes to its &cnull_live.config
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: the tag set, to be given back by cnull_tags_put(), or an error that
 * cnull_refuse() was told of.
 */
struct cnull_tags *cnull_tags_get(struct cnull_dev *dev)
{
	struct cnull_config *config = &dev->live->config;
	struct cnull_tags *tags;

	if (config->shared_tags) {
		guard(mutex)(&shared_lock);
		tags = get_shared();
	} else {
		tags = new_tags(config);
	}
	if (IS_ERR(tags)) {
		cnull_refuse(dev, PTR_ERR(tags),
			     "no tag set for %s, error %ld",
			     config->shared_tags ? "all devices" : "it",
			     PTR_ERR(tags));
		return tags;
	}
	/* blk-mq has limits of its own, and makes do with less memory. */
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
 * cnull_tags_put - give a tag set back
 * @tags: from cnull_tags_get(); the disk that used it is gone
 *
 * Context: May sleep.
 */
void cnull_tags_put(struct cnull_tags *tags)
{
	/* Who submitted the last request may be on the way out of blk-mq still. */
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
 * cnull_tags_resize - change the number of hardware queues
 * @tags: of one disk
 * @next: how many there are to be
 *
 * Context: May sleep; &cnull_dev.lock of the disk is held.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int cnull_tags_resize(struct cnull_tags *tags, const struct cnull_queues *next)
{
	/* Of two kinds one changes at a time: the sum tells which are meant. */
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
