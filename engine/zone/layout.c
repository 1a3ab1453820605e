// SPDX-License-Identifier: GPL-2.0
/*
 * Zone layout: the zones that a config describes. Validate and normalize the config,
 * create its zones, check whether existing zones match it, and find the zone of a sector.
 */
#include "zone/layout.h"

/* Derive the shape of the zones from a valid config. */
static struct cnull_zone_shape shape_of(const struct cnull_config *config)
{
	return (struct cnull_zone_shape) {
		.nr_sectors = (u64)config->size * CNULL_MIB_SECTORS,
		.zone_sectors = (u64)config->zone_size * CNULL_MIB_SECTORS,
		.capacity = (u64)(config->zone_capacity ?: config->zone_size) *
			    CNULL_MIB_SECTORS,
		.block_sectors = config->blocksize >> SECTOR_SHIFT,
		.nr_conv = config->zone_nr_conv,
		.nr_zones = DIV64_U64_ROUND_UP(config->size, config->zone_size),
		.full = config->zone_full,
	};
}

/**
 * cnull_zones_validate - validate the options of zones
 * @config: the config of a zoned device; each option is in its range
 * @why: filled with the reason of a failure: an option, its value, and valid values
 * @size: the size of @why, in bytes
 *
 * Context: Any.
 * Return: 0, or -EINVAL with @why filled.
 */
int cnull_zones_validate(const struct cnull_config *config, char *why, size_t size)
{
	u64 nr_zones;

	if (!config->zone_size || config->zone_size > config->size) {
		snprintf(why, size, "zone_size is %lu, must be 1 to %lu MiB, the size of the device",
			 config->zone_size, config->size);
		return -EINVAL;
	}
	nr_zones = DIV64_U64_ROUND_UP(config->size, config->zone_size);
	if (nr_zones > CNULL_MAX_ZONES) {
		snprintf(why, size, "zone_size is %lu, which makes %llu zones: must make %u at most",
			 config->zone_size, nr_zones, CNULL_MAX_ZONES);
		return -EINVAL;
	}
	if (config->zone_capacity > config->zone_size) {
		snprintf(why, size, "zone_capacity is %lu, must be 1 to %lu MiB, the zone_size, or 0 for that",
			 config->zone_capacity, config->zone_size);
		return -EINVAL;
	}
	if (config->zone_capacity && config->zone_capacity != config->zone_size &&
	    config->size != nr_zones * config->zone_size) {
		snprintf(why, size, "zone_capacity is %lu, must be 0 or the zone_size, %lu, where the last zone is smaller",
			 config->zone_capacity, config->zone_size);
		return -EINVAL;
	}
	if (config->zone_nr_conv >= nr_zones) {
		snprintf(why, size, "zone_nr_conv is %u, must be less than %llu, the number of zones",
			 config->zone_nr_conv, nr_zones);
		return -EINVAL;
	}
	if (config->write_zeroes || config->secure_erase) {
		snprintf(why, size, "%s is 1, must be 0 with zoned: its zones are reset instead",
			 config->write_zeroes ? "write_zeroes" : "secure_erase");
		return -EINVAL;
	}
	return 0;
}

/**
 * cnull_zones_normalize - turn a config into the effective config of its zones
 * @config: a valid config of a zoned device; changed
 *
 * - The default of zone_capacity is the zone size.
 * - A limit that cannot be reached is removed.
 * - An open zone is active, so zone_max_open is at most zone_max_active.
 * - Appends are multiples of the block size, and at most as large as the capacity.
 * - discard is cleared: as in null_blk, discard with zoned is no error, but has no
 *   effect.
 *
 * Context: Any.
 */
void cnull_zones_normalize(struct cnull_config *config)
{
	u64 nr_seq = DIV64_U64_ROUND_UP(config->size, config->zone_size) -
		     config->zone_nr_conv;
	u64 capacity;

	config->discard = false;
	if (!config->zone_capacity)
		config->zone_capacity = config->zone_size;
	if (config->zone_max_active >= nr_seq)
		config->zone_max_active = 0;
	if (config->zone_max_active)
		config->zone_max_open = min(config->zone_max_open,
					  config->zone_max_active);
	else if (config->zone_max_open >= nr_seq)
		config->zone_max_open = 0;
	capacity = (u64)config->zone_capacity * CNULL_MIB_SECTORS;
	config->zone_append_max_sectors =
		min_t(u64, capacity,
		      round_down(config->zone_append_max_sectors,
				 config->blocksize >> SECTOR_SHIFT));
}

static void init_zone(struct cnull_zones *zones, unsigned int nr)
{
	const struct cnull_zone_shape *shape = &zones->shape;
	struct cnull_zone *zone = &zones->zone[nr];

	spin_lock_init(&zone->lock);
	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	zone->wp = cnull_zone_start(zones, nr);
	zone->cond = CNULL_ZONE_EMPTY;
	if (nr < shape->nr_conv) {
		zone->wp += cnull_zone_len(zones, nr);
		zone->cond = CNULL_ZONE_NOT_WP;
	} else if (shape->full) {
		zone->wp += cnull_zone_capacity(zones, nr);
		zone->cond = CNULL_ZONE_FULL;
	}
	zone->reserved_wp = zone->wp;
	zones->res.nr[zone->cond]++;
}

/* Create new zones of a shape. Return NULL without memory. */
static struct cnull_zones *new_zones(const struct cnull_zone_shape *shape)
{
	struct cnull_zones *zones = kzalloc(sizeof(*zones), GFP_KERNEL);
	unsigned int i;

	if (!zones)
		return NULL;
	zones->shape = *shape;
	zones->zone = kvcalloc(zones->shape.nr_zones, sizeof(*zones->zone),
			       GFP_KERNEL);
	if (!zones->zone) {
		kfree(zones);
		return NULL;
	}
	cnull_zone_res_init(&zones->res);
	atomic_long_set(&zones->flush_seq, 0);
	mutex_init(&zones->flush_mutex);
	zones->first_dirty = CNULL_NO_ZONE;
	for (i = 0; i < zones->shape.nr_zones; i++) {
		init_zone(zones, i);
		cond_resched();
	}
	return zones;
}

/**
 * cnull_zones_new - create the zones that a config describes
 * @config: a valid config of a zoned device
 *
 * Context: May sleep.
 * Return: the zones, to be freed by cnull_zones_free(), or NULL if no memory is left.
 */
struct cnull_zones *cnull_zones_new(const struct cnull_config *config)
{
	const struct cnull_zone_shape shape = shape_of(config);

	return new_zones(&shape);
}

/**
 * cnull_zones_new_like - create zones of the shape of other zones
 * @zones: the other zones
 *
 * Context: May sleep.
 * Return: new zones, to be freed by cnull_zones_free(), or NULL if no memory is left.
 */
struct cnull_zones *cnull_zones_new_like(const struct cnull_zones *zones)
{
	return new_zones(&zones->shape);
}

/**
 * cnull_zones_free - free the zones of a device
 * @zones: the zones, no longer in use; or NULL
 *
 * Context: May sleep.
 */
void cnull_zones_free(struct cnull_zones *zones)
{
	if (!zones)
		return;
	mutex_destroy(&zones->flush_mutex);
	kvfree(zones->zone);
	kfree(zones);
}

/**
 * cnull_zones_match - are these the zones that a config describes?
 * @zones: the zones, or NULL
 * @config: a valid config of a zoned device
 *
 * Limits do not matter. The block size does, because a write pointer is at the start of
 * a block.
 *
 * Context: Any.
 * Return: true if cnull_zones_new() would create zones of the same shape.
 */
bool cnull_zones_match(const struct cnull_zones *zones,
		       const struct cnull_config *config)
{
	const struct cnull_zone_shape *a, b = shape_of(config);

	if (!zones)
		return false;
	a = &zones->shape;
	return a->nr_sectors == b.nr_sectors &&
	       a->zone_sectors == b.zone_sectors &&
	       a->capacity == b.capacity &&
	       a->block_sectors == b.block_sectors &&
	       a->nr_conv == b.nr_conv && a->full == b.full;
}

/**
 * cnull_zone_nr - return the number of the zone of a sector
 * @zones: the zones
 * @sector: the sector, within the device
 *
 * Context: Any.
 * Return: the number of the zone.
 */
unsigned int cnull_zone_nr(const struct cnull_zones *zones, u64 sector)
{
	return div64_u64(sector, zones->shape.zone_sectors);
}

/**
 * cnull_zone_find - find the zone of a range of sectors
 * @zones: the zones
 * @sector: the first sector
 * @nr_sectors: the length of the range, in sectors; may be 0
 * @nr: set to the number of the zone
 *
 * Context: Any.
 * Return: true if the range is within the device, and within one zone.
 */
bool cnull_zone_find(const struct cnull_zones *zones, u64 sector, u64 nr_sectors,
		     unsigned int *nr)
{
	u64 end = sector + nr_sectors;

	if (sector >= zones->shape.nr_sectors || end > zones->shape.nr_sectors)
		return false;
	*nr = cnull_zone_nr(zones, sector);
	return end <= (*nr + 1ULL) * zones->shape.zone_sectors;
}
