/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: how the parts of a device take part in its life.
 */
#ifndef CNULL_HOOKS_H
#define CNULL_HOOKS_H

#include "device/device.h"

/**
 * struct cnull_hooks - one part of a device: its data, or a feature
 * @validate: check the options of the part. Returns 0, or -EINVAL with the reason in
 *	@why, which has @size bytes
 * @start: add the part to a live device, if its config says so. Returns 0 or a
 *	negative errno, after a call of cnull_refuse()
 * @keep: power on has succeeded: replace the state kept from an earlier live device
 * @change: option @id of a live device is about to change: @wanted is the config with
 *	the change, @next the effective config, to adjust. Returns 0, also for the option
 *	of another part, or a negative errno with nothing changed
 * @stop: the live device is about to be freed: undo @start
 *
 * A hook that does nothing is NULL. All but @validate are called with
 * &cnull_dev.lock held. All may sleep.
 */
struct cnull_hooks {
	int (*validate)(const struct cnull_config *config, char *why,
			size_t size);
	int (*start)(struct cnull_dev *dev, struct cnull_live *live);
	void (*keep)(struct cnull_dev *dev, struct cnull_live *live);
	int (*change)(struct cnull_dev *dev, enum cnull_option_id id,
		      const struct cnull_config *wanted,
		      struct cnull_config *next);
	void (*stop)(struct cnull_dev *dev, struct cnull_live *live);
};

#endif
