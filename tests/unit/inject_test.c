// SPDX-License-Identifier: GPL-2.0
/*
 * Faults: which requests they hit.
 */
#include "fault/inject.h"
#include "feature.h"
#include "world.h"

/* The tests are about one kind of fault. */
#define KIND	CNULL_FAULT_TIMEOUT

#define SET(f, name, text) \
	cnull_inject_set(&(f)->faults, KIND, CNULL_FAULT_ID_##name, text)
#define GET(f, name) \
	cnull_fault_get(&(f)->faults.kind[KIND], CNULL_FAULT_ID_##name)

/**
 * struct fixture - what each test has
 * @faults: the faults of a device
 * @hits: counted by threads
 */
struct fixture {
	struct cnull_faults faults;
	atomic_long_t hits;
};

static int fault_test_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	cnull_inject_init(&f->faults);
	SET(f, times, "-1");
	return 0;
}

static void fault_test_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_inject_destroy(&f->faults);
	kfree(f);
}

static bool hits(struct fixture *f)
{
	return cnull_inject_hits(&f->faults, KIND, "disk");
}

static unsigned int count_hits(struct fixture *f, unsigned int n)
{
	unsigned int nr = 0;

	while (n--)
		nr += hits(f);
	return nr;
}

static void none_by_default(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, count_hits(f, 1000), 0);
	KUNIT_EXPECT_EQ(test, GET(f, probability), 0);
	KUNIT_EXPECT_EQ(test, GET(f, interval), 1);
	KUNIT_EXPECT_EQ(test, GET(f, space), 0);
	KUNIT_EXPECT_EQ(test, cnull_fault_get(
			&f->faults.kind[CNULL_FAULT_REQUEUE],
			CNULL_FAULT_ID_times), 1);
	/* One kind is not the other. */
	SET(f, probability, "100");
	KUNIT_EXPECT_EQ(test, cnull_inject_hits(&f->faults, CNULL_FAULT_REQUEUE,
						"disk"), false);
	KUNIT_EXPECT_EQ(test, count_hits(f, 1000), 1000);
}

static void probability_is_met(struct kunit *test)
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

/* 64 draws, one bit each. */
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

static void a_seed_repeats(struct kunit *test)
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

static void space_interval_and_times(struct kunit *test)
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

static void only_tasks_that_are_to_fail(struct kunit *test)
{
	struct fixture *f = test->priv;

	SET(f, probability, "100");
	SET(f, task_filter, "1");
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 0);
	world_set_task_may_fail(true);
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 10);
	world_set_task_may_fail(false);
}

static void the_log_is_told(struct kunit *test)
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

static void values_out_of_range(struct kunit *test)
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

static void as_module_parameters(struct kunit *test)
{
	static const char *const bad[] = {
		"", "1", "1,2", "1,2,3", "1,2,3,", "1,2,3,4,", "1,2,3,4,5",
		"1,101,3,4", ",,,", "1,,3,4", "1,2,3,-2", "1,2,3,4x", "a,2,3,4",
		"1,2,3,000000000000000000000000000000000004",
		"1,2,3,4\njunk", "1,2,3,4\n\n", "1,2,3,4\n,5", "1,2\n,3,4",
	};
	struct fixture *f = test->priv;
	size_t i;

	KUNIT_EXPECT_EQ(test, cnull_fault_parse(&f->faults.kind[KIND], "7,50,3,-1"), 0);
	for (i = 0; i <= ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, GET(f, interval), 7);
		KUNIT_EXPECT_EQ(test, GET(f, probability), 50);
		KUNIT_EXPECT_EQ(test, GET(f, space), 3);
		KUNIT_EXPECT_EQ(test, GET(f, times), -1);
		if (i < ARRAY_SIZE(bad))
			KUNIT_EXPECT_EQ(test, cnull_fault_parse(&f->faults.kind[KIND],
					bad[i]), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, cnull_fault_parse(&f->faults.kind[KIND], "1,100,0,2\n"), 0);
	KUNIT_EXPECT_EQ(test, count_hits(f, 10), 2);
}

static void copies(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_fault from[CNULL_NR_FAULTS];
	unsigned long features = 0;
	int kind;

	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		cnull_fault_init(&from[kind]);
	KUNIT_EXPECT_EQ(test, cnull_fault_parse(&from[KIND], "7,50,3,-1"), 0);
	cnull_inject_attach(&f->faults, &features);
	cnull_inject_copy(&f->faults, from);
	KUNIT_EXPECT_EQ(test, GET(f, interval), 7);
	KUNIT_EXPECT_EQ(test, GET(f, times), -1);
	KUNIT_EXPECT_EQ(test, features, 1UL << CNULL_FEATURE_INJECT);
	cnull_inject_attach(&f->faults, NULL);
}

/* Only a fault that requests can get costs them time. */
static void feature_follows_the_probability(struct kunit *test)
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

/* What counts down does so exactly, whoever counts. */
static void threads_share_the_counts(struct kunit *test)
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

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(none_by_default),
	KUNIT_CASE(probability_is_met),
	KUNIT_CASE(a_seed_repeats),
	KUNIT_CASE(space_interval_and_times),
	KUNIT_CASE(only_tasks_that_are_to_fail),
	KUNIT_CASE(the_log_is_told),
	KUNIT_CASE(values_out_of_range),
	KUNIT_CASE(as_module_parameters),
	KUNIT_CASE(copies),
	KUNIT_CASE(feature_follows_the_probability),
	KUNIT_CASE(threads_share_the_counts),
	{}
};

WORLD_SUITE(fault, fault_test_init, fault_test_exit, fault_cases);
