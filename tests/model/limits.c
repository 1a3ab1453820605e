// SPDX-License-Identifier: GPL-2.0
/*
 * When the limits of a device let a request end.
 */
#include "limits.h"

/**
 * struct limit - an option, and what it counts
 * @opt: the option
 * @reads: the bytes of reads
 * @writes: those of writes
 * @requests: requests of all kinds
 * @used: until when it is used up, in 16ths of a ns
 */
struct limit {
	enum cnull_option_id opt;
	bool reads;
	bool writes;
	bool requests;
	s64 used;
};

static struct limit limits[] = {
	{ CNULL_OPTION_mbps, .reads = true, .writes = true },
	{ CNULL_OPTION_read_mbps, .reads = true },
	{ CNULL_OPTION_write_mbps, .writes = true },
	{ CNULL_OPTION_iops, .requests = true },
};

void limits_reset(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		limits[i].used = 0;
}

u64 limits_end(const u64 *conf, enum cnull_op what, u64 sectors)
{
	bool reads = what == CNULL_OP_READ;
	bool writes = what == CNULL_OP_WRITE || what == CNULL_OP_ZONE_APPEND;
	s64 now = shim_now * 16, end = now;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct limit *limit = &limits[i];
		u64 rate = conf[limit->opt];
		u64 cost = sectors * 7812500;

		if (limit->requests)
			cost = 16000000000;
		else if (!(reads && limit->reads) && !(writes && limit->writes))
			continue;
		if (!rate)
			continue;
		/* A fiftieth of a second is kept for it. */
		limit->used = max(limit->used, now - 320000000);
		limit->used += (cost + rate / 2) / rate;
		end = max(end, limit->used);
	}
	return end > now ? (end + 15) / 16 : 0;
}

/* What is in flight counts at the new rate. */
void limits_change(enum cnull_option_id opt, u64 old, u64 rate)
{
	s64 now = shim_now * 16;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].opt == opt && rate && limits[i].used > now)
			limits[i].used = now + (unsigned __int128)
					 (limits[i].used - now) * old / rate;
}
