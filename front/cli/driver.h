/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver of null block devices: its directory in configfs, and the directories and
 * files of its disks.
 */
#ifndef CLI_DRIVER_H
#define CLI_DRIVER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "report.h"

/* Room for the name of a disk: that of the block layer. */
#define CLI_NAME_SIZE	32

/* Room for the text of an attribute: configfs limits it to a page. */
#define CLI_TEXT_SIZE	4097

/**
 * struct cli_driver - a driver
 * @name: name of the driver and of its module
 * @dir: its directory in configfs
 * @prefix: prefix of the names of disks that its module parameters make
 * @dry_run: print changes as commands of a shell, and change nothing
 */
struct cli_driver {
	const char *name;
	const char *dir;
	const char *prefix;
	bool dry_run;
};

/**
 * struct cli_names - a sorted list of names
 * @name: the names
 * @nr: number of @name
 */
struct cli_names {
	char **name;
	size_t nr;
};

void cli_path(char path[PATH_MAX], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int cli_read(const char *path, char text[CLI_TEXT_SIZE]);
int cli_write(const char *path, const char *text);
int cli_list_dir(const char *path, bool (*wanted)(const char *name, const void *data),
		 const void *data, struct cli_names *names);
void cli_names_free(struct cli_names *names);

enum cli_exit cli_driver_check(const char *wanted);
enum cli_exit cli_driver_find(const char *wanted, const struct cli_driver **driver);
const struct cli_driver *cli_driver_assume(const char *wanted);
enum cli_exit cli_driver_load(const char *wanted, const struct cli_driver **driver);

enum cli_exit cli_disks(const struct cli_driver *driver, struct cli_names *names);
enum cli_exit cli_module_disks(const struct cli_driver *driver, struct cli_names *names);
bool cli_is_module_disk(const struct cli_driver *driver, const char *disk);
bool cli_disk_exists(const struct cli_driver *driver, const char *disk);
enum cli_exit cli_disk_check(const struct cli_driver *driver, const char *disk);
enum cli_exit cli_any_disk_check(const struct cli_driver *driver, const char *disk);
bool cli_is_plain_name(const char *name);
enum cli_exit cli_name_check(const char *name, const char *where);
int cli_disk_make(const struct cli_driver *driver, const char *disk);
int cli_disk_remove(const struct cli_driver *driver, const char *disk);
bool cli_attr_exists(const struct cli_driver *driver, const char *disk, const char *attr);
int cli_attr_read(const struct cli_driver *driver, const char *disk, const char *attr,
		  char text[CLI_TEXT_SIZE]);
int cli_attr_print(const struct cli_driver *driver, const char *disk, const char *attr,
		   const char *prefix);
int cli_attr_write(const struct cli_driver *driver, const char *disk, const char *attr,
		   const char *text);
#endif
