/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steps of a request, which io.c and io_zone.c do for each other.
 */
#ifndef CNULL_IO_ZONE_H
#define CNULL_IO_ZONE_H

#include "io/run.h"

int cnull_io_run_data(struct cnull_live *live, const struct cnull_io *io,
		      enum cnull_wait wait);
int cnull_io_run_good(struct cnull_live *live, const struct cnull_io *io,
		      enum cnull_wait wait, u64 *nr_done);

int cnull_io_run_zone(struct cnull_live *live, struct cnull_io *io,
		      enum cnull_wait wait);
int cnull_io_give_up(struct cnull_live *live, struct cnull_io *io);

#endif
