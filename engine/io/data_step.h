/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data step: bad blocks, then the cache, then the store.
 */
#ifndef CNULL_DATA_STEP_H
#define CNULL_DATA_STEP_H

#include "io/live.h"

enum cnull_action cnull_data_store(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_wait wait);
enum cnull_action cnull_data_access(struct cnull_live *live,
				    struct cnull_io *io, enum cnull_wait wait);
enum cnull_action cnull_data_step(struct cnull_live *live, struct cnull_io *io,
				  enum cnull_wait wait, u64 *nr_done);
u64 cnull_data_extent(struct cnull_live *live, u64 pos, u64 len, bool *is_data);

/**
 * cnull_data_plain - access the data of a device without a cache
 * @live: the device
 * @io: the request, within the device
 * @wait: may the caller sleep?
 *
 * Without a store, a read leaves its buffer unchanged, because filling the buffer would
 * be most of the work of the request. Kernels that report uninitialized memory need the
 * buffer filled.
 *
 * Context: As cnull_io_run().
 * Return: %CNULL_COMPLETE, or %CNULL_SLEEP with %CNULL_NO_WAIT.
 */
static inline enum cnull_action cnull_data_plain(struct cnull_live *live,
						 struct cnull_io *io,
						 enum cnull_wait wait)
{
	struct cnull_iter to = io->iter;

	if (live->store)
		return cnull_data_store(live, io, wait);
	if (CNULL_FILL_READS && io->op == CNULL_OP_READ)
		cnull_iter_fill(&to, 0, io->nr_sectors << SECTOR_SHIFT);
	return cnull_done(io, 0);
}

#endif
