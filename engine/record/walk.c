// SPDX-License-Identifier: GPL-2.0
/*
 * The walk over a log: it knows at each point which writes a power cut may lose, and
 * shows the states that result. docs/design/crash-states.md has the definition, and the
 * proof that this file implements it.
 *
 * A request is divided into units, which are lost or kept as a whole. A unit covers
 * cells: logical blocks, or sectors if sectors tear. A link is one cell of one unit. The
 * links of a cell are a list, the newest submission first: the versions that the cell
 * may have. If a unit becomes durable, the links of earlier units leave the lists of its
 * cells, because their versions cannot return.
 *
 * Operations on a sequential zone are a chain, in the order of reset and place. The
 * zone holds a prefix of its chain. A reset is a unit that zeroes the cells of its zone.
 */
#include "record/walk.h"

/* A link has left the list of its cell. */
static void dropped(struct cnull_crash *crash, struct crash_link *link)
{
	struct crash_unit *unit = &crash->unit[link->unit];

	link->is_listed = false;
	if (!--unit->nr_listed)
		unit->is_gone = true;
}

/* Drop the versions of the cell of @nr that cannot return once this one is durable. */
static void drop_older(struct cnull_crash *crash, u32 nr)
{
	struct crash_link *link = &crash->link[nr];
	u32 *from = &link->next;

	while (*from != NONE) {
		struct crash_link *old = &crash->link[*from];

		if (precedes(crash, old->unit, link->unit)) {
			*from = old->next;
			dropped(crash, old);
		} else {
			from = &old->next;
		}
	}
}

static void settle(struct cnull_crash *crash, struct crash_unit *unit)
{
	u32 i;

	if (unit->is_durable)
		return;
	unit->is_durable = true;
	unit->is_wanted = true;
	unit->is_applied = true;
	if (unit->is_gone)
		return;
	for (i = unit->link; i < unit->link + unit->nr_links; i++) {
		if (crash->link[i].is_listed)
			drop_older(crash, i);
		make_dirty(crash, crash->link[i].cell);
	}
}

/* Remove the start of a chain that no power cut changes. */
static void trim_chain(struct cnull_crash *crash, struct crash_zone *zone)
{
	while (zone->first != NONE) {
		struct crash_unit *unit = &crash->unit[zone->first];

		if (!unit->is_durable && !unit->is_gone)
			break;
		if (unit->is_durable)
			zone->wp = unit->end;
		zone->first = unit->next;
	}
	if (zone->first == NONE)
		zone->last = NONE;
}

/* Settle the units of a chain up to @last: a zone has no durable data behind lost data. */
static void settle_chain(struct cnull_crash *crash, u32 last)
{
	struct crash_zone *zone = &crash->zone[crash->unit[last].zone];
	u32 nr = zone->first;

	for (; nr != last && nr != NONE; nr = crash->unit[nr].next) {
		struct crash_unit *unit = &crash->unit[nr];

		if (!unit->is_gone && !has_failed(crash, unit))
			settle(crash, unit);
	}
	settle(crash, &crash->unit[last]);
	trim_chain(crash, zone);
	make_zone_dirty(crash, crash->unit[last].zone);
}

static void make_entry_durable(struct cnull_crash *crash, u32 entry)
{
	u32 nr;

	for (nr = crash->first_unit[entry]; nr < crash->first_unit[entry + 1]; nr++) {
		if (crash->unit[nr].is_durable || crash->unit[nr].is_gone)
			continue;
		if (crash->unit[nr].zone == NONE)
			settle(crash, &crash->unit[nr]);
		else
			settle_chain(crash, nr);
	}
}

/* Remove all versions of a unit. */
static void drop_unit(struct cnull_crash *crash, u32 nr)
{
	struct crash_unit *unit = &crash->unit[nr];
	u32 i, *from;

	for (i = unit->link; i < unit->link + unit->nr_links; i++) {
		if (!crash->link[i].is_listed)
			continue;
		for (from = &crash->cell[crash->link[i].cell].newest; *from != i; )
			from = &crash->link[*from].next;
		*from = crash->link[i].next;
		dropped(crash, &crash->link[i]);
	}
	make_unit_dirty(crash, unit);
}

/*
 * Remove the failed writes of a zone that a later write of the same place replaces: they
 * did not move the write pointer.
 */
static void replace_failed(struct cnull_crash *crash, u32 nr)
{
	u32 old = crash->link[nr].next, next;

	for (; old != NONE; old = next) {
		u32 unit = crash->link[old].unit;

		next = crash->link[old].next;
		if (crash->unit[unit].is_reset)
			break;
		if (!has_failed(crash, &crash->unit[unit]))
			continue;
		drop_unit(crash, unit);
		make_zone_dirty(crash, crash->unit[unit].zone);
	}
}

static bool follows(const struct crash_unit *unit, const struct crash_unit *older)
{
	return unit->is_reset || older->is_reset || older->place <= unit->place;
}

/* Put a unit into the chain of its zone: behind the last reset, in the order of places. */
static void chain_unit(struct cnull_crash *crash, u32 nr)
{
	struct crash_unit *unit = &crash->unit[nr];
	struct crash_zone *zone = &crash->zone[unit->zone];
	u32 *at = &zone->first, *from;

	if (zone->last != NONE && follows(unit, &crash->unit[zone->last])) {
		at = &crash->unit[zone->last].next;
	} else {
		for (from = at; *from != NONE; from = &crash->unit[*from].next)
			if (follows(unit, &crash->unit[*from]))
				at = &crash->unit[*from].next;
	}
	unit->next = *at;
	*at = nr;
	if (unit->next == NONE)
		zone->last = nr;
}

static void submit(struct cnull_crash *crash, u32 entry)
{
	u32 nr, i;

	for (nr = crash->first_unit[entry]; nr < crash->first_unit[entry + 1]; nr++) {
		struct crash_unit *unit = &crash->unit[nr];

		crash->open.at[crash->open.nr++] = nr;
		for (i = unit->link; i < unit->link + unit->nr_links; i++) {
			struct crash_link *link = &crash->link[i];
			struct crash_cell *cell = &crash->cell[link->cell];

			link->next = cell->newest;
			link->is_listed = true;
			cell->newest = i;
			if (unit->zone != NONE) {
				if (!unit->is_reset)
					replace_failed(crash, i);
			} else if (link->next != NONE && !cell->is_contested) {
				cell->is_contested = true;
				crash->contested.at[crash->contested.nr++] = link->cell;
			}
		}
		if (unit->zone != NONE)
			chain_unit(crash, nr);
	}
}

/* A flush that was submitted as event @submitted has completed. */
static void complete_flush(struct cnull_crash *crash, u32 submitted)
{
	while (crash->undurable < crash->completed.nr) {
		u32 nr = crash->completed.at[crash->undurable];

		if (cnull_log_completed(crash->log,
					cnull_log_entry(crash->log, nr)) > submitted)
			break;
		make_entry_durable(crash, nr);
		crash->undurable++;
	}
}

static void complete_entry(struct cnull_crash *crash, u32 nr)
{
	struct cnull_log_entry *entry = cnull_log_entry(crash->log, nr);

	if (entry->error)
		return;
	if (crash->first_unit[nr + 1] > crash->first_unit[nr])
		crash->completed.at[crash->completed.nr++] = nr;
	if (entry->op == CNULL_OP_FLUSH || entry->flags & CNULL_IO_PREFLUSH)
		complete_flush(crash, entry->submitted);
	if (entry->flags & CNULL_IO_FUA)
		make_entry_durable(crash, nr);
}

/**
 * cnull_crash_free - end a walk
 * @crash: the walk; NULL is ignored
 *
 * Context: May sleep.
 */
void cnull_crash_free(struct cnull_crash *crash)
{
	if (!crash)
		return;
	kvfree(crash->event);
	kvfree(crash->first_unit);
	kvfree(crash->unit);
	kvfree(crash->link);
	kvfree(crash->cell);
	kvfree(crash->index);
	kvfree(crash->zone);
	kvfree(crash->completed.at);
	kvfree(crash->open.at);
	kvfree(crash->contested.at);
	kvfree(crash->dirty.at);
	kvfree(crash->dirty_zones.at);
	kvfree(crash->request.at);
	kvfree(crash->shown);
	kvfree(crash->pair);
	kvfree(crash);
}

/**
 * cnull_crash_new - begin a walk at the start of a log
 * @log: the log, which has stopped. It must outlive the walk
 * @shape: the properties of the device. &cnull_crash_shape.wp is used by this call only
 * @target: the place where states appear. It has the contents of the device at the start
 *	of the log
 * @error: set to the reason of a failure: -EINVAL if an entry is no multiple of blocks,
 *	-E2BIG if the log has 2^32 sectors or more, -ENOMEM
 *
 * Context: May sleep.
 * Return: the walk, at point 0, or NULL.
 */
struct cnull_crash *cnull_crash_new(struct cnull_log *log,
				    const struct cnull_crash_shape *shape,
				    const struct cnull_crash_target *target,
				    int *error)
{
	struct cnull_crash *crash = kvcalloc(1, sizeof(*crash), GFP_KERNEL);

	*error = -ENOMEM;
	if (!crash)
		return NULL;
	crash->log = log;
	crash->shape = *shape;
	crash->target = *target;
	crash->nr_entries = cnull_log_nr_entries(log);
	crash->nr_events = cnull_log_nr_events(log);
	*error = cnull_crash_find_units(crash);
	if (!*error)
		return crash;
	cnull_crash_free(crash);
	return NULL;
}

/**
 * cnull_crash_go - advance to a point of the log
 * @crash: the walk
 * @point: the number of the last event that happened before the power cut: not before
 *	the current point
 *
 * The target does not change until cnull_crash_show(). The cost is that of the entries
 * between the points.
 *
 * Context: May sleep.
 * Return: 0, or -ERANGE if the walk is beyond @point, or the log ends before it.
 */
int cnull_crash_go(struct cnull_crash *crash, u32 point)
{
	if (point < crash->point || point > crash->nr_events)
		return -ERANGE;
	while (crash->point < point) {
		u32 event = crash->event[++crash->point];

		if (event & EVENT_COMPLETION)
			complete_entry(crash, event & ~EVENT_COMPLETION);
		else
			submit(crash, event);
		crash->is_listed = false;
		if (crash->point % 1024 == 0)
			cond_resched();
	}
	return 0;
}

/**
 * cnull_crash_log - return the log of a walk
 * @crash: the walk
 *
 * Context: Any.
 * Return: the log.
 */
struct cnull_log *cnull_crash_log(const struct cnull_crash *crash)
{
	return crash->log;
}

/**
 * cnull_crash_point - return the point of a walk
 * @crash: the walk
 *
 * Context: Any.
 * Return: the number of the last event that has happened.
 */
u32 cnull_crash_point(const struct cnull_crash *crash)
{
	return crash->point;
}
