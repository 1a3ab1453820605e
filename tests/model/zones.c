// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the zones: their conditions and write pointers.
 */
#include "durable.h"
#include "zone/report.h"
#include "zone/consistency.h"
#include "zones.h"

#define MIB_SECTORS	2048

/* A change of one of these options makes new zones. */
static const enum cnull_option_id shape[] = {
	CNULL_OPTION_size,
	CNULL_OPTION_blocksize,
	CNULL_OPTION_zone_size,
	CNULL_OPTION_zone_capacity,
	CNULL_OPTION_zone_nr_conv,
	CNULL_OPTION_zone_full,
};

/**
 * struct zone - a zone, in sectors of the device
 * @cond: the condition
 * @start: the first sector
 * @end: the first sector of the next zone
 * @full: the first sector beyond the capacity
 * @wp: the write pointer: the first sector without data
 * @durable: the sectors before this one are durable
 * @opened: the value of @nr_opens when the zone became implicitly open
 */
struct zone {
	enum cnull_zone_cond cond;
	u64 start;
	u64 end;
	u64 full;
	u64 wp;
	u64 durable;
	u64 opened;
};

/**
 * struct zones - the zones of a device
 * @shape: the values of the options in shape[]
 * @nr: the number of zones; 0: none
 * @zone: the zones
 */
struct zones {
	u64 shape[ARRAY_SIZE(shape)];
	unsigned int nr;
	struct zone zone[MOST_ZONES];
};

/* The zones of the device that is on, and the zones that memory keeps while off. */
static struct zones live, kept;

/* The zones of the snapshots. */
static struct zones saved[NR_SNAPSHOTS];

/* The number of times that a write opened a zone. */
static u64 nr_opens;

void zones_reset(void)
{
	live.nr = 0;
	kept.nr = 0;
}

u64 zones_count(const u64 *config)
{
	u64 size = config[CNULL_OPTION_size], each = config[CNULL_OPTION_zone_size];

	return size / each + (size % each != 0);
}

bool zones_are_valid(const u64 *config)
{
	u64 size = config[CNULL_OPTION_size], each = config[CNULL_OPTION_zone_size];
	u64 capacity = config[CNULL_OPTION_zone_capacity];

	if (each < 1 || each > size || capacity > each)
		return false;
	/* The capacity of a smaller last zone would be undefined. */
	if (size % each && capacity && capacity < each)
		return false;
	return zones_count(config) <= 4194304 &&
	       config[CNULL_OPTION_zone_nr_conv] < zones_count(config) &&
	       !config[CNULL_OPTION_write_zeroes] &&
	       !config[CNULL_OPTION_secure_erase];
}

void zones_normalize(u64 *effective)
{
	u64 *open = &effective[CNULL_OPTION_zone_max_open];
	u64 *active = &effective[CNULL_OPTION_zone_max_active];
	u64 *append = &effective[CNULL_OPTION_zone_append_max_sectors];
	u64 *capacity = &effective[CNULL_OPTION_zone_capacity];
	u64 sequential = zones_count(effective) -
			 effective[CNULL_OPTION_zone_nr_conv];

	effective[CNULL_OPTION_discard] = 0;
	if (!*capacity)
		*capacity = effective[CNULL_OPTION_zone_size];
	/* A limit that all zones meet is none. Open zones count as active. */
	if (*active >= sequential)
		*active = 0;
	if (*active && *open > *active)
		*open = *active;
	if (*open >= sequential)
		*open = 0;
	*append -= *append % (effective[CNULL_OPTION_blocksize] / SECTOR_BYTES);
	if (*append > *capacity * MIB_SECTORS)
		*append = *capacity * MIB_SECTORS;
}

/* Return the zone of a sector, or NULL. */
static struct zone *find(u64 sector)
{
	unsigned int i;

	for (i = 0; i < live.nr; i++)
		if (sector < live.zone[i].end)
			return &live.zone[i];
	return NULL;
}

static bool is_open(const struct zone *z)
{
	return z->cond == CNULL_ZONE_IMP_OPEN || z->cond == CNULL_ZONE_EXP_OPEN;
}

/* Is the zone without a write pointer? Such a zone refuses all commands. */
static bool has_no_wp(const struct zone *z)
{
	return z->cond == CNULL_ZONE_NOT_WP || z->cond == CNULL_ZONE_READONLY ||
	       z->cond == CNULL_ZONE_OFFLINE;
}

static void open_by_write(struct zone *z)
{
	z->cond = CNULL_ZONE_IMP_OPEN;
	z->opened = ++nr_opens;
}

/* Close a zone. A zone without data becomes empty. */
static void close_zone(struct zone *z)
{
	z->cond = z->wp > z->start ? CNULL_ZONE_CLOSED : CNULL_ZONE_EMPTY;
}

/* Empty the zone. Discard its data if the device is memory-backed. */
static void reset(const u64 *effective, struct zone *z)
{
	u64 end = min_t(u64, z->end, MODEL_SECTORS);

	z->cond = CNULL_ZONE_EMPTY;
	z->wp = z->start;
	z->durable = z->start;
	if (!effective[CNULL_OPTION_memory_backed] || z->start >= end)
		return;
	model_discard(z->start * SECTOR_BYTES, (end - z->start) * SECTOR_BYTES);
	durable_set(z->start, end - z->start);
}

/* Return the number of zones in a condition. */
static u64 count_in(const struct zones *zones, enum cnull_zone_cond cond)
{
	unsigned int i;
	u64 nr = 0;

	for (i = 0; i < zones->nr; i++)
		nr += zones->zone[i].cond == cond;
	return nr;
}

static u64 count(enum cnull_zone_cond cond)
{
	return count_in(&live, cond);
}

static u64 count_active(const struct zones *zones)
{
	return count_in(zones, CNULL_ZONE_IMP_OPEN) +
	       count_in(zones, CNULL_ZONE_EXP_OPEN) +
	       count_in(zones, CNULL_ZONE_CLOSED);
}

/* Close the implicitly open zone that was opened first. */
static void close_oldest(void)
{
	struct zone *oldest = NULL;
	unsigned int i;

	for (i = 0; i < live.nr; i++) {
		struct zone *z = &live.zone[i];

		if (z->cond == CNULL_ZONE_IMP_OPEN &&
		    (!oldest || z->opened < oldest->opened))
			oldest = z;
	}
	close_zone(oldest);
}

/*
 * Make room for @z among the open and active zones: close implicitly open zones.
 * Return 0 or the errno.
 */
static int make_room(const u64 *effective, const struct zone *z)
{
	u64 explicit = count(CNULL_ZONE_EXP_OPEN);
	u64 open = explicit + count(CNULL_ZONE_IMP_OPEN);
	u64 active = count_active(&live);
	u64 max_open = effective[CNULL_OPTION_zone_max_open];
	u64 max_active = effective[CNULL_OPTION_zone_max_active];

	if (is_open(z))
		return 0;
	if (z->cond == CNULL_ZONE_EMPTY && max_active && active + 1 > max_active)
		return -EOVERFLOW;
	if (max_open && explicit + 1 > max_open)
		return -ETOOMANYREFS;
	for (; max_open && open + 1 > max_open; open--)
		close_oldest();
	return 0;
}

/* Make the zones of a new device. */
static void make(struct zones *zones, const u64 *effective)
{
	u64 size = effective[CNULL_OPTION_size] * MIB_SECTORS;
	u64 each = effective[CNULL_OPTION_zone_size] * MIB_SECTORS;
	u64 capacity = effective[CNULL_OPTION_zone_capacity] * MIB_SECTORS;
	unsigned int i;

	zones->nr = zones_count(effective);
	for (i = 0; i < ARRAY_SIZE(shape); i++)
		zones->shape[i] = effective[shape[i]];
	for (i = 0; i < zones->nr; i++) {
		struct zone *z = &zones->zone[i];

		z->start = i * each;
		z->end = min(z->start + each, size);
		z->full = min(z->start + capacity, z->end);
		z->wp = z->start;
		z->cond = CNULL_ZONE_EMPTY;
		if (i < effective[CNULL_OPTION_zone_nr_conv]) {
			z->cond = CNULL_ZONE_NOT_WP;
			z->full = z->end;
			z->wp = z->end;
		} else if (effective[CNULL_OPTION_zone_full]) {
			z->cond = CNULL_ZONE_FULL;
			z->wp = z->full;
		}
	}
}

bool zones_exceed(const u64 *config)
{
	u64 effective[CNULL_NR_OPTIONS], max_active;
	unsigned int i;

	if (!config[CNULL_OPTION_zoned] ||
	    !config[CNULL_OPTION_memory_backed] || !kept.nr)
		return false;
	memcpy(effective, config, sizeof(effective));
	zones_normalize(effective);
	for (i = 0; i < ARRAY_SIZE(shape); i++)
		if (kept.shape[i] != effective[shape[i]])
			return false;
	max_active = effective[CNULL_OPTION_zone_max_active];
	return max_active && count_active(&kept) > max_active;
}

int zones_validate_limits(const u64 *effective, const u64 *config)
{
	u64 next[CNULL_NR_OPTIONS], open, active;

	memcpy(next, effective, sizeof(next));
	next[CNULL_OPTION_zone_max_open] = config[CNULL_OPTION_zone_max_open];
	next[CNULL_OPTION_zone_max_active] = config[CNULL_OPTION_zone_max_active];
	zones_normalize(next);
	open = next[CNULL_OPTION_zone_max_open];
	active = next[CNULL_OPTION_zone_max_active];
	return (open && count(CNULL_ZONE_EXP_OPEN) > open) ||
	       (active && count_active(&live) > active) ? -EBUSY : 0;
}

void zones_update_limits(const u64 *effective)
{
	u64 max_open = effective[CNULL_OPTION_zone_max_open];

	while (max_open && count(CNULL_ZONE_EXP_OPEN) +
			   count(CNULL_ZONE_IMP_OPEN) > max_open)
		close_oldest();
}

void zones_power_on(const u64 *effective)
{
	bool backed = effective[CNULL_OPTION_memory_backed];

	live.nr = 0;
	if (effective[CNULL_OPTION_zoned])
		make(&live, effective);
	if (backed && kept.nr && live.nr &&
	    !memcmp(live.shape, kept.shape, sizeof(kept.shape)))
		live = kept;
	if (backed)
		kept.nr = 0;
	zones_flush();
}

/* Does the store have the data of the model in [@sector, @end)? */
static bool holds(struct cnull_store *store, u64 sector, u64 end)
{
	u8 data[SECTOR_BYTES];

	for (; sector < end; sector++) {
		struct iovec vec = { .iov_base = data, .iov_len = sizeof(data) };
		struct cnull_iter to = { .vec = &vec };

		cnull_store_read(store, sector * SECTOR_BYTES, sizeof(data), &to);
		if (!model_holds(sector * SECTOR_BYTES, data, sizeof(data)))
			return false;
	}
	return true;
}

/*
 * May @end be the write pointer of @z after the loss of volatile data? The store
 * must have the data before @end. @block: the block size in sectors
 */
static bool may_end(const struct zone *z, u64 end, u64 block,
		    struct cnull_store *store)
{
	/* Unlike in a kernel, a write of the model may end inside a block. */
	u64 durable = z->durable - z->durable % block;

	return end >= durable && end <= z->wp && (end == z->wp || !(end % block)) &&
	       holds(store, durable, end);
}

/*
 * Update the condition of a zone at power off. @lost: the zone lost data. A full
 * zone with lost data becomes closed only if one more zone may be active. Hence a
 * second pass, with @full_pass, updates the full zones.
 */
static void power_off_zone(const u64 *effective, struct zone *z, bool lost,
			   bool full_pass)
{
	u64 max_active = effective[CNULL_OPTION_zone_max_active];

	if (z->cond != CNULL_ZONE_FULL) {
		if (is_open(z) || (lost && !has_no_wp(z)))
			close_zone(z);
	} else if (lost && full_pass &&
		   (z->wp == z->start || !max_active ||
		    count_active(&live) < max_active)) {
		close_zone(z);
	}
}

bool zones_power_off(const u64 *effective, struct cnull_zones *zones,
		     struct cnull_store *store)
{
	u64 block = effective[CNULL_OPTION_blocksize] / SECTOR_BYTES;
	bool lost[MOST_ZONES];
	unsigned int i;

	if (live.nr && effective[CNULL_OPTION_memory_backed]) {
		if (!zones)
			return false;
		for (i = 0; i < live.nr; i++) {
			u64 end = cnull_zone_data_end(zones, i);

			if (!may_end(&live.zone[i], end, block, store))
				return false;
			lost[i] = end < live.zone[i].wp;
			live.zone[i].wp = end;
		}
		for (i = 0; i < live.nr; i++)
			power_off_zone(effective, &live.zone[i], lost[i], false);
		for (i = 0; i < live.nr; i++)
			power_off_zone(effective, &live.zone[i], lost[i], true);
		kept = live;
	}
	live.nr = 0;
	return true;
}

void zones_save(unsigned int nr, const u64 *effective)
{
	struct zones *zones = &saved[nr];
	unsigned int i;

	/* A device that is on without zones may have those of a restored snapshot. */
	*zones = live.nr ? live : kept;
	for (i = 0; live.nr && i < zones->nr; i++) {
		zones->zone[i].durable = zones->zone[i].wp;
		power_off_zone(effective, &zones->zone[i], false, true);
	}
}

void zones_load(unsigned int nr)
{
	kept = saved[nr];
}

/* Return the write pointer that a report has. */
static u64 reported_wp(const struct zone *z)
{
	if (z->cond == CNULL_ZONE_READONLY || z->cond == CNULL_ZONE_OFFLINE)
		return CNULL_ZONE_NO_WP;
	/* A finished zone reports its end. */
	if (z->cond == CNULL_ZONE_FULL && z->wp < z->full)
		return z->end;
	return z->wp;
}

bool zones_match(struct cnull_zones *zones, bool on)
{
	const struct zones *want = on ? &live : &kept;
	struct cnull_zone_info info;
	unsigned int i;

	if (!zones || !want->nr)
		return !zones && !want->nr;
	if (zones->shape.nr_zones != want->nr || !cnull_zones_are_consistent(zones))
		return false;
	for (i = 0; i < want->nr; i++) {
		const struct zone *z = &want->zone[i];

		cnull_zone_report(zones, i, &info);
		if (info.cond != z->cond || info.start != z->start ||
		    info.len != z->end - z->start || info.wp != reported_wp(z) ||
		    info.capacity != z->full - z->start ||
		    cnull_zone_data_end(zones, i) != z->wp)
			return false;
	}
	return true;
}

/* Move a write to the write pointer, and shorten it to the free capacity. */
static void aim_write(struct op *op, const struct zone *z)
{
	u64 room = z->full - z->wp;

	if (op->aim == AIM_NONE || !room)
		return;
	op->a = op->kind == OP_APPEND ? z->start : z->wp;
	if (op->aim == AIM_END)
		op->b = MOST_SECTORS;
	op->b = min(op->b, room);
}

/* Move a read around the write pointer: half of it before, half behind. */
static void aim_read(struct op *op, const struct zone *z)
{
	if (op->aim == AIM_NONE)
		return;
	op->a = z->wp - min(op->b / 2, z->wp - z->start);
	op->b = min(op->b, max(z->end - op->a, 1ULL));
}

bool zones_aim(struct op *op)
{
	struct zone *z = find(op->a);
	u64 at;

	if (!z)
		return true;
	if (z->cond != CNULL_ZONE_NOT_WP &&
	    (op->kind == OP_WRITE || op->kind == OP_APPEND))
		aim_write(op, z);
	if (op->kind == OP_READ)
		aim_read(op, z);
	at = op->kind == OP_APPEND ? max(op->a, z->wp) : op->a;
	if (at > MODEL_SECTORS || (at == MODEL_SECTORS && op->b))
		return false;
	op->b = min(op->b, MODEL_SECTORS - at);
	return true;
}

bool zones_contain(u64 sector, u64 nr)
{
	const struct zone *z = find(sector);

	return z && sector + nr <= z->end;
}

bool zones_is_conventional(u64 sector)
{
	return find(sector)->cond == CNULL_ZONE_NOT_WP;
}

bool zones_is_offline(u64 sector)
{
	return find(sector)->cond == CNULL_ZONE_OFFLINE;
}

u64 zones_nr_data(u64 sector, u64 nr)
{
	u64 wp = find(sector)->wp;

	return wp > sector ? min(nr, wp - sector) : 0;
}

u8 zones_filler(u64 sector)
{
	const struct zone *z = find(sector);

	/* Unlike a finished zone, a zone written to its capacity has a pointer. */
	if (z->cond == CNULL_ZONE_FULL)
		return z->wp < z->full ? 0 : 0xff;
	return z->cond == CNULL_ZONE_READONLY ? 0 : 0xff;
}

int zones_reserve(const u64 *effective, const struct op *op, u64 *start)
{
	struct zone *z = find(op->a);
	int err;

	if (has_no_wp(z) || z->cond == CNULL_ZONE_FULL ||
	    (op->kind == OP_WRITE && op->a != z->wp) ||
	    z->wp + op->b > z->full)
		return -EIO;
	err = make_room(effective, z);
	if (err)
		return err;
	if (!is_open(z))
		open_by_write(z);
	*start = z->wp;
	return 0;
}

void zones_commit(u64 sector, u64 nr, bool durable)
{
	struct zone *z = find(sector);

	z->wp += nr;
	if (z->wp == z->full)
		z->cond = CNULL_ZONE_FULL;
	if (!durable || !nr)
		return;
	durable_set(z->durable, z->wp - z->durable);
	z->durable = z->wp;
}

void zones_flush(void)
{
	unsigned int i;

	for (i = 0; i < live.nr; i++)
		live.zone[i].durable = live.zone[i].wp;
}

/* Reset each zone that is neither empty nor without a write pointer. */
static void reset_all(const u64 *effective)
{
	unsigned int i;

	for (i = 0; i < live.nr; i++)
		if (!has_no_wp(&live.zone[i]) &&
		    live.zone[i].cond != CNULL_ZONE_EMPTY)
			reset(effective, &live.zone[i]);
}

int zones_manage(const u64 *effective, enum op_kind kind, u64 sector)
{
	struct zone *z = find(sector);
	int err = 0;

	if (kind == OP_RESET_ALL) {
		reset_all(effective);
		return 0;
	}
	if (has_no_wp(z))
		return -EIO;
	if (kind == OP_RESET) {
		reset(effective, z);
		return 0;
	}
	if (z->cond == CNULL_ZONE_FULL)
		return kind == OP_FINISH ? 0 : -EIO;
	if (kind == OP_CLOSE) {
		if (z->cond == CNULL_ZONE_EMPTY)
			return -EIO;
		close_zone(z);
		return 0;
	}
	err = make_room(effective, z);
	if (!err)
		z->cond = kind == OP_OPEN ? CNULL_ZONE_EXP_OPEN :
					    CNULL_ZONE_FULL;
	return err;
}

int zones_set_cond(const u64 *effective, enum op_kind kind, u64 sector)
{
	enum cnull_zone_cond cond = kind == OP_READONLY ? CNULL_ZONE_READONLY :
							  CNULL_ZONE_OFFLINE;
	struct zone *z = find(sector);

	if (!z || z->cond == CNULL_ZONE_NOT_WP)
		return -EINVAL;
	/* Setting the same condition again resets the zone. */
	if (z->cond == cond)
		reset(effective, z);
	else
		z->cond = cond;
	return 0;
}
