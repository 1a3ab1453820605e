// SPDX-License-Identifier: GPL-2.0
/*
 * configfs: create, configure and remove devices in /sys/kernel/config/cnull/.
 *
 * Each directory is a device. The name of the directory is the name of the disk. The
 * files of the directory come from the table options.def.
 */
#include <linux/configfs.h>

#include "configfs.h"
#include "device/snapshot.h"
#include "device/zone_control.h"
#include "disk.h"
#include "names.h"
#include "registry.h"
#include "snapshot_configfs.h"

static struct cnull_disk *to_disk(struct config_item *item)
{
	return container_of(to_config_group(item), struct cnull_disk, group);
}

static ssize_t option_show(struct config_item *item, const struct cnull_option *option,
			   char *page)
{
	return sysfs_emit(page, "%llu\n",
			  cnull_dev_get(&to_disk(item)->dev, option));
}

static ssize_t option_store(struct config_item *item, const struct cnull_option *option,
			    const char *page, size_t count)
{
	return cnull_dev_set(&to_disk(item)->dev, option, page) ?: count;
}

/* One pair of functions per option: configfs does not pass the attribute to them. */
#define CNULL_OPTION(name, ...)						\
static ssize_t dev_##name##_show(struct config_item *item, char *page)	\
{									\
	return option_show(item, &cnull_options[CNULL_OPTION_##name], page); \
}									\
static ssize_t dev_##name##_store(struct config_item *item,		\
				  const char *page, size_t count)	\
{									\
	return option_store(item, &cnull_options[CNULL_OPTION_##name], page, \
			    count);					\
}									\
CONFIGFS_ATTR(dev_, name);
#include "config/options.def"

static ssize_t dev_power_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", cnull_dev_is_on(&to_disk(item)->dev));
}

static ssize_t dev_power_store(struct config_item *item, const char *page,
			       size_t count)
{
	bool on;
	int err = kstrtobool(page, &on);

	return err ?: cnull_dev_power(&to_disk(item)->dev, on) ?: count;
}
CONFIGFS_ATTR(dev_, power);

static ssize_t dev_power_cut_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", cnull_dev_is_cut(&to_disk(item)->dev));
}

static ssize_t dev_power_cut_store(struct config_item *item, const char *page,
				   size_t count)
{
	if (!sysfs_streq(page, "1"))
		return -EINVAL;
	return cnull_dev_cut(&to_disk(item)->dev) ?: count;
}
CONFIGFS_ATTR(dev_, power_cut);

static ssize_t dev_error_show(struct config_item *item, char *page)
{
	char text[CNULL_ERROR_SIZE];

	cnull_dev_error(&to_disk(item)->dev, text, sizeof(text));
	return sysfs_emit(page, "%s%s", text, *text ? "\n" : "");
}
CONFIGFS_ATTR_RO(dev_, error);

static ssize_t dev_own_bytes_show(struct config_item *item, char *page)
{
	struct cnull_usage usage;

	cnull_dev_usage(&to_disk(item)->dev, &usage);
	return sysfs_emit(page, "%llu\n", usage.nr_own << PAGE_SHIFT);
}
CONFIGFS_ATTR_RO(dev_, own_bytes);

static ssize_t dev_shared_bytes_show(struct config_item *item, char *page)
{
	struct cnull_usage usage;

	cnull_dev_usage(&to_disk(item)->dev, &usage);
	return sysfs_emit(page, "%llu\n", usage.nr_shared << PAGE_SHIFT);
}
CONFIGFS_ATTR_RO(dev_, shared_bytes);

static struct configfs_subsystem subsystem;

static ssize_t dev_origin_show(struct config_item *item, char *page)
{
	return cnull_origin_show(to_disk(item), page);
}

static ssize_t dev_origin_store(struct config_item *item, const char *page,
				size_t count)
{
	return cnull_origin_set(&subsystem, to_disk(item), page) ?: count;
}
CONFIGFS_ATTR(dev_, origin);

/* Maximum length of an attribute's text in bytes: configfs's limit for any page size. */
#define MAX_TEXT	4096

static ssize_t dev_badblocks_show(struct config_item *item, char *page)
{
	return cnull_badblocks_show(&to_disk(item)->dev.badblocks, page,
				    MAX_TEXT);
}

static ssize_t dev_badblocks_store(struct config_item *item, const char *page,
				   size_t count)
{
	return cnull_badblocks_set(&to_disk(item)->dev.badblocks, page) ?: count;
}
CONFIGFS_ATTR(dev_, badblocks);

static ssize_t dev_zone_offline_store(struct config_item *item,
				      const char *page, size_t count)
{
	return cnull_dev_set_zone(&to_disk(item)->dev, CNULL_ZONE_TO_OFFLINE,
				  page) ?: count;
}
CONFIGFS_ATTR_WO(dev_, zone_offline);

static ssize_t dev_zone_readonly_store(struct config_item *item,
				       const char *page, size_t count)
{
	return cnull_dev_set_zone(&to_disk(item)->dev, CNULL_ZONE_TO_READONLY,
				  page) ?: count;
}
CONFIGFS_ATTR_WO(dev_, zone_readonly);

static struct configfs_attribute *dev_attrs[] = {
#define CNULL_OPTION(name, ...) &dev_attr_##name,
#define CNULL_ATTR(name, ...) &dev_attr_##name,
#include "config/options.def"
	NULL
};

/*
 * Write the list of zones, of any length, to @text. At the first read() of an open
 * file, configfs calls this function with @text NULL to get the length. configfs then
 * allocates a buffer, and calls again to fill the buffer. The buffer exists until the
 * file is closed, so only root may open the file.
 */
static ssize_t dev_zones_read(struct config_item *item, void *text, size_t size)
{
	return cnull_dev_show_zones(&to_disk(item)->dev, text, size);
}

static struct configfs_bin_attribute dev_attr_zones = {
	.cb_attr = {
		.ca_name = "zones",
		.ca_mode = 0400,
		.ca_owner = THIS_MODULE,
	},
	.read = dev_zones_read,
};

static struct configfs_bin_attribute *dev_bin_attrs[] = {
#define CNULL_TEXT(name, ...) &dev_attr_##name,
#include "config/options.def"
	NULL
};

static void dev_release(struct config_item *item)
{
	cnull_disk_free(to_disk(item));
}

static struct configfs_item_operations dev_item_ops = {
	.release = dev_release,
};

static const struct config_item_type dev_type = {
	.ct_item_ops = &dev_item_ops,
	.ct_attrs = dev_attrs,
	.ct_bin_attrs = dev_bin_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group *root_make_group(struct config_group *root,
					    const char *name)
{
	struct cnull_disk *disk;

	if (strlen(name) >= DISK_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	if (cnull_registry_find(name))
		return ERR_PTR(-EEXIST);
	disk = cnull_disk_new(name);
	if (!disk)
		return ERR_PTR(-ENOMEM);
	config_group_init_type_name(&disk->group, name, &dev_type);
	cnull_snapshots_add(&disk->group, disk);
	cnull_faults_add(&disk->group, disk->fault_groups, &disk->dev.faults);
	return &disk->group;
}

static void root_drop_item(struct config_group *root, struct config_item *item)
{
	cnull_dev_kill(&to_disk(item)->dev);
	configfs_remove_default_groups(to_config_group(item));
	config_item_put(item);
}

static ssize_t root_features_show(struct config_item *item, char *page)
{
	ssize_t len = 0;
	int i;

	for (i = 0; dev_attrs[i]; i++)
		len += sysfs_emit_at(page, len, "%s%s", i ? "," : "",
				     dev_attrs[i]->ca_name);
	for (i = 0; dev_bin_attrs[i]; i++)
		len += sysfs_emit_at(page, len, ",%s",
				     dev_bin_attrs[i]->cb_attr.ca_name);
	return len + sysfs_emit_at(page, len, "\n");
}
CONFIGFS_ATTR_RO(root_, features);

static struct configfs_attribute *root_attrs[] = {
	&root_attr_features,
	NULL
};

static struct configfs_group_operations root_group_ops = {
	.make_group = root_make_group,
	.drop_item = root_drop_item,
};

static const struct config_item_type root_type = {
	.ct_group_ops = &root_group_ops,
	.ct_attrs = root_attrs,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem subsystem = {
	.su_group.cg_item = {
		.ci_namebuf = CNULL_DIR,
		.ci_type = &root_type,
	},
};

/**
 * cnull_configfs_init - register the configfs directory
 *
 * Users can create devices as soon as the directory is registered.
 *
 * Context: Module init; may sleep.
 * Return: 0 or a negative errno.
 */
int cnull_configfs_init(void)
{
	config_group_init(&subsystem.su_group);
	mutex_init(&subsystem.su_mutex);
	return configfs_register_subsystem(&subsystem);
}

/**
 * cnull_configfs_exit - unregister the configfs directory
 *
 * The directory is empty, because each device in it holds a reference to the module.
 *
 * Context: Module exit; may sleep.
 */
void cnull_configfs_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
	mutex_destroy(&subsystem.su_mutex);
}
