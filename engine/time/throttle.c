// SPDX-License-Identifier: GPL-2.0
/*
 * The throttle: how fast a device is at most.
 *
 * A limit does not keep a request from being done, it says when it may end. Each
 * limit is a point in time, up to which it is used up by those who came so far.
 * Whoever comes moves that on by what it costs, bytes over rate, say, and ends
 * when the point that it made is reached. So any request ends, however large, and
 * nobody waits for a tick.
 *
 * Who submits the next request when the last one has ended is late, by a timer's
 * delay at least. Therefore the point may lie in the past, but by no more than
 * BURST: that is what a device can make up for, and what it may do at once after
 * it was idle.
 *
 * No lock: the points are moved by cmpxchg.
 */
#include "request.h"
#include "time/throttle.h"

/* 16 to the ns: rounded to it, no cost is wrong by more than 4 %. */
#define TICKS_PER_NSEC	16LL
#define TICKS_PER_SEC	(TICKS_PER_NSEC * NSEC_PER_SEC)
#define BURST		(TICKS_PER_SEC / 50)

/* What a sector costs at 1 MiB/s. What is in memory cannot be enough to overflow. */
#define SECTOR_TICKS	(TICKS_PER_SEC / (SZ_1M >> SECTOR_SHIFT))

/* What a request would cost if the limit were 1. */
static u64 cost_at_1(enum cnull_limit_id id, const struct cnull_io *io)
{
	bool reads = io->op == CNULL_OP_READ;
	bool writes = io->op == CNULL_OP_WRITE ||
		      io->op == CNULL_OP_ZONE_APPEND;

	switch (id) {
	case CNULL_LIMIT_MBPS:
		return reads || writes ? io->nr_sectors * SECTOR_TICKS : 0;
	case CNULL_LIMIT_READ_MBPS:
		return reads ? io->nr_sectors * SECTOR_TICKS : 0;
	case CNULL_LIMIT_WRITE_MBPS:
		return writes ? io->nr_sectors * SECTOR_TICKS : 0;
	default:
		return TICKS_PER_SEC;
	}
}

/* Use up a limit. Returns until when it is now. */
static s64 pay(struct cnull_limit *limit, s64 cost, s64 now)
{
	s64 paid = atomic64_read(&limit->paid);
	s64 next;

	do {
		next = max(paid, now - BURST) + cost;
	} while (!atomic64_try_cmpxchg(&limit->paid, &paid, next));
	return next;
}

/**
 * cnull_throttle_charge - when may a request end?
 * @throttle: the limits of its device, which it uses up
 * @io: the request; only what carries data counts as MiB, and each as a request
 * @now: when it came, by ktime_get_ns()
 *
 * To be called once for a request.
 *
 * Context: Any.
 * Return: when, by ktime_get_ns(); 0: as soon as it can.
 */
u64 cnull_throttle_charge(struct cnull_throttle *throttle,
		       const struct cnull_io *io, u64 now)
{
	s64 ticks = now * TICKS_PER_NSEC, end = ticks;
	int id;

	for (id = 0; id < CNULL_NR_LIMITS; id++) {
		struct cnull_limit *limit = &throttle->limits[id];
		unsigned int rate = READ_ONCE(limit->rate);
		u64 cost = rate ? cost_at_1(id, io) : 0;

		if (cost)
			end = max(end, pay(limit, div_u64(cost + rate / 2, rate),
					   ticks));
	}
	return end > ticks ? DIV_ROUND_UP_ULL(end, TICKS_PER_NSEC) : 0;
}

/*
 * What is in flight, and was paid for at the old rate, counts as if it had been
 * at the new one: so the rate is right from now on, whichever it was.
 */
static void set_rate(struct cnull_limit *limit, unsigned int rate, s64 now)
{
	unsigned int old = limit->rate;
	s64 paid = atomic64_read(&limit->paid);
	s64 next;

	WRITE_ONCE(limit->rate, rate);
	if (!rate || rate == old)
		return;
	do {
		next = paid;
		if (paid > now)
			next = now + mul_u64_u32_div(paid - now, old, rate);
	} while (!atomic64_try_cmpxchg(&limit->paid, &paid, next));
}

/**
 * cnull_throttle_set - set the limits
 * @throttle: them; requests may be using them
 * @config: what they are to be
 *
 * What is in flight ends when it would have.
 *
 * Context: Any; one at a time.
 * Return: true if there is one.
 */
bool cnull_throttle_set(struct cnull_throttle *throttle,
			const struct cnull_config *config)
{
	const unsigned int rates[CNULL_NR_LIMITS] = {
		[CNULL_LIMIT_MBPS] = config->mbps,
		[CNULL_LIMIT_READ_MBPS] = config->read_mbps,
		[CNULL_LIMIT_WRITE_MBPS] = config->write_mbps,
		[CNULL_LIMIT_IOPS] = config->iops,
	};
	s64 now = ktime_get_ns() * TICKS_PER_NSEC;
	bool some = false;
	int id;

	for (id = 0; id < CNULL_NR_LIMITS; id++) {
		set_rate(&throttle->limits[id], rates[id], now);
		some |= rates[id];
	}
	return some;
}
