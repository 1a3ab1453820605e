// SPDX-License-Identifier: GPL-2.0
/*
 * The write cache: the data that reads return, and the data that is left after a power
 * cut.
 *
 * The model has two layers. Each write has a stamp of its own. A sector is full of copies
 * of its number and the stamp, or of zeros, which count as stamp 0. So the contents of a
 * sector identify the place and the write that they come from.
 */
#include "cache/cache.h"
#include "world.h"

#define MODEL_PAGES	64
#define MODEL_SECTORS	(MODEL_PAGES * CNULL_PAGE_SECTORS)
#define SECTOR_BYTES	(1UL << SECTOR_SHIFT)
#define MODEL_BYTES	(MODEL_PAGES * PAGE_SIZE)
#define NR_THREADS	4

/**
 * struct fixture - the state of a test
 * @store: prepared for MODEL_BYTES
 * @cache: the cache above @store
 * @latest: for each sector, the stamp that a read should find
 * @durable: for each sector, the oldest stamp that the store may have
 * @stamp: the stamp of the last write
 * @buf: source and destination of data; each thread uses one page of it
 * @done: for each sector, the number of completed writes by its thread
 * @paused: the number of flushes that paused
 * @errors: the number of errors that threads found
 */
struct fixture {
	struct cnull_store store;
	struct cnull_cache cache;
	u32 latest[MODEL_SECTORS];
	u32 durable[MODEL_SECTORS];
	u32 stamp;
	u8 buf[MODEL_BYTES];
	u32 done[MODEL_SECTORS];
	atomic_long_t paused;
	atomic_long_t errors;
};

static void new_cache(struct fixture *f, unsigned long nr_frames)
{
	cnull_cache_init(&f->cache, &f->store, MODEL_BYTES, nr_frames,
			 NUMA_NO_NODE);
}

static int cache_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	test->priv = f;
	cnull_store_init(&f->store);
	new_cache(f, MODEL_PAGES);
	return cnull_store_prepare(&f->store, MODEL_BYTES, NUMA_NO_NODE);
}

static void cache_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_cache_destroy(&f->cache);
	cnull_store_destroy(&f->store);
	kfree(f);
}

/* The type of cnull_cache_write() and of cnull_cache_write_through(). */
typedef int write_fn(struct cnull_cache *cache, u64 pos, u64 len,
		     struct cnull_iter *from, gfp_t gfp);

static int write_bytes(struct fixture *f, write_fn *how, u64 pos,
		       const void *data, size_t len, gfp_t gfp)
{
	struct cnull_iter begin = world_iter(data, len), iter = begin;
	int err = how(&f->cache, pos, len, &iter, gfp);

	world_iter_end(begin);
	return err;
}

static void read_bytes(struct fixture *f, u64 pos, void *data, size_t len)
{
	struct cnull_iter begin = world_iter(data, len), iter = begin;

	cnull_cache_read(&f->cache, pos, len, &iter);
	world_iter_end(begin);
}

static void read_store(struct fixture *f, u64 pos, void *data, size_t len)
{
	struct cnull_iter begin = world_iter(data, len), iter = begin;

	cnull_store_read(&f->store, pos, len, &iter);
	world_iter_end(begin);
}

static void put_stamp(u8 *data, u64 sector, u32 stamp)
{
	u64 word = sector << 32 | stamp;
	size_t i;

	for (i = 0; i < SECTOR_BYTES; i += sizeof(word))
		memcpy(data + i, &word, sizeof(word));
}

/* Return the stamp in the data of a sector, or ~0 if the data is not valid there. */
static u32 stamp_of(const u8 *data, u64 sector)
{
	static const u8 zeros[1 << SECTOR_SHIFT];
	u64 word;

	if (!memcmp(data, zeros, SECTOR_BYTES))
		return 0;
	memcpy(&word, data, sizeof(word));
	/* The rest of the sector consists of copies of the first word. */
	if (word >> 32 != sector ||
	    memcmp(data, data + sizeof(word), SECTOR_BYTES - sizeof(word)))
		return ~0;
	return word;
}

static int write_sectors(struct fixture *f, write_fn *how, u64 sector, u64 nr)
{
	u64 i;
	int err;

	f->stamp++;
	for (i = 0; i < nr; i++)
		put_stamp(f->buf + i * SECTOR_BYTES, sector + i, f->stamp);
	err = write_bytes(f, how, sector * SECTOR_BYTES, f->buf,
			  nr * SECTOR_BYTES, GFP_NOIO);
	for (i = sector; !err && i < sector + nr; i++) {
		f->latest[i] = f->stamp;
		if (how == cnull_cache_write_through)
			f->durable[i] = f->stamp;
	}
	return err;
}

static void discard_sectors(struct fixture *f, u64 sector, u64 nr)
{
	u64 i;

	cnull_cache_clear(&f->cache, sector * SECTOR_BYTES, nr * SECTOR_BYTES,
			  CNULL_CLEAR_FREE);
	for (i = sector; i < sector + nr; i++)
		f->latest[i] = f->durable[i] = 0;
}

static void flush(struct fixture *f)
{
	cnull_cache_flush(&f->cache);
	memcpy(f->durable, f->latest, sizeof(f->durable));
}

static void expect_read(struct kunit *test, u64 sector, u64 nr)
{
	struct fixture *f = test->priv;
	u64 i;

	memset(f->buf, 0x77, nr * SECTOR_BYTES);
	read_bytes(f, sector * SECTOR_BYTES, f->buf, nr * SECTOR_BYTES);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test, stamp_of(f->buf + i * SECTOR_BYTES,
					       sector + i),
				f->latest[sector + i]);
}

/* Each sector of the store has the durable data, or newer data up to the latest. */
static void expect_store(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 i;

	read_store(f, 0, f->buf, MODEL_BYTES);
	for (i = 0; i < MODEL_SECTORS; i++) {
		u32 stamp = stamp_of(f->buf + i * SECTOR_BYTES, i);

		KUNIT_ASSERT_LE(test, f->durable[i], stamp);
		KUNIT_ASSERT_LE(test, stamp, f->latest[i]);
	}
}

/* Each sector of the store has the durable data, not newer data. */
static void expect_store_exactly(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 i;

	read_store(f, 0, f->buf, MODEL_BYTES);
	for (i = 0; i < MODEL_SECTORS; i++)
		KUNIT_ASSERT_EQ(test, stamp_of(f->buf + i * SECTOR_BYTES, i),
				f->durable[i]);
}

/* Cut power: the data in the store becomes the data of the device. */
static void cut(struct kunit *test, unsigned long nr_frames)
{
	struct fixture *f = test->priv;
	u64 i;

	cnull_cache_destroy(&f->cache);
	expect_store(test);
	for (i = 0; i < MODEL_SECTORS; i++)
		f->latest[i] = f->durable[i] =
			stamp_of(f->buf + i * SECTOR_BYTES, i);
	new_cache(f, nr_frames);
}

static long nr_entries(struct fixture *f)
{
	return cnull_budget_pages(&f->cache.entries.budget);
}

static void write_without_flush_leaves_store_empty(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 3, 40), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0,
					    MODEL_SECTORS), 0);
	expect_read(test, 0, MODEL_SECTORS);
	expect_store_exactly(test);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	cut(test, MODEL_PAGES);
	expect_read(test, 0, MODEL_SECTORS);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
}

/* null_blk bypasses its cache when it overwrites flushed data (its defect 1). */
static void overwrite_after_flush_is_cached(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 5, 20), 0);
	flush(f);
	expect_store_exactly(test);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 7, 3), 0);
	expect_read(test, 0, 40);
	expect_store_exactly(test);
	cut(test, MODEL_PAGES);
	expect_read(test, 0, 40);
}

/*
 * A flush moves pages of entries to the store where it has none. Sectors that were not
 * written read as zeros. An entry without a valid sector adds no page.
 */
static void flush_writes_only_valid_sectors(struct kunit *test)
{
	struct fixture *f = test->priv;
	const long pages = 40 / CNULL_PAGE_SECTORS + 1;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 1, 40), 0);
	flush(f);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), pages);
	expect_store_exactly(test);
	expect_read(test, 0, MODEL_SECTORS);
	/* An entry without a valid sector. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 480, 2), 0);
	discard_sectors(f, 480, 2);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 1);
	flush(f);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), pages);
	expect_store_exactly(test);
}

/* Only a write that needs room evicts, and only the oldest entry. */
static void write_to_full_cache_evicts_oldest_entry(struct kunit *test)
{
	const unsigned long room = 4;
	struct fixture *f = test->priv;
	u64 i, j;

	new_cache(f, room);
	for (i = 0; i < 3 * room; i++) {
		u64 sector = i * CNULL_PAGE_SECTORS + 1;

		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
						    sector, 2), 0);
		/* To write to an entry again needs no room. */
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
						    sector, 1), 0);
		for (j = 0; i >= room && j < 2; j++) {
			u64 gone = sector - room * CNULL_PAGE_SECTORS + j;

			f->durable[gone] = f->latest[gone];
		}
		KUNIT_EXPECT_EQ(test, nr_entries(f), min(i + 1, (u64)room));
		expect_store_exactly(test);
	}
	expect_read(test, 0, MODEL_SECTORS);
	flush(f);
	expect_store_exactly(test);
}

/* Other sectors of the same page stay in the cache. */
static void fua_write_makes_only_its_sectors_durable(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 64), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 3,
					    30), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 100,
					    7), 0);
	expect_store_exactly(test);
	expect_read(test, 0, MODEL_SECTORS);
	/* Older data of these sectors is no longer in the cache. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 2, 2), 0);
	flush(f);
	expect_store_exactly(test);
	expect_read(test, 0, MODEL_SECTORS);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 3, 1), 0);
	cut(test, MODEL_PAGES);
	expect_read(test, 0, MODEL_SECTORS);
}

/*
 * Without memory, the page of an entry is moved to the store. A write with FUA fails only
 * if neither the store nor the cache has the page.
 */
static void fua_write_without_memory_uses_page_of_entry(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 5), 0);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 2,
					    2), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 3,
					    2), 0);
	/* A page without an entry. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 200,
					    2), -ENOMEM);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	memcpy(f->durable, f->latest, sizeof(f->durable));
	expect_store_exactly(test);
	expect_read(test, 0, MODEL_SECTORS);
}

static void discard_clears_cache_and_store(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 200), 0);
	flush(f);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 100), 0);
	/* From the middle of a page to the middle of another, in both layers. */
	discard_sectors(f, 3, 150);
	expect_read(test, 0, MODEL_SECTORS);
	expect_store(test);
	/* Entries that it covers are gone. Those at its ends may be left. */
	KUNIT_EXPECT_LE(test, nr_entries(f), 2);
	flush(f);
	expect_store_exactly(test);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 3, 1), 0);
	discard_sectors(f, 0, MODEL_SECTORS);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 0);
	cut(test, MODEL_PAGES);
	expect_read(test, 0, MODEL_SECTORS);
}

static void gap_ends_at_next_entry(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, cnull_cache_gap(&f->cache, 512, 7000), 7000);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
					    2 * CNULL_PAGE_SECTORS + 1, 1), 0);
	KUNIT_EXPECT_EQ(test, cnull_cache_gap(&f->cache, 512, MODEL_BYTES - 512),
			2 * PAGE_SIZE - 512);
	KUNIT_EXPECT_EQ(test, cnull_cache_gap(&f->cache, 2 * PAGE_SIZE + 3584,
					      512), 0);
	KUNIT_EXPECT_EQ(test, cnull_cache_gap(&f->cache, 3 * PAGE_SIZE,
					      MODEL_BYTES - 3 * PAGE_SIZE),
			MODEL_BYTES - 3 * PAGE_SIZE);
}

/* Requests of all kinds in random order, with power cuts in between. */
static void random_ops_with_power_cuts_match_model(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rng rng = rng_start(0);
	unsigned int i;

	for (i = 0; i < world_times(4000); i++) {
		u64 sector = rng_below(&rng, MODEL_SECTORS);
		u64 nr = 1 + rng_below(&rng, rng_below(&rng, 4) ? 20 : 200);

		if (!rng_below(&rng, 4)) {
			sector -= sector % CNULL_PAGE_SECTORS;
			nr = CNULL_PAGE_SECTORS;
		}
		nr = min(nr, MODEL_SECTORS - sector);
		switch (rng_below(&rng, 16)) {
		default:
			KUNIT_ASSERT_EQ(test, write_sectors(f,
					cnull_cache_write, sector, nr), 0);
			break;
		case 0 ... 2:
			KUNIT_ASSERT_EQ(test, write_sectors(f,
					cnull_cache_write_through, sector, nr),
					0);
			break;
		case 3 ... 6:
			expect_read(test, sector, nr);
			break;
		case 7 ... 8:
			discard_sectors(f, sector, nr);
			break;
		case 9:
			flush(f);
			expect_store_exactly(test);
			break;
		case 10:
			cut(test, 1 + rng_below(&rng, MODEL_PAGES));
		}
		KUNIT_ASSERT_LE(test, nr_entries(f), f->cache.nr_frames);
	}
	expect_read(test, 0, MODEL_SECTORS);
}

/* Each allocation of a write fails once. The write can be repeated. */
static void write_after_failed_allocation_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;
	/* A node for each of three maps; for each of two pages, entry and page. */
	const long least = 3 + 2 * 2;
	const u64 sector = CNULL_PAGE_SECTORS - 2;
	long n;

	for (n = 1; n <= least; n++) {
		world_fail_alloc(n);
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
						    sector, 4), -ENOMEM);
		world_fail_alloc(0);
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
						    sector, 4), 0);
		expect_read(test, 0, MODEL_SECTORS);
		cut(test, MODEL_PAGES);
		/* Empty the store, so that the next write adds its nodes. */
		cnull_store_destroy(&f->store);
		KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store, MODEL_BYTES,
							  NUMA_NO_NODE), 0);
	}
	world_fail_alloc(least + 1);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, sector, 4), 0);
}

/* Write two pages' worth of sectors. Allocation @nr_alloc fails. */
static void expect_failure(struct kunit *test, write_fn *how, u64 sector,
			   long nr_alloc)
{
	struct fixture *f = test->priv;
	long entries = nr_entries(f);

	world_fail_alloc(nr_alloc);
	KUNIT_EXPECT_EQ(test, write_sectors(f, how, sector,
					    2 * CNULL_PAGE_SECTORS), -ENOMEM);
	world_fail_alloc(0);
	expect_read(test, 0, MODEL_SECTORS);
	expect_store(test);
	KUNIT_EXPECT_EQ(test, nr_entries(f), entries);
}

/*
 * A write that fails to allocate memory for a later page has changed nothing, in the cache
 * and in the store. A failed write is run again later. If the first run had changed data,
 * the second run would undo a write that completed in between.
 */
static void failed_write_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Add the nodes, and the first two pages. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0,
					    CNULL_PAGE_SECTORS), 0);
	flush(f);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
					    CNULL_PAGE_SECTORS, 1), 0);
	/* In the cache: pages 0 and 2 need entries. The second one fails. */
	expect_failure(test, cnull_cache_write, 4, 3);
	/* The first one is free now, and needs no allocation. */
	expect_failure(test, cnull_cache_write, 4, 2);
	/* In the store: page 2 is missing, and has no entry. */
	expect_failure(test, cnull_cache_write_through, 4, 2);
	/* A write that completes in between, then the same write again. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 5, 1), 0);
	expect_read(test, 0, MODEL_SECTORS);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 4,
					    2 * CNULL_PAGE_SECTORS), 0);
	expect_read(test, 0, MODEL_SECTORS);
}

/* Return the page that the store has for an index. NULL: none. */
static void *stored_page(struct fixture *f, u64 index)
{
	void __rcu **slot;
	void *page;
	u64 nr;

	rcu_read_lock();
	slot = cnull_map_find(&f->store.map, index, &nr);
	page = slot ? rcu_dereference(*slot) : NULL;
	rcu_read_unlock();
	return page;
}

/* Return the page that the cache has for an index. NULL: none. */
static void *cached_page(struct fixture *f, u64 index)
{
	u64 nr;
	void __rcu **slot = cnull_map_find_stable(&f->cache.pages, index, &nr);
	struct cnull_entry *e = slot ? rcu_dereference_raw(*slot) : NULL;

	return e ? e->page : NULL;
}

static void write_page(struct kunit *test, u64 index)
{
	KUNIT_EXPECT_EQ(test, write_sectors(test->priv, cnull_cache_write,
					    index * CNULL_PAGE_SECTORS,
					    CNULL_PAGE_SECTORS), 0);
}

/* A page of the cache goes to the store as a whole, without a copy, if all of it is new. */
static void flush_of_whole_page_moves_it_to_store(struct kunit *test)
{
	struct fixture *f = test->priv;
	void *first, *second;

	write_page(test, 0);
	first = cached_page(f, 0);
	flush(f);
	KUNIT_EXPECT_TRUE(test, stored_page(f, 0) == first);
	write_page(test, 0);
	second = cached_page(f, 0);
	flush(f);
	KUNIT_EXPECT_TRUE(test, stored_page(f, 0) == second);
	/* The other sectors are in the store only. */
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 3, 1), 0);
	flush(f);
	KUNIT_EXPECT_TRUE(test, stored_page(f, 0) == second);
	KUNIT_EXPECT_EQ(test, cnull_budget_pages(&f->store.budget), 1);
	expect_store_exactly(test);
}

static long nr_free(struct fixture *f)
{
	return atomic_long_read(&f->cache.entries.nr_free);
}

/* Write two pages that the store has, and flush: two entries with a page are retired. */
static void retire_two(struct kunit *test)
{
	write_page(test, 0);
	write_page(test, 1);
	flush(test->priv);
	rcu_barrier();
}

static void write_with_free_entries_allocates_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	write_page(test, 2);
	retire_two(test);
	KUNIT_EXPECT_EQ(test, nr_free(f), 0);
	retire_two(test);
	KUNIT_EXPECT_EQ(test, nr_free(f), 2);
	world_fail_all(true);
	write_page(test, 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
					    2 * CNULL_PAGE_SECTORS, 1), 0);
	KUNIT_EXPECT_EQ(test, nr_free(f), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
					    CNULL_PAGE_SECTORS, 1), -ENOMEM);
	world_fail_all(false);
	expect_read(test, 0, MODEL_SECTORS);
}

static void free_entries_stay_within_limit(struct kunit *test)
{
	struct fixture *f = test->priv;

	retire_two(test);
	f->cache.entries.most_free = 1;
	retire_two(test);
	KUNIT_EXPECT_EQ(test, nr_free(f), 1);
}

static void entries_retired_with_short_memory_are_freed(struct kunit *test)
{
	struct fixture *f = test->priv;

	retire_two(test);
	write_page(test, 0);
	world_memory_is_short(true);
	cnull_budget_check(&f->cache.entries.budget);
	flush(f);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, nr_free(f), 0);
	world_memory_is_short(false);
}

/* Writes that fail leave no nodes behind. */
static void failed_write_with_short_memory_adds_no_node(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_memory_is_short(true);
	cnull_budget_check(&f->cache.entries.budget);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 1), -ENOMEM);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 20), -ENOMEM);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->cache.pages.nr_nodes), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->cache.frames.nr_nodes), 0);
	world_memory_is_short(false);
}

static void trim_frees_all_free_entries(struct kunit *test)
{
	struct fixture *f = test->priv;

	retire_two(test);
	retire_two(test);
	KUNIT_EXPECT_EQ(test, nr_free(f), 2);
	cnull_entries_trim(&f->cache.entries);
	KUNIT_EXPECT_EQ(test, nr_free(f), 0);
}

/* Both pages of the entries are moved to the store. */
static void fua_write_of_two_entries_without_memory_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0,
					    2 * CNULL_PAGE_SECTORS), 0);
	world_fail_all(true);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 4,
					    CNULL_PAGE_SECTORS), 0);
	world_fail_all(false);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	memcpy(f->durable, f->latest, sizeof(f->durable));
	expect_store_exactly(test);
}

static void flush_all(void *arg)
{
	cnull_cache_flush(&((struct fixture *)arg)->cache);
}

/*
 * While a write to two pages allocates memory for the second one, a flush writes back the
 * entry of the first. The write then modifies the first page in the store. The store has
 * that page even if no sector of the entry was valid.
 */
static void flush_during_write_loses_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;
	int emptied;

	for (emptied = 0; emptied < 2; emptied++) {
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 1), 0);
		if (emptied)
			discard_sectors(f, 0, 1);
		world_at_alloc(1, flush_all, f);
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 4,
						    CNULL_PAGE_SECTORS), 0);
		expect_read(test, 0, MODEL_SECTORS);
		flush(f);
		expect_store_exactly(test);
		discard_sectors(f, 0, MODEL_SECTORS);
		KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	}
}

/* The same for a write with FUA. Its second page has no entry. */
static void flush_during_fua_write_loses_no_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 1), 0);
	world_at_alloc(2, flush_all, f);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 4,
					    CNULL_PAGE_SECTORS), 0);
	f->durable[0] = f->latest[0];
	expect_store_exactly(test);
	expect_read(test, 0, MODEL_SECTORS);
}

static void discard_all(void *arg)
{
	cnull_cache_clear(&((struct fixture *)arg)->cache, 0, MODEL_BYTES,
			  CNULL_CLEAR_FREE);
}

/*
 * While a write to two pages allocates memory for the second one, a discard removes the
 * first. The discard counts as the later request there. The second page gets its data.
 */
static void page_discarded_during_write_stays_discarded(struct kunit *test)
{
	static write_fn *const how[] = {
		cnull_cache_write, cnull_cache_write_through,
	};
	struct fixture *f = test->priv;
	size_t i;
	u64 j;

	for (i = 0; i < ARRAY_SIZE(how); i++) {
		discard_sectors(f, 0, MODEL_SECTORS);
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through,
						    0, 1), 0);
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0, 2), 0);
		world_at_alloc(1, discard_all, f);
		KUNIT_EXPECT_EQ(test, write_sectors(f, how[i], 4,
						    CNULL_PAGE_SECTORS), 0);
		for (j = 0; j < CNULL_PAGE_SECTORS; j++)
			f->latest[j] = f->durable[j] = 0;
		expect_read(test, 0, MODEL_SECTORS);
		flush(f);
		expect_store_exactly(test);
	}
}

static void write_first_page(void *arg)
{
	struct fixture *f = arg;
	u8 data[1 << SECTOR_SHIFT];

	put_stamp(data, 0, ++f->stamp);
	f->latest[0] = f->stamp--;
	if (write_bytes(f, cnull_cache_write, 0, data, sizeof(data), GFP_NOIO))
		atomic_long_inc(&f->errors);
}

/* While a write allocates memory, another write adds an entry for the first page. */
static void entry_added_during_write_is_used(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Nodes of three maps, an entry and its page; then the second entry. */
	world_at_alloc(6, write_first_page, f);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 4,
					    CNULL_PAGE_SECTORS), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 2);
	expect_read(test, 0, MODEL_SECTORS);
	flush(f);
	expect_store_exactly(test);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
}

/*
 * A flush runs after the entries of a write got their turns, and before they are inserted.
 * The next flush finds them.
 */
static void entry_added_behind_flush_is_flushed_next(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_at_alloc(6, flush_all, f);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 4,
					    CNULL_PAGE_SECTORS), 0);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 2);
	flush(f);
	expect_store_exactly(test);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
}

/*
 * A flush visits the frames that were used since the last flush. It calls cond_resched()
 * once for each of them.
 */
static void flush_visits_only_new_frames(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long before;
	u64 lap, page;

	for (lap = 0; lap < 3; lap++) {
		for (page = 0; page < MODEL_PAGES; page++)
			KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
					page * CNULL_PAGE_SECTORS, 1), 0);
		before = world_rescheds();
		flush(f);
		KUNIT_EXPECT_EQ(test, world_rescheds() - before, MODEL_PAGES);
	}
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 77, 1), 0);
	before = world_rescheds();
	flush(f);
	KUNIT_EXPECT_EQ(test, world_rescheds() - before, 1);
	expect_store_exactly(test);
	/* An entry that is written many times uses one frame. */
	for (page = 0; page < MODEL_PAGES; page++)
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 77, 1),
				0);
	before = world_rescheds();
	flush(f);
	KUNIT_EXPECT_EQ(test, world_rescheds() - before, 1);
	expect_store_exactly(test);
}

/* Pause a flush after its first frame, until another flush can begin. */
static void pause_flush(void *arg)
{
	struct fixture *f = arg;

	atomic_long_inc(&f->paused);
	wake_up_var(&f->paused);
	world_let_others_run();
}

/*
 * Thread 0 flushes, and pauses. Thread 1 flushes meanwhile. All data is durable when the
 * flush of thread 1 returns.
 */
static void flush_during_flush(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	u8 data[SECTOR_BYTES];
	u64 page;

	if (nr)
		wait_var_event(&f->paused, atomic_long_read(&f->paused));
	cnull_cache_flush(&f->cache);
	for (page = 0; nr && page < MODEL_PAGES; page++) {
		u64 sector = page * CNULL_PAGE_SECTORS;

		read_store(f, sector * SECTOR_BYTES, data, sizeof(data));
		if (stamp_of(data, sector) != f->latest[sector])
			atomic_long_inc(&f->errors);
	}
}

static void flush_during_flush_waits(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 page;

	for (page = 0; page < MODEL_PAGES; page++)
		KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write,
				page * CNULL_PAGE_SECTORS, 1), 0);
	world_at_resched(pause_flush, f);
	world_threads(2, flush_during_flush, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->paused), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
}

/* A flush and an eviction need no memory. */
static void flush_without_memory_succeeds(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0,
					    MODEL_SECTORS), 0);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write_through, 77,
					    1), 0);
	world_fail_all(true);
	world_memory_is_short(true);
	flush(f);
	world_memory_is_short(false);
	world_fail_all(false);
	expect_store_exactly(test);
}

/* When memory is short, the cache stops growing within 1 MiB, as the store does. */
static void writes_with_short_memory_stop_within_1_mib(struct kunit *test)
{
	const u64 mib = SZ_1M / PAGE_SIZE;
	struct fixture *f = test->priv;
	u64 pos = 0, most = 2 * SZ_1M;

	cnull_store_destroy(&f->store);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store, most,
						  NUMA_NO_NODE), 0);
	cnull_cache_init(&f->cache, &f->store, most, 2 * mib, NUMA_NO_NODE);
	world_memory_is_short(true);
	while (pos < most && !write_bytes(f, cnull_cache_write, pos, f->buf,
					  PAGE_SIZE, GFP_NOIO))
		pos += PAGE_SIZE;
	/* A node of each map was an allocation, too. */
	KUNIT_EXPECT_EQ(test, pos, (CNULL_BUDGET_STEP - 3) * PAGE_SIZE);
	/* Overwrites of entries succeed. */
	KUNIT_EXPECT_EQ(test, write_bytes(f, cnull_cache_write, 0, f->buf,
					  PAGE_SIZE, GFP_NOIO), 0);
	world_memory_is_short(false);
	KUNIT_EXPECT_EQ(test, write_bytes(f, cnull_cache_write, pos, f->buf,
					  PAGE_SIZE, GFP_NOIO), 0);
}

/* Each eviction adds a page to the store. The store stops growing, too. */
static void evictions_with_short_memory_stop_within_1_mib(struct kunit *test)
{
	const u64 most = 4 * SZ_1M;
	struct fixture *f = test->priv;
	u64 pos = 0;

	cnull_store_destroy(&f->store);
	KUNIT_ASSERT_EQ(test, cnull_store_prepare(&f->store, most,
						  NUMA_NO_NODE), 0);
	cnull_cache_init(&f->cache, &f->store, most, 4, NUMA_NO_NODE);
	world_memory_is_short(true);
	while (pos < most && !write_bytes(f, cnull_cache_write, pos, f->buf,
					  PAGE_SIZE, GFP_NOIO))
		pos += PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, pos, (CNULL_BUDGET_STEP - 3) * PAGE_SIZE);
	/* Overwrites of pages of the store succeed, without an entry. */
	KUNIT_EXPECT_EQ(test, write_bytes(f, cnull_cache_write_through, 0, f->buf,
					  PAGE_SIZE, GFP_NOIO), 0);
	world_memory_is_short(false);
}

/* Frames whose pages are beyond 4 GiB of the cache. */
static void vast_cache_flushes_all_entries(struct kunit *test)
{
	struct fixture *f = test->priv;

	cnull_cache_destroy(&f->cache);
	new_cache(f, 1UL << 22);
	atomic_long_set(&f->cache.hand, (1L << 21) + 7);
	KUNIT_EXPECT_EQ(test, write_sectors(f, cnull_cache_write, 0,
					    MODEL_SECTORS), 0);
	flush(f);
	expect_store_exactly(test);
}

/*
 * Tests with threads. Each sector belongs to one thread, which counts its writes to the
 * sector. The bytes of the sector are the sum of that count and the sector's number, modulo
 * 256. A read by another thread may find a mix, but no byte that is older than the last
 * write that completed before the read began.
 *
 * Each thread owns every fourth sector of the first SHARED_PAGES pages. It discards sectors
 * only behind the first WRITE_PAGES of them. Of the next OWN_PAGES pages it owns every
 * fourth page as a whole.
 */
#define WRITE_PAGES	8
#define SHARED_PAGES	16
#define OWN_PAGES	16
#define SHARED_SECTORS	(SHARED_PAGES * CNULL_PAGE_SECTORS)
#define WRITE_SECTORS	(WRITE_PAGES * CNULL_PAGE_SECTORS)
#define USED_SECTORS	((SHARED_PAGES + OWN_PAGES) * CNULL_PAGE_SECTORS)

/**
 * struct worker - the state of a thread
 * @f: the fixture that all threads share
 * @rng: source of random numbers
 * @data: the thread's page of the shared buffer
 * @nr: number of the thread
 * @held: for each sector of the thread, the byte that the sector is full of
 */
struct worker {
	struct fixture *f;
	struct rng rng;
	u8 *data;
	unsigned int nr;
	u8 held[USED_SECTORS];
};

static struct worker workers[NR_THREADS];

static unsigned int owner_of(u64 sector)
{
	return (sector < SHARED_SECTORS ? sector :
					  sector / CNULL_PAGE_SECTORS) %
	       NR_THREADS;
}

/* Pick a sector of the thread, or all sectors of a page that it owns as a whole. */
static u64 own_sector(struct worker *w, u64 *nr)
{
	u64 sector;

	do {
		sector = rng_below(&w->rng, USED_SECTORS);
		*nr = 1;
		if (sector >= SHARED_SECTORS && rng_below(&w->rng, 2)) {
			sector -= sector % CNULL_PAGE_SECTORS;
			*nr = CNULL_PAGE_SECTORS;
		}
	} while (owner_of(sector) != w->nr);
	return sector;
}

static void count_error(struct worker *w)
{
	atomic_long_inc(&w->f->errors);
}

static void work_write(struct worker *w, write_fn *how)
{
	u64 nr, i, sector = own_sector(w, &nr);
	u32 *done = &w->f->done[sector];

	for (i = 0; i < nr; i++) {
		u8 byte = done[i] + 1 + sector + i;

		memset(w->data + i * SECTOR_BYTES, byte, SECTOR_BYTES);
		w->held[sector + i] = byte;
	}
	if (write_bytes(w->f, how, sector * SECTOR_BYTES, w->data,
			nr * SECTOR_BYTES, GFP_NOIO))
		count_error(w);
	for (i = 0; i < nr; i++)
		smp_store_release(&done[i], done[i] + 1);
	if (how != cnull_cache_write_through)
		return;
	read_store(w->f, sector * SECTOR_BYTES, w->data, nr * SECTOR_BYTES);
	for (i = 0; i < nr * SECTOR_BYTES; i++)
		if (w->data[i] != w->held[sector + i / SECTOR_BYTES])
			count_error(w);
}

static void work_discard(struct worker *w)
{
	u64 nr, sector = own_sector(w, &nr);

	if (sector < WRITE_SECTORS)
		return;
	cnull_cache_clear(&w->f->cache, sector * SECTOR_BYTES, nr * SECTOR_BYTES,
			  CNULL_CLEAR_FREE);
	memset(&w->held[sector], 0, nr);
}

/* The thread's own sectors have exactly the data that it wrote. */
static void work_read_own(struct worker *w)
{
	u64 nr, i, sector = own_sector(w, &nr);

	read_bytes(w->f, sector * SECTOR_BYTES, w->data, nr * SECTOR_BYTES);
	for (i = 0; i < nr * SECTOR_BYTES; i++)
		if (w->data[i] != w->held[sector + i / SECTOR_BYTES])
			count_error(w);
}

/*
 * Is each byte of a page at least as new as the number of writes in @before? During the
 * read, another thread may write so often that a byte cannot represent the number.
 */
static bool is_new(struct worker *w, u64 sector, const u32 *before)
{
	u64 i;

	for (i = 0; i < PAGE_SIZE; i++) {
		u64 in_page = i / SECTOR_BYTES;
		u8 newer = w->data[i] - (sector + in_page) - before[in_page];
		u32 most = smp_load_acquire(&w->f->done[sector + in_page]) + 1 -
			   before[in_page];

		if (most < 256 && newer > most)
			return false;
	}
	return true;
}

/* Read a page that all threads write to: from the cache, or flushed from the store. */
static void work_read_page(struct worker *w, u64 page, bool flushed)
{
	u64 sector = page * CNULL_PAGE_SECTORS;
	u32 before[CNULL_PAGE_SECTORS];
	size_t i;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++)
		before[i] = smp_load_acquire(&w->f->done[sector + i]);
	if (flushed)
		cnull_cache_flush(&w->f->cache);
	(flushed ? read_store : read_bytes)(w->f, sector * SECTOR_BYTES,
					    w->data, PAGE_SIZE);
	if (!is_new(w, sector, before))
		count_error(w);
}

static void work_extent(struct worker *w)
{
	u64 pos = rng_below(&w->rng, USED_SECTORS) * SECTOR_BYTES;

	if (cnull_cache_gap(&w->f->cache, pos, MODEL_BYTES - pos) >
	    MODEL_BYTES - pos)
		count_error(w);
}

static void work(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;

	for (i = 0; i < world_times(4000); i++) {
		switch (rng_below(&w->rng, 32)) {
		default:
			work_write(w, cnull_cache_write);
			break;
		case 0 ... 3:
			work_write(w, cnull_cache_write_through);
			break;
		case 4 ... 7:
			work_discard(w);
			break;
		case 8 ... 11:
			work_read_own(w);
			break;
		case 12 ... 17:
			work_read_page(w, rng_below(&w->rng, WRITE_PAGES), false);
			break;
		case 18:
			work_read_page(w, rng_below(&w->rng, WRITE_PAGES), true);
			break;
		case 19:
			work_extent(w);
		}
	}
}

/* Thread 0 writes a page and flushes it, so each write adds an entry. Others read it. */
static void work_at_one_page(void *arg, unsigned int nr)
{
	struct worker *w = &workers[nr];
	unsigned int i;
	u64 sector;

	for (i = 0; i < world_times(6000); i++) {
		if (nr) {
			work_read_page(w, 0, false);
			continue;
		}
		for (sector = 0; sector < CNULL_PAGE_SECTORS; sector++)
			memset(w->data + sector * SECTOR_BYTES,
			       w->f->done[sector] + 1 + sector, SECTOR_BYTES);
		if (write_bytes(w->f, cnull_cache_write, 0, w->data, PAGE_SIZE,
				GFP_NOIO))
			count_error(w);
		for (sector = 0; sector < CNULL_PAGE_SECTORS; sector++)
			smp_store_release(&w->f->done[sector],
					  w->f->done[sector] + 1);
		cnull_cache_flush(&w->f->cache);
	}
}

static void start_threads(struct kunit *test, unsigned long nr_frames,
			  void (*fn)(void *arg, unsigned int nr))
{
	struct fixture *f = test->priv;
	unsigned int nr;
	u64 i;

	new_cache(f, nr_frames);
	for (i = 0; i < USED_SECTORS; i++)
		memset(f->buf + i * SECTOR_BYTES, i, SECTOR_BYTES);
	KUNIT_ASSERT_EQ(test, write_bytes(f, cnull_cache_write, 0, f->buf,
					  USED_SECTORS * SECTOR_BYTES,
					  GFP_NOIO), 0);
	for (nr = 0; nr < NR_THREADS; nr++) {
		struct worker *w = &workers[nr];

		w->f = f;
		w->rng = rng_start(nr);
		w->nr = nr;
		w->data = f->buf + nr * PAGE_SIZE;
		for (i = 0; i < USED_SECTORS; i++)
			w->held[i] = i;
	}
	world_threads(NR_THREADS, fn, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_LE(test, nr_entries(f), nr_frames);
}

static void run_threads(struct kunit *test, unsigned long nr_frames)
{
	struct fixture *f = test->priv;
	u64 i;

	start_threads(test, nr_frames, work);
	/* After a flush, the store has all data. */
	cnull_cache_flush(&f->cache);
	KUNIT_EXPECT_EQ(test, nr_entries(f), 0);
	read_store(f, 0, f->buf, USED_SECTORS * SECTOR_BYTES);
	for (i = 0; i < USED_SECTORS * SECTOR_BYTES; i++) {
		u64 sector = i / SECTOR_BYTES;

		KUNIT_ASSERT_EQ(test, f->buf[i],
				workers[owner_of(sector)].held[sector]);
	}
}

/* The cache has room for all pages. */
static void threads_without_eviction_keep_data(struct kunit *test)
{
	run_threads(test, MODEL_PAGES);
}

/* The cache has room for few pages: most writes evict an entry. */
static void threads_with_eviction_keep_data(struct kunit *test)
{
	run_threads(test, 6);
}

static void threads_reading_page_during_flush_find_new_data(struct kunit *test)
{
	start_threads(test, MODEL_PAGES, work_at_one_page);
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE(write_without_flush_leaves_store_empty),
	KUNIT_CASE(overwrite_after_flush_is_cached),
	KUNIT_CASE(flush_writes_only_valid_sectors),
	KUNIT_CASE(write_to_full_cache_evicts_oldest_entry),
	KUNIT_CASE(fua_write_makes_only_its_sectors_durable),
	KUNIT_CASE(fua_write_without_memory_uses_page_of_entry),
	KUNIT_CASE(discard_clears_cache_and_store),
	KUNIT_CASE(gap_ends_at_next_entry),
	KUNIT_CASE(random_ops_with_power_cuts_match_model),
	KUNIT_CASE(write_after_failed_allocation_succeeds),
	KUNIT_CASE(failed_write_changes_nothing),
	KUNIT_CASE(flush_of_whole_page_moves_it_to_store),
	KUNIT_CASE(write_with_free_entries_allocates_nothing),
	KUNIT_CASE(free_entries_stay_within_limit),
	KUNIT_CASE(entries_retired_with_short_memory_are_freed),
	KUNIT_CASE(failed_write_with_short_memory_adds_no_node),
	KUNIT_CASE(trim_frees_all_free_entries),
	KUNIT_CASE(fua_write_of_two_entries_without_memory_succeeds),
	KUNIT_CASE(flush_during_write_loses_no_data),
	KUNIT_CASE(flush_during_fua_write_loses_no_data),
	KUNIT_CASE(page_discarded_during_write_stays_discarded),
	KUNIT_CASE(entry_added_during_write_is_used),
	KUNIT_CASE(entry_added_behind_flush_is_flushed_next),
	KUNIT_CASE(flush_visits_only_new_frames),
	KUNIT_CASE(flush_during_flush_waits),
	KUNIT_CASE(flush_without_memory_succeeds),
	KUNIT_CASE(writes_with_short_memory_stop_within_1_mib),
	KUNIT_CASE(evictions_with_short_memory_stop_within_1_mib),
	KUNIT_CASE(vast_cache_flushes_all_entries),
	KUNIT_CASE(threads_without_eviction_keep_data),
	KUNIT_CASE(threads_with_eviction_keep_data),
	KUNIT_CASE(threads_reading_page_during_flush_find_new_data),
	{}
};

WORLD_SUITE(cache, cache_init, cache_exit, cache_cases);
