// SPDX-License-Identifier: GPL-2.0
/*
 * Counters with a part for each CPU.
 */
#include "store/counter.h"
#include "world.h"

#define NR_THREADS	4
#define NR_ROUNDS	100000

static struct cnull_counter counter;

static void count(void *arg, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < NR_ROUNDS; i++) {
		cnull_counter_add(&counter, 3);
		cnull_counter_add(&counter, -2);
	}
}

/* The worst case: all threads share a part. */
static void threads_lose_no_count(struct kunit *test)
{
	cnull_counter_init(&counter);
	world_set_cpus(1);
	world_threads(NR_THREADS, count, NULL);
	KUNIT_EXPECT_EQ(test, cnull_counter_read(&counter),
			NR_THREADS * NR_ROUNDS);
}

static void add_returns_part_of_cpu(struct kunit *test)
{
	cnull_counter_init(&counter);
	KUNIT_EXPECT_EQ(test, cnull_counter_add(&counter, 5), 5);
	KUNIT_EXPECT_EQ(test, cnull_counter_add(&counter, -7), -2);
	KUNIT_EXPECT_EQ(test, cnull_counter_read(&counter), -2);
}

static struct kunit_case counter_cases[] = {
	KUNIT_CASE(threads_lose_no_count),
	KUNIT_CASE(add_returns_part_of_cpu),
	{}
};

WORLD_SUITE(counter, world_no_setup, world_no_teardown, counter_cases);
