/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The zones of the model's device: their conditions and write pointers.
 */
#ifndef MODEL_ZONES_H
#define MODEL_ZONES_H

#include "model.h"

/* The model follows no more of them; a device with more is not switched on. */
#define MOST_ZONES	64

/* There are none, and none are kept. */
void zones_reset(void);

/*
 * Settings, by enum cnull_option_id: how many zones do they make, if they go? Do those
 * go that are about zones? What of them is in effect?
 */
u64 zones_count(const u64 *set);
bool zones_go(const u64 *set);
void zones_fit(u64 *conf);

/* Are more zones kept active than these settings, which go, allow? */
bool zones_exceed(const u64 *set);

/*
 * May the limits of zones of the device change from those of @conf to those of @set?
 * 0 or the error; and that they do, to those of @conf.
 */
int zones_may_limit(const u64 *conf, const u64 *set);
void zones_limit(const u64 *conf);

/* The device is on, with the settings @conf. */
void zones_power_on(const u64 *conf);

/*
 * It is off. Are the engine's @zones what they may be after all that is volatile was
 * lost, with what is before their pointers in @store? From now on they are that.
 */
bool zones_power_off(const u64 *conf, struct cnull_zones *zones,
		     struct cnull_store *store);

/* Are the engine's the same? @on: those of the device; else those that it keeps. */
bool zones_are(struct cnull_zones *zones, bool on);

/*
 * Bring a request to where its aim is. False if it could go beyond what the model
 * remembers.
 */
bool zones_aim(struct op *op);

/* Are these sectors in one zone? */
bool zones_has(u64 sector, u64 nr);

/* Of the zone of a sector. */
bool zones_is_conventional(u64 sector);
bool zones_is_offline(u64 sector);

/* So many of these sectors are data, if they are in one zone; and then come... */
u64 zones_data(u64 sector, u64 nr);
u8 zones_filler(u64 sector);

/*
 * A write or append comes to a zone that is not conventional, or an append to one
 * that is. 0, and @place is set to where it goes; or the error.
 */
int zones_take_place(const u64 *conf, const struct op *op, u64 *place);

/* So many sectors were written at the pointer of the zone of one. */
void zones_wrote(u64 sector, u64 nr, bool durable);

/* All that was written is durable. */
void zones_flush(void);

/* Any other operation on a zone, or all of them: 0 or the error. */
int zones_manage(const u64 *conf, enum op_kind kind, u64 sector);

/* The same by a file: %OP_READONLY or %OP_OFFLINE. */
int zones_set(const u64 *conf, enum op_kind kind, u64 sector);

#endif
