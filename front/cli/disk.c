// SPDX-License-Identifier: GPL-2.0
/*
 * The block device of a disk: its node, its users, and its attributes in sysfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"

/* The longest wait for udev, and the interval of the checks. */
#define WAIT_MS	10000
#define STEP_MS	5

/* Can the node be opened, and is it that of the disk? */
static bool node_opens(const char *disk)
{
	char path[PATH_MAX], number[CLI_TEXT_SIZE], text[32];
	int fd, err;
	struct stat st;

	cli_path(path, "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	err = fstat(fd, &st);
	close(fd);
	if (err || !S_ISBLK(st.st_mode) || cli_sysfs_read(disk, "dev", number))
		return false;
	snprintf(text, sizeof(text), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return !strcmp(text, number);
}

/**
 * cli_node_exists - is there a file in the place of a disk's node?
 * @disk: name of the disk
 *
 * Return: true if the file exists.
 */
bool cli_node_exists(const char *disk)
{
	char path[PATH_MAX];

	cli_path(path, "/dev/%s", disk);
	return !access(path, F_OK);
}

/* Has udev applied its rules to the disk? */
static bool udev_knows(struct udev *udev, const char *disk)
{
	struct udev_device *device = udev_device_new_from_subsystem_sysname(udev, "block", disk);
	bool known = device && udev_device_get_is_initialized(device);

	udev_device_unref(device);
	return known;
}

/**
 * cli_node_wait - wait until a new disk is usable
 * @disk: name of the disk
 *
 * The disk is usable when its node opens and udev has applied its rules. Until then
 * udev itself may hold the disk open. The record of udev may be that of an older disk with
 * the same number, so wait for an empty queue, too. Other devices may keep the queue
 * busy, so that wait ends after some time.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_node_wait(const char *disk)
{
	static const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct udev *udev = udev_new();
	struct udev_queue *queue = udev ? udev_queue_new(udev) : NULL;
	bool opens = false, known = false, settled = false;
	int ms;

	for (ms = 0; queue && !(opens && known && settled) && ms < WAIT_MS; ms += STEP_MS) {
		bool active = udev_queue_get_udev_is_active(queue);

		if (ms)
			nanosleep(&step, NULL);
		settled = !active || udev_queue_get_queue_is_empty(queue);
		known = !active || udev_knows(udev, disk);
		opens = node_opens(disk);
	}
	udev_queue_unref(queue);
	udev_unref(udev);
	if (!opens)
		return cli_error(CLI_FAILED, "%s is on, but /dev/%s does not open after %d s", disk,
				 disk, WAIT_MS / 1000);
	if (!known)
		cli_note("%s: udev has not applied its rules after %d s: does udevd run?", disk,
			 WAIT_MS / 1000);
	return CLI_DONE;
}

/**
 * cli_node_in_use - is the disk mounted, or used by another device?
 * @disk: name of the disk
 *
 * A process that only has the node open does not count: it gets errors when the disk
 * goes, and no data of others is lost.
 *
 * Return: true if an exclusive user holds the disk.
 */
bool cli_node_in_use(const char *disk)
{
	char path[PATH_MAX];
	int fd;

	cli_path(path, "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == EBUSY;
	close(fd);
	return false;
}

/**
 * cli_sysfs_read - read an attribute of a block device
 * @disk: name of the disk
 * @attr: the attribute, as a path in /sys/block/DISK
 * @text: buffer for the contents
 *
 * Return: 0 or a negative errno; then @text is empty.
 */
int cli_sysfs_read(const char *disk, const char *attr, char text[CLI_TEXT_SIZE])
{
	char path[PATH_MAX];

	cli_path(path, "/sys/block/%s/%s", disk, attr);
	return cli_read(path, text);
}

/**
 * cli_is_on - is a disk powered on?
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: true if its power is 1.
 */
bool cli_is_on(const struct cli_driver *driver, const char *disk)
{
	char text[CLI_TEXT_SIZE];

	return !cli_attr_read(driver, disk, "power", text) && !strcmp(text, "1");
}

/**
 * cli_is_cut - was the power of a disk cut?
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: true from a power cut until power off.
 */
bool cli_is_cut(const struct cli_driver *driver, const char *disk)
{
	char text[CLI_TEXT_SIZE];

	return !cli_attr_read(driver, disk, "power_cut", text) && !strcmp(text, "1");
}

/**
 * cli_has_block_device - does a disk have a block device?
 * @driver: the driver
 * @disk: name of the disk, with a directory or of the module parameters
 *
 * While a disk is off, another driver may have a block device of the same name.
 *
 * Return: true if the block device is that of the disk.
 */
bool cli_has_block_device(const struct cli_driver *driver, const char *disk)
{
	if (cli_disk_exists(driver, disk))
		return cli_is_on(driver, disk);
	return cli_is_module_disk(driver, disk);
}
