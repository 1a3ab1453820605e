// SPDX-License-Identifier: GPL-2.0
/*
 * The throttle: limits on the bandwidth and the request rate of a device.
 *
 * A limit does not delay the execution of a request. It yields the earliest time of
 * the completion. Each limit keeps one point in time, @busy_until: the requests so
 * far use up the limit until then. A new request moves @busy_until forward by its
 * cost, for example bytes over rate, and may complete at the new @busy_until. Hence
 * a request of any size completes, and no request waits for a periodic refill.
 *
 * A submitter that waits for a completion before its next submission is late, at
 * least by the latency of a timer. Therefore @busy_until may lie in the past, but by
 * BURST at most. BURST bounds the delay that a device makes up for, and the work
 * that completes at once after an idle period.
 *
 * There is no lock: cmpxchg changes @busy_until.
 */
#include "request.h"
#include "time/throttle.h"

/* 16 ticks per ns: rounding to a tick changes a cost by 4 % at most. */
#define TICKS_PER_NSEC	16LL
#define TICKS_PER_SEC	(TICKS_PER_NSEC * NSEC_PER_SEC)
#define BURST		(TICKS_PER_SEC / 50)

/*
 * The cost of a sector at 1 MiB/s. The cost of a request does not overflow, because
 * the data of a read or write fits in memory.
 */
#define SECTOR_TICKS	(TICKS_PER_SEC / CNULL_MIB_SECTORS)

/* Return the cost of a request at a rate of 1, in ticks; 0: not limited. */
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

/* Charge @cost to a limit. Return the new &cnull_limit.busy_until. */
static s64 charge(struct cnull_limit *limit, s64 cost, s64 now)
{
	s64 old = atomic64_read(&limit->busy_until);
	s64 new;

	do {
		new = max(old, now - BURST) + cost;
	} while (!atomic64_try_cmpxchg(&limit->busy_until, &old, new));
	return new;
}

/**
 * cnull_throttle_charge - charge a request to the limits of its device
 * @throttle: the limits
 * @io: the request. Reads, writes and appends count as MiB; each request counts as
 *	one request
 * @now: the time of submission, by ktime_get_ns()
 *
 * Called once for each request.
 *
 * Context: Any.
 * Return: the earliest time of the completion in ns, by ktime_get_ns(); 0 if no
 * limit delays the completion.
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
			end = max(end, charge(limit,
					      div_u64(cost + rate / 2, rate),
					      ticks));
	}
	return end > ticks ? DIV_ROUND_UP_ULL(end, TICKS_PER_NSEC) : 0;
}

/*
 * Set the rate of a limit. Rescale the time that requests in flight use up, as if
 * they had been charged at the new rate: the new rate then holds from @now on.
 */
static void set_rate(struct cnull_limit *limit, unsigned int rate, s64 now)
{
	unsigned int old_rate = limit->rate;
	s64 old = atomic64_read(&limit->busy_until);
	s64 new;

	WRITE_ONCE(limit->rate, rate);
	if (!rate || rate == old_rate)
		return;
	do {
		new = old;
		if (old > now)
			new = now + mul_u64_u32_div(old - now, old_rate, rate);
	} while (!atomic64_try_cmpxchg(&limit->busy_until, &old, new));
}

/**
 * cnull_throttle_set - set the limits of a device
 * @throttle: the limits; requests may be charged concurrently
 * @config: the options with the new limits
 *
 * Requests in flight keep their deadlines.
 *
 * Context: Any. The caller serializes calls for one @throttle.
 * Return: true if at least one limit is set.
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
	bool any = false;
	int id;

	for (id = 0; id < CNULL_NR_LIMITS; id++) {
		set_rate(&throttle->limits[id], rates[id], now);
		any |= rates[id];
	}
	return any;
}
