// SPDX-License-Identifier: GPL-2.0
/*
 * The command "save": an image of a snapshot, whole or only its changes.
 *
 * The data is read from a temporary clone of the snapshot. The image is a file beside its
 * place until it is complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "copy.h"
#include "disk.h"
#include "interrupt.h"
#include "new_disk.h"

/**
 * struct image - a new image
 * @fd: descriptor of the file
 * @path: its name at the end
 * @temporary: its name until then
 */
struct image {
	int fd;
	char path[PATH_MAX];
	char temporary[PATH_MAX + 8];
};

static enum cli_exit not_written(const char *path)
{
	return cli_error(errno == EACCES ? CLI_NO_PERMISSION : CLI_FAILED, "cannot write %s: %s", path,
			 strerror(errno));
}

/* Make a file beside the place of the image. A link leads to the place. */
static enum cli_exit open_image(const char *name, struct image *image)
{
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	if (!realpath(name, image->path)) {
		if (strlen(name) >= sizeof(image->path))
			errno = ENAMETOOLONG;
		if (errno != ENOENT)
			return not_written(name);
		strcpy(image->path, name);
	}
	if (!stat(image->path, &st) && !S_ISREG(st.st_mode))
		return cli_error(CLI_WRONG_USE, "%s is no file: an image must be a file", name);
	snprintf(image->temporary, sizeof(image->temporary), "%s.XXXXXX", image->path);
	image->fd = mkostemp(image->temporary, O_CLOEXEC);
	if (image->fd < 0)
		return not_written(name);
	fchmod(image->fd, 0666 & ~mask);
	return CLI_DONE;
}

/* Put the image into its place if @status is CLI_DONE, else delete it. */
static enum cli_exit close_image(struct image *image, enum cli_exit status)
{
	if (!status && (fsync(image->fd) || rename(image->temporary, image->path)))
		status = not_written(image->path);
	if (status)
		unlink(image->temporary);
	close(image->fd);
	return status;
}

/* Copy ranges of a disk to the image. */
static enum cli_exit copy_extents(const char *disk, const struct cli_extents *extents,
				  const struct image *image)
{
	struct cli_copy copy = {
		.to = image->fd,
		.to_name = image->path,
		.progress = { .name = "save", .total = cli_extents_length(extents) },
	};
	char path[PATH_MAX];
	enum cli_exit status = CLI_DONE;
	size_t i;

	cli_path(path, "/dev/%s", disk);
	copy.from_name = path;
	copy.from = open(path, O_RDONLY | O_CLOEXEC);
	if (copy.from < 0)
		return cli_error(cli_exit_of(-errno), "cannot open %s: %s", path, strerror(errno));
	/* Do not read ahead: between the ranges there is no data. */
	posix_fadvise(copy.from, 0, 0, POSIX_FADV_RANDOM);
	for (i = 0; !status && i < extents->nr; i++)
		status = cli_copy_extent(&copy, &extents->extent[i]);
	cli_progress_end(&copy.progress);
	close(copy.from);
	return status;
}

/* Copy ranges of a snapshot to the image, by a temporary clone. */
static enum cli_exit copy_snapshot(const struct cli_driver *driver,
				   const struct cli_snapshot *snapshot,
				   const struct cli_extents *extents, const struct image *image)
{
	struct cli_setting origin;
	struct cli_new_disk clone = { .settings = &origin, .nr_settings = 1, .on = true };
	char name[CLI_NAME_SIZE], text[sizeof(*snapshot) + 1];
	enum cli_exit status;
	int err;

	if (!extents->nr)
		return CLI_DONE;
	snprintf(name, sizeof(name), "cnull-save-%d", (int)getpid());
	clone.name = name;
	snprintf(text, sizeof(text), "%s/%s", snapshot->disk, snapshot->name);
	status = cli_setting_parse("origin", text, "", &origin);
	status = status ?: cli_new_disk(driver, &clone);
	if (status)
		return status;
	status = copy_extents(name, extents, image);
	err = cli_disk_remove(driver, name);
	if (err && !status)
		status = cli_error(CLI_FAILED, "cannot remove disk '%s': %s", name, strerror(-err));
	return status;
}

static enum cli_exit save(const struct cli_driver *driver, const struct cli_snapshot *snapshot,
			  const char *base, const struct image *image)
{
	struct cli_extents extents = { };
	char size[CLI_TEXT_SIZE];
	enum cli_exit status = cli_snapshot_changes(driver, snapshot->disk, snapshot->name, base,
						    &extents);

	if (!status)
		cli_snapshot_read(driver, snapshot->disk, snapshot->name, "size", size);
	if (!status && ftruncate(image->fd, strtoull(size, NULL, 10) * SZ_1M))
		status = not_written(image->path);
	status = status ?: copy_snapshot(driver, snapshot, &extents, image);
	cli_extents_free(&extents);
	return status;
}

static enum cli_exit run_save(const struct cli_call *call)
{
	const char *base = cli_value(call, "base");
	const struct cli_driver *driver;
	struct cli_snapshot snapshot;
	struct image image;
	enum cli_exit status = cli_snapshot_parse(call->args[0], &snapshot);

	status = status ?: cli_driver_find(call->driver, &driver);
	status = status ?: cli_snapshot_check(driver, snapshot.disk, snapshot.name);
	if (!status && base)
		status = cli_snapshot_check(driver, snapshot.disk, base);
	if (status)
		return status;
	cli_interrupt_hold();
	status = open_image(call->args[1], &image);
	if (!status) {
		status = save(driver, &snapshot, base ?: "", &image);
		if (cli_interrupted())
			status = CLI_FAILED;
		status = close_image(&image, status);
	}
	cli_interrupt_release();
	return status;
}

static const struct cli_flag save_flags[] = {
	{ 0, "base", "SNAPSHOT", "save only the changes since SNAPSHOT" },
	{ }
};

const struct cli_command cli_save = {
	.name = "save",
	.args = "DISK/SNAPSHOT FILE [--base SNAPSHOT]",
	.summary = "write a snapshot to a file: a raw image",
	.details = "The file has a hole where the snapshot has no data. With --base it has a hole where\n"
		   "the snapshot has not changed, and 'cnull load --keep' adds it to the image of the base.\n"
		   "FILE is replaced when all is written. An interrupted command leaves nothing behind.",
	.example = "save disk0/installed disk0.img",
	.flags = save_flags,
	.argument = CLI_ARG_SAVE,
	.min_args = 2,
	.max_args = 2,
	.run = run_save,
};
