/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The types of a walk over a log. Only the files of the walk include this header: walk.c
 * executes events, units.c divides requests into units, show.c makes states appear.
 */
#ifndef CNULL_WALK_H
#define CNULL_WALK_H

#include "record/crash.h"

/* No unit, link, cell or zone. */
#define NONE		(~0U)

/**
 * struct crash_link - a version of a cell
 * @cell: the cell
 * @unit: the unit
 * @next: the link of the cell that was submitted before; NONE for the last
 * @is_listed: the version is in the list of its cell
 * @hash: the hash of the contents; 0 if it was not computed yet
 */
struct crash_link {
	u32 cell;
	u32 unit;
	u32 next;
	bool is_listed;
	u64 hash;
};

/**
 * struct crash_unit - a part of a request that is lost or kept as a whole
 * @entry: the number of the entry
 * @link: its first link; the others follow
 * @nr_links: the number of cells; 0 for the finish of a zone
 * @nr_listed: the number of links that are in lists
 * @zone: the sequential zone; NONE for other places
 * @next: the next unit of the chain of the zone
 * @place: the place in the zone: the first sector, or the end of the zone for a finish
 * @end: the write pointer after the unit
 * @is_reset: the unit is a reset
 * @is_durable: no power cut loses the unit
 * @is_gone: no power cut shows the unit any more
 * @is_wanted: the shown state keeps the unit
 * @is_applied: the same, with the rules of the zone; equal to @is_wanted elsewhere
 */
struct crash_unit {
	u32 entry;
	u32 link;
	u32 nr_links;
	u32 nr_listed;
	u32 zone;
	u32 next;
	u64 place;
	u64 end;
	bool is_reset;
	bool is_durable;
	bool is_gone;
	bool is_wanted;
	bool is_applied;
};

/**
 * struct crash_cell - a place of the device that was written
 * @nr: the number of the cell
 * @newest: the newest listed link; NONE if there is none
 * @shown: the link that the target shows; NONE for the initial contents
 * @is_dirty: the cell is among the dirty ones
 * @is_contested: the cell is among the contested ones
 */
struct crash_cell {
	u64 nr;
	u32 newest;
	u32 shown;
	bool is_dirty;
	bool is_contested;
};

/**
 * struct crash_zone - a sequential zone
 * @first: the first unit of the chain that may be lost; NONE if there is none
 * @last: the last unit of the chain; NONE if @first is
 * @initial_wp: the write pointer at the start of the log
 * @wp: the write pointer behind the units before @first
 * @shown_wp: the write pointer that the target shows
 * @high: the end of all writes of the log in the zone, as a sector
 * @is_used: the zone is not empty at some point of the log
 * @is_dirty: the zone is among the dirty ones
 */
struct crash_zone {
	u32 first;
	u32 last;
	u64 initial_wp;
	u64 wp;
	u64 shown_wp;
	u64 high;
	bool is_used;
	bool is_dirty;
};

/**
 * struct crash_pair - two units in flight together that overlap: either may be last
 * @old: the unit that was submitted first
 * @new: the other one
 * @is_reversed: in the shown state, @old is last
 */
struct crash_pair {
	u32 old;
	u32 new;
	bool is_reversed;
};

/**
 * struct crash_list - an array of numbers
 * @at: the numbers
 * @nr: the number of numbers
 */
struct crash_list {
	u32 *at;
	u32 nr;
};

/**
 * struct cnull_crash - a walk over a log
 * @log: the log
 * @shape: the properties of the device
 * @target: the place where states appear
 * @shift: the binary logarithm of the size of a cell, in sectors
 * @point: the number of the last event that has happened
 * @nr_events: the number of events of the log
 * @nr_entries: the number of entries of the log
 * @event: the entry of each event; the upper bit is set for a completion
 * @first_unit: the first unit of each entry; the one after the last entry is @nr_units
 * @unit: the units
 * @nr_units: the number of units
 * @link: the links
 * @nr_links: the number of links
 * @cell: the cells
 * @nr_cells: the number of cells
 * @index: a hash table of the cells; NONE for an empty place
 * @index_bits: the binary logarithm of the length of @index
 * @zone: the zones; NULL without zones
 * @completed: the entries that completed, in this order, from @undurable on not durable
 * @undurable: see @completed
 * @open: the units that may be lost, in the order of their submission
 * @contested: the cells with several versions
 * @dirty: the cells whose contents may differ from the shown ones
 * @dirty_zones: the same for zones
 * @pair: the pairs of the point
 * @nr_pairs: the number of pairs
 * @is_listed: @open and @pair are those of the point
 * @fingerprint: the sum of the hashes of all cells and write pointers that are shown
 * @zero_hash: the hash of a cell of zeros; 0 if it was not computed yet
 * @shown: the bits of the wanted state, as of cnull_crash_show()
 * @request: for each request with open units, the place of the first one in @open
 * @nr_reversed: the number of pairs that the wanted state reverses
 *
 * A walk is used by one context at a time.
 */
struct cnull_crash {
	struct cnull_log *log;
	struct cnull_crash_shape shape;
	struct cnull_crash_target target;
	u32 shift;
	u32 point;
	u32 nr_events;
	u32 nr_entries;
	u32 *event;
	u32 *first_unit;
	struct crash_unit *unit;
	u32 nr_units;
	struct crash_link *link;
	u32 nr_links;
	struct crash_cell *cell;
	u32 nr_cells;
	u32 *index;
	u32 index_bits;
	struct crash_zone *zone;
	struct crash_list completed;
	u32 undurable;
	struct crash_list open;
	struct crash_list contested;
	struct crash_list dirty;
	struct crash_list dirty_zones;
	struct crash_pair *pair;
	u32 nr_pairs;
	bool is_listed;
	u64 fingerprint;
	u64 zero_hash;
	unsigned long *shown;
	struct crash_list request;
	u32 nr_reversed;
};

#define EVENT_COMPLETION	(1U << 31)

/**
 * entry_of - return the entry of a unit
 * @crash: the walk
 * @unit: the number of the unit
 *
 * Context: Any.
 * Return: the entry.
 */
static inline struct cnull_log_entry *entry_of(const struct cnull_crash *crash, u32 unit)
{
	return cnull_log_entry(crash->log, crash->unit[unit].entry);
}

/**
 * zone_of - find the sequential zone of a sector
 * @crash: the walk
 * @sector: the sector
 *
 * Context: Any.
 * Return: the number of the zone, or NONE.
 */
static inline u32 zone_of(const struct cnull_crash *crash, u64 sector)
{
	u64 nr;

	if (!crash->zone)
		return NONE;
	nr = div64_u64(sector, crash->shape.zone_sectors);
	return nr >= crash->shape.first_zone && nr < crash->shape.nr_zones ? nr : NONE;
}

/**
 * zone_start - return the first sector of a zone
 * @crash: the walk
 * @zone: the number of the zone
 *
 * Context: Any.
 * Return: the sector.
 */
static inline u64 zone_start(const struct cnull_crash *crash, u32 zone)
{
	return zone * crash->shape.zone_sectors;
}

/**
 * precedes - is a unit before another one in the order of writes?
 * @crash: the walk
 * @old: the number of the unit
 * @new: the number of the other unit, which was submitted later
 *
 * A sequential zone executes its operations in the order of their submission.
 *
 * Context: Any.
 * Return: true if @old had completed when @new was submitted.
 */
static inline bool precedes(const struct cnull_crash *crash, u32 old, u32 new)
{
	u32 completed = cnull_log_completed(crash->log, entry_of(crash, old));

	if (crash->unit[old].zone != NONE)
		return true;
	return completed && completed < entry_of(crash, new)->submitted;
}

/**
 * make_dirty - add a cell to the dirty ones
 * @crash: the walk
 * @nr: the number of the cell
 *
 * Context: Any.
 */
static inline void make_dirty(struct cnull_crash *crash, u32 nr)
{
	struct crash_cell *cell = &crash->cell[nr];

	if (cell->is_dirty)
		return;
	cell->is_dirty = true;
	crash->dirty.at[crash->dirty.nr++] = nr;
}

/**
 * make_unit_dirty - add all cells of a unit to the dirty ones
 * @crash: the walk
 * @unit: the unit
 *
 * Context: Any.
 */
static inline void make_unit_dirty(struct cnull_crash *crash, const struct crash_unit *unit)
{
	u32 i;

	for (i = 0; i < unit->nr_links; i++)
		make_dirty(crash, crash->link[unit->link + i].cell);
}

/**
 * make_zone_dirty - add a zone to the dirty ones
 * @crash: the walk
 * @nr: the number of the zone
 *
 * Context: Any.
 */
static inline void make_zone_dirty(struct cnull_crash *crash, u32 nr)
{
	struct crash_zone *zone = &crash->zone[nr];

	if (zone->is_dirty)
		return;
	zone->is_dirty = true;
	crash->dirty_zones.at[crash->dirty_zones.nr++] = nr;
}

/**
 * has_failed - has the request of a unit failed at the point?
 * @crash: the walk
 * @unit: the unit
 *
 * Context: Any.
 * Return: true if the request has completed with an error.
 */
static inline bool has_failed(const struct cnull_crash *crash, const struct crash_unit *unit)
{
	struct cnull_log_entry *entry = cnull_log_entry(crash->log, unit->entry);
	u32 completed = cnull_log_completed(crash->log, entry);

	return completed && completed <= crash->point && entry->error;
}

int cnull_crash_find_units(struct cnull_crash *crash);

#endif
