// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots: the frozen contents of a device.
 *
 * A snapshot shares all pages with the device (store/map.c), so it takes no time and no
 * memory for the data. The gate keeps requests out meanwhile (io/gate.c): each request
 * has happened wholly before the snapshot, or wholly after it. The cache is flushed first,
 * so the snapshot has all data that the device would return.
 *
 * A device goes back to a snapshot, or becomes a clone of one, in the same way: its store
 * becomes another copy. The pages that only the old store had are freed after the gate has
 * opened.
 */
#include "device/parts.h"
#include "device/snapshot.h"
#include "io/gate.h"
#include "zone/copy.h"
#include "zone/layout.h"

/* Take a snapshot of the data and the zones, while no request runs. */
static void freeze(struct cnull_dev *dev, struct cnull_snapshot *snapshot)
	__must_hold(&dev->lock)
{
	if (snapshot->zones)
		cnull_zones_load(snapshot->zones, dev->zones);
	cnull_store_share(&dev->store, &snapshot->store);
}

/*
 * Take a snapshot of a live device. Most of the cache is flushed while requests run. Behind
 * the gate nothing allocates memory, because the kernel cannot write to this device then
 * to free some.
 */
static void freeze_live(struct cnull_dev *dev, struct cnull_snapshot *snapshot)
	__must_hold(&dev->lock)
{
	struct cnull_live *live = dev->live;
	const bool has_cache = cnull_has(live, CNULL_FEATURE_CACHE);

	if (has_cache)
		cnull_cache_flush(&live->cache);
	cnull_gate_close(&live->gate);
	if (has_cache)
		cnull_cache_flush(&live->cache);
	freeze(dev, snapshot);
	cnull_gate_open(&live->gate);
}

/**
 * cnull_snapshot_take - take a snapshot of a device
 * @dev: the device, on or off
 * @snapshot: filled
 *
 * Context: May sleep. Takes &cnull_dev.lock, and closes the gate.
 * Return: 0, or with @snapshot unused
 * * -ENOMEM: no memory for zones
 * * -EINVAL: the device stores no data
 * * -EBUSY: the power of the device was cut
 * * -ENODEV: the device is dead
 * &cnull_dev.error has the reason of all but the last.
 */
int cnull_snapshot_take(struct cnull_dev *dev, struct cnull_snapshot *snapshot)
{
	guard(mutex)(&dev->lock);
	if (dev->state == CNULL_DEAD)
		return -ENODEV;
	if (dev->state == CNULL_CUT)
		return cnull_fail(dev, -EBUSY,
				  "no snapshot: the power was cut, and must be off or on");
	if (dev->live && !dev->live->store)
		return cnull_fail(dev, -EINVAL,
				  "no snapshot: memory_backed is 0, must be 1");
	snapshot->zones = dev->zones ? cnull_zones_new_like(dev->zones) : NULL;
	if (dev->zones && !snapshot->zones)
		return cnull_fail(dev, -ENOMEM, "no snapshot: no memory for zones");
	snapshot->config = dev->live ? dev->live->config : dev->config;
	cnull_store_init(&snapshot->store);
	if (dev->live)
		freeze_live(dev, snapshot);
	else
		freeze(dev, snapshot);
	dev->error[0] = '\0';
	return 0;
}

/**
 * cnull_snapshot_drop - free a snapshot, and the pages that only it has
 * @snapshot: the snapshot; no other context uses it
 *
 * Context: May sleep.
 */
void cnull_snapshot_drop(struct cnull_snapshot *snapshot)
{
	cnull_store_destroy(&snapshot->store);
	cnull_zones_free(snapshot->zones);
}

/**
 * struct contents - the data and the zones of a device
 * @map: the data
 * @zones: the zones; NULL for none
 */
struct contents {
	struct cnull_map map;
	struct cnull_zones *zones;
};

static void free_contents(struct contents *contents)
{
	cnull_store_free_map(&contents->map);
	cnull_zones_free(contents->zones);
}

/* Copy the contents of a snapshot for a device, and allocate all memory for that. */
static int copy_contents(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
			 struct contents *copy)
	__must_hold(&dev->lock)
{
	const struct cnull_config *config = dev->live ? &dev->live->config :
							&dev->config;
	/* Power on prepares the store of a device that is off. */
	u64 bytes = dev->live ? (u64)config->size * SZ_1M : 0;

	copy->zones = NULL;
	if (cnull_store_prepare_replace(&snapshot->store, bytes,
					(int)config->home_node, &copy->map))
		return cnull_fail(dev, -ENOMEM, "not restored: no memory for the store");
	if (!snapshot->zones)
		return 0;
	copy->zones = cnull_zones_new_like(snapshot->zones);
	if (!copy->zones)
		return cnull_fail(dev, -ENOMEM, "not restored: no memory for zones");
	cnull_zones_load(copy->zones, snapshot->zones);
	return 0;
}

/* Exchange the data and the zones, while no request runs. */
static void replace(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
		    struct contents *new)
	__must_hold(&dev->lock)
{
	swap(dev->zones, new->zones);
	cnull_store_replace(&dev->store, &snapshot->store, &new->map);
}

/* Check whether a live device may go back to a snapshot. */
static int check_live(struct cnull_dev *dev, const struct cnull_snapshot *snapshot)
	__must_hold(&dev->lock)
{
	const struct cnull_live *live = dev->live;

	if (!live->store)
		return cnull_fail(dev, -EINVAL,
				  "not restored: memory_backed is 0, must be 1");
	if (live->zones)
		return cnull_fail(dev, -EBUSY,
				  "not restored: a disk with zones must be off, because the block layer has their write pointers");
	if (snapshot->config.size != live->config.size)
		return cnull_fail(dev, -EINVAL,
				  "not restored: size is %lu, must be %lu as in the snapshot",
				  live->config.size, snapshot->config.size);
	return 0;
}

/* Drop the data of the cache, which is newer than the snapshot. No request runs. */
static void empty_cache(struct cnull_live *live)
{
	cnull_cache_destroy(&live->cache);
	cnull_parts_init_cache(live);
}

static int replace_live(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
			struct contents *new, enum cnull_restore how)
	__must_hold(&dev->lock)
{
	struct cnull_live *live = dev->live;
	int err = check_live(dev, snapshot);

	if (!err && dev->backend->hold)
		err = dev->backend->hold(dev, how == CNULL_RESTORE_FORCED);
	if (err)
		return err;
	cnull_gate_close(&live->gate);
	if (cnull_has(live, CNULL_FEATURE_CACHE))
		empty_cache(live);
	replace(dev, snapshot, new);
	cnull_gate_open(&live->gate);
	if (dev->backend->release)
		dev->backend->release(dev);
	return 0;
}

/* Give a device that is on or off the contents of a snapshot. */
static int load(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
		enum cnull_restore how)
	__must_hold(&dev->lock)
{
	struct contents contents;
	int err = copy_contents(dev, snapshot, &contents);

	if (!err && dev->live)
		err = replace_live(dev, snapshot, &contents, how);
	else if (!err)
		replace(dev, snapshot, &contents);
	/* The new contents after an error, else the old ones. */
	free_contents(&contents);
	if (!err)
		dev->error[0] = '\0';
	return err;
}

/**
 * cnull_snapshot_restore - give a device the contents of one of its snapshots
 * @dev: the device, on or off
 * @snapshot: the snapshot
 * @how: what to do if the disk is open for writing
 *
 * Later snapshots stay as they are. Bad sectors, and all options, stay as well.
 *
 * Context: May sleep. Takes &cnull_dev.lock, and closes the gate.
 * Return: 0, or with nothing changed
 * * -EBUSY: the disk is open for writing, has zones, or its power was cut
 * * -EINVAL: the device is on, and stores no data or has another size than the snapshot
 * * -ENOMEM: no memory for zones, or for nodes of the store
 * * -ENODEV: the device is dead
 * &cnull_dev.error has the reason of all but the last.
 */
int cnull_snapshot_restore(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
			   enum cnull_restore how)
{
	guard(mutex)(&dev->lock);
	switch (dev->state) {
	case CNULL_OFF:
	case CNULL_ON:
		return load(dev, snapshot, how);
	case CNULL_CUT:
		return cnull_fail(dev, -EBUSY,
				  "not restored: the power was cut, and must be off or on");
	default:
		return -ENODEV;
	}
}

/* Copy the options that describe the contents of a device. */
static void copy_layout(struct cnull_config *config,
			const struct cnull_config *from)
{
	config->memory_backed = true;
	config->size = from->size;
	config->blocksize = from->blocksize;
	config->zoned = from->zoned;
	config->zone_size = from->zone_size;
	config->zone_capacity = from->zone_capacity;
	config->zone_nr_conv = from->zone_nr_conv;
	config->zone_full = from->zone_full;
}

/**
 * cnull_snapshot_clone - make a device a clone of a snapshot
 * @snapshot: the snapshot, of any device
 * @dev: the device, which is off; loses the contents it had
 *
 * Afterwards @dev has the contents of @snapshot, and the options that describe them: size,
 * block size and zones.
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EBUSY: the device is on
 * * -ENOMEM: no memory for zones
 * * -ENODEV: the device is dead
 */
int cnull_snapshot_clone(struct cnull_snapshot *snapshot, struct cnull_dev *dev)
{
	int err;

	guard(mutex)(&dev->lock);
	if (dev->state == CNULL_DEAD)
		return -ENODEV;
	if (dev->state != CNULL_OFF)
		return cnull_fail(dev, -EBUSY, "no clone: the disk is on, must be off");
	err = load(dev, snapshot, CNULL_RESTORE_UNUSED);
	if (!err)
		copy_layout(&dev->config, &snapshot->config);
	return err;
}

/* Append a line to a text of @size bytes, unless @text is NULL. Return its length. */
static size_t append_range(char *text, size_t pos, size_t size, u64 start, u64 end)
{
	char line[48];
	size_t len = snprintf(line, sizeof(line), "%llu %llu\n",
			      start >> SECTOR_SHIFT,
			      (end - start) >> SECTOR_SHIFT);

	if (text && pos + len <= size)
		memcpy(text + pos, line, len);
	return len;
}

/**
 * cnull_snapshot_show_changes - list the ranges of sectors in which two snapshots differ
 * @snapshot: the snapshot
 * @base: an older snapshot of the same device; or a new one, which has no data
 * @text: buffer, or NULL. Not ended by a 0
 * @size: length of @text, in bytes: the return value of a call without @text
 *
 * Each line has the first sector of a range, and the number of its sectors. A range
 * consists of whole pages that were written or discarded, also if their contents are
 * equal.
 *
 * Context: May sleep.
 * Return: the length of the text, in bytes; or -EAGAIN if that is not @size.
 */
ssize_t cnull_snapshot_show_changes(struct cnull_snapshot *snapshot,
				    struct cnull_snapshot *base, char *text,
				    size_t size)
{
	u64 end = (u64)snapshot->config.size * SZ_1M, pos = 0;
	size_t len = 0;

	while (pos < end) {
		bool is_changed;
		u64 n = cnull_store_changed(&snapshot->store, &base->store, pos,
					    end - pos, &is_changed);

		if (is_changed)
			len += append_range(text, len, size, pos, pos + n);
		pos += n;
	}
	return !text || len == size ? len : -EAGAIN;
}

/**
 * cnull_dev_usage - count the pages of a device
 * @dev: the device
 * @usage: set to the numbers of pages
 *
 * Writes may change the numbers meanwhile.
 *
 * Context: May sleep. Takes &cnull_dev.lock, so that no restore replaces the store.
 */
void cnull_dev_usage(struct cnull_dev *dev, struct cnull_usage *usage)
{
	guard(mutex)(&dev->lock);
	cnull_store_usage(&dev->store, usage);
}
