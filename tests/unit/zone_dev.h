/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The zoned device of the zone suites: set it up, run requests, and check zones and data.
 */
#ifndef ZONE_DEV_H
#define ZONE_DEV_H

#include "device/life.h"
#include "device/zone_control.h"
#include "io/zone_step.h"
#include "zone/consistency.h"
#include "zone/layout.h"
#include "zone/report.h"
#include "result.h"
#include "world.h"

/* The default zones. The first one is conventional. */
#define ZD_NR_ZONES	8U
#define ZD_NR_SEQ	7U
#define ZD_ZONE		4096ULL		/* sectors of a zone */
#define ZD_CAPACITY	2048ULL		/* writable sectors of a zone */

/* Size of the buffer, in sectors: the limit of a read or write. */
#define ZD_MOST		2048U

/* Each byte of the buffer before a read. */
#define ZD_UNTOUCHED	0x77

/**
 * struct zone_dev - the fixture of each test
 * @dev: a zoned, memory-backed device with badblocks_once; off when a test begins
 * @start_error: the error that the backend returns from start; 0: none
 * @limit_error: the error that the backend returns for new limits of zones; 0: none
 * @limits: the limits that the backend got last: 100 * open + active
 * @gen: the generation, part of the data of each write
 * @buf: the data of a request
 * @errors: the number of errors that threads found
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

/* For WORLD_SUITE. The teardown expects the zones to be consistent. */
int zd_setup(struct kunit *test);
void zd_teardown(struct kunit *test);

/* Replace the device by a new one, as at the beginning of the test. */
void zd_renew(struct kunit *test);

/* Write an option; read its effective value. */
#define ZD_SET(zd, name, text) \
	cnull_dev_set(&(zd)->dev, &cnull_options[CNULL_OPTION_##name], text)
#define ZD_GET(zd, name) \
	cnull_dev_get(&(zd)->dev, &cnull_options[CNULL_OPTION_##name])

int zd_power(struct zone_dev *zd, bool on);

/* Power on; fail the test if that fails. */
void zd_start(struct kunit *test);

/* Power off, then on. */
int zd_cycle(struct zone_dev *zd);

/* Return the sector at @offset in zone @nr. */
static inline u64 zd_at(unsigned int nr, u64 offset)
{
	return nr * ZD_ZONE + offset;
}

/* Run a request, for the first time or again, with its data at @data. */
int zd_io(struct zone_dev *zd, struct cnull_io *io, void *data,
	  enum cnull_wait wait);

/* Run a request that may sleep. A read fills the buffer; a write writes the buffer. */
int zd_run(struct zone_dev *zd, enum cnull_op op, u64 sector, u64 nr_sectors);

/* Run a request on a whole zone. May sleep. */
static inline int zd_op(struct zone_dev *zd, enum cnull_op op, unsigned int nr)
{
	return zd_run(zd, op, zd_at(nr, 0), 0);
}

/* Fill @nr sectors at @data with the stamps of the sectors from @sector on. */
void zd_stamp(struct zone_dev *zd, void *data, u64 sector, u64 nr);

/* Write stamps. May sleep. */
int zd_write(struct zone_dev *zd, u64 sector, u64 nr);
int zd_write_flags(struct zone_dev *zd, unsigned int flags, u64 sector, u64 nr);

/* Append stamps; return 1 if the append did not go to @sector. May sleep. */
int zd_append(struct zone_dev *zd, u64 sector, u64 nr);

/*
 * Leave a write, or an append that should go to @sector, in flight: it has a reservation,
 * and zd_rerun() completes it. Return -EAGAIN on success.
 */
int zd_hold(struct zone_dev *zd, struct cnull_io *io, enum cnull_op op,
	    u64 sector, u64 nr);
int zd_rerun(struct zone_dev *zd, struct cnull_io *io);

/* Make a zone read-only, or take it offline. May sleep. */
static inline int zd_set_cond(struct zone_dev *zd, unsigned int nr,
			      enum cnull_zone_op op)
{
	return cnull_zone_set_condition(zd->dev.live, nr, op);
}

/* Reserve. Return 0 or an error: -EAGAIN if the write has to wait. */
static inline int zd_reserve(struct cnull_zones *zones, unsigned int nr,
			     struct cnull_io *io, enum cnull_wait wait)
{
	return cnull_zone_reserve(zones, nr, io, wait) == CNULL_SLEEP ?
		       -EAGAIN : io->error;
}

/* Change a condition. Return 0 or an error: -EAGAIN if the operation has to wait. */
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

/*
 * Read @nr sectors. Expect stamps in the first @nr_data of them, and @filler in each byte
 * of the others. Return the number of sectors before the first mismatch, or the error of
 * the read.
 */
int zd_found(struct zone_dev *zd, u64 sector, u64 nr, u64 nr_data, u8 filler);

/* Add one sector to the bad blocks, or remove it. */
int zd_bad(struct zone_dev *zd, bool bad, u64 sector);

/* Return the zones of the device, which is on. */
static inline struct cnull_zones *zd_zones(struct zone_dev *zd)
{
	return zd->dev.live->zones;
}

enum cnull_zone_cond zd_cond(struct zone_dev *zd, unsigned int nr);

/* Return the write pointer as an offset in its zone, or CNULL_ZONE_NO_WP. */
u64 zd_wp(struct zone_dev *zd, unsigned int nr);

/* Expect a condition and a write pointer. */
#define EXPECT_ZONE(test, zd, nr, cond, wp) do {			\
	KUNIT_EXPECT_EQ(test, zd_cond(zd, nr), cond);			\
	KUNIT_EXPECT_EQ(test, zd_wp(zd, nr), wp);			\
} while (0)

/* Bring a zone into each condition, with data if the condition allows data. */
void zd_fill_in(struct kunit *test);

/* Expect the zones of zd_fill_in(), as a power cycle leaves them. */
void zd_expect_filled(struct kunit *test);

/* Expect new zones: none was written. */
void zd_expect_new(struct kunit *test);

/* Return the number of pages that hold data. */
static inline long zd_pages(struct zone_dev *zd)
{
	return cnull_budget_pages(&zd->dev.store.budget);
}

#endif
