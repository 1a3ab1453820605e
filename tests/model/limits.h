/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When the limits of a device let a request end.
 */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

#include "config/options.h"
#include "request.h"

/* Nothing is in flight. */
void limits_reset(void);

/* The value of an option changes, which may be a limit. */
void limits_change(enum cnull_option_id opt, u64 old, u64 rate);

/*
 * A request has happened on a device with the settings @conf, by enum
 * cnull_option_id: when may it end? 0: at once.
 */
u64 limits_end(const u64 *conf, enum cnull_op what, u64 sectors);

#endif
