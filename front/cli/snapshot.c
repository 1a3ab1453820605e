// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of disks, and the ranges in which two of them differ.
 *
 * A snapshot is a directory DISK/snapshots/NAME. A temporary one, of a command that needs
 * a snapshot for a short time, has a name that a user can read and drop: a command that is
 * killed leaves it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot.h"

#define SECTOR_BYTES	512

static void snapshot_path(const struct cli_driver *driver, const char *disk, const char *name,
			  char path[PATH_MAX])
{
	cli_path(path, "%s/%s/snapshots/%s", driver->dir, disk, name);
}

/* Fill in the path of a file of a snapshot. */
static void file_path(const struct cli_driver *driver, const char *disk, const char *name,
		      const char *attr, char path[PATH_MAX])
{
	char file[NAME_MAX + 32];

	snprintf(file, sizeof(file), "%s/%s", name, attr);
	snapshot_path(driver, disk, file, path);
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/**
 * cli_snapshots_check - check that a disk exists, and that its driver has snapshots
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: CLI_DONE, or another exit status after a message.
 */
enum cli_exit cli_snapshots_check(const struct cli_driver *driver, const char *disk)
{
	enum cli_exit status = cli_disk_check(driver, disk);
	char path[PATH_MAX];

	snapshot_path(driver, disk, "", path);
	if (status || is_directory(path))
		return status;
	return cli_error(CLI_FAILED, "%s has no snapshots", driver->name);
}

/**
 * cli_snapshots - list the snapshots of a disk
 * @driver: the driver
 * @disk: name of the disk
 * @names: an empty list, which stays empty if the driver has no snapshots;
 *	cli_names_free() frees the names, also after an error
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshots(const struct cli_driver *driver, const char *disk,
			    struct cli_names *names)
{
	char path[PATH_MAX];
	int err;

	snapshot_path(driver, disk, "", path);
	err = cli_list_dir(path, NULL, NULL, names);
	if (err && err != -ENOENT)
		return cli_error(cli_exit_of(err), "cannot list %s: %s", path, strerror(-err));
	return CLI_DONE;
}

/**
 * cli_snapshot_parse - parse an argument DISK/SNAPSHOT
 * @text: the argument
 * @snapshot: where to store the names
 *
 * Return: CLI_DONE, or CLI_WRONG_USE after a message.
 */
enum cli_exit cli_snapshot_parse(const char *text, struct cli_snapshot *snapshot)
{
	const char *name = strchr(text, '/');
	size_t length = name ? name - text : 0;

	if (!name || !length || !name[1] || strchr(name + 1, '/') ||
	    length >= sizeof(snapshot->disk) || strlen(name + 1) >= sizeof(snapshot->name))
		return cli_error(CLI_WRONG_USE, "'%s' must be DISK/SNAPSHOT", text);
	memcpy(snapshot->disk, text, length);
	snapshot->disk[length] = '\0';
	strcpy(snapshot->name, name + 1);
	return CLI_DONE;
}

/**
 * cli_snapshot_name_check - check the name of a new snapshot
 * @name: the name
 *
 * Return: CLI_DONE, or CLI_WRONG_USE after a message.
 */
enum cli_exit cli_snapshot_name_check(const char *name)
{
	if (cli_is_plain_name(name) && strlen(name) < CLI_SNAPSHOT_SIZE)
		return CLI_DONE;
	return cli_error(CLI_WRONG_USE,
			 "'%s' cannot be the name of a snapshot: use up to %d letters, digits, '_', '.' and '-'",
			 name, CLI_SNAPSHOT_SIZE - 1);
}

/**
 * cli_snapshot_exists - does a disk have a snapshot of this name?
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of the snapshot
 *
 * Return: true if the snapshot exists.
 */
bool cli_snapshot_exists(const struct cli_driver *driver, const char *disk, const char *name)
{
	char path[PATH_MAX];

	if (!*name || *name == '.' || strchr(name, '/'))
		return false;
	snapshot_path(driver, disk, name, path);
	return is_directory(path);
}

/**
 * cli_snapshot_check - check that a snapshot exists
 * @driver: the driver
 * @disk: name of its disk
 * @name: name of the snapshot
 *
 * Return: CLI_DONE, or another exit status after a message.
 */
enum cli_exit cli_snapshot_check(const struct cli_driver *driver, const char *disk,
				 const char *name)
{
	enum cli_exit status = cli_snapshots_check(driver, disk);

	if (status || cli_snapshot_exists(driver, disk, name))
		return status;
	return cli_error(CLI_NO_DISK, "disk '%s' has no snapshot '%s': 'cnull snapshots %s' shows its snapshots",
			 disk, name, disk);
}

/**
 * cli_snapshot_take - take a snapshot
 * @driver: the driver
 * @disk: name of a disk, after cli_snapshots_check()
 * @name: name of the snapshot
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshot_take(const struct cli_driver *driver, const char *disk,
				const char *name)
{
	char path[PATH_MAX], reason[CLI_TEXT_SIZE];
	int err;

	snapshot_path(driver, disk, name, path);
	if (!mkdir(path, 0755))
		return CLI_DONE;
	err = errno;
	if (err == EEXIST)
		return cli_error(CLI_FAILED, "disk '%s' has a snapshot '%s': 'cnull drop %s %s' drops it",
				 disk, name, disk, name);
	if (err == EACCES || err == EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can take a snapshot of '%s'", disk);
	/* configfs itself may refuse, and an older reason may still be there. */
	if (!cli_attr_read(driver, disk, "error", reason) && !strncmp(reason, "no snapshot", 11))
		return cli_error(CLI_FAILED, "%s: %s", disk, reason);
	return cli_error(CLI_FAILED, "%s: no snapshot: %s", disk, strerror(err));
}

/**
 * cli_snapshot_take_temporary - take a snapshot that this process drops
 * @driver: the driver
 * @disk: name of a disk, after cli_snapshots_check()
 * @purpose: a word for the name of the snapshot
 * @name: where to store the name
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshot_take_temporary(const struct cli_driver *driver, const char *disk,
					  const char *purpose, char name[CLI_SNAPSHOT_SIZE])
{
	snprintf(name, CLI_SNAPSHOT_SIZE, "cnull-%s-%d", purpose, (int)getpid());
	return cli_snapshot_take(driver, disk, name);
}

/**
 * cli_snapshot_drop - drop a snapshot
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of a snapshot that exists
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshot_drop(const struct cli_driver *driver, const char *disk,
				const char *name)
{
	char path[PATH_MAX];

	snapshot_path(driver, disk, name, path);
	if (!rmdir(path))
		return CLI_DONE;
	if (errno == EACCES || errno == EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can drop a snapshot of '%s'", disk);
	return cli_error(CLI_FAILED, "cannot drop snapshot '%s' of disk '%s': %s", name, disk,
			 strerror(errno));
}

/**
 * cli_snapshots_drop - drop all snapshots of a disk
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshots_drop(const struct cli_driver *driver, const char *disk)
{
	struct cli_names names = { };
	enum cli_exit status = cli_snapshots(driver, disk, &names);
	size_t i;

	for (i = 0; !status && i < names.nr; i++)
		status = cli_snapshot_drop(driver, disk, names.name[i]);
	cli_names_free(&names);
	return status;
}

/**
 * cli_snapshot_read - read a file of a snapshot
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of the snapshot
 * @attr: name of the file
 * @text: buffer for the contents, without newlines at the end
 *
 * Return: 0 or a negative errno; then @text is empty.
 */
int cli_snapshot_read(const struct cli_driver *driver, const char *disk, const char *name,
		      const char *attr, char text[CLI_TEXT_SIZE])
{
	char path[PATH_MAX];

	file_path(driver, disk, name, attr, path);
	return cli_read(path, text);
}

/**
 * cli_snapshot_write - write a file of a snapshot
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of the snapshot
 * @attr: name of the file
 * @text: the text. The kernel gets no write of 0 bytes, so the text gets a newline
 *
 * Return: 0 or a negative errno.
 */
int cli_snapshot_write(const struct cli_driver *driver, const char *disk, const char *name,
		       const char *attr, const char *text)
{
	char path[PATH_MAX], line[NAME_MAX + 2];

	snprintf(line, sizeof(line), "%s\n", text);
	file_path(driver, disk, name, attr, path);
	return cli_write(path, line);
}

/* Read lines "FIRST COUNT". Return 0 or a negative errno. */
static int read_extents(FILE *file, struct cli_extents *extents)
{
	unsigned long long first, count;
	size_t room = 0;
	int n;

	while ((n = fscanf(file, "%llu %llu", &first, &count)) == 2) {
		if (extents->nr == room) {
			struct cli_extent *all;

			room = room ? 2 * room : 64;
			all = reallocarray(extents->extent, room, sizeof(*all));
			if (!all)
				return -ENOMEM;
			extents->extent = all;
		}
		extents->extent[extents->nr].start = first * SECTOR_BYTES;
		extents->extent[extents->nr++].length = count * SECTOR_BYTES;
	}
	if (ferror(file))
		return -errno;
	return n == EOF ? 0 : -EINVAL;
}

static int read_changes(const struct cli_driver *driver, const char *disk, const char *name,
			struct cli_extents *extents)
{
	char path[PATH_MAX];
	FILE *file;
	int err;

	file_path(driver, disk, name, "changes", path);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	err = read_extents(file, extents);
	fclose(file);
	return err;
}

/**
 * cli_snapshot_changes - list the ranges in which a snapshot differs from another one
 * @driver: the driver
 * @disk: name of the disk
 * @name: name of the snapshot
 * @base: name of the other snapshot of the disk; "" for the ranges that have data
 * @extents: an empty list; cli_extents_free() frees the ranges, also after an error
 *
 * The file "base" of the snapshot has its value again afterwards, unless that snapshot was
 * dropped. A lock on the directory of the snapshots excludes other processes that change the
 * file in this way.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_snapshot_changes(const struct cli_driver *driver, const char *disk,
				   const char *name, const char *base,
				   struct cli_extents *extents)
{
	char path[PATH_MAX], old[CLI_TEXT_SIZE];
	bool is_changed;
	int lock, err;

	snapshot_path(driver, disk, "", path);
	lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	err = cli_snapshot_read(driver, disk, name, "base", old);
	is_changed = !err && strcmp(old, base);
	if (is_changed)
		err = cli_snapshot_write(driver, disk, name, "base", base);
	err = err ?: read_changes(driver, disk, name, extents);
	/* The old base may be dropped by now. */
	if (is_changed && cli_snapshot_write(driver, disk, name, "base", old))
		cli_snapshot_write(driver, disk, name, "base", "");
	if (lock >= 0)
		close(lock);
	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can read the changes of a snapshot");
	if (err)
		return cli_error(CLI_FAILED, "cannot read the changes of snapshot '%s' of disk '%s': %s",
				 name, disk, strerror(-err));
	return CLI_DONE;
}

/**
 * cli_extents_free - free the ranges of a list
 * @extents: the list; empty afterwards
 */
void cli_extents_free(struct cli_extents *extents)
{
	free(extents->extent);
	extents->extent = NULL;
	extents->nr = 0;
}

/**
 * cli_extents_length - add up the lengths of ranges
 * @extents: the ranges
 *
 * Return: the number of bytes.
 */
unsigned long long cli_extents_length(const struct cli_extents *extents)
{
	unsigned long long length = 0;
	size_t i;

	for (i = 0; i < extents->nr; i++)
		length += extents->extent[i].length;
	return length;
}
