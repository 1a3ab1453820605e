/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a memory-backed device should hold: an array of bytes.
 */
#ifndef MODEL_DATA_H
#define MODEL_DATA_H

#include "platform.h"

/* What is remembered: two nodes of pages, and one above them. */
#define MODEL_BYTES	(4ULL * SZ_1M)
#define MODEL_PAGES	(MODEL_BYTES / PAGE_SIZE)

/* Forget everything. */
void model_reset(void);

/* How many pages should the store have? */
long model_pages(void);

/* Are all pages there that a write needs? Then it takes no memory. */
bool model_has_pages(u64 pos, u64 len);

void model_write(u64 pos, const u8 *data, u64 len);
void model_discard(u64 pos, u64 len);

/* The same, and pages stay. */
void model_zero(u64 pos, u64 len);

/* What is at a place? */
u8 model_byte(u64 pos);

/* A page turns out to hold this, and to be there or not. */
void model_set_page(u64 page, bool is_there, const u8 *data);

/* Is this what a read should bring? */
bool model_holds(u64 pos, const u8 *data, u64 len);

#endif
