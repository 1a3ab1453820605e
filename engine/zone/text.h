/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone text: the contents of the file `zones`.
 */
#ifndef CNULL_ZONE_TEXT_H
#define CNULL_ZONE_TEXT_H

#include "zone/types.h"

size_t cnull_zones_text_size(const struct cnull_zones *zones);
size_t cnull_zones_show(struct cnull_zones *zones, char *text, size_t pos,
			size_t nr_lines);

#endif
