// SPDX-License-Identifier: GPL-2.0
/*
 * The volatile write cache: strictly above the store. Data reaches the store by
 * a flush, by a write with FUA, or when the cache is full and the oldest entry
 * makes room; what has not by power off is lost.
 *
 * An entry holds what was written of one page, with a mark for each sector. It
 * is found by two trees: by its page, and by its frame. The frames are a ring;
 * each new entry takes the next one and writes back whoever is still there.
 *
 * Writers, and all who bring data to the store or take it away from there, do so
 * under the lock of the page's entry, so for one page it is all in one order:
 *
 * - An entry has a frame before its page's slot shows it: a flush, which goes
 *   through the frames, finds each write that has ended.
 * - An entry is written back and taken out of both trees in one go, under its
 *   lock, and is dead from then on: who waited for the lock looks again. So data
 *   comes to the store before a newer entry of that page can be.
 * - To write back takes no memory and cannot fail (cnull_store_merge()).
 *
 * Readers take no lock. Who sees the mark of a sector copies it from the entry;
 * who sees none, or no entry, copies from the store. Marks and slots are cleared
 * (release) after the store has changed, and looked at (acquire) before it is
 * read: nobody sees data of the store that is older than what the entry had.
 * Entries and their pages go by RCU, so a reader may finish with a dead one: what
 * is newer has overlapped with the read.
 *
 * Where a page has no entry, discards and writes with FUA work on the store
 * directly. An entry that appears meanwhile brings a write that overlaps with
 * them, and the two may take effect in either order.
 */
#include "cache.h"
#include "gfp.h"

/**
 * struct entry - what the cache holds of one page
 * @lock: held by who changes the contents, or takes the entry out
 * @dead: it is in no tree any more
 * @moved: @page is the store's now; set and read by whoever made it dead
 * @valid: for each sector, whether @page has it; changed under @lock
 * @index: of the page of the device; constant
 * @page: the data; constant
 * @slot: where &cnull_cache.pages shows it, or is about to; constant
 * @frame: where &cnull_cache.frames does; constant
 * @rcu: to free it by
 *
 * Whoever makes it dead frees it.
 */
struct entry {
	spinlock_t lock;
	bool dead __guarded_by(&lock);
	bool moved;
	bool valid[CNULL_PAGE_SECTORS];
	u64 index;
	void *page;
	void __rcu **slot;
	void __rcu **frame;
	struct rcu_head rcu;
};

/* In an RCU read section. NULL if there is none. */
static struct entry *find_entry(struct cnull_cache *cache, u64 pos)
{
	u64 nr;
	void __rcu **slot = cnull_tree_find(&cache->pages, pos >> PAGE_SHIFT,
					    &nr);

	return slot ? rcu_dereference(*slot) : NULL;
}

static void mark(struct entry *e, u64 pos, size_t len, bool valid)
	__must_hold(&e->lock)
{
	bool *sector = &e->valid[offset_in_page(pos) >> SECTOR_SHIFT];

	for (; len; len -= 1 << SECTOR_SHIFT)
		smp_store_release(sector++, valid);
}

/* Take an entry out of both trees. The caller frees it. */
static void bury(struct entry *e)
	__must_hold(&e->lock)
{
	e->dead = true;
	/* It may have been about to get there, and another one came first. */
	if (rcu_dereference_raw(*e->slot) == e)
		cnull_tree_clear(e->slot);
	cnull_tree_clear(e->frame);
}

/* Free an entry that readers may still look at. */
static void free_entry(struct cnull_cache *cache, struct entry *e)
{
	if (!e->moved)
		cnull_pages_free_rcu(&e->page, 1);
	kfree_rcu(e, rcu);
	atomic_long_dec(&cache->pages.nr_pages);
}

/* Bring an entry to the store, and take it out. False if it is dead. */
static bool write_back(struct cnull_cache *cache, struct entry *e)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	e->moved = cnull_store_merge(cache->store, e->index, e->page, e->valid);
	bury(e);
	return true;
}

/* Write back what is in a slot, of either tree. */
static void empty_slot(struct cnull_cache *cache, void __rcu **slot)
{
	struct entry *e;
	bool done;

	rcu_read_lock();
	e = rcu_dereference(*slot);
	done = e && write_back(cache, e);
	rcu_read_unlock();
	if (done)
		free_entry(cache, e);
}

/* Let writers find an entry. False if its page has one: then it is dead. */
static bool publish(struct entry *e)
{
	guard(spinlock)(&e->lock);
	/* Somebody needed its frame already, and frees it. */
	if (e->dead || cnull_tree_fill(e->slot, e))
		return true;
	bury(e);
	return false;
}

static struct entry *new_entry(struct cnull_cache *cache, gfp_t gfp)
{
	struct entry *e = kzalloc(sizeof(*e), gfp);

	if (!e)
		return NULL;
	e->page = cnull_page_alloc(gfp, cache->pages.home_node);
	if (!e->page) {
		kfree(e);
		return NULL;
	}
	spin_lock_init(&e->lock);
	cnull_tree_count(&cache->pages);
	return e;
}

/* The frame whose turn it is. NULL if there is no memory. */
static void __rcu **next_frame(struct cnull_cache *cache, gfp_t gfp)
{
	unsigned long turn = atomic_long_inc_return(&cache->hand);

	return cnull_tree_make(&cache->frames, turn % cache->nr_frames, gfp);
}

/*
 * Add an entry for the page of @pos, with nothing in it. It may be gone again, or
 * be another one, before the caller looks.
 */
static int add_entry(struct cnull_cache *cache, u64 pos, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	void __rcu **slot = cnull_tree_make(&cache->pages, index, gfp);
	void __rcu **frame = next_frame(cache, gfp);
	struct entry *e;
	bool lost;

	if (!slot || !frame || !cnull_store_reserve(cache->store, index, gfp))
		return -ENOMEM;
	e = new_entry(cache, gfp);
	if (!e)
		return -ENOMEM;
	e->index = index;
	e->slot = slot;
	e->frame = frame;
	rcu_read_lock();
	while (!cnull_tree_fill(frame, e)) {
		rcu_read_unlock();
		empty_slot(cache, frame);
		rcu_read_lock();
	}
	lost = !publish(e);
	rcu_read_unlock();
	if (lost)
		free_entry(cache, e);
	return 0;
}

/* Write to an entry. False, and @from untouched, if it is dead. */
static bool write_entry(struct entry *e, u64 pos, size_t len,
			struct cnull_iter *from)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	cnull_iter_read(from, e->page + offset_in_page(pos), len);
	mark(e, pos, len, true);
	return true;
}

static int write_page(struct cnull_cache *cache, u64 pos, size_t len,
		      struct cnull_iter *from, gfp_t gfp)
{
	struct entry *e;
	bool done;
	int err;

	for (;;) {
		rcu_read_lock();
		e = find_entry(cache, pos);
		done = e && write_entry(e, pos, len, from);
		rcu_read_unlock();
		if (done)
			return 0;
		err = e ? 0 : add_entry(cache, pos, gfp);
		if (err)
			return err;
	}
}

/*
 * Write to the store what an entry may have something older of. False, and @from
 * untouched, if it is dead.
 */
static bool write_entry_through(struct cnull_cache *cache, struct entry *e,
				u64 pos, size_t len, struct cnull_iter *from,
				bool *gone)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	*gone = cnull_store_write(cache->store, pos, len, from,
				  CNULL_GFP_NO_WAIT);
	if (!*gone) {
		mark(e, pos, len, false);
		return true;
	}
	/* No memory: the entry's becomes the store's, with all that is in it. */
	cnull_iter_read(from, e->page + offset_in_page(pos), len);
	mark(e, pos, len, true);
	e->moved = cnull_store_merge(cache->store, e->index, e->page, e->valid);
	bury(e);
	return true;
}

static bool write_page_through(struct cnull_cache *cache, u64 pos, size_t len,
			       struct cnull_iter *from)
{
	struct entry *e;
	bool done, gone = false;

	rcu_read_lock();
	e = find_entry(cache, pos);
	done = e && write_entry_through(cache, e, pos, len, from, &gone);
	rcu_read_unlock();
	if (gone)
		free_entry(cache, e);
	return done;
}

/* Does an entry go when so much of it is cleared? */
static bool clears_all(size_t len, enum cnull_clear how)
{
	return len == PAGE_SIZE && how != CNULL_CLEAR_KEEP;
}

/* Clear an entry, and what is below. @page: what is to be freed of the store. */
static bool clear_entry(struct cnull_cache *cache, struct entry *e, u64 pos,
			size_t len, enum cnull_clear how, void **page)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	*page = cnull_store_forget(cache->store, pos, len, how);
	mark(e, pos, len, false);
	if (how == CNULL_CLEAR_ERASE)
		cnull_data_zero(e->page + offset_in_page(pos), len);
	if (clears_all(len, how))
		bury(e);
	return true;
}

static bool clear_in_page(struct cnull_cache *cache, u64 pos, size_t len,
			  enum cnull_clear how)
{
	void *page = NULL;
	struct entry *e;
	bool done;

	rcu_read_lock();
	e = find_entry(cache, pos);
	done = e && clear_entry(cache, e, pos, len, how, &page);
	rcu_read_unlock();
	if (done && clears_all(len, how))
		free_entry(cache, e);
	if (page)
		cnull_pages_free_rcu(&page, 1);
	return done;
}

/* How far from @pos on, in its page, are sectors marked as its own is? */
static size_t run_length(const struct entry *e, u64 pos, size_t len,
			 bool *valid)
{
	const bool *sector = &e->valid[offset_in_page(pos) >> SECTOR_SHIFT];
	size_t n = 1 << SECTOR_SHIFT;

	*valid = smp_load_acquire(sector);
	while (n < len && smp_load_acquire(++sector) == *valid)
		n += 1 << SECTOR_SHIFT;
	return n;
}

static bool read_page(struct cnull_cache *cache, u64 pos, size_t len,
		      struct cnull_iter *to)
{
	struct entry *e;

	rcu_read_lock();
	e = find_entry(cache, pos);
	while (e && len) {
		bool valid;
		size_t n = run_length(e, pos, len, &valid);

		if (valid)
			cnull_iter_write(to, e->page + offset_in_page(pos), n);
		else
			cnull_store_read(cache->store, pos, n, to);
		pos += n;
		len -= n;
	}
	rcu_read_unlock();
	return e;
}

/* Of @len bytes from @pos on, those in its page. */
static size_t in_page(u64 pos, u64 len)
{
	return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
}

/**
 * cnull_cache_gap - how far is nothing in the cache?
 * @cache: the cache
 * @pos: where to start, in bytes
 * @len: how far to look, in bytes
 *
 * Who reads the store afterwards finds there what was in the cache before.
 *
 * Context: Any.
 * Return: so many bytes from @pos on are in no entry, @len at most. 0 if the page
 * of @pos has one.
 */
u64 cnull_cache_gap(struct cnull_cache *cache, u64 pos, u64 len)
{
	u64 gap = 0;

	while (gap < len) {
		u64 at = pos + gap, nr;
		void __rcu **slot = cnull_tree_find(&cache->pages,
						    at >> PAGE_SHIFT, &nr);

		if (slot && !cnull_tree_is_empty(slot))
			break;
		gap += cnull_bytes_in(slot ? 1 : nr, offset_in_page(at),
				      len - gap);
	}
	return gap;
}

/**
 * cnull_cache_init - make an empty cache
 * @cache: the cache
 * @store: what is below it
 * @bytes: size of the device, up to 2^63
 * @nr_frames: how many pages it may hold, not 0
 * @home_node: NUMA node to take memory from, or NUMA_NO_NODE
 *
 * Context: Any. Takes no memory.
 */
void cnull_cache_init(struct cnull_cache *cache, struct cnull_store *store,
		      u64 bytes, unsigned long nr_frames, int home_node)
{
	cache->store = store;
	cache->nr_frames = nr_frames;
	atomic_long_set(&cache->hand, 0);
	cnull_tree_init(&cache->pages);
	cnull_tree_init(&cache->frames);
	/* Trees with nothing in them: these cannot fail. */
	cnull_tree_prepare(&cache->pages, DIV_ROUND_UP_ULL(bytes, PAGE_SIZE),
			   home_node);
	cnull_tree_prepare(&cache->frames, nr_frames, home_node);
}

static void drop_entry(void *leaf)
{
	struct entry *e = leaf;

	cnull_page_free(e->page);
	kfree(e);
}

/* The other tree has it too. */
static void keep_entry(void *leaf)
{
	(void)leaf;
}

/**
 * cnull_cache_destroy - drop what is in a cache
 * @cache: the cache
 *
 * What is not durable is lost: to keep it, cnull_cache_flush() comes first.
 *
 * Context: May sleep. No I/O on @cache may run.
 */
void cnull_cache_destroy(struct cnull_cache *cache)
{
	cnull_tree_destroy(&cache->frames, keep_entry);
	cnull_tree_destroy(&cache->pages, drop_entry);
}

/**
 * cnull_cache_read - copy data out of the cache, and of the store below it
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 * @to: where the data goes; advanced by @len
 *
 * Context: Any that allows RCU read sections.
 */
void cnull_cache_read(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *to)
{
	while (len) {
		u64 n = cnull_cache_gap(cache, pos, len);

		if (n) {
			cnull_store_read(cache->store, pos, n, to);
		} else {
			n = in_page(pos, len);
			if (!read_page(cache, pos, n, to))
				continue;
		}
		pos += n;
		len -= n;
	}
}

/**
 * cnull_cache_write - write what need not be durable yet
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 * @from: where the data is; advanced by what was written
 * @gfp: how to allocate what is missing
 *
 * May write older data back to make room.
 *
 * Context: Any that allows RCU read sections and @gfp; no interrupt.
 * Return: 0, or -ENOMEM; then data up to some page boundary was written.
 */
int cnull_cache_write(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp)
{
	while (len) {
		size_t n = in_page(pos, len);
		int err = write_page(cache, pos, n, from, gfp);

		if (err)
			return err;
		pos += n;
		len -= n;
	}
	return 0;
}

/**
 * cnull_cache_write_through - write what is to be durable at once
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 * @from: where the data is; advanced by what was written
 * @gfp: how to allocate what is missing
 *
 * Context: Any that allows RCU read sections and @gfp; no interrupt.
 * Return: 0, or -ENOMEM; then data up to some page boundary was written.
 */
int cnull_cache_write_through(struct cnull_cache *cache, u64 pos, u64 len,
			      struct cnull_iter *from, gfp_t gfp)
{
	while (len) {
		u64 n = cnull_cache_gap(cache, pos, len);

		if (n) {
			int err = cnull_store_write(cache->store, pos, n, from,
						    gfp);

			if (err)
				return err;
		} else {
			n = in_page(pos, len);
			if (!write_page_through(cache, pos, n, from))
				continue;
		}
		pos += n;
		len -= n;
	}
	return 0;
}

/**
 * cnull_cache_clear - forget data, in the cache and in the store
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 * @how: what becomes of the store's pages that are covered as a whole
 *
 * It is durable at once.
 *
 * Context: May sleep.
 */
void cnull_cache_clear(struct cnull_cache *cache, u64 pos, u64 len,
		       enum cnull_clear how)
{
	while (len) {
		u64 n = cnull_cache_gap(cache, pos, len);

		if (n) {
			cnull_store_clear(cache->store, pos, n, how);
		} else {
			n = in_page(pos, len);
			if (!clear_in_page(cache, pos, n, how))
				continue;
		}
		cond_resched();
		pos += n;
		len -= n;
	}
}

/**
 * cnull_cache_flush - bring all that is in the cache to the store
 * @cache: the cache
 *
 * Each write that ended before this began is durable when it returns. Takes its
 * time by what the cache may hold.
 *
 * Context: May sleep.
 */
void cnull_cache_flush(struct cnull_cache *cache)
{
	u64 frame = 0;

	/* Often there is nothing: each entry is counted before it is found. */
	if (!atomic_long_read(&cache->pages.nr_pages))
		return;
	while (frame < cache->nr_frames) {
		u64 nr;
		void __rcu **slot = cnull_tree_find(&cache->frames, frame, &nr);

		if (slot && !cnull_tree_is_empty(slot))
			empty_slot(cache, slot);
		frame += slot ? 1 : nr;
		cond_resched();
	}
}

/**
 * cnull_cache_flush_range - bring some of what is in the cache to the store
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 *
 * Each write there that ended before this began is durable when it returns.
 *
 * Context: May sleep.
 */
void cnull_cache_flush_range(struct cnull_cache *cache, u64 pos, u64 len)
{
	while (len) {
		u64 n = cnull_cache_gap(cache, pos, len), nr;
		void __rcu **slot;

		if (!n) {
			n = in_page(pos, len);
			slot = cnull_tree_find(&cache->pages, pos >> PAGE_SHIFT,
					       &nr);
			if (slot)
				empty_slot(cache, slot);
		}
		cond_resched();
		pos += n;
		len -= n;
	}
}

/**
 * cnull_cache_each - look at each sector that is not durable
 * @cache: the cache
 * @fn: called with each of them, in no order
 * @arg: for @fn
 *
 * Context: May sleep. No I/O on @cache may run.
 */
void cnull_cache_each(struct cnull_cache *cache,
		      void (*fn)(void *arg, u64 sector), void *arg)
{
	u64 frame = 0, nr, i;

	for (; frame < cache->nr_frames; cond_resched()) {
		void __rcu **slot = cnull_tree_find(&cache->frames, frame, &nr);
		const struct entry *e = slot ? rcu_dereference_raw(*slot) : NULL;

		for (i = 0; e && i < CNULL_PAGE_SECTORS; i++)
			if (e->valid[i])
				fn(arg, e->index * CNULL_PAGE_SECTORS + i);
		frame += slot ? 1 : nr;
	}
}
