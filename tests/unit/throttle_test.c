// SPDX-License-Identifier: GPL-2.0
/*
 * The throttle: the amount of data or requests that completes in a time.
 */
#include "request.h"
#include "time/throttle.h"
#include "world.h"

#define MOST_DEPTH	64
#define NR_THREADS	4
#define SECOND		((u64)NSEC_PER_SEC)

/* The time that a device may make up for, or complete at once after being idle. */
#define MOST_BURST	(SECOND / 50)

/**
 * struct fixture - a throttle and its clock
 * @throttle: the throttle
 * @config: the config; only the limits are used
 * @now: the time in ns; requests are submitted at this time
 * @rng: chooses mixed sizes and operations
 * @ends: the deadline of each request in flight, in ns
 * @nr_later: the number of requests that threads counted, whose deadline is later
 *	than that of the thread's previous request
 */
struct fixture {
	struct cnull_throttle throttle;
	struct cnull_config config;
	u64 now;
	struct rng rng;
	u64 ends[MOST_DEPTH];
	atomic_long_t nr_later;
};

static int throttle_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	f->now = 5 * SECOND;
	world_set_time(f->now);
	f->rng = rng_start(0);
	return 0;
}

static void throttle_exit(struct kunit *test)
{
	kfree(test->priv);
}

static bool set_limits(struct fixture *f)
{
	world_set_time(f->now);
	return cnull_throttle_set(&f->throttle, &f->config);
}

/* Charge a request that is submitted now. Return its deadline in ns. */
static u64 end_of(struct fixture *f, enum cnull_op op, u64 nr_sectors)
{
	struct cnull_io io = { .op = op, .nr_sectors = nr_sectors };

	return cnull_throttle_charge(&f->throttle, &io, f->now) ?: f->now;
}

/**
 * struct load - requests, each submitted at the completion of an earlier one
 * @op: the operation, unless @mixed
 * @mixed: choose read or write, and a size of up to @sectors, at random
 * @sectors: the size of each request in sectors, unless @mixed
 * @depth: the number of requests in flight
 * @late: the delay of each completion after its deadline, in ns
 */
struct load {
	enum cnull_op op;
	bool mixed;
	u64 sectors;
	unsigned int depth;
	u64 late;
};

/**
 * struct amount - the amount of completed I/O
 * @sectors: the number of sectors: [0] read, [1] written
 * @requests: the number of requests
 */
struct amount {
	u64 sectors[2];
	u64 requests;
};

/* Run @load for @ns. Return the amount that completed. */
static struct amount run(struct fixture *f, const struct load *load, u64 ns)
{
	struct amount done = { };
	u64 until = f->now + ns;
	u64 size[MOST_DEPTH] = { 0 };
	enum cnull_op op[MOST_DEPTH] = { 0 };
	unsigned int i, next;

	for (i = 0; i < load->depth; i++)
		f->ends[i] = f->now;
	for (;;) {
		for (i = 0, next = 0; i < load->depth; i++)
			if (f->ends[i] < f->ends[next])
				next = i;
		if (f->ends[next] > until)
			break;
		f->now = f->ends[next];
		done.sectors[op[next] == CNULL_OP_WRITE] += size[next];
		done.requests += !!size[next];
		size[next] = load->sectors;
		op[next] = load->op;
		if (load->mixed) {
			size[next] = rng_below(&f->rng, load->sectors) + 1;
			op[next] = rng_below(&f->rng, 2) ? CNULL_OP_READ :
							   CNULL_OP_WRITE;
		}
		f->ends[next] = end_of(f, op[next], size[next]) + load->late;
	}
	f->now = until;
	return done;
}

/* Return the number of sectors, read and written. */
static u64 sum(const struct amount *amount)
{
	return amount->sectors[0] + amount->sectors[1];
}

/* Expect @got to differ from @want by @permille / 1000 at most. */
#define EXPECT_ABOUT(test, got, want, permille) do {			\
	KUNIT_EXPECT_LE(test, (got) * 1000, (want) * (1000 + (permille))); \
	KUNIT_EXPECT_LE(test, (want) * (1000 - (permille)), (got) * 1000); \
} while (0)

/* Set a limit after using up the credit of the idle time before. */
static void set_spent(struct fixture *f, unsigned int *option, unsigned int rate)
{
	*option = 1;
	set_limits(f);
	f->now = end_of(f, CNULL_OP_READ, 2048);
	*option = rate;
	set_limits(f);
}

/* Over the whole range of rates and sizes, only rounding may cause an error. */
static void mbps_is_accurate(struct kunit *test)
{
	static const unsigned int rates[] = {
		1, 2, 3, 10, 99, 1000, 4095, 10240, CNULL_MAX_MBPS,
	};
	static const u64 sizes[] = { 1, 8, 255, 2048 };
	struct fixture *f = test->priv;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rates); i++)
		for (j = 0; j < 3 * ARRAY_SIZE(sizes); j++) {
			struct load load = {
				.op = CNULL_OP_READ,
				.sectors = sizes[j / 3],
				.depth = j % 3 ? MOST_DEPTH : 1,
				.mixed = j % 3 == 2,
			};
			u64 ns = 3000 * load.sectors * SECOND / 2048 / rates[i];
			struct amount done;

			set_spent(f, &f->config.mbps, rates[i]);
			done = run(f, &load, ns);
			EXPECT_ABOUT(test, sum(&done) * SECOND,
				     ns * rates[i] * 2048, 20);
		}
}

/* Late completions do not lower the rate, at any queue depth. */
static void late_completions_keep_rate(struct kunit *test)
{
	static const unsigned int depths[] = { 1, 3, MOST_DEPTH };
	struct fixture *f = test->priv;
	size_t i;

	f->config.mbps = 200;
	set_limits(f);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		/* Each request takes 80 us. Each 10 ms of load precede 10 idle ms. */
		struct load load = {
			.op = CNULL_OP_WRITE,
			.sectors = 32,
			.depth = depths[i],
		};
		u64 sectors = 0;
		unsigned int j;

		for (j = 0; j < 400; j++) {
			struct amount done = run(f, &load, SECOND / 100);

			f->now += SECOND / 100;
			sectors += sum(&done) + load.depth * load.sectors;
		}
		EXPECT_ABOUT(test, sectors, 8 * 200 * 2048ULL, 30);
		f->now += SECOND;
	}
}

/* The deadline of a request is its size over the rate, without an upper bound. */
static void giant_request_gets_finite_deadline(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 end;

	f->config.mbps = 1;
	set_limits(f);
	end = end_of(f, CNULL_OP_READ, 1 << 21) - f->now;
	EXPECT_ABOUT(test, end, 1024 * SECOND, 1);
	/* The next request completes after it. */
	end = end_of(f, CNULL_OP_READ, 2048) - f->now;
	EXPECT_ABOUT(test, end, 1025 * SECOND, 1);
	/* 128 TiB: an upper bound of the data in memory. */
	f->config.read_mbps = 1;
	set_limits(f);
	end = end_of(f, CNULL_OP_READ, 1ULL << 38) - f->now;
	EXPECT_ABOUT(test, end / 1000, (1ULL << 27) * (SECOND / 1000), 1);
}

/* Of any idle time, MOST_BURST at most counts as credit. */
static void idle_device_gains_bounded_credit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;
	u64 sectors;

	f->config.mbps = 100;
	set_limits(f);
	for (i = 0; i < 3; i++) {
		f->now += i * i * 100 * SECOND;
		sectors = 0;
		while (end_of(f, CNULL_OP_WRITE, 8) == f->now)
			sectors += 8;
		KUNIT_EXPECT_LE(test, sectors * SECOND,
				100 * 2048 * MOST_BURST);
		/* There was some credit, and now there is none left. */
		KUNIT_EXPECT_NE(test, sectors, 0);
		KUNIT_EXPECT_LT(test, f->now, end_of(f, CNULL_OP_WRITE, 8));
	}
}

static void iops_are_accurate(struct kunit *test)
{
	static const unsigned int rates[] = {
		1, 3, 100, 7777, 1000000, 130000000, 900000000, CNULL_MAX_IOPS,
	};
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(rates); i++) {
		struct load load = {
			.op = CNULL_OP_READ,
			.mixed = true,
			.sectors = 10000,
			.depth = i % 2 ? MOST_DEPTH : 1,
		};
		unsigned int rate = rates[i / 2];
		u64 ns = 10000 * SECOND / rate;
		struct amount done;

		set_spent(f, &f->config.iops, rate);
		done = run(f, &load, ns);
		EXPECT_ABOUT(test, done.requests, 10000ULL, 35);
	}
}

static void each_limit_charges_its_own_operations(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_FLUSH, CNULL_OP_DISCARD,
		CNULL_OP_WRITE_ZEROES, CNULL_OP_SECURE_ERASE,
	};
	struct fixture *f = test->priv;
	unsigned int *const options[] = {
		&f->config.mbps, &f->config.read_mbps, &f->config.write_mbps,
		&f->config.iops,
	};
	static const bool counts[ARRAY_SIZE(options)][ARRAY_SIZE(ops)] = {
		{ true, true },
		{ true },
		{ false, true },
		{ true, true, true, true, true, true },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		for (j = 0; j < ARRAY_SIZE(ops); j++) {
			*options[i] = 1;
			KUNIT_EXPECT_TRUE(test, set_limits(f));
			/* The request takes a second if the limit applies. */
			KUNIT_EXPECT_EQ(test, end_of(f, ops[j], 2048) > f->now,
					counts[i][j]);
			f->now += 10 * SECOND;
			*options[i] = 0;
			KUNIT_EXPECT_FALSE(test, set_limits(f));
			KUNIT_EXPECT_EQ(test, end_of(f, ops[j], 1 << 30), f->now);
		}
	}
}

/* The lowest rate decides, separately for reads and writes. */
static void combined_limits_obey_the_lowest(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct load load = {
		.mixed = true,
		.sectors = 64,
		.depth = MOST_DEPTH,
		.late = 1000,
	};
	struct amount done;

	f->config.mbps = 100;
	f->config.read_mbps = 10;
	f->config.write_mbps = 20;
	f->config.iops = 100000;
	set_limits(f);
	/* Half of the requests are reads, and waiting reads delay the writes. */
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, done.sectors[0], 10 * 10 * 2048ULL, 30);
	KUNIT_EXPECT_LE(test, done.sectors[1], 10 * 20 * 2048ULL * 103 / 100);
	f->config.iops = 200;
	set_limits(f);
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, done.requests, 10 * 200ULL, 30);
	f->config.mbps = 1;
	set_limits(f);
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, sum(&done), 10 * 2048ULL, 30);
}

/* A change of the rate causes neither a pause nor a burst. */
static void rate_change_with_requests_in_flight_applies_at_once(struct kunit *test)
{
	static const unsigned int rates[] = { 10, 1000, 10, 20, 1, 40000, 3 };
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		u64 first, left = 0;
		unsigned int j;

		f->config.mbps = rates[i];
		set_limits(f);
		/* The 1 MiB in flight takes the time of 1 MiB at the new rate. */
		first = end_of(f, CNULL_OP_READ, 256) - f->now;
		KUNIT_EXPECT_LE(test, first, SECOND * 5 / 4 / rates[i]);
		/* From then on, the data of one second completes in one second. */
		for (j = 0; j < rates[i] * 8; j++)
			left = end_of(f, CNULL_OP_READ, 256) - f->now;
		EXPECT_ABOUT(test, left - first, SECOND, 30);
		/* Advance the clock until 1 MiB is in flight. */
		f->now += left - SECOND / rates[i];
	}
	/* Without a limit no request waits. A new limit drops the old debt. */
	f->config.mbps = 1;
	set_limits(f);
	end_of(f, CNULL_OP_READ, 1 << 30);
	f->config.mbps = 0;
	set_limits(f);
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_READ, 1 << 30), f->now);
	f->config.mbps = 100;
	set_limits(f);
	KUNIT_EXPECT_LE(test, end_of(f, CNULL_OP_READ, 2048) - f->now,
			SECOND / 99);
}

/* Changing a limit again and again creates no credit. */
static void repeated_rate_change_gives_no_credit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;
	u64 end = 0;

	for (i = 0; i < 1000; i++) {
		f->config.mbps = 100 + i % 2;
		set_limits(f);
		end = end_of(f, CNULL_OP_READ, 2048) - f->now;
	}
	EXPECT_ABOUT(test, end, 10 * SECOND, 20);
}

#define THREAD_CHARGES	300000

static void charge(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	unsigned int i;
	u64 last = 0;

	for (i = 0; i < world_times(THREAD_CHARGES); i++) {
		u64 end = end_of(f, CNULL_OP_WRITE, 8);

		/* Two requests never share a deadline. */
		if (end > f->now && end > last)
			atomic_long_inc(&f->nr_later);
		last = end;
	}
}

/* Several threads together get no more than one thread. */
static void concurrent_requests_share_one_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 all = (u64)NR_THREADS * world_times(THREAD_CHARGES) * 8;
	u64 end;

	f->config.mbps = 1;
	set_limits(f);
	/* Use up the credit first. */
	end_of(f, CNULL_OP_WRITE, 2048);
	end = end_of(f, CNULL_OP_WRITE, 8);
	world_threads(NR_THREADS, charge, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->nr_later),
			NR_THREADS * world_times(THREAD_CHARGES));
	/* Exact to the ns: each request was charged once. */
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_WRITE, 8) - end,
			(all + 8) * SECOND / 2048);
}

static void charge_or_set(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct cnull_config config = { };
	unsigned int i;

	if (nr) {
		charge(arg, nr);
		return;
	}
	for (i = 0; i < world_times(THREAD_CHARGES / 100); i++) {
		config.mbps = i % 3;
		config.iops = i % 5;
		cnull_throttle_set(&f->throttle, &config);
	}
}

/* A race of charges and changes leaves no more debt than the requests cost. */
static void concurrent_rate_changes_leave_no_extra_debt(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 all = (u64)NR_THREADS * world_times(THREAD_CHARGES);

	f->config.mbps = 1;
	set_limits(f);
	world_threads(NR_THREADS, charge_or_set, f);
	f->config.mbps = 1;
	f->config.iops = 1;
	set_limits(f);
	KUNIT_EXPECT_LE(test, end_of(f, CNULL_OP_READ, 8) - f->now,
			2 * all * SECOND);
	f->now += 2 * all * SECOND;
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_DISCARD, 8), f->now + SECOND -
			MOST_BURST);
}

static struct kunit_case throttle_cases[] = {
	KUNIT_CASE(mbps_is_accurate),
	KUNIT_CASE(late_completions_keep_rate),
	KUNIT_CASE(giant_request_gets_finite_deadline),
	KUNIT_CASE(idle_device_gains_bounded_credit),
	KUNIT_CASE(iops_are_accurate),
	KUNIT_CASE(each_limit_charges_its_own_operations),
	KUNIT_CASE(combined_limits_obey_the_lowest),
	KUNIT_CASE(rate_change_with_requests_in_flight_applies_at_once),
	KUNIT_CASE(repeated_rate_change_gives_no_credit),
	KUNIT_CASE(concurrent_requests_share_one_limit),
	KUNIT_CASE(concurrent_rate_changes_leave_no_extra_debt),
	{}
};

WORLD_SUITE(throttle, throttle_init, throttle_exit, throttle_cases);
