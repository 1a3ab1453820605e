// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection: the choice of the requests that fail.
 */
#include "fault/inject.h"
#include "feature.h"
#include "world.h"

/* The kind of fault that most tests use. */
#define KIND	CNULL_FAULT_TIMEOUT

#define SET(f, name, text) \
	cnull_inject_set(&(f)->faults, KIND, CNULL_FAULT_ID_##name, text)
#define GET(f, name) \
	cnull_fault_get(&(f)->faults.kind[KIND], CNULL_FAULT_ID_##name)

/**
 * struct fixture - the faults of a device
 * @faults: the faults
 * @hits: the number of hits that threads counted
 */
struct fixture {
	struct cnull_faults faults;
	atomic_long_t hits;
};

static int inject_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	cnull_inject_init(&f->faults);
	SET(f, times, "-1");
	return 0;
}

static void inject_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_inject_destroy(&f->faults);
	kfree(f);
}

/* Draw once. */
static bool hits(struct fixture *f)
{
	return cnull_inject_hits(&f->faults, KIND, "disk");
}

/* Draw @n times. Return the number of hits. */
static unsigned int count_hits(struct fixture *f, unsigned int n)
{
	unsigned int nr = 0;

	while (n--)
		nr += hits(f);
	return nr;
}

static void default_faults_hit_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, count_hits(f, 1000), 0);
	KUNIT_EXPECT_EQ(test, GET(f, probability), 0);
	KUNIT_EXPECT_EQ(test, GET(f, interval), 1);
	KUNIT_EXPECT_EQ(test, GET(f, space), 0);
	KUNIT_EXPECT_EQ(test, cnull_fault_get(
			&f->faults.kind[CNULL_FAULT_REQUEUE],
			CNULL_FAULT_ID_times), 1);
	/* The attributes of one kind do not affect another kind. */
	SET(f, probability, "100");
	KUNIT_EXPECT_EQ(test, cnull_inject_hits(&f->faults, CNULL_FAULT_REQUEUE,
						"disk"), false);
	KUNIT_EXPECT_EQ(test, count_hits(f, 1000), 1000);
}

static void probability_sets_share_of_hits(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	SET(f, verbose, "0");
	SET(f, probability, "30");
	nr = count_hits(f, 10000);
	KUNIT_EXPECT_GT(test, nr, 2700);
	KUNIT_EXPECT_LT(test, nr, 3300);
	SET(f, probability, "1");
	nr = count_hits(f, 10000);
	KUNIT_EXPECT_GT(test, nr, 50);
	KUNIT_EXPECT_LT(test, nr, 150);
}

/* Draw 64 times, after setting the seed if @seed is not NULL. Return a bit each. */
static u64 sequence(struct fixture *f, const char *seed)
{
	u64 bits = 0;
	int i;

	if (seed)
		SET(f, seed, seed);
	for (i = 0; i < 64; i++)
		bits = bits << 1 | hits(f);
	return bits;
}

static void same_seed_repeats_hits(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 first, again, other;

	SET(f, verbose, "0");
	SET(f, probability, "50");
	SET(f, interval, "2");
	first = sequence(f, NULL);
	KUNIT_EXPECT_NE(test, sequence(f, NULL), first);
	hits(f);
	again = sequence(f, "0");
	other = sequence(f, "1");
	KUNIT_EXPECT_EQ(test, again, first);
	KUNIT_EXPECT_NE(test, other, first);
	KUNIT_EXPECT_EQ(test, sequence(f, "1"), other);
}

static void space_interval_and_times_combine(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	SET(f, probability, "100");
	SET(f, space, "5");
	SET(f, interval, "3");
	SET(f, times, "2");
	for (i = 1; i <= 30; i++)
		KUNIT_EXPECT_EQ(test, hits(f), i == 5 + 3 || i == 5 + 6);
	KUNIT_EXPECT_EQ(test, GET(f, space), 0);
	KUNIT_EXPECT_EQ(test, GET(f, times), 0);
	SET(f, times, "-1");
	SET(f, interval, "0");
	KUNIT_EXPECT_EQ(test, count_hits(f, 100), 100);
	KUNIT_EXPECT_EQ(test, GET(f, times), -1);
}

static void task_filter_hits_marked_tasks_only(struct kunit *test)
{
	struct fixture *f = test->priv;

	SET(f, probability, "100");
	SET(f, task_filter, "1");
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 0);
	world_set_task_may_fail(true);
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 10);
	world_set_task_may_fail(false);
}

static void verbose_logs_hits_up_to_rate_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	world_set_time(5000000000);
	SET(f, probability, "100");
	hits(f);
	KUNIT_EXPECT_STREQ(test, world_log(), "disk: timeout_inject\n");
	pr_err("-");
	SET(f, verbose, "0");
	hits(f);
	KUNIT_EXPECT_STREQ(test, world_log(), "-");

	SET(f, verbose, "1");
	SET(f, verbose_ratelimit_interval_ms, "1000");
	SET(f, verbose_ratelimit_burst, "2");
	for (i = 0; i < 5; i++) {
		pr_err("-");
		hits(f);
		KUNIT_EXPECT_EQ(test, world_log()[0] == '-', i >= 2);
	}
	world_set_time(6000000000);
	hits(f);
	KUNIT_EXPECT_STREQ(test, world_log(), "disk: timeout_inject\n");
}

static void value_out_of_range_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, SET(f, probability, "101"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, probability, "-1"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, probability, "x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, GET(f, probability), 0);
	KUNIT_EXPECT_EQ(test, SET(f, times, "-2"), -EINVAL);
	KUNIT_EXPECT_EQ(test, GET(f, times), -1);
	KUNIT_EXPECT_EQ(test, SET(f, space, "9223372036854775808"),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, SET(f, seed, "-9223372036854775808\n"), 0);
	KUNIT_EXPECT_EQ(test, GET(f, seed), LONG_MIN);
}

static void parameter_text_sets_four_attributes(struct kunit *test)
{
	static const char *const bad[] = {
		"", "1", "1,2", "1,2,3", "1,2,3,", "1,2,3,4,", "1,2,3,4,5",
		"1,101,3,4", ",,,", "1,,3,4", "1,2,3,-2", "1,2,3,4x", "a,2,3,4",
		"1,2,3,000000000000000000000000000000000004",
		"1,2,3,4\njunk", "1,2,3,4\n\n", "1,2,3,4\n,5", "1,2\n,3,4",
	};
	struct fixture *f = test->priv;
	struct cnull_fault *fault = &f->faults.kind[KIND];
	size_t i;

	KUNIT_EXPECT_EQ(test, cnull_fault_parse(fault, "7,50,3,-1"), 0);
	for (i = 0; i <= ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, GET(f, interval), 7);
		KUNIT_EXPECT_EQ(test, GET(f, probability), 50);
		KUNIT_EXPECT_EQ(test, GET(f, space), 3);
		KUNIT_EXPECT_EQ(test, GET(f, times), -1);
		if (i < ARRAY_SIZE(bad))
			KUNIT_EXPECT_EQ(test, cnull_fault_parse(fault, bad[i]),
					-EINVAL);
	}
	KUNIT_EXPECT_EQ(test, cnull_fault_parse(fault, "1,100,0,2\n"), 0);
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 2);
}

static void copy_sets_all_attributes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_fault from[CNULL_NR_FAULTS];
	unsigned long features = 0;
	int kind;

	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		cnull_fault_init(&from[kind]);
	KUNIT_EXPECT_EQ(test, cnull_fault_parse(&from[KIND], "7,50,3,-1"), 0);
	atomic_long_set(&from[KIND].value[CNULL_FAULT_ID_seed], 99);
	cnull_inject_attach(&f->faults, &features);
	cnull_inject_copy(&f->faults, from);
	KUNIT_EXPECT_EQ(test, GET(f, interval), 7);
	KUNIT_EXPECT_EQ(test, GET(f, times), -1);
	KUNIT_EXPECT_EQ(test, GET(f, seed), 99);
	KUNIT_EXPECT_EQ(test, features, 1UL << CNULL_FEATURE_INJECT);
	cnull_inject_attach(&f->faults, NULL);
}

/* Requests draw only while the feature bit is set. init_hctx hits no request. */
static void feature_bit_set_while_requests_may_fail(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long features = 1UL << CNULL_FEATURE_CACHE;
	const unsigned long other = features;
	const unsigned long both = other | 1UL << CNULL_FEATURE_INJECT;

	SET(f, probability, "1");
	KUNIT_EXPECT_EQ(test, features, other);
	cnull_inject_attach(&f->faults, &features);
	KUNIT_EXPECT_EQ(test, features, both);
	SET(f, probability, "0");
	KUNIT_EXPECT_EQ(test, features, other);
	KUNIT_EXPECT_EQ(test, cnull_inject_set(&f->faults,
					       CNULL_FAULT_INIT_HCTX,
					       CNULL_FAULT_ID_probability, "5"),
			0);
	KUNIT_EXPECT_EQ(test, features, other);
	KUNIT_EXPECT_EQ(test, cnull_inject_set(&f->faults, CNULL_FAULT_REQUEUE,
					       CNULL_FAULT_ID_probability, "5"),
			0);
	KUNIT_EXPECT_EQ(test, features, both);
	cnull_inject_attach(&f->faults, NULL);
	KUNIT_EXPECT_EQ(test, cnull_inject_set(&f->faults, CNULL_FAULT_REQUEUE,
					       CNULL_FAULT_ID_probability, "0"),
			0);
	KUNIT_EXPECT_EQ(test, features, both);
}

#define NR_THREADS	4
#define NR_DRAWS	5000

static void draw(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	unsigned int i;

	for (i = 0; i < NR_DRAWS; i++)
		if (hits(f))
			atomic_long_inc(&f->hits);
}

/* @times, @space and @interval count exactly, also with several threads. */
static void concurrent_draws_count_exactly(struct kunit *test)
{
	struct fixture *f = test->priv;

	SET(f, verbose, "0");
	SET(f, probability, "100");
	SET(f, times, "100");
	world_threads(NR_THREADS, draw, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->hits), 100);

	atomic_long_set(&f->hits, 0);
	SET(f, times, "-1");
	SET(f, space, "1000");
	SET(f, interval, "10");
	SET(f, seed, "1");
	world_threads(NR_THREADS, draw, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->hits),
			(NR_THREADS * NR_DRAWS - 1000) / 10);
}

static struct kunit_case inject_cases[] = {
	KUNIT_CASE(default_faults_hit_nothing),
	KUNIT_CASE(probability_sets_share_of_hits),
	KUNIT_CASE(same_seed_repeats_hits),
	KUNIT_CASE(space_interval_and_times_combine),
	KUNIT_CASE(task_filter_hits_marked_tasks_only),
	KUNIT_CASE(verbose_logs_hits_up_to_rate_limit),
	KUNIT_CASE(value_out_of_range_changes_nothing),
	KUNIT_CASE(parameter_text_sets_four_attributes),
	KUNIT_CASE(copy_sets_all_attributes),
	KUNIT_CASE(feature_bit_set_while_requests_may_fail),
	KUNIT_CASE(concurrent_draws_count_exactly),
	{}
};

WORLD_SUITE(inject, inject_init, inject_exit, inject_cases);
