// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the limits: the deadlines of requests.
 *
 * Times are in ticks: 16 ticks are 1 ns.
 */
#include "limits.h"

/**
 * struct limit - a limit, set by an option
 * @opt: the option
 * @reads: the limit counts the bytes of reads
 * @writes: the limit counts the bytes of writes
 * @requests: the limit counts requests of all kinds
 * @busy_until: the time until which requests use up the limit, in ticks
 */
struct limit {
	enum cnull_option_id opt;
	bool reads;
	bool writes;
	bool requests;
	s64 busy_until;
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
		limits[i].busy_until = 0;
}

u64 limits_charge(const u64 *effective, enum cnull_op op, u64 sectors)
{
	bool reads = op == CNULL_OP_READ;
	bool writes = op == CNULL_OP_WRITE || op == CNULL_OP_ZONE_APPEND;
	s64 now = shim_now * 16, end = now;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct limit *limit = &limits[i];
		u64 rate = effective[limit->opt];
		u64 cost = sectors * 7812500;

		if (limit->requests)
			cost = 16000000000;
		else if (!(reads && limit->reads) && !(writes && limit->writes))
			continue;
		if (!rate)
			continue;
		/* An idle device may make up for 20 ms. */
		limit->busy_until = max(limit->busy_until, now - 320000000);
		limit->busy_until += (cost + rate / 2) / rate;
		end = max(end, limit->busy_until);
	}
	return end > now ? (end + 15) / 16 : 0;
}

/* The requests in flight count as if they had been charged at the new rate. */
void limits_update(enum cnull_option_id opt, u64 old, u64 rate)
{
	s64 now = shim_now * 16;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].opt == opt && rate && limits[i].busy_until > now)
			limits[i].busy_until = now + (unsigned __int128)
				(limits[i].busy_until - now) * old / rate;
}
