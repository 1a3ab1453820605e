/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The zone step: the part of a request that depends on the zone of its sectors.
 */
#ifndef CNULL_ZONE_STEP_H
#define CNULL_ZONE_STEP_H

#include "io/live.h"

enum cnull_action cnull_zone_step(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait);
void cnull_zone_abandon_step(struct cnull_live *live, struct cnull_io *io);
int cnull_zone_set_condition(struct cnull_live *live, unsigned int nr,
			     enum cnull_zone_op op);

#endif
