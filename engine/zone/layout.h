/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone layout: the zones that a config describes, and where each of them is.
 */
#ifndef CNULL_ZONE_LAYOUT_H
#define CNULL_ZONE_LAYOUT_H

#include "config/options.h"
#include "zone/types.h"

/**
 * cnull_zone_start - return the start of a zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * Context: Any.
 * Return: the first sector of the zone.
 */
static inline u64 cnull_zone_start(const struct cnull_zones *zones,
				   unsigned int nr)
{
	return nr * zones->shape.zone_sectors;
}

/**
 * cnull_zone_len - return the length of a zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * Context: Any.
 * Return: the number of its sectors. The last zone may be smaller than the others.
 */
static inline u64 cnull_zone_len(const struct cnull_zones *zones,
				 unsigned int nr)
{
	return min(zones->shape.zone_sectors,
		   zones->shape.nr_sectors - cnull_zone_start(zones, nr));
}

/**
 * cnull_zone_capacity - return the capacity of a sequential zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * The last zone may be smaller than the capacity of the others.
 *
 * Context: Any.
 * Return: the number of its sectors that can be written, from its start.
 */
static inline u64 cnull_zone_capacity(const struct cnull_zones *zones,
				      unsigned int nr)
{
	return min(zones->shape.capacity,
		   zones->shape.nr_sectors - cnull_zone_start(zones, nr));
}

/**
 * cnull_zone_end - return the end of the capacity of a sequential zone
 * @zones: the zones
 * @nr: the number of the zone
 *
 * Context: Any.
 * Return: the sector behind the last one that can be written.
 */
static inline u64 cnull_zone_end(const struct cnull_zones *zones,
				 unsigned int nr)
{
	return cnull_zone_start(zones, nr) + cnull_zone_capacity(zones, nr);
}

unsigned int cnull_zone_nr(const struct cnull_zones *zones, u64 sector);
bool cnull_zone_find(const struct cnull_zones *zones, u64 sector, u64 nr_sectors,
		     unsigned int *nr);
int cnull_zones_validate(const struct cnull_config *config, char *why, size_t size);
void cnull_zones_normalize(struct cnull_config *config);
struct cnull_zones *cnull_zones_new(const struct cnull_config *config);
struct cnull_zones *cnull_zones_new_like(const struct cnull_zones *zones);
void cnull_zones_free(struct cnull_zones *zones);
bool cnull_zones_match(const struct cnull_zones *zones,
		       const struct cnull_config *config);

#endif
