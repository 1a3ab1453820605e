/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of the limits: the deadlines of requests.
 */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

#include "config/options.h"
#include "request.h"

/* Reset all limits: no request is in flight. */
void limits_reset(void);

/* Update the limit that the option sets, if any, from the rate @old to @rate. */
void limits_update(enum cnull_option_id opt, u64 old, u64 rate);

/*
 * Charge a request to the limits. Return its earliest completion in ns on the clock
 * shim_now; 0 if no limit delays it.
 */
u64 limits_charge(const u64 *effective, enum cnull_op op, u64 sectors);

#endif
