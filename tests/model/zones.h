/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of the zones: their conditions and write pointers.
 *
 * The model has the zones of the device that is on, and the zones that a device with
 * memory keeps while it is off. Sectors are sectors of the device. A config and an
 * effective config are arrays of values, by enum cnull_option_id.
 */
#ifndef MODEL_ZONES_H
#define MODEL_ZONES_H

#include "model.h"

/* The maximum number of zones of the model. A device with more is not powered on. */
#define MOST_ZONES	64

/* Remove all zones, the kept ones too. */
void zones_reset(void);

/* Return the number of zones of a device with a valid config. */
u64 zones_count(const u64 *config);

/* Are the values of the options of zones valid? */
bool zones_are_valid(const u64 *config);

/* Turn the values of the options of zones into those that the device uses. */
void zones_normalize(u64 *effective);

/* Are more kept zones active than this valid config allows? */
bool zones_exceed(const u64 *config);

/*
 * Return 0 if the device accepts the zone limits of @config, else the errno.
 * @effective: the effective config now
 */
int zones_validate_limits(const u64 *effective, const u64 *config);

/* Close zones until the device is within the zone limits of @effective. */
void zones_update_limits(const u64 *effective);

/* The device powers on: make its zones, or take the kept ones. */
void zones_power_on(const u64 *effective);

/*
 * The device powers off. Return true if the engine's @zones are allowed after the
 * loss of volatile data: each write pointer, and the data before it in @store. Copy
 * the write pointers to the model.
 */
bool zones_power_off(const u64 *effective, struct cnull_zones *zones,
		     struct cnull_store *store);

/* Keep the zones as snapshot @nr. @effective: of a device that is on, else NULL */
void zones_save(unsigned int nr, const u64 *effective);

/* Return to the zones of snapshot @nr. No zone is in use. */
void zones_load(unsigned int nr);

/* Do the engine's zones equal the zones of the device (@on), or the kept ones? */
bool zones_match(struct cnull_zones *zones, bool on);

/*
 * Move a request to the target of its aim. Return false if the request could reach
 * beyond the sectors of the model.
 */
bool zones_aim(struct op *op);

/* Are all @nr sectors in the zone of @sector? */
bool zones_contain(u64 sector, u64 nr);

/* Is the zone of @sector conventional? */
bool zones_is_conventional(u64 sector);

/* Is the zone of @sector offline? */
bool zones_is_offline(u64 sector);

/* Return the number of sectors with data, of @nr sectors in one zone. */
u64 zones_nr_data(u64 sector, u64 nr);

/* Return the byte that reads return behind the data of the zone of @sector. */
u8 zones_filler(u64 sector);

/*
 * Reserve the sectors of a write to a sequential zone, or of an append to any zone.
 * Return 0, with the first sector in @start, or the errno.
 */
int zones_reserve(const u64 *effective, const struct op *op, u64 *start);

/* Move the write pointer of the zone of @sector by @nr written sectors. */
void zones_commit(u64 sector, u64 nr, bool durable);

/* Make all written data durable. */
void zones_flush(void);

/* Do a zone management operation. Return 0 or the errno. */
int zones_manage(const u64 *effective, enum op_kind kind, u64 sector);

/*
 * Set a zone read-only or offline, as a write to the attribute does: @kind is
 * %OP_READONLY or %OP_OFFLINE. Return 0 or the errno.
 */
int zones_set_cond(const u64 *effective, enum op_kind kind, u64 sector);

#endif
