// SPDX-License-Identifier: GPL-2.0
/*
 * Bad blocks: a sorted table of disjoint ranges, of any number.
 *
 * A lookup takes no lock. It runs in an RCU read section. A change holds
 * &cnull_badblocks.lock: it copies the table, publishes the changed copy, and frees
 * the old table after a grace period. If the copy cannot be allocated, the table
 * does not change.
 *
 * cnull_badblocks_take() removes a range in place instead of copying the table,
 * because it runs in a request, which cannot report a failed allocation. With the
 * lock held, one store sets the end of the range to its start. A concurrent lookup
 * sees the range whole or empty. The ends of all ranges stay in order, which the
 * binary search needs. The next copy leaves the empty range out.
 */
#include "fault/badblocks.h"
#include "feature.h"
#include "store/gfp.h"

/* The maximum size of the text of a range, with blanks and the null byte. */
#define TEXT_SIZE	80

/**
 * struct bad_range - a range of bad sectors
 * @start: the first sector
 * @end: the sector after the last one; equals @start after the range was removed in
 *	place. Written with WRITE_ONCE() and &cnull_badblocks.lock held; read with
 *	READ_ONCE() where the lock is not held
 */
struct bad_range {
	u64 start;
	u64 end;
};

/**
 * struct cnull_bad_table - all bad sectors of a device
 * @rcu: frees the table after a grace period
 * @nr: the number of ranges
 * @nr_bad: the number of ranges that are not empty; guarded by
 *	&cnull_badblocks.lock
 * @range: the ranges, in order; each one ends before the next one starts
 *
 * A published table is constant, except for @nr_bad and for the @end of a range that
 * is removed in place.
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

/* Replace the table by @new, which may be NULL, and free the old table. */
static void publish(struct cnull_badblocks *bb, struct cnull_bad_table *new)
	__must_hold(&bb->lock)
{
	struct cnull_bad_table *old = table_of(bb);

	rcu_assign_pointer(bb->table, new);
	if (bb->features)
		assign_bit(CNULL_FEATURE_BADBLOCKS, bb->features, new);
	kvfree_rcu(old, rcu);
}

/* Return the first range with a bad sector in [@sector, @end), or NULL. */
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

/* Append a range. Ignore an empty range, and merge one that touches the last. */
static void append(struct cnull_bad_table *table, u64 start, u64 end)
{
	if (start >= end)
		return;
	if (table->nr && table->range[table->nr - 1].end == start)
		table->range[table->nr - 1].end = end;
	else
		table->range[table->nr++] = (struct bad_range) { start, end };
}

/* Mark the sectors in [@start, @end) bad or good. Return 0 or -ENOMEM. */
static int change(struct cnull_badblocks *bb, u64 start, u64 end, bool bad)
	__must_hold(&bb->lock)
{
	struct cnull_bad_table *old = table_of(bb), *new;
	size_t nr = old ? old->nr : 0, i;

	/*
	 * A change adds one range at most: a new one, or the second half of a split
	 * one. The allocation must not start I/O, because a request may be waiting
	 * for the lock, and reclaim for that request.
	 */
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

/*
 * Parse "+FIRST-LAST" or "-FIRST-LAST". Set @end to LAST + 1, and @bad to true for
 * "+". Return 0, -EINVAL or -ERANGE.
 */
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
	/* A range up to U64_MAX is refused too: its end would be 0. */
	*end = last + 1;
	return *start < *end ? 0 : -EINVAL;
}

/**
 * cnull_badblocks_init - initialize bad blocks, with all sectors good
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
 * cnull_badblocks_destroy - free the memory of bad blocks
 * @bb: the bad blocks
 *
 * Context: May sleep. No other context accesses @bb any more.
 */
void cnull_badblocks_destroy(struct cnull_badblocks *bb)
{
	kvfree(rcu_dereference_protected(bb->table, true));
	mutex_destroy(&bb->lock);
}

/**
 * cnull_badblocks_attach - keep a feature bit of the live device up to date
 * @bb: the bad blocks
 * @features: &cnull_live.features of the device that powers on, or NULL at power
 *	off. Other contexts may change other bits concurrently
 *
 * From now on %CNULL_FEATURE_BADBLOCKS is set while there are bad sectors.
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
 * cnull_badblocks_set - mark a range of sectors bad or good
 * @bb: the bad blocks
 * @text: "+FIRST-LAST" marks the sectors bad, "-FIRST-LAST" marks them good. The
 *	numbers are in C notation. Blanks may surround the range
 *
 * Some sectors may already be in the requested state, or lie beyond the end of the
 * device.
 *
 * Context: May sleep, but waits for no I/O. Takes &cnull_badblocks.lock.
 * Return: 0, or a negative errno with nothing changed:
 * * -EINVAL: @text is not a range
 * * -ERANGE: a number does not fit in a u64
 * * -ENOMEM: no memory for the changed table
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
 * cnull_badblocks_show - list the ranges of bad sectors
 * @bb: the bad blocks
 * @text: the buffer; receives one line "FIRST COUNT" for each range, in order
 * @size: the size of @text in bytes, 1 or more. Lines that do not fit are left out
 *
 * Context: May sleep. Takes &cnull_badblocks.lock.
 * Return: the length of the text in bytes, without the null byte.
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
 * cnull_badblocks_find - find the first bad sector of a range
 * @bb: the bad blocks
 * @sector: the first sector to check
 * @nr_sectors: the number of sectors to check; 0 finds nothing
 * @first: set to the first bad sector, if there is one
 *
 * Context: Any context that allows RCU read sections.
 * Return: true if the range has a bad sector.
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
 * cnull_badblocks_take - find the first bad sector, and mark its range good
 * @bb: the bad blocks
 * @sector: the first sector to check
 * @nr_sectors: the number of sectors to check; 0 finds nothing
 * @first: set to the first bad sector, if there is one
 *
 * The whole table entry around @first becomes good. Of concurrent callers, exactly
 * one finds the entry.
 *
 * Context: May sleep, but waits for no I/O. Takes &cnull_badblocks.lock.
 * Return: true if the range had a bad sector.
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
