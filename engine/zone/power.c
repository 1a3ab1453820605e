// SPDX-License-Identifier: GPL-2.0
/*
 * Zones at power off: drop the data that is not durable, and leave no zone open.
 *
 * A power cut has the same effect. The volatile cache reports each sector that it loses
 * (cnull_zones_truncate()); then each zone enters the condition in which the next power
 * on finds it (cnull_zones_power_off()). The device has drained before, so no write is
 * in flight.
 */
#include "zone/power.h"
#include "zone/consistency.h"
#include "zone/layout.h"
#include "zone/zone.h"

/**
 * cnull_zones_truncate - drop a lost sector, and all data behind it in its zone
 * @zones: the zones, with no request in flight
 * @sector: a sector that was written, but is not durable
 *
 * A sequential medium has neither data behind a lost sector nor a part of a block. So the
 * write pointer goes back to the start of the block of @sector. The caller calls
 * cnull_zones_power_off() afterwards, which finds such a zone by its
 * &cnull_zone.reserved_wp, ahead of the write pointer.
 *
 * Context: Any. Takes &cnull_zone.lock.
 */
void cnull_zones_truncate(struct cnull_zones *zones, u64 sector)
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
 * Apply the rule of power off to a zone. A zone that needs an active resource is left to
 * the @last pass, because other zones may release theirs before. Return false if the
 * zone is left.
 */
static bool power_off(struct cnull_zones *zones, unsigned int nr, bool last)
{
	struct cnull_zone *zone = &zones->zone[nr];
	const struct cnull_zone_rule *rule;
	bool allowed = true;

	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	rule = &cnull_zone_rules[zone->cond][zone->wp < zone->reserved_wp ?
					     CNULL_ZONE_POWER_LOSS :
					     CNULL_ZONE_POWER_OFF];
	if (rule->effect == CNULL_ZONE_NEEDS_RESOURCES) {
		if (!last)
			return false;
		/* A zone without data becomes empty, which needs no resource. */
		allowed = zone->wp == cnull_zone_start(zones, nr) ||
			  !cnull_zone_res_check(&zones->res, zone->cond,
						rule->next);
	}
	zone->reserved_wp = zone->wp;
	if (rule->effect != CNULL_ZONE_STAYS && allowed)
		cnull_zone_enter(zones, zone, rule->next);
	return true;
}

/**
 * cnull_zones_power_off - close the open zones, and the full zones that lost data
 * @zones: the zones, with no request in flight
 *
 * Full zones that lost data come last, in the order of their numbers. Such a zone stays
 * full if the limit does not allow another active zone.
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
