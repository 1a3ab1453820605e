// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the entries of a cache.
 */
#include "cache/entry.h"
#include "world.h"

#define NR_THREADS	4
#define NR_ROUNDS	20000
#define NR_HELD		3

/**
 * struct fixture - the state of a test
 * @entries: the memory
 * @errors: the number of entries that two threads had at the same time
 */
struct fixture {
	struct cnull_entries entries;
	atomic_long_t errors;
};

static int entry_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	cnull_entries_init(&f->entries, 1024, NUMA_NO_NODE);
	return 0;
}

static void entry_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_entries_destroy(&f->entries);
	kfree(f);
}

static void dropped_entry_is_used_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_entry *first = cnull_entry_new(&f->entries, GFP_NOIO), *e;

	KUNIT_ASSERT_TRUE(test, first);
	first->needed = true;
	first->valid[0] = 1;
	cnull_entry_drop(&f->entries, first);
	e = cnull_entry_new(&f->entries, GFP_NOIO);
	KUNIT_EXPECT_TRUE(test, e == first);
	KUNIT_EXPECT_FALSE(test, e->needed);
	KUNIT_EXPECT_EQ(test, e->valid[0], 0UL);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->entries.budget), 1);
	cnull_entry_drop(&f->entries, e);
}

/* An entry whose page went to the store has no page for the next use. */
static void retired_entry_without_page_is_freed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_entry *e = cnull_entry_new(&f->entries, GFP_NOIO);
	struct cnull_retired retired = { };

	KUNIT_ASSERT_TRUE(test, e);
	cnull_page_free(e->page);
	e->rest = NULL;
	cnull_retired_add(&retired, e);
	cnull_entries_retire(&f->entries, &retired);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->entries.nr_free), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->entries.budget), 0);
}

/* Get some entries, and drop them. The turn of an entry is 1 while a thread has it. */
static void get_and_drop(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct cnull_entry *held[NR_HELD];
	unsigned int round, i;

	for (round = 0; round < NR_ROUNDS; round++) {
		for (i = 0; i < NR_HELD; i++) {
			held[i] = cnull_entry_new(&f->entries, GFP_NOIO);
			if (held[i] && xchg(&held[i]->turn, 1))
				atomic_long_inc(&f->errors);
		}
		for (i = 0; i < NR_HELD; i++) {
			if (!held[i])
				continue;
			xchg(&held[i]->turn, 0);
			cnull_entry_drop(&f->entries, held[i]);
		}
	}
}

static void threads_never_get_same_entry(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, get_and_drop, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->entries.budget), 0);
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE(dropped_entry_is_used_again),
	KUNIT_CASE(retired_entry_without_page_is_freed),
	KUNIT_CASE(threads_never_get_same_entry),
	{}
};

WORLD_SUITE(entry, entry_init, entry_exit, entry_cases);
