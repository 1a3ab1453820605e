// SPDX-License-Identifier: GPL-2.0
/*
 * The gate: which runs it holds back, and which runs a close waits for.
 */
#include "run_io.h"
#include "zone_dev.h"

#define NR_SECTORS	2048
#define NR_THREADS	5
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)

/* The sectors of a write of a thread, which are in three pages. */
#define AREA_SECTORS	16U

/**
 * struct fixture - a live device without a device around it
 * @live: the live device, with memory
 * @store: the data
 * @faults: the injected faults, attached to @live by some cases
 * @stage: the progress of a test with threads
 * @errors: the number of errors that threads found
 * @inside: a run is inside of the gate
 * @data: the data of requests, for each thread
 */
struct fixture {
	struct cnull_live live;
	struct cnull_store store;
	struct cnull_faults faults;
	atomic_long_t stage;
	atomic_long_t errors;
	atomic_long_t inside;
	u8 data[NR_THREADS][AREA_SECTORS << SECTOR_SHIFT];
};

static int gate_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	test->priv = f;
	cnull_store_init(&f->store);
	cnull_inject_init(&f->faults);
	f->live.name = "disk";
	f->live.backend = CNULL_BACKEND_MQ;
	f->live.nr_sectors = NR_SECTORS;
	f->live.store = &f->store;
	f->live.faults = &f->faults;
	cnull_gate_init(&f->live.gate, &f->live.features);
	err = cnull_store_prepare(&f->store, NR_SECTORS * 512, NUMA_NO_NODE);
	/* From now on, an allocation that may start I/O is a bug. */
	world_in_io(true);
	return err;
}

static void gate_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (test_bit(CNULL_FEATURE_CACHE, &f->live.features))
		cnull_cache_destroy(&f->live.cache);
	cnull_inject_destroy(&f->faults);
	cnull_store_destroy(&f->store);
	kfree(f);
}

static void add_cache(struct fixture *f)
{
	cnull_cache_init(&f->live.cache, &f->store, NR_SECTORS * 512, 100,
			 NUMA_NO_NODE);
	set_bit(CNULL_FEATURE_CACHE, &f->live.features);
}

/* Run a request of thread @nr on its own area. */
static int run(struct fixture *f, enum cnull_op op, unsigned int nr,
	       enum cnull_wait wait)
{
	struct cnull_io io = {
		.op = op,
		.sector = 3 + nr * AREA_SECTORS,
		.nr_sectors = AREA_SECTORS,
	};

	return run_io(&f->live, &io, f->data[nr], sizeof(f->data[nr]), wait);
}

static void note_error(struct fixture *f)
{
	atomic_long_inc(&f->errors);
}

static void until_stage(struct fixture *f, long stage)
{
	while (atomic_long_read(&f->stage) < stage)
		cond_resched();
}

static void closed_gate_defers_runs_that_must_not_wait(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_gate_close(&f->live.gate);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_READ, 0, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	cnull_gate_open(&f->live.gate);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 0, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, f->live.features, 0);
}

/* A run that has found no feature set, immediately before the gate closed. */
static int run_late(struct fixture *f, unsigned int nr)
{
	struct cnull_io io = {
		.op = CNULL_OP_WRITE,
		.sector = 3 + nr * AREA_SECTORS,
		.nr_sectors = AREA_SECTORS,
	};
	enum cnull_action action;

	io.iter = world_iter(f->data[nr], sizeof(f->data[nr]));
	action = cnull_run_may_wait(&f->live, &io);
	world_iter_end(io.iter);
	return action == CNULL_COMPLETE ? io.error : -EAGAIN;
}

/* The runs that wait at a closed gate, by thread. */
static int run_held_back(struct fixture *f, unsigned int nr)
{
	bool is_data;

	switch (nr) {
	case 1:
		return run(f, CNULL_OP_WRITE, nr, CNULL_MAY_WAIT);
	case 2:
		return run(f, CNULL_OP_DISCARD, nr, CNULL_MAY_WAIT);
	case 3:
		return run_late(f, nr);
	default:
		return cnull_data_extent(&f->live, 0, 512, &is_data) != 512;
	}
}

static void close_or_run(void *arg, unsigned int nr)
{
	struct fixture *f = arg;

	if (nr) {
		until_stage(f, 1);
		if (run_held_back(f, nr))
			note_error(f);
		atomic_long_inc(&f->stage);
		return;
	}
	cnull_gate_close(&f->live.gate);
	atomic_long_set(&f->stage, 1);
	world_let_others_run();
	if (atomic_long_read(&f->stage) != 1 ||
	    cnull_budget_pages(&f->store.budget))
		note_error(f);
	cnull_gate_open(&f->live.gate);
}

static void closed_gate_holds_runs_back_until_it_opens(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, close_or_run, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->stage), NR_THREADS);
	KUNIT_EXPECT_LT(test, 0L, cnull_budget_pages(&f->store.budget));
}

/* Stay in the middle of a run until a context closes the gate, and some time longer. */
static void stay_inside(void *arg)
{
	struct fixture *f = arg;
	unsigned int i;

	atomic_long_set(&f->inside, 1);
	while (!cnull_has(&f->live, CNULL_FEATURE_GATE))
		;
	/* The run may be in a read section, so this cannot sleep. */
	for (i = 0; i < 10000000; i++)
		READ_ONCE(f->live.features);
	atomic_long_set(&f->inside, 0);
}

static void close_or_stay_inside(struct fixture *f, unsigned int nr,
				 enum cnull_wait wait)
{
	if (nr) {
		if (run(f, CNULL_OP_WRITE, nr, wait))
			note_error(f);
		return;
	}
	while (!atomic_long_read(&f->inside))
		cond_resched();
	cnull_gate_close(&f->live.gate);
	if (atomic_long_read(&f->inside))
		note_error(f);
	cnull_gate_open(&f->live.gate);
}

static void close_during_run_no_wait(void *arg, unsigned int nr)
{
	close_or_stay_inside(arg, nr, CNULL_NO_WAIT);
}

static void close_during_run_may_wait(void *arg, unsigned int nr)
{
	close_or_stay_inside(arg, nr, CNULL_MAY_WAIT);
}

static void close_waits_for_run_under_way(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* On the plain path: two runs that read the features before they were set. */
	world_at_alloc(1, stay_inside, f);
	world_threads(2, close_during_run_no_wait, f);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_DISCARD, 1, CNULL_MAY_WAIT), 0);
	world_at_alloc(1, stay_inside, f);
	world_threads(2, close_during_run_may_wait, f);
	KUNIT_EXPECT_EQ(test, f->live.features, 0);
	/* On the full path: a run that is counted. */
	add_cache(f);
	world_at_alloc(1, stay_inside, f);
	world_threads(2, close_during_run_may_wait, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
}

static void request_that_waits_for_its_deadline_does_not_delay_close(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_FLUSH };

	f->live.time.completion_nsec = 1000;
	set_bit(CNULL_FEATURE_DELAY, &f->live.features);
	world_set_time(1);
	KUNIT_EXPECT_EQ(test, cnull_io_run(&f->live, &io, CNULL_MAY_WAIT),
			CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, cnull_io_deadline(&f->live, &io), 1001);
	cnull_gate_close(&f->live.gate);
	cnull_gate_open(&f->live.gate);
	KUNIT_EXPECT_EQ(test, cnull_io_end(&f->live, &io), 0);
}

/* The fault is drawn in the first run, which the gate defers. */
static void deferred_request_gets_its_fault_and_its_trace_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_WRITE, .nr_sectors = AREA_SECTORS };

	cnull_inject_attach(&f->faults, &f->live.features);
	cnull_inject_set(&f->faults, CNULL_FAULT_TIMEOUT,
			 CNULL_FAULT_ID_probability, "100");
	cnull_inject_set(&f->faults, CNULL_FAULT_TIMEOUT, CNULL_FAULT_ID_times,
			 "1");
	world_set_tracing(true);
	cnull_gate_close(&f->live.gate);
	KUNIT_EXPECT_EQ(test, run_io(&f->live, &io, f->data[0],
				     sizeof(f->data[0]), CNULL_NO_WAIT), -EAGAIN);
	cnull_gate_open(&f->live.gate);
	KUNIT_EXPECT_EQ(test, run_io(&f->live, &io, f->data[0],
				     sizeof(f->data[0]), CNULL_MAY_WAIT),
			-ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, run(f, CNULL_OP_WRITE, 1, CNULL_NO_WAIT), 0);
	KUNIT_EXPECT_EQ(test, world_trace().starts, 2);
	world_set_tracing(false);
	cnull_inject_attach(&f->faults, NULL);
}

/* Fill the data of a thread: the first word of each sector is @word. */
static void put_word(struct fixture *f, unsigned int nr, u64 word)
{
	unsigned int i;

	for (i = 0; i < AREA_SECTORS; i++)
		memcpy(&f->data[nr][i * SECTOR_BYTES], &word, sizeof(word));
}

/* Write the area of the thread again and again, and sometimes clear it. */
static void rewrite_area(struct fixture *f, unsigned int nr)
{
	u64 word = 1;

	while (!atomic_long_read(&f->stage)) {
		enum cnull_op op = ++word % 16 ? CNULL_OP_WRITE :
						 CNULL_OP_DISCARD;
		int err = -EAGAIN;

		put_word(f, nr, word);
		if (word & 32)
			err = run(f, op, nr, CNULL_NO_WAIT);
		if (err == -EAGAIN)
			err = run(f, op, nr, CNULL_MAY_WAIT);
		if (err)
			note_error(f);
		cond_resched();
	}
}

/* Does the area of a thread, as it is stored, consist of one write? */
static bool area_is_whole(struct fixture *f, unsigned int nr)
{
	const u64 len = sizeof(f->data[0]);
	struct cnull_iter begin = world_iter(f->data[0], len), to = begin;
	u64 pos = (3 + nr * AREA_SECTORS) * SECTOR_BYTES;
	unsigned int i;

	if (cnull_has(&f->live, CNULL_FEATURE_CACHE))
		cnull_cache_read(&f->live.cache, pos, len, &to);
	else
		cnull_store_read(&f->store, pos, len, &to);
	world_iter_end(begin);
	for (i = 1; i < AREA_SECTORS; i++)
		if (memcmp(f->data[0], &f->data[0][i * SECTOR_BYTES], sizeof(u64)))
			return false;
	return true;
}

static void check_areas(struct fixture *f)
{
	unsigned int i, nr;

	for (i = 0; i < world_times(300); i++) {
		cnull_gate_close(&f->live.gate);
		for (nr = 1; nr < NR_THREADS; nr++)
			if (!area_is_whole(f, nr))
				note_error(f);
		cnull_gate_open(&f->live.gate);
		cond_resched();
	}
	atomic_long_set(&f->stage, 1);
}

static void check_or_rewrite(void *arg, unsigned int nr)
{
	if (nr)
		rewrite_area(arg, nr);
	else
		check_areas(arg);
}

static void closed_gate_shows_whole_requests(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, check_or_rewrite, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
}

static void closed_gate_shows_whole_requests_in_cache(struct kunit *test)
{
	struct fixture *f = test->priv;

	add_cache(f);
	world_threads(NR_THREADS, check_or_rewrite, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(closed_gate_defers_runs_that_must_not_wait),
	KUNIT_CASE(closed_gate_holds_runs_back_until_it_opens),
	KUNIT_CASE(close_waits_for_run_under_way),
	KUNIT_CASE(request_that_waits_for_its_deadline_does_not_delay_close),
	KUNIT_CASE(deferred_request_gets_its_fault_and_its_trace_once),
	KUNIT_CASE(closed_gate_shows_whole_requests),
	KUNIT_CASE(closed_gate_shows_whole_requests_in_cache),
	{ }
};

WORLD_SUITE(gate, gate_init, gate_exit, gate_cases);

/**
 * struct held_write - a write with a reservation, and the contexts that meet it
 * @zd: the device
 * @io: the write, in flight in zone 2
 */
struct held_write {
	struct zone_dev *zd;
	struct cnull_io io;
};

static bool has_waiters(struct cnull_zone *zone)
{
	guard(spinlock)(&zone->lock);
	return zone->has_waiters;
}

/*
 * Thread 1 runs a reset, which waits for the write. Thread 2 closes the gate, and waits for
 * the reset. Thread 0 runs the write again. If the gate defers the write, that ends as an
 * error, not as a deadlock.
 */
static void close_while_reset_waits(void *arg, unsigned int nr)
{
	struct held_write *held = arg;
	struct zone_dev *zd = held->zd;
	struct cnull_gate *gate = &zd->dev.live->gate;

	switch (nr) {
	case 0:
		while (!READ_ONCE(gate->closing))
			cond_resched();
		if (zd_io(zd, &held->io, zd->buf, CNULL_NO_WAIT)) {
			atomic_long_inc(&zd->errors);
			cnull_zone_abandon(zd_zones(zd), 2, &held->io);
		}
		break;
	case 1: {
		struct cnull_io reset = {
			.op = CNULL_OP_ZONE_RESET,
			.sector = zd_at(2, 0),
		};

		if (zd_io(zd, &reset, NULL, CNULL_MAY_WAIT))
			atomic_long_inc(&zd->errors);
		break;
	}
	default:
		while (!has_waiters(&zd_zones(zd)->zone[2]))
			cond_resched();
		cnull_gate_close(gate);
		if (zd_wp(zd, 2))
			atomic_long_inc(&zd->errors);
		cnull_gate_open(gate);
	}
}

static void reserved_write_passes_closing_gate(struct kunit *test)
{
	struct held_write held = { .zd = test->priv };
	unsigned int i;

	zd_start(test);
	for (i = 0; i < world_times(50); i++) {
		KUNIT_ASSERT_EQ(test, zd_hold(held.zd, &held.io, CNULL_OP_WRITE,
					      zd_at(2, 0), 6), -EAGAIN);
		world_threads(3, close_while_reset_waits, &held);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&held.zd->errors), 0);
	}
}

static void reserved_write_waits_at_closed_gate(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_gate *gate;
	struct cnull_io io;

	zd_start(test);
	gate = &zd->dev.live->gate;
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE, zd_at(2, 0), 6),
			-EAGAIN);
	cnull_gate_close(gate);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), -EAGAIN);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 0);
	cnull_gate_open(gate);
	KUNIT_EXPECT_EQ(test, zd_rerun(zd, &io), 0);
	EXPECT_ZONE(test, zd, 2, CNULL_ZONE_IMP_OPEN, 6);
}

/* To abandon a reservation changes the zone. */
static void reserved_write_waits_at_closed_gate_after_cut(struct kunit *test)
{
	struct zone_dev *zd = test->priv;
	struct cnull_gate *gate;
	struct cnull_io io;

	zd_start(test);
	gate = &zd->dev.live->gate;
	KUNIT_ASSERT_EQ(test, zd_hold(zd, &io, CNULL_OP_WRITE, zd_at(2, 0), 6),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&zd->dev), 0);
	cnull_gate_close(gate);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_NO_WAIT), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, io.reserved);
	cnull_gate_open(gate);
	KUNIT_EXPECT_EQ(test, zd_io(zd, &io, zd->buf, CNULL_MAY_WAIT), -EIO);
	KUNIT_EXPECT_FALSE(test, io.reserved);
}

static struct kunit_case gate_zones_cases[] = {
	KUNIT_CASE(reserved_write_passes_closing_gate),
	KUNIT_CASE(reserved_write_waits_at_closed_gate),
	KUNIT_CASE(reserved_write_waits_at_closed_gate_after_cut),
	{ }
};

WORLD_SUITE(gate_zones, zd_setup, zd_teardown, gate_zones_cases);
