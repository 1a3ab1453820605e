/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts: what a device is made of.
 */
#ifndef CNULL_PARTS_H
#define CNULL_PARTS_H

#include "device/device.h"

int cnull_parts_validate(const struct cnull_config *config, char *why,
			 size_t size);
void cnull_parts_init_cache(struct cnull_live *live);
int cnull_parts_start(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock);
void cnull_parts_keep(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock);
int cnull_parts_change(struct cnull_dev *dev, enum cnull_option_id id,
		       const struct cnull_config *wanted,
		       struct cnull_config *next)
	__must_hold(&dev->lock);
void cnull_parts_stop(struct cnull_dev *dev, struct cnull_live *live)
	__must_hold(&dev->lock);

#endif
