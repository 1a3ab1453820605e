// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a device: from a config to a live device, and back.
 *
 * The config is not the device. Users change the config while the device is off. Power
 * on validates all of it, and either creates a struct cnull_live from it, or leaves
 * everything as it was and reports the reason. Power off drops all derived values.
 */
#include "device/life.h"
#include "device/parts.h"
#include "device/validate.h"
#include "io/live.h"
#include "zone/layout.h"

/* The legal moves: from the state of a row to that of a column. */
static const bool legal[CNULL_NR_STATES][CNULL_NR_STATES] = {
	[CNULL_OFF]	= { [CNULL_ON] = true, [CNULL_DEAD] = true },
	[CNULL_ON]	= { [CNULL_OFF] = true, [CNULL_CUT] = true },
	[CNULL_CUT]	= { [CNULL_OFF] = true },
	[CNULL_DEAD]	= { },
};

static void enter(struct cnull_dev *dev, enum cnull_state next)
	__must_hold(&dev->lock)
{
	lockdep_assert_held(&dev->lock);
	WARN_ON(!legal[dev->state][next]);
	dev->state = next;
}

/* Create a live device from a valid config. */
static int make_live(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	const struct cnull_config *config = &dev->config;
	struct cnull_live *live = kzalloc(sizeof(*live), GFP_KERNEL);
	int err;

	if (!live)
		return cnull_refuse(dev, -ENOMEM, "no memory");
	live->config = *config;
	cnull_queues_normalize(&live->config);
	live->nr_sectors = (u64)config->size * CNULL_MIB_SECTORS;
	live->name = dev->name;
	live->irqmode = config->irqmode;
	live->block_sectors = config->blocksize >> SECTOR_SHIFT;
	cnull_gate_init(&live->gate, &live->features);
	err = cnull_parts_start(dev, live);
	if (err) {
		kfree(live);
		return err;
	}
	dev->live = live;
	return 0;
}

static void free_live(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	cnull_parts_stop(dev, dev->live);
	kfree(dev->live);
	dev->live = NULL;
}

static int power_on(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	char why[CNULL_ERROR_SIZE];
	int err;

	dev->error[0] = '\0';
	err = cnull_validate(&dev->config, why, sizeof(why));
	if (err)
		return cnull_refuse(dev, err, "%s", why);
	err = make_live(dev);
	if (err)
		return err;
	err = dev->backend->start(dev);
	if (err) {
		free_live(dev);
		return err;
	}
	cnull_parts_keep(dev, dev->live);
	dev->lives++;
	enter(dev, CNULL_ON);
	return 0;
}

static void power_off(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	cnull_dev_forbid_cut(dev);
	dev->backend->stop(dev);
	free_live(dev);
	enter(dev, CNULL_OFF);
}

/**
 * cnull_dev_init - initialize a device, which is off
 * @dev: the device
 * @name: the name for messages; must live as long as the device
 * @config: the first config
 * @backend: the backend
 *
 * Context: May sleep.
 */
void cnull_dev_init(struct cnull_dev *dev, const char *name,
		    const struct cnull_config *config,
		    const struct cnull_backend *backend)
{
	memset(dev, 0, sizeof(*dev));
	mutex_init(&dev->lock);
	mutex_init(&dev->cut_lock);
	dev->backend = backend;
	dev->name = name;
	cnull_store_init(&dev->store);
	cnull_badblocks_init(&dev->badblocks);
	cnull_inject_init(&dev->faults);
	cnull_dev_configure(dev, config);
}

static void free_zones(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	cnull_zones_free(dev->zones);
}

/**
 * cnull_dev_destroy - free the resources of a device, including its data
 * @dev: the device, off or dead; nothing else refers to it
 *
 * Context: May sleep.
 */
void cnull_dev_destroy(struct cnull_dev *dev)
{
	WARN_ON(cnull_dev_is_on(dev));
	cnull_inject_destroy(&dev->faults);
	cnull_badblocks_destroy(&dev->badblocks);
	cnull_store_destroy(&dev->store);
	free_zones(dev);
	mutex_destroy(&dev->cut_lock);
	mutex_destroy(&dev->lock);
}

/**
 * cnull_dev_allow_cut - allow power cuts of a device
 * @dev: the device; &cnull_dev.live exists
 *
 * For &cnull_backend.start of a backend with a &cnull_backend.drain, at the moment from
 * which on drain may be called, and before the first request.
 *
 * Context: May sleep; &cnull_dev.lock is held. Takes &cnull_dev.cut_lock.
 */
void cnull_dev_allow_cut(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	dev->to_cut = dev->live;
}

/**
 * cnull_dev_forbid_cut - forbid power cuts of a device
 * @dev: the device
 *
 * Waits until a running drain returns. For &cnull_backend.start that fails after
 * cnull_dev_allow_cut(), before it frees anything; power off calls it as well.
 *
 * Context: May sleep; &cnull_dev.lock is held. Takes &cnull_dev.cut_lock.
 */
void cnull_dev_forbid_cut(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	dev->to_cut = NULL;
}

/*
 * Complete the requests that wait for a deadline, before a power off. The holder of
 * &cnull_dev.lock may be waiting for them.
 */
static void drain_live(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	if (dev->to_cut)
		dev->backend->drain(dev);
}

/* Fail all requests from now on, and complete those that wait for a deadline. */
static int cut_live(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	if (!dev->to_cut)
		return -ENODEV;
	if (!cnull_has(dev->to_cut, CNULL_FEATURE_CUT)) {
		set_bit(CNULL_FEATURE_CUT, &dev->to_cut->features);
		dev->backend->drain(dev);
	}
	return 0;
}

/**
 * cnull_dev_power - power a device on or off
 * @dev: the device
 * @on: true to power on, false to power off
 *
 * Nothing happens if the device is already in that state. After a power cut, the
 * device must be powered off before it can be powered on.
 *
 * Power off completes the requests that wait for a deadline, even if another context
 * waits for them with the lock held.
 *
 * Context: May sleep. Takes &cnull_dev.cut_lock, releases it, then takes
 * &cnull_dev.lock.
 * Return: 0, or with the state of the device unchanged
 * * -ENODEV: the device is dead
 * * -EBUSY: power on after a power cut
 * * -EINVAL, -ENOMEM, or the error of &cnull_backend.start: power on was refused, and
 *   &cnull_dev.error has the reason
 */
int cnull_dev_power(struct cnull_dev *dev, bool on)
{
	if (!on)
		drain_live(dev);
	guard(mutex)(&dev->lock);
	switch (dev->state) {
	case CNULL_OFF:
		return on ? power_on(dev) : 0;
	case CNULL_ON:
		if (!on)
			power_off(dev);
		return 0;
	case CNULL_CUT:
		if (on)
			return -EBUSY;
		power_off(dev);
		return 0;
	default:
		return -ENODEV;
	}
}

/**
 * cnull_dev_cut - cut the power of a device
 * @dev: the device
 *
 * From now on each request fails, including those in flight, and data that is not
 * durable is lost. The disk stays visible until power off. A second cut does
 * nothing.
 *
 * This does not wait for a deadline. The holder of &cnull_dev.lock may: to change the
 * number of queues, or during power on. Therefore the requests complete first,
 * without that lock.
 *
 * Context: May sleep. Takes &cnull_dev.cut_lock, releases it, then takes
 * &cnull_dev.lock.
 * Return: 0, or -ENODEV for a device that is off, dead, or about to be off, or whose
 * backend allows no power cuts.
 */
int cnull_dev_cut(struct cnull_dev *dev)
{
	int err = cut_live(dev);

	if (err)
		return err;
	guard(mutex)(&dev->lock);
	/* In between, the device may have been powered off, and even on again. */
	if (dev->state == CNULL_ON && cnull_has(dev->live, CNULL_FEATURE_CUT)) {
		enter(dev, CNULL_CUT);
		dev->backend->cut(dev);
	}
	return 0;
}

/**
 * cnull_dev_kill - power a device off for good
 * @dev: the device
 *
 * Context: May sleep. Takes &cnull_dev.cut_lock, releases it, then takes
 * &cnull_dev.lock.
 */
void cnull_dev_kill(struct cnull_dev *dev)
{
	drain_live(dev);
	guard(mutex)(&dev->lock);
	if (dev->live)
		power_off(dev);
	if (dev->state != CNULL_DEAD)
		enter(dev, CNULL_DEAD);
}

/**
 * cnull_dev_is_on - is a device powered on, or was its power cut?
 * @dev: the device
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: true if the device has a disk.
 */
bool cnull_dev_is_on(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	return dev->live;
}

/**
 * cnull_dev_is_cut - was the power of a device cut?
 * @dev: the device
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: true from a power cut until power off.
 */
bool cnull_dev_is_cut(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	return dev->state == CNULL_CUT;
}

/**
 * cnull_dev_configure - replace the config for the next power on
 * @dev: the device
 * @config: the config
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 */
void cnull_dev_configure(struct cnull_dev *dev,
			 const struct cnull_config *config)
{
	guard(mutex)(&dev->lock);
	dev->config = *config;
}

/* Change an option of a live device. @wanted: the config with the change. */
static int set_live(struct cnull_dev *dev, const struct cnull_option *option,
		    const struct cnull_config *wanted)
	__must_hold(&dev->lock)
{
	struct cnull_config next = dev->live->config;
	int err;

	if (option->when != CNULL_WHEN_LIVE || dev->state == CNULL_CUT)
		return -EBUSY;
	if (!cnull_option_in_range(option, wanted))
		return -EINVAL;
	cnull_option_copy(option, &next, wanted);
	err = cnull_parts_change(dev, option - cnull_options, wanted, &next);
	if (!err)
		dev->live->config = next;
	return err;
}

/**
 * cnull_dev_set - change one option
 * @dev: the device
 * @option: the option
 * @text: the new value
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL, -ERANGE: @text is no value of @option, or not in the range of a device
 *   that is on
 * * -EBUSY: the device is on and @option is not live, or the power was cut; or more
 *   zones are active or explicitly open than @option would allow
 * * -ENODEV: the device is dead
 * * the error of &cnull_backend.resize or &cnull_backend.limit_zones
 */
int cnull_dev_set(struct cnull_dev *dev, const struct cnull_option *option,
		  const char *text)
{
	struct cnull_config config;
	int err;

	guard(mutex)(&dev->lock);
	if (dev->state == CNULL_DEAD)
		return -ENODEV;
	config = dev->config;
	err = cnull_option_parse(option, 1, &config, text);
	if (!err && dev->live)
		err = set_live(dev, option, &config);
	if (!err)
		dev->config = config;
	return err;
}

/**
 * cnull_dev_get - read one option
 * @dev: the device
 * @option: the option
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the effective value of a device that is on, else the value of the config.
 */
u64 cnull_dev_get(struct cnull_dev *dev, const struct cnull_option *option)
{
	guard(mutex)(&dev->lock);
	return cnull_option_value(option, dev->live ? &dev->live->config :
						      &dev->config);
}
