// SPDX-License-Identifier: GPL-2.0
/*
 * The module: loading, unloading, and the devices made at load.
 */
#include <linux/module.h>

#include "configfs.h"
#include "main.h"
#include "names.h"
#include "params.h"

/* The devices that module parameters asked for. Constant once we are loaded. */
static LIST_HEAD(defaults);

/**
 * cnull_find_default - find a device that was made at load
 * @name: its name
 *
 * Context: Any, after the module was loaded.
 * Return: the device, or NULL if there is none of that name.
 */
struct cnull_disk *cnull_find_default(const char *name)
{
	struct cnull_disk *disk;

	list_for_each_entry(disk, &defaults, list)
		if (!strcmp(disk->name, name))
			return disk;
	return NULL;
}

static void remove_defaults(void)
{
	struct cnull_disk *disk, *next;

	list_for_each_entry_safe(disk, next, &defaults, list) {
		list_del(&disk->list);
		cnull_dev_kill(&disk->dev);
		cnull_disk_free(disk);
	}
}

static void clean_up(void)
{
	remove_defaults();
	rcu_barrier();	/* pages on their way out */
}

static int add_default(unsigned int nr)
{
	char name[DISK_NAME_LEN];
	struct cnull_disk *disk;

	snprintf(name, sizeof(name), CNULL_DISK, nr);
	disk = cnull_disk_new(name);
	if (!disk)
		return -ENOMEM;
	list_add_tail(&disk->list, &defaults);
	disk->is_hidden = true;
	return cnull_dev_power(&disk->dev, true);
}

/*
 * A module that fails to load is freed whatever its use count is, and a disk may be in
 * use as soon as it is added. So the disks of the default devices are added when
 * nothing can fail any more.
 */
static int __init cnull_init(void)
{
	char why[CNULL_ERROR_SIZE];
	struct cnull_disk *disk;
	unsigned int i;
	int err;

	err = cnull_config_check(&cnull_params, why, sizeof(why));
	if (err) {
		pr_err("not loaded: %s\n", why);
		return err;
	}
	for (i = 0; i < cnull_nr_devices; i++) {
		err = add_default(i);
		if (err)
			goto out_defaults;
	}
	err = cnull_configfs_init();
	if (err)
		goto out_defaults;
	list_for_each_entry(disk, &defaults, list)
		cnull_disk_show(disk);
	return 0;

out_defaults:
	clean_up();
	return err;
}

static void __exit cnull_exit(void)
{
	cnull_configfs_exit();
	clean_up();
}

module_init(cnull_init);
module_exit(cnull_exit);

MODULE_AUTHOR("The cnull authors");
MODULE_DESCRIPTION("null block device: memory-backed or not, for tests and benchmarks");
MODULE_LICENSE("GPL");
