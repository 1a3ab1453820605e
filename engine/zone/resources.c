// SPDX-License-Identifier: GPL-2.0
/*
 * Zone resources: a zone is counted by its condition, wherever that comes from,
 * and what is open or active follows from the counts. So nothing can be given
 * back twice, or not at all.
 */
#include "zone/resources.h"

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

static unsigned int count_open(const struct cnull_zone_res *res)
	__must_hold(&res->lock)
{
	return res->nr[CNULL_ZONE_EXP_OPEN] + res->nr[CNULL_ZONE_IMP_OPEN];
}

static unsigned int count_active(const struct cnull_zone_res *res)
	__must_hold(&res->lock)
{
	return count_open(res) + res->nr[CNULL_ZONE_CLOSED];
}

/**
 * cnull_zone_res_active - count the active zones
 * @res: the resources
 *
 * Context: Any. Takes &cnull_zone_res.lock.
 * Return: the number of zones that are open or closed.
 */
unsigned int cnull_zone_res_active(struct cnull_zone_res *res)
{
	guard(spinlock)(&res->lock);
	return count_active(res);
}

static bool is_above(unsigned int nr, unsigned int limit)
{
	return limit && nr > limit;
}

/**
 * cnull_zone_res_limit - set the limits
 * @res: the resources
 * @max_open: most zones that are open; 0: no limit
 * @max_active: most zones that are active; 0: no limit
 *
 * Zones that are implicitly open may then be too many: the caller closes them before it
 * drops the lock.
 *
 * Context: Any.
 * Return: 0, or -EBUSY with nothing changed: more zones are active than @max_active, or
 * explicitly open than @max_open.
 */
int cnull_zone_res_limit(struct cnull_zone_res *res, unsigned int max_open,
			 unsigned int max_active)
{
	if (is_above(count_active(res), max_active) ||
	    is_above(res->nr[CNULL_ZONE_EXP_OPEN], max_open))
		return -EBUSY;
	res->max_open = max_open;
	res->max_active = max_active;
	return 0;
}

/**
 * cnull_zone_res_is_within - are the limits kept?
 * @res: the resources
 *
 * Context: Any.
 * Return: true if there are no more open and active zones than may be.
 */
bool cnull_zone_res_is_within(struct cnull_zone_res *res)
{
	return !is_above(count_open(res), res->max_open) &&
	       !is_above(count_active(res), res->max_active);
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
 * cnull_zone_res_ask - is there room for a zone in another condition?
 * @res: the resources
 * @from: the condition that the zone is in; not open
 * @to: the one that it is to be in: CLOSED needs room among the active zones, any
 *	other among the open ones, too
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
int cnull_zone_res_ask(struct cnull_zone_res *res, enum cnull_zone_cond from,
		       enum cnull_zone_cond to)
{
	if (!cnull_zone_is_active(from) &&
	    is_above(count_active(res) + 1, res->max_active))
		return -EOVERFLOW;
	if (to == CNULL_ZONE_CLOSED || !is_above(count_open(res) + 1, res->max_open))
		return 0;
	return is_above(res->nr[CNULL_ZONE_EXP_OPEN] + 1, res->max_open) ?
		       -ETOOMANYREFS : -EBUSY;
}
