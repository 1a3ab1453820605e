/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generator: the positions of batches in zones.
 */
#ifndef CNULL_LOAD_ZONES_H
#define CNULL_LOAD_ZONES_H

#include "run.h"

int load_zones_get(struct load_run *run);
void load_zones_put(struct load_run *run);
void load_zones_begin(struct load_zones *set, struct load_place *place);
void load_zones_end(const struct load_place *place);

#endif
