/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone resources: the number of open and active zones, and its limits.
 */
#ifndef CNULL_RESOURCES_H
#define CNULL_RESOURCES_H

#include "zone/rules.h"

/**
 * struct cnull_zone_res - the zone resources of a device
 * @lock: guards the fields below, and every change of the condition of a zone. Taken
 *	before &cnull_zone.lock
 * @max_open: the limit of open zones; 0: no limit. Never exceeded
 * @max_active: the limit of active zones; 0: no limit. Never exceeded
 * @nr: the number of zones in each condition
 * @implicit: list of the implicitly open zones by &cnull_zone.implicit, in the order in
 *	which they were opened
 *
 * A zone is counted by its condition alone, and the numbers of open and active zones
 * are sums of @nr. So a change of condition cannot release a resource twice, or leak
 * one.
 */
struct cnull_zone_res {
	spinlock_t lock;
	unsigned int max_open __guarded_by(&lock);
	unsigned int max_active __guarded_by(&lock);
	unsigned int nr[CNULL_NR_ZONE_CONDS] __guarded_by(&lock);
	struct list_head implicit __guarded_by(&lock);
};

void cnull_zone_res_init(struct cnull_zone_res *res);
unsigned int cnull_zone_res_nr_active(struct cnull_zone_res *res);
int cnull_zone_res_set_limits(struct cnull_zone_res *res, unsigned int max_open,
			      unsigned int max_active)
	__must_hold(&res->lock);
bool cnull_zone_res_within_limits(const struct cnull_zone_res *res)
	__must_hold(&res->lock);
void cnull_zone_res_move(struct cnull_zone_res *res, struct list_head *zone,
			 enum cnull_zone_cond from, enum cnull_zone_cond to)
	__must_hold(&res->lock);
int cnull_zone_res_check(const struct cnull_zone_res *res,
			 enum cnull_zone_cond from, enum cnull_zone_cond to)
	__must_hold(&res->lock);

#endif
