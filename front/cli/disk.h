/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The block device of a disk: its node, its users, and its attributes in sysfs.
 */
#ifndef CLI_DISK_H
#define CLI_DISK_H

#include "driver.h"

enum cli_exit cli_node_wait(const char *disk);
bool cli_node_exists(const char *disk);
bool cli_node_in_use(const char *disk);
int cli_sysfs_read(const char *disk, const char *attr, char text[CLI_TEXT_SIZE]);
bool cli_is_on(const struct cli_driver *driver, const char *disk);
bool cli_is_cut(const struct cli_driver *driver, const char *disk);
bool cli_has_block_device(const struct cli_driver *driver, const char *disk);

#endif
