// SPDX-License-Identifier: GPL-2.0
/*
 * Zones with threads: which requests wait for which, and data under concurrent requests.
 *
 * Each write has a number of its own. Each sector contains that number, the length of the
 * write, and the index of the sector in the write. So the data of a zone shows whether it
 * consists of whole writes, or whether a late copy has overwritten a newer write.
 */
#include "zone_dev.h"
#include "zone/order.h"

#define NR_THREADS	4
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)
#define MAX_SECTORS	7U	/* of a write */

/* The part of the buffer that each thread has. */
#define THREAD_BYTES	(sizeof(((struct zone_dev *)0)->buf) / NR_THREADS)

/**
 * struct worker - the state of a thread
 * @zd: the fixture, shared by all threads
 * @rng: its random numbers
 * @data: its part of the buffer
 * @nr: its number
 * @seq: the number of its last write
 * @durable: the number of sectors of each zone that must be durable
 */
struct worker {
	struct zone_dev *zd;
	struct rng rng;
	u8 *data;
	unsigned int nr;
	u64 seq;
	u64 durable[ZD_NR_ZONES];
};

static struct worker workers[NR_THREADS];

/* The word of each sector of the zone that all threads append to. */
static u64 owners[ZD_CAPACITY];

/* Count an error that a thread found. */
static void note_error(struct worker *w)
{
	atomic_long_inc(&w->zd->errors);
}

static void init_workers(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	for (nr = 0; nr < NR_THREADS; nr++)
		workers[nr] = (struct worker) {
			.zd = zd,
			.rng = rng_start(nr),
			.data = zd->buf + nr * THREAD_BYTES,
			.nr = nr,
		};
}

static void start(struct kunit *test)
{
	zd_start(test);
	init_workers(test);
}

/* Start with a write cache, which makes flush and FUA wait for writes. */
static void start_cached(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ZD_SET((struct zone_dev *)test->priv, cache_size,
				     "1"), 0);
	start(test);
}

/* Return the word of sector @i of the last write of the worker, of @nr sectors. */
static u64 word_of(const struct worker *w, u64 nr, u64 i)
{
	return (u64)(w->nr + 1) << 56 | w->seq << 16 | nr << 8 | i;
}

/* Return the word that fills a sector; 0 if several words do. */
static u64 word_at(const u8 *data)
{
	u64 word;

	memcpy(&word, data, sizeof(word));
	return memcmp(data, data + sizeof(word), SECTOR_BYTES - sizeof(word)) ?
		       0 : word;
}

/* Begin a new write of @nr sectors: fill the buffer with its words. */
static void put_words(struct worker *w, u64 nr)
{
	size_t i, words = SECTOR_BYTES / sizeof(u64);

	w->seq++;
	for (i = 0; i < nr * words; i++)
		((u64 *)w->data)[i] = word_of(w, nr, i / words);
}

/* Run a request as the driver does: again, where it may sleep, if it is deferred. */
static int run(struct worker *w, struct cnull_io *io)
{
	int err = zd_io(w->zd, io, w->data, CNULL_NO_WAIT);

	return err == -EAGAIN ? zd_io(w->zd, io, w->data, CNULL_MAY_WAIT) : err;
}

static int write_words(struct worker *w, enum cnull_op op, unsigned int flags,
		       u64 *sector, u64 nr)
{
	struct cnull_io io = {
		.op = op,
		.flags = flags,
		.sector = *sector,
		.nr_sectors = nr,
	};
	int err;

	put_words(w, nr);
	err = run(w, &io);
	*sector = io.sector;
	if (io.reserved)
		note_error(w);
	return err;
}

/* Run a request without data on a zone. */
static int no_data(struct worker *w, enum cnull_op op, unsigned int zone)
{
	struct cnull_io io = { .op = op, .sector = zd_at(zone, 0) };

	return run(w, &io);
}

/* Do these sectors contain the last write of the worker? */
static bool reads_back(struct worker *w, u64 sector, u64 nr)
{
	struct cnull_io io = {
		.op = CNULL_OP_READ,
		.sector = sector,
		.nr_sectors = nr,
	};
	u64 i;

	memset(w->data, ZD_UNTOUCHED, nr * SECTOR_BYTES);
	if (zd_io(w->zd, &io, w->data, CNULL_NO_WAIT))
		return false;
	for (i = 0; i < nr; i++)
		if (word_at(w->data + i * SECTOR_BYTES) != word_of(w, nr, i))
			return false;
	return true;
}

/*
 * Read the sectors of a zone up to @end into the buffer. Return the number of sectors
 * before the first one that is not part of a whole write. The last write may end beyond
 * @end.
 */
static u64 tiled(struct zone_dev *zd, unsigned int zone, u64 end)
{
	u64 sector, i, nr;

	if (end && zd_run(zd, CNULL_OP_READ, zd_at(zone, 0), end))
		return ~0ULL;
	for (sector = 0; sector < end; sector += nr) {
		u64 word = word_at(zd->buf + sector * SECTOR_BYTES);

		nr = word >> 8 & 0xff;
		if (!nr || nr > MAX_SECTORS || word & 0xff)
			return sector;
		for (i = 1; i < nr && sector + i < end; i++)
			if (word_at(zd->buf + (sector + i) * SECTOR_BYTES) !=
			    word + i)
				return sector + i;
	}
	return end;
}

/* Return the number of sectors with data in a zone. */
static u64 data_end(struct zone_dev *zd, unsigned int zone)
{
	return cnull_zone_data_end(zd_zones(zd), zone) - zd_at(zone, 0);
}

/* Expect that no request is in flight or waits, and that zones and data are consistent. */
static void expect_idle(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, atomic_long_read(&zd->errors), 0);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	for (nr = 1; nr < ZD_NR_ZONES; nr++) {
		struct cnull_zone *zone = &zd_zones(zd)->zone[nr];
		u64 end = data_end(zd, nr);

		KUNIT_EXPECT_FALSE(test, zone->oldest);
		KUNIT_EXPECT_EQ(test, zone->tickets_returned, zone->tickets_issued);
		KUNIT_EXPECT_EQ(test, zone->reserved_wp, zone->wp);
		if (zone->cond == CNULL_ZONE_EMPTY)
			KUNIT_EXPECT_EQ(test, end, 0);
		if (zone->cond == CNULL_ZONE_CLOSED)
			KUNIT_EXPECT_NE(test, end, 0);
		if (zone->cond == CNULL_ZONE_OFFLINE)
			KUNIT_EXPECT_EQ(test, zd_set_cond(zd, nr,
						CNULL_ZONE_TO_READONLY), 0);
		KUNIT_EXPECT_EQ(test, tiled(zd, nr, end), end);
	}
}

/* Append until the zone is full, and note which sectors each append got. */
static void append_until_full(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	int err;

	do {
		u64 sector = zd_at(2, 0), n = 1 + rng_below(&w->rng, MAX_SECTORS), i;

		err = write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector, n);
		if (err)
			break;
		if (cnull_zone_data_end(zd_zones(w->zd), 2) < sector + n ||
		    !reads_back(w, sector, n))
			note_error(w);
		for (i = 0; i < n; i++)
			if (xchg(&owners[sector - zd_at(2, 0) + i],
				 word_of(w, n, i)))
				note_error(w);
	} while (!err);
	if (err != -EIO)
		note_error(w);
}

static void concurrent_appends_to_one_zone_never_overlap(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;
	u64 i;

	start(test);
	for (round = 0; round < world_times(10); round++) {
		/* In every other round, each append is deferred. */
		world_fail_nowait(round % 2);
		memset(owners, 0, sizeof(owners));
		world_threads(NR_THREADS, append_until_full, zd);
		expect_idle(test);
		KUNIT_EXPECT_LE(test, ZD_CAPACITY - MAX_SECTORS, data_end(zd, 2));
		KUNIT_ASSERT_EQ(test, tiled(zd, 2, data_end(zd, 2)),
				data_end(zd, 2));
		for (i = 0; i < ZD_CAPACITY; i++)
			KUNIT_ASSERT_EQ(test, owners[i], i < data_end(zd, 2) ?
					word_at(zd->buf + i * SECTOR_BYTES) : 0);
		KUNIT_ASSERT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, zd_at(2, 0),
					     0), 0);
	}
}

/* Write to the zone of the thread, whose write pointer no other thread changes. */
static void write_own_zone(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int zone = 1 + nr, i;
	u64 wp = data_end(w->zd, zone);

	for (i = 0; i < world_times(1500); i++) {
		u64 n = min(1 + rng_below(&w->rng, MAX_SECTORS), ZD_CAPACITY - wp);
		u64 sector = zd_at(zone, wp);

		if (!n || !rng_below(&w->rng, 300)) {
			wp = 0;
			if (no_data(w, CNULL_OP_ZONE_RESET, zone))
				note_error(w);
			continue;
		}
		if (write_words(w, CNULL_OP_WRITE, 0, &sector, n))
			note_error(w);
		wp += n;
		if (data_end(w->zd, zone) != wp ||
		    !reads_back(w, zd_at(zone, wp - n), n))
			note_error(w);
		if (!rng_below(&w->rng, 20))
			no_data(w, CNULL_OP_ZONE_CLOSE, zone);
	}
}

/* There are more writers than open resources. */
static void writers_of_own_zones_share_open_resources(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), 0);
	start(test);
	world_threads(NR_THREADS, write_own_zone, zd);
	expect_idle(test);
}

/* Run a random request; most are appends. */
static int random_op(struct worker *w, unsigned int zone)
{
	u64 sector = zd_at(zone, rng_below(&w->rng, ZD_ZONE));
	struct cnull_io read = {
		.op = CNULL_OP_READ,
		.sector = zd_at(zone, rng_below(&w->rng, 64)),
		.nr_sectors = MAX_SECTORS,
	};
	int err;

	switch (rng_below(&w->rng, 40)) {
	case 0 ... 1:
		return no_data(w, CNULL_OP_ZONE_OPEN, zone);
	case 2 ... 3:
		return no_data(w, CNULL_OP_ZONE_CLOSE, zone);
	case 4:
		return no_data(w, CNULL_OP_ZONE_FINISH, zone);
	case 5 ... 9:
		return no_data(w, CNULL_OP_ZONE_RESET, zone);
	case 10:
		return no_data(w, CNULL_OP_ZONE_RESET_ALL, 0);
	case 11:
		return zd_set_cond(w->zd, zone, CNULL_ZONE_TO_READONLY);
	case 12:
		return zd_set_cond(w->zd, zone, CNULL_ZONE_TO_OFFLINE);
	case 13 ... 14:
		return no_data(w, CNULL_OP_FLUSH, 0);
	case 15 ... 17:
		return run(w, &read);
	case 18:
		err = ZD_SET(w->zd, zone_max_open,
			     rng_below(&w->rng, 2) ? "2" : "3");
		/* Three zones may be explicitly open. */
		return err == -EBUSY ? 0 : err;
	case 19:
		return write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				   &sector, 1 + rng_below(&w->rng, MAX_SECTORS));
	case 20 ... 21:
		sector = cnull_zone_data_end(zd_zones(w->zd), zone);
		/* The write must not end beyond the zone. */
		sector = min(sector, zd_at(zone, ZD_CAPACITY - MAX_SECTORS));
		return write_words(w, CNULL_OP_WRITE, 0, &sector,
				   1 + rng_below(&w->rng, MAX_SECTORS));
	default:
		return write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector,
				   1 + rng_below(&w->rng, MAX_SECTORS));
	}
}

static void do_random_ops(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;

	for (i = 0; i < 300; i++) {
		switch (random_op(w, 1 + rng_below(&w->rng, 4))) {
		case 0:
		case -EIO:
		case -ETOOMANYREFS:
		case -EOVERFLOW:
			break;
		default:
			note_error(w);
		}
	}
}

static void try_random_ops(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), 0);
	start(test);
	for (round = 0; round < world_times(60); round++) {
		world_fail_nowait(round % 2);
		world_threads(NR_THREADS, do_random_ops, zd);
		expect_idle(test);
	}
}

static void random_operations_leave_zones_consistent(struct kunit *test)
{
	try_random_ops(test);
}

static void random_operations_with_cache_leave_zones_consistent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ZD_SET((struct zone_dev *)test->priv, cache_size,
				     "1"), 0);
	try_random_ops(test);
}

/* Append to one zone; thread 0 resets the zone again and again. */
static void append_or_reset(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		u64 sector = zd_at(2, 0);
		int err = nr || i % 4 ?
			write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector,
				    1 + rng_below(&w->rng, MAX_SECTORS)) :
			no_data(w, CNULL_OP_ZONE_RESET, 2);

		if (err && (err != -EIO || data_end(w->zd, 2) < 100))
			note_error(w);
	}
}

static void resets_during_appends_leave_whole_writes(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;

	start(test);
	for (round = 0; round < world_times(80); round++) {
		world_fail_nowait(round % 2);
		world_threads(NR_THREADS, append_or_reset, zd);
		expect_idle(test);
	}
}

/*
 * Append to two zones, and note which data must be durable because of a FUA write or a
 * flush. Thread 0 cuts the power at a random moment.
 */
static void append_until_cut(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i, when = nr ? ~0U : rng_below(&w->rng, 400);
	u64 completed[4] = { 0 };

	memset(w->durable, 0, sizeof(w->durable));
	for (i = 0; i < 150 && !cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT); i++) {
		bool fua = !rng_below(&w->rng, 16);
		unsigned int zone = 2 + rng_below(&w->rng, 2);
		u64 sector = zd_at(zone, 0), n = 1 + rng_below(&w->rng, MAX_SECTORS);
		int err;

		if (i == when)
			cnull_dev_cut(&w->zd->dev);
		err = write_words(w, CNULL_OP_ZONE_APPEND, fua ? CNULL_IO_FUA : 0,
				  &sector, n);
		if (err || cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT))
			break;
		completed[zone] = sector + n - zd_at(zone, 0);
		if (fua)
			w->durable[zone] = completed[zone];
		if (!rng_below(&w->rng, 32) && !no_data(w, CNULL_OP_FLUSH, 0) &&
		    !cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT))
			memcpy(w->durable, completed, sizeof(completed));
	}
}

/* All durable data, and all data below it, is kept; more data may be. */
static void power_cut_during_appends_keeps_durable_data(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round, nr, i;

	start_cached(test);
	for (round = 0; round < world_times(50); round++) {
		world_fail_nowait(round % 2);
		world_threads(NR_THREADS, append_until_cut, zd);
		world_fail_nowait(false);
		KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
		for (nr = 2; nr < 4; nr++) {
			u64 least = 0;

			for (i = 0; i < NR_THREADS; i++)
				least = max(least, workers[i].durable[nr]);
			KUNIT_EXPECT_LE(test, least, data_end(zd, nr));
			KUNIT_EXPECT_EQ(test, tiled(zd, nr, least), least);
		}
		KUNIT_EXPECT_EQ(test, atomic_long_read(&zd->errors), 0);
		KUNIT_ASSERT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET_ALL, 0, 0),
				0);
	}
}

/** enum waiter - the request that waits for a write in flight in zone 2 */
enum waiter {
	WAITER_RESET,
	WAITER_RESET_ALL,
	WAITER_READONLY,	/* of a zone that is read-only: resets the zone */
	WAITER_OFFLINE,		/* of a zone that is offline: resets the zone */
	WAITER_FLUSH,
	WAITER_FUA,
	WAITER_PREFLUSH,
	NR_WAITERS
};

/**
 * struct wait_test - one or more threads wait for a write or a reset in zone 2
 * @zd: the device
 * @waiter: the request of the waiting thread, if @wait is run_waiter()
 * @wait: run in each waiting thread, from number 1 on; returns 0 or an error
 * @meanwhile: run in thread 0 when a context waits in zone 2; lets the others complete
 * @io: the write in flight
 * @nr_done: the number of sectors that @io writes, for a @meanwhile that needs it
 * @done: a waiting thread has completed its request
 * @early: it did so before @meanwhile began
 */
struct wait_test {
	struct zone_dev *zd;
	enum waiter waiter;
	int (*wait)(struct wait_test *w, unsigned int nr);
	void (*meanwhile)(struct wait_test *w);
	struct cnull_io io;
	u64 nr_done;
	atomic_long_t done;
	bool early;
};

static int run_waiter(struct wait_test *w, unsigned int nr)
{
	struct worker *worker = &workers[nr];
	u64 sector = zd_at(2, 0);

	switch (w->waiter) {
	case WAITER_RESET:
		return no_data(worker, CNULL_OP_ZONE_RESET, 2);
	case WAITER_RESET_ALL:
		return no_data(worker, CNULL_OP_ZONE_RESET_ALL, 0);
	case WAITER_READONLY:
		return zd_set_cond(w->zd, 2, CNULL_ZONE_TO_READONLY);
	case WAITER_OFFLINE:
		return zd_set_cond(w->zd, 2, CNULL_ZONE_TO_OFFLINE);
	case WAITER_FLUSH:
		return no_data(worker, CNULL_OP_FLUSH, 0);
	case WAITER_FUA:
		return write_words(worker, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				   &sector, 5);
	default:
		return write_words(worker, CNULL_OP_ZONE_APPEND,
				   CNULL_IO_PREFLUSH, &sector, 5);
	}
}

static bool has_waiters(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->has_waiters;
}

/* Wait until a context waits in zone 2, or a request completed without waiting. */
static void until_waiting(struct wait_test *w)
{
	while (!has_waiters(&zd_zones(w->zd)->zone[2]) &&
	       !atomic_long_read(&w->done))
		cond_resched();
}

/* Wait until a waiting thread is done, within reason. */
static void until_done(struct wait_test *w)
{
	unsigned int i;

	for (i = 0; i < 1000000000 && !atomic_long_read(&w->done); i++)
		cond_resched();
	if (!atomic_long_read(&w->done))
		note_error(&workers[0]);
}

static void wait_or_release(void *arg, unsigned int nr)
{
	struct wait_test *w = arg;

	if (nr) {
		if (w->wait(w, nr))
			note_error(&workers[nr]);
		atomic_long_set(&w->done, 1);
		return;
	}
	until_waiting(w);
	w->early = atomic_long_read(&w->done);
	w->meanwhile(w);
}

/* Run a test with @nr threads, of which all but the first wait. */
static void expect_waiting(struct kunit *test, struct wait_test *w,
			   unsigned int nr)
{
	world_threads(nr, wait_or_release, w);
	KUNIT_EXPECT_FALSE(test, w->early);
	KUNIT_ASSERT_EQ(test, atomic_long_read(&w->zd->errors), 0);
}

/* Leave a write in flight in zone 2, and bring the zone to where @w->waiter waits. */
static int hold_write(struct wait_test *w)
{
	int err = zd_hold(w->zd, &w->io, CNULL_OP_ZONE_APPEND, zd_at(2, 0), 6);

	if (err == -EAGAIN && w->waiter == WAITER_READONLY)
		return zd_set_cond(w->zd, 2, CNULL_ZONE_TO_READONLY);
	if (err == -EAGAIN && w->waiter == WAITER_OFFLINE)
		return zd_set_cond(w->zd, 2, CNULL_ZONE_TO_OFFLINE);
	return err == -EAGAIN ? 0 : err ?: 1;
}

/* Start a reset of zone 2. Return 0 or an error: -EAGAIN if that has to wait. */
static int start_reset(struct zone_dev *zd, enum cnull_wait wait)
{
	bool erases;
	int err = zd_change(zd_zones(zd), 2, CNULL_ZONE_RESET, wait, &erases);

	return err ?: !erases;
}

static void commit(struct wait_test *w, struct cnull_io *io)
{
	cnull_zone_commit(zd_zones(w->zd), 2, io, io->nr_sectors);
}

static void complete_write(struct wait_test *w)
{
	workers[0].seq = 1;
	if (zd_io(w->zd, &w->io, workers[0].data, CNULL_MAY_WAIT))
		note_error(&workers[0]);
}

static void request_waits_for_older_write(struct kunit *test)
{
	/* Sectors in the zone at the end, and after a power cut. */
	static const u64 written[NR_WAITERS] = {
		[WAITER_FLUSH] = 6, [WAITER_FUA] = 11, [WAITER_PREFLUSH] = 11,
	};
	static const u64 durable[NR_WAITERS] = {
		[WAITER_FLUSH] = 6, [WAITER_FUA] = 11, [WAITER_PREFLUSH] = 6,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	for (i = 0; i < world_times(30) * NR_WAITERS; i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = i % NR_WAITERS,
			.wait = run_waiter,
			.meanwhile = complete_write,
		};

		zd_renew(test);
		start_cached(test);
		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		put_words(&workers[0], 6);
		expect_waiting(test, &w, 2);
		KUNIT_EXPECT_EQ(test, data_end(zd, 2), written[w.waiter]);
		expect_idle(test);
		KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
		KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
		KUNIT_EXPECT_EQ(test, data_end(zd, 2), durable[w.waiter]);
		KUNIT_EXPECT_EQ(test, tiled(zd, 2, durable[w.waiter]),
				durable[w.waiter]);
	}
}

/* Complete the write, and reserve the next one before the flush can check the zone. */
static void complete_and_reserve_again(struct wait_test *w)
{
	cnull_zone_commit(zd_zones(w->zd), 2, &w->io, w->nr_done);
	if (zd_reserve(zd_zones(w->zd), 2, &w->io, CNULL_NO_WAIT))
		note_error(&workers[0]);
	until_done(w);
	commit(w, &w->io);
}

/* Also if the newer write goes where the older one failed. */
static void flush_does_not_wait_for_newer_write(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start_cached(test);
	for (i = 0; i < world_times(100); i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = WAITER_FLUSH,
			.wait = run_waiter,
			.meanwhile = complete_and_reserve_again,
		};

		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		w.nr_done = i % 2 ? w.io.nr_sectors : 0;
		expect_waiting(test, &w, 2);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

/* The flush waits in zone 2, and has not yet checked zone 3. */
static void reserve_in_zone_3_and_complete(struct wait_test *w)
{
	struct cnull_io newer = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(3, 0),
		.nr_sectors = 1,
	};

	if (zd_reserve(zd_zones(w->zd), 3, &newer, CNULL_NO_WAIT))
		note_error(&workers[0]);
	commit(w, &w->io);
	until_done(w);
	cnull_zone_commit(zd_zones(w->zd), 3, &newer, 1);
}

static void flush_does_not_wait_for_newer_write_in_other_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start_cached(test);
	for (i = 0; i < world_times(20); i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = WAITER_FLUSH,
			.wait = run_waiter,
			.meanwhile = reserve_in_zone_3_and_complete,
		};

		/* A flush checks the zone first that became dirty last: zone 2. */
		KUNIT_ASSERT_EQ(test, zd_append(zd, zd_at(3, 0), 1), 0);
		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		expect_waiting(test, &w, 2);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 3), 0);
	}
}

static bool is_dirty(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->dirty;
}

/* Append so that at each moment a newer append is in flight, and is not the last one. */
static void append_without_a_gap(struct wait_test *w)
{
	struct cnull_io io[2], *last = &w->io;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		struct cnull_io *next = &io[i % 2];

		*next = (struct cnull_io) {
			.op = CNULL_OP_ZONE_APPEND,
			.sector = zd_at(2, 0),
			.nr_sectors = 1,
		};
		if (zd_reserve(zd_zones(w->zd), 2, next, CNULL_NO_WAIT))
			note_error(&workers[0]);
		commit(w, last);
		last = next;
	}
	until_done(w);
	/* The next flush has to wait for the append that is in flight. */
	if (!is_dirty(&zd_zones(w->zd)->zone[2]))
		note_error(&workers[0]);
	commit(w, last);
}

static void flush_completes_during_overlapping_appends(struct kunit *test)
{
	static const enum waiter waiters[] = {
		WAITER_FLUSH, WAITER_FUA, WAITER_PREFLUSH,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start_cached(test);
	for (i = 0; i < world_times(20) * ARRAY_SIZE(waiters); i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = waiters[i % ARRAY_SIZE(waiters)],
			.wait = run_waiter,
			.meanwhile = append_without_a_gap,
		};

		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		expect_waiting(test, &w, 2);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

/* Flush: thread 2 when thread 1 waits. */
static int flush_one_after_the_other(struct wait_test *w, unsigned int nr)
{
	if (nr == 2)
		until_waiting(w);
	return no_data(&workers[nr], CNULL_OP_FLUSH, 0);
}

/* Give the second flush time to complete too early; then complete the write. */
static void complete_late(struct wait_test *w)
{
	unsigned int i;

	for (i = 0; i < 100000 && !atomic_long_read(&w->done); i++)
		cond_resched();
	w->early = atomic_long_read(&w->done);
	commit(w, &w->io);
}

/* The first flush has taken the list of dirty zones, which the second one needs, too. */
static void flush_during_flush_waits_for_same_write(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start_cached(test);
	for (i = 0; i < world_times(50); i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = WAITER_FLUSH,
			.wait = flush_one_after_the_other,
			.meanwhile = complete_late,
		};

		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		expect_waiting(test, &w, 3);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

/* An append now would have to wait for the reset. The reset waits for @w->io only. */
static void fail_to_append_and_complete(struct wait_test *w)
{
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(2, 0),
		.nr_sectors = 1,
	};

	if (zd_reserve(zd_zones(w->zd), 2, &io, CNULL_NO_WAIT) != -EAGAIN) {
		note_error(&workers[0]);
		commit(w, &io);
	}
	commit(w, &w->io);
	until_done(w);
}

static void append_waits_for_waiting_reset(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start(test);
	for (i = 0; i < world_times(20) * 2; i++) {
		struct wait_test w = {
			.zd = zd,
			.waiter = i % 2 ? WAITER_RESET : WAITER_RESET_ALL,
			.wait = run_waiter,
			.meanwhile = fail_to_append_and_complete,
		};

		KUNIT_ASSERT_EQ(test, hold_write(&w), 0);
		expect_waiting(test, &w, 2);
		expect_idle(test);
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	}
}

/* Threads 1 and 2 append, thread 3 resets the zone. */
static int append_or_reset_again(struct wait_test *w, unsigned int nr)
{
	u64 sector = zd_at(2, 0);

	return nr == 3 ? no_data(&workers[nr], CNULL_OP_ZONE_RESET, 2) :
			 write_words(&workers[nr], CNULL_OP_ZONE_APPEND, 0,
				     &sector, nr);
}

static void complete_reset(struct wait_test *w)
{
	cnull_zone_end_reset(zd_zones(w->zd), 2);
}

static void writes_and_reset_wait_for_running_reset(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start(test);
	for (i = 0; i < world_times(100); i++) {
		struct wait_test w = {
			.zd = zd,
			.wait = append_or_reset_again,
			.meanwhile = complete_reset,
		};
		struct cnull_io io = {
			.op = CNULL_OP_WRITE,
			.sector = zd_at(2, 0),
			.nr_sectors = 1,
		};

		KUNIT_ASSERT_EQ(test, start_reset(zd, CNULL_NO_WAIT), 0);
		KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT),
				-EAGAIN);
		KUNIT_EXPECT_FALSE(test, io.reserved);
		/* Requests without a reservation do not wait. */
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_OPEN, 2), 0);
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(2, 0), 8),
				0);
		expect_waiting(test, &w, NR_THREADS);
		expect_idle(test);
		KUNIT_EXPECT_LE(test, data_end(zd, 2), 3);
	}
}

/* Return the number of contexts that hold a ticket of the zone. */
static unsigned int nr_tickets(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->tickets_issued - zone->tickets_returned;
}

static void until_tickets(struct wait_test *w, unsigned int nr)
{
	while (nr_tickets(&zd_zones(w->zd)->zone[2]) != nr)
		cond_resched();
}

/* During a reset, let thread @nr draw the ticket of that number. */
static int append_in_order(struct wait_test *w, unsigned int nr)
{
	u64 sector = zd_at(2, 0);

	until_tickets(w, nr);
	return write_words(&workers[nr], CNULL_OP_ZONE_APPEND, 0, &sector, 1);
}

static int reset_in_order(struct wait_test *w, unsigned int nr)
{
	until_tickets(w, nr);
	return no_data(&workers[nr], CNULL_OP_ZONE_RESET, 2);
}

static int append_then_reset(struct wait_test *w, unsigned int nr)
{
	return nr == 1 ? append_in_order(w, nr) : reset_in_order(w, nr);
}

static int reset_then_append(struct wait_test *w, unsigned int nr)
{
	return nr == 1 ? reset_in_order(w, nr) : append_in_order(w, nr);
}

static void complete_reset_when_both_wait(struct wait_test *w)
{
	until_tickets(w, 3);
	complete_reset(w);
}

static void appends_and_resets_run_in_ticket_order(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start(test);
	for (i = 0; i < world_times(50); i++) {
		struct wait_test w = {
			.zd = zd,
			.wait = i % 2 ? append_then_reset : reset_then_append,
			.meanwhile = complete_reset_when_both_wait,
		};

		KUNIT_ASSERT_EQ(test, start_reset(zd, CNULL_NO_WAIT), 0);
		expect_waiting(test, &w, 3);
		expect_idle(test);
		if (i % 2)
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
		else
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 1);
	}
}

static void writes_between_resets_do_not_wait_for_each_other(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone *zone;
	unsigned int before[2];

	start(test);
	zone = &zd_zones(zd)->zone[2];
	KUNIT_ASSERT_EQ(test, start_reset(zd, CNULL_NO_WAIT), 0);
	before[0] = cnull_zone_queue_write(zone);
	before[1] = cnull_zone_queue_write(zone);
	cnull_zone_end_reset(zd_zones(zd), 2);
	/* The write with the last ticket goes first. */
	cnull_zone_wait_tickets(zone, before[1], false);
	cnull_zone_return_ticket(zone);
	/* A reset has to wait for the other one. */
	KUNIT_EXPECT_EQ(test, start_reset(zd, CNULL_NO_WAIT), -EAGAIN);
	cnull_zone_wait_tickets(zone, before[0], false);
	cnull_zone_return_ticket(zone);
	expect_idle(test);
}

/**
 * struct streams - threads that never leave zone 2 without an append in flight
 * @zd: the device
 * @in_flight: the number of appends in flight
 * @stop: the threads have to stop
 */
struct streams {
	struct zone_dev *zd;
	atomic_long_t in_flight;
	atomic_long_t stop;
};

static void commit_append(struct streams *s, struct cnull_io *io)
{
	atomic_long_dec(&s->in_flight);
	cnull_zone_commit(zd_zones(s->zd), 2, io, 1);
}

/* Reserve the next append before the last one completes, unless it waits for that. */
static void append_until_stopped(struct streams *s)
{
	struct cnull_io io[2] = { }, *last = &io[0], *next = &io[1], *other;

	while (!atomic_long_read(&s->stop)) {
		int err;

		next->op = CNULL_OP_ZONE_APPEND;
		next->sector = zd_at(2, 0);
		next->nr_sectors = 1;
		err = zd_reserve(zd_zones(s->zd), 2, next, CNULL_NO_WAIT);
		if (err && last->reserved)
			commit_append(s, last);
		if (err == -EAGAIN)
			err = zd_reserve(zd_zones(s->zd), 2, next, CNULL_MAY_WAIT);
		cond_resched();
		if (err)
			continue;	/* the zone is full */
		atomic_long_inc(&s->in_flight);
		if (last->reserved)
			commit_append(s, last);
		other = last;
		last = next;
		next = other;
	}
	if (last->reserved)
		commit_append(s, last);
}

/* Reset the zone, and check that no append is in flight before the reset ends. */
static int reset_exclusively(struct streams *s)
{
	int err = start_reset(s->zd, CNULL_MAY_WAIT);

	if (err)
		return err;
	err = atomic_long_read(&s->in_flight) ? -EBUSY : 0;
	cond_resched();
	if (atomic_long_read(&s->in_flight))
		err = -EBUSY;
	cnull_zone_end_reset(zd_zones(s->zd), 2);
	return err;
}

static void append_or_wait(void *arg, unsigned int nr)
{
	struct streams *s = arg;
	struct worker *w = &workers[nr];
	unsigned int i;

	if (nr) {
		append_until_stopped(s);
		return;
	}
	for (i = 0; i < world_times(300); i++) {
		u64 sector = zd_at(2, 0);
		int err = write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				      &sector, MAX_SECTORS);

		if ((err && err != -EIO) || no_data(w, CNULL_OP_FLUSH, 0) ||
		    reset_exclusively(s))
			note_error(w);
	}
	atomic_long_set(&s->stop, 1);
}

static void endless_appends_starve_neither_reset_nor_flush(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct streams s = { .zd = zd };

	start_cached(test);
	world_threads(NR_THREADS, append_or_wait, &s);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zd->errors), 0);
	KUNIT_EXPECT_FALSE(test, zd_zones(zd)->zone[2].oldest);
}

static struct kunit_case zone_threads_cases[] = {
	KUNIT_CASE(concurrent_appends_to_one_zone_never_overlap),
	KUNIT_CASE(writers_of_own_zones_share_open_resources),
	KUNIT_CASE(resets_during_appends_leave_whole_writes),
	KUNIT_CASE(random_operations_leave_zones_consistent),
	KUNIT_CASE(random_operations_with_cache_leave_zones_consistent),
	KUNIT_CASE(power_cut_during_appends_keeps_durable_data),
	KUNIT_CASE(request_waits_for_older_write),
	KUNIT_CASE(flush_does_not_wait_for_newer_write),
	KUNIT_CASE(flush_does_not_wait_for_newer_write_in_other_zone),
	KUNIT_CASE(flush_completes_during_overlapping_appends),
	KUNIT_CASE(flush_during_flush_waits_for_same_write),
	KUNIT_CASE(append_waits_for_waiting_reset),
	KUNIT_CASE(writes_and_reset_wait_for_running_reset),
	KUNIT_CASE(appends_and_resets_run_in_ticket_order),
	KUNIT_CASE(writes_between_resets_do_not_wait_for_each_other),
	KUNIT_CASE(endless_appends_starve_neither_reset_nor_flush),
	{}
};

WORLD_SUITE(zone_threads, zd_setup, zd_teardown, zone_threads_cases);
