// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of the devices that are made when the module is loaded.
 *
 * If a module fails to load, the kernel frees it whatever its use count is. A disk may be
 * in use as soon as it is added. Therefore a device of the registry is hidden at first,
 * and its disk is added when the load can no longer fail.
 */
#include "disk.h"
#include "names.h"
#include "registry.h"

/*
 * Linked by &cnull_disk.list. No lock guards the list, because it is constant after the
 * module was loaded.
 */
static LIST_HEAD(disks);

/**
 * cnull_registry_add - create a device, power it on, and hide its disk
 * @nr: the number in the name of the disk
 *
 * Context: May sleep; module init.
 * Return: 0 or a negative errno. The device may be in the registry in both cases.
 */
int cnull_registry_add(unsigned int nr)
{
	char name[DISK_NAME_LEN];
	struct cnull_disk *disk;

	snprintf(name, sizeof(name), CNULL_DISK, nr);
	disk = cnull_disk_new(name);
	if (!disk)
		return -ENOMEM;
	list_add_tail(&disk->list, &disks);
	disk->is_hidden = true;
	return cnull_dev_power(&disk->dev, true);
}

/**
 * cnull_registry_show - add the disks of all devices
 *
 * Context: May sleep; module init, which cannot fail any more.
 */
void cnull_registry_show(void)
{
	struct cnull_disk *disk;

	list_for_each_entry(disk, &disks, list)
		cnull_disk_show(disk);
}

/**
 * cnull_registry_clear - remove all devices
 *
 * Context: May sleep; module exit, or module init that fails.
 */
void cnull_registry_clear(void)
{
	struct cnull_disk *disk, *next;

	list_for_each_entry_safe(disk, next, &disks, list) {
		list_del(&disk->list);
		cnull_dev_kill(&disk->dev);
		cnull_disk_free(disk);
	}
}

/**
 * cnull_registry_find - find a device by its name
 * @name: the name of the disk
 *
 * Context: Any, after the module was loaded.
 * Return: the device; NULL if the registry has none of that name.
 */
struct cnull_disk *cnull_registry_find(const char *name)
{
	struct cnull_disk *disk;

	list_for_each_entry(disk, &disks, list)
		if (!strcmp(disk->name, name))
			return disk;
	return NULL;
}
