// SPDX-License-Identifier: GPL-2.0
/*
 * The command "load": write an image to a disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "copy.h"
#include "disk.h"
#include "export.h"
#include "interrupt.h"

/* Open the image, and return its size in @size. */
static enum cli_exit open_image(const char *path, int *fd, unsigned long long *size)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return cli_error(cli_exit_of(-errno), "cannot open %s: %s", path, strerror(errno));
	if (!fstat(*fd, &st) && S_ISREG(st.st_mode)) {
		*size = st.st_size;
		return CLI_DONE;
	}
	close(*fd);
	return cli_error(CLI_WRONG_USE, "%s is no file: an image must be a file", path);
}

/* Check that the disk may get the data of an image. */
static enum cli_exit check_disk(const struct cli_driver *driver, const char *disk,
				const char *image, unsigned long long size)
{
	char text[CLI_TEXT_SIZE];
	unsigned long long disk_size;

	if (!cli_is_on(driver, disk))
		return cli_error(CLI_FAILED, "%s is off: 'cnull on %s' powers it on", disk, disk);
	if (cli_is_cut(driver, disk))
		return cli_error(CLI_FAILED, "%s has no power since a cut: 'cnull off %s' before 'cnull on %s'",
				 disk, disk, disk);
	if (!cli_attr_read(driver, disk, "memory_backed", text) && !strcmp(text, "0"))
		return cli_error(CLI_FAILED, "%s: memory_backed is 0, must be 1: the disk keeps no data",
				 disk);
	if (!cli_attr_read(driver, disk, "zoned", text) && !strcmp(text, "1"))
		return cli_error(CLI_FAILED, "%s has zones: an image has no write pointers, so 'cnull load' needs a disk without zones",
				 disk);
	if (cli_sysfs_read(disk, "size", text))
		return cli_error(CLI_FAILED, "cannot read the size of %s", disk);
	disk_size = strtoull(text, NULL, 10) << SECTOR_SHIFT;
	if (disk_size < size)
		return cli_error(CLI_FAILED, "%s has %llu bytes, but the disk '%s' has only %llu",
				 image, size, disk, disk_size);
	return CLI_DONE;
}

/* Open the disk, and keep other exclusive users away. */
static enum cli_exit open_disk(const char *disk, const char *path, int *fd)
{
	if (cli_nvmet_exports(disk) || cli_nbd_exports(disk))
		return cli_error(CLI_FAILED, "%s is exported: 'cnull unexport %s' first", disk, disk);
	*fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
	if (*fd >= 0)
		return CLI_DONE;
	if (errno == EBUSY)
		return cli_error(CLI_FAILED, "%s is in use: unmount it first", disk);
	return cli_error(cli_exit_of(-errno), "cannot open %s: %s", path, strerror(errno));
}

/* Does the store of the disk have data? */
static bool has_data(const struct cli_driver *driver, const char *disk)
{
	char own[CLI_TEXT_SIZE], shared[CLI_TEXT_SIZE];

	return cli_attr_read(driver, disk, "own_bytes", own) || strcmp(own, "0") ||
	       cli_attr_read(driver, disk, "shared_bytes", shared) || strcmp(shared, "0");
}

/* Set ranges to zero, extended to whole blocks. Free their memory if the disk can. */
static enum cli_exit erase_extents(int fd, const char *disk, const struct cli_extents *extents)
{
	unsigned long long block;
	int size = 0;
	size_t i;

	if (ioctl(fd, BLKSSZGET, &size) || size <= 0)
		size = 512;
	block = size;
	for (i = 0; i < extents->nr; i++) {
		unsigned long long start = extents->extent[i].start;
		unsigned long long end = start + extents->extent[i].length;
		__u64 range[2] = { start / block * block, };

		range[1] = (end + block - 1) / block * block - range[0];
		if (cli_interrupted())
			return CLI_FAILED;
		if (ioctl(fd, BLKDISCARD, range) && ioctl(fd, BLKZEROOUT, range))
			return cli_error(CLI_FAILED, "cannot erase disk '%s': %s", disk,
					 strerror(errno));
	}
	return CLI_DONE;
}

/* Erase the data of a disk. A temporary snapshot lists it. */
static enum cli_exit erase(const struct cli_driver *driver, const char *disk, int fd)
{
	struct cli_extents extents = { };
	char name[CLI_SNAPSHOT_SIZE];
	enum cli_exit status, dropped;

	status = cli_snapshot_take_temporary(driver, disk, "load", name);
	if (status)
		return status;
	status = cli_snapshot_changes(driver, disk, name, "", &extents);
	dropped = cli_snapshot_drop(driver, disk, name);
	status = status ?: dropped;
	status = status ?: erase_extents(fd, disk, &extents);
	cli_extents_free(&extents);
	return status;
}

/*
 * Find the data of a file from @pos on. Return false at the end of the file. A file system
 * without holes has data everywhere.
 */
static bool find_data(int fd, unsigned long long pos, unsigned long long size,
		      struct cli_extent *extent)
{
	off_t start = lseek(fd, pos, SEEK_DATA), end;

	if (start < 0 && errno == ENXIO)
		return false;
	if (start < 0)
		start = pos;
	end = lseek(fd, start, SEEK_HOLE);
	if (end < 0 || (unsigned long long)end > size)
		end = size;
	extent->start = start;
	extent->length = end - start;
	return end > start;
}

/* Copy the data of the image, or add up its length if @length is not NULL. */
static enum cli_exit copy_data(struct cli_copy *copy, unsigned long long size,
			       unsigned long long *length)
{
	struct cli_extent extent = { };
	enum cli_exit status = CLI_DONE;

	while (!status && find_data(copy->from, extent.start + extent.length, size, &extent)) {
		if (length)
			*length += extent.length;
		else
			status = cli_copy_extent(copy, &extent);
	}
	return status;
}

/*
 * Is nothing of the disk kept? Copies, and some file systems, replace holes by zeros. An image
 * of changes is as large as its disk.
 */
static bool replaces_all(const struct cli_copy *copy, unsigned long long size)
{
	off_t hole = lseek(copy->from, 0, SEEK_HOLE), end = lseek(copy->to, 0, SEEK_END);

	return (hole < 0 || (unsigned long long)hole >= size) &&
	       (unsigned long long)end == size;
}

/* Write the image to the open disk. */
static enum cli_exit load(const struct cli_call *call, const struct cli_driver *driver,
			  struct cli_copy *copy, unsigned long long size)
{
	const char *disk = call->args[1];
	bool keep = cli_value(call, "keep"), do_erase = cli_value(call, "erase");
	enum cli_exit status = CLI_DONE;

	/* Data in caches is not counted. */
	fsync(copy->to);
	if (!keep && !do_erase && has_data(driver, disk))
		return cli_error(CLI_FAILED, "%s has data: use --erase, or --keep for an image of changes",
				 disk);
	if (keep && replaces_all(copy, size))
		return cli_error(CLI_FAILED, "%s has no holes, so --keep keeps nothing: holes are lost in a copy that is not sparse",
				 copy->from_name);
	if (do_erase)
		status = erase(driver, disk, copy->to);
	copy_data(copy, size, &copy->progress.total);
	status = status ?: copy_data(copy, size, NULL);
	cli_progress_end(&copy->progress);
	if (!status && fsync(copy->to))
		status = cli_error(CLI_FAILED, "cannot write %s: %s", copy->to_name, strerror(errno));
	if (status)
		cli_note("%s may have a part of the image", disk);
	return status;
}

static enum cli_exit run_load(const struct cli_call *call)
{
	const char *image = call->args[0], *disk = call->args[1];
	struct cli_copy copy = { .from_name = image, .progress = { .name = "load" } };
	const struct cli_driver *driver;
	unsigned long long size = 0;
	char path[PATH_MAX];
	enum cli_exit status;

	if (cli_value(call, "keep") && cli_value(call, "erase"))
		return cli_error(CLI_WRONG_USE, "--keep and --erase exclude each other");
	status = cli_driver_find(call->driver, &driver);
	status = status ?: cli_snapshots_check(driver, disk);
	status = status ?: open_image(image, &copy.from, &size);
	if (status)
		return status;
	cli_path(path, "/dev/%s", disk);
	copy.to_name = path;
	status = check_disk(driver, disk, image, size);
	status = status ?: open_disk(disk, path, &copy.to);
	if (!status) {
		cli_interrupt_hold();
		status = load(call, driver, &copy, size);
		close(copy.to);
		cli_interrupt_release();
	}
	close(copy.from);
	return status;
}

static const struct cli_flag load_flags[] = {
	{ 'e', "erase", NULL, "erase the data of the disk first" },
	{ 'k', "keep", NULL, "keep the data of the disk where the image has a hole" },
	{ }
};

const struct cli_command cli_load = {
	.name = "load",
	.args = "FILE DISK",
	.summary = "write an image to a disk, except its holes",
	.details = "A disk that has data is refused without --erase or --keep. An image of changes needs the\n"
		   "flag --keep, and a disk with the data of its base. The disk must be on, have no zones\n"
		   "and no users, and be as large as the image or larger.",
	.example = "load disk0.img disk1",
	.flags = load_flags,
	.argument = CLI_ARG_LOAD,
	.min_args = 2,
	.max_args = 2,
	.run = run_load,
};
