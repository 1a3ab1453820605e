// SPDX-License-Identifier: GPL-2.0
/*
 * The model of bad blocks: the bad sectors, and their effect on a request.
 */
#include "badblocks.h"

static bool bad[MODEL_SECTORS];

void bad_reset(void)
{
	memset(bad, 0, sizeof(bad));
}

void bad_set(u64 sector, u64 nr, bool value)
{
	memset(bad + sector, value, nr);
}

/* Mark the whole range of bad sectors around @sector good. */
static void clear_range(u64 sector)
{
	u64 i;

	for (i = sector; i < MODEL_SECTORS && bad[i]; i++)
		bad[i] = false;
	for (i = sector; i-- > 0 && bad[i];)
		bad[i] = false;
}

enum bad_result bad_check(const u64 *effective, const struct op *op,
			  struct op *done)
{
	u64 block = effective[CNULL_OPTION_blocksize] / SECTOR_BYTES;
	u64 first = op->a;

	*done = *op;
	while (first < op->a + op->b && !bad[first])
		first++;
	if (first >= op->a + op->b)
		return BAD_NONE;
	if (effective[CNULL_OPTION_badblocks_once]) {
		if (op->wait == CNULL_NO_WAIT)
			return BAD_RETRY;
		clear_range(first);
	}
	done->b = 0;
	if (effective[CNULL_OPTION_badblocks_partial_io])
		done->b = (first - op->a) / block * block;
	return BAD_HIT;
}
