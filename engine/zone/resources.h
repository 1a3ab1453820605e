/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone resources: how many zones may be open or active, and how many are.
 */
#ifndef CNULL_ZONE_RES_H
#define CNULL_ZONE_RES_H

#include "zone/rules.h"

/**
 * struct cnull_zone_res - the zone resources of a device
 * @lock: held by who changes the condition of a zone. Taken before a zone's own
 *	lock
 * @max_open: most zones that are open; 0: no limit. There are never more
 * @max_active: most zones that are active; 0: no limit. There are never more
 * @nr: how many zones are in each condition
 * @implicit: those that are implicitly open, the one that is so for the longest
 *	time first; list of &cnull_zone.implicit
 */
struct cnull_zone_res {
	spinlock_t lock;
	unsigned int max_open __guarded_by(&lock);
	unsigned int max_active __guarded_by(&lock);
	unsigned int nr[CNULL_NR_ZONE_CONDS] __guarded_by(&lock);
	struct list_head implicit __guarded_by(&lock);
};

void cnull_zone_res_init(struct cnull_zone_res *res);
unsigned int cnull_zone_res_active(struct cnull_zone_res *res);
int cnull_zone_res_limit(struct cnull_zone_res *res, unsigned int max_open,
			 unsigned int max_active)
	__must_hold(&res->lock);
bool cnull_zone_res_is_within(struct cnull_zone_res *res)
	__must_hold(&res->lock);
void cnull_zone_res_move(struct cnull_zone_res *res, struct list_head *zone,
			 enum cnull_zone_cond from, enum cnull_zone_cond to)
	__must_hold(&res->lock);
int cnull_zone_res_ask(struct cnull_zone_res *res, enum cnull_zone_cond from,
		       enum cnull_zone_cond to)
	__must_hold(&res->lock);

#endif
