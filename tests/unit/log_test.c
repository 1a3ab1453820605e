// SPDX-License-Identifier: GPL-2.0
/*
 * The log: entries, data, the limit, and concurrent submitters.
 */
#include "record/log.h"
#include "world.h"

#define NR_THREADS	4
#define NR_ROUNDS	2000
#define NR_SECTORS	24

/**
 * struct fixture - a log and the data of requests
 * @log: the log
 * @data: the data of a request
 * @read: the data of an entry
 * @lost: the number of requests of threads that did not fit
 */
struct fixture {
	struct cnull_log log;
	u8 data[NR_SECTORS * 512];
	u8 read[NR_SECTORS * 512];
	atomic_long_t lost;
};

static int log_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	return cnull_log_init(&f->log, 1 << 20);
}

static void log_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_log_destroy(&f->log);
	kfree(f);
}

static struct cnull_log_entry *submit(struct fixture *f, enum cnull_op op, u64 sector,
				      u64 nr_sectors, const u8 *data, enum cnull_wait wait)
{
	bool is_write = op == CNULL_OP_WRITE || op == CNULL_OP_ZONE_APPEND;
	struct cnull_iter begin = world_iter(data, is_write ? nr_sectors * 512 : 512);
	struct cnull_log_entry *entry;
	struct cnull_io io;

	cnull_io_init(&io, op, CNULL_IO_FUA, sector, nr_sectors);
	io.iter = begin;
	entry = cnull_log_submit(&f->log, &io, CNULL_LOG_META, wait);
	world_iter_end(begin);
	return entry;
}

static void entry_has_request_order_and_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_log_entry *first, *second;
	size_t i;

	for (i = 0; i < sizeof(f->data); i++)
		f->data[i] = i / 7;
	first = submit(f, CNULL_OP_ZONE_APPEND, 5, NR_SECTORS, f->data, CNULL_NO_WAIT);
	second = submit(f, CNULL_OP_DISCARD, 8, 1ULL << 33, f->data, CNULL_MAY_WAIT);
	KUNIT_ASSERT_TRUE(test, first && second);
	cnull_log_complete(&f->log, second, -EIO);
	KUNIT_EXPECT_EQ(test, cnull_log_mark(&f->log, "after the discard"), 0);
	KUNIT_EXPECT_EQ(test, cnull_log_nr_entries(&f->log), 3);
	KUNIT_EXPECT_EQ(test, cnull_log_nr_events(&f->log), 4);
	KUNIT_EXPECT_TRUE(test, cnull_log_entry(&f->log, 0) == first);
	KUNIT_EXPECT_EQ(test, first->op, CNULL_OP_WRITE);
	KUNIT_EXPECT_EQ(test, first->flags, CNULL_IO_FUA | CNULL_LOG_META);
	KUNIT_EXPECT_EQ(test, first->sector, 5);
	KUNIT_EXPECT_EQ(test, first->submitted, 1);
	KUNIT_EXPECT_EQ(test, cnull_log_completed(&f->log, first), 0);
	cnull_log_read(&f->log, first, 0, f->read, sizeof(f->read));
	KUNIT_EXPECT_EQ(test, memcmp(f->read, f->data, sizeof(f->data)), 0);
	cnull_log_read(&f->log, first, 4090, f->read, 100);
	KUNIT_EXPECT_EQ(test, memcmp(f->read, f->data + 4090, 100), 0);
	KUNIT_EXPECT_EQ(test, second->len, 0);
	KUNIT_EXPECT_EQ(test, second->error, -EIO);
	KUNIT_EXPECT_EQ(test, cnull_log_completed(&f->log, second), 3);
	memset(f->read, 0, sizeof(f->read));
	cnull_log_read(&f->log, cnull_log_entry(&f->log, 2), 0, f->read,
		       cnull_log_entry(&f->log, 2)->len);
	KUNIT_EXPECT_STREQ(test, (char *)f->read, "after the discard");
}

static void full_log_ends_and_keeps_no_later_entry(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_log_entry *entry, *last = NULL;
	u32 nr = 0;

	while ((entry = submit(f, CNULL_OP_WRITE, 0, 8, f->data, CNULL_MAY_WAIT))) {
		last = entry;
		nr++;
	}
	KUNIT_ASSERT_TRUE(test, last);
	KUNIT_EXPECT_EQ(test, nr, (1 << 20) / (4096 + PAGE_SIZE / (PAGE_SIZE / sizeof(*last))));
	KUNIT_EXPECT_TRUE(test, cnull_log_has_ended(&f->log));
	KUNIT_EXPECT_TRUE(test, !submit(f, CNULL_OP_FLUSH, 0, 0, f->data, CNULL_MAY_WAIT));
	KUNIT_EXPECT_EQ(test, cnull_log_mark(&f->log, "late"), -ENOSPC);
	cnull_log_complete(&f->log, last, 0);
	KUNIT_EXPECT_EQ(test, cnull_log_nr_entries(&f->log), nr);
	KUNIT_EXPECT_EQ(test, cnull_log_nr_events(&f->log), nr);
	KUNIT_EXPECT_EQ(test, cnull_log_completed(&f->log, last), 0);
}

static void log_without_memory_ends(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_TRUE(test, submit(f, CNULL_OP_WRITE, 0, 8, f->data, CNULL_MAY_WAIT));
	world_fail_all(true);
	KUNIT_EXPECT_TRUE(test, !submit(f, CNULL_OP_WRITE, 0, 16, f->data, CNULL_NO_WAIT));
	world_fail_all(false);
	KUNIT_EXPECT_TRUE(test, cnull_log_has_ended(&f->log));
	KUNIT_EXPECT_EQ(test, cnull_log_nr_entries(&f->log), 1);
}

static void too_large_limit_is_refused(struct kunit *test)
{
	struct cnull_log log;

	KUNIT_EXPECT_EQ(test, cnull_log_init(&log, 1ULL << 40), -EINVAL);
}

/* Write sectors whose bytes have the number of the thread. */
static void submit_many(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct cnull_log_entry *entry;
	u8 *data = f->data + nr * 512;
	u32 i;

	memset(data, nr, 512);
	for (i = 0; i < NR_ROUNDS; i++) {
		entry = submit(f, CNULL_OP_WRITE, nr, 1, data, CNULL_NO_WAIT);
		if (!entry)
			atomic_long_inc(&f->lost);
		cnull_log_complete(&f->log, entry, 0);
	}
}

static void threads_fill_log_without_gap(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 nr, i, last = 0;

	world_threads(NR_THREADS, submit_many, f);
	nr = cnull_log_nr_entries(&f->log);
	KUNIT_EXPECT_TRUE(test, cnull_log_has_ended(&f->log));
	KUNIT_EXPECT_TRUE(test, atomic_long_read(&f->lost));
	KUNIT_EXPECT_LE(test, nr, NR_THREADS * NR_ROUNDS - atomic_long_read(&f->lost));
	for (i = 0; i < nr; i++) {
		struct cnull_log_entry *entry = cnull_log_entry(&f->log, i);
		u32 completed = cnull_log_completed(&f->log, entry);

		KUNIT_ASSERT_TRUE(test, last < entry->submitted);
		KUNIT_ASSERT_TRUE(test, !completed || completed > entry->submitted);
		cnull_log_read(&f->log, entry, 511, f->read, 1);
		KUNIT_ASSERT_EQ(test, f->read[0], entry->sector);
		last = entry->submitted;
	}
	KUNIT_EXPECT_LE(test, last, cnull_log_nr_events(&f->log));
}

static struct kunit_case log_cases[] = {
	KUNIT_CASE(entry_has_request_order_and_data),
	KUNIT_CASE(full_log_ends_and_keeps_no_later_entry),
	KUNIT_CASE(log_without_memory_ends),
	KUNIT_CASE(too_large_limit_is_refused),
	KUNIT_CASE(threads_fill_log_without_gap),
	{}
};

WORLD_SUITE(log, log_init, log_exit, log_cases);
