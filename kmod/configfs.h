/* SPDX-License-Identifier: GPL-2.0 */
/*
 * configfs: create, configure and remove devices in /sys/kernel/config/cnull/.
 */
#ifndef CNULL_CONFIGFS_H
#define CNULL_CONFIGFS_H

int cnull_configfs_init(void);
void cnull_configfs_exit(void);

#endif
