/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backend of programs in user space: a device whose requests are function calls.
 */
#ifndef LIB_BACKEND_H
#define LIB_BACKEND_H

#include "device/life.h"

/**
 * struct lib_device - a device of a program
 * @dev: the device. Its bad blocks and faults may be changed at any time
 * @kind: the value of &cnull_live.backend; constant
 * @live: the live device, from lib_power_on() until lib_destroy(); else NULL
 */
struct lib_device {
	struct cnull_dev dev;
	enum cnull_backend_kind kind;
	struct cnull_live *live;
};

void lib_init(struct lib_device *device, enum cnull_backend_kind kind,
	      const char *name);
int lib_power_on(struct lib_device *device, const struct cnull_config *config,
		 char *why, size_t size);
void lib_destroy(struct lib_device *device);
int lib_run(struct lib_device *device, struct cnull_io *io,
	    int (*sleep)(u64 nsec), bool *interrupted);

#endif
