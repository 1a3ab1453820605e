// SPDX-License-Identifier: GPL-2.0
/*
 * The states of a point: the units and pairs that a power cut leaves open, and the change
 * from one state to another.
 *
 * Only dirty cells are visited: those of units that differ from the shown state, and those
 * whose versions have changed since then.
 */
#include "record/walk.h"

#define HASH_FACTOR	0x9e3779b97f4a7c15ULL

static u64 mix(u64 a, u64 b)
{
	a = (a ^ b) * HASH_FACTOR;
	a ^= a >> 29;
	return a * HASH_FACTOR + b;
}

static bool is_listed(const struct crash_unit *unit)
{
	return !unit->is_durable && !unit->is_gone;
}

/* May either of two listed units be last, and does dropping @new not have the same effect? */
static bool is_pair(const struct cnull_crash *crash, u32 old, u32 new)
{
	const struct crash_unit *unit = &crash->unit[new];

	return !precedes(crash, old, new) &&
	       (unit->is_durable || unit->nr_links > 1 || crash->unit[old].nr_links > 1);
}

/*
 * Add a pair, unless there is one. The pairs are sorted, so that the bits of a state do
 * not depend on the points at which the walk has stopped.
 */
static void add_pair(struct cnull_crash *crash, u32 old, u32 new)
{
	struct crash_pair *pair = crash->pair;
	u32 at, i;

	for (at = crash->nr_pairs; at; at--)
		if (pair[at - 1].old < old ||
		    (pair[at - 1].old == old && pair[at - 1].new <= new))
			break;
	if (at && pair[at - 1].old == old && pair[at - 1].new == new)
		return;
	for (i = crash->nr_pairs++; i > at; i--)
		pair[i] = pair[i - 1];
	pair[at] = (struct crash_pair) { .old = old, .new = new };
}

/* Count the pairs of a cell, or add those that are new to the pairs of the point. */
static u32 pairs_of(struct cnull_crash *crash, const struct crash_cell *cell, bool add)
{
	u32 new, old, nr = 0;

	for (new = cell->newest; new != NONE; new = crash->link[new].next)
		for (old = crash->link[new].next; old != NONE; old = crash->link[old].next) {
			if (!is_pair(crash, crash->link[old].unit, crash->link[new].unit))
				continue;
			nr++;
			if (add)
				add_pair(crash, crash->link[old].unit, crash->link[new].unit);
		}
	return nr;
}

/* List the units that may be lost, and the first one of each request. */
static void list_units(struct cnull_crash *crash)
{
	u32 nr = 0, last = NONE, i;

	crash->request.nr = 0;
	for (i = 0; i < crash->open.nr; i++) {
		const struct crash_unit *unit = &crash->unit[crash->open.at[i]];

		if (!is_listed(unit))
			continue;
		if (unit->entry != last)
			crash->request.at[crash->request.nr++] = nr;
		last = unit->entry;
		crash->open.at[nr++] = crash->open.at[i];
	}
	crash->open.nr = nr;
}

/* List the pairs. Return 0 or -ENOMEM. */
static int list_pairs(struct cnull_crash *crash)
{
	u32 nr = 0, nr_pairs = 0, i;

	for (i = 0; i < crash->contested.nr; i++) {
		struct crash_cell *cell = &crash->cell[crash->contested.at[i]];

		if (crash->nr_reversed)
			make_dirty(crash, crash->contested.at[i]);
		if (cell->newest == NONE || crash->link[cell->newest].next == NONE) {
			cell->is_contested = false;
			continue;
		}
		nr_pairs += pairs_of(crash, cell, false);
		crash->contested.at[nr++] = crash->contested.at[i];
	}
	crash->contested.nr = nr;
	crash->nr_reversed = 0;
	kvfree(crash->pair);
	crash->nr_pairs = 0;
	crash->pair = NULL;
	if (!nr_pairs)
		return 0;
	crash->pair = kvcalloc(nr_pairs, sizeof(*crash->pair), GFP_KERNEL);
	if (!crash->pair)
		return -ENOMEM;
	for (i = 0; i < crash->contested.nr; i++)
		pairs_of(crash, &crash->cell[crash->contested.at[i]], true);
	return 0;
}

static u32 nr_words(const struct cnull_crash *crash)
{
	return (crash->open.nr + crash->nr_pairs) / BITS_PER_LONG + 1;
}

/* Make the lists of the point, and the bits of the shown state. Return 0 or -ENOMEM. */
static int list_point(struct cnull_crash *crash)
{
	u32 i;

	if (crash->is_listed)
		return 0;
	list_units(crash);
	if (list_pairs(crash))
		return -ENOMEM;
	kvfree(crash->shown);
	crash->shown = kvcalloc(nr_words(crash), sizeof(long), GFP_KERNEL);
	if (!crash->shown)
		return -ENOMEM;
	for (i = 0; i < crash->open.nr; i++)
		if (crash->unit[crash->open.at[i]].is_wanted)
			crash->shown[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
	crash->is_listed = true;
	return 0;
}

static bool bit_of(const unsigned long *bits, u32 nr)
{
	return bits[nr / BITS_PER_LONG] >> (nr % BITS_PER_LONG) & 1;
}

/* Change the bit @nr of the wanted state, and mark the effects dirty. */
static void flip(struct cnull_crash *crash, u32 nr)
{
	struct crash_unit *unit;
	struct crash_pair *pair;

	if (nr >= crash->open.nr) {
		pair = &crash->pair[nr - crash->open.nr];
		pair->is_reversed = !pair->is_reversed;
		crash->nr_reversed += pair->is_reversed ? 1 : -1;
		make_unit_dirty(crash, &crash->unit[pair->new]);
		return;
	}
	unit = &crash->unit[crash->open.at[nr]];
	unit->is_wanted = !unit->is_wanted;
	if (unit->zone == NONE) {
		unit->is_applied = unit->is_wanted;
		make_unit_dirty(crash, unit);
	} else {
		make_zone_dirty(crash, unit->zone);
	}
}

/* Make @bits the wanted state. */
static void want(struct cnull_crash *crash, const unsigned long *bits)
{
	u32 nr = nr_words(crash), i;

	for (i = 0; i < nr; i++) {
		unsigned long diff = bits[i] ^ crash->shown[i];

		if (i == nr - 1)
			diff &= (1UL << ((crash->open.nr + crash->nr_pairs) % BITS_PER_LONG)) - 1;
		crash->shown[i] ^= diff;
		for (; diff; diff &= diff - 1)
			flip(crash, i * BITS_PER_LONG + __ffs(diff));
	}
}

/* Is @a before @b in the order of the wanted state? */
static bool comes_before(const struct cnull_crash *crash, u32 a, u32 b)
{
	u32 i;

	for (i = 0; i < crash->nr_pairs; i++) {
		const struct crash_pair *pair = &crash->pair[i];

		if (pair->old == a && pair->new == b)
			return !pair->is_reversed;
		if (pair->old == b && pair->new == a)
			return pair->is_reversed;
	}
	return precedes(crash, a, b);
}

/* Return the unit of a pair: @nr counts both units of each pair. */
static u32 pair_unit(const struct cnull_crash *crash, u32 nr)
{
	const struct crash_pair *pair = &crash->pair[nr / 2];

	return nr % 2 ? pair->new : pair->old;
}

/* Does a unit that is not @done come before @unit? */
static bool has_earlier(const struct cnull_crash *crash, const unsigned long *done, u32 unit)
{
	u32 i;

	for (i = 0; i < 2 * crash->nr_pairs; i++) {
		u32 other = pair_unit(crash, i);

		if (other != unit && !bit_of(done, i) && crash->unit[other].is_applied &&
		    comes_before(crash, other, unit))
			return true;
	}
	return false;
}

/* Is there an order of all kept units? Return 1, 0, or -ENOMEM. */
static int has_order(struct cnull_crash *crash)
{
	u32 nr = 2 * crash->nr_pairs, left = nr, i;
	unsigned long *done;
	bool progress = true;

	if (!crash->nr_reversed)
		return 1;
	done = kvcalloc(DIV_ROUND_UP(nr, BITS_PER_LONG), sizeof(*done), GFP_KERNEL);
	if (!done)
		return -ENOMEM;
	while (left && progress) {
		progress = false;
		for (i = 0; i < nr; i++) {
			u32 unit = pair_unit(crash, i);

			if (bit_of(done, i) || (crash->unit[unit].is_applied &&
						has_earlier(crash, done, unit)))
				continue;
			done[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
			left--;
			progress = true;
		}
	}
	kvfree(done);
	return !left;
}

/* Find the prefix of the chain that the zone holds, and its write pointer. */
static u64 apply_zone(struct cnull_crash *crash, const struct crash_zone *zone)
{
	u64 wp = zone->wp, at = zone->wp;
	bool is_lost = false;
	u32 nr;

	for (nr = zone->first; nr != NONE; nr = crash->unit[nr].next) {
		struct crash_unit *unit = &crash->unit[nr];
		bool fits = unit->is_reset || !unit->nr_links || unit->place == at;
		bool applied = unit->is_durable ||
			       (!unit->is_gone && !is_lost && unit->is_wanted && fits);

		if (applied)
			at = wp = unit->end;
		else if (!unit->is_gone && has_failed(crash, unit) && fits)
			at = unit->end;
		else if (!unit->is_gone)
			is_lost = true;
		if (unit->is_applied != applied) {
			unit->is_applied = applied;
			make_unit_dirty(crash, unit);
		}
	}
	return wp;
}

static int show_zones(struct cnull_crash *crash)
{
	int err = 0;

	while (crash->dirty_zones.nr) {
		u32 nr = crash->dirty_zones.at[--crash->dirty_zones.nr];
		struct crash_zone *zone = &crash->zone[nr];
		u64 wp = apply_zone(crash, zone);

		zone->is_dirty = false;
		if (err || wp == zone->shown_wp)
			continue;
		crash->fingerprint += mix(~(u64)nr, wp) - mix(~(u64)nr, zone->shown_wp);
		zone->shown_wp = wp;
		err = crash->target.wp(crash->target.arg, nr, wp);
	}
	return err;
}

/* Return the link whose version a cell has in the wanted state, or NONE. */
static u32 version_of(const struct cnull_crash *crash, const struct crash_cell *cell)
{
	u32 best = NONE, i;

	for (i = cell->newest; i != NONE; i = crash->link[i].next) {
		if (!crash->unit[crash->link[i].unit].is_applied)
			continue;
		if (best == NONE ||
		    (crash->nr_reversed && crash->unit[crash->link[i].unit].zone == NONE &&
		     comes_before(crash, crash->link[best].unit, crash->link[i].unit)))
			best = i;
		if (!crash->nr_reversed)
			break;
	}
	return best;
}

static u64 hash_data(struct cnull_crash *crash, const struct cnull_log_entry *entry,
		     u64 offset)
{
	u64 word[512 / sizeof(u64)], hash = 0;
	u32 sector, i;

	for (sector = 0; sector < 1U << crash->shift; sector++) {
		if (entry)
			cnull_log_read(crash->log, entry,
				       offset + ((u64)sector << SECTOR_SHIFT), word,
				       sizeof(word));
		else
			memset(word, 0, sizeof(word));
		for (i = 0; i < ARRAY_SIZE(word); i++)
			hash = mix(hash, word[i]);
	}
	return hash | 1;
}

static u64 offset_of(struct cnull_crash *crash, const struct cnull_log_entry *entry,
		     const struct crash_cell *cell)
{
	return ((cell->nr << crash->shift) - entry->sector) << SECTOR_SHIFT;
}

/* Was the sector behind the write pointer of a zone at the start? Then it had zeros. */
static bool was_empty(const struct cnull_crash *crash, u64 sector)
{
	u32 zone = zone_of(crash, sector);

	return zone != NONE && sector >= crash->zone[zone].initial_wp;
}

/* Return the part of the fingerprint for a version of a cell. */
static u64 hash_of(struct cnull_crash *crash, const struct crash_cell *cell, u32 nr)
{
	struct cnull_log_entry *entry;
	struct crash_link *link;

	if (nr == NONE)
		return 0;
	if (!crash->zero_hash)
		crash->zero_hash = hash_data(crash, NULL, 0);
	link = &crash->link[nr];
	entry = entry_of(crash, link->unit);
	if (!link->hash)
		link->hash = entry->op != CNULL_OP_WRITE ? crash->zero_hash :
			     hash_data(crash, entry, offset_of(crash, entry, cell));
	if (link->hash == crash->zero_hash && was_empty(crash, cell->nr << crash->shift))
		return 0;
	return mix(cell->nr, link->hash);
}

static void extent_of(struct cnull_crash *crash, const struct crash_cell *cell, u32 nr,
		      struct cnull_crash_extent *extent)
{
	*extent = (struct cnull_crash_extent) {
		.sector = cell->nr << crash->shift,
		.nr_sectors = 1ULL << crash->shift,
	};
	if (nr == NONE)
		return;
	extent->entry = entry_of(crash, crash->link[nr].unit);
	extent->source = extent->entry->op == CNULL_OP_WRITE ? CNULL_CRASH_DATA :
							       CNULL_CRASH_ZEROS;
	if (extent->source == CNULL_CRASH_DATA)
		extent->offset = offset_of(crash, extent->entry, cell);
}

/* Append @next to @extent, if the two are adjacent in the device and in their source. */
static bool merges(struct cnull_crash_extent *extent, const struct cnull_crash_extent *next)
{
	if (!extent->nr_sectors || extent->source != next->source ||
	    extent->entry != next->entry ||
	    extent->sector + extent->nr_sectors != next->sector)
		return false;
	extent->nr_sectors += next->nr_sectors;
	return true;
}

static int show_cells(struct cnull_crash *crash)
{
	struct cnull_crash_extent extent = { }, next;
	int err = 0;
	u32 i;

	for (i = 0; i < crash->dirty.nr; i++) {
		struct crash_cell *cell = &crash->cell[crash->dirty.at[i]];
		u32 version = version_of(crash, cell);

		cell->is_dirty = false;
		if (err || version == cell->shown)
			continue;
		crash->fingerprint += hash_of(crash, cell, version) -
				      hash_of(crash, cell, cell->shown);
		cell->shown = version;
		extent_of(crash, cell, version, &next);
		if (merges(&extent, &next))
			continue;
		if (extent.nr_sectors)
			err = crash->target.extent(crash->target.arg, &extent);
		extent = next;
	}
	crash->dirty.nr = 0;
	if (!err && extent.nr_sectors)
		err = crash->target.extent(crash->target.arg, &extent);
	return err;
}

/**
 * cnull_crash_show - make a state of the point appear on the target
 * @crash: the walk
 * @bits: one bit for each unit: it is kept; then one bit for each pair: the older unit
 *	is last. cnull_crash_nr_units() and cnull_crash_nr_pairs() have the numbers
 *
 * The cost is that of the difference to the shown state, and of a comparison of the bits.
 *
 * Context: May sleep.
 * Return: 0, or a negative errno:
 * * -EINVAL: no order of the kept units agrees with @bits; the target is unchanged
 * * -ENOMEM: no memory; the target is unchanged
 * * an error of the target, whose contents are undefined then
 */
int cnull_crash_show(struct cnull_crash *crash, const unsigned long *bits)
{
	int err = list_point(crash);

	if (err)
		return err;
	want(crash, bits);
	err = has_order(crash);
	if (err <= 0)
		return err ? err : -EINVAL;
	err = show_zones(crash);
	return err ? err : show_cells(crash);
}

/**
 * cnull_crash_list - list the units and pairs of the point
 * @crash: the walk
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int cnull_crash_list(struct cnull_crash *crash)
{
	return list_point(crash);
}

/**
 * cnull_crash_nr_units - return the number of units that a cut at the point may lose
 * @crash: the walk, after cnull_crash_list()
 *
 * Context: Any.
 * Return: the number of units.
 */
u32 cnull_crash_nr_units(const struct cnull_crash *crash)
{
	return crash->open.nr;
}

/**
 * cnull_crash_nr_pairs - return the number of pairs of units with an open order
 * @crash: the walk, after cnull_crash_list()
 *
 * Context: Any.
 * Return: the number of pairs.
 */
u32 cnull_crash_nr_pairs(const struct cnull_crash *crash)
{
	return crash->nr_pairs;
}

/**
 * cnull_crash_nr_requests - return the number of requests with units of the point
 * @crash: the walk, after cnull_crash_list()
 *
 * Context: Any.
 * Return: the number of requests.
 */
u32 cnull_crash_nr_requests(const struct cnull_crash *crash)
{
	return crash->request.nr;
}

/**
 * cnull_crash_request - return the units of a request
 * @crash: the walk, after cnull_crash_list()
 * @nr: the number of the request, in the order of submission
 * @nr_units: set to the number of its units of the point, which are adjacent
 *
 * Context: Any.
 * Return: the number of its first unit.
 */
u32 cnull_crash_request(const struct cnull_crash *crash, u32 nr, u32 *nr_units)
{
	u32 first = crash->request.at[nr];

	*nr_units = (nr + 1 < crash->request.nr ? crash->request.at[nr + 1] :
						  crash->open.nr) - first;
	return first;
}

/**
 * cnull_crash_unit - return the entry of a unit
 * @crash: the walk, after cnull_crash_list()
 * @nr: the number of the unit, in the order of submission
 *
 * Context: Any.
 * Return: the entry.
 */
const struct cnull_log_entry *cnull_crash_unit(const struct cnull_crash *crash, u32 nr)
{
	return entry_of(crash, crash->open.at[nr]);
}

/**
 * cnull_crash_fingerprint - return a hash of the contents of the target
 * @crash: the walk
 *
 * Context: Any.
 * Return: a hash of all sectors that differ from the start of the log, and of the write
 * pointers. Equal for states with equal contents, whatever requests wrote them.
 */
u64 cnull_crash_fingerprint(const struct cnull_crash *crash)
{
	return crash->fingerprint;
}
