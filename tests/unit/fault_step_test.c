// SPDX-License-Identifier: GPL-2.0
/*
 * The fault step and the end of a request: which action a request gets from which
 * backend, and which status it reports.
 */
#include "run_io.h"

#define NR_SECTORS	2048

/**
 * struct fixture - a live device without a device around it
 * @live: the live device, with memory
 * @store: the data
 * @faults: the injected faults, attached to @live
 * @data: the data of requests
 */
struct fixture {
	struct cnull_live live;
	struct cnull_store store;
	struct cnull_faults faults;
	u8 data[8 * 512];
};

static int fault_step_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	cnull_store_init(&f->store);
	cnull_inject_init(&f->faults);
	f->live.name = "disk";
	f->live.nr_sectors = NR_SECTORS;
	f->live.store = &f->store;
	cnull_gate_init(&f->live.gate, &f->live.features);
	f->live.faults = &f->faults;
	cnull_inject_attach(&f->faults, &f->live.features);
	world_set_time(1000);
	return cnull_store_prepare(&f->store, NR_SECTORS * 512, NUMA_NO_NODE);
}

static void fault_step_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_inject_attach(&f->faults, NULL);
	cnull_inject_destroy(&f->faults);
	cnull_store_destroy(&f->store);
	kfree(f);
}

static void inject(struct fixture *f, enum cnull_fault_kind kind,
		   const char *times)
{
	cnull_inject_set(&f->faults, kind, CNULL_FAULT_ID_probability, "100");
	cnull_inject_set(&f->faults, kind, CNULL_FAULT_ID_times, times);
}

static long times_left(struct fixture *f, enum cnull_fault_kind kind)
{
	return cnull_fault_get(&f->faults.kind[kind], CNULL_FAULT_ID_times);
}

static struct cnull_io write_of(struct fixture *f, u8 byte)
{
	memset(f->data, byte, sizeof(f->data));
	return (struct cnull_io) { .op = CNULL_OP_WRITE, .nr_sectors = 8 };
}

static enum cnull_action run(struct fixture *f, struct cnull_io *io,
			     enum cnull_wait wait)
{
	enum cnull_action action;

	io->iter = world_iter(f->data, sizeof(f->data));
	if (wait == CNULL_NO_WAIT)
		rcu_read_lock();
	action = cnull_io_run(&f->live, io, wait);
	if (wait == CNULL_NO_WAIT)
		rcu_read_unlock();
	world_iter_end(io->iter);
	io->resumed = action == CNULL_SLEEP;
	return action;
}

/* Return the first byte of the device. */
static u8 first_byte(struct fixture *f)
{
	u8 sector[512] = { };
	const struct cnull_iter start = world_iter(sector, sizeof(sector));
	struct cnull_iter iter = start;

	cnull_store_read(&f->store, 0, sizeof(sector), &iter);
	world_iter_end(start);
	return sector[0];
}

static void requeued_request_has_not_happened(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	inject(f, CNULL_FAULT_REQUEUE, "1");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_REQUEUE);
	KUNIT_EXPECT_EQ(test, first_byte(f), 0);
	/* The fault is used up, so the same request succeeds. */
	io = write_of(f, 7);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, io.error, 0);
	KUNIT_EXPECT_EQ(test, first_byte(f), 7);
}

static void request_that_ran_before_is_not_requeued(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };

	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_SLEEP);
	inject(f, CNULL_FAULT_REQUEUE, "-1");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
}

static void timed_out_request_of_blk_mq_has_happened_and_is_lost(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	inject(f, CNULL_FAULT_TIMEOUT, "1");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_LOSE);
	KUNIT_EXPECT_EQ(test, cnull_io_end(&f->live, &io), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, first_byte(f), 7);
	KUNIT_EXPECT_EQ(test, times_left(f, CNULL_FAULT_TIMEOUT), 0);
}

static void timed_out_request_of_other_backends_fails_after_5_s(struct kunit *test)
{
	static const enum cnull_backend_kind others[] = {
		CNULL_BACKEND_BIO, CNULL_BACKEND_NBD,
	};
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		struct cnull_io io = write_of(f, 7);

		f->live.backend = others[i];
		inject(f, CNULL_FAULT_TIMEOUT, "1");
		KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT),
				CNULL_COMPLETE);
		KUNIT_EXPECT_EQ(test, io.error, -ETIMEDOUT);
		KUNIT_EXPECT_EQ(test, io.deadline, 5000001000ULL);
		KUNIT_EXPECT_EQ(test, first_byte(f), 7);
	}
}

static void backends_without_requeue_draw_no_requeue(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	inject(f, CNULL_FAULT_REQUEUE, "1");
	f->live.backend = CNULL_BACKEND_BIO;
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	io = write_of(f, 7);
	f->live.backend = CNULL_BACKEND_NBD;
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, times_left(f, CNULL_FAULT_REQUEUE), 1);
}

/* The submitter's task is current in the first run only. */
static void request_that_sleeps_draws_its_timeout_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };

	inject(f, CNULL_FAULT_TIMEOUT, "2");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_SLEEP);
	KUNIT_EXPECT_EQ(test, times_left(f, CNULL_FAULT_TIMEOUT), 1);
	/* The draw holds even if the fault is off by the second run. */
	cnull_inject_set(&f->faults, CNULL_FAULT_TIMEOUT,
			 CNULL_FAULT_ID_probability, "0");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_LOSE);
	KUNIT_EXPECT_EQ(test, times_left(f, CNULL_FAULT_TIMEOUT), 1);
}

static void bio_that_goes_back_draws_no_timeout(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };

	f->live.backend = CNULL_BACKEND_BIO;
	inject(f, CNULL_FAULT_TIMEOUT, "1");
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_SLEEP);
	KUNIT_EXPECT_EQ(test, times_left(f, CNULL_FAULT_TIMEOUT), 1);
}

static void draining_device_injects_no_fault(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };

	inject(f, CNULL_FAULT_TIMEOUT, "-1");
	inject(f, CNULL_FAULT_REQUEUE, "-1");
	f->live.draining = true;
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_SLEEP);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, io.error, 0);
}

static void request_that_ends_after_a_cut_fails(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, cnull_io_end(&f->live, &io), 0);
	set_bit(CNULL_FEATURE_CUT, &f->live.features);
	KUNIT_EXPECT_EQ(test, cnull_io_end(&f->live, &io), -EIO);
	/* A request that begins after the cut does not happen. */
	io = write_of(f, 8);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, io.error, -EIO);
	KUNIT_EXPECT_EQ(test, first_byte(f), 7);
}

static void request_that_sleeps_is_traced_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = { .op = CNULL_OP_DISCARD, .nr_sectors = 8 };

	world_set_tracing(true);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_NO_WAIT), CNULL_SLEEP);
	world_set_time(2000);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	KUNIT_EXPECT_EQ(test, world_trace().ends, 0);
	cnull_io_end(&f->live, &io);
	KUNIT_EXPECT_EQ(test, world_trace().starts, 1);
	KUNIT_EXPECT_EQ(test, world_trace().ends, 1);
	KUNIT_EXPECT_EQ(test, world_trace().start, 1000);
	KUNIT_EXPECT_EQ(test, world_trace().error, 0);
	world_set_tracing(false);
}

static void trace_of_the_end_has_the_reported_error(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	world_set_tracing(true);
	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	set_bit(CNULL_FEATURE_CUT, &f->live.features);
	cnull_io_end(&f->live, &io);
	KUNIT_EXPECT_EQ(test, world_trace().error, -EIO);
	world_set_tracing(false);
}

static void untraced_request_reads_no_clock(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_io io = write_of(f, 7);

	KUNIT_EXPECT_EQ(test, run(f, &io, CNULL_MAY_WAIT), CNULL_COMPLETE);
	cnull_io_end(&f->live, &io);
	KUNIT_EXPECT_EQ(test, io.start, 0);
	KUNIT_EXPECT_EQ(test, world_trace().starts, 0);
	KUNIT_EXPECT_EQ(test, world_trace().ends, 0);
}

static struct kunit_case fault_step_cases[] = {
	KUNIT_CASE(requeued_request_has_not_happened),
	KUNIT_CASE(request_that_ran_before_is_not_requeued),
	KUNIT_CASE(timed_out_request_of_blk_mq_has_happened_and_is_lost),
	KUNIT_CASE(timed_out_request_of_other_backends_fails_after_5_s),
	KUNIT_CASE(backends_without_requeue_draw_no_requeue),
	KUNIT_CASE(request_that_sleeps_draws_its_timeout_once),
	KUNIT_CASE(bio_that_goes_back_draws_no_timeout),
	KUNIT_CASE(draining_device_injects_no_fault),
	KUNIT_CASE(request_that_ends_after_a_cut_fails),
	KUNIT_CASE(request_that_sleeps_is_traced_once),
	KUNIT_CASE(trace_of_the_end_has_the_reported_error),
	KUNIT_CASE(untraced_request_reads_no_clock),
	{}
};

WORLD_SUITE(fault_step, fault_step_init, fault_step_exit, fault_step_cases);
