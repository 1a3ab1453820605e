/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests, as the suites run them.
 */
#ifndef RUN_IO_H
#define RUN_IO_H

#include "result.h"
#include "world.h"

/* Run a request whose data, if it has any, is in the @size bytes at @data. */
static inline int run_io(struct cnull_live *live, struct cnull_io *io,
			 void *data, size_t size, enum cnull_wait wait)
{
	int err;

	io->iter = world_iter(data, size);
	err = io_result(live, io, wait);
	world_iter_end(io->iter);
	return err;
}

#endif
