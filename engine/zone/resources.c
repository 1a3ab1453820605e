// SPDX-License-Identifier: GPL-2.0
/*
 * Zone resources: the number of zones in each condition, and the limits of open and
 * active zones.
 */
#include "zone/resources.h"

/**
 * cnull_zone_res_init - initialize zone resources: no zones, no limits
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
 * cnull_zone_res_nr_active - count the active zones
 * @res: the resources
 *
 * Context: Any. Takes &cnull_zone_res.lock.
 * Return: the number of zones that are open or closed.
 */
unsigned int cnull_zone_res_nr_active(struct cnull_zone_res *res)
{
	guard(spinlock)(&res->lock);
	return count_active(res);
}

/* Is a number above a limit? 0 is no limit. */
static bool is_above(unsigned int nr, unsigned int limit)
{
	return limit && nr > limit;
}

/**
 * cnull_zone_res_set_limits - set the limits of open and active zones
 * @res: the resources
 * @max_open: the limit of open zones; 0: no limit
 * @max_active: the limit of active zones; 0: no limit
 *
 * If more zones are open than @max_open, the caller closes implicitly open zones before
 * it drops the lock. There are enough of them.
 *
 * Context: Any. The caller holds @res->lock.
 * Return: 0, or -EBUSY with the limits unchanged: more than @max_active zones are
 * active, or more than @max_open zones are explicitly open.
 */
int cnull_zone_res_set_limits(struct cnull_zone_res *res, unsigned int max_open,
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
 * cnull_zone_res_within_limits - are the limits kept?
 * @res: the resources
 *
 * Context: Any. The caller holds @res->lock.
 * Return: true if neither the open nor the active zones exceed their limit.
 */
bool cnull_zone_res_within_limits(const struct cnull_zone_res *res)
{
	return !is_above(count_open(res), res->max_open) &&
	       !is_above(count_active(res), res->max_active);
}

/**
 * cnull_zone_res_move - account for the new condition of a zone
 * @res: the resources
 * @zone: &cnull_zone.implicit of the zone
 * @from: the condition that the zone leaves
 * @to: the condition that the zone enters
 *
 * Context: Any. The caller holds @res->lock.
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
 * cnull_zone_res_check - do the limits allow a zone to change its condition?
 * @res: the resources
 * @from: the condition of the zone; not open
 * @to: the condition that the zone is to enter. %CNULL_ZONE_CLOSED needs an active
 *	resource; any other condition needs an open resource, too
 *
 * As "manage open zone resources" of ZBC, with the limit of active zones of ZNS.
 *
 * Context: Any. The caller holds @res->lock.
 * Return: 0, or
 * * -EBUSY: they do if the first zone of @res->implicit is closed
 * * -ETOOMANYREFS: they do not, because of the limit of open zones
 * * -EOVERFLOW: they do not, because of the limit of active zones
 */
int cnull_zone_res_check(const struct cnull_zone_res *res,
			 enum cnull_zone_cond from, enum cnull_zone_cond to)
{
	if (!cnull_zone_is_active(from) &&
	    is_above(count_active(res) + 1, res->max_active))
		return -EOVERFLOW;
	if (to == CNULL_ZONE_CLOSED || !is_above(count_open(res) + 1, res->max_open))
		return 0;
	return is_above(res->nr[CNULL_ZONE_EXP_OPEN] + 1, res->max_open) ?
		       -ETOOMANYREFS : -EBUSY;
}
