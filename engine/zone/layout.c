// SPDX-License-Identifier: GPL-2.0
/*
 * The zones of a device: which ones settings ask for, what power does to them,
 * and how they are shown.
 */
#include "zone/zone.h"

/* Sectors in a MiB. */
#define MIB_SECTORS	(SZ_1M >> SECTOR_SHIFT)

/* @config is valid. */
static struct cnull_zone_shape shape_of(const struct cnull_config *config)
{
	return (struct cnull_zone_shape) {
		.nr_sectors = (u64)config->size * MIB_SECTORS,
		.zone_sectors = (u64)config->zone_size * MIB_SECTORS,
		.capacity = (u64)(config->zone_capacity ?: config->zone_size) *
			    MIB_SECTORS,
		.block_sectors = config->blocksize >> SECTOR_SHIFT,
		.nr_conv = config->zone_nr_conv,
		.nr_zones = DIV64_U64_ROUND_UP(config->size, config->zone_size),
		.full = config->zone_full,
	};
}

/**
 * cnull_zones_validate - can a device have such zones?
 * @config: its settings, each in its range
 * @why: where to say what is wrong, with the value and what would be right
 * @size: bytes at @why
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
 * cnull_zones_normalize - make the settings such as they take effect
 * @config: valid settings
 *
 * A limit that cannot be reached is none. Discards are for devices without zones:
 * as in null_blk, to ask for both is no error.
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
	capacity = (u64)config->zone_capacity * MIB_SECTORS;
	config->zone_append_max_sectors =
		min_t(u64, capacity,
		      round_down(config->zone_append_max_sectors,
				 config->blocksize >> SECTOR_SHIFT));
}

static void init_zone(struct cnull_zones *zones, unsigned int nr)
{
	const struct cnull_zone_shape *shape = &zones->shape;
	struct cnull_zone *zone = &zones->zone[nr];
	u64 start = nr * shape->zone_sectors;
	u64 len = min(shape->zone_sectors, shape->nr_sectors - start);

	spin_lock_init(&zone->lock);
	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	zone->wp = start;
	zone->cond = CNULL_ZONE_EMPTY;
	if (nr < shape->nr_conv) {
		zone->wp = start + len;
		zone->cond = CNULL_ZONE_NOT_WP;
	} else if (shape->full) {
		zone->wp = start + min(shape->capacity, len);
		zone->cond = CNULL_ZONE_FULL;
	}
	zone->next = zone->wp;
	zones->res.nr[zone->cond]++;
}

/**
 * cnull_zones_new - make the zones of a device
 * @config: its settings, valid
 *
 * Context: May sleep.
 * Return: them, to be freed by cnull_zones_free(), or NULL if there is no memory.
 */
struct cnull_zones *cnull_zones_new(const struct cnull_config *config)
{
	struct cnull_zones *zones = kzalloc(sizeof(*zones), GFP_KERNEL);
	unsigned int i;

	if (!zones)
		return NULL;
	zones->shape = shape_of(config);
	zones->zone = kvcalloc(zones->shape.nr_zones, sizeof(*zones->zone),
			       GFP_KERNEL);
	if (!zones->zone) {
		kfree(zones);
		return NULL;
	}
	cnull_zone_res_init(&zones->res);
	atomic_long_set(&zones->flushes, 0);
	mutex_init(&zones->flushing);
	zones->first_busy = CNULL_NO_ZONE;
	for (i = 0; i < zones->shape.nr_zones; i++) {
		init_zone(zones, i);
		cond_resched();
	}
	return zones;
}

/**
 * cnull_zones_free - free zones
 * @zones: them, or NULL; nobody uses them
 *
 * Context: May sleep.
 */
void cnull_zones_free(struct cnull_zones *zones)
{
	if (!zones)
		return;
	mutex_destroy(&zones->flushing);
	kvfree(zones->zone);
	kfree(zones);
}

/**
 * cnull_zones_match - are these the zones that settings ask for?
 * @zones: zones, or NULL
 * @config: valid settings
 *
 * Context: Any.
 * Return: true if so.
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
 * cnull_zones_lose - at power off, a sector is lost
 * @zones: the zones; nobody else uses them
 * @sector: the sector: it was written, and is not durable
 *
 * A sequential medium cannot have what is behind it, nor part of a block: its zone
 * ends before that. cnull_zones_power_off() has to follow, and finds that it did so
 * by &cnull_zone.next.
 *
 * Context: Any. Takes &cnull_zone.lock.
 */
void cnull_zones_lose(struct cnull_zones *zones, u64 sector)
{
	unsigned int nr = cnull_zone_nr(zones, sector);
	struct cnull_zone *zone = &zones->zone[nr];

	if (nr < zones->shape.nr_conv)
		return;
	guard(spinlock)(&zone->lock);
	zone->wp = min(zone->wp,
		       round_down(sector, zones->shape.block_sectors));
}

/*
 * Change a zone at power off by the table. A zone that needs room among the active ones
 * is left for the @last pass, when all others have been changed. Return false if it is
 * left.
 */
static bool power_off(struct cnull_zones *zones, unsigned int nr, bool last)
{
	struct cnull_zone *zone = &zones->zone[nr];
	const struct cnull_zone_rule *rule;
	bool has_room = true;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	rule = &cnull_zone_rules[zone->cond][zone->wp < zone->next ?
					     CNULL_ZONE_POWER_LOSS :
					     CNULL_ZONE_POWER_OFF];
	if (rule->effect == CNULL_ZONE_NEEDS_RESOURCES) {
		if (!last)
			return false;
		/* Nothing is left of it: then it is empty. */
		has_room = zone->wp == nr * zones->shape.zone_sectors ||
			   !cnull_zone_res_check(&zones->res, zone->cond,
					       rule->next);
	}
	zone->next = zone->wp;
	if (rule->effect != CNULL_ZONE_STAYS && has_room)
		cnull_zone_enter(zones, zone, rule->next);
	return true;
}

/**
 * cnull_zones_power_off - close zones that are open, and those that lost data
 * @zones: the zones; nobody else uses them
 *
 * Full zones that lost data come last, by their number: some of them stay full if there
 * is no room for so many that are active.
 *
 * Context: May sleep. Takes &cnull_zone_res.lock and &cnull_zone.lock.
 */
void cnull_zones_power_off(struct cnull_zones *zones)
{
	unsigned int first = zones->shape.nr_conv, end = zones->shape.nr_zones, i;
	bool done = true;

	for (i = first; i < end; i++) {
		done &= power_off(zones, i, false);
		cond_resched();
	}
	for (i = first; i < end && !done; i++) {
		power_off(zones, i, true);
		cond_resched();
	}
	if (CNULL_DEBUG)
		WARN_ON(!cnull_zones_are_consistent(zones));
}

/* Are the pointers of a zone where they may be? */
static bool is_sound(const struct cnull_zones *zones, unsigned int nr)
	__must_hold(&zones->zone[nr].lock)
{
	const struct cnull_zone *zone = &zones->zone[nr];
	const struct cnull_zone_shape *shape = &zones->shape;
	u64 start = nr * shape->zone_sectors;
	u64 len = min(shape->zone_sectors, shape->nr_sectors - start);
	bool is_conv = nr < shape->nr_conv;
	u64 end = start + (is_conv ? len : min(shape->capacity, len));

	if (is_conv != (zone->cond == CNULL_ZONE_NOT_WP) ||
	    zone->wp < start || zone->next < zone->wp || zone->next > end)
		return false;
	if (zone->oldest)
		return zone->is_busy;
	/* With no write in flight, the condition says more. */
	return zone->next == zone->wp &&
	       (zone->cond != CNULL_ZONE_NOT_WP || zone->wp == end) &&
	       (zone->cond != CNULL_ZONE_EMPTY || zone->wp == start) &&
	       (zone->cond != CNULL_ZONE_CLOSED || zone->wp > start) &&
	       (!cnull_zone_is_active(zone->cond) || zone->wp < end);
}

/* Count the zones by condition. False if one is not sound. */
static bool count_sound(struct cnull_zones *zones, unsigned int *nr)
	__must_hold(&zones->res.lock)
{
	unsigned int i;

	for (i = 0; i < zones->shape.nr_zones; i++) {
		guard(spinlock)(&zones->zone[i].lock);
		if (!is_sound(zones, i))
			return false;
		nr[zones->zone[i].cond]++;
	}
	return true;
}

/**
 * cnull_zones_are_consistent - does all that is known of the zones agree?
 * @zones: the zones
 *
 * For tests and debugging kernels: looks at each zone.
 *
 * Context: Any. Takes &cnull_zone_res.lock and each &cnull_zone.lock.
 * Return: false if there are not as many zones in each condition as was counted, or if
 * others than those that are implicitly open are listed so; if more are open or active
 * than may be; or if a pointer is where it cannot be in the condition of its zone.
 */
bool cnull_zones_are_consistent(struct cnull_zones *zones)
{
	unsigned int nr[CNULL_NR_ZONE_CONDS] = { };
	const struct list_head *at, *implicit = &zones->res.implicit;

	guard(spinlock)(&zones->res.lock);
	if (!count_sound(zones, nr) || memcmp(nr, zones->res.nr, sizeof(nr)) ||
	    !cnull_zone_res_within_limits(&zones->res))
		return false;
	for (at = implicit->next; at != implicit; at = at->next)
		if (container_of(at, struct cnull_zone, implicit)->cond ==
		    CNULL_ZONE_IMP_OPEN)
			nr[CNULL_ZONE_IMP_OPEN]--;
		else
			return false;
	return !nr[CNULL_ZONE_IMP_OPEN];
}

static const char *const cond_names[CNULL_NR_ZONE_CONDS] = {
	[CNULL_ZONE_NOT_WP] = "not-wp",
	[CNULL_ZONE_EMPTY] = "empty",
	[CNULL_ZONE_IMP_OPEN] = "implicit-open",
	[CNULL_ZONE_EXP_OPEN] = "explicit-open",
	[CNULL_ZONE_CLOSED] = "closed",
	[CNULL_ZONE_FULL] = "full",
	[CNULL_ZONE_READONLY] = "read-only",
	[CNULL_ZONE_OFFLINE] = "offline",
};

/* All lines are equally long, so the length of the text is known in advance. */
#define LINE_SIZE	100

static void show_zone(struct cnull_zones *zones, unsigned int nr, char *line,
		      size_t size)
{
	struct cnull_zone_info info;
	char wp[24] = "-";

	cnull_zone_report(zones, nr, &info);
	if (info.cond != CNULL_ZONE_NOT_WP && info.wp != CNULL_ZONE_NO_WP)
		snprintf(wp, sizeof(wp), "%llu", info.wp);
	snprintf(line, size, "%8u %17llu %17llu %17llu %17s %-4s %-13s\n",
		 nr, info.start, info.len, info.capacity, wp,
		 info.cond == CNULL_ZONE_NOT_WP ? "conv" : "seq",
		 cond_names[info.cond]);
}

/**
 * cnull_zones_text_size - how long the zones are as text
 * @zones: the zones, or NULL for none
 *
 * Context: Any.
 * Return: the number of bytes of all lines.
 */
size_t cnull_zones_text_size(const struct cnull_zones *zones)
{
	return (1 + (zones ? zones->shape.nr_zones : 0)) * LINE_SIZE;
}

/**
 * cnull_zones_show - some of the zones as text
 * @zones: the zones, or NULL for none
 * @text: where all of it goes, cnull_zones_text_size() bytes: a line with names, and one
 *	for each zone, all of one length; in sectors. Not ended by a 0
 * @pos: how much is there, in bytes: whole lines
 * @nr_lines: most lines to add
 *
 * Context: May sleep. Takes each &cnull_zone.lock.
 * Return: the number of bytes that are there now.
 */
size_t cnull_zones_show(struct cnull_zones *zones, char *text, size_t pos,
			size_t nr_lines)
{
	size_t end = min(cnull_zones_text_size(zones), pos + nr_lines * LINE_SIZE);
	char line[2 * LINE_SIZE];

	for (; pos < end; pos += LINE_SIZE) {
		if (pos)
			show_zone(zones, pos / LINE_SIZE - 1, line, sizeof(line));
		else
			snprintf(line, sizeof(line),
				 "%8s %17s %17s %17s %17s %-4s %-13s\n", "zone",
				 "start", "length", "capacity", "pointer", "type",
				 "condition");
		memcpy(text + pos, line, LINE_SIZE);
	}
	return end;
}
