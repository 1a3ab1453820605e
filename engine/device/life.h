/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a device: power, power cuts, and changes of its options.
 */
#ifndef CNULL_LIFE_H
#define CNULL_LIFE_H

#include "device/device.h"

void cnull_dev_init(struct cnull_dev *dev, const char *name,
		    const struct cnull_config *config,
		    const struct cnull_backend *backend);
void cnull_dev_destroy(struct cnull_dev *dev);

int cnull_dev_power(struct cnull_dev *dev, bool on);
int cnull_dev_cut(struct cnull_dev *dev);
void cnull_dev_allow_cut(struct cnull_dev *dev)
	__must_hold(&dev->lock);
void cnull_dev_forbid_cut(struct cnull_dev *dev)
	__must_hold(&dev->lock);
void cnull_dev_kill(struct cnull_dev *dev);
bool cnull_dev_is_on(struct cnull_dev *dev);
bool cnull_dev_is_cut(struct cnull_dev *dev);

void cnull_dev_configure(struct cnull_dev *dev,
			 const struct cnull_config *config);
int cnull_dev_set(struct cnull_dev *dev, const struct cnull_option *option,
		  const char *text);
u64 cnull_dev_get(struct cnull_dev *dev, const struct cnull_option *option);

#endif
