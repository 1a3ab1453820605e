// SPDX-License-Identifier: GPL-2.0
/*
 * Zone control: the zones of a device in its life, and as its owner sees and changes
 * them.
 */
#include "device/zone_control.h"
#include "io/zone_step.h"
#include "zone/layout.h"
#include "zone/power.h"
#include "zone/text.h"

static int zones_validate(const struct cnull_config *config, char *why,
			  size_t size)
{
	return config->zoned ? cnull_zones_validate(config, why, size) : 0;
}

/*
 * Use the zones that the device had before, or create new ones. Zones belong to the
 * stored data, so a device keeps them as long as its config describes the same zones.
 */
static int zones_start(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock)
{
	struct cnull_config *config = &live->config;
	struct cnull_zones *zones = NULL;
	unsigned int nr_active;

	if (!config->zoned)
		return 0;
	cnull_zones_normalize(config);
	if (config->memory_backed && cnull_zones_match(dev->zones, config))
		zones = dev->zones;
	if (!zones)
		zones = cnull_zones_new(config);
	if (!zones)
		return cnull_refuse(dev, -ENOMEM, "no memory for zones");
	/* No zone is open yet, so only the active zones can exceed their limit. */
	if (cnull_zones_update_limits(zones, config->zone_max_open,
				      config->zone_max_active)) {
		nr_active = cnull_zone_res_nr_active(&zones->res);
		if (zones != dev->zones)
			cnull_zones_free(zones);
		return cnull_refuse(dev, -EINVAL,
				    "zone_max_active is %u, must be 0 or at least %u, the number of active zones (set 0 to reset them)",
				    config->zone_max_active, nr_active);
	}
	live->zones = zones;
	set_bit(CNULL_FEATURE_ZONES, &live->features);
	return 0;
}

/* Keep the zones of stored data beyond power off. */
static void zones_keep(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock)
{
	if (!live->store || dev->zones == live->zones)
		return;
	cnull_zones_free(dev->zones);
	dev->zones = live->zones;
}

static void lose_sector(void *zones, u64 sector)
{
	cnull_zones_truncate(zones, sector);
}

/* Take the power from the zones: open ones close, and lost data moves write pointers. */
static void zones_stop(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock)
{
	if (!cnull_has(live, CNULL_FEATURE_ZONES))
		return;
	if (cnull_has(live, CNULL_FEATURE_CACHE))
		cnull_cache_each(&live->cache, lose_sector, live->zones);
	cnull_zones_power_off(live->zones);
	if (live->zones != dev->zones)
		cnull_zones_free(live->zones);
}

/*
 * Change the limits of open and active zones. One limit may follow from the other. While
 * the backend changes its own limits, the lower of old and new limits hold. After
 * that they can only rise, which no zone prevents.
 */
static int zones_change(struct cnull_dev *dev, enum cnull_option_id id,
			const struct cnull_config *wanted,
			struct cnull_config *next)
	__must_hold(&dev->lock)
{
	const struct cnull_config *old = &dev->live->config, *now;
	struct cnull_zones *zones = dev->live->zones;
	int err;

	if (id != CNULL_OPTION_zone_max_open &&
	    id != CNULL_OPTION_zone_max_active)
		return 0;
	if (!next->zoned)
		return 0;
	next->zone_max_open = wanted->zone_max_open;
	next->zone_max_active = wanted->zone_max_active;
	cnull_zones_normalize(next);
	err = cnull_zones_update_limits(zones,
					min_not_zero(next->zone_max_open,
						     old->zone_max_open),
					min_not_zero(next->zone_max_active,
						     old->zone_max_active));
	if (!err && dev->backend->limit_zones)
		err = dev->backend->limit_zones(dev, next->zone_max_open,
						next->zone_max_active);
	now = err ? old : next;
	WARN_ON(cnull_zones_update_limits(zones, now->zone_max_open,
					  now->zone_max_active));
	return err;
}

const struct cnull_hooks cnull_zone_hooks = {
	.validate = zones_validate,
	.start = zones_start,
	.keep = zones_keep,
	.change = zones_change,
	.stop = zones_stop,
};

/**
 * cnull_dev_set_zone - make a zone read-only, or take it offline
 * @dev: the device
 * @op: %CNULL_ZONE_TO_READONLY or %CNULL_ZONE_TO_OFFLINE
 * @text: the number of a sector in the zone
 *
 * A zone that is in that condition already becomes empty.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL, -ERANGE: @text is no sector of a sequential zone of a device that is on
 * * -EBUSY: the power of the device was cut
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
	if (!dev->live || !cnull_has(dev->live, CNULL_FEATURE_ZONES) ||
	    !cnull_zone_find(dev->live->zones, sector, 1, &nr))
		return -EINVAL;
	return cnull_zone_set_condition(dev->live, nr, op) ? -EINVAL : 0;
}

/* The most lines that are written without a release of the device's lock. */
#define SHOW_MOST	1024

/**
 * cnull_dev_show_some_zones - write the next lines of the text of the zones
 * @dev: the device
 * @text: buffer for all of the text
 * @size: length of @text, in bytes
 * @pos: the number of bytes written so far: 0 for the first call, then the return
 *	value of the call before
 * @life: set by the first call, for the others
 *
 * A step of cnull_dev_show_zones(). The lock is released after it.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the number of bytes written so far, or -EAGAIN as cnull_dev_show_zones().
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
 * cnull_dev_show_zones - write the zones of a device as text
 * @dev: the device
 * @text: buffer, or NULL
 * @size: length of @text, in bytes: the return value of a call without @text
 *
 * As cnull_zones_show(). A device that is off has no zones. Each line shows its zone at
 * some moment of the call, because the lock is released in between.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the length of the text, in bytes; or -EAGAIN if that is not @size, or if
 * another power on came in between, so that the zones may be different.
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
