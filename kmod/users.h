/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Users of a disk: opens and closes, and a change of the data under open files.
 */
#ifndef CNULL_USERS_H
#define CNULL_USERS_H

#include "driver.h"

int cnull_users_open(struct gendisk *gendisk, blk_mode_t mode);
void cnull_users_close(struct gendisk *gendisk);
int cnull_users_hold(struct cnull_dev *dev, bool is_forced)
	__must_hold(&dev->lock);
void cnull_users_release(struct cnull_dev *dev);

#endif
