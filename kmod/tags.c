// SPDX-License-Identifier: GPL-2.0
/*
 * Tag sets: the requests that blk-mq has for a disk, and its hardware queues.
 */
#include "mq.h"
#include "tags.h"

/* Make a tag set for a device with the settings @conf. */
static struct cnull_tags *new_tags(const struct cnull_settings *conf)
{
	struct cnull_tags *tags = kzalloc(sizeof(*tags), GFP_KERNEL);
	int err;

	if (!tags)
		return ERR_PTR(-ENOMEM);
	tags->set = (struct blk_mq_tag_set) {
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
		tags->set.flags |= BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	if (conf->blocking)
		tags->set.flags |= BLK_MQ_F_BLOCKING;
	err = blk_mq_alloc_tag_set(&tags->set);
	if (err) {
		kfree(tags);
		return ERR_PTR(err);
	}
	return tags;
}

/**
 * cnull_tags_get - get a device its requests and hardware queues
 * @dev: the device, about to be on; what it got goes to its &cnull_live.conf
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: the tag set, to be given back by cnull_tags_put(), or an error that
 * cnull_refuse() was told of.
 */
struct cnull_tags *cnull_tags_get(struct cnull_dev *dev)
{
	struct cnull_settings *conf = &dev->live->conf;
	struct cnull_tags *tags = new_tags(conf);

	if (IS_ERR(tags)) {
		cnull_refuse(dev, PTR_ERR(tags),
			     "no memory for %u queues of depth %u",
			     conf->submit_queues, conf->hw_queue_depth);
		return tags;
	}
	/* blk-mq has limits of its own, and makes do with less memory. */
	conf->submit_queues = tags->set.nr_hw_queues;
	conf->hw_queue_depth = tags->set.queue_depth;
	return tags;
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
	blk_mq_free_tag_set(&tags->set);
	kfree(tags);
}

/**
 * cnull_tags_resize - change the number of hardware queues
 * @tags: of one disk
 * @nr: how many there are to be
 *
 * Context: May sleep; &cnull_dev.lock of the disk is held.
 * Return: 0, or -ENOMEM.
 */
int cnull_tags_resize(struct cnull_tags *tags, unsigned int nr)
{
	blk_mq_update_nr_hw_queues(&tags->set, nr);
	return tags->set.nr_hw_queues == nr ? 0 : -ENOMEM;
}
