// SPDX-License-Identifier: GPL-2.0
/*
 * The units and cells of a log: how its requests are divided, and which blocks they write.
 *
 * All requests are visited twice: to count, and to fill the arrays.
 */
#include "record/walk.h"

#define HASH_FACTOR	0x9e3779b97f4a7c15ULL

static bool is_write(const struct cnull_log_entry *entry)
{
	switch (entry->op) {
	case CNULL_OP_WRITE:
	case CNULL_OP_DISCARD:
	case CNULL_OP_WRITE_ZEROES:
	case CNULL_OP_SECURE_ERASE:
		return entry->nr_sectors;
	default:
		return false;
	}
}

/* Return the place of a cell in the index: that of the cell, or an empty one. */
static u32 *index_of(struct cnull_crash *crash, u64 nr)
{
	u32 mask = (1U << crash->index_bits) - 1;
	u32 i = nr * HASH_FACTOR >> (64 - crash->index_bits);

	while (crash->index[i] != NONE && crash->cell[crash->index[i]].nr != nr)
		i = (i + 1) & mask;
	return &crash->index[i];
}

static u32 cell_of(struct cnull_crash *crash, u64 nr)
{
	u32 *place = index_of(crash, nr);

	if (*place == NONE) {
		*place = crash->nr_cells++;
		crash->cell[*place] = (struct crash_cell) {
			.nr = nr,
			.newest = NONE,
			.shown = NONE,
		};
	}
	return *place;
}

/* Add a unit of the cells from @first on. Only count before the arrays exist. */
static void add_unit(struct cnull_crash *crash, struct crash_unit unit, u64 first, u64 nr)
{
	u64 i;

	unit.link = crash->nr_links;
	unit.nr_links = unit.nr_listed = nr;
	unit.next = NONE;
	for (i = 0; crash->link && i < nr; i++)
		crash->link[crash->nr_links + i] = (struct crash_link) {
			.cell = cell_of(crash, first + i),
			.unit = crash->nr_units,
			.next = NONE,
		};
	if (crash->unit)
		crash->unit[crash->nr_units] = unit;
	crash->nr_links += nr;
	crash->nr_units++;
}

/* Is the write written as a whole, or not at all? */
static bool is_atomic(const struct cnull_crash *crash, const struct cnull_log_entry *entry)
{
	const struct cnull_crash_shape *shape = &crash->shape;
	u64 last = entry->sector + entry->nr_sectors - 1;

	if (shape->tear != CNULL_TEAR_BLOCK)
		return shape->tear == CNULL_TEAR_NONE;
	return entry->op == CNULL_OP_WRITE && entry->nr_sectors <= shape->atomic_sectors &&
	       (!shape->atomic_boundary || div_u64(entry->sector, shape->atomic_boundary) ==
					   div_u64(last, shape->atomic_boundary));
}

static void add_write(struct cnull_crash *crash, u32 nr, const struct cnull_log_entry *entry)
{
	u64 first = entry->sector >> crash->shift, count = entry->nr_sectors >> crash->shift;
	u64 step = is_atomic(crash, entry) ? count : 1, i;
	struct crash_unit unit = { .entry = nr, .zone = zone_of(crash, entry->sector) };

	for (i = 0; i < count; i += step) {
		unit.place = (first + i) << crash->shift;
		unit.end = (first + i + step) << crash->shift;
		add_unit(crash, unit, first + i, step);
	}
}

static void add_reset(struct cnull_crash *crash, u32 nr, u32 zone)
{
	u64 start = zone_start(crash, zone);
	struct crash_unit unit = {
		.entry = nr,
		.zone = zone,
		.place = start,
		.end = start,
		.is_reset = true,
	};

	if (crash->zone[zone].is_used)
		add_unit(crash, unit, start >> crash->shift,
			 (crash->zone[zone].high - start) >> crash->shift);
}

static void add_finish(struct cnull_crash *crash, u32 nr, u32 zone)
{
	u64 end = zone_start(crash, zone) + crash->shape.zone_sectors;

	add_unit(crash, (struct crash_unit) {
		.entry = nr,
		.zone = zone,
		.place = end,
		.end = end,
	}, 0, 0);
}

/* Add the units of a zone operation. One that failed has changed nothing. */
static void add_zone_op(struct cnull_crash *crash, u32 nr, const struct cnull_log_entry *entry)
{
	u32 zone = zone_of(crash, entry->sector);

	if (!crash->zone || (cnull_log_completed(crash->log, entry) && entry->error))
		return;
	if (entry->op == CNULL_OP_ZONE_RESET_ALL) {
		for (zone = crash->shape.first_zone; zone < crash->shape.nr_zones; zone++)
			add_reset(crash, nr, zone);
	} else if (zone == NONE) {
		return;
	} else if (entry->op == CNULL_OP_ZONE_RESET) {
		add_reset(crash, nr, zone);
	} else if (entry->op == CNULL_OP_ZONE_FINISH) {
		add_finish(crash, nr, zone);
	}
}

/* Add the units of all entries, or count them. */
static void add_entries(struct cnull_crash *crash)
{
	u32 nr;

	crash->nr_units = 0;
	crash->nr_links = 0;
	for (nr = 0; nr < crash->nr_entries; nr++) {
		const struct cnull_log_entry *entry = cnull_log_entry(crash->log, nr);
		u32 completed = cnull_log_completed(crash->log, entry);

		crash->first_unit[nr] = crash->nr_units;
		crash->event[entry->submitted] = nr;
		if (completed)
			crash->event[completed] = nr | EVENT_COMPLETION;
		/* A sequential zone refuses discards and write zeroes. */
		if (is_write(entry) && (entry->op == CNULL_OP_WRITE ||
					zone_of(crash, entry->sector) == NONE))
			add_write(crash, nr, entry);
		else
			add_zone_op(crash, nr, entry);
		if (nr % 1024 == 0)
			cond_resched();
	}
	crash->first_unit[nr] = crash->nr_units;
}

/* Set the write pointers at the start, and the ends of all writes. */
static void start_zones(struct cnull_crash *crash)
{
	const struct cnull_crash_shape *shape = &crash->shape;
	u32 nr;

	for (nr = 0; nr < shape->nr_zones; nr++) {
		u64 wp = shape->wp ? shape->wp[nr] : zone_start(crash, nr);

		crash->zone[nr] = (struct crash_zone) {
			.first = NONE,
			.last = NONE,
			.initial_wp = wp,
			.wp = wp,
			.shown_wp = wp,
			.high = wp,
			.is_used = wp > zone_start(crash, nr),
		};
	}
	for (nr = 0; nr < crash->nr_entries; nr++) {
		const struct cnull_log_entry *entry = cnull_log_entry(crash->log, nr);
		u32 zone = zone_of(crash, entry->sector);

		if (zone == NONE)
			continue;
		if (entry->op == CNULL_OP_WRITE)
			crash->zone[zone].high = max(crash->zone[zone].high,
						     entry->sector + entry->nr_sectors);
		if (entry->op == CNULL_OP_WRITE || entry->op == CNULL_OP_ZONE_FINISH)
			crash->zone[zone].is_used = true;
	}
}

/* Return 0, or -EINVAL if an entry does not fit to the shape. */
static int check(const struct cnull_crash *crash)
{
	const struct cnull_crash_shape *shape = &crash->shape;
	u64 nr_links = 0;
	u32 nr;

	if (!is_power_of_2(shape->block_sectors) ||
	    (shape->zone_sectors && shape->zone_sectors % shape->block_sectors))
		return -EINVAL;
	for (nr = 0; nr < crash->nr_entries; nr++) {
		const struct cnull_log_entry *entry = cnull_log_entry(crash->log, nr);

		if (!is_write(entry))
			continue;
		nr_links += entry->nr_sectors;
		if ((entry->sector | entry->nr_sectors) & (shape->block_sectors - 1))
			return -EINVAL;
		if (nr_links >= NONE)
			return -E2BIG;
	}
	return 0;
}

static bool list_init(struct crash_list *list, u32 nr)
{
	list->at = kvcalloc(nr + 1, sizeof(u32), GFP_KERNEL);
	return list->at;
}

/* Allocate the arrays whose lengths the log gives. */
static bool alloc_entries(struct cnull_crash *crash)
{
	const struct cnull_crash_shape *shape = &crash->shape;

	crash->event = kvcalloc(crash->nr_events + 1, sizeof(u32), GFP_KERNEL);
	crash->first_unit = kvcalloc(crash->nr_entries + 1, sizeof(u32), GFP_KERNEL);
	if (!crash->event || !crash->first_unit ||
	    !list_init(&crash->completed, crash->nr_entries))
		return false;
	if (!shape->zone_sectors)
		return true;
	crash->zone = kvcalloc(shape->nr_zones, sizeof(*crash->zone), GFP_KERNEL);
	return crash->zone && list_init(&crash->dirty_zones, shape->nr_zones);
}

/* Allocate the arrays whose lengths add_entries() has counted. */
static bool alloc_units(struct cnull_crash *crash)
{
	u64 i;

	crash->index_bits = 1;
	while (1ULL << crash->index_bits < 2ULL * crash->nr_links)
		crash->index_bits++;
	crash->unit = kvcalloc(crash->nr_units + 1, sizeof(*crash->unit), GFP_KERNEL);
	crash->link = kvcalloc(crash->nr_links + 1, sizeof(*crash->link), GFP_KERNEL);
	crash->cell = kvcalloc(crash->nr_links + 1, sizeof(*crash->cell), GFP_KERNEL);
	crash->index = kvcalloc(1ULL << crash->index_bits, sizeof(u32), GFP_KERNEL);
	if (!crash->unit || !crash->link || !crash->cell || !crash->index ||
	    !list_init(&crash->open, crash->nr_units) ||
	    !list_init(&crash->request, crash->nr_units) ||
	    !list_init(&crash->contested, crash->nr_links) ||
	    !list_init(&crash->dirty, crash->nr_links))
		return false;
	for (i = 0; i < 1ULL << crash->index_bits; i++)
		crash->index[i] = NONE;
	return true;
}

/**
 * cnull_crash_find_units - make the arrays of a walk
 * @crash: the walk; its log and its shape are set
 *
 * Context: May sleep.
 * Return: 0, or a negative errno as of cnull_crash_new(). The caller frees the arrays.
 */
int cnull_crash_find_units(struct cnull_crash *crash)
{
	int err = check(crash);

	if (err)
		return err;
	crash->shift = crash->shape.tear == CNULL_TEAR_SECTOR ? 0 :
		       __ffs(crash->shape.block_sectors);
	if (!alloc_entries(crash))
		return -ENOMEM;
	if (crash->zone)
		start_zones(crash);
	add_entries(crash);
	if (!alloc_units(crash))
		return -ENOMEM;
	add_entries(crash);
	return 0;
}
