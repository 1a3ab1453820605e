// SPDX-License-Identifier: GPL-2.0
/*
 * The zones of the load generator: the position of the next batch, and the resets.
 *
 * Batches are numbered in the order in which they begin. A turn is as many consecutive
 * batches as a zone holds, and all of them go to one zone. The thread that begins the
 * first batch of a turn resets the zone of the next turn. Meanwhile, other threads that
 * share the zones continue, so that usually no thread waits for a reset.
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/wait_bit.h>

#include "answer.h"
#include "zones.h"

/* Add a zone to the usable ones, unless it is conventional, or a smaller last zone. */
static int add_zone(struct blk_zone *zone, unsigned int idx, void *arg)
{
	struct load_run *run = arg;

	if (zone->type == BLK_ZONE_TYPE_CONVENTIONAL)
		return 0;
	if (!run->nr_zones)
		run->capacity = zone->capacity;
	if (zone->capacity == run->capacity)
		run->zone[run->nr_zones++].start = zone->start;
	return 0;
}

static int find_zones(struct load_run *run)
{
	int nr;

	if (!bdev_is_zoned(run->bdev))
		return load_refuse(-EINVAL, "op=%s needs zones, but the disk has none",
				   load_op_names[run->spec.op]);
	run->zone = kvcalloc(bdev_nr_zones(run->bdev), sizeof(*run->zone),
			     GFP_KERNEL);
	if (!run->zone)
		return load_refuse(-ENOMEM, "no memory");
	nr = blkdev_report_zones(run->bdev, 0, BLK_ALL_ZONES, add_zone, run);
	if (nr < 0)
		return load_refuse(nr, "the report of the zones failed, error %d",
				   nr);
	return 0;
}

/* Check the size of an append, because the block layer never splits appends. */
static int check_append(const struct load_run *run)
{
	u64 most = min((u64)bdev_max_zone_append_sectors(run->bdev) << SECTOR_SHIFT,
		       (u64)bdev_max_segments(run->bdev) << PAGE_SHIFT);

	if (run->spec.bs <= most)
		return 0;
	return load_refuse(-EINVAL, "bs=%u is too large to append, must be %llu at most",
			   run->spec.bs, most);
}

static int check_zones(const struct load_run *run)
{
	const struct load_spec *spec = &run->spec;
	unsigned int bytes = spec->bs * spec->batch;
	unsigned int least = 2 * run->nr_sets;	/* one is written, one reset */

	if (run->nr_zones < least)
		return load_refuse(-EINVAL, "op=%s by threads=%u needs %u zones, but the disk has %u",
				   load_op_names[spec->op], spec->threads, least,
				   run->nr_zones);
	if ((run->capacity << SECTOR_SHIFT) % bytes)
		return load_refuse(-EINVAL, "a zone holds %llu bytes, no multiple of batch=%u by bs=%u",
				   run->capacity << SECTOR_SHIFT, spec->batch,
				   spec->bs);
	return spec->op == OP_ZONE_WRITE ? 0 : check_append(run);
}

/**
 * load_zones_get - distribute the zones of a disk over sets
 * @run: the run; this sets the fields from &load_run.zone to &load_run.nr_sets
 *
 * The caller calls load_zones_put() afterwards, also after an error.
 *
 * Context: May sleep.
 * Return: 0, or a negative errno after a call of load_refuse().
 */
int load_zones_get(struct load_run *run)
{
	const struct load_spec *spec = &run->spec;
	unsigned int i, each;
	int err;

	run->nr_sets = spec->op == OP_SHARED_APPEND ? 1 : spec->threads;
	err = find_zones(run);
	if (!err)
		err = check_zones(run);
	if (err)
		return err;
	run->sets = kvcalloc(run->nr_sets, sizeof(*run->sets), GFP_KERNEL);
	if (!run->sets)
		return load_refuse(-ENOMEM, "no memory");
	each = run->nr_zones / run->nr_sets;
	for (i = 0; i < run->nr_sets; i++) {
		struct load_zones *set = &run->sets[i];

		set->bdev = run->bdev;
		set->zone = run->zone + i * each;
		set->nr = each;
		set->batch_sectors = (spec->bs * spec->batch) >> SECTOR_SHIFT;
		set->nr_batches = div_u64(run->capacity, set->batch_sectors);
	}
	return 0;
}

/**
 * load_zones_put - free the sets of zones
 * @run: the run, which has no threads any more
 *
 * Context: May sleep.
 */
void load_zones_put(struct load_run *run)
{
	kvfree(run->sets);
	kvfree(run->zone);
}

/* Return the zone of a turn; set @round to the number of earlier turns of that zone. */
static struct load_zone *zone_of(const struct load_zones *set, u64 turn, u64 *round)
{
	u32 i;

	*round = div_u64_rem(turn, set->nr, &i);
	return &set->zone[i];
}

/*
 * Reset the zone of a turn, after all batches of its previous turn have completed. The
 * acquire pairs with the full barrier in load_zones_end().
 */
static void reset(struct load_zones *set, u64 turn, struct load_place *place)
{
	u64 round;
	struct load_zone *zone = zone_of(set, turn, &round);
	int err;

	wait_var_event(&zone->ended, atomic64_read_acquire(&zone->ended) ==
				     round * set->nr_batches);
	err = blkdev_zone_mgmt(set->bdev, REQ_OP_ZONE_RESET, zone->start,
			       bdev_zone_sectors(set->bdev));
	if (err)
		place->err = err;
	place->resets++;
	atomic64_inc_return(&set->resets);	/* a full barrier, for wake_up_var() */
	wake_up_var(&set->resets);
}

/*
 * Begin a turn, or wait for the reset of its zone. The acquire pairs with the full barrier
 * in reset().
 */
static void begin(struct load_zones *set, u64 turn, bool first,
		  struct load_place *place)
{
	u64 start = ktime_get_ns();

	if (first && !turn)
		reset(set, turn, place);
	wait_var_event(&set->resets, atomic64_read_acquire(&set->resets) > turn);
	if (first)
		reset(set, turn + 1, place);
	place->reset_ns += ktime_get_ns() - start;
}

/**
 * load_zones_begin - begin the next batch of a set of zones
 * @set: the set of zones
 * @place: set to the position of the batch; its sums of resets and times continue
 *
 * When this returns, the zone has been reset, and has room for the batch. The caller
 * calls load_zones_end() when the batch has completed.
 *
 * Context: May sleep.
 */
void load_zones_begin(struct load_zones *set, struct load_place *place)
{
	u64 batch = atomic64_inc_return(&set->begun) - 1, round;
	u32 in_zone;
	u64 turn = div_u64_rem(batch, set->nr_batches, &in_zone);

	place->zone = zone_of(set, turn, &round);
	place->offset = (u64)in_zone * set->batch_sectors;
	if (!in_zone || atomic64_read_acquire(&set->resets) <= turn)
		begin(set, turn, !in_zone, place);
}

/**
 * load_zones_end - end a batch, whose I/Os have completed
 * @place: position of the batch, from load_zones_begin()
 *
 * Context: May sleep.
 */
void load_zones_end(const struct load_place *place)
{
	atomic64_t *ended = &place->zone->ended;

	atomic64_inc_return(ended);	/* a full barrier, for wake_up_var() */
	wake_up_var(ended);
}
