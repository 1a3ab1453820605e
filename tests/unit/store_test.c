// SPDX-License-Identifier: GPL-2.0
/*
 * The store, compared with a plain array of bytes.
 */
#include "store/store.h"
#include "world.h"

/* A root and five nodes below it. */
#define MODEL_PAGES	2100
#define MODEL_BYTES	(MODEL_PAGES * PAGE_SIZE)
#define MODEL_SECTORS	(MODEL_BYTES >> SECTOR_SHIFT)
#define SECTORS_A_PAGE	(PAGE_SIZE >> SECTOR_SHIFT)
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)
#define NR_THREADS	4
#define THREAD_BYTES	(4 * PAGE_SIZE)

/**
 * struct fixture - the state of a test
 * @store: prepared for MODEL_BYTES
 * @model: the data that @store should have, MODEL_BYTES
 * @buf: source and destination of data, MODEL_BYTES; each thread uses its own part
 * @errors: number of errors that threads found
 */
struct fixture {
	struct cnull_store store;
	u8 *model;
	u8 *buf;
	atomic_long_t errors;
};

static int store_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	f->model = kzalloc(MODEL_BYTES, GFP_KERNEL);
	f->buf = kzalloc(MODEL_BYTES, GFP_KERNEL);
	cnull_store_init(&f->store);
	return cnull_store_prepare(&f->store, MODEL_BYTES, NUMA_NO_NODE);
}

static void store_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_store_destroy(&f->store);
	kfree(f->model);
	kfree(f->buf);
	kfree(f);
}

static int store_write(struct cnull_store *store, u64 pos,
		       struct cnull_iter data, size_t len)
{
	struct cnull_iter iter = data;
	int err = cnull_store_write(store, pos, len, &iter, GFP_NOIO);

	world_iter_end(data);
	return err;
}

static void store_read(struct cnull_store *store, u64 pos,
		       struct cnull_iter data, size_t len)
{
	struct cnull_iter iter = data;

	cnull_store_read(store, pos, len, &iter);
	world_iter_end(data);
}

static int do_write(struct fixture *f, u64 pos, const void *data, size_t len)
{
	return store_write(&f->store, pos, world_iter(data, len), len);
}

static void do_read(struct fixture *f, u64 pos, void *data, size_t len)
{
	store_read(&f->store, pos, world_iter(data, len), len);
}

static void do_discard(struct fixture *f, u64 pos, u64 len)
{
	cnull_store_clear(&f->store, pos, len, CNULL_CLEAR_FREE);
}

/* Return the part of the buffer that belongs to thread @nr: THREAD_BYTES. */
static u8 *thread_buf(struct fixture *f, unsigned int nr)
{
	return f->buf + nr * THREAD_BYTES;
}

static void fill(struct rng *rng, u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = rng_below(rng, 256);
}

/* Return the number of pages of the model that are not all zeros. */
static long model_pages(struct fixture *f)
{
	static const u8 zeros[PAGE_SIZE];
	long pages = 0;
	size_t i;

	for (i = 0; i < MODEL_PAGES; i++)
		pages += !!memcmp(f->model + i * PAGE_SIZE, zeros, PAGE_SIZE);
	return pages;
}

static void expect_model(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->buf, 0x77, MODEL_BYTES);
	do_read(f, 0, f->buf, MODEL_BYTES);
	KUNIT_EXPECT_EQ(test, memcmp(f->buf, f->model, MODEL_BYTES), 0);
}

static void read_of_unwritten_pages_returns_zeros(struct kunit *test)
{
	struct fixture *f = test->priv;

	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->store.map.nr_nodes), 0);
}

/* A prefetch is a hint. It accepts any position, and allocates nothing. */
static void prefetch_of_any_place_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	static struct cnull_store empty;	/* too large for a stack */
	unsigned int bit;

	memset(f->model, 0x11, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, PAGE_SIZE), 0);
	cnull_store_init(&empty);
	rcu_read_lock();
	for (bit = 0; bit < 64; bit++) {
		cnull_store_prefetch(&empty, 1ULL << bit, CNULL_FETCH_SLOT);
		cnull_store_prefetch(&empty, 1ULL << bit, CNULL_FETCH_PAGE);
		cnull_store_prefetch(&f->store, 1ULL << bit, CNULL_FETCH_SLOT);
		cnull_store_prefetch(&f->store, 1ULL << bit, CNULL_FETCH_PAGE);
	}
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 1);
	expect_model(test);
	cnull_store_destroy(&empty);
}

static void random_ops_match_model(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	for (i = 0; i < world_times(3000); i++) {
		/* Mostly small ranges, sometimes ranges of several nodes. */
		u64 most = rng_below(&rng, 50) ? 5 * PAGE_SIZE : MODEL_BYTES / 2;
		u64 pos = rng_below(&rng, MODEL_BYTES);
		u64 len = rng_below(&rng, min_t(u64, most, MODEL_BYTES - pos)) + 1;

		/* Most ranges consist of whole sectors or whole pages. */
		if (rng_below(&rng, 4)) {
			u64 unit = rng_below(&rng, 2) ? PAGE_SIZE : SECTOR_BYTES;

			pos -= pos % unit;
			len = min_t(u64, DIV_ROUND_UP_ULL(len, unit) * unit,
				    MODEL_BYTES - pos);
		}
		switch (rng_below(&rng, 4)) {
		case 0:
		case 1:
			fill(&rng, f->model + pos, min_t(u64, len, 9000));
			KUNIT_ASSERT_EQ(test,
				do_write(f, pos, f->model + pos, len), 0);
			break;
		case 2:
			memset(f->model + pos, 0, len);
			cnull_store_clear(&f->store, pos, len,
					  rng_below(&rng, CNULL_CLEAR_KEEP + 1));
			break;
		default:
			do_read(f, pos, f->buf, len);
			KUNIT_ASSERT_EQ(test,
				memcmp(f->buf, f->model + pos, len), 0);
		}
	}
	expect_model(test);
	KUNIT_EXPECT_LE(test, model_pages(f),
			cnull_budget_pages(&f->store.budget));
}

/* The data of one request is in pieces of odd sizes and alignment. */
static void write_from_scattered_pieces_reads_back(struct kunit *test)
{
	static const size_t cuts[] = { 0, 2, 513, 1000, 4095, 4097, 9000, 12288 };
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	struct world_piece pieces[ARRAY_SIZE(cuts) - 1];
	const u64 pos = 511 * PAGE_SIZE + SECTOR_BYTES;
	const size_t len = cuts[ARRAY_SIZE(cuts) - 1];
	size_t i;

	fill(&rng, f->buf, len);
	for (i = 0; i < ARRAY_SIZE(pieces); i++)
		pieces[i] = (struct world_piece) {
			.at = f->buf + cuts[i],
			.len = cuts[i + 1] - cuts[i],
		};
	memcpy(f->model + pos, f->buf, len);
	KUNIT_ASSERT_EQ(test,
		store_write(&f->store, pos,
			    world_iter_of(pieces, ARRAY_SIZE(pieces)), len), 0);
	memset(f->buf, 0, len);
	store_read(&f->store, pos, world_iter_of(pieces, ARRAY_SIZE(pieces)),
		   len);
	KUNIT_EXPECT_EQ(test, memcmp(f->buf, f->model + pos, len), 0);
	expect_model(test);
}

static void overwrite_without_memory_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;
	long pages, nodes;

	memset(f->model, 1, 10 * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, 10 * PAGE_SIZE), 0);
	pages = cnull_budget_pages(&f->store.budget);
	nodes = atomic_long_read(&f->store.map.nr_nodes);
	KUNIT_EXPECT_EQ(test, pages, 10);

	/* An overwrite needs no memory: the first allocation would fail. */
	memset(f->model, 2, 10 * PAGE_SIZE);
	world_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->model, 10 * PAGE_SIZE), 0);
	world_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), pages);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->store.map.nr_nodes), nodes);
	expect_model(test);
}

static void discard_frees_whole_pages(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->model, 3, MODEL_BYTES);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, MODEL_BYTES), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget),
			MODEL_PAGES);

	/* From the middle of page 3 to the middle of page 600: 596 whole pages. */
	memset(f->model + 3 * PAGE_SIZE + 512, 0, 597 * PAGE_SIZE);
	do_discard(f, 3 * PAGE_SIZE + 512, 597 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget),
			MODEL_PAGES - 596);
	expect_model(test);

	memset(f->model, 0, MODEL_BYTES);
	do_discard(f, 0, MODEL_BYTES);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	expect_model(test);
}

/* CNULL_CLEAR_KEEP zeroes pages in place. It adds no page where none is. */
static void clear_that_keeps_pages_zeroes_them(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->model + 3 * PAGE_SIZE, 3, 4 * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 3 * PAGE_SIZE,
				       f->model + 3 * PAGE_SIZE, 4 * PAGE_SIZE), 0);
	memset(f->model + 4 * PAGE_SIZE - 512, 0, 600 * PAGE_SIZE);
	cnull_store_clear(&f->store, 4 * PAGE_SIZE - 512, 600 * PAGE_SIZE,
			  CNULL_CLEAR_KEEP);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 4);
	expect_model(test);
	/* To write kept pages again needs no memory. */
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, do_write(f, 4 * PAGE_SIZE, f->buf,
				       3 * PAGE_SIZE), 0);
}

/*
 * Erased data must not be left in memory that is freed. The test holds an RCU read
 * section, so it can read the page after its removal. The page is in the second slot
 * of the only node.
 */
static void erased_page_is_zeroed_before_it_is_freed(struct kunit *test)
{
	static const u8 zeros[PAGE_SIZE];
	struct fixture *f = test->priv;
	static struct cnull_store store;	/* too large for a stack */
	struct cnull_node *node;
	void *page;

	memset(f->buf, 0x42, 2 * PAGE_SIZE);
	cnull_store_init(&store);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&store, 2 * PAGE_SIZE,
						  NUMA_NO_NODE), 0);
	if (!store_write(&store, 0, world_iter(f->buf, 2 * PAGE_SIZE),
			 2 * PAGE_SIZE)) {
		node = rcu_dereference_raw(store.map.root);
		rcu_read_lock();
		page = rcu_dereference(node->slot[1]);
		KUNIT_EXPECT_EQ(test, memcmp(page, f->buf, PAGE_SIZE), 0);
		cnull_store_clear(&store, PAGE_SIZE, PAGE_SIZE,
				  CNULL_CLEAR_ERASE);
		KUNIT_EXPECT_EQ(test, memcmp(page, zeros, PAGE_SIZE), 0);
		rcu_read_unlock();
		KUNIT_EXPECT_EQ(test, cnull_budget_pages(&store.budget), 1);
	}
	cnull_store_destroy(&store);
}

/* The time of a discard depends on the data in its range, not on its length. */
static void discard_of_vast_range_skips_holes(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 vast = (1ULL << 63) - SZ_1M;
	u8 byte = 1;

	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store, vast, 0), 0);
	KUNIT_ASSERT_EQ(test, do_write(f, 1, &byte, 1), 0);
	KUNIT_ASSERT_EQ(test, do_write(f, vast - 1, &byte, 1), 0);
	do_discard(f, 0, vast);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	do_read(f, vast - 1, &byte, 1);
	KUNIT_EXPECT_EQ(test, byte, 0);
}

static void prepare_for_other_size_keeps_data(struct kunit *test)
{
	static const u64 sizes[] = {
		SZ_1M, 1ULL << 21, 1ULL << 30, (1ULL << 30) + 4096, 1ULL << 39,
		1ULL << 62, SZ_1M,
	};
	static struct cnull_store store;	/* too large for a stack */
	u64 data, back;
	size_t i, j;

	cnull_store_init(&store);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, cnull_store_prepare(&store, sizes[i],
							  NUMA_NO_NODE), 0);
		data = ~sizes[i];
		KUNIT_EXPECT_EQ(test,
			store_write(&store, sizes[i] - 8,
				    world_iter(&data, sizeof(data)), 8), 0);
		for (j = 0; j <= i; j++) {
			back = 0;
			store_read(&store, sizes[j] - 8,
				   world_iter(&back, sizeof(back)), 8);
			KUNIT_EXPECT_EQ(test, back, ~sizes[j]);
		}
	}
	cnull_store_destroy(&store);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&store.budget), 0);
}

static void full_store_needs_few_nodes(struct kunit *test)
{
	struct fixture *f = test->priv;
	long pages, nodes;

	memset(f->model, 3, MODEL_BYTES);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, MODEL_BYTES), 0);
	pages = cnull_budget_pages(&f->store.budget);
	nodes = atomic_long_read(&f->store.map.nr_nodes);
	KUNIT_EXPECT_LE(test, nodes * 1000, pages * 3);
}

/* Each allocation of a write fails once. The write can be repeated. */
static void write_after_failed_allocation_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;
	/* Two pages below different nodes: 2 pages and 3 nodes. */
	const u64 pos = 511 * PAGE_SIZE + SECTOR_BYTES;
	const size_t len = 2 * PAGE_SIZE - 2 * SECTOR_BYTES;
	long n;

	memset(f->model + pos, 5, len);
	for (n = 1; n <= 5; n++) {
		world_fail_alloc(n);
		KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, len),
				-ENOMEM);
		world_fail_alloc(0);
		KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, len), 0);
		expect_model(test);
		cnull_store_destroy(&f->store);
		KUNIT_EXPECT_EQ(test, cnull_store_prepare(&f->store,
				MODEL_BYTES, NUMA_NO_NODE), 0);
	}
	world_fail_alloc(6);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, len), 0);
}

/*
 * A write whose second allocation fails changes nothing. A failed write is run again
 * later. If the first run had changed data, the second run would undo a write that
 * completed in between.
 */
static void failed_write_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 pos = PAGE_SIZE - 2 * SECTOR_BYTES;
	const size_t len = 2 * PAGE_SIZE;

	memset(f->model, 7, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, PAGE_SIZE), 0);
	memset(f->buf, 1, len);
	/* Three pages. The store has the first one. */
	world_fail_alloc(2);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->buf, len), -ENOMEM);
	world_fail_alloc(0);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 1);
	/* A write that completes in between. */
	memset(f->model + pos, 2, SECTOR_BYTES);
	KUNIT_ASSERT_EQ(test, do_write(f, pos, f->model + pos, SECTOR_BYTES), 0);
	expect_model(test);
	memset(f->model + pos, 1, len);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, len), 0);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 3);
}

static void discard_first_page(void *arg)
{
	do_discard(arg, 0, PAGE_SIZE);
}

/*
 * While a write to two pages allocates the second one, a discard removes the first. The
 * discard counts as the later request. The second page still gets the write's data.
 */
static void page_discarded_during_write_stays_discarded(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->buf, 1, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->buf, PAGE_SIZE), 0);
	memset(f->model + PAGE_SIZE, 2, PAGE_SIZE);
	memset(f->buf, 2, 2 * PAGE_SIZE);
	world_at_alloc(1, discard_first_page, f);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->buf, 2 * PAGE_SIZE), 0);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 1);
}

static void write_first_page(void *arg)
{
	static u8 data[PAGE_SIZE];
	struct fixture *f = arg;

	memset(data, 3, sizeof(data));
	if (do_write(f, 0, data, sizeof(data)))
		atomic_long_inc(&f->errors);
}

/*
 * While a write allocates its second page, another write inserts the first one. Each page
 * is counted once, and the spare page is freed.
 */
static void page_added_during_write_is_overwritten(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->model + SECTOR_BYTES, 2, 2 * PAGE_SIZE - SECTOR_BYTES);
	memset(f->model, 3, SECTOR_BYTES);
	/* Allocations: a node on each level, the first page, the second page. */
	world_at_alloc(4, write_first_page, f);
	KUNIT_EXPECT_EQ(test, do_write(f, SECTOR_BYTES, f->model + SECTOR_BYTES,
				       2 * PAGE_SIZE - SECTOR_BYTES), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 2);
}

/*
 * Memory becomes short in the middle of a long write. The write fails, and frees the pages
 * that it allocated.
 */
static void long_write_with_short_memory_frees_its_pages(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->buf, 1, MODEL_BYTES);
	world_memory_is_short(true);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->buf, MODEL_BYTES), -ENOMEM);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	expect_model(test);
	world_memory_is_short(false);
	memset(f->model, 1, MODEL_BYTES);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->model, MODEL_BYTES), 0);
	expect_model(test);
}

/*
 * When memory is short, the store stops growing within 1 MiB. Writes to new pages fail until
 * memory is available again. Overwrites succeed.
 */
static void writes_with_short_memory_stop_within_1_mib(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 pos = 0;

	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->buf, 10 * PAGE_SIZE), 0);
	world_memory_is_short(true);
	while (pos < MODEL_BYTES && !do_write(f, pos, f->buf, PAGE_SIZE))
		pos += PAGE_SIZE;
	/* A node was an allocation, too. */
	KUNIT_EXPECT_EQ(test, pos, (CNULL_BUDGET_STEP - 2) * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->buf, PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->buf, pos), 0);
	world_memory_is_short(false);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->buf, PAGE_SIZE), 0);
}

/* Return the number of bytes from @pos on, up to @end, in pages that are alike. */
static u64 model_extent(const bool *there, u64 pos, u64 end)
{
	u64 page = pos / PAGE_SIZE;

	while (page * PAGE_SIZE < end && there[page] == there[pos / PAGE_SIZE])
		page++;
	return min_t(u64, page * PAGE_SIZE, end) - pos;
}

/* Extents of any range match a list of the pages that were written. */
static void extents_match_model(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	static bool there[MODEL_PAGES];
	unsigned int i;
	u64 page;

	memset(there, 0, sizeof(there));

	for (i = 0; i < world_times(3000); i++) {
		u64 pos = rng_below(&rng, MODEL_BYTES);
		u64 most = rng_below(&rng, 4) ? 9 * PAGE_SIZE : MODEL_BYTES / 2;
		u64 len = rng_below(&rng, min_t(u64, most, MODEL_BYTES - pos)) + 1;
		u64 first = pos / PAGE_SIZE;
		bool is_data = false;
		u64 n;

		switch (rng_below(&rng, 3)) {
		case 0:
			KUNIT_EXPECT_EQ(test, do_write(f, pos, f->buf, len), 0);
			for (page = first; page * PAGE_SIZE < pos + len; page++)
				there[page] = true;
			break;
		case 1:
			do_discard(f, pos, len);
			for (page = DIV_ROUND_UP_ULL(pos, PAGE_SIZE);
			     (page + 1) * PAGE_SIZE <= pos + len; page++)
				there[page] = false;
			break;
		default:
			n = cnull_store_extent(&f->store, pos, len, &is_data);
			KUNIT_EXPECT_EQ(test, n,
					model_extent(there, pos, pos + len));
			KUNIT_EXPECT_EQ(test, is_data, there[first]);
		}
	}
}

/* The time to find the end of a hole does not depend on its length. */
static void extent_of_vast_hole_skips_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u64 vast = (1ULL << 63) - SZ_1M;
	bool is_data = true;
	u8 byte = 1;

	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store, vast, 0), 0);
	KUNIT_EXPECT_EQ(test, cnull_store_extent(&f->store, 0, vast, &is_data),
			vast);
	KUNIT_EXPECT_FALSE(test, is_data);
	KUNIT_ASSERT_EQ(test, do_write(f, vast - 1, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, cnull_store_extent(&f->store, 7, vast - 7,
						 &is_data),
			vast - PAGE_SIZE - 7);
	KUNIT_EXPECT_FALSE(test, is_data);
	KUNIT_EXPECT_EQ(test, cnull_store_extent(&f->store, vast - 7, 7,
						 &is_data), 7);
	KUNIT_EXPECT_TRUE(test, is_data);
}

static void grow(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	u64 page;

	for (page = nr; page < MODEL_PAGES; page += NR_THREADS)
		if (do_write(f, page * PAGE_SIZE, f->buf, PAGE_SIZE))
			return;
}

/* Each thread may add one page before it notices that memory is short. */
static void concurrent_writes_with_short_memory_stop_within_1_mib(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_memory_is_short(true);
	world_threads(NR_THREADS, grow, f);
	KUNIT_EXPECT_LE(test, CNULL_BUDGET_STEP - 1 - 2 * NR_THREADS,
			cnull_budget_pages(&f->store.budget));
	KUNIT_EXPECT_LE(test, cnull_budget_pages(&f->store.budget),
			NR_THREADS * (CNULL_BUDGET_STEP + 1));
}

static void prepare_without_memory_keeps_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->model, 9, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, PAGE_SIZE), 0);
	world_fail_alloc(2);
	KUNIT_EXPECT_EQ(test, cnull_store_prepare(&f->store, 1ULL << 60,
						  NUMA_NO_NODE), -ENOMEM);
	expect_model(test);
}

/*
 * Each thread owns every fourth sector, or every fourth page. It keeps the model of its
 * own ones up to date. Requests of other threads must not change them.
 */
static void work_on_own(struct fixture *f, unsigned int nr, size_t size,
			u64 units, unsigned int rounds)
{
	struct rng rng = rng_start(nr);
	u8 *data = thread_buf(f, nr);
	unsigned int i;

	for (i = 0; i < world_times(rounds); i++) {
		u64 pos = (rng_below(&rng, units / NR_THREADS) * NR_THREADS +
			   nr) * size;
		u8 *model = f->model + pos;

		switch (rng_below(&rng, 3)) {
		case 0:
			memset(model, rng_below(&rng, 256), size);
			if (do_write(f, pos, model, size))
				atomic_long_inc(&f->errors);
			break;
		case 1:
			memset(model, 0, size);
			cnull_store_clear(&f->store, pos, size,
					  rng_below(&rng, CNULL_CLEAR_KEEP + 1));
			break;
		default:
			do_read(f, pos, data, size);
			if (memcmp(data, model, size))
				atomic_long_inc(&f->errors);
		}
	}
}

/* The threads share few pages, so that they use the same page often. */
static void own_sectors(void *arg, unsigned int nr)
{
	work_on_own(arg, nr, SECTOR_BYTES, 64 * SECTORS_A_PAGE, 20000);
}

static void threads_with_own_sectors_keep_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, own_sectors, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	expect_model(test);
}

/* The threads share nodes. Pages are added and removed next to each other. */
static void own_pages(void *arg, unsigned int nr)
{
	work_on_own(arg, nr, PAGE_SIZE, MODEL_PAGES, 10000);
}

static void threads_with_own_pages_keep_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, own_pages, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	expect_model(test);
}

/* Return the byte that all writers write to @sector; never 0. */
static u8 mark_of(u64 sector)
{
	return sector % 255 + 1;
}

/*
 * The threads write and discard the same sectors. In any order each byte is either zero
 * or the byte that all writers write there.
 */
static void shared_pages(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct rng rng = rng_start(nr);
	u8 *data = thread_buf(f, nr);
	unsigned int i;
	size_t j;

	for (i = 0; i < world_times(5000); i++) {
		u64 sector = rng_below(&rng, 28 * SECTORS_A_PAGE);
		u64 nr_sectors = rng_below(&rng, 4 * SECTORS_A_PAGE) + 1;
		u64 pos, len, n;
		bool is_data;

		if (rng_below(&rng, 2)) {
			sector -= sector % SECTORS_A_PAGE;
			nr_sectors = SECTORS_A_PAGE;
		}
		pos = sector * SECTOR_BYTES;
		len = nr_sectors * SECTOR_BYTES;
		switch (rng_below(&rng, 4)) {
		case 0:
			for (j = 0; j < len; j++)
				data[j] = mark_of(sector + j / SECTOR_BYTES);
			if (do_write(f, pos, data, len))
				atomic_long_inc(&f->errors);
			break;
		case 1:
			do_discard(f, pos, len);
			break;
		case 2:
			n = cnull_store_extent(&f->store, pos, len, &is_data);
			if (!n || n > len)
				atomic_long_inc(&f->errors);
			break;
		default:
			rcu_read_lock();
			cnull_store_prefetch(&f->store, pos, CNULL_FETCH_SLOT);
			cnull_store_prefetch(&f->store, pos, CNULL_FETCH_PAGE);
			rcu_read_unlock();
			do_read(f, pos, data, len);
			for (j = 0; j < len; j++)
				if (data[j] && data[j] !=
				    mark_of(sector + j / SECTOR_BYTES))
					atomic_long_inc(&f->errors);
		}
	}
}

static void threads_sharing_pages_find_only_written_bytes(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(NR_THREADS, shared_pages, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	/* Each page was counted once, and none is left. */
	do_discard(f, 0, MODEL_BYTES);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
}

/*
 * The threads add the same pages, and the nodes above them, at the same time. One thread
 * inserts its page. The data of the others reaches that page, and their memory is freed.
 */
#define RACE_PAGES	500
#define RACE_STRIDE	(512 * PAGE_SIZE)

static void race_for_pages(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	u8 *data = thread_buf(f, nr);
	u64 i;

	for (i = 0; i < RACE_PAGES; i++) {
		u64 pos = i * RACE_STRIDE + nr * SECTOR_BYTES;

		memset(data, mark_of(nr), SECTOR_BYTES);
		if (do_write(f, pos, data, SECTOR_BYTES))
			atomic_long_inc(&f->errors);
	}
}

static void threads_adding_the_same_pages_lose_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	const size_t len = NR_THREADS * SECTOR_BYTES;
	u64 i, j;

	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store,
			RACE_PAGES * RACE_STRIDE, NUMA_NO_NODE), 0);
	world_threads(NR_THREADS, race_for_pages, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), RACE_PAGES);
	for (i = 0; i < RACE_PAGES; i++) {
		do_read(f, i * RACE_STRIDE, f->buf, len);
		for (j = 0; j < len; j++)
			KUNIT_ASSERT_EQ(test, f->buf[j],
					mark_of(j / SECTOR_BYTES));
	}
}

/**
 * struct old_nodes - nodes that were replaced
 * @nr: number of nodes in @node
 * @node: the nodes
 */
struct old_nodes {
	unsigned int nr;
	void *node[32];
};

/* Return a copy of @what and of all nodes below it; @level: levels down to the leaves. */
static void *copy_nodes(void *what, unsigned int level, struct old_nodes *old)
{
	struct cnull_node *from = what, *to;
	unsigned long i;

	if (!what || !level || old->nr == ARRAY_SIZE(old->node))
		return what;
	to = cnull_page_alloc(GFP_NOIO, NUMA_NO_NODE);
	if (!to)
		return what;
	for (i = 0; i < CNULL_NODE_SLOTS; i++)
		RCU_INIT_POINTER(to->slot[i],
				 copy_nodes(rcu_dereference_raw(from->slot[i]),
					    level - 1, old));
	old->node[old->nr++] = from;
	return to;
}

/*
 * Replace the nodes of the store by copies, and free the old ones after a grace period.
 * No other context may insert or remove pages meanwhile.
 */
static void replace_nodes(void *arg)
{
	struct fixture *f = arg;
	struct cnull_map *map = &f->store.map;
	struct old_nodes old = { };

	rcu_assign_pointer(map->root, copy_nodes(rcu_dereference_raw(map->root),
						 map->height, &old));
	cnull_pages_free_rcu(old.node, old.nr);
	rcu_barrier();
}

/* Nodes are replaced at each allocation of a write: the write uses the new ones. */
static void nodes_replaced_during_write_lose_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	/* Two pages below different nodes. A write needs 3 nodes and 2 pages. */
	const u64 pos = 511 * PAGE_SIZE + SECTOR_BYTES;
	const size_t len = 2 * PAGE_SIZE - 2 * SECTOR_BYTES;
	long n;

	memset(f->model + pos, 5, len);
	for (n = 1; n <= 5; n++) {
		world_at_alloc(n, replace_nodes, f);
		KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, len), 0);
		expect_model(test);
		KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 2);
		cnull_store_destroy(&f->store);
		KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store,
				MODEL_BYTES, NUMA_NO_NODE), 0);
	}
	/* The same for a write to one page: 1 page, then 2 nodes. */
	memset(f->model + pos, 0, len);
	memset(f->model + pos, 6, SECTOR_BYTES);
	for (n = 1; n <= 3; n++) {
		world_at_alloc(n, replace_nodes, f);
		KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos,
					       SECTOR_BYTES), 0);
		expect_model(test);
		KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 1);
		cnull_store_destroy(&f->store);
		KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store,
				MODEL_BYTES, NUMA_NO_NODE), 0);
	}
	/* The same for a page whose nodes are there. */
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model + pos, SECTOR_BYTES), 0);
	memset(f->model, 6, SECTOR_BYTES);
	world_at_alloc(1, replace_nodes, f);
	KUNIT_EXPECT_EQ(test, do_write(f, pos, f->model + pos, SECTOR_BYTES), 0);
	expect_model(test);
}

static void replace_nodes_at_each_resched(void *arg)
{
	replace_nodes(arg);
	world_at_resched(replace_nodes_at_each_resched, arg);
}

/* Nodes are replaced wherever a long request may sleep. */
static void nodes_replaced_at_each_resched_lose_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	bool is_data;

	memset(f->model, 7, MODEL_BYTES);
	world_at_resched(replace_nodes_at_each_resched, f);
	KUNIT_EXPECT_EQ(test, do_write(f, 0, f->model, MODEL_BYTES), 0);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_store_extent(&f->store, 0, MODEL_BYTES,
						 &is_data), MODEL_BYTES);
	KUNIT_EXPECT_TRUE(test, is_data);
	memset(f->model, 0, MODEL_BYTES);
	do_discard(f, 0, MODEL_BYTES);
	world_at_resched(NULL, NULL);
	expect_model(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
}

/* Thread 0 replaces nodes. Each other thread overwrites and reads pages of its own. */
static void overwrite_own(void *arg, unsigned int nr)
{
	const size_t size = THREAD_BYTES / 2;
	struct fixture *f = arg;
	struct rng rng = rng_start(nr);
	u8 *data = thread_buf(f, nr);
	unsigned int i;

	for (i = 0; i < world_times(nr ? 3000 : 300); i++) {
		u64 pos = (rng_below(&rng, MODEL_BYTES / size / NR_THREADS) *
			   NR_THREADS + nr) * size;

		if (!nr) {
			replace_nodes(f);
			continue;
		}
		if (rng_below(&rng, 2)) {
			memset(f->model + pos, rng_below(&rng, 256), size);
			if (do_write(f, pos, f->model + pos, size))
				atomic_long_inc(&f->errors);
		}
		do_read(f, pos, data, size);
		if (memcmp(data, f->model + pos, size))
			atomic_long_inc(&f->errors);
	}
}

static void threads_overwriting_while_nodes_are_replaced_keep_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	memset(f->model, 1, MODEL_BYTES);
	KUNIT_ASSERT_EQ(test, do_write(f, 0, f->model, MODEL_BYTES), 0);
	world_threads(NR_THREADS, overwrite_own, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	expect_model(test);
}

static struct kunit_case store_cases[] = {
	KUNIT_CASE(read_of_unwritten_pages_returns_zeros),
	KUNIT_CASE(prefetch_of_any_place_changes_nothing),
	KUNIT_CASE(random_ops_match_model),
	KUNIT_CASE(write_from_scattered_pieces_reads_back),
	KUNIT_CASE(overwrite_without_memory_succeeds),
	KUNIT_CASE(discard_frees_whole_pages),
	KUNIT_CASE(clear_that_keeps_pages_zeroes_them),
	KUNIT_CASE(erased_page_is_zeroed_before_it_is_freed),
	KUNIT_CASE(discard_of_vast_range_skips_holes),
	KUNIT_CASE(prepare_for_other_size_keeps_data),
	KUNIT_CASE(full_store_needs_few_nodes),
	KUNIT_CASE(write_after_failed_allocation_succeeds),
	KUNIT_CASE(failed_write_changes_nothing),
	KUNIT_CASE(page_discarded_during_write_stays_discarded),
	KUNIT_CASE(page_added_during_write_is_overwritten),
	KUNIT_CASE(long_write_with_short_memory_frees_its_pages),
	KUNIT_CASE(writes_with_short_memory_stop_within_1_mib),
	KUNIT_CASE(concurrent_writes_with_short_memory_stop_within_1_mib),
	KUNIT_CASE(prepare_without_memory_keeps_data),
	KUNIT_CASE(extents_match_model),
	KUNIT_CASE(extent_of_vast_hole_skips_it),
	KUNIT_CASE(threads_with_own_sectors_keep_data),
	KUNIT_CASE(threads_with_own_pages_keep_data),
	KUNIT_CASE(threads_sharing_pages_find_only_written_bytes),
	KUNIT_CASE(threads_adding_the_same_pages_lose_no_data),
	KUNIT_CASE(nodes_replaced_during_write_lose_no_data),
	KUNIT_CASE(nodes_replaced_at_each_resched_lose_no_data),
	KUNIT_CASE(threads_overwriting_while_nodes_are_replaced_keep_data),
	{}
};

WORLD_SUITE(store, store_init, store_exit, store_cases);
