/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone copies: the zones of a snapshot, and those of a device that goes back to it.
 */
#ifndef CNULL_ZONE_COPY_H
#define CNULL_ZONE_COPY_H

#include "zone/types.h"

void cnull_zones_load(struct cnull_zones *zones, const struct cnull_zones *from);

#endif
