/* SPDX-License-Identifier: GPL-2.0 */
/*
 * configfs: /sys/kernel/config/cnull/, where devices are made and set up.
 */
#ifndef CNULL_CONFIGFS_H
#define CNULL_CONFIGFS_H

int cnull_configfs_init(void);
void cnull_configfs_exit(void);

#endif
