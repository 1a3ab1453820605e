/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine and its model, side by side: each operation is done to both, and
 * what comes of it must be the same.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "model.h"

/**
 * struct world - the engine's device and the model's
 * @dev: the engine's
 * @set: the model's settings
 * @conf: what is in effect; valid while @on
 * @on: is the model's device on?
 * @cut: is its power cut? Then it is on, for what users see
 * @buf: data of a request
 * @sent: what a write brings
 * @why: what went wrong
 */
struct world {
	struct cnull_dev dev;
	u64 set[CNULL_NR_OPTIONS];
	u64 conf[CNULL_NR_OPTIONS];
	bool on;
	bool cut;
	u8 buf[MOST_SECTORS * SECTOR_BYTES];
	u8 sent[MOST_SECTORS * SECTOR_BYTES];
	char why[200];
};

#define CHECK(w, condition) do { \
	if (!(condition)) { \
		snprintf((w)->why, sizeof((w)->why), "not so: %s (%s:%d)", \
			 #condition, __FILE__, __LINE__); \
		return false; \
	} \
} while (0)

static inline bool has_cache(const struct world *w)
{
	return w->on && w->conf[CNULL_OPTION_cache_size];
}

static inline bool has_zones(const struct world *w)
{
	return w->on && w->conf[CNULL_OPTION_zoned];
}

static inline struct cnull_live *live_of(struct world *w)
{
	guard(mutex)(&w->dev.lock);
	return w->dev.live;
}

/* Do an operation that is a request. False if it went wrong. */
bool request_do(struct world *w, const struct op *op);

#endif
