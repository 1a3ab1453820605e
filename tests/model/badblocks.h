/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of bad blocks: the bad sectors, and their effect on a request.
 */
#ifndef MODEL_BADBLOCKS_H
#define MODEL_BADBLOCKS_H

#include "model.h"

/** enum bad_result - the effect of bad sectors on a request */
enum bad_result {
	BAD_NONE,	/* the request has no bad sector */
	BAD_RETRY,	/* the request must be retried where it may sleep */
	BAD_HIT,	/* the request fails */
};

/* Mark all sectors good. */
void bad_reset(void);

/* Mark @nr sectors from @sector on bad or good. */
void bad_set(u64 sector, u64 nr, bool bad);

/*
 * Check a request for bad sectors. Set @done to the part of the request that is
 * processed: the whole request for BAD_NONE. With badblocks_once, a hit marks the
 * range around the first bad sector good.
 */
enum bad_result bad_check(const u64 *effective, const struct op *op,
			  struct op *done);

#endif
