/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone control: the zones of a device as its owner sees and changes them.
 */
#ifndef CNULL_ZONE_CONTROL_H
#define CNULL_ZONE_CONTROL_H

#include "device/hooks.h"

extern const struct cnull_hooks cnull_zone_hooks;

int cnull_dev_set_zone(struct cnull_dev *dev, enum cnull_zone_op op,
		       const char *text);
ssize_t cnull_dev_show_some_zones(struct cnull_dev *dev, char *text, size_t size,
				  size_t pos, u64 *life);
ssize_t cnull_dev_show_zones(struct cnull_dev *dev, char *text, size_t size);

#endif
