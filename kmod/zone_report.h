/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones for the block layer: queue limits, revalidation, and reports.
 */
#ifndef CNULL_KMOD_ZONE_REPORT_H
#define CNULL_KMOD_ZONE_REPORT_H

#include "driver.h"

/* The largest size of a zone, in MiB: a power of two whose sectors fit 32 bits. */
#define CNULL_MAX_ZONE_MIB	((1UL << 31) / CNULL_MIB_SECTORS)

int cnull_zoned_limits(const struct cnull_config *config,
		       struct queue_limits *lim);
int cnull_zoned_revalidate(struct cnull_disk *disk)
	__must_hold(&disk->dev.lock);
int cnull_zoned_update_limits(struct cnull_disk *disk, unsigned int max_open,
			      unsigned int max_active);
void cnull_zoned_gone(struct cnull_disk *disk);

/* &block_device_operations.report_zones, whose arguments depend on the kernel. */
typeof(*((struct block_device_operations *)NULL)->report_zones)
	cnull_report_zones;

#endif
