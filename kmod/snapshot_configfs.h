/* SPDX-License-Identifier: GPL-2.0 */
/*
 * configfs: the directory of the snapshots of a device, and the origin of a clone.
 */
#ifndef CNULL_SNAPSHOT_CONFIGFS_H
#define CNULL_SNAPSHOT_CONFIGFS_H

#include "driver.h"

void cnull_snapshots_add(struct config_group *parent, struct cnull_disk *disk);
ssize_t cnull_origin_show(struct cnull_disk *disk, char *page);
int cnull_origin_set(struct configfs_subsystem *subsystem, struct cnull_disk *disk,
		     const char *text);

#endif
