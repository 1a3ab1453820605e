// SPDX-License-Identifier: GPL-2.0
/*
 * Zone consistency: a check of all invariants of the zones, for tests and for debugging
 * kernels.
 */
#include "zone/consistency.h"
#include "zone/layout.h"

/* Do the pointers and the condition of a zone agree? */
static bool is_consistent(const struct cnull_zones *zones, unsigned int nr)
	__must_hold(&zones->zone[nr].lock)
{
	const struct cnull_zone *zone = &zones->zone[nr];
	bool is_conv = nr < zones->shape.nr_conv;
	u64 start = cnull_zone_start(zones, nr);
	u64 end = start + (is_conv ? cnull_zone_len(zones, nr) :
				     cnull_zone_capacity(zones, nr));

	if (is_conv != (zone->cond == CNULL_ZONE_NOT_WP) ||
	    zone->wp < start || zone->reserved_wp < zone->wp || zone->reserved_wp > end)
		return false;
	if (zone->oldest)
		return zone->dirty;
	/* The rest holds only while no write is in flight. */
	return zone->reserved_wp == zone->wp &&
	       (zone->cond != CNULL_ZONE_NOT_WP || zone->wp == end) &&
	       (zone->cond != CNULL_ZONE_EMPTY || zone->wp == start) &&
	       (zone->cond != CNULL_ZONE_CLOSED || zone->wp > start) &&
	       (!cnull_zone_is_active(zone->cond) || zone->wp < end);
}

/*
 * Check each zone, and count the zones by condition into @nr. Return false if a zone is
 * not consistent.
 */
static bool check_and_count(struct cnull_zones *zones, unsigned int *nr)
	__must_hold(&zones->res.lock)
{
	unsigned int i;

	for (i = 0; i < zones->shape.nr_zones; i++) {
		guard(spinlock)(&zones->zone[i].lock);
		if (!is_consistent(zones, i))
			return false;
		nr[zones->zone[i].cond]++;
	}
	return true;
}

/* Are the zones in the list of implicitly open zones so, and are there @nr of them? */
static bool list_matches(const struct cnull_zone_res *res, unsigned int nr)
	__must_hold(&res->lock)
{
	const struct list_head *at;

	for (at = res->implicit.next; at != &res->implicit; at = at->next) {
		if (container_of(at, struct cnull_zone, implicit)->cond !=
		    CNULL_ZONE_IMP_OPEN)
			return false;
		nr--;
	}
	return !nr;
}

/**
 * cnull_zones_are_consistent - do all invariants of the zones hold?
 * @zones: the zones
 *
 * Walks all zones with a spinlock held: for tests and debugging kernels only. Checks that
 *
 * * the number of zones in each condition is the number that the resources have
 * * the list of implicitly open zones has these zones, and no others
 * * the open and active zones do not exceed their limits
 * * the pointers of each zone are where the condition of the zone allows
 *
 * Context: Any. Takes &cnull_zone_res.lock and each &cnull_zone.lock.
 * Return: true if all of this holds.
 */
bool cnull_zones_are_consistent(struct cnull_zones *zones)
{
	unsigned int nr[CNULL_NR_ZONE_CONDS] = { };

	guard(spinlock)(&zones->res.lock);
	return check_and_count(zones, nr) &&
	       !memcmp(nr, zones->res.nr, sizeof(nr)) &&
	       cnull_zone_res_within_limits(&zones->res) &&
	       list_matches(&zones->res, nr[CNULL_ZONE_IMP_OPEN]);
}
