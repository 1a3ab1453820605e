// SPDX-License-Identifier: GPL-2.0
/*
 * Bad blocks: a table of ranges, sorted, apart from each other, without a limit.
 *
 * To look at it takes no lock, but an RCU read section. To change it takes the
 * lock: the change is made in a copy, which replaces the table, whose memory is
 * freed after a grace period. Without memory for the copy nothing has changed.
 *
 * But a range that was hit, and fails once only, is taken out in place, as a
 * request has nobody to tell that there was no memory: its end becomes its start,
 * by one store. Readers see it whole or empty, and the ends stay in order. The
 * next copy leaves it out.
 */
#include "fault/badblocks.h"
#include "feature.h"
#include "store/gfp.h"

/* Longest text of a range, with blanks around it. */
#define TEXT_SIZE	80

/**
 * struct bad_range - bad sectors
 * @start: the first one
 * @end: the one after the last; @start if they were taken out since. Accessed
 *	by READ_ONCE where &cnull_badblocks.lock is not held
 */
struct bad_range {
	u64 start;
	u64 end;
};

/**
 * struct cnull_bad_table - all bad sectors of a device
 * @rcu: for its end
 * @nr: how many ranges there are
 * @nr_bad: those of them that are not empty; guarded by &cnull_badblocks.lock
 * @range: the ranges: each ends before the next one starts
 *
 * Constant once it is published, but for what is taken out in place.
 */
struct cnull_bad_table {
	struct rcu_head rcu;
	size_t nr;
	size_t nr_bad;
	struct bad_range range[];
};

static struct cnull_bad_table *table_of(struct cnull_badblocks *bb)
	__must_hold(&bb->lock)
{
	return rcu_dereference_protected(bb->table, lockdep_is_held(&bb->lock));
}

/* Put a table, or NULL, in place of the one that is there. */
static void publish(struct cnull_badblocks *bb, struct cnull_bad_table *new)
	__must_hold(&bb->lock)
{
	struct cnull_bad_table *old = table_of(bb);

	rcu_assign_pointer(bb->table, new);
	if (bb->features)
		assign_bit(CNULL_FEATURE_BADBLOCKS, bb->features, new);
	kvfree_rcu(old, rcu);
}

/* The first range with a sector from @sector to before @end; NULL: none. */
static struct bad_range *find(struct cnull_bad_table *table, u64 sector, u64 end)
{
	size_t low = 0, high = table->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (READ_ONCE(table->range[mid].end) > sector)
			high = mid;
		else
			low = mid + 1;
	}
	for (; low < table->nr && table->range[low].start < end; low++) {
		struct bad_range *range = &table->range[low];

		if (READ_ONCE(range->end) > max(range->start, sector))
			return range;
	}
	return NULL;
}

/* Add a range behind all others, unless it is empty. It may touch the last. */
static void append(struct cnull_bad_table *table, u64 start, u64 end)
{
	if (start >= end)
		return;
	if (table->nr && table->range[table->nr - 1].end == start)
		table->range[table->nr - 1].end = end;
	else
		table->range[table->nr++] = (struct bad_range) { start, end };
}

/* Let the sectors from @start to before @end be bad, or not. */
static int change(struct cnull_badblocks *bb, u64 start, u64 end, bool bad)
	__must_hold(&bb->lock)
{
	struct cnull_bad_table *old = table_of(bb), *new;
	size_t nr = old ? old->nr : 0, i;

	/* One range comes, or one is split. */
	/* A request may wait for the lock that is held, and reclaim for that. */
	new = kvmalloc(struct_size(new, range, nr + 1), CNULL_GFP_MAY_WAIT);
	if (!new)
		return -ENOMEM;
	new->nr = 0;
	for (i = 0; i < nr; i++)
		append(new, old->range[i].start, min(old->range[i].end, start));
	if (bad)
		append(new, start, end);
	for (i = 0; i < nr; i++)
		append(new, max(old->range[i].start, end), old->range[i].end);
	new->nr_bad = new->nr;
	if (!new->nr) {
		kvfree(new);
		new = NULL;
	}
	publish(bb, new);
	return 0;
}

/* Read "+FIRST-LAST" or "-FIRST-LAST"; @end is after the last. */
static int parse(const char *text, u64 *start, u64 *end, bool *bad)
{
	char copy[TEXT_SIZE], *from, *dash;
	u64 last;
	int err;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	from = strim(copy);
	if (*from != '+' && *from != '-')
		return -EINVAL;
	*bad = *from++ == '+';
	dash = strchr(from, '-');
	if (!dash)
		return -EINVAL;
	*dash++ = '\0';
	err = kstrtou64(from, 0, start);
	if (!err)
		err = kstrtou64(dash, 0, &last);
	if (err)
		return err;
	/* Nor is there a range that has no number after its last. */
	*end = last + 1;
	return *start < *end ? 0 : -EINVAL;
}

/**
 * cnull_badblocks_init - begin without bad sectors
 * @bb: the bad blocks
 *
 * Context: May sleep.
 */
void cnull_badblocks_init(struct cnull_badblocks *bb)
{
	mutex_init(&bb->lock);
	RCU_INIT_POINTER(bb->table, NULL);
	guard(mutex)(&bb->lock);
	bb->features = NULL;
}

/**
 * cnull_badblocks_destroy - free what they take
 * @bb: the bad blocks
 *
 * Context: May sleep. Nobody else knows @bb any more.
 */
void cnull_badblocks_destroy(struct cnull_badblocks *bb)
{
	kvfree(rcu_dereference_protected(bb->table, true));
	mutex_destroy(&bb->lock);
}

/**
 * cnull_badblocks_attach - say where to tell whether there are any
 * @bb: the bad blocks
 * @features: &cnull_live.features of the device that goes on; NULL: none any more.
 *	Others change their bits of it meanwhile
 *
 * Context: May sleep. Takes &cnull_badblocks.lock.
 */
void cnull_badblocks_attach(struct cnull_badblocks *bb, unsigned long *features)
{
	guard(mutex)(&bb->lock);
	bb->features = features;
	if (features)
		assign_bit(CNULL_FEATURE_BADBLOCKS, features, table_of(bb));
}

/**
 * cnull_badblocks_set - change which sectors are bad
 * @bb: the bad blocks
 * @text: one range, "+FIRST-LAST" for sectors that get bad, "-FIRST-LAST" for
 *	those that get good; numbers in C notation, blanks around it
 *
 * They may be bad or good already, or beyond the end of the device.
 *
 * Context: May sleep, but waits for no I/O. Takes &cnull_badblocks.lock.
 * Return: 0, or with nothing changed
 * * -EINVAL: @text is no range
 * * -ERANGE: a number that no u64 holds
 * * -ENOMEM
 */
int cnull_badblocks_set(struct cnull_badblocks *bb, const char *text)
{
	u64 start, end;
	bool bad;
	int err;

	err = parse(text, &start, &end, &bad);
	if (err)
		return err;
	guard(mutex)(&bb->lock);
	return change(bb, start, end, bad);
}

/**
 * cnull_badblocks_show - list the bad sectors
 * @bb: the bad blocks
 * @text: where to put a line "FIRST NUMBER" for each range, in order
 * @size: bytes at @text, 1 or more. Lines that do not fit are left out
 *
 * Context: May sleep. Takes &cnull_badblocks.lock.
 * Return: length of the text, without the null byte after it.
 */
size_t cnull_badblocks_show(struct cnull_badblocks *bb, char *text, size_t size)
{
	struct cnull_bad_table *table;
	size_t len = 0, i;

	guard(mutex)(&bb->lock);
	table = table_of(bb);
	for (i = 0; table && i < table->nr; i++) {
		struct bad_range range = table->range[i];
		size_t n;

		if (range.start == range.end)
			continue;
		n = snprintf(text + len, size - len, "%llu %llu\n",
			     range.start, range.end - range.start);
		if (n >= size - len)
			break;
		len += n;
	}
	text[len] = '\0';
	return len;
}

/**
 * cnull_badblocks_find - look for bad sectors
 * @bb: the bad blocks
 * @sector: where to begin
 * @nr_sectors: how many to look at
 * @first: set to the first that is bad, if one is
 *
 * Context: Any that allows RCU read sections.
 * Return: true if there is a bad one.
 */
bool cnull_badblocks_find(struct cnull_badblocks *bb, u64 sector, u64 nr_sectors,
			  u64 *first)
{
	struct cnull_bad_table *table;
	struct bad_range *range = NULL;

	rcu_read_lock();
	table = rcu_dereference(bb->table);
	if (table)
		range = find(table, sector, sector + nr_sectors);
	if (range)
		*first = max(range->start, sector);
	rcu_read_unlock();
	return range;
}

/**
 * cnull_badblocks_take - look for bad sectors that are bad once
 * @bb: the bad blocks
 * @sector: where to begin
 * @nr_sectors: how many to look at
 * @first: set to the first that is bad, if one is
 *
 * What is bad around @first, as one range, is not any more: nobody else finds it.
 *
 * Context: May sleep, but waits for no I/O. Takes &cnull_badblocks.lock.
 * Return: true if there was a bad one.
 */
bool cnull_badblocks_take(struct cnull_badblocks *bb, u64 sector, u64 nr_sectors,
			  u64 *first)
{
	struct cnull_bad_table *table;
	struct bad_range *range = NULL;

	guard(mutex)(&bb->lock);
	table = table_of(bb);
	if (table)
		range = find(table, sector, sector + nr_sectors);
	if (!range)
		return false;
	*first = max(range->start, sector);
	WRITE_ONCE(range->end, range->start);
	if (!--table->nr_bad)
		publish(bb, NULL);
	return true;
}
