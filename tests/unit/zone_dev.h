/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A zoned device for the suites of zones: what they set up, do to it, and ask.
 */
#ifndef ZONE_DEV_H
#define ZONE_DEV_H

#include "device/life.h"
#include "device/zone_control.h"
#include "io/zone_step.h"
#include "zone/consistency.h"
#include "result.h"
#include "world.h"

/* The zones, unless a test wants others. The first one is conventional. */
#define ZD_NR_ZONES	8U
#define ZD_NR_SEQ	7U
#define ZD_ZONE		4096ULL		/* sectors of one */
#define ZD_CAPACITY	2048ULL		/* of them, those that can be written */

/* Most sectors that are read or written at a time. */
#define ZD_MOST		2048U

/* What is in the buffer before a read. */
#define ZD_UNTOUCHED	0x77

/**
 * struct zone_dev - what each test has
 * @dev: a device that is off, with zones, memory, and badblocks_once
 * @start_error: what its backend is to return when it starts
 * @limit_error: and when there are to be other limits
 * @limits: which ones it was told last: 100 * open + active
 * @gen: what is written carries this number
 * @buf: data on its way
 * @errors: found by threads
 */
struct zone_dev {
	struct cnull_dev dev;
	int start_error;
	int limit_error;
	unsigned int limits;
	unsigned int gen;
	u8 buf[ZD_MOST << SECTOR_SHIFT];
	atomic_long_t errors;
};

/* For WORLD_SUITE. At the end the zones have to add up. */
int zd_setup(struct kunit *test);
void zd_teardown(struct kunit *test);

/* Another device, as if the test began. */
void zd_renew(struct kunit *test);

#define ZD_SET(zd, name, text) \
	cnull_dev_set(&(zd)->dev, &cnull_options[CNULL_OPTION_##name], text)
#define ZD_GET(zd, name) \
	cnull_dev_get(&(zd)->dev, &cnull_options[CNULL_OPTION_##name])

int zd_power(struct zone_dev *zd, bool on);

/* Go off and on again. */
int zd_cycle(struct zone_dev *zd);

/* A sector of a zone. */
static inline u64 zd_at(unsigned int nr, u64 offset)
{
	return nr * ZD_ZONE + offset;
}

/* Run a request, the first or another time, with data at @data. */
int zd_io(struct zone_dev *zd, struct cnull_io *io, void *data,
	  enum cnull_wait wait);

/* One without data of its own; what it reads goes to the buffer. May wait. */
int zd_run(struct zone_dev *zd, enum cnull_op op, u64 sector, u64 nr_sectors);

/* Do to a zone what is about all of it. May wait. */
static inline int zd_op(struct zone_dev *zd, enum cnull_op op, unsigned int nr)
{
	return zd_run(zd, op, zd_at(nr, 0), 0);
}

/* Fill @nr sectors at @data with what is to be at @sector. */
void zd_stamp(struct zone_dev *zd, void *data, u64 sector, u64 nr);

/* Write what tells its sector. May wait. */
int zd_write(struct zone_dev *zd, u64 sector, u64 nr);
int zd_write_flags(struct zone_dev *zd, unsigned int flags, u64 sector, u64 nr);

/* Append. It should go to @sector: 1 if it went elsewhere. May wait. */
int zd_append(struct zone_dev *zd, u64 sector, u64 nr);

/*
 * Let a write, or an append that should go to @sector, take its place, and go on
 * by zd_rerun() only. -EAGAIN if that is so.
 */
int zd_hold(struct zone_dev *zd, struct cnull_io *io, enum cnull_op op,
	    u64 sector, u64 nr);
int zd_rerun(struct zone_dev *zd, struct cnull_io *io);

/*
 * Read @nr sectors. How many of them, the first ones, are what they should be: the
 * first @nr_data were written, and the others are full of @filler? Negative if the
 * read failed.
 */
int zd_found(struct zone_dev *zd, u64 sector, u64 nr, u64 nr_data, u8 filler);

/* Change the badness of one sector. */
int zd_bad(struct zone_dev *zd, bool bad, u64 sector);

/* What is there while it is on. */
static inline struct cnull_zones *zd_zones(struct zone_dev *zd)
{
	return zd->dev.live->zones;
}

enum cnull_zone_cond zd_cond(struct zone_dev *zd, unsigned int nr);

/* The write pointer, from the start of the zone on, unless there is none. */
u64 zd_wp(struct zone_dev *zd, unsigned int nr);

/* A zone's condition and pointer, in one. */
#define EXPECT_ZONE(test, zd, nr, cond, wp) do {			\
	KUNIT_EXPECT_EQ(test, zd_cond(zd, nr), cond);			\
	KUNIT_EXPECT_EQ(test, zd_wp(zd, nr), wp);			\
} while (0)

/* How many pages hold data. */
static inline long zd_pages(struct zone_dev *zd)
{
	return atomic_long_read(&zd->dev.store.tree.nr_pages);
}

/* Reserve. Return 0, an error, or -EAGAIN if the write would have to sleep. */
static inline int zd_reserve(struct cnull_zones *zones, unsigned int nr,
			     struct cnull_io *io, enum cnull_wait wait)
{
	return cnull_zone_reserve(zones, nr, io, wait) == CNULL_SLEEP ?
		       -EAGAIN : io->error;
}

/* Change a condition. Return 0, an error, or -EAGAIN as zd_reserve(). */
static inline int zd_change(struct cnull_zones *zones, unsigned int nr,
			    enum cnull_zone_op op, enum cnull_wait wait,
			    bool *erases)
{
	struct cnull_zone_change change;
	enum cnull_action action = cnull_zone_change(zones, nr, op, wait,
						     &change);

	*erases = change.erases;
	return action == CNULL_SLEEP ? -EAGAIN : change.error;
}

#endif
