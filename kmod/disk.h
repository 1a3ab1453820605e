/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks: a device of the engine goes on and off as a block device.
 */
#ifndef CNULL_DISK_H
#define CNULL_DISK_H

#include "driver.h"

struct cnull_disk *cnull_disk_new(const char *name);
void cnull_disk_free(struct cnull_disk *disk);
void cnull_disk_show(struct cnull_disk *disk);

#endif
