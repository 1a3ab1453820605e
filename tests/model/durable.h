/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may be found on the device after a power cut.
 *
 * Each sector is full of one value. Its content now is in data.h; here is what
 * else it may be when everything volatile is lost.
 */
#ifndef MODEL_DURABLE_H
#define MODEL_DURABLE_H

#include "store/store.h"

/* Nothing was ever written. */
void durable_reset(void);

/* What is in these sectors now is durable, and nothing else is. */
void durable_is(u64 sector, u64 nr);

/* It may be, or what may have been before. */
void durable_may_be(u64 sector, u64 nr);

/* All that is there now is durable. */
void durable_flush(void);

/*
 * Everything volatile is lost. Does the store hold nothing but what it may? That
 * is the data from now on.
 */
bool durable_take_over(struct cnull_store *store);

#endif
