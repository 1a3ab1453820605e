// SPDX-License-Identifier: GPL-2.0
/*
 * Validation: which configs can be powered on.
 *
 * The table of options has the range of each option. Here are the rules that a range
 * cannot express; the parts of a device add theirs by a hook.
 */
#include "device/parts.h"
#include "device/validate.h"

static int validate_blocks(const struct cnull_config *config, char *why,
			   size_t size)
{
	unsigned int least;

	if (!is_power_of_2(config->blocksize)) {
		snprintf(why, size, "blocksize is %u, must be a power of two",
			 config->blocksize);
		return -EINVAL;
	}
	least = max_t(unsigned int, PAGE_SIZE, config->blocksize) >> SECTOR_SHIFT;
	if (config->max_sectors && config->max_sectors < least) {
		snprintf(why, size,
			 "max_sectors is %u, must be 0 or at least %u: a page and a block",
			 config->max_sectors, least);
		return -EINVAL;
	}
	return 0;
}

static int validate_queues(const struct cnull_config *config, char *why,
			   size_t size)
{
	if (config->queue_mode != CNULL_QUEUE_BIO &&
	    config->queue_mode != CNULL_QUEUE_MQ) {
		snprintf(why, size,
			 "queue_mode is %u, must be 0 (bio) or 2 (blk-mq)",
			 config->queue_mode);
		return -EINVAL;
	}
	if (config->home_node != (unsigned int)NUMA_NO_NODE &&
	    (config->home_node >= MAX_NUMNODES ||
	     !node_online(config->home_node))) {
		snprintf(why, size,
			 "home_node is %u, must be a node that is online, or %u for any",
			 config->home_node, (unsigned int)NUMA_NO_NODE);
		return -EINVAL;
	}
	return 0;
}

/**
 * cnull_validate - check whether a config can be powered on
 * @config: the config
 * @why: buffer for the reason: the option, its value, and a valid value
 * @size: length of @why, in bytes
 *
 * Context: Any.
 * Return: 0, or -EINVAL with the reason in @why.
 */
int cnull_validate(const struct cnull_config *config, char *why, size_t size)
{
	int err = cnull_config_check(config, why, size);

	if (!err)
		err = validate_blocks(config, why, size);
	if (!err)
		err = validate_queues(config, why, size);
	if (!err)
		err = cnull_parts_validate(config, why, size);
	return err;
}

/**
 * cnull_queues_normalize - clamp the numbers of queues to what the machine has
 * @config: a config, whose submit_queues and poll_queues change
 *
 * Context: Any.
 */
void cnull_queues_normalize(struct cnull_config *config)
{
	if (config->use_per_node_hctx)
		config->submit_queues = nr_online_nodes;
	config->submit_queues = clamp(config->submit_queues, 1U,
				      (unsigned int)nr_cpu_ids);
	config->poll_queues = min(config->poll_queues, (unsigned int)nr_cpu_ids);
}
