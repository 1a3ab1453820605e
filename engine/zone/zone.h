/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: the operations that change a zone.
 */
#ifndef CNULL_ZONE_H
#define CNULL_ZONE_H

#include "zone/types.h"

/**
 * struct cnull_zone_change - the result of cnull_zone_change()
 * @error: 0; -EIO: the condition of the zone does not allow the operation;
 *	-ETOOMANYREFS: the limit of open zones does not; -EOVERFLOW: the limit of active
 *	zones does not
 * @erases: the operation is a reset: the caller has exclusive access to the zone, erases
 *	its data, and calls cnull_zone_end_reset()
 */
struct cnull_zone_change {
	int error;
	bool erases;
};

enum cnull_action cnull_zone_reserve(struct cnull_zones *zones, unsigned int nr,
				     struct cnull_io *io, enum cnull_wait wait);
void cnull_zone_commit(struct cnull_zones *zones, unsigned int nr,
		       struct cnull_io *io, u64 nr_done);
void cnull_zone_abandon(struct cnull_zones *zones, unsigned int nr,
			struct cnull_io *io);
enum cnull_action cnull_zone_change(struct cnull_zones *zones, unsigned int nr,
				    enum cnull_zone_op op, enum cnull_wait wait,
				    struct cnull_zone_change *change);
void cnull_zone_end_reset(struct cnull_zones *zones, unsigned int nr);
void cnull_zone_enter(struct cnull_zones *zones, struct cnull_zone *zone,
		      enum cnull_zone_cond next)
	__must_hold(&zones->res.lock)
	__must_hold(&zone->lock);
int cnull_zones_update_limits(struct cnull_zones *zones, unsigned int max_open,
			      unsigned int max_active);

#endif
