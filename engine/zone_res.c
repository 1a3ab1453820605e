// SPDX-License-Identifier: GPL-2.0
/*
 * Zone resources: a zone is counted by its condition, wherever that comes from,
 * and what is open or active follows from the counts. So nothing can be given
 * back twice, or not at all.
 */
#include "zone_res.h"

/**
 * cnull_zone_res_init - there are no zones, and no limits
 * @res: the resources
 *
 * Context: Any.
 */
void cnull_zone_res_init(struct cnull_zone_res *res)
{
	spin_lock_init(&res->lock);
	guard(spinlock)(&res->lock);
	res->max_open = 0;
	res->max_active = 0;
	memset(res->nr, 0, sizeof(res->nr));
	INIT_LIST_HEAD(&res->implicit);
}

/**
 * cnull_zone_res_limit - set the limits
 * @res: the resources
 * @max_open: most zones that are open; 0: no limit
 * @max_active: most zones that are active; 0: no limit
 *
 * If there are more already they stay, but others do not join them.
 *
 * Context: Any. Takes &cnull_zone_res.lock.
 */
void cnull_zone_res_limit(struct cnull_zone_res *res, unsigned int max_open,
			  unsigned int max_active)
{
	guard(spinlock)(&res->lock);
	res->max_open = max_open;
	res->max_active = max_active;
}

/**
 * cnull_zone_res_move - count a zone elsewhere
 * @res: the resources
 * @zone: its &cnull_zone.implicit
 * @from: the condition that it was in
 * @to: the condition that it is in
 *
 * Context: Any.
 */
void cnull_zone_res_move(struct cnull_zone_res *res, struct list_head *zone,
			 enum cnull_zone_cond from, enum cnull_zone_cond to)
{
	WARN_ON(!res->nr[from]);
	res->nr[from]--;
	res->nr[to]++;
	if (from == CNULL_ZONE_IMP_OPEN)
		list_del(zone);
	if (to == CNULL_ZONE_IMP_OPEN)
		list_add_tail(zone, &res->implicit);
}

/**
 * cnull_zone_res_ask - is there room for one more open zone?
 * @res: the resources
 * @cond: the condition that the zone is in: EMPTY or CLOSED
 *
 * As ZBC has it ("manage open zone resources"), and ZNS with its limit of what is
 * active.
 *
 * Context: Any.
 * Return: 0, or
 * * -EBUSY: there is if the first of &cnull_zone_res.implicit is closed
 * * -ETOOMANYREFS: too many zones are open
 * * -EOVERFLOW: too many are active
 */
int cnull_zone_res_ask(struct cnull_zone_res *res, enum cnull_zone_cond cond)
{
	unsigned int explicit = res->nr[CNULL_ZONE_EXP_OPEN];
	unsigned int open = explicit + res->nr[CNULL_ZONE_IMP_OPEN];
	unsigned int active = open + res->nr[CNULL_ZONE_CLOSED];

	if (cond == CNULL_ZONE_EMPTY && res->max_active &&
	    active >= res->max_active)
		return -EOVERFLOW;
	if (!res->max_open || open < res->max_open)
		return 0;
	return explicit < res->max_open ? -EBUSY : -ETOOMANYREFS;
}
