// SPDX-License-Identifier: GPL-2.0
/*
 * configfs: the directory of the snapshots of a device, and the origin of a clone.
 *
 * mkdir in the directory "snapshots" takes a snapshot, rmdir drops one. An item is a
 * snapshot until no directory and no open file refers to it.
 */
#include "device/snapshot.h"
#include "snapshot_configfs.h"

/**
 * struct snapshot - a snapshot, and its directory
 * @item: the directory
 * @disk: the device of the snapshot; lives as long as the directory
 * @contents: the snapshot
 * @base: the snapshot with which the file "changes" compares this one, and a reference to
 *	its directory; NULL for one without data. Guarded by @base_lock
 * @base_lock: taken under configfs's locks
 */
struct snapshot {
	struct config_item item;
	struct cnull_disk *disk;
	struct cnull_snapshot contents;
	struct snapshot *base;
	struct mutex base_lock;
};

/* A snapshot without data. */
static struct cnull_snapshot no_data;

static struct snapshot *to_snapshot(struct config_item *item)
{
	return container_of(item, struct snapshot, item);
}

static struct cnull_disk *to_disk(struct config_group *snapshots)
{
	return container_of(snapshots, struct cnull_disk, snapshots);
}

static ssize_t snapshot_restore_store(struct config_item *item, const char *page,
				      size_t count)
{
	struct snapshot *snapshot = to_snapshot(item);
	enum cnull_restore how = CNULL_RESTORE_UNUSED;

	if (sysfs_streq(page, "force"))
		how = CNULL_RESTORE_FORCED;
	else if (!sysfs_streq(page, "1"))
		return -EINVAL;
	return cnull_snapshot_restore(&snapshot->disk->dev, &snapshot->contents,
				      how) ?: count;
}
CONFIGFS_ATTR_WO(snapshot_, restore);

static ssize_t snapshot_own_bytes_show(struct config_item *item, char *page)
{
	struct cnull_usage usage;

	cnull_store_usage(&to_snapshot(item)->contents.store, &usage);
	return sysfs_emit(page, "%llu\n", usage.nr_own << PAGE_SHIFT);
}
CONFIGFS_ATTR_RO(snapshot_, own_bytes);

static ssize_t snapshot_shared_bytes_show(struct config_item *item, char *page)
{
	struct cnull_usage usage;

	cnull_store_usage(&to_snapshot(item)->contents.store, &usage);
	return sysfs_emit(page, "%llu\n", usage.nr_shared << PAGE_SHIFT);
}
CONFIGFS_ATTR_RO(snapshot_, shared_bytes);

static ssize_t snapshot_size_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%lu\n", to_snapshot(item)->contents.config.size);
}
CONFIGFS_ATTR_RO(snapshot_, size);

static ssize_t snapshot_base_show(struct config_item *item, char *page)
{
	struct snapshot *snapshot = to_snapshot(item);

	guard(mutex)(&snapshot->base_lock);
	if (!snapshot->base)
		return 0;
	return sysfs_emit(page, "%s\n", config_item_name(&snapshot->base->item));
}

/* Find another snapshot of the same device. The caller drops the reference. */
static struct snapshot *find_beside(struct snapshot *snapshot, const char *name)
{
	struct config_group *group = &snapshot->disk->snapshots;
	struct config_item *item;

	guard(mutex)(&group->cg_subsys->su_mutex);
	item = config_group_find_item(group, name);
	return item ? to_snapshot(item) : NULL;
}

/* Replace the base of a snapshot, and drop the reference to the old one. */
static void set_base(struct snapshot *snapshot, struct snapshot *base)
{
	scoped_guard(mutex, &snapshot->base_lock)
		swap(snapshot->base, base);
	if (base)
		config_item_put(&base->item);
}

static ssize_t snapshot_base_store(struct config_item *item, const char *page,
				   size_t count)
{
	struct snapshot *snapshot = to_snapshot(item), *base = NULL;
	char name[NAME_MAX + 2];

	if (strscpy(name, page) < 0)
		return -EINVAL;
	if (*strim(name)) {
		base = find_beside(snapshot, strim(name));
		if (!base)
			return -ENOENT;
	}
	set_base(snapshot, base);
	return count;
}
CONFIGFS_ATTR(snapshot_, base);

/* Write the list of changes, of any length, to @text; see dev_zones_read(). */
static ssize_t snapshot_changes_read(struct config_item *item, void *text,
				     size_t size)
{
	struct snapshot *snapshot = to_snapshot(item);

	guard(mutex)(&snapshot->base_lock);
	return cnull_snapshot_show_changes(&snapshot->contents,
					   snapshot->base ?
						   &snapshot->base->contents :
						   &no_data,
					   text, size);
}

static struct configfs_bin_attribute snapshot_attr_changes = {
	.cb_attr = {
		.ca_name = "changes",
		.ca_mode = 0400,
		.ca_owner = THIS_MODULE,
	},
	.read = snapshot_changes_read,
};

static struct configfs_bin_attribute *snapshot_bin_attrs[] = {
	&snapshot_attr_changes,
	NULL
};

static struct configfs_attribute *snapshot_attrs[] = {
	&snapshot_attr_base,
	&snapshot_attr_own_bytes,
	&snapshot_attr_restore,
	&snapshot_attr_shared_bytes,
	&snapshot_attr_size,
	NULL
};

static void snapshot_release(struct config_item *item)
{
	struct snapshot *snapshot = to_snapshot(item);

	cnull_snapshot_drop(&snapshot->contents);
	mutex_destroy(&snapshot->base_lock);
	kfree(snapshot);
}

static struct configfs_item_operations snapshot_item_ops = {
	.release = snapshot_release,
};

static const struct config_item_type snapshot_type = {
	.ct_item_ops = &snapshot_item_ops,
	.ct_attrs = snapshot_attrs,
	.ct_bin_attrs = snapshot_bin_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *make_snapshot(struct config_group *group, const char *name)
{
	struct cnull_disk *disk = to_disk(group);
	struct snapshot *snapshot = kzalloc(sizeof(*snapshot), GFP_KERNEL);
	int err;

	if (!snapshot)
		return ERR_PTR(-ENOMEM);
	err = cnull_snapshot_take(&disk->dev, &snapshot->contents);
	if (err) {
		kfree(snapshot);
		return ERR_PTR(err);
	}
	snapshot->disk = disk;
	mutex_init(&snapshot->base_lock);
	config_item_init_type_name(&snapshot->item, name, &snapshot_type);
	return &snapshot->item;
}

/*
 * Remove the directory of a snapshot. Its reference to a base ends here, because a chain of
 * bases would be released by recursion, and a circle never.
 */
static void drop_snapshot(struct config_group *group, struct config_item *item)
{
	set_base(to_snapshot(item), NULL);
	config_item_put(item);
}

static struct configfs_group_operations snapshots_ops = {
	.make_item = make_snapshot,
	.drop_item = drop_snapshot,
};

static const struct config_item_type snapshots_type = {
	.ct_group_ops = &snapshots_ops,
	.ct_owner = THIS_MODULE,
};

/**
 * cnull_snapshots_add - add the directory of snapshots to a device's directory
 * @parent: the directory of the device; configfs_remove_default_groups() removes it
 * @disk: the device
 *
 * Context: May sleep; @parent is not visible yet.
 */
void cnull_snapshots_add(struct config_group *parent, struct cnull_disk *disk)
{
	config_group_init_type_name(&disk->snapshots, "snapshots", &snapshots_type);
	configfs_add_default_group(&disk->snapshots, parent);
}

/**
 * cnull_origin_show - show the snapshot that a device is a clone of
 * @disk: the device
 * @page: a page for the text
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 * Return: the length of the text, in bytes.
 */
ssize_t cnull_origin_show(struct cnull_disk *disk, char *page)
{
	guard(mutex)(&disk->dev.lock);
	return sysfs_emit(page, "%s%s", disk->origin, *disk->origin ? "\n" : "");
}

/* Find the child @name of a group; the caller drops the reference. NULL if there is none. */
static struct config_item *find_in(struct config_item *group, const char *name)
{
	return config_group_find_item(to_config_group(group), name);
}

/* Find a snapshot by the names of its device and of itself. NULL if there is none. */
static struct snapshot *find_snapshot(struct configfs_subsystem *subsystem,
				      const char *disk, const char *name)
{
	struct config_item *dir, *snapshots = NULL, *item = NULL;

	guard(mutex)(&subsystem->su_mutex);
	dir = find_in(&subsystem->su_group.cg_item, disk);
	if (dir)
		snapshots = find_in(dir, "snapshots");
	if (snapshots)
		item = find_in(snapshots, name);
	config_item_put(snapshots);
	config_item_put(dir);
	return item ? to_snapshot(item) : NULL;
}

/**
 * cnull_origin_set - make a device a clone of a snapshot
 * @subsystem: the directory of all devices
 * @disk: the device, which is off
 * @text: DISK/SNAPSHOT
 *
 * Context: May sleep. Takes the mutex of @subsystem, releases it, then takes
 * &cnull_dev.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL: @text has no slash, or is too long
 * * -ENOENT: there is no such snapshot
 * * the error of cnull_snapshot_clone()
 */
int cnull_origin_set(struct configfs_subsystem *subsystem, struct cnull_disk *disk,
		     const char *text)
{
	char origin[CNULL_ORIGIN_SIZE], *name;
	struct snapshot *snapshot;
	int err;

	if (strscpy(origin, text) < 0)
		return -EINVAL;
	strim(origin);
	name = strchr(origin, '/');
	if (!name)
		return -EINVAL;
	*name = '\0';
	snapshot = find_snapshot(subsystem, origin, name + 1);
	if (!snapshot)
		return -ENOENT;
	*name = '/';
	err = cnull_snapshot_clone(&snapshot->contents, &disk->dev);
	config_item_put(&snapshot->item);
	if (err)
		return err;
	guard(mutex)(&disk->dev.lock);
	strscpy(disk->origin, origin);
	return 0;
}
