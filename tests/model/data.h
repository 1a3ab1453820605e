/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of the data of a memory-backed device: an array of bytes.
 *
 * Positions and lengths are in bytes.
 */
#ifndef MODEL_DATA_H
#define MODEL_DATA_H

#include "platform.h"

/* The size of the model: two nodes of pages, and one node above them. */
#define MODEL_BYTES	(4ULL * SZ_1M)
#define MODEL_PAGES	(MODEL_BYTES / PAGE_SIZE)

/* Discard all data. */
void model_reset(void);

/* Return the number of pages that the store should have. */
long model_pages(void);

/*
 * Does the store have all pages of the range, and own them? A write to it allocates none
 * then.
 */
bool model_has_pages(u64 pos, u64 len);

void model_write(u64 pos, const u8 *data, u64 len);

/* Zero the range, and free the pages that it covers completely. */
void model_discard(u64 pos, u64 len);

/* Zero the range, and keep its pages. */
void model_zero(u64 pos, u64 len);

/* Return the byte at a position. */
u8 model_byte(u64 pos);

/* Replace a page by the content that the store has after a power cut. */
void model_set_page(u64 page, bool is_present, const u8 *data);

/* Is @data the content of the range? */
bool model_holds(u64 pos, const u8 *data, u64 len);

/* Keep the contents as snapshot @nr. Snapshot and model share all pages. */
void model_save(unsigned int nr);

/* Return to the contents of snapshot @nr. */
void model_load(unsigned int nr);

#endif
