/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world: the engine and its model, side by side. Each operation runs on both,
 * and the results must agree.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "device/snapshot.h"
#include "model.h"

/**
 * struct world - the device of the engine and the device of the model
 * @dev: the device of the engine
 * @config: the config of the model
 * @effective: the effective config of the model; valid while @on
 * @on: true if the device of the model is on
 * @snapshot: the snapshots of the engine
 * @has_snapshot: which of @snapshot exist
 * @may_have_more_pages: a clearing request had no memory for shared pages. So the store of
 *	the engine may have more pages than that of the model
 * @cut: true if its power is cut; users still see a device that is on
 * @buf: the data of a request
 * @sent: the data that a write sends; a copy of @buf before the request runs
 * @why: the failed check
 */
struct world {
	struct cnull_dev dev;
	u64 config[CNULL_NR_OPTIONS];
	u64 effective[CNULL_NR_OPTIONS];
	struct cnull_snapshot snapshot[NR_SNAPSHOTS];
	bool has_snapshot[NR_SNAPSHOTS];
	bool may_have_more_pages;
	bool on;
	bool cut;
	u8 buf[MOST_SECTORS * SECTOR_BYTES];
	u8 sent[MOST_SECTORS * SECTOR_BYTES];
	char why[200];
};

/* If the condition is false, write a message to @why and return false. */
#define CHECK(w, condition) do { \
	if (!(condition)) { \
		snprintf((w)->why, sizeof((w)->why), "check failed: %s (%s:%d)", \
			 #condition, __FILE__, __LINE__); \
		return false; \
	} \
} while (0)

static inline bool has_cache(const struct world *w)
{
	return w->on && w->effective[CNULL_OPTION_cache_size];
}

static inline bool has_zones(const struct world *w)
{
	return w->on && w->effective[CNULL_OPTION_zoned];
}

static inline struct cnull_live *live_of(struct world *w)
{
	guard(mutex)(&w->dev.lock);
	return w->dev.live;
}

/* Run a request. Return false if a check failed. */
bool request_run(struct world *w, const struct op *op);

/*
 * Take over the contents of all pages of the device, which is on. Without memory, a zone that
 * is erased leaves shared data in the store, behind its write pointer.
 */
void request_adopt(struct world *w);

#endif
