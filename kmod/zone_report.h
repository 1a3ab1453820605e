/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: what the block layer wants to know of them.
 */
#ifndef CNULL_ZONED_H
#define CNULL_ZONED_H

#include "disk.h"

int cnull_zoned_limits(struct cnull_disk *disk, struct queue_limits *lim)
	__must_hold(&disk->dev.lock);
int cnull_zoned_add(struct cnull_disk *disk)
	__must_hold(&disk->dev.lock);
int cnull_zoned_update_limits(struct cnull_disk *disk, unsigned int max_open,
			unsigned int max_active);

void cnull_zoned_gone(struct cnull_disk *disk);

/* For &block_device_operations.report_zones: its arguments depend on the kernel. */
typeof(*((struct block_device_operations *)NULL)->report_zones)
	cnull_report_zones;

#endif
