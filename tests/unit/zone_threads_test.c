// SPDX-License-Identifier: GPL-2.0
/*
 * Zones with threads: who waits for whom, and who gets in whose way.
 *
 * Each write has a number of its own, and each of its sectors tells that, how many
 * they are, and which of them it is. So a zone shows whether each write that is in
 * it is so as a whole, or somebody else's copy came late.
 */
#include "zone_dev.h"
#include "zone/order.h"

#define NR_THREADS	4
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)
#define MOST		7U	/* sectors of a write */

/* Each thread has this much of the buffer. */
#define THREAD_BYTES	(sizeof(((struct zone_dev *)0)->buf) / NR_THREADS)

/**
 * struct worker - what a thread knows
 * @zd: what all share
 * @rng: where its randomness comes from
 * @data: its part of the buffer
 * @nr: its number
 * @seq: of its last write
 * @durable: so many sectors of each zone it knows to be
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

/* Of each sector of the zone that all append to, the word that is there. */
static u64 owners[ZD_CAPACITY];

static void blame(struct worker *w)
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
	KUNIT_ASSERT_EQ(test, zd_power(test->priv, true), 0);
	init_workers(test);
}

static u64 word_of(const struct worker *w, u64 nr, u64 i)
{
	return (u64)(w->nr + 1) << 56 | w->seq << 16 | nr << 8 | i;
}

/* The word that a sector is full of; 0 if there is none. */
static u64 word_at(const u8 *data)
{
	u64 word;

	memcpy(&word, data, sizeof(word));
	return memcmp(data, data + sizeof(word), SECTOR_BYTES - sizeof(word)) ?
		       0 : word;
}

static void put_words(struct worker *w, u64 nr)
{
	size_t i, words = SECTOR_BYTES / sizeof(u64);

	w->seq++;
	for (i = 0; i < nr * words; i++)
		((u64 *)w->data)[i] = word_of(w, nr, i / words);
}

/* Run a request as the driver does: who has to wait does so in a worker. */
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
		blame(w);
	return err;
}

static int no_data(struct worker *w, enum cnull_op op, unsigned int zone)
{
	struct cnull_io io = { .op = op, .sector = zd_at(zone, 0) };

	return run(w, &io);
}

/* Are these the sectors of its last write? */
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
 * How many sectors of a zone, the first ones, are those of whole writes, one behind
 * the other? The last one may end beyond @end. What there is stays in the buffer.
 */
static u64 tiled(struct zone_dev *zd, unsigned int zone, u64 end)
{
	u64 sector, i, nr;

	if (end && zd_run(zd, CNULL_OP_READ, zd_at(zone, 0), end))
		return ~0ULL;
	for (sector = 0; sector < end; sector += nr) {
		u64 word = word_at(zd->buf + sector * SECTOR_BYTES);

		nr = word >> 8 & 0xff;
		if (!nr || nr > MOST || word & 0xff)
			return sector;
		for (i = 1; i < nr && sector + i < end; i++)
			if (word_at(zd->buf + (sector + i) * SECTOR_BYTES) !=
			    word + i)
				return sector + i;
	}
	return end;
}

/* Where a zone's data ends. */
static u64 data_end(struct zone_dev *zd, unsigned int zone)
{
	return cnull_zone_data_end(zd_zones(zd), zone) - zd_at(zone, 0);
}

/* Nobody is in any zone; what there is is whole, and counted right. */
static void expect_peace(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test, atomic_long_read(&zd->errors), 0);
	KUNIT_EXPECT_TRUE(test, cnull_zones_are_consistent(zd_zones(zd)));
	for (nr = 1; nr < ZD_NR_ZONES; nr++) {
		struct cnull_zone *zone = &zd_zones(zd)->zone[nr];
		u64 end = data_end(zd, nr);

		KUNIT_EXPECT_FALSE(test, zone->oldest);
		KUNIT_EXPECT_EQ(test, zone->returned, zone->tickets);
		KUNIT_EXPECT_EQ(test, zone->next, zone->wp);
		if (zone->cond == CNULL_ZONE_EMPTY)
			KUNIT_EXPECT_EQ(test, end, 0);
		if (zone->cond == CNULL_ZONE_CLOSED)
			KUNIT_EXPECT_NE(test, end, 0);
		if (zone->cond == CNULL_ZONE_OFFLINE)
			KUNIT_EXPECT_EQ(test, cnull_zone_set_condition(zd->dev.live,
					nr, CNULL_ZONE_TO_READONLY), 0);
		KUNIT_EXPECT_EQ(test, tiled(zd, nr, end), end);
	}
}

/* Append until the zone is full. Each sector is somebody's, once. */
static void append_until_full(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	int err;

	do {
		u64 sector = zd_at(2, 0), n = 1 + rng_below(&w->rng, MOST), i;

		err = write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector, n);
		if (err)
			break;
		if (cnull_zone_data_end(zd_zones(w->zd), 2) < sector + n ||
		    !reads_back(w, sector, n))
			blame(w);
		for (i = 0; i < n; i++)
			if (xchg(&owners[sector - zd_at(2, 0) + i],
				 word_of(w, n, i)))
				blame(w);
	} while (!err);
	if (err != -EIO)
		blame(w);
}

static void appends_to_one_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;
	u64 i;

	start(test);
	for (round = 0; round < world_times(10); round++) {
		/* Every other time each of them is run twice. */
		world_fail_nowait(round % 2);
		memset(owners, 0, sizeof(owners));
		world_threads(NR_THREADS, append_until_full, zd);
		expect_peace(test);
		KUNIT_EXPECT_LE(test, ZD_CAPACITY - MOST, data_end(zd, 2));
		KUNIT_ASSERT_EQ(test, tiled(zd, 2, data_end(zd, 2)),
				data_end(zd, 2));
		for (i = 0; i < ZD_CAPACITY; i++)
			KUNIT_ASSERT_EQ(test, owners[i], i < data_end(zd, 2) ?
					word_at(zd->buf + i * SECTOR_BYTES) : 0);
		KUNIT_ASSERT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET, zd_at(2, 0),
					     0), 0);
	}
}

/* Each in a zone of its own, where it knows all. */
static void write_own_zone(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int zone = 1 + nr, i;
	u64 wp = data_end(w->zd, zone);

	for (i = 0; i < world_times(1500); i++) {
		u64 n = min(1 + rng_below(&w->rng, MOST), ZD_CAPACITY - wp);
		u64 sector = zd_at(zone, wp);

		if (!n || !rng_below(&w->rng, 300)) {
			wp = 0;
			if (no_data(w, CNULL_OP_ZONE_RESET, zone))
				blame(w);
			continue;
		}
		if (write_words(w, CNULL_OP_WRITE, 0, &sector, n))
			blame(w);
		wp += n;
		if (data_end(w->zd, zone) != wp ||
		    !reads_back(w, zd_at(zone, wp - n), n))
			blame(w);
		if (!rng_below(&w->rng, 20))
			no_data(w, CNULL_OP_ZONE_CLOSE, zone);
	}
}

/* There are more of them than may be open. */
static void writers_in_own_zones(struct kunit *test)
{
	struct zone_dev *zd = test->priv;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), 0);
	start(test);
	world_threads(NR_THREADS, write_own_zone, zd);
	expect_peace(test);
}

/* What anybody may do to a zone, appends most of all. */
static int anything(struct worker *w, unsigned int zone)
{
	u64 sector = zd_at(zone, rng_below(&w->rng, ZD_ZONE));
	struct cnull_io read = {
		.op = CNULL_OP_READ,
		.sector = zd_at(zone, rng_below(&w->rng, 64)),
		.nr_sectors = MOST,
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
		return cnull_zone_set_condition(w->zd->dev.live, zone,
					    CNULL_ZONE_TO_READONLY);
	case 12:
		return cnull_zone_set_condition(w->zd->dev.live, zone,
					    CNULL_ZONE_TO_OFFLINE);
	case 13 ... 14:
		return no_data(w, CNULL_OP_FLUSH, 0);
	case 15 ... 17:
		return run(w, &read);
	case 18:
		err = ZD_SET(w->zd, zone_max_open,
			     rng_below(&w->rng, 2) ? "2" : "3");
		/* Three may be open explicitly. */
		return err == -EBUSY ? 0 : err;
	case 19:
		return write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				   &sector, 1 + rng_below(&w->rng, MOST));
	case 20 ... 21:
		sector = cnull_zone_data_end(zd_zones(w->zd), zone);
		/* There may be no such sector in the zone. */
		sector = min(sector, zd_at(zone, ZD_CAPACITY - MOST));
		return write_words(w, CNULL_OP_WRITE, 0, &sector,
				   1 + rng_below(&w->rng, MOST));
	default:
		return write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector,
				   1 + rng_below(&w->rng, MOST));
	}
}

static void do_anything(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;

	for (i = 0; i < 300; i++) {
		switch (anything(w, 1 + rng_below(&w->rng, 4))) {
		case 0:
		case -EIO:
		case -ETOOMANYREFS:
		case -EOVERFLOW:
			break;
		default:
			blame(w);
		}
	}
}

static void try_anything(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_open, "2"), 0);
	KUNIT_EXPECT_EQ(test, ZD_SET(zd, zone_max_active, "3"), 0);
	start(test);
	for (round = 0; round < world_times(60); round++) {
		world_fail_nowait(round % 2);
		world_threads(NR_THREADS, do_anything, zd);
		expect_peace(test);
	}
}

static void anything_goes(struct kunit *test)
{
	try_anything(test);
}

static void anything_goes_with_a_cache(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ZD_SET((struct zone_dev *)test->priv, cache_size,
				     "1"), 0);
	try_anything(test);
}

/* At one zone: a reset that comes under appends, over and over. */
static void append_or_reset(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		u64 sector = zd_at(2, 0);
		int err = nr || i % 4 ?
			write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector,
				    1 + rng_below(&w->rng, MOST)) :
			no_data(w, CNULL_OP_ZONE_RESET, 2);

		if (err && (err != -EIO || data_end(w->zd, 2) < 100))
			blame(w);
	}
}

static void resets_under_appends(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round;

	start(test);
	for (round = 0; round < world_times(80); round++) {
		world_fail_nowait(round % 2);
		world_threads(NR_THREADS, append_or_reset, zd);
		expect_peace(test);
	}
}

/*
 * Append to two zones, some with FUA, and note what is durable by that, or by a
 * flush. Somewhere power is cut.
 */
static void append_until_cut(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i, when = nr ? ~0U : rng_below(&w->rng, 400);
	u64 ended[4] = { 0 };

	memset(w->durable, 0, sizeof(w->durable));
	for (i = 0; i < 150 && !cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT); i++) {
		bool fua = !rng_below(&w->rng, 16);
		unsigned int zone = 2 + rng_below(&w->rng, 2);
		u64 sector = zd_at(zone, 0), n = 1 + rng_below(&w->rng, MOST);
		int err;

		if (i == when)
			cnull_dev_cut(&w->zd->dev);
		err = write_words(w, CNULL_OP_ZONE_APPEND, fua ? CNULL_IO_FUA : 0,
				  &sector, n);
		if (err || cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT))
			break;
		ended[zone] = sector + n - zd_at(zone, 0);
		if (fua)
			w->durable[zone] = ended[zone];
		if (!rng_below(&w->rng, 32) && !no_data(w, CNULL_OP_FLUSH, 0) &&
		    !cnull_has(w->zd->dev.live, CNULL_FEATURE_CUT))
			memcpy(w->durable, ended, sizeof(ended));
	}
}

/* What is durable, and all that is below it, is there then; more may be. */
static void power_under_appends(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int round, nr, i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
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

/** enum waits - what has to wait for a write that is under way */
enum waits {
	RESET_WAITS,
	RESET_ALL_WAITS,
	READONLY_WAITS,		/* the second time, which is a reset */
	OFFLINE_WAITS,
	FLUSH_WAITS,
	FUA_WAITS,
	PREFLUSH_WAITS,
	NR_WAITS
};

/**
 * struct meeting - two threads, of which one waits for the other
 * @zd: the device
 * @what: what waits
 * @io: the write that is under way; has no place if it is a reset that is
 * @nr_done: so many of its sectors are written before it ends
 * @done: who waited has done so
 * @early: it was so before it should have been
 * @err: how it went
 */
struct meeting {
	struct zone_dev *zd;
	enum waits what;
	struct cnull_io io;
	u64 nr_done;
	atomic_long_t done;
	bool early;
	int err;
};

static int do_what_waits(struct meeting *m)
{
	struct worker *w = &workers[1];
	u64 sector = zd_at(2, 0);

	switch (m->what) {
	case RESET_WAITS:
		return no_data(w, CNULL_OP_ZONE_RESET, 2);
	case RESET_ALL_WAITS:
		return no_data(w, CNULL_OP_ZONE_RESET_ALL, 0);
	case READONLY_WAITS:
		return cnull_zone_set_condition(m->zd->dev.live, 2,
					    CNULL_ZONE_TO_READONLY);
	case OFFLINE_WAITS:
		return cnull_zone_set_condition(m->zd->dev.live, 2,
					    CNULL_ZONE_TO_OFFLINE);
	case FLUSH_WAITS:
		return no_data(w, CNULL_OP_FLUSH, 0);
	case FUA_WAITS:
		return write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				   &sector, 5);
	default:
		return write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_PREFLUSH,
				   &sector, 5);
	}
}

static bool is_awaited(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->awaited;
}

/* Until somebody waits for zone 2, or should have and did not. */
static void until_awaited(struct meeting *m)
{
	while (!is_awaited(&zd_zones(m->zd)->zone[2]) &&
	       !atomic_long_read(&m->done))
		cond_resched();
	m->early = atomic_long_read(&m->done);
}

static void meet_at_a_write(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	int err;

	if (nr) {
		err = do_what_waits(m);
		if (err)
			m->err = err;
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	workers[0].seq = 1;
	if (zd_io(m->zd, &m->io, workers[0].data, CNULL_MAY_WAIT))
		blame(&workers[0]);
}

/* Bring zone 2 to where @what waits for the write that is under way there. */
static int get_under_way(struct meeting *m)
{
	struct cnull_live *live = m->zd->dev.live;
	int err = zd_hold(m->zd, &m->io, CNULL_OP_ZONE_APPEND, zd_at(2, 0), 6);

	if (err == -EAGAIN && m->what == READONLY_WAITS)
		return cnull_zone_set_condition(live, 2, CNULL_ZONE_TO_READONLY);
	if (err == -EAGAIN && m->what == OFFLINE_WAITS)
		return cnull_zone_set_condition(live, 2, CNULL_ZONE_TO_OFFLINE);
	return err == -EAGAIN ? 0 : err ?: 1;
}

static void waiting_for_a_write(struct kunit *test)
{
	/* So many sectors are there at last, and after a power cut, at least. */
	static const u64 left[NR_WAITS] = {
		[FLUSH_WAITS] = 6, [FUA_WAITS] = 11, [PREFLUSH_WAITS] = 11,
	};
	static const u64 safe[NR_WAITS] = {
		[FLUSH_WAITS] = 6, [FUA_WAITS] = 11, [PREFLUSH_WAITS] = 6,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	for (i = 0; i < world_times(30) * NR_WAITS; i++) {
		struct meeting m = { .zd = zd, .what = i % NR_WAITS };

		zd_renew(test);
		KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
		start(test);
		KUNIT_ASSERT_EQ(test, get_under_way(&m), 0);
		put_words(&workers[0], 6);
		world_threads(2, meet_at_a_write, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		KUNIT_EXPECT_EQ(test, data_end(zd, 2), left[m.what]);
		expect_peace(test);
		KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
		KUNIT_ASSERT_EQ(test, zd_cycle(zd), 0);
		KUNIT_EXPECT_EQ(test, data_end(zd, 2), safe[m.what]);
		KUNIT_EXPECT_EQ(test, tiled(zd, 2, safe[m.what]), safe[m.what]);
	}
}

/* Until what waits is done; but not for ever. */
static void until_done(struct meeting *m)
{
	unsigned int i;

	for (i = 0; i < 1000000000 && !atomic_long_read(&m->done); i++)
		cond_resched();
	if (!atomic_long_read(&m->done))
		blame(&workers[0]);
}

/* The next write begins when the last one has ended, before anybody looks. */
static void follow_a_write(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	struct cnull_io *io = &m->io;
	struct cnull_zones *zones = zd_zones(m->zd);

	if (nr) {
		m->err = no_data(&workers[1], CNULL_OP_FLUSH, 0);
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	cnull_zone_commit(zones, 2, io, m->nr_done);
	if (zd_reserve(zones, 2, io, CNULL_NO_WAIT))
		blame(&workers[0]);
	until_done(m);
	cnull_zone_commit(zones, 2, io, io->nr_sectors);
}

/* A later write does not matter, also if it goes where the one before it failed. */
static void a_flush_ends_under_writes(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
	for (i = 0; i < world_times(100); i++) {
		struct meeting m = { .zd = zd, .what = FLUSH_WAITS };

		KUNIT_ASSERT_EQ(test, get_under_way(&m), 0);
		m.nr_done = i % 2 ? m.io.nr_sectors : 0;
		world_threads(2, follow_a_write, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&zd->errors), 0);
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET,
					     zd_at(2, 0), 0), 0);
	}
}

/* A flush waits in zone 2, and a write begins in zone 3, where it has yet to look. */
static void write_in_another_zone(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	struct cnull_zones *zones = zd_zones(m->zd);
	struct cnull_io later = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(3, 0),
		.nr_sectors = 1,
	};

	if (nr) {
		m->err = no_data(&workers[1], CNULL_OP_FLUSH, 0);
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	if (zd_reserve(zones, 3, &later, CNULL_NO_WAIT))
		blame(&workers[0]);
	cnull_zone_commit(zones, 2, &m->io, m->io.nr_sectors);
	until_done(m);
	cnull_zone_commit(zones, 3, &later, 1);
}

static void flush_waits_for_no_later_write_of_any_zone(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
	for (i = 0; i < world_times(20); i++) {
		struct meeting m = {
			.zd = zd,
			.io = {
				.op = CNULL_OP_ZONE_APPEND,
				.sector = zd_at(2, 0),
				.nr_sectors = 1,
			},
		};

		/* Zone 3 is busy, then zone 2 is: a flush looks at the last one first. */
		KUNIT_ASSERT_EQ(test, zd_append(zd, zd_at(3, 0), 1), 0);
		KUNIT_ASSERT_EQ(test, zd_reserve(zd_zones(zd), 2,
						 &m.io, CNULL_NO_WAIT), 0);
		world_threads(2, write_in_another_zone, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&zd->errors), 0);
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET,
					     zd_at(2, 0), 0), 0);
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_RESET,
					     zd_at(3, 0), 0), 0);
	}
}

/* Later appends that overlap, so that at no moment none is in flight. */
#define NR_LATER	1000U

static bool is_busy(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->is_busy;
}

static void append_without_a_gap(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	struct cnull_zones *zones = zd_zones(m->zd);
	struct cnull_io io[2], *last = &m->io;
	unsigned int i;

	if (nr) {
		m->err = do_what_waits(m);
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	for (i = 0; i < NR_LATER; i++) {
		struct cnull_io *next = &io[i % 2];

		*next = (struct cnull_io) {
			.op = CNULL_OP_ZONE_APPEND,
			.sector = zd_at(2, 0),
			.nr_sectors = 1,
		};
		if (zd_reserve(zones, 2, next, CNULL_NO_WAIT))
			blame(&workers[0]);
		cnull_zone_commit(zones, 2, last, last->nr_sectors);
		last = next;
	}
	until_done(m);
	/* The next flush has to wait for it. */
	if (!is_busy(&zones->zone[2]))
		blame(&workers[0]);
	cnull_zone_commit(zones, 2, last, last->nr_sectors);
}

/* As many writes as may come later make neither a flush nor FUA wait. */
static void flush_under_overlapping_appends_ends(struct kunit *test)
{
	static const enum waits what[] = {
		FLUSH_WAITS, FUA_WAITS, PREFLUSH_WAITS,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
	for (i = 0; i < world_times(20) * ARRAY_SIZE(what); i++) {
		struct meeting m = {
			.zd = zd,
			.what = what[i % ARRAY_SIZE(what)],
		};

		KUNIT_ASSERT_EQ(test, get_under_way(&m), 0);
		world_threads(2, append_without_a_gap, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&zd->errors), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

static void flush_one_by_one(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	unsigned int i;

	if (nr) {
		while (nr == 2 && !is_awaited(&zd_zones(m->zd)->zone[2]) &&
		       !atomic_long_read(&m->done))
			cond_resched();
		if (no_data(&workers[nr], CNULL_OP_FLUSH, 0))
			blame(&workers[nr]);
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	/* Time for the second one to end too early. */
	for (i = 0; i < 100000 && !atomic_long_read(&m->done); i++)
		cond_resched();
	m->early = atomic_long_read(&m->done);
	cnull_zone_commit(zd_zones(m->zd), 2, &m->io, m->io.nr_sectors);
}

/* The first one has the list of the zones that the second one has to wait for. */
static void flush_during_another_waits(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
	for (i = 0; i < world_times(50); i++) {
		struct meeting m = { .zd = zd, .what = FLUSH_WAITS };

		KUNIT_ASSERT_EQ(test, get_under_way(&m), 0);
		world_threads(3, flush_one_by_one, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&zd->errors), 0);
		KUNIT_EXPECT_EQ(test, zd_op(zd, CNULL_OP_ZONE_RESET, 2), 0);
	}
}

static void append_before_and_after_a_reset(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	struct cnull_zones *zones = zd_zones(m->zd);
	struct cnull_io io = {
		.op = CNULL_OP_ZONE_APPEND,
		.sector = zd_at(2, 0),
		.nr_sectors = 1,
	};

	if (nr) {
		m->err = do_what_waits(m);
		atomic_long_set(&m->done, 1);
		return;
	}
	until_awaited(m);
	/* It waits for the one that is in flight, and for no other. */
	if (zd_reserve(zones, 2, &io, CNULL_NO_WAIT) != -EAGAIN) {
		blame(&workers[0]);
		cnull_zone_commit(zones, 2, &io, io.nr_sectors);
	}
	cnull_zone_commit(zones, 2, &m->io, m->io.nr_sectors);
	until_done(m);
}

static void appends_wait_for_a_reset_that_waits(struct kunit *test)
{
	static const enum waits what[] = {
		RESET_WAITS, RESET_ALL_WAITS,
	};
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start(test);
	for (i = 0; i < world_times(20) * ARRAY_SIZE(what); i++) {
		struct meeting m = {
			.zd = zd,
			.what = what[i % ARRAY_SIZE(what)],
		};

		KUNIT_ASSERT_EQ(test, get_under_way(&m), 0);
		world_threads(2, append_before_and_after_a_reset, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&zd->errors), 0);
		expect_peace(test);
		EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
	}
}

static void meet_at_a_reset(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	struct worker *w = &workers[nr];
	u64 sector = zd_at(2, 0);

	if (!nr) {
		until_awaited(m);
		cnull_zone_erased(zd_zones(m->zd), 2);
		return;
	}
	/* One writes, two append, and one resets once more. */
	if (nr == 3)
		m->err = no_data(w, CNULL_OP_ZONE_RESET, 2);
	else if (write_words(w, CNULL_OP_ZONE_APPEND, 0, &sector, nr))
		blame(w);
	atomic_long_set(&m->done, 1);
}

/* Whoever comes while a zone's data is being forgotten comes in afterwards. */
static void waiting_for_a_reset(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;

	start(test);
	for (i = 0; i < world_times(100); i++) {
		struct meeting m = { .zd = zd };
		struct cnull_io io = {
			.op = CNULL_OP_WRITE,
			.sector = zd_at(2, 0),
			.nr_sectors = 1,
		};
		bool forget;

		KUNIT_EXPECT_EQ(test, zd_change(zd_zones(zd), 2,
						CNULL_ZONE_RESET, CNULL_NO_WAIT,
						&forget), 0);
		KUNIT_ASSERT_TRUE(test, forget);
		KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT),
				-EAGAIN);
		KUNIT_EXPECT_FALSE(test, io.reserved);
		/* To do what needs no place is no reason to wait. */
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_ZONE_OPEN, zd_at(2, 0),
					     0), 0);
		KUNIT_EXPECT_EQ(test, zd_run(zd, CNULL_OP_READ, zd_at(2, 0), 8),
				0);
		world_threads(NR_THREADS, meet_at_a_reset, &m);
		KUNIT_EXPECT_FALSE(test, m.early);
		KUNIT_EXPECT_EQ(test, m.err, 0);
		expect_peace(test);
		KUNIT_EXPECT_LE(test, data_end(zd, 2), 3);
	}
}

/* How many contexts hold a ticket for the gate of a zone? */
static unsigned int nr_tickets(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->tickets - zone->returned;
}

static void until_tickets(struct meeting *m, unsigned int nr)
{
	while (nr_tickets(&zd_zones(m->zd)->zone[2]) != nr)
		cond_resched();
}

/* Under a reset, thread 1 and then thread 2: an append and a reset, or the reverse. */
static void come_one_by_one(void *arg, unsigned int nr)
{
	struct meeting *m = arg;
	u64 sector = zd_at(2, 0);
	int err;

	if (!nr) {
		until_tickets(m, 3);
		cnull_zone_erased(zd_zones(m->zd), 2);
		return;
	}
	until_tickets(m, nr);
	if ((nr == 1) == (m->what == FUA_WAITS))
		err = write_words(&workers[nr], CNULL_OP_ZONE_APPEND, 0, &sector,
				  1);
	else
		err = no_data(&workers[nr], CNULL_OP_ZONE_RESET, 2);
	if (err)
		blame(&workers[nr]);
}

static void appends_and_resets_come_in_order(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	unsigned int i;
	bool forget;

	start(test);
	for (i = 0; i < world_times(50); i++) {
		struct meeting m = {
			.zd = zd,
			.what = i % 2 ? FUA_WAITS : RESET_WAITS,
		};

		KUNIT_ASSERT_EQ(test, zd_change(zd_zones(zd), 2,
						CNULL_ZONE_RESET, CNULL_NO_WAIT,
						&forget), 0);
		world_threads(3, come_one_by_one, &m);
		expect_peace(test);
		if (i % 2)
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_EMPTY, 0);
		else
			EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 1);
	}
}

/* Writes between two resets do not wait for each other. */
static void writes_behind_a_reset_pass_together(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_zone *zone;
	unsigned int before[2];
	bool forget;

	start(test);
	zone = &zd_zones(zd)->zone[2];
	KUNIT_ASSERT_EQ(test, zd_change(zd_zones(zd), 2,
						CNULL_ZONE_RESET, CNULL_NO_WAIT,
						&forget), 0);
	before[0] = cnull_zone_queue_write(zone);
	before[1] = cnull_zone_queue_write(zone);
	cnull_zone_erased(zd_zones(zd), 2);
	/* The one that came last gets through first. */
	cnull_zone_await_tickets(zone, before[1], false);
	cnull_zone_return_ticket(zone);
	/* Until the other one is through, too, there is no reset at once. */
	KUNIT_EXPECT_EQ(test, zd_change(zd_zones(zd), 2,
						CNULL_ZONE_RESET, CNULL_NO_WAIT,
						&forget),
			-EAGAIN);
	cnull_zone_await_tickets(zone, before[0], false);
	cnull_zone_return_ticket(zone);
	expect_peace(test);
}

/**
 * struct streams - appends that never leave a zone quiet, and what ends nevertheless
 * @zd: the device
 * @inside: so many appends have their place
 * @stop: enough of them
 */
struct streams {
	struct zone_dev *zd;
	atomic_long_t inside;
	atomic_long_t stop;
};

static void leave_stream(struct streams *s, struct cnull_io *io)
{
	atomic_long_dec(&s->inside);
	cnull_zone_commit(zd_zones(s->zd), 2, io, 1);
}

/* Reserve the next one before the last one ends, unless that has to wait for it. */
static void stream(struct streams *s)
{
	struct cnull_zones *zones = zd_zones(s->zd);
	struct cnull_io io[2] = { }, *last = &io[0], *next = &io[1], *other;

	while (!atomic_long_read(&s->stop)) {
		int err;

		next->op = CNULL_OP_ZONE_APPEND;
		next->sector = zd_at(2, 0);
		next->nr_sectors = 1;
		err = zd_reserve(zones, 2, next, CNULL_NO_WAIT);
		if (err && last->reserved)
			leave_stream(s, last);
		if (err == -EAGAIN)
			err = zd_reserve(zones, 2, next, CNULL_MAY_WAIT);
		cond_resched();
		if (err)
			continue;	/* it is full */
		atomic_long_inc(&s->inside);
		if (last->reserved)
			leave_stream(s, last);
		other = last;
		last = next;
		next = other;
	}
	if (last->reserved)
		leave_stream(s, last);
}

/* When it is alone in the zone, nobody is in it. */
static int reset_alone(struct streams *s)
{
	struct cnull_zones *zones = zd_zones(s->zd);
	bool forget;
	int err = zd_change(zones, 2, CNULL_ZONE_RESET, CNULL_MAY_WAIT,
			    &forget);

	if (err)
		return err;
	err = atomic_long_read(&s->inside) ? -EBUSY : 0;
	cond_resched();
	if (atomic_long_read(&s->inside))
		err = -EBUSY;
	cnull_zone_erased(zones, 2);
	return err;
}

static void stream_or_wait(void *arg, unsigned int nr)
{
	struct streams *s = arg;
	struct worker *w = &workers[nr];
	unsigned int i;

	if (nr) {
		stream(s);
		return;
	}
	for (i = 0; i < world_times(300); i++) {
		u64 sector = zd_at(2, 0);
		int err = write_words(w, CNULL_OP_ZONE_APPEND, CNULL_IO_FUA,
				      &sector, MOST);

		if ((err && err != -EIO) || no_data(w, CNULL_OP_FLUSH, 0) ||
		    reset_alone(s))
			blame(w);
	}
	atomic_long_set(&s->stop, 1);
}

static void streams_of_appends_keep_nobody_waiting(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct streams s = { .zd = zd };

	KUNIT_EXPECT_EQ(test, ZD_SET(zd, cache_size, "1"), 0);
	start(test);
	world_threads(NR_THREADS, stream_or_wait, &s);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zd->errors), 0);
	KUNIT_EXPECT_FALSE(test, zd_zones(zd)->zone[2].oldest);
}

static struct kunit_case zone_threads_cases[] = {
	KUNIT_CASE(appends_to_one_zone),
	KUNIT_CASE(writers_in_own_zones),
	KUNIT_CASE(resets_under_appends),
	KUNIT_CASE(anything_goes),
	KUNIT_CASE(anything_goes_with_a_cache),
	KUNIT_CASE(power_under_appends),
	KUNIT_CASE(waiting_for_a_write),
	KUNIT_CASE(a_flush_ends_under_writes),
	KUNIT_CASE(flush_waits_for_no_later_write_of_any_zone),
	KUNIT_CASE(flush_under_overlapping_appends_ends),
	KUNIT_CASE(flush_during_another_waits),
	KUNIT_CASE(appends_wait_for_a_reset_that_waits),
	KUNIT_CASE(waiting_for_a_reset),
	KUNIT_CASE(appends_and_resets_come_in_order),
	KUNIT_CASE(writes_behind_a_reset_pass_together),
	KUNIT_CASE(streams_of_appends_keep_nobody_waiting),
	{}
};

WORLD_SUITE(zone_threads, zd_setup, zd_teardown, zone_threads_cases);
