/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data step: bad blocks, then the cache, then the store.
 */
#ifndef CNULL_DATA_STEP_H
#define CNULL_DATA_STEP_H

#include "io/live.h"

enum cnull_action cnull_data_plain(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_wait wait);
enum cnull_action cnull_data_access(struct cnull_live *live,
				    struct cnull_io *io, enum cnull_wait wait);
enum cnull_action cnull_data_step(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait, u64 *nr_done);
u64 cnull_data_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data);

#endif
