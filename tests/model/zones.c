// SPDX-License-Identifier: GPL-2.0
/*
 * The zones of the model's device: their conditions and write pointers.
 */
#include "durable.h"
#include "zone/report.h"
#include "zone/consistency.h"
#include "zones.h"

#define MIB_SECTORS	2048

/* With other values of these, there are other zones. */
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
 * @cond: its condition
 * @start: its first one
 * @end: the first one of the next zone
 * @full: the first one that it has no room for
 * @wp: the first one without data
 * @promised: what is before it is durable
 * @since: when it became implicitly open
 */
struct zone {
	enum cnull_zone_cond cond;
	u64 start;
	u64 end;
	u64 full;
	u64 wp;
	u64 promised;
	u64 since;
};

/**
 * struct zones - the zones of a device
 * @shape: the values of the options in shape[]
 * @nr: how many there are
 * @zone: they
 */
struct zones {
	u64 shape[ARRAY_SIZE(shape)];
	unsigned int nr;
	struct zone zone[MOST_ZONES];
};

/* Those of the device that is on, and those of what is in memory. */
static struct zones live, kept;

/* Counts zones that were opened by a write. */
static u64 times;

void zones_reset(void)
{
	live.nr = 0;
	kept.nr = 0;
}

u64 zones_count(const u64 *set)
{
	u64 size = set[CNULL_OPTION_size], each = set[CNULL_OPTION_zone_size];

	return size / each + (size % each != 0);
}

bool zones_go(const u64 *set)
{
	u64 size = set[CNULL_OPTION_size], each = set[CNULL_OPTION_zone_size];
	u64 capacity = set[CNULL_OPTION_zone_capacity];

	if (each < 1 || each > size || capacity > each)
		return false;
	/* Where the last zone is smaller, it is not said what that one holds. */
	if (size % each && capacity && capacity < each)
		return false;
	return zones_count(set) <= 4194304 &&
	       set[CNULL_OPTION_zone_nr_conv] < zones_count(set) &&
	       !set[CNULL_OPTION_write_zeroes] && !set[CNULL_OPTION_secure_erase];
}

void zones_fit(u64 *conf)
{
	u64 *open = &conf[CNULL_OPTION_zone_max_open];
	u64 *active = &conf[CNULL_OPTION_zone_max_active];
	u64 *append = &conf[CNULL_OPTION_zone_append_max_sectors];
	u64 *capacity = &conf[CNULL_OPTION_zone_capacity];
	u64 sequential = zones_count(conf) - conf[CNULL_OPTION_zone_nr_conv];

	conf[CNULL_OPTION_discard] = 0;
	if (!*capacity)
		*capacity = conf[CNULL_OPTION_zone_size];
	/* What all zones keep to is no limit; who is open is active, too. */
	if (*active >= sequential)
		*active = 0;
	if (*active && *open > *active)
		*open = *active;
	if (*open >= sequential)
		*open = 0;
	*append -= *append % (conf[CNULL_OPTION_blocksize] / SECTOR_BYTES);
	if (*append > *capacity * MIB_SECTORS)
		*append = *capacity * MIB_SECTORS;
}

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

/* Such a zone has no write pointer, and obeys no command. */
static bool is_stubborn(const struct zone *z)
{
	return z->cond == CNULL_ZONE_NOT_WP || z->cond == CNULL_ZONE_READONLY ||
	       z->cond == CNULL_ZONE_OFFLINE;
}

static void open_by_write(struct zone *z)
{
	z->cond = CNULL_ZONE_IMP_OPEN;
	z->since = ++times;
}

/* What has no data is not closed, but empty. */
static void close_zone(struct zone *z)
{
	z->cond = z->wp > z->start ? CNULL_ZONE_CLOSED : CNULL_ZONE_EMPTY;
}

/* All its data is gone, if there is memory for any. */
static void reset(const u64 *conf, struct zone *z)
{
	u64 end = min_t(u64, z->end, MODEL_SECTORS);

	z->cond = CNULL_ZONE_EMPTY;
	z->wp = z->start;
	z->promised = z->start;
	if (!conf[CNULL_OPTION_memory_backed] || z->start >= end)
		return;
	model_discard(z->start * SECTOR_BYTES, (end - z->start) * SECTOR_BYTES);
	durable_is(z->start, end - z->start);
}

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

static void close_oldest(void)
{
	struct zone *oldest = NULL;
	unsigned int i;

	for (i = 0; i < live.nr; i++) {
		struct zone *z = &live.zone[i];

		if (z->cond == CNULL_ZONE_IMP_OPEN &&
		    (!oldest || z->since < oldest->since))
			oldest = z;
	}
	close_zone(oldest);
}

/* Is there room for a zone among the open? Others that nobody asked for make it. */
static int make_room(const u64 *conf, const struct zone *z)
{
	u64 explicit = count(CNULL_ZONE_EXP_OPEN);
	u64 open = explicit + count(CNULL_ZONE_IMP_OPEN);
	u64 active = count_active(&live);
	u64 max_open = conf[CNULL_OPTION_zone_max_open];
	u64 max_active = conf[CNULL_OPTION_zone_max_active];

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

static void make(struct zones *zones, const u64 *conf)
{
	u64 size = conf[CNULL_OPTION_size] * MIB_SECTORS;
	u64 each = conf[CNULL_OPTION_zone_size] * MIB_SECTORS;
	u64 capacity = conf[CNULL_OPTION_zone_capacity] * MIB_SECTORS;
	unsigned int i;

	zones->nr = zones_count(conf);
	for (i = 0; i < ARRAY_SIZE(shape); i++)
		zones->shape[i] = conf[shape[i]];
	for (i = 0; i < zones->nr; i++) {
		struct zone *z = &zones->zone[i];

		z->start = i * each;
		z->end = min(z->start + each, size);
		z->full = min(z->start + capacity, z->end);
		z->wp = z->start;
		z->cond = CNULL_ZONE_EMPTY;
		if (i < conf[CNULL_OPTION_zone_nr_conv]) {
			z->cond = CNULL_ZONE_NOT_WP;
			z->full = z->end;
			z->wp = z->end;
		} else if (conf[CNULL_OPTION_zone_full]) {
			z->cond = CNULL_ZONE_FULL;
			z->wp = z->full;
		}
	}
}

bool zones_exceed(const u64 *set)
{
	u64 conf[CNULL_NR_OPTIONS], max_active;
	unsigned int i;

	if (!set[CNULL_OPTION_zoned] || !set[CNULL_OPTION_memory_backed] || !kept.nr)
		return false;
	memcpy(conf, set, sizeof(conf));
	zones_fit(conf);
	for (i = 0; i < ARRAY_SIZE(shape); i++)
		if (kept.shape[i] != conf[shape[i]])
			return false;
	max_active = conf[CNULL_OPTION_zone_max_active];
	return max_active && count_active(&kept) > max_active;
}

int zones_may_limit(const u64 *conf, const u64 *set)
{
	u64 next[CNULL_NR_OPTIONS], open, active;

	memcpy(next, conf, sizeof(next));
	next[CNULL_OPTION_zone_max_open] = set[CNULL_OPTION_zone_max_open];
	next[CNULL_OPTION_zone_max_active] = set[CNULL_OPTION_zone_max_active];
	zones_fit(next);
	open = next[CNULL_OPTION_zone_max_open];
	active = next[CNULL_OPTION_zone_max_active];
	return (open && count(CNULL_ZONE_EXP_OPEN) > open) ||
	       (active && count_active(&live) > active) ? -EBUSY : 0;
}

void zones_limit(const u64 *conf)
{
	u64 max_open = conf[CNULL_OPTION_zone_max_open];

	while (max_open && count(CNULL_ZONE_EXP_OPEN) +
			   count(CNULL_ZONE_IMP_OPEN) > max_open)
		close_oldest();
}

void zones_power_on(const u64 *conf)
{
	bool backed = conf[CNULL_OPTION_memory_backed];

	live.nr = 0;
	if (conf[CNULL_OPTION_zoned])
		make(&live, conf);
	if (backed && kept.nr && live.nr &&
	    !memcmp(live.shape, kept.shape, sizeof(kept.shape)))
		live = kept;
	if (backed)
		kept.nr = 0;
	zones_flush();
}

/* Is in the store what was written to these sectors? */
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

/* The engine says that there is data before @end. May that be? */
static bool may_end(const struct zone *z, u64 end, u64 block,
		    struct cnull_store *store)
{
	/* Unlike in a kernel, what is written may end inside of a block. */
	u64 promised = z->promised - z->promised % block;

	return end >= promised && end <= z->wp && (end == z->wp || !(end % block)) &&
	       holds(store, promised, end);
}

/*
 * What a power off does to the condition of a zone, which has lost data or not. Full
 * ones that have come last, as they need room among the active.
 */
static void lose_power(const u64 *conf, struct zone *z, bool lost, bool last)
{
	u64 max_active = conf[CNULL_OPTION_zone_max_active];

	if (z->cond != CNULL_ZONE_FULL) {
		if (is_open(z) || (lost && !is_stubborn(z)))
			close_zone(z);
	} else if (lost && last && (z->wp == z->start || !max_active ||
				    count_active(&live) < max_active)) {
		close_zone(z);
	}
}

bool zones_power_off(const u64 *conf, struct cnull_zones *zones,
		     struct cnull_store *store)
{
	u64 block = conf[CNULL_OPTION_blocksize] / SECTOR_BYTES;
	bool lost[MOST_ZONES];
	unsigned int i;

	if (live.nr && conf[CNULL_OPTION_memory_backed]) {
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
			lose_power(conf, &live.zone[i], lost[i], false);
		for (i = 0; i < live.nr; i++)
			lose_power(conf, &live.zone[i], lost[i], true);
		kept = live;
	}
	live.nr = 0;
	return true;
}

/* The pointer, for users. */
static u64 shown_wp(const struct zone *z)
{
	if (z->cond == CNULL_ZONE_READONLY || z->cond == CNULL_ZONE_OFFLINE)
		return CNULL_ZONE_NO_WP;
	/* It was finished. */
	if (z->cond == CNULL_ZONE_FULL && z->wp < z->full)
		return z->end;
	return z->wp;
}

bool zones_are(struct cnull_zones *zones, bool on)
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
		    info.len != z->end - z->start || info.wp != shown_wp(z) ||
		    info.capacity != z->full - z->start ||
		    cnull_zone_data_end(zones, i) != z->wp)
			return false;
	}
	return true;
}

/* Shorten a write that is aimed at the pointer to what there is room for. */
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

/* A read is to come from both sides of the pointer. */
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

bool zones_has(u64 sector, u64 nr)
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

u64 zones_data(u64 sector, u64 nr)
{
	u64 wp = find(sector)->wp;

	return wp > sector ? min(nr, wp - sector) : 0;
}

u8 zones_filler(u64 sector)
{
	const struct zone *z = find(sector);

	/* One that was written until it was full still has its pointer. */
	if (z->cond == CNULL_ZONE_FULL)
		return z->wp < z->full ? 0 : 0xff;
	return z->cond == CNULL_ZONE_READONLY ? 0 : 0xff;
}

int zones_take_place(const u64 *conf, const struct op *op, u64 *place)
{
	struct zone *z = find(op->a);
	int err;

	if (is_stubborn(z) || z->cond == CNULL_ZONE_FULL ||
	    (op->kind == OP_WRITE && op->a != z->wp) ||
	    z->wp + op->b > z->full)
		return -EIO;
	err = make_room(conf, z);
	if (err)
		return err;
	if (!is_open(z))
		open_by_write(z);
	*place = z->wp;
	return 0;
}

void zones_wrote(u64 sector, u64 nr, bool durable)
{
	struct zone *z = find(sector);

	z->wp += nr;
	if (z->wp == z->full)
		z->cond = CNULL_ZONE_FULL;
	if (!durable || !nr)
		return;
	durable_is(z->promised, z->wp - z->promised);
	z->promised = z->wp;
}

void zones_flush(void)
{
	unsigned int i;

	for (i = 0; i < live.nr; i++)
		live.zone[i].promised = live.zone[i].wp;
}

/* As a reset of each zone that has something to reset. */
static void reset_all(const u64 *conf)
{
	unsigned int i;

	for (i = 0; i < live.nr; i++)
		if (!is_stubborn(&live.zone[i]) &&
		    live.zone[i].cond != CNULL_ZONE_EMPTY)
			reset(conf, &live.zone[i]);
}

int zones_manage(const u64 *conf, enum op_kind kind, u64 sector)
{
	struct zone *z = find(sector);
	int err = 0;

	if (kind == OP_RESET_ALL) {
		reset_all(conf);
		return 0;
	}
	if (is_stubborn(z))
		return -EIO;
	if (kind == OP_RESET) {
		reset(conf, z);
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
	err = make_room(conf, z);
	if (!err)
		z->cond = kind == OP_OPEN ? CNULL_ZONE_EXP_OPEN :
					    CNULL_ZONE_FULL;
	return err;
}

int zones_set(const u64 *conf, enum op_kind kind, u64 sector)
{
	enum cnull_zone_cond cond = kind == OP_READONLY ? CNULL_ZONE_READONLY :
							  CNULL_ZONE_OFFLINE;
	struct zone *z = find(sector);

	if (!z || z->cond == CNULL_ZONE_NOT_WP)
		return -EINVAL;
	/* Twice is back to work, with nothing in it. */
	if (z->cond == cond)
		reset(conf, z);
	else
		z->cond = cond;
	return 0;
}
