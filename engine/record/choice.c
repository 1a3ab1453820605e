// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of crash states. A state of a point is a string of bits: see
 * cnull_crash_show(). A policy numbers a set of states, and makes the bits of each.
 *
 * Policies of whole requests keep or lose all units of a request. They ignore units that
 * are durable or superseded.
 */
#include "record/choice.h"

/* Makes the streams of adjacent seeds differ. */
#define SEED_FACTOR	0xd1342543de82ef95ULL

/* Is the event @number a point of this kind, by this entry? */
static bool is_point(struct cnull_log *log, enum cnull_points kind,
		     const struct cnull_log_entry *entry, u32 number)
{
	u32 completed = cnull_log_completed(log, entry);
	bool around = completed && (number == completed || number + 1 == completed);

	switch (kind) {
	case CNULL_POINTS_FLUSH:
		return around && (entry->op == CNULL_OP_FLUSH ||
				  entry->flags & CNULL_IO_PREFLUSH);
	case CNULL_POINTS_FUA:
		return around && entry->flags & CNULL_IO_FUA;
	case CNULL_POINTS_MARK:
		return entry->op == CNULL_LOG_MARK && number == entry->submitted;
	case CNULL_POINTS_WRITE:
		return number == completed && entry->op != CNULL_OP_FLUSH;
	default:
		return true;
	}
}

/**
 * cnull_points_next - find the next point of a kind
 * @log: the log, which has stopped
 * @kind: the kind of points
 * @after: the last point, or 0 for the first one
 *
 * The cost is that of the entries of the log: a caller that needs many points of a long
 * log uses %CNULL_POINTS_EVENT, or keeps the points.
 *
 * Context: May sleep.
 * Return: the number of an event above @after, or 0 if there is no further point.
 */
u32 cnull_points_next(struct cnull_log *log, enum cnull_points kind, u32 after)
{
	u32 nr_entries = cnull_log_nr_entries(log), best = 0, i, at;

	if (kind == CNULL_POINTS_EVENT)
		return after < cnull_log_nr_events(log) ? after + 1 : 0;
	for (i = 0; i < nr_entries; i++) {
		struct cnull_log_entry *entry = cnull_log_entry(log, i);
		u32 last = entry->op == CNULL_LOG_MARK ? entry->submitted :
			   cnull_log_completed(log, entry);

		for (at = last ? max(last - 1, after + 1) : 1; at <= last; at++)
			if (is_point(log, kind, entry, at) && (!best || at < best))
				best = at;
		if (best && entry->submitted > best)
			break;
	}
	return best;
}

/* Set the bits of a request, which are 0. */
static void keep_request(struct cnull_crash *crash, u32 nr, unsigned long *bits)
{
	u32 nr_units, i = cnull_crash_request(crash, nr, &nr_units), end = i + nr_units;

	for (; i < end; i++)
		bits[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
}

/* Change the bits of all units. */
static void invert(struct cnull_crash *crash, unsigned long *bits)
{
	u32 nr = cnull_crash_nr_units(crash), i;

	for (i = 0; i < nr / BITS_PER_LONG; i++)
		bits[i] = ~bits[i];
	bits[i] ^= (1UL << (nr % BITS_PER_LONG)) - 1;
}

static u32 nr_bits(const struct cnull_crash *crash)
{
	return cnull_crash_nr_units(crash) + cnull_crash_nr_pairs(crash);
}

/**
 * cnull_policy_bits_size - return the size of the bits of a state
 * @crash: the walk, after cnull_crash_list()
 *
 * Context: Any.
 * Return: the size in bytes, a multiple of the size of long, and not 0.
 */
size_t cnull_policy_bits_size(const struct cnull_crash *crash)
{
	return (nr_bits(crash) / BITS_PER_LONG + 1) * sizeof(long);
}

/**
 * cnull_policy_nr_states - return the number of states of a policy
 * @crash: the walk, after cnull_crash_list()
 * @policy: the policy; not %CNULL_POLICY_BITS
 *
 * Context: Any.
 * Return: the number of states, which are numbered from 0; 2^64 - 1 if there are more, or
 * if the number is a seed. Several may have the same contents.
 */
u64 cnull_policy_nr_states(struct cnull_crash *crash, enum cnull_policy policy)
{
	switch (policy) {
	case CNULL_POLICY_NONE:
	case CNULL_POLICY_ALL:
		return 1;
	case CNULL_POLICY_PREFIX:
		return cnull_crash_nr_requests(crash) + 1ULL;
	case CNULL_POLICY_LOST:
	case CNULL_POLICY_KEPT:
		return cnull_crash_nr_requests(crash);
	case CNULL_POLICY_EXHAUSTIVE:
		return nr_bits(crash) < 64 ? 1ULL << nr_bits(crash) : ~0ULL;
	default:
		return ~0ULL;
	}
}

/**
 * cnull_policy_is_exhaustive - can all states of the point be tried?
 * @crash: the walk, after cnull_crash_list()
 * @max: the number of states that can be tried
 *
 * Context: Any.
 * Return: true if %CNULL_POLICY_EXHAUSTIVE has @max states at most. They are all legal
 * states of the point.
 */
bool cnull_policy_is_exhaustive(struct cnull_crash *crash, u64 max)
{
	return cnull_policy_nr_states(crash, CNULL_POLICY_EXHAUSTIVE) <= max;
}

/* Advance a stream of random bits, and return one of them. */
static bool random_bit(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (z ^ z >> 31) >> 63;
}

static void choose_requests(struct cnull_crash *crash, u64 seed, unsigned long *bits)
{
	u32 nr;

	for (nr = 0; nr < cnull_crash_nr_requests(crash); nr++)
		if (random_bit(&seed))
			keep_request(crash, nr, bits);
}

static void choose_units(struct cnull_crash *crash, u64 seed, unsigned long *bits)
{
	u32 nr = cnull_crash_nr_units(crash), i;

	for (i = 0; i < nr; i++)
		if (random_bit(&seed))
			bits[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
}

static const struct cnull_log_entry *entry_of(struct cnull_crash *crash, u32 request)
{
	u32 nr_units;

	return cnull_crash_unit(crash, cnull_crash_request(crash, request, &nr_units));
}

static bool completed_by(struct cnull_crash *crash, const struct cnull_log_entry *entry,
			 u32 event)
{
	u32 completed = cnull_log_completed(cnull_crash_log(crash), entry);

	return completed && completed <= event;
}

/* Return the number of requests of the point that had completed after event @event. */
static u32 nr_completed(struct cnull_crash *crash, u32 event)
{
	u32 nr = 0, i;

	for (i = 0; i < cnull_crash_nr_requests(crash); i++)
		nr += completed_by(crash, entry_of(crash, i), event);
	return nr;
}

/* Return the first event after which @length requests of the point had completed. */
static u32 event_of(struct cnull_crash *crash, u32 length)
{
	u32 low = 0, high = cnull_crash_point(crash);

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (nr_completed(crash, mid) >= length)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* Keep the first @length requests: those that completed, and then those in flight. */
static void choose_prefix(struct cnull_crash *crash, u32 length, unsigned long *bits)
{
	u32 nr_done = nr_completed(crash, cnull_crash_point(crash)), i;
	u32 event = event_of(crash, min(length, nr_done));
	u32 left = length > nr_done ? length - nr_done : 0;

	for (i = 0; i < cnull_crash_nr_requests(crash); i++) {
		const struct cnull_log_entry *entry = entry_of(crash, i);

		if (completed_by(crash, entry, event)) {
			keep_request(crash, i, bits);
		} else if (left && !completed_by(crash, entry, cnull_crash_point(crash))) {
			keep_request(crash, i, bits);
			left--;
		}
	}
}

/**
 * cnull_policy_choose - make the bits of a state
 * @crash: the walk, after cnull_crash_list()
 * @policy: the policy; not %CNULL_POLICY_BITS
 * @index: the number of the state, or a seed
 * @bits: set to the bits for cnull_crash_show(); cnull_policy_bits_size() has the size
 *
 * Context: Any.
 * Return: 0, or -ERANGE if the policy has no state with this number.
 */
int cnull_policy_choose(struct cnull_crash *crash, enum cnull_policy policy,
			u64 index, unsigned long *bits)
{
	if (policy == CNULL_POLICY_BITS || index >= cnull_policy_nr_states(crash, policy))
		return -ERANGE;
	memset(bits, 0, cnull_policy_bits_size(crash));
	switch (policy) {
	case CNULL_POLICY_ALL:
		invert(crash, bits);
		break;
	case CNULL_POLICY_PREFIX:
		choose_prefix(crash, index, bits);
		break;
	case CNULL_POLICY_KEPT:
		keep_request(crash, index, bits);
		break;
	case CNULL_POLICY_LOST:
		keep_request(crash, index, bits);
		invert(crash, bits);
		break;
	case CNULL_POLICY_RANDOM:
		choose_requests(crash, index * SEED_FACTOR, bits);
		break;
	case CNULL_POLICY_TORN:
		choose_units(crash, index * SEED_FACTOR, bits);
		break;
	case CNULL_POLICY_EXHAUSTIVE:
		bits[0] = index;
		break;
	default:
		break;
	}
	return 0;
}
