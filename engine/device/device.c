// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: from settings to something that is on, and back.
 *
 * Settings are not the device. They are edited while it is off; power on judges
 * them all, and either makes a struct cnull_live of them, with everything
 * derived anew, or leaves all as it was and says why.
 */
#include "io/run.h"

/* Which state may follow which. */
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

/**
 * cnull_refuse - say why a device cannot be powered on
 * @dev: the device
 * @err: a negative errno
 * @fmt: what is wrong, with the value, and what would be right
 *
 * The text goes to the attribute "error" and to the log.
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: @err
 */
int cnull_refuse(struct cnull_dev *dev, int err, const char *fmt, ...)
{
	va_list args;

	lockdep_assert_held(&dev->lock);
	va_start(args, fmt);
	vsnprintf(dev->error, sizeof(dev->error), fmt, args);
	va_end(args);
	pr_err("%s: not powered on: %s\n", dev->name, dev->error);
	return err;
}

/* Judge what the table cannot: values that depend on each other or on us. */
static int check_settings(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	const struct cnull_config *config = &dev->config;
	char why[CNULL_ERROR_SIZE];
	unsigned int least;

	if (cnull_config_check(config, why, sizeof(why)))
		return cnull_refuse(dev, -EINVAL, "%s", why);

	if (!is_power_of_2(config->blocksize))
		return cnull_refuse(dev, -EINVAL,
				    "blocksize is %u, must be a power of two",
				    config->blocksize);

	if (config->queue_mode != CNULL_QUEUE_BIO &&
	    config->queue_mode != CNULL_QUEUE_MQ)
		return cnull_refuse(dev, -EINVAL,
				    "queue_mode is %u, must be 0 (bio) or 2 (blk-mq)",
				    config->queue_mode);

	least = max_t(unsigned int, PAGE_SIZE, config->blocksize) >> SECTOR_SHIFT;
	if (config->max_sectors && config->max_sectors < least)
		return cnull_refuse(dev, -EINVAL,
				    "max_sectors is %u, must be 0 or at least %u: a page and a block",
				    config->max_sectors, least);

	if (config->home_node != (unsigned int)NUMA_NO_NODE &&
	    (config->home_node >= MAX_NUMNODES || !node_online(config->home_node)))
		return cnull_refuse(dev, -EINVAL,
				    "home_node is %u, must be a node that is online, or %u for any",
				    config->home_node, (unsigned int)NUMA_NO_NODE);

	if (config->cache_size && !config->memory_backed)
		return cnull_refuse(dev, -EINVAL,
				    "cache_size is %lu, must be 0 without memory_backed",
				    config->cache_size);
	if (config->zoned && cnull_zones_validate(config, why, sizeof(why)))
		return cnull_refuse(dev, -EINVAL, "%s", why);
	return 0;
}

/**
 * cnull_queues_normalize - make the numbers of queues such as the machine can use
 * @config: settings, whose submit_queues and poll_queues change
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

/* Let I/O know the limits that there are. */
static void set_limits(struct cnull_live *live)
{
	bool some = cnull_throttle_set(&live->throttle, &live->config);

	if (some)
		WRITE_ONCE(live->has_deadlines, true);
	assign_bit(CNULL_FEATURE_THROTTLE, &live->features, some);
}

/*
 * Zones go with the data: what is in memory has them still, if they are to be what
 * they were.
 */
static int make_zones(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock)
{
	struct cnull_config *config = &live->config;

	if (!config->zoned)
		return 0;
	cnull_zones_normalize(config);
	if (config->memory_backed && cnull_zones_match(dev->zones, config))
		live->zones = dev->zones;
	else
		live->zones = cnull_zones_new(config);
	if (!live->zones)
		return cnull_refuse(dev, -ENOMEM, "no memory for zones");
	/* Those that are new, or were off, are not open. */
	if (cnull_zones_limit(live->zones, config->zone_max_open,
			      config->zone_max_active))
		return cnull_refuse(dev, -EINVAL,
				    "zone_max_active is %u, must be 0 or at least %u, the number of active zones (set 0 to reset them)",
				    config->zone_max_active,
				    cnull_zone_res_active(&live->zones->res));
	__set_bit(CNULL_FEATURE_ZONES, &live->features);
	return 0;
}

/* It is on: what was there before goes. */
static void keep_zones(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	if (!dev->live->store || dev->zones == dev->live->zones)
		return;
	cnull_zones_free(dev->zones);
	dev->zones = dev->live->zones;
}

static void lose_sector(void *zones, u64 sector)
{
	cnull_zones_lose(zones, sector);
}

/* What zones are without power. */
static void power_off_zones(struct cnull_live *live)
{
	if (test_bit(CNULL_FEATURE_CACHE, &live->features))
		cnull_cache_each(&live->cache, lose_sector, live->zones);
	cnull_zones_power_off(live->zones);
}

/* Make what is on from valid settings. */
static int make_live(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	const struct cnull_config *config = &dev->config;
	struct cnull_live *live;
	u64 bytes = (u64)config->size * SZ_1M;
	int err;

	if (config->memory_backed &&
	    cnull_store_prepare(&dev->store, bytes, (int)config->home_node))
		return cnull_refuse(dev, -ENOMEM, "no memory for the store");

	live = kzalloc(sizeof(*live), GFP_KERNEL);
	if (!live)
		return cnull_refuse(dev, -ENOMEM, "no memory");

	live->config = *config;
	cnull_queues_normalize(&live->config);
	err = make_zones(dev, live);
	if (err) {
		kfree(live);
		return err;
	}
	live->nr_sectors = bytes >> SECTOR_SHIFT;
	live->name = dev->name;
	live->irqmode = config->irqmode;
	live->faults = dev->faults;
	live->badblocks = &dev->badblocks;
	live->badblocks_once = config->badblocks_once;
	live->badblocks_partial_io = config->badblocks_partial_io;
	live->block_sectors = config->blocksize >> SECTOR_SHIFT;
	if (config->irqmode == CNULL_IRQ_TIMER)
		live->completion_nsec = config->completion_nsec;
	live->has_deadlines = live->completion_nsec;
	set_limits(live);
	if (config->memory_backed)
		live->store = &dev->store;
	if (config->cache_size) {
		__set_bit(CNULL_FEATURE_CACHE, &live->features);
		cnull_cache_init(&live->cache, &dev->store, bytes,
				 config->cache_size * (SZ_1M / PAGE_SIZE),
				 (int)config->home_node);
	}
	cnull_badblocks_attach(&dev->badblocks, &live->features);
	dev->live = live;
	return 0;
}

/* What was not durable is lost with it. */
static void free_live(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	cnull_badblocks_attach(&dev->badblocks, NULL);
	if (dev->live->zones)
		power_off_zones(dev->live);
	if (dev->live->zones != dev->zones)
		cnull_zones_free(dev->live->zones);
	if (test_bit(CNULL_FEATURE_CACHE, &dev->live->features))
		cnull_cache_destroy(&dev->live->cache);
	kfree(dev->live);
	dev->live = NULL;
}

static int power_on(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	int err;

	dev->error[0] = '\0';
	err = check_settings(dev);
	if (err)
		return err;
	err = make_live(dev);
	if (err)
		return err;
	err = dev->backend->start(dev);
	if (err) {
		free_live(dev);
		return err;
	}
	keep_zones(dev);
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
 * cnull_dev_init - make a device that is off
 * @dev: the device
 * @name: for messages; must live as long as the device
 * @config: its settings, to begin with
 * @backend: what shows it to its users
 *
 * Context: May sleep.
 */
void cnull_dev_init(struct cnull_dev *dev, const char *name,
		    const struct cnull_config *config,
		    const struct cnull_backend *backend)
{
	int kind;

	memset(dev, 0, sizeof(*dev));
	mutex_init(&dev->lock);
	mutex_init(&dev->cut_lock);
	dev->backend = backend;
	dev->name = name;
	cnull_store_init(&dev->store);
	cnull_badblocks_init(&dev->badblocks);
	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		cnull_inject_init(&dev->faults[kind]);
	guard(mutex)(&dev->lock);
	dev->config = *config;
}

static void free_zones(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	cnull_zones_free(dev->zones);
}

/**
 * cnull_dev_destroy - free what a device holds, its data too
 * @dev: the device, dead or never powered on
 *
 * Context: May sleep. Nobody else knows @dev any more.
 */
void cnull_dev_destroy(struct cnull_dev *dev)
{
	WARN_ON(cnull_dev_is_on(dev));
	cnull_badblocks_destroy(&dev->badblocks);
	cnull_store_destroy(&dev->store);
	free_zones(dev);
	mutex_destroy(&dev->cut_lock);
	mutex_destroy(&dev->lock);
}

/**
 * cnull_dev_allow_cut - from now on the power of a device can be cut
 * @dev: the device; &cnull_dev.live was made
 *
 * For &cnull_backend.start of a backend that has a &cnull_backend.drain: as soon as
 * drain may be called, and before a request can come.
 *
 * Context: May sleep; &cnull_dev.lock is held. Takes &cnull_dev.cut_lock.
 */
void cnull_dev_allow_cut(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	dev->to_cut = dev->live;
}

/**
 * cnull_dev_forbid_cut - from now on the power of a device cannot be cut
 * @dev: the device
 *
 * Waits for a drain that is running. For &cnull_backend.start that fails after
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
 * End the requests that wait for a deadline, before a power off: the holder of
 * &cnull_dev.lock may be waiting for them.
 */
static void drain_live(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	if (dev->to_cut)
		dev->backend->drain(dev);
}

/* Let all requests fail from now on, and end those that wait for a deadline. */
static int cut_live(struct cnull_dev *dev)
{
	guard(mutex)(&dev->cut_lock);
	if (!dev->to_cut)
		return -ENODEV;
	if (!cnull_is_cut(dev->to_cut)) {
		assign_bit(CNULL_FEATURE_CUT, &dev->to_cut->features, true);
		dev->backend->drain(dev);
	}
	return 0;
}

/**
 * cnull_dev_power - switch a device on or off
 * @dev: the device
 * @on: which
 *
 * Requests that wait for a deadline end at power off, also if another context waits for
 * them with the lock held.
 *
 * To switch it to what it is already does nothing. After a power cut, it has to be
 * switched off before it can be on again.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0; -ENODEV for a dead device; -EBUSY after a power cut; -EINVAL for
 * settings that do not go, -ENOMEM, or what &cnull_backend.start says: then the device
 * is as it was, and &cnull_dev.error says why.
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
 * What pulling the plug does: from now on each request fails, also those under
 * way, and what is not durable never will be. The disk stays, for its users to
 * notice, until it is switched off. To cut it again does nothing.
 *
 * Does not wait for a deadline. The holder of &cnull_dev.lock may: it changes the
 * number of queues, or it is about to power on. Therefore the requests end first,
 * without that lock.
 *
 * Context: May sleep. Takes &cnull_dev.cut_lock, then &cnull_dev.lock.
 * Return: 0, or -ENODEV for a device that is off or dead, or about to be off.
 */
int cnull_dev_cut(struct cnull_dev *dev)
{
	int err = cut_live(dev);

	if (err)
		return err;
	guard(mutex)(&dev->lock);
	/* In between it may have been switched off, and even on again. */
	if (dev->state == CNULL_ON && cnull_is_cut(dev->live)) {
		enter(dev, CNULL_CUT);
		dev->backend->cut(dev);
	}
	return 0;
}

/**
 * cnull_dev_kill - switch a device off for good
 * @dev: the device
 *
 * Context: May sleep. Takes &cnull_dev.lock.
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
 * cnull_dev_is_on - is there a disk?
 * @dev: the device
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: true if so, also after a power cut.
 */
bool cnull_dev_is_on(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	return dev->live;
}

/* Have the backend change its queues. */
static int set_queues(struct cnull_dev *dev, const struct cnull_config *config)
	__must_hold(&dev->lock)
{
	if (config->submit_queues < 1 || config->submit_queues > nr_cpu_ids ||
	    config->poll_queues > nr_cpu_ids || config->shared_tags)
		return -EINVAL;
	return dev->backend->resize(dev, config->submit_queues, config->poll_queues);
}

/*
 * Change the limits of zones. @next gets the limits in effect: of the two, one may follow
 * from the other. While the backend changes its own, the lower of old and new limits
 * hold. After that they can only rise, which no zone prevents.
 */
static int limit_zones(struct cnull_dev *dev, const struct cnull_config *wanted,
		       struct cnull_config *next)
	__must_hold(&dev->lock)
{
	const struct cnull_config *old = &dev->live->config, *now;
	struct cnull_zones *zones = dev->live->zones;
	int err;

	if (!next->zoned)
		return 0;
	next->zone_max_open = wanted->zone_max_open;
	next->zone_max_active = wanted->zone_max_active;
	cnull_zones_normalize(next);
	err = cnull_zones_limit(zones,
				min_not_zero(next->zone_max_open,
					     old->zone_max_open),
				min_not_zero(next->zone_max_active,
					     old->zone_max_active));
	if (!err && dev->backend->limit_zones)
		err = dev->backend->limit_zones(dev, next->zone_max_open,
						next->zone_max_active);
	now = err ? old : next;
	WARN_ON(cnull_zones_limit(zones, now->zone_max_open,
				  now->zone_max_active));
	return err;
}

/* Change an option of a device that is on. @wanted: the config with the change. */
static int set_live(struct cnull_dev *dev, const struct cnull_option *opt,
		    const struct cnull_config *wanted)
	__must_hold(&dev->lock)
{
	struct cnull_live *live = dev->live;
	struct cnull_config next = live->config;
	int err;

	if (opt->when != CNULL_WHEN_LIVE || dev->state == CNULL_CUT)
		return -EBUSY;
	if (!cnull_option_in_range(opt, wanted))
		return -EINVAL;
	cnull_option_copy(opt, &next, wanted);
	switch (opt - cnull_options) {
	case CNULL_OPTION_submit_queues:
	case CNULL_OPTION_poll_queues:
		err = set_queues(dev, &next);
		break;
	case CNULL_OPTION_zone_max_active:
	case CNULL_OPTION_zone_max_open:
		err = limit_zones(dev, wanted, &next);
		break;
	default:
		err = 0;
	}
	if (err)
		return err;
	live->config = next;
	set_limits(live);
	return 0;
}

/**
 * cnull_dev_set - change one option
 * @dev: the device
 * @opt: the option
 * @text: its new value
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL, -ERANGE: @text is no value for @opt, or none for a device that is
 *   on
 * * -EBUSY: the device is on, and @opt is not live, or its power was cut; or more
 *   zones are active, or explicitly open, than @opt is to allow
 * * -ENODEV: the device is dead
 * * an error of &cnull_backend.resize
 */
int cnull_dev_set(struct cnull_dev *dev, const struct cnull_option *opt,
		  const char *text)
{
	struct cnull_config config;
	int err;

	guard(mutex)(&dev->lock);
	if (dev->state == CNULL_DEAD)
		return -ENODEV;
	config = dev->config;
	err = cnull_option_parse(opt, 1, &config, text);
	if (err)
		return err;
	if (dev->live) {
		err = set_live(dev, opt, &config);
		if (err)
			return err;
	}
	dev->config = config;
	return 0;
}

/**
 * cnull_dev_get - the value of one option
 * @dev: the device
 * @opt: which
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the value in effect if the device is on, else the one that was set.
 */
u64 cnull_dev_get(struct cnull_dev *dev, const struct cnull_option *opt)
{
	guard(mutex)(&dev->lock);
	return cnull_option_value(opt, dev->live ? &dev->live->config : &dev->config);
}

/**
 * cnull_dev_error - why the last power on was refused
 * @dev: the device
 * @text: where to put it: an empty string if it was not
 * @size: bytes at @text
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 */
void cnull_dev_error(struct cnull_dev *dev, char *text, size_t size)
{
	guard(mutex)(&dev->lock);
	strscpy(text, dev->error, size);
}

/**
 * cnull_dev_set_zone - make a zone read-only, or take it offline
 * @dev: the device
 * @op: %CNULL_ZONE_TO_READONLY or %CNULL_ZONE_TO_OFFLINE
 * @text: the number of a sector in the zone
 *
 * A zone that is so already is empty afterwards.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL, -ERANGE: @text is no sector of a sequential zone of a device that is on
 * * -EBUSY: its power was cut
 */
int cnull_dev_set_zone(struct cnull_dev *dev, enum cnull_zone_op op,
		       const char *text)
{
	unsigned long sector;
	unsigned int nr;
	int err = kstrtoul(text, 0, &sector);

	if (err)
		return err;
	guard(mutex)(&dev->lock);
	if (dev->state == CNULL_CUT)
		return -EBUSY;
	if (!dev->live || !dev->live->zones ||
	    !cnull_zone_find(dev->live->zones, sector, 1, &nr))
		return -EINVAL;
	return cnull_io_change_zone(dev->live, nr, op) ? -EINVAL : 0;
}

/* Lines that are made without letting go of the lock. */
#define SHOW_MOST	1024

/**
 * cnull_dev_show_some_zones - a piece of the text of the zones of a device
 * @dev: the device
 * @text: where to put the text
 * @size: bytes at @text
 * @pos: the number of bytes that are there, as returned for the piece before; 0 for
 *	the first one
 * @life: set by the first piece, for the others
 *
 * A step of cnull_dev_show_zones(), after which the lock is free.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the number of bytes that are there now, or -EAGAIN as
 * cnull_dev_show_zones().
 */
ssize_t cnull_dev_show_some_zones(struct cnull_dev *dev, char *text, size_t size,
				  size_t pos, u64 *life)
{
	struct cnull_zones *zones;

	guard(mutex)(&dev->lock);
	zones = dev->live ? dev->live->zones : NULL;
	if (!pos)
		*life = dev->lives;
	if (*life != dev->lives || size != cnull_zones_text_size(zones))
		return -EAGAIN;
	return cnull_zones_show(zones, text, pos, SHOW_MOST);
}

static size_t zones_text_size(struct cnull_dev *dev)
{
	guard(mutex)(&dev->lock);
	return cnull_zones_text_size(dev->live ? dev->live->zones : NULL);
}

/**
 * cnull_dev_show_zones - the zones of a device as text
 * @dev: the device
 * @text: where to put it, or NULL
 * @size: bytes at @text: as many as this function returns without @text
 *
 * As cnull_zones_show(). A device that is off has none. Each line is as its zone is at
 * some moment: the lock is not held all the time.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the length of the text, in bytes; or -EAGAIN: it is not @size, or power was
 * switched meanwhile, so that there may be other zones.
 */
ssize_t cnull_dev_show_zones(struct cnull_dev *dev, char *text, size_t size)
{
	ssize_t pos = 0;
	u64 life = 0;

	if (!text)
		return zones_text_size(dev);
	do {
		pos = cnull_dev_show_some_zones(dev, text, size, pos, &life);
		cond_resched();
	} while (pos >= 0 && pos < size);
	return pos;
}
