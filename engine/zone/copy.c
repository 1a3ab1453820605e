// SPDX-License-Identifier: GPL-2.0
/*
 * Zone copies: the zones of a snapshot, and those of a device that goes back to it.
 *
 * A copy has the zones as power off would leave them: no zone is open, and no write is in
 * flight. A write in flight counts as one that did not happen. A sequential medium has no
 * data behind it, so the write pointer of the copy is at the first such write.
 */
#include "zone/copy.h"
#include "zone/layout.h"
#include "zone/power.h"
#include "zone/zone.h"

/* Read the condition of a zone, and the end of the data before its first write in flight. */
static enum cnull_zone_cond read_zone(struct cnull_zone *zone, u64 *wp)
{
	guard(spinlock)(&zone->lock);
	*wp = zone->oldest ? min(zone->wp, zone->oldest->sector) : zone->wp;
	return zone->cond;
}

static void load_zone(struct cnull_zones *zones, struct cnull_zone *zone,
		      enum cnull_zone_cond cond, u64 wp)
{
	guard(spinlock)(&zones->res.lock);
	guard(spinlock)(&zone->lock);
	zone->wp = wp;
	zone->reserved_wp = wp;
	cnull_zone_enter(zones, zone, cond);
}

/**
 * cnull_zones_load - copy the conditions and write pointers of zones
 * @zones: new zones, which no other context uses; they have no limits
 * @from: zones of the same shape
 *
 * Allocates nothing.
 *
 * Context: May sleep. No request on @from runs.
 */
void cnull_zones_load(struct cnull_zones *zones, const struct cnull_zones *from)
{
	unsigned int i;

	for (i = zones->shape.nr_conv; i < zones->shape.nr_zones; i++) {
		u64 wp;
		enum cnull_zone_cond cond = read_zone(&from->zone[i], &wp);

		load_zone(zones, &zones->zone[i], cond, wp);
		cond_resched();
	}
	cnull_zones_power_off(zones);
}
