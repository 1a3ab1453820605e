// SPDX-License-Identifier: GPL-2.0
/*
 * Parts: what a device is made of, in the order in which power on starts them.
 *
 * The life of a device (life.c) calls their hooks. A new feature is a row of &parts
 * below.
 */
#include "device/hooks.h"
#include "device/parts.h"
#include "device/zone_control.h"

static int store_start(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock)
{
	const struct cnull_config *config = &live->config;

	if (!config->memory_backed)
		return 0;
	if (cnull_store_prepare(&dev->store, (u64)config->size * SZ_1M,
				(int)config->home_node))
		return cnull_refuse(dev, -ENOMEM, "no memory for the store");
	live->store = &dev->store;
	return 0;
}

static int cache_validate(const struct cnull_config *config, char *why,
			  size_t size)
{
	if (!config->cache_size || config->memory_backed)
		return 0;
	snprintf(why, size, "cache_size is %lu, must be 0 without memory_backed",
		 config->cache_size);
	return -EINVAL;
}

/**
 * cnull_parts_init_cache - initialize the cache of a live device
 * @live: the device; its config has a cache
 *
 * Context: Any. No request runs.
 */
void cnull_parts_init_cache(struct cnull_live *live)
{
	const struct cnull_config *config = &live->config;

	cnull_cache_init(&live->cache, live->store, (u64)config->size * SZ_1M,
			 config->cache_size * (SZ_1M / PAGE_SIZE),
			 (int)config->home_node);
}

static int cache_start(struct cnull_dev *dev, struct cnull_live *live)
{
	if (!live->config.cache_size)
		return 0;
	cnull_parts_init_cache(live);
	set_bit(CNULL_FEATURE_CACHE, &live->features);
	return 0;
}

/* Drop the cache, with the data that is not durable. */
static void cache_stop(struct cnull_dev *dev, struct cnull_live *live)
{
	if (cnull_has(live, CNULL_FEATURE_CACHE))
		cnull_cache_destroy(&live->cache);
}

static int delay_start(struct cnull_dev *dev, struct cnull_live *live)
{
	const struct cnull_config *config = &live->config;

	if (config->irqmode != CNULL_IRQ_TIMER || !config->completion_nsec)
		return 0;
	live->time.completion_nsec = config->completion_nsec;
	live->has_deadlines = true;
	set_bit(CNULL_FEATURE_DELAY, &live->features);
	return 0;
}

static void set_limits(struct cnull_live *live,
		       const struct cnull_config *config)
{
	bool limited = cnull_throttle_set(&live->time.throttle, config);

	if (limited)
		WRITE_ONCE(live->has_deadlines, true);
	assign_bit(CNULL_FEATURE_THROTTLE, &live->features, limited);
}

static int throttle_start(struct cnull_dev *dev, struct cnull_live *live)
{
	set_limits(live, &live->config);
	return 0;
}

static int throttle_change(struct cnull_dev *dev, enum cnull_option_id id,
			   const struct cnull_config *wanted,
			   struct cnull_config *next)
	__must_hold(&dev->lock)
{
	switch (id) {
	case CNULL_OPTION_mbps:
	case CNULL_OPTION_read_mbps:
	case CNULL_OPTION_write_mbps:
	case CNULL_OPTION_iops:
		set_limits(dev->live, next);
		break;
	default:
		break;
	}
	return 0;
}

static int badblocks_start(struct cnull_dev *dev, struct cnull_live *live)
{
	live->badblocks = &dev->badblocks;
	live->badblocks_once = live->config.badblocks_once;
	live->badblocks_partial_io = live->config.badblocks_partial_io;
	cnull_badblocks_attach(&dev->badblocks, &live->features);
	return 0;
}

static void badblocks_stop(struct cnull_dev *dev, struct cnull_live *live)
{
	cnull_badblocks_attach(&dev->badblocks, NULL);
}

static int inject_start(struct cnull_dev *dev, struct cnull_live *live)
{
	live->faults = &dev->faults;
	cnull_inject_attach(&dev->faults, &live->features);
	return 0;
}

static void inject_stop(struct cnull_dev *dev, struct cnull_live *live)
{
	cnull_inject_attach(&dev->faults, NULL);
}

static int queues_change(struct cnull_dev *dev, enum cnull_option_id id,
			 const struct cnull_config *wanted,
			 struct cnull_config *next)
	__must_hold(&dev->lock)
{
	if (id != CNULL_OPTION_submit_queues && id != CNULL_OPTION_poll_queues)
		return 0;
	if (next->submit_queues < 1 || next->submit_queues > nr_cpu_ids ||
	    next->poll_queues > nr_cpu_ids || next->shared_tags)
		return -EINVAL;
	return dev->backend->resize(dev, next->submit_queues,
				    next->poll_queues);
}

static const struct cnull_hooks store_hooks = {
	.start = store_start,
};

static const struct cnull_hooks cache_hooks = {
	.validate = cache_validate,
	.start = cache_start,
	.stop = cache_stop,
};

static const struct cnull_hooks delay_hooks = {
	.start = delay_start,
};

static const struct cnull_hooks throttle_hooks = {
	.start = throttle_start,
	.change = throttle_change,
};

static const struct cnull_hooks badblocks_hooks = {
	.start = badblocks_start,
	.stop = badblocks_stop,
};

static const struct cnull_hooks inject_hooks = {
	.start = inject_start,
	.stop = inject_stop,
};

static const struct cnull_hooks queue_hooks = {
	.change = queues_change,
};

/* A part is started after the parts above it, which it may use, and stopped before them. */
static const struct cnull_hooks *const parts[] = {
	&store_hooks,
	&cache_hooks,
	&cnull_zone_hooks,
	&queue_hooks,
	&delay_hooks,
	&throttle_hooks,
	&badblocks_hooks,
	&inject_hooks,
};

/**
 * cnull_parts_validate - check the options of all parts
 * @config: the config, each option in its range
 * @why: buffer for the reason: the option, its value, and a valid value
 * @size: length of @why, in bytes
 *
 * Context: Any.
 * Return: 0, or -EINVAL with the reason in @why.
 */
int cnull_parts_validate(const struct cnull_config *config, char *why,
			 size_t size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int err = parts[i]->validate ?
				  parts[i]->validate(config, why, size) : 0;

		if (err)
			return err;
	}
	return 0;
}

static void stop_parts(struct cnull_dev *dev, struct cnull_live *live, size_t nr)
{
	while (nr--)
		if (parts[nr]->stop)
			parts[nr]->stop(dev, live);
}

/**
 * cnull_parts_start - add all parts to a live device
 * @dev: the device
 * @live: the live device, with its config
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: 0, or a negative errno with no part added, after a call of cnull_refuse().
 */
int cnull_parts_start(struct cnull_dev *dev, struct cnull_live *live)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int err = parts[i]->start ? parts[i]->start(dev, live) : 0;

		if (err) {
			stop_parts(dev, live, i);
			return err;
		}
	}
	return 0;
}

/**
 * cnull_parts_keep - finish a power on that has succeeded
 * @dev: the device
 * @live: its live device
 *
 * Context: May sleep; &cnull_dev.lock is held.
 */
void cnull_parts_keep(struct cnull_dev *dev, struct cnull_live *live)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i]->keep)
			parts[i]->keep(dev, live);
}

/**
 * cnull_parts_change - change an option of a live device
 * @dev: the device
 * @id: the option
 * @wanted: the config with the change
 * @next: the effective config with the change; parts adjust it
 *
 * Context: May sleep; &cnull_dev.lock is held.
 * Return: 0, or a negative errno with nothing changed.
 */
int cnull_parts_change(struct cnull_dev *dev, enum cnull_option_id id,
		       const struct cnull_config *wanted,
		       struct cnull_config *next)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int err = parts[i]->change ?
				  parts[i]->change(dev, id, wanted, next) : 0;

		if (err)
			return err;
	}
	return 0;
}

/**
 * cnull_parts_stop - take all parts from a live device
 * @dev: the device
 * @live: the live device; no request runs
 *
 * Context: May sleep; &cnull_dev.lock is held.
 */
void cnull_parts_stop(struct cnull_dev *dev, struct cnull_live *live)
{
	stop_parts(dev, live, ARRAY_SIZE(parts));
}
