/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone report: the state of a zone, as users and reads see it.
 */
#ifndef CNULL_ZONE_REPORT_H
#define CNULL_ZONE_REPORT_H

#include "zone/types.h"

/* The write pointer of a zone that has none. */
#define CNULL_ZONE_NO_WP	(~0ULL)

/**
 * struct cnull_zone_info - the report of a zone; in sectors
 * @start: the first sector
 * @len: the number of sectors
 * @capacity: the number of sectors that can be written, from @start
 * @wp: the write pointer, or %CNULL_ZONE_NO_WP
 * @cond: the condition
 */
struct cnull_zone_info {
	u64 start;
	u64 len;
	u64 capacity;
	u64 wp;
	enum cnull_zone_cond cond;
};

void cnull_zone_report(struct cnull_zones *zones, unsigned int nr,
		       struct cnull_zone_info *info);
u64 cnull_zone_data_end(const struct cnull_zones *zones, unsigned int nr);
u8 cnull_zone_filler(const struct cnull_zones *zones, unsigned int nr);
enum cnull_zone_cond cnull_zone_cond(const struct cnull_zones *zones,
				     unsigned int nr);

#endif
