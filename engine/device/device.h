/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: their settings, and their life.
 */
#ifndef CNULL_DEV_H
#define CNULL_DEV_H

#include "fault/badblocks.h"
#include "cache/cache.h"
#include "fault/inject.h"
#include "config/options.h"
#include "store/store.h"
#include "time/throttle.h"
#include "zone/zone.h"

/* Values of the option irqmode. */
enum cnull_irqmode {
	CNULL_IRQ_NONE,
	CNULL_IRQ_SOFTIRQ,
	CNULL_IRQ_TIMER,
};

/* Values of the option queue_mode: 1 is of the past. */
enum cnull_queue {
	CNULL_QUEUE_BIO = 0,
	CNULL_QUEUE_MQ = 2,
};

/* Bytes for the reason of a refused power on. */
#define CNULL_ERROR_SIZE	160

/** enum cnull_state - where a device is in its life */
enum cnull_state {
	CNULL_OFF,	/* there are settings, maybe data, but no disk */
	CNULL_ON,	/* there is a disk */
	CNULL_CUT,	/* there is a disk, without power: all its I/O fails */
	CNULL_DEAD,	/* about to be freed: nothing may happen any more */
	CNULL_NR_STATES
};

/** enum cnull_feature - a bit of &cnull_live.features: what costs each request time */
enum cnull_feature {
	CNULL_FEATURE_BADBLOCKS,	/* there are bad sectors */
	CNULL_FEATURE_CACHE,	/* there is a write cache */
	CNULL_FEATURE_CUT,	/* power was cut */
	CNULL_FEATURE_THROTTLE,	/* there are limits */
	CNULL_FEATURE_ZONES,	/* there are zones */
};

/**
 * struct cnull_live - a device that is on
 * @config: the settings it was made from, with what was derived from them put in
 *	their place. Guarded by &cnull_dev.lock, for options that are live change; of
 *	those that I/O needs, there is a copy below
 * @nr_sectors: capacity, in sectors
 * @name: of the device, for messages
 * @features: which features there are that most devices do without, by bits of
 *	enum cnull_feature; changed atomically
 * @completion_nsec: how long a request takes; 0: no longer than it takes
 * @has_deadlines: requests may have, or have had, a deadline. Written with
 *	&cnull_dev.lock held, read without
 * @draining: nothing is to wait for its deadline any more. For the backend, which sets
 *	it before it stops; accessed by READ_ONCE
 * @irqmode: how requests end
 * @faults: what goes wrong on purpose
 * @badblocks: which sectors fail
 * @badblocks_once: a range of them fails one request only
 * @badblocks_partial_io: what is before them is done
 * @block_sectors: sectors of a block
 * @store: where data is kept; NULL: nowhere
 * @cache: what is not in @store yet; valid with %CNULL_FEATURE_CACHE
 * @zones: valid with %CNULL_FEATURE_ZONES; else NULL
 * @throttle: the limits, if there are any: last, since it is written to
 *
 * Made at power on from valid settings, and gone after power off. Nothing else
 * changes in between than said here.
 */
struct cnull_live {
	struct cnull_config config;
	u64 nr_sectors;
	const char *name;
	unsigned long features;
	u64 completion_nsec;
	bool has_deadlines;
	bool draining;
	enum cnull_irqmode irqmode;
	struct cnull_fault *faults;
	struct cnull_badblocks *badblocks;
	bool badblocks_once;
	bool badblocks_partial_io;
	unsigned int block_sectors;
	struct cnull_store *store;
	struct cnull_cache cache;
	struct cnull_zones *zones;
	struct cnull_throttle throttle;
};

/**
 * cnull_is_cut - was the power of a device cut?
 * @live: the device
 *
 * For a backend to ask when it ends a request: however it went, it fails now.
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool cnull_is_cut(const struct cnull_live *live)
{
	return unlikely(test_bit(CNULL_FEATURE_CUT, &live->features));
}

struct cnull_dev;

/**
 * struct cnull_backend - what shows a device to its users: a disk, say
 * @start: &cnull_dev.live was made: let I/O come. May change &cnull_live.config
 *	to what it really got. Returns 0 or a negative errno, and calls
 *	cnull_refuse() to say why. If power can be cut, calls cnull_dev_allow_cut()
 * @stop: let no more I/O come, and return when there is none left
 * @drain: power was cut, or is about to be off: end the requests that wait for a
 *	deadline; no later one waits for its own. Called with &cnull_dev.cut_lock held
 *	instead of &cnull_dev.lock, so another function may be running; &cnull_dev.live
 *	stays until it returns. NULL if the backend never calls cnull_dev_allow_cut()
 * @cut: power was cut, and @drain has returned: tell the users. When it returns, no
 *	request begins to end well any more. NULL as @drain
 * @resize: there are to be so many queues, of both kinds, which is valid.
 *	Returns 0 or a negative errno
 * @limit_zones: there are to be so many open and active zones at most. Returns 0
 *	or a negative errno. NULL if nobody is told
 *
 * All but @drain are called with &cnull_dev.lock held. All may sleep.
 */
struct cnull_backend {
	int (*start)(struct cnull_dev *dev);
	void (*stop)(struct cnull_dev *dev);
	void (*drain)(struct cnull_dev *dev);
	void (*cut)(struct cnull_dev *dev);
	int (*resize)(struct cnull_dev *dev, unsigned int submit_queues,
		      unsigned int poll_queues);
	int (*limit_zones)(struct cnull_dev *dev, unsigned int max_open,
			   unsigned int max_active);
};

/**
 * struct cnull_dev - a device, from its creation to its removal
 * @lock: guards all fields below that do not say otherwise, and serializes
 *	power on and off. Taken under configfs's locks, and never on the way of
 *	a request. Held while requests end that may wait for a deadline
 * @cut_lock: guards @to_cut, and serializes &cnull_backend.drain with power off. Taken
 *	under configfs's locks, or under @lock. Never held while anything waits for a
 *	deadline, so a power cut gets through
 * @state: where it is in its life
 * @config: the settings for the next power on
 * @lives: how often it was powered on
 * @live: what is on; NULL if @state is neither CNULL_ON nor CNULL_CUT. I/O uses
 *	it without @lock: it lives until &cnull_backend.stop returned
 * @to_cut: @live from cnull_dev_allow_cut() until power off; else NULL
 * @store: the data: survives power off. @live uses it without @lock
 * @zones: of the data in @store, as the last one that was on had them; NULL if it
 *	had none. They survive power off
 * @badblocks: which sectors fail: survives power off. Has a lock of its own, which
 *	is taken under @lock
 * @faults: what goes wrong on purpose, by enum cnull_fault_kind; needs no lock
 * @error: why the last power on was refused
 * @backend: constant
 * @name: for messages; constant, lives as long as the device
 */
struct cnull_dev {
	struct mutex lock;
	struct mutex cut_lock;
	enum cnull_state state __guarded_by(&lock);
	struct cnull_config config __guarded_by(&lock);
	u64 lives __guarded_by(&lock);
	struct cnull_live *live __guarded_by(&lock);
	struct cnull_live *to_cut __guarded_by(&cut_lock);
	struct cnull_store store;
	struct cnull_zones *zones __guarded_by(&lock);
	struct cnull_badblocks badblocks;
	struct cnull_fault faults[CNULL_NR_FAULTS];
	char error[CNULL_ERROR_SIZE] __guarded_by(&lock);
	const struct cnull_backend *backend;
	const char *name;
};

void cnull_dev_init(struct cnull_dev *dev, const char *name,
		    const struct cnull_config *config,
		    const struct cnull_backend *backend);
void cnull_dev_destroy(struct cnull_dev *dev);

int cnull_dev_power(struct cnull_dev *dev, bool on);
int cnull_dev_cut(struct cnull_dev *dev);
void cnull_dev_allow_cut(struct cnull_dev *dev)
	__must_hold(&dev->lock);
void cnull_dev_forbid_cut(struct cnull_dev *dev)
	__must_hold(&dev->lock);
void cnull_dev_kill(struct cnull_dev *dev);
bool cnull_dev_is_on(struct cnull_dev *dev);

int cnull_dev_set(struct cnull_dev *dev, const struct cnull_option *opt,
		  const char *text);
u64 cnull_dev_get(struct cnull_dev *dev, const struct cnull_option *opt);
void cnull_dev_error(struct cnull_dev *dev, char *text, size_t size);
int cnull_dev_set_zone(struct cnull_dev *dev, enum cnull_zone_op op,
		       const char *text);
ssize_t cnull_dev_show_some_zones(struct cnull_dev *dev, char *text, size_t size,
				  size_t pos, u64 *life);
ssize_t cnull_dev_show_zones(struct cnull_dev *dev, char *text, size_t size);

void cnull_queues_normalize(struct cnull_config *config);

__printf(3, 4)
int cnull_refuse(struct cnull_dev *dev, int err, const char *fmt, ...)
	__must_hold(&dev->lock);

#endif
