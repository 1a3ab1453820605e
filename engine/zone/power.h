/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones at power off.
 */
#ifndef CNULL_ZONE_POWER_H
#define CNULL_ZONE_POWER_H

#include "zone/types.h"

void cnull_zones_truncate(struct cnull_zones *zones, u64 sector);
void cnull_zones_power_off(struct cnull_zones *zones);

#endif
