/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: a device from its creation to its removal, and its backend.
 */
#ifndef CNULL_DEVICE_H
#define CNULL_DEVICE_H

#include "io/live.h"

/* Length of the reason of a refused power on, in bytes. */
#define CNULL_ERROR_SIZE	160

/** enum cnull_state - the states in the life of a device */
enum cnull_state {
	CNULL_OFF,	/* a config, and maybe data, but no disk */
	CNULL_ON,	/* a disk */
	CNULL_CUT,	/* a disk without power: all I/O fails */
	CNULL_DEAD,	/* about to be freed: no state follows */
	CNULL_NR_STATES
};

struct cnull_dev;

/**
 * struct cnull_backend - the interface of a device to its users, such as a disk
 * @start: &cnull_dev.live exists: start I/O. Sets &cnull_live.backend; may set options
 *	of &cnull_live.config to their effective values. Calls cnull_dev_allow_cut() if
 *	the power can be cut. Returns 0 or a negative errno, after a call of
 *	cnull_refuse()
 * @stop: stop I/O, and return when no request is left
 * @drain: power was cut, or is about to be off: complete the requests that wait for a
 *	deadline; later requests do not wait for theirs. Called with
 *	&cnull_dev.cut_lock held, not &cnull_dev.lock, so another function may be
 *	running; &cnull_dev.live stays until it returns. NULL if the backend never calls
 *	cnull_dev_allow_cut()
 * @cut: power was cut, and @drain has returned: report that to the users. When this
 *	returns, no request is about to complete without an error. NULL if @drain is
 * @resize: change the numbers of both kinds of queues, which are valid. Returns 0 or a
 *	negative errno
 * @hold: the data of the device is about to change: write all dirty pages of its page
 *	cache, and block opens until @release. Returns 0, or -EBUSY after a call of cnull_fail()
 *	if the device is open for writing and @is_forced is not set. NULL if the device
 *	is not open for others
 * @release: the data has changed: undo @hold, drop all pages of the page cache, and
 *	report the change. NULL if @hold is
 * @limit_zones: change the limits of open and active zones. Returns 0 or a negative
 *	errno. NULL if the backend has no copy of the limits
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
	int (*hold)(struct cnull_dev *dev, bool is_forced);
	void (*release)(struct cnull_dev *dev);
	int (*limit_zones)(struct cnull_dev *dev, unsigned int max_open,
			   unsigned int max_active);
};

/**
 * struct cnull_dev - a device, from its creation to its removal
 * @lock: guards all fields below that do not say otherwise, and serializes power on and
 *	power off. Taken under configfs's locks, never in the path of a request. A holder
 *	may wait for requests in flight, for example to change the number of queues
 * @cut_lock: guards @to_cut, and serializes &cnull_backend.drain with power off. Taken
 *	under configfs's locks, or under @lock. Never held while a request waits for a
 *	deadline, so a power cut never waits for one
 * @state: the state
 * @config: the config for the next power on
 * @lives: the number of power ons so far
 * @live: the live device; NULL if @state is neither CNULL_ON nor CNULL_CUT. Requests use
 *	it without @lock: it lives until &cnull_backend.stop has returned
 * @to_cut: @live from cnull_dev_allow_cut() until power off; else NULL
 * @store: the data, kept beyond power off. @live uses it without @lock
 * @zones: the zones of the data in @store, kept beyond power off; NULL if the last live
 *	device had none
 * @badblocks: the bad sectors, kept beyond power off. Has a lock of its own, which is
 *	taken under @lock
 * @faults: the injected faults. Has a lock of its own, which is taken under @lock
 * @error: the reason of the last refused power on, snapshot or restore
 * @backend: the backend; constant
 * @name: the name for messages; constant, lives as long as the device
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
	struct cnull_faults faults;
	char error[CNULL_ERROR_SIZE] __guarded_by(&lock);
	const struct cnull_backend *backend;
	const char *name;
};

void cnull_dev_error(struct cnull_dev *dev, char *text, size_t size);

__printf(3, 4)
int cnull_refuse(struct cnull_dev *dev, int err, const char *fmt, ...)
	__must_hold(&dev->lock);

__printf(3, 4)
int cnull_fail(struct cnull_dev *dev, int err, const char *fmt, ...)
	__must_hold(&dev->lock);

#endif
