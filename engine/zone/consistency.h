/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone consistency: a check for tests and debugging kernels.
 */
#ifndef CNULL_ZONE_CONSISTENCY_H
#define CNULL_ZONE_CONSISTENCY_H

#include "zone/types.h"

bool cnull_zones_are_consistent(struct cnull_zones *zones);

#endif
