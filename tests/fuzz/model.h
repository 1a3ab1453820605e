/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a memory-backed device should hold: an array of bytes.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "platform.h"

/* The largest device: two nodes of pages, and one above them. */
#define MODEL_MIB	4
#define MODEL_BYTES	((u64)MODEL_MIB * SZ_1M)

/* Forget everything. */
void model_reset(void);

/* How many pages should the store have? */
long model_pages(void);

/* Are all pages there that a write needs? Then it takes no memory. */
bool model_has_pages(u64 pos, u64 len);

void model_write(u64 pos, const u8 *data, u64 len);
void model_discard(u64 pos, u64 len);

/* Is this what a read should bring? */
bool model_holds(u64 pos, const u8 *data, u64 len);

#endif
