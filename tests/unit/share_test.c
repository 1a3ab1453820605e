// SPDX-License-Identifier: GPL-2.0
/*
 * Stores that share pages, compared with plain arrays of bytes.
 */
#include "store/compare.h"
#include "world.h"

/* A root and three nodes below it. */
#define NR_PAGES	1100
#define NR_BYTES	(NR_PAGES * PAGE_SIZE)
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)
#define NR_STORES	4
#define NR_THREADS	4

/**
 * struct fixture - the state of a test
 * @store: stores, prepared for NR_BYTES
 * @model: the data that each store should have: NR_BYTES
 * @buf: source and destination of data: NR_BYTES
 * @errors: number of errors that threads found
 */
struct fixture {
	struct cnull_store store[NR_STORES];
	u8 *model[NR_STORES];
	u8 *buf;
	atomic_long_t errors;
};

static int share_init(struct kunit *test)
{
	struct fixture *f = kvcalloc(1, sizeof(*f), GFP_KERNEL);
	int i, err = 0;

	test->priv = f;
	f->buf = kvcalloc(1, NR_BYTES, GFP_KERNEL);
	for (i = 0; i < NR_STORES; i++) {
		f->model[i] = kvcalloc(1, NR_BYTES, GFP_KERNEL);
		cnull_store_init(&f->store[i]);
		err = err ?: cnull_store_prepare(&f->store[i], NR_BYTES,
						 NUMA_NO_NODE);
	}
	return err;
}

static void share_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	for (i = 0; i < NR_STORES; i++) {
		cnull_store_destroy(&f->store[i]);
		kvfree(f->model[i]);
	}
	kvfree(f->buf);
	kvfree(f);
}

static int write_store(struct cnull_store *store, u64 pos, const u8 *data,
		       size_t len)
{
	struct cnull_iter begin = world_iter(data, len), iter = begin;
	int err = cnull_store_write(store, pos, len, &iter, GFP_NOIO);

	world_iter_end(begin);
	return err;
}

static void read_store(struct cnull_store *store, u64 pos, u8 *data, size_t len)
{
	struct cnull_iter begin = world_iter(data, len), iter = begin;

	cnull_store_read(store, pos, len, &iter);
	world_iter_end(begin);
}

/* Write bytes of one value to a store, and to its model. */
static int put(struct fixture *f, int i, u64 pos, u8 byte, size_t len)
{
	int err;

	memset(f->buf, byte, len);
	err = write_store(&f->store[i], pos, f->buf, len);
	if (!err)
		memset(f->model[i] + pos, byte, len);
	return err;
}

static int clear(struct fixture *f, int i, u64 pos, size_t len,
		 enum cnull_clear how)
{
	memset(f->model[i] + pos, 0, len);
	return cnull_store_clear(&f->store[i], pos, len, how);
}

/* Replace store @to by a copy of store @from. */
static void share(struct fixture *f, int from, int to)
{
	cnull_store_destroy(&f->store[to]);
	cnull_store_share(&f->store[from], &f->store[to]);
	memcpy(f->model[to], f->model[from], NR_BYTES);
}

static void expect_models(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	for (i = 0; i < NR_STORES; i++) {
		read_store(&f->store[i], 0, f->buf, NR_BYTES);
		KUNIT_EXPECT_EQ(test, memcmp(f->buf, f->model[i], NR_BYTES), 0);
	}
}

static void expect_usage(struct kunit *test, int i, u64 nr_own, u64 nr_shared)
{
	struct fixture *f = test->priv;
	struct cnull_usage usage;

	cnull_store_usage(&f->store[i], &usage);
	KUNIT_EXPECT_EQ(test, usage.nr_own, nr_own);
	KUNIT_EXPECT_EQ(test, usage.nr_shared, nr_shared);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store[i].budget),
			(long)(nr_own + nr_shared));
}

static void copy_of_empty_store_is_empty(struct kunit *test)
{
	struct fixture *f = test->priv;

	share(f, 0, 1);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, PAGE_SIZE), 0);
	expect_models(test);
	expect_usage(test, 0, 1, 0);
	expect_usage(test, 1, 0, 0);
}

static void copy_without_memory_has_all_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, put(f, 0, SECTOR_BYTES, 1, NR_BYTES - PAGE_SIZE), 0);
	world_fail_all(true);
	share(f, 0, 1);
	world_fail_all(false);
	expect_models(test);
	expect_usage(test, 0, 0, NR_PAGES);
	expect_usage(test, 1, 0, NR_PAGES);
}

/* Each kind of change, to the original and to the copy: a part of a page, and whole pages. */
static void change_of_one_store_leaves_the_other(struct kunit *test)
{
	static const enum cnull_clear how[] = {
		CNULL_CLEAR_FREE, CNULL_CLEAR_ERASE, CNULL_CLEAR_KEEP,
	};
	struct fixture *f = test->priv;
	const u64 pos = 511 * PAGE_SIZE + SECTOR_BYTES;
	unsigned int i;
	int store;

	for (store = 0; store < 2; store++) {
		KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, NR_BYTES), 0);
		share(f, 0, 1);
		KUNIT_EXPECT_EQ(test, put(f, store, pos, 2, SECTOR_BYTES), 0);
		expect_models(test);
		KUNIT_EXPECT_EQ(test, put(f, store, pos, 3, 3 * PAGE_SIZE), 0);
		expect_models(test);
		for (i = 0; i < ARRAY_SIZE(how); i++) {
			share(f, store, 1 - store);
			KUNIT_EXPECT_EQ(test, clear(f, store, pos + 9 * i * PAGE_SIZE,
						    4 * PAGE_SIZE, how[i]), 0);
			expect_models(test);
		}
	}
}

/* The first write copies two nodes and a page, later ones to the same node only a page. */
static void first_write_copies_one_page_and_its_nodes(struct kunit *test)
{
	struct fixture *f = test->priv;
	int copies;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, 10 * PAGE_SIZE), 0);
	for (copies = 1; copies < NR_STORES; copies++)
		share(f, 0, copies);
	world_fail_alloc(4);
	KUNIT_EXPECT_EQ(test, put(f, 0, 0, 2, SECTOR_BYTES), 0);
	world_fail_alloc(2);
	KUNIT_EXPECT_EQ(test, put(f, 0, PAGE_SIZE, 2, SECTOR_BYTES), 0);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, put(f, 0, 0, 3, 2 * PAGE_SIZE), 0);
	world_fail_all(false);
	expect_models(test);
	expect_usage(test, 0, 2, 8);
	expect_usage(test, 1, 0, 10);
	/* The second tree is now the only one with the old pages but for the third. */
	cnull_store_destroy(&f->store[3]);
	cnull_store_destroy(&f->store[2]);
	memset(f->model[2], 0, NR_BYTES);
	memset(f->model[3], 0, NR_BYTES);
	expect_usage(test, 0, 2, 8);
	expect_usage(test, 1, 2, 8);
}

/* A change that fails at any of its allocations changes nothing. */
static void change_without_memory_fails_and_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 pos = 511 * PAGE_SIZE + SECTOR_BYTES;
	long n;
	int err;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, NR_BYTES), 0);
	for (n = 1, err = -ENOMEM; err; n++) {
		share(f, 0, 1);
		world_fail_alloc(n);
		err = put(f, 1, pos, 2, 2 * PAGE_SIZE);
		world_fail_alloc(0);
		expect_models(test);
	}
	KUNIT_EXPECT_EQ(test, n, 3 + 3 + 2);
	for (n = 1, err = -ENOMEM; err; n++) {
		share(f, 0, 1);
		world_fail_alloc(n);
		err = cnull_store_clear(&f->store[1], pos, SECTOR_BYTES,
					CNULL_CLEAR_FREE);
		world_fail_alloc(0);
		if (!err)
			memset(f->model[1] + pos, 0, SECTOR_BYTES);
		expect_models(test);
	}
	KUNIT_EXPECT_EQ(test, n, 2 + 1 + 2);
	/* Short memory counts as no memory. */
	share(f, 0, 1);
	world_memory_is_short(true);
	for (n = 0; n < 1000 && !put(f, 1, n * PAGE_SIZE, 3, PAGE_SIZE); n++)
		;
	world_memory_is_short(false);
	KUNIT_EXPECT_LT(test, n, 1000L);
	expect_models(test);
}

/* Clearing a hole in a shared store, however long, allocates nothing. */
static void clear_of_hole_needs_no_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 vast = (1ULL << 63) - SZ_1M;

	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store[0], vast,
						  NUMA_NO_NODE), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, PAGE_SIZE), 0);
	share(f, 0, 1);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, cnull_store_clear(&f->store[1], PAGE_SIZE,
						vast - PAGE_SIZE,
						CNULL_CLEAR_FREE), 0);
	world_fail_all(false);
	expect_models(test);
}

/* A cache hands over a page of which only some sectors are valid. */
static void merge_into_shared_page_leaves_the_other_store(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long valid[CNULL_SECTOR_WORDS] = { 2 };
	void *page, *rest;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, 2 * PAGE_SIZE), 0);
	share(f, 0, 1);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare_merge(&f->store[0], 1, 1,
							GFP_KERNEL), 0);
	page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	KUNIT_ASSERT_TRUE(test, page);
	memset(page, 4, PAGE_SIZE);
	memset(f->model[0] + PAGE_SIZE + SECTOR_BYTES, 4, SECTOR_BYTES);
	rest = cnull_store_merge(&f->store[0], 1, page, valid);
	KUNIT_EXPECT_TRUE(test, !rest);
	expect_models(test);
	expect_usage(test, 0, 1, 1);

	/* Into the page that the store owns now, the sector is copied. */
	page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);
	KUNIT_ASSERT_TRUE(test, page);
	memset(page, 5, PAGE_SIZE);
	memset(f->model[0] + PAGE_SIZE + SECTOR_BYTES, 5, SECTOR_BYTES);
	rest = cnull_store_merge(&f->store[0], 1, page, valid);
	KUNIT_EXPECT_TRUE(test, rest == page);
	cnull_page_free(page);
	expect_models(test);
}

/* The page of a spare is free after a discard, because the other store was destroyed. */
static void page_is_freed_with_its_last_store(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, NR_BYTES), 0);
	share(f, 0, 1);
	share(f, 1, 2);
	share(f, 2, 3);
	KUNIT_ASSERT_EQ(test, put(f, 2, 0, 2, 600 * PAGE_SIZE), 0);
	share(f, 2, 1);
	KUNIT_ASSERT_EQ(test, clear(f, 0, 0, NR_BYTES, CNULL_CLEAR_FREE), 0);
	expect_models(test);
	share(f, 0, 2);
	share(f, 0, 3);
	expect_models(test);
	/* The teardown of the suite finds pages that are lost. */
	expect_usage(test, 1, NR_PAGES, 0);
}

static void taller_copy_keeps_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, NR_BYTES), 0);
	share(f, 0, 1);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store[1], 1ULL << 40,
						  NUMA_NO_NODE), 0);
	KUNIT_EXPECT_EQ(test, put(f, 1, 2 * PAGE_SIZE, 2, PAGE_SIZE), 0);
	expect_models(test);
	expect_usage(test, 0, 1, NR_PAGES - 1);
	expect_usage(test, 1, 1, NR_PAGES - 1);
}

/* Compare the runs of changed pages with the models. All pages of a model differ or match. */
static void expect_changes(struct kunit *test, int a, int b)
{
	struct fixture *f = test->priv;
	u64 pos = 0, page;

	while (pos < NR_BYTES) {
		bool is_changed;
		u64 len = cnull_store_changed(&f->store[a], &f->store[b], pos,
					      NR_BYTES - pos, &is_changed);

		for (page = pos; page < pos + len; page += PAGE_SIZE)
			KUNIT_ASSERT_EQ(test, is_changed,
				!!memcmp(f->model[a] + page, f->model[b] + page,
					 PAGE_SIZE));
		pos += len;
	}
	KUNIT_EXPECT_EQ(test, pos, NR_BYTES);
}

static void changed_pages_are_found(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	int i;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, 700 * PAGE_SIZE), 0);
	share(f, 0, 1);
	expect_changes(test, 0, 1);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store[1], 1ULL << 40,
						  NUMA_NO_NODE), 0);
	for (i = 2; i < 30; i++)
		KUNIT_ASSERT_EQ(test, put(f, i % 2, rng_below(&rng, NR_BYTES - SZ_1M),
					  i, rng_below(&rng, 5 * PAGE_SIZE) + 1), 0);
	KUNIT_ASSERT_EQ(test, clear(f, 0, 50 * PAGE_SIZE, 20 * PAGE_SIZE,
				    CNULL_CLEAR_FREE), 0);
	expect_changes(test, 0, 1);
	expect_changes(test, 1, 0);
	/* A store with nothing at all. */
	expect_changes(test, 0, 2);
	expect_changes(test, 2, 1);
}

/* A comparison skips holes, however long. Page by page it would take years. */
static void comparison_of_vast_holes_skips_them(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 vast = (1ULL << 63) - SZ_1M;
	static struct cnull_store empty;	/* too large for a stack */
	u64 pos = 0, changed = 0;
	int order, steps = 0;

	cnull_store_init(&empty);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store[0], vast,
						  NUMA_NO_NODE), 0);
	KUNIT_ASSERT_EQ(test, put(f, 0, 5 * PAGE_SIZE, 1, PAGE_SIZE), 0);
	for (order = 0; order < 2; order++)
		for (pos = 0; pos < vast; steps++) {
			bool is_changed;
			u64 n = cnull_store_changed(order ? &empty : &f->store[0],
						    order ? &f->store[0] : &empty,
						    pos, vast - pos, &is_changed);

			changed += is_changed ? n : 0;
			pos += n;
		}
	KUNIT_EXPECT_EQ(test, changed, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, steps, 6);
}

/* A context that finds an object just before its removal must not use it for a copy. */
static void removed_object_gives_no_reference(struct kunit *test)
{
	void *page = cnull_page_alloc(GFP_KERNEL, NUMA_NO_NODE);

	KUNIT_ASSERT_TRUE(test, page);
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, cnull_is_shared(page));
	KUNIT_EXPECT_TRUE(test, cnull_ref_try_share(page));
	KUNIT_EXPECT_TRUE(test, cnull_has_other_reference(page));
	KUNIT_EXPECT_FALSE(test, cnull_ref_drop(page));
	KUNIT_EXPECT_FALSE(test, cnull_has_other_reference(page));
	KUNIT_EXPECT_TRUE(test, cnull_is_shared(page));
	KUNIT_EXPECT_TRUE(test, cnull_ref_drop(page));
	KUNIT_EXPECT_FALSE(test, cnull_ref_try_share(page));
	/* Also while it waits for the end of the grace period. */
	cnull_pages_free_rcu(&page, 1);
	KUNIT_EXPECT_FALSE(test, cnull_ref_try_share(page));
	KUNIT_EXPECT_TRUE(test, cnull_is_shared(page));
	rcu_read_unlock();
}

static void random_ops_on_sharing_stores_match_models(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	for (i = 0; i < world_times(3000); i++) {
		int store = rng_below(&rng, NR_STORES);
		u64 most = rng_below(&rng, 50) ? 5 * PAGE_SIZE : NR_BYTES / 2;
		u64 pos = rng_below(&rng, NR_BYTES);
		u64 len = rng_below(&rng, min_t(u64, most, NR_BYTES - pos)) + 1;

		if (rng_below(&rng, 2)) {
			pos -= pos % PAGE_SIZE;
			len = min_t(u64, round_up(len, PAGE_SIZE), NR_BYTES - pos);
		}
		switch (rng_below(&rng, 8)) {
		case 0:
			share(f, store, (store + 1) % NR_STORES);
			break;
		case 1:
		case 2:
			KUNIT_ASSERT_EQ(test, clear(f, store, pos, len,
				rng_below(&rng, CNULL_CLEAR_KEEP + 1)), 0);
			break;
		case 3:
			read_store(&f->store[store], pos, f->buf, len);
			KUNIT_ASSERT_EQ(test, memcmp(f->buf,
				f->model[store] + pos, len), 0);
			break;
		default:
			KUNIT_ASSERT_EQ(test, put(f, store, pos, i, len), 0);
		}
	}
	expect_models(test);
}

static void thousand_copies_keep_their_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u32 nr = world_times(1000);
	struct cnull_store *copy = kvcalloc(nr, sizeof(*copy), GFP_KERNEL);
	u32 i, value, place;

	KUNIT_ASSERT_TRUE(test, copy);
	for (i = 0; i < nr; i++) {
		/* Each copy has one more page, and the last copy's number in page 0. */
		write_store(&f->store[0], 0, (u8 *)&i, sizeof(i));
		write_store(&f->store[0], (u64)(i % NR_PAGES) * PAGE_SIZE + 8,
			    (u8 *)&i, sizeof(i));
		cnull_store_init(&copy[i]);
		cnull_store_share(&f->store[0], &copy[i]);
	}
	/* Destroy every third one. The others keep their data. */
	for (i = 0; i < nr; i += 3)
		cnull_store_destroy(&copy[i]);
	for (i = 0; i < nr; i++) {
		if (i % 3 == 0)
			continue;
		read_store(&copy[i], 0, (u8 *)&value, sizeof(value));
		KUNIT_EXPECT_EQ(test, value, i);
		place = i / 2;
		read_store(&copy[i], (u64)(place % NR_PAGES) * PAGE_SIZE + 8,
			   (u8 *)&value, sizeof(value));
		KUNIT_EXPECT_EQ(test, value, place);
		cnull_store_destroy(&copy[i]);
	}
	kvfree(copy);
}

/*
 * Store 0 has one value in each page, and never changes. Each thread changes a copy of its
 * own. Between rounds it shares store 0 again, so the threads drop and copy the same nodes
 * and pages at the same time.
 */
static void change_own_copy(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct rng rng = rng_start(nr);
	struct cnull_store *mine = kvcalloc(1, sizeof(*mine), GFP_KERNEL);
	u8 data[64];
	unsigned int i, j;

	if (!mine)
		atomic_long_inc(&f->errors);
	for (i = 0; mine && i < world_times(200); i++) {
		cnull_store_init(mine);
		cnull_store_share(&f->store[0], mine);
		for (j = 0; j < 20; j++) {
			u64 page = rng_below(&rng, NR_PAGES) * PAGE_SIZE;

			memset(data, nr + 100, sizeof(data));
			if (rng_below(&rng, 4) == 0)
				cnull_store_clear(mine, page, 2 * PAGE_SIZE,
						  CNULL_CLEAR_FREE);
			else if (write_store(mine, page + 64, data, sizeof(data)))
				atomic_long_inc(&f->errors);
			read_store(&f->store[0], page + 64, data, sizeof(data));
			if (data[0] != 1 || data[63] != 1)
				atomic_long_inc(&f->errors);
			read_store(mine, page, data, 1);
			if (data[0] > 1)
				atomic_long_inc(&f->errors);
		}
		cnull_store_destroy(mine);
	}
	kvfree(mine);
}

static void threads_changing_copies_leave_the_original(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, put(f, 0, 0, 1, NR_BYTES), 0);
	/* Shared before, so that threads may share it at the same time. */
	share(f, 0, 1);
	world_threads(NR_THREADS, change_own_copy, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	expect_models(test);
	cnull_store_destroy(&f->store[1]);
	memset(f->model[1], 0, NR_BYTES);
	expect_usage(test, 0, NR_PAGES, 0);
}

/*
 * All threads write to store 1, a copy of store 0: each to its own sector of each page.
 * Thread 0 also destroys store 0 halfway, so that writers drop the last references of nodes
 * and pages.
 */
static void change_one_copy(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	u8 data[SECTOR_BYTES];
	u64 i;

	memset(data, nr + 10, sizeof(data));
	for (i = 0; i < NR_PAGES; i++) {
		if (!nr && i == NR_PAGES / 2)
			cnull_store_destroy(&f->store[0]);
		if (write_store(&f->store[1], i * PAGE_SIZE + nr * SECTOR_BYTES,
				data, sizeof(data)))
			atomic_long_inc(&f->errors);
	}
}

static void threads_changing_one_copy_lose_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int round, nr;
	u64 i;

	for (round = 0; round < world_times(20); round++) {
		KUNIT_ASSERT_EQ(test, put(f, 0, 0, round, NR_BYTES), 0);
		share(f, 0, 1);
		world_threads(NR_THREADS, change_one_copy, f);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
		for (i = 0; i < NR_PAGES; i++)
			for (nr = 0; nr < NR_THREADS; nr++)
				memset(f->model[1] + i * PAGE_SIZE +
				       nr * SECTOR_BYTES, nr + 10, SECTOR_BYTES);
		memset(f->model[0], 0, NR_BYTES);
		expect_models(test);
		expect_usage(test, 1, NR_PAGES, 0);
		KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store[0], NR_BYTES,
							  NUMA_NO_NODE), 0);
	}
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE(copy_of_empty_store_is_empty),
	KUNIT_CASE(copy_without_memory_has_all_data),
	KUNIT_CASE(change_of_one_store_leaves_the_other),
	KUNIT_CASE(first_write_copies_one_page_and_its_nodes),
	KUNIT_CASE(change_without_memory_fails_and_changes_nothing),
	KUNIT_CASE(clear_of_hole_needs_no_memory),
	KUNIT_CASE(merge_into_shared_page_leaves_the_other_store),
	KUNIT_CASE(page_is_freed_with_its_last_store),
	KUNIT_CASE(taller_copy_keeps_data),
	KUNIT_CASE(changed_pages_are_found),
	KUNIT_CASE(comparison_of_vast_holes_skips_them),
	KUNIT_CASE(removed_object_gives_no_reference),
	KUNIT_CASE(random_ops_on_sharing_stores_match_models),
	KUNIT_CASE(thousand_copies_keep_their_data),
	KUNIT_CASE(threads_changing_copies_leave_the_original),
	KUNIT_CASE(threads_changing_one_copy_lose_no_data),
	{}
};

WORLD_SUITE(share, share_init, share_exit, share_cases);
