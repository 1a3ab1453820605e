/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The live device: all that a request needs of a device that is powered on.
 */
#ifndef CNULL_LIVE_H
#define CNULL_LIVE_H

#include "cache/cache.h"
#include "config/options.h"
#include "fault/badblocks.h"
#include "fault/inject.h"
#include "feature.h"
#include "io/gate.h"
#include "request.h"
#include "store/store.h"
#include "time/deadline.h"
#include "zone/zone.h"

/** enum cnull_irqmode - the values of the option irqmode */
enum cnull_irqmode {
	CNULL_IRQ_NONE,
	CNULL_IRQ_SOFTIRQ,
	CNULL_IRQ_TIMER,
};

/**
 * enum cnull_queue - the values of the option queue_mode
 * @CNULL_QUEUE_BIO: bio mode
 * @CNULL_QUEUE_MQ: blk-mq
 *
 * 1 was null_blk's single queue, and is not valid.
 */
enum cnull_queue {
	CNULL_QUEUE_BIO = 0,
	CNULL_QUEUE_MQ = 2,
};

/**
 * struct cnull_live - a device that is powered on
 * @features: a mask of enum cnull_feature; changed atomically
 * @nr_sectors: the capacity, in sectors
 * @store: the data; NULL without memory_backed
 * @name: the name of the device, for messages
 * @irqmode: how requests complete
 * @backend: the backend; set by &cnull_backend.start before the first request
 * @draining: deadlines no longer apply, and no request gets an injected fault. Set by
 *	the backend before it stops or is cut; accessed by READ_ONCE() and WRITE_ONCE()
 * @has_deadlines: a completion time or a limit is set, or was. Written with
 *	&cnull_dev.lock held, read without
 * @block_sectors: the length of a logical block, in sectors
 * @badblocks: the sectors that are bad
 * @badblocks_once: a bad range fails one request only
 * @badblocks_partial_io: the blocks before the first bad one are transferred
 * @faults: the faults that are injected
 * @cache: the data that is not in @store yet; valid with %CNULL_FEATURE_CACHE
 * @zones: the zones; valid with %CNULL_FEATURE_ZONES, else NULL
 * @config: the effective config: the config at power on, with derived values in
 *	their place. Guarded by &cnull_dev.lock, for options that may change live; the
 *	fields above have copies of the options that requests need
 * @gate: stops runs for a moment. Behind the fields above, because requests write to it
 * @time: the completion time and the limits; valid with %CNULL_FEATURE_DELAY or
 *	%CNULL_FEATURE_THROTTLE, else zero. The last field, because requests write to it
 *
 * Power on creates a live device from a valid config, and power off frees it. In
 * between nothing changes unless the description of a field says so.
 */
struct cnull_live {
	unsigned long features;
	u64 nr_sectors;
	struct cnull_store *store;
	const char *name;
	enum cnull_irqmode irqmode;
	enum cnull_backend_kind backend;
	bool draining;
	bool has_deadlines;
	unsigned int block_sectors;
	struct cnull_badblocks *badblocks;
	bool badblocks_once;
	bool badblocks_partial_io;
	struct cnull_faults *faults;
	struct cnull_cache cache;
	struct cnull_zones *zones;
	struct cnull_config config;
	struct cnull_gate gate;
	struct cnull_time time;
};

/**
 * cnull_has - is a feature of a device on?
 * @live: the device
 * @feature: the feature
 *
 * Context: Any.
 * Return: true if the feature is on.
 */
static inline bool cnull_has(const struct cnull_live *live,
			     enum cnull_feature feature)
{
	return test_bit(feature, &live->features);
}

/**
 * cnull_may_defer - may a request that runs now complete later?
 * @live: the device
 *
 * For a backend that needs memory for such a request, to allocate in advance.
 *
 * Context: Any.
 * Return: true if a request may get a deadline.
 */
static inline bool cnull_may_defer(const struct cnull_live *live)
{
	return READ_ONCE(live->features) & (1UL << CNULL_FEATURE_DELAY |
					    1UL << CNULL_FEATURE_INJECT |
					    1UL << CNULL_FEATURE_THROTTLE);
}

#endif
