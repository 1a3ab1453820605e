// SPDX-License-Identifier: GPL-2.0
/*
 * Zone report: the state of a zone, as users and reads see it.
 */
#include "zone/layout.h"
#include "zone/report.h"

/* Is a zone full although its last sector was not written? */
static bool is_finished(const struct cnull_zones *zones, unsigned int nr)
{
	const struct cnull_zone *zone = &zones->zone[nr];

	return READ_ONCE(zone->cond) == CNULL_ZONE_FULL &&
	       smp_load_acquire(&zone->wp) < cnull_zone_end(zones, nr);
}

/**
 * cnull_zone_report - report a zone
 * @zones: the zones
 * @nr: the number of the zone
 * @info: filled with the report
 *
 * The write pointer of a full zone has no meaning; it is that of null_blk: the end of the
 * zone if the zone was finished, else the end of the capacity.
 *
 * Context: Any. Takes &cnull_zone.lock.
 */
void cnull_zone_report(struct cnull_zones *zones, unsigned int nr,
		       struct cnull_zone_info *info)
{
	struct cnull_zone *zone = &zones->zone[nr];

	info->start = cnull_zone_start(zones, nr);
	info->len = cnull_zone_len(zones, nr);
	info->capacity = nr < zones->shape.nr_conv ?
				 info->len : cnull_zone_capacity(zones, nr);
	guard(spinlock)(&zone->lock);
	info->cond = zone->cond;
	switch (zone->cond) {
	case CNULL_ZONE_READONLY:
	case CNULL_ZONE_OFFLINE:
		info->wp = CNULL_ZONE_NO_WP;
		break;
	case CNULL_ZONE_FULL:
		info->wp = is_finished(zones, nr) ? info->start + info->len :
						    zone->wp;
		break;
	default:
		info->wp = zone->wp;
	}
}

/**
 * cnull_zone_data_end - return the end of the data of a zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * Loads the write pointer with acquire, which pairs with the release in
 * cnull_zone_commit(): a caller that reads a sector below it afterwards finds the data
 * that the write has stored.
 *
 * Context: Any.
 * Return: the sector behind the last one with data. For a conventional zone this is the
 * end of the zone.
 */
u64 cnull_zone_data_end(const struct cnull_zones *zones, unsigned int nr)
{
	return smp_load_acquire(&zones->zone[nr].wp);
}

/**
 * cnull_zone_cond - read the condition of a zone without a lock
 * @zones: the zones
 * @nr: the number of the zone
 *
 * Context: Any.
 * Return: the condition; may be stale.
 */
enum cnull_zone_cond cnull_zone_cond(const struct cnull_zones *zones,
				     unsigned int nr)
{
	return READ_ONCE(zones->zone[nr].cond);
}

/**
 * cnull_zone_filler - return the byte that reads return behind the data of a zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * As in null_blk: 0xff behind the write pointer, and behind the capacity; 0 where the
 * zone has no write pointer, because it was finished or is read-only.
 *
 * Context: Any.
 * Return: the byte; of a zone whose condition may be stale.
 */
u8 cnull_zone_filler(const struct cnull_zones *zones, unsigned int nr)
{
	return is_finished(zones, nr) ||
	       cnull_zone_cond(zones, nr) == CNULL_ZONE_READONLY ? 0 : 0xff;
}
