// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of null block devices: its directory in configfs, and the directories and
 * files of its disks.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "process.h"

#define CONFIGFS	"/sys/kernel/config"

/* The drivers. If several are loaded, the first of them is used. */
static const struct cli_driver drivers[] = {
	{ .name = "cnull", .dir = CONFIGFS "/cnull", .prefix = "cnullb" },
	{ .name = "null_blk", .dir = CONFIGFS "/nullb", .prefix = "nullb" },
};

#define NR_DRIVERS	(sizeof(drivers) / sizeof(drivers[0]))

/**
 * cli_path - print a path of the system
 * @path: the buffer
 * @fmt: the absolute path
 *
 * CNULL_SYSROOT, if the environment has it, is a directory that stands for the root.
 * A path that is too long becomes empty, and no file has an empty path.
 */
void cli_path(char path[PATH_MAX], const char *fmt, ...)
{
	const char *root = getenv("CNULL_SYSROOT") ?: "";
	size_t length = strlen(root);
	va_list args;
	int n;

	if (length >= PATH_MAX) {
		*path = '\0';
		return;
	}
	memcpy(path, root, length);
	va_start(args, fmt);
	n = vsnprintf(path + length, PATH_MAX - length, fmt, args);
	va_end(args);
	if (n < 0 || n >= (int)(PATH_MAX - length))
		*path = '\0';
}

/**
 * cli_read - read a file as a line of text
 * @path: the file
 * @text: buffer for the contents, without newlines at the end
 *
 * Return: 0 or a negative errno; then @text is empty.
 */
int cli_read(const char *path, char text[CLI_TEXT_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	int err = 0;

	*text = '\0';
	if (fd < 0)
		return -errno;
	while (n < CLI_TEXT_SIZE - 1) {
		ssize_t part = read(fd, text + n, CLI_TEXT_SIZE - 1 - n);

		if (part < 0)
			err = -errno;
		if (part <= 0)
			break;
		n += part;
	}
	close(fd);
	if (err) {
		*text = '\0';
		return err;
	}
	while (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return 0;
}

/**
 * cli_write - write text to a file that exists
 * @path: the file
 * @text: the text
 *
 * Return: 0 or a negative errno.
 */
int cli_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	size_t length = strlen(text);
	int err = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, length);
	if (n < 0)
		err = -errno;
	else if ((size_t)n < length)
		err = -EIO;
	close(fd);
	return err;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

/* Add @name to a list. */
static int add_name(struct cli_names *names, const char *name)
{
	char **all = names->name;

	/* The room doubles: @nr is a power of two when the list is full. */
	if (!(names->nr & (names->nr - 1))) {
		all = reallocarray(all, names->nr ? 2 * names->nr : 1, sizeof(*all));
		if (!all)
			return -ENOMEM;
		names->name = all;
	}
	all[names->nr] = strdup(name);
	if (!all[names->nr])
		return -ENOMEM;
	names->nr++;
	return 0;
}

/**
 * cli_list_dir - add names in a directory to a list, and sort the list
 * @path: the directory
 * @wanted: return true for a name to add; NULL for all names
 * @data: passed to @wanted
 * @names: the list; cli_names_free() frees the names, also after an error
 *
 * Return: 0 or a negative errno.
 */
int cli_list_dir(const char *path, bool (*wanted)(const char *name, const void *data),
		 const void *data, struct cli_names *names)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && (!wanted || wanted(entry->d_name, data)))
			err = add_name(names, entry->d_name);
	closedir(dir);
	if (names->nr)
		qsort(names->name, names->nr, sizeof(*names->name), compare_names);
	return err;
}

/**
 * cli_names_free - free the names of a list
 * @names: the list; empty afterwards
 */
void cli_names_free(struct cli_names *names)
{
	while (names->nr)
		free(names->name[--names->nr]);
	free(names->name);
	names->name = NULL;
}

/* Is the driver the one that the user asked for, or did the user ask for none? */
static bool is_wanted(const struct cli_driver *driver, const char *wanted)
{
	return !wanted || !strcmp(driver->name, wanted);
}

/* Is the driver loaded, and its directory visible? */
static bool is_loaded(const struct cli_driver *driver)
{
	char path[PATH_MAX];

	cli_path(path, "%s", driver->dir);
	return !access(path, F_OK);
}

/**
 * cli_driver_check - check the name of a driver
 * @wanted: the name, or NULL for any driver
 *
 * The functions below expect a checked name.
 *
 * Return: CLI_DONE, or CLI_WRONG_USE after a message.
 */
enum cli_exit cli_driver_check(const char *wanted)
{
	size_t i;

	for (i = 0; i < NR_DRIVERS; i++)
		if (is_wanted(&drivers[i], wanted))
			return CLI_DONE;
	return cli_error(CLI_WRONG_USE, "no driver '%s': the drivers are cnull and null_blk", wanted);
}

/* Return the first loaded driver of those that the user wants, or NULL. */
static const struct cli_driver *find_loaded(const char *wanted)
{
	size_t i;

	for (i = 0; i < NR_DRIVERS; i++)
		if (is_wanted(&drivers[i], wanted) && is_loaded(&drivers[i]))
			return &drivers[i];
	return NULL;
}

/**
 * cli_driver_find - find a loaded driver
 * @wanted: name of the driver that the user asked for, or NULL for the first loaded one
 * @driver: where to store the driver
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_driver_find(const char *wanted, const struct cli_driver **driver)
{
	*driver = find_loaded(wanted);
	if (*driver)
		return CLI_DONE;
	return cli_error(CLI_NO_DRIVER,
			 "%s is not loaded: 'modprobe %s' loads it, 'cnull doctor' checks the machine",
			 wanted ?: "cnull", wanted ?: "cnull");
}

/**
 * cli_driver_assume - find a driver, loaded or not
 * @wanted: name of the driver that the user asked for, or NULL: any loaded driver, or
 *	cnull if none is loaded
 *
 * Return: the driver.
 */
const struct cli_driver *cli_driver_assume(const char *wanted)
{
	const struct cli_driver *driver = find_loaded(wanted);

	if (!driver)
		for (driver = drivers; !is_wanted(driver, wanted); driver++)
			;
	return driver;
}

/**
 * cli_driver_load - find a loaded driver, or load one
 * @wanted: name of the driver that the user asked for, or NULL: any loaded driver, or
 *	cnull if none is loaded
 * @driver: where to store the driver
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_driver_load(const char *wanted, const struct cli_driver **driver)
{
	const char *name = wanted ?: "cnull";

	*driver = find_loaded(wanted);
	if (*driver)
		return CLI_DONE;
	if (geteuid())
		return cli_error(CLI_NO_PERMISSION, "%s is not loaded, and only root can load it",
				 name);
	if (cli_modprobe(name, "nr_devices=0"))
		return cli_error(CLI_NO_DRIVER,
				 "'modprobe %s nr_devices=0' failed: 'cnull doctor' checks the machine", name);
	/* systemd mounts configfs by itself, other systems may not. */
	*driver = find_loaded(name);
	if (!*driver && !mount("configfs", CONFIGFS, "configfs", 0, NULL))
		*driver = find_loaded(name);
	if (*driver)
		return CLI_DONE;
	return cli_error(CLI_NO_DRIVER,
			 "%s is loaded, but not in " CONFIGFS ": 'cnull doctor' checks the machine", name);
}

static bool names_disk(const char *name, const void *data)
{
	return strcmp(name, "features") != 0;
}

/**
 * cli_disks - list the disks in a driver's directory
 * @driver: the driver
 * @names: an empty list; cli_names_free() frees the names, also after an error
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_disks(const struct cli_driver *driver, struct cli_names *names)
{
	char path[PATH_MAX];
	int err;

	cli_path(path, "%s", driver->dir);
	err = cli_list_dir(path, names_disk, NULL, names);
	if (err)
		return cli_error(cli_exit_of(err), "cannot list %s: %s", path, strerror(-err));
	return CLI_DONE;
}

/**
 * cli_disk_exists - is there a disk of this name?
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: true if the directory of the driver has this disk.
 */
bool cli_disk_exists(const struct cli_driver *driver, const char *disk)
{
	char path[PATH_MAX];
	struct stat st;

	if (!*disk || *disk == '.' || strchr(disk, '/'))
		return false;
	cli_path(path, "%s/%s", driver->dir, disk);
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/**
 * cli_is_module_disk - did the parameters of the module make a disk of this name?
 * @driver: the driver
 * @disk: name of the disk
 *
 * Such a disk has no directory of its own. Its name is the driver's prefix and a number.
 *
 * Return: true if the block device exists.
 */
bool cli_is_module_disk(const struct cli_driver *driver, const char *disk)
{
	size_t length = strlen(driver->prefix);
	char path[PATH_MAX];

	if (strncmp(disk, driver->prefix, length) || !disk[length] ||
	    disk[length + strspn(disk + length, "0123456789")])
		return false;
	cli_path(path, "/sys/block/%s", disk);
	return !access(path, F_OK) && !cli_disk_exists(driver, disk);
}

static bool names_module_disk(const char *name, const void *data)
{
	return cli_is_module_disk(data, name);
}

/**
 * cli_module_disks - add the disks that the parameters of the module made to a list
 * @driver: the driver
 * @names: the list, sorted afterwards; cli_names_free() frees the names, also after an
 *	error
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_module_disks(const struct cli_driver *driver, struct cli_names *names)
{
	char path[PATH_MAX];
	int err;

	cli_path(path, "/sys/block");
	err = cli_list_dir(path, names_module_disk, driver, names);
	if (err)
		return cli_error(cli_exit_of(err), "cannot list %s: %s", path, strerror(-err));
	return CLI_DONE;
}

/**
 * cli_disk_check - check that a disk exists
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: CLI_DONE, or CLI_NO_DISK after a message.
 */
enum cli_exit cli_disk_check(const struct cli_driver *driver, const char *disk)
{
	if (cli_disk_exists(driver, disk))
		return CLI_DONE;
	if (cli_is_module_disk(driver, disk))
		return cli_error(CLI_NO_DISK,
				 "no disk '%s' in %s: module parameters made it, so it has no options, and 'rmmod %s' removes it",
				 disk, driver->dir, driver->name);
	return cli_error(CLI_NO_DISK, "no disk '%s' in %s: 'cnull list' shows the disks", disk,
			 driver->dir);
}

/**
 * cli_any_disk_check - check that a disk exists, with or without a directory
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: CLI_DONE, or CLI_NO_DISK after a message.
 */
enum cli_exit cli_any_disk_check(const struct cli_driver *driver, const char *disk)
{
	return cli_is_module_disk(driver, disk) ? CLI_DONE : cli_disk_check(driver, disk);
}

/* Print a word of a shell, in quotes if it has other characters than names have. */
static void print_quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, stdout);
		return;
	}
	putchar('\'');
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\'", stdout);
		putchar(*word);
	}
	putchar('\'');
}

/**
 * cli_is_plain_name - does a name need no quotes in files and shells?
 * @name: the name
 *
 * Return: true if the name has letters, digits, '_', '.' and '-' only, and begins with
 * neither '.' nor '-'.
 */
bool cli_is_plain_name(const char *name)
{
	static const char valid[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *name && *name != '.' && *name != '-' && !name[strspn(name, valid)];
}

/**
 * cli_name_check - check the name of a new disk
 * @name: the name
 * @where: the place of the name for messages, as "FILE:LINE: ", or ""
 *
 * The kernel accepts more names. Those would need quotes in files and shells, or their
 * node would have another name.
 *
 * Return: CLI_DONE, or CLI_WRONG_USE after a message.
 */
enum cli_exit cli_name_check(const char *name, const char *where)
{
	if (cli_is_plain_name(name) && strlen(name) < CLI_NAME_SIZE &&
	    strcmp(name, "global") && strcmp(name, "features"))
		return CLI_DONE;
	return cli_error(CLI_WRONG_USE,
			 "%s'%s' cannot be the name of a disk: use up to %d letters, digits, '_', '.' and '-', but not 'global' or 'features'",
			 where, name, CLI_NAME_SIZE - 1);
}

/**
 * cli_disk_make - make the directory of a disk
 * @driver: the driver. With @driver->dry_run, print the command instead
 * @disk: name of the disk
 *
 * Return: 0 or a negative errno.
 */
int cli_disk_make(const struct cli_driver *driver, const char *disk)
{
	char path[PATH_MAX];

	cli_path(path, "%s/%s", driver->dir, disk);
	if (driver->dry_run) {
		printf("mkdir ");
		print_quoted(path);
		putchar('\n');
		return 0;
	}
	return mkdir(path, 0755) ? -errno : 0;
}

/**
 * cli_disk_remove - remove the directory of a disk, and the disk
 * @driver: the driver
 * @disk: name of the disk
 *
 * Return: 0 or a negative errno.
 */
int cli_disk_remove(const struct cli_driver *driver, const char *disk)
{
	char path[PATH_MAX];

	cli_path(path, "%s/%s", driver->dir, disk);
	return rmdir(path) ? -errno : 0;
}

/**
 * cli_attr_exists - does the driver have a file of a disk?
 * @driver: the driver
 * @disk: name of a disk that exists
 * @attr: name of the file
 *
 * Return: true if the disk has the file.
 */
bool cli_attr_exists(const struct cli_driver *driver, const char *disk, const char *attr)
{
	char path[PATH_MAX];
	struct stat st;

	cli_path(path, "%s/%s/%s", driver->dir, disk, attr);
	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/**
 * cli_attr_read - read a file of a disk
 * @driver: the driver
 * @disk: name of the disk
 * @attr: name of the file
 * @text: buffer for the contents, without newlines at the end
 *
 * Return: 0 or a negative errno; then @text is empty.
 */
int cli_attr_read(const struct cli_driver *driver, const char *disk, const char *attr,
		  char text[CLI_TEXT_SIZE])
{
	char path[PATH_MAX];

	cli_path(path, "%s/%s/%s", driver->dir, disk, attr);
	return cli_read(path, text);
}

/**
 * cli_attr_print - print a file of a disk, of any length
 * @driver: the driver
 * @disk: name of the disk
 * @attr: name of the file
 * @prefix: text in front of the first line
 *
 * Return: 0 or a negative errno.
 */
int cli_attr_print(const struct cli_driver *driver, const char *disk, const char *attr,
		   const char *prefix)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *file;
	int err = 0;

	cli_path(path, "%s/%s/%s", driver->dir, disk, attr);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	for (; (n = getline(&line, &size, file)) >= 0; prefix = NULL)
		printf("%s%s%s", prefix ?: "", line, n && line[n - 1] == '\n' ? "" : "\n");
	if (ferror(file))
		err = -errno;
	else if (prefix)
		printf("%s\n", prefix);	/* an empty file is an empty value */
	free(line);
	fclose(file);
	return err;
}

/**
 * cli_attr_write - write a file of a disk
 * @driver: the driver. With @driver->dry_run, print the command instead
 * @disk: name of the disk
 * @attr: name of the file
 * @text: the text to write
 *
 * Return: 0 or a negative errno.
 */
int cli_attr_write(const struct cli_driver *driver, const char *disk, const char *attr,
		   const char *text)
{
	char path[PATH_MAX];

	cli_path(path, "%s/%s/%s", driver->dir, disk, attr);
	if (driver->dry_run) {
		printf("echo ");
		print_quoted(text);
		printf(" >");
		print_quoted(path);
		putchar('\n');
		return 0;
	}
	return cli_write(path, text);
}
