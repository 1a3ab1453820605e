// SPDX-License-Identifier: GPL-2.0
/*
 * The throttle: how much ends in how much time.
 */
#include "request.h"
#include "time/throttle.h"
#include "world.h"

#define MOST_DEPTH	64
#define NR_THREADS	4
#define SECOND		((u64)NSEC_PER_SEC)

/* What a device may make up for, and do at once after it was idle. */
#define MOST_BURST	(SECOND / 50)

/**
 * struct fixture - a throttle, and its clock
 * @throttle: the throttle
 * @set: its settings; only the limits matter
 * @now: in ns; requests come as it goes on
 * @rng: for mixed sizes
 * @ends: when each of the requests in flight ends
 * @requests: that ended, by threads
 */
struct fixture {
	struct cnull_throttle throttle;
	struct cnull_config set;
	u64 now;
	struct rng rng;
	u64 ends[MOST_DEPTH];
	atomic_long_t requests;
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
	return cnull_throttle_set(&f->throttle, &f->set);
}

/* A request comes now: when does it end? */
static u64 end_of(struct fixture *f, enum cnull_op op, u64 nr_sectors)
{
	struct cnull_io io = { .op = op, .nr_sectors = nr_sectors };

	return cnull_throttle_charge(&f->throttle, &io, f->now) ?: f->now;
}

/**
 * struct load - requests that come one after the other
 * @op: what they are; mixed: of both kinds
 * @mixed: of all sizes up to @sectors; else of that size
 * @sectors: their size
 * @depth: how many there are at a time
 * @late: by so many ns their ends come late
 */
struct load {
	enum cnull_op op;
	bool mixed;
	u64 sectors;
	unsigned int depth;
	u64 late;
};

/** struct amount - what has ended */
struct amount {
	u64 sectors[2];		/* read, written */
	u64 requests;
};

/* Submit @load for @ns, always a new request when one has ended. */
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

static u64 sum(const struct amount *amount)
{
	return amount->sectors[0] + amount->sectors[1];
}

/* Is it what is wanted, give or take some in a thousand? */
#define EXPECT_ABOUT(test, got, want, permille) do {			\
	KUNIT_EXPECT_LE(test, (got) * 1000, (want) * (1000 + (permille))); \
	KUNIT_EXPECT_LE(test, (want) * (1000 - (permille)), (got) * 1000); \
} while (0)

/* Set an option, with nothing saved up from before. */
static void set_spent(struct fixture *f, unsigned int *option, unsigned int rate)
{
	*option = 1;
	set_limits(f);
	f->now = end_of(f, CNULL_OP_READ, 2048);
	*option = rate;
	set_limits(f);
}

/* Over the whole range, for all sizes: rounding is all that may be wrong. */
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

			set_spent(f, &f->set.mbps, rates[i]);
			done = run(f, &load, ns);
			EXPECT_ABOUT(test, sum(&done) * SECOND,
				     ns * rates[i] * 2048, 20);
		}
}

/* Timers that come late do not lower it, at depth 1 nor at any other. */
static void late_ends_do_not_matter(struct kunit *test)
{
	static const unsigned int depths[] = { 1, 3, MOST_DEPTH };
	struct fixture *f = test->priv;
	size_t i;

	f->set.mbps = 200;
	set_limits(f);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		/* Of 80 us each; now and then nobody comes for 10 ms. */
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

/* A request is as long as it is, whatever a second or a tick holds. */
static void a_giant_request_passes(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 end;

	f->set.mbps = 1;
	set_limits(f);
	end = end_of(f, CNULL_OP_READ, 1 << 21) - f->now;
	EXPECT_ABOUT(test, end, 1024 * SECOND, 1);
	/* The next one comes after it. */
	end = end_of(f, CNULL_OP_READ, 2048) - f->now;
	EXPECT_ABOUT(test, end, 1025 * SECOND, 1);
	/* As much as there can be in memory at all. */
	f->set.read_mbps = 1;
	set_limits(f);
	end = end_of(f, CNULL_OP_READ, 1ULL << 38) - f->now;
	EXPECT_ABOUT(test, end / 1000, (1ULL << 27) * (SECOND / 1000), 1);
}

/* However long it did nothing: there is little to be had at once. */
static void credit_is_bounded(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;
	u64 sectors;

	f->set.mbps = 100;
	set_limits(f);
	for (i = 0; i < 3; i++) {
		f->now += i * i * 100 * SECOND;
		sectors = 0;
		while (end_of(f, CNULL_OP_WRITE, 8) == f->now)
			sectors += 8;
		KUNIT_EXPECT_LE(test, sectors * SECOND,
				100 * 2048 * MOST_BURST);
		/* Before it is idle, some; at once after that, none. */
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

		set_spent(f, &f->set.iops, rate);
		done = run(f, &load, ns);
		EXPECT_ABOUT(test, done.requests, 10000ULL, 35);
	}
}

/* What counts for what. */
static void limits_are_separate(struct kunit *test)
{
	static const enum cnull_op ops[] = {
		CNULL_OP_READ, CNULL_OP_WRITE, CNULL_OP_FLUSH, CNULL_OP_DISCARD,
		CNULL_OP_WRITE_ZEROES, CNULL_OP_SECURE_ERASE,
	};
	struct fixture *f = test->priv;
	unsigned int *const options[] = {
		&f->set.mbps, &f->set.read_mbps, &f->set.write_mbps,
		&f->set.iops,
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
			/* A second, of whatever is counted. */
			KUNIT_EXPECT_EQ(test, end_of(f, ops[j], 2048) > f->now,
					counts[i][j]);
			f->now += 10 * SECOND;
			*options[i] = 0;
			KUNIT_EXPECT_FALSE(test, set_limits(f));
			KUNIT_EXPECT_EQ(test, end_of(f, ops[j], 1 << 30), f->now);
		}
	}
}

/* The least of them rules, and reads and writes have their own. */
static void limits_together(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct load load = {
		.mixed = true,
		.sectors = 64,
		.depth = MOST_DEPTH,
		.late = 1000,
	};
	struct amount done;

	f->set.mbps = 100;
	f->set.read_mbps = 10;
	f->set.write_mbps = 20;
	f->set.iops = 100000;
	set_limits(f);
	/* Half of all are reads, and those that wait keep the writes back. */
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, done.sectors[0], 10 * 10 * 2048ULL, 30);
	KUNIT_EXPECT_LE(test, done.sectors[1], 10 * 20 * 2048ULL * 103 / 100);
	f->set.iops = 200;
	set_limits(f);
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, done.requests, 10 * 200ULL, 30);
	f->set.mbps = 1;
	set_limits(f);
	done = run(f, &load, 10 * SECOND);
	EXPECT_ABOUT(test, sum(&done), 10 * 2048ULL, 30);
}

/* After each change there is neither a pause nor a rush. */
static void changes_while_it_runs(struct kunit *test)
{
	static const unsigned int rates[] = { 10, 1000, 10, 20, 1, 40000, 3 };
	struct fixture *f = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		u64 first, left = 0;
		unsigned int j;

		f->set.mbps = rates[i];
		set_limits(f);
		/* What is in flight is 1 MiB, and lasts no longer than that. */
		first = end_of(f, CNULL_OP_READ, 256) - f->now;
		KUNIT_EXPECT_LE(test, first, SECOND * 5 / 4 / rates[i]);
		/* A second's worth ends in a second, from then on. */
		for (j = 0; j < rates[i] * 8; j++)
			left = end_of(f, CNULL_OP_READ, 256) - f->now;
		EXPECT_ABOUT(test, left - first, SECOND, 30);
		/* Until 1 MiB is left. */
		f->now += left - SECOND / rates[i];
	}
	/* Off, nothing waits; on again, nothing waits for what was long ago. */
	f->set.mbps = 1;
	set_limits(f);
	end_of(f, CNULL_OP_READ, 1 << 30);
	f->set.mbps = 0;
	set_limits(f);
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_READ, 1 << 30), f->now);
	f->set.mbps = 100;
	set_limits(f);
	KUNIT_EXPECT_LE(test, end_of(f, CNULL_OP_READ, 2048) - f->now,
			SECOND / 99);
}

/* To write the same limit again and again brings nothing. */
static void no_credit_for_setting(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;
	u64 end = 0;

	for (i = 0; i < 1000; i++) {
		f->set.mbps = 100 + i % 2;
		set_limits(f);
		end = end_of(f, CNULL_OP_READ, 2048) - f->now;
	}
	EXPECT_ABOUT(test, end, 10 * SECOND, 20);
}

#define THREAD_PAYS	300000

static void pays(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	unsigned int i;
	u64 last = 0;

	for (i = 0; i < world_times(THREAD_PAYS); i++) {
		u64 end = end_of(f, CNULL_OP_WRITE, 8);

		/* Two requests never have the same time: one is after the other. */
		if (end > f->now && end > last)
			atomic_long_inc(&f->requests);
		last = end;
	}
}

/* What all of them do together is not faster than what one does. */
static void threads_share_a_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 all = (u64)NR_THREADS * world_times(THREAD_PAYS) * 8;
	u64 end;

	f->set.mbps = 1;
	set_limits(f);
	/* What was saved up is gone before they come. */
	end_of(f, CNULL_OP_WRITE, 2048);
	end = end_of(f, CNULL_OP_WRITE, 8);
	world_threads(NR_THREADS, pays, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->requests),
			NR_THREADS * world_times(THREAD_PAYS));
	/* To the ns: none has paid for another one too. */
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_WRITE, 8) - end,
			(all + 8) * SECOND / 2048);
}

static void pays_or_sets(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct cnull_config set = { };
	unsigned int i;

	if (nr) {
		pays(arg, nr);
		return;
	}
	for (i = 0; i < world_times(THREAD_PAYS / 100); i++) {
		set.mbps = i % 3;
		set.iops = i % 5;
		cnull_throttle_set(&f->throttle, &set);
	}
}

/* Limits that change under requests leave no debt but what is due. */
static void threads_against_changes(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 all = (u64)NR_THREADS * world_times(THREAD_PAYS);

	f->set.mbps = 1;
	set_limits(f);
	world_threads(NR_THREADS, pays_or_sets, f);
	f->set.mbps = 1;
	f->set.iops = 1;
	set_limits(f);
	KUNIT_EXPECT_LE(test, end_of(f, CNULL_OP_READ, 8) - f->now,
			2 * all * SECOND);
	f->now += 2 * all * SECOND;
	KUNIT_EXPECT_EQ(test, end_of(f, CNULL_OP_DISCARD, 8), f->now + SECOND -
			MOST_BURST);
}

static struct kunit_case throttle_cases[] = {
	KUNIT_CASE(mbps_is_accurate),
	KUNIT_CASE(late_ends_do_not_matter),
	KUNIT_CASE(a_giant_request_passes),
	KUNIT_CASE(credit_is_bounded),
	KUNIT_CASE(iops_are_accurate),
	KUNIT_CASE(limits_are_separate),
	KUNIT_CASE(limits_together),
	KUNIT_CASE(changes_while_it_runs),
	KUNIT_CASE(no_credit_for_setting),
	KUNIT_CASE(threads_share_a_limit),
	KUNIT_CASE(threads_against_changes),
	{}
};

WORLD_SUITE(throttle, throttle_init, throttle_exit, throttle_cases);
