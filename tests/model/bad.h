/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which sectors are bad, and what comes of it.
 */
#ifndef MODEL_BAD_H
#define MODEL_BAD_H

#include "model.h"

/** enum bad_met - does a request meet what is bad? */
enum bad_met {
	BAD_NONE,
	BAD_LATER,	/* yes, when it may wait */
	BAD_MET,
};

/* None is bad. */
void bad_reset(void);

/* Sectors become bad, or good. */
void bad_set(u64 sector, u64 nr, bool bad);

/*
 * A request comes to a device with the settings @conf, by enum cnull_option_id. @done
 * is what of it is done: all of it if it meets nothing.
 */
enum bad_met bad_meet(const u64 *conf, const struct op *op, struct op *done);

#endif
