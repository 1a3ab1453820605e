// SPDX-License-Identifier: GPL-2.0
/*
 * The volatile write cache: strictly above the store. Data reaches the store by
 * a flush, by a write with FUA, or when the cache is full and the oldest entry
 * makes room. The rest is lost at power off.
 *
 * An entry holds the written sectors of one page, with a mark for each sector. Two
 * trees find it: by its page, and by its frame. The frames are a ring. A new entry takes
 * the next frame, and the entry that is still there is written back.
 *
 * A page's entry has a lock. A writer takes it, and so does a context that moves data to
 * the store or clears data there. So all of that has one order for each page:
 *
 * - An entry is put into both trees, with its first data, under its lock. A context that
 *   finds it by its page and gets the lock knows that a flush finds it by its frame.
 * - An entry is written back and taken out of both trees in one go, under its lock, and is
 *   dead from then on. A context that waited for the lock looks for the page again. So
 *   data is in the store before a newer entry of that page can exist.
 * - A write-back takes no memory and cannot fail (cnull_store_merge()).
 * - The lock of an entry that has no frame yet may be held when the lock of another one is
 *   taken, to empty the frame. The holder of that second lock waits for no third one.
 *
 * A write gets all memory that it needs before it copies the first byte. Its preparation
 * makes an entry for each page that has none. It marks an entry that is there as needed:
 * when a needed entry goes, the store gets a page in any case, also if no sector of the
 * entry is valid. After that the write cannot fail. For each page:
 *
 * - If there is an entry, the write goes to it.
 * - If there is none, but one was prepared, that one is inserted.
 * - If there is none, and none was prepared, a needed entry has gone. The write goes to
 *   the store's page. If the store has none, a discard took it: the discard covers the
 *   page and overlaps with the write, so the write counts as the earlier one.
 *
 * Frames are numbered by a counter of turns, which an entry gets when it is prepared. Its
 * frame is filled later, or never. A flush looks only at the turns since the last flush:
 * it moves @tail up to @hand, then looks at the frames in between. An entry may be
 * inserted after @tail has passed its turn. So a context that fills a frame reads @tail
 * afterwards, and lowers it below that turn if necessary. There is a full barrier between
 * the two steps on either side: the flush sees the entry, or the writer sees the new
 * @tail. So an entry of a write that has ended has a turn above @tail, or a flush that is
 * running is about to find it. The next flush waits for that flush.
 *
 * Readers take no lock. Where the mark of a sector is set, a reader copies from the entry,
 * else from the store. Marks and slots are cleared (release) after the store has changed,
 * and read (acquire) before the store is: a reader gets no data of the store that is
 * older than the entry's was. Entries and their pages are freed by RCU, so a reader may
 * finish with a dead one: newer data has overlapped with the read.
 *
 * Where a page has no entry, discards and writes with FUA work on the store
 * directly. An entry that appears meanwhile comes from a write that overlaps with
 * them, and the two may take effect in either order.
 */
#include "cache/cache.h"
#include "store/gfp.h"

/**
 * struct entry - what the cache holds of one page
 * @lock: held by who changes the contents, or takes the entry out
 * @dead: it is in no tree any more
 * @needed: a write that was prepared counts on it, or on the store's page; set under
 *	@lock, and stays
 * @moved: @page is the store's now; set and read by whoever made it dead
 * @valid: for each sector, whether @page has it; changed under @lock
 * @index: of the page of the device; constant
 * @page: the data; constant
 * @slot: where &cnull_cache.pages shows it; constant
 * @frame: where &cnull_cache.frames does; constant
 * @turn: the value of &cnull_cache.hand that @frame follows from; constant
 * @next: in the list of the context that prepared it or made it dead
 * @rcu: to free it by
 *
 * Whoever makes it dead frees it.
 */
struct entry {
	spinlock_t lock;
	bool dead __guarded_by(&lock);
	bool needed;
	bool moved;
	bool valid[CNULL_PAGE_SECTORS];
	u64 index;
	void *page;
	void __rcu **slot;
	void __rcu **frame;
	unsigned long turn;
	struct entry *next;
	struct rcu_head rcu;
};

/* In an RCU read section. NULL if there is none. */
static struct entry *find_entry(struct cnull_cache *cache, u64 pos)
{
	u64 nr;
	void __rcu **slot = cnull_map_find_stable(&cache->pages, pos >> PAGE_SHIFT,
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
	cnull_map_clear(e->slot);
	cnull_map_clear(e->frame);
}

/* Free an entry that readers may still look at. */
static void free_entry(struct cnull_cache *cache, struct entry *e)
{
	if (!e->moved)
		cnull_pages_free_rcu(&e->page, 1);
	kfree_rcu(e, rcu);
	cnull_budget_uncharge(&cache->budget);
}

/* Bring an entry to the store, and take it out. False if it is dead. */
static bool write_back(struct cnull_cache *cache, struct entry *e)
{
	bool alive;

	spin_lock_nested(&e->lock, SINGLE_DEPTH_NESTING);
	alive = !e->dead;
	if (alive) {
		if (e->needed || memchr(e->valid, true, CNULL_PAGE_SECTORS))
			e->moved = cnull_store_merge(cache->store, e->index,
						     e->page, e->valid);
		bury(e);
	}
	spin_unlock(&e->lock);
	return alive;
}

/*
 * Write back the entry in a slot, of either tree, in an RCU read section. Returns the
 * entry, to be freed outside of it, or NULL.
 */
static struct entry *take_out(struct cnull_cache *cache, void __rcu **slot)
{
	struct entry *e = rcu_dereference(*slot);

	return e && write_back(cache, e) ? e : NULL;
}

static void empty_slot(struct cnull_cache *cache, void __rcu **slot)
{
	struct entry *e;

	rcu_read_lock();
	e = take_out(cache, slot);
	rcu_read_unlock();
	if (e)
		free_entry(cache, e);
}

/* Find a slot, and add the nodes above it if necessary. NULL: no memory. */
static void __rcu **make_slot(struct cnull_map *map, u64 index, gfp_t gfp)
{
	u64 nr;
	void __rcu **slot = cnull_map_find_stable(map, index, &nr);

	if (slot || cnull_map_add_nodes(map, index, gfp))
		return slot;
	return cnull_map_find_stable(map, index, &nr);
}

/* Make an entry for the page of @pos; only its maker knows it. NULL: no memory. */
static struct entry *new_entry(struct cnull_cache *cache, u64 pos, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	void __rcu **slot, **frame;
	unsigned long turn;
	struct entry *e;

	if (!cnull_budget_may_grow(&cache->budget))
		return NULL;
	turn = atomic_long_inc_return(&cache->hand);
	slot = make_slot(&cache->pages, index, gfp);
	frame = make_slot(&cache->frames, turn % cache->nr_frames, gfp);
	if (!slot || !frame || cnull_store_prepare_merge(cache->store, index, gfp))
		return NULL;
	e = kzalloc(sizeof(*e), gfp);
	if (!e)
		return NULL;
	e->page = cnull_page_alloc(gfp, cache->pages.home_node);
	if (!e->page) {
		kfree(e);
		return NULL;
	}
	spin_lock_init(&e->lock);
	e->index = index;
	e->slot = slot;
	e->frame = frame;
	e->turn = turn;
	cnull_budget_charge(&cache->budget);
	return e;
}

/* Free an entry that only its maker knows, if it is one. Its frame stays empty. */
static void drop_new(struct cnull_cache *cache, struct entry *e)
{
	if (!e)
		return;
	cnull_page_free(e->page);
	kfree(e);
	cnull_budget_uncharge(&cache->budget);
}

/* The frame of a turn has been filled: the next flush is not to pass it by. */
static void lower_tail(struct cnull_cache *cache, unsigned long turn)
{
	long tail = atomic_long_read(&cache->tail);

	while ((long)(tail - turn) >= 0 &&
	       !atomic_long_try_cmpxchg(&cache->tail, &tail, turn - 1))
		;
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

/*
 * Put an entry into both trees, with its first data. False, and nothing has changed,
 * if its page has another one. @gone gets what was in its frame.
 */
static bool add_entry(struct cnull_cache *cache, struct entry *e, u64 pos,
		      size_t len, struct cnull_iter *from, struct entry **gone)
{
	guard(spinlock)(&e->lock);
	if (!cnull_map_fill(e->slot, e))
		return false;
	cnull_iter_read(from, e->page + offset_in_page(pos), len);
	mark(e, pos, len, true);
	while (!cnull_map_fill(e->frame, e)) {
		struct entry *old = take_out(cache, e->frame);

		if (old) {
			old->next = *gone;
			*gone = old;
		}
	}
	lower_tail(cache, e->turn);
	return true;
}

/* As add_entry(), and free what was in its frame. */
static bool insert_entry(struct cnull_cache *cache, struct entry *e, u64 pos,
			 size_t len, struct cnull_iter *from)
{
	struct entry *gone = NULL, *next;
	bool done;

	rcu_read_lock();
	done = add_entry(cache, e, pos, len, from, &gone);
	rcu_read_unlock();
	for (; gone; gone = next) {
		next = gone->next;
		free_entry(cache, gone);
	}
	return done;
}

/*
 * Write to one page in the cache: to the entry in its slot, or to @new, which becomes
 * it and is NULL then. False, and @from untouched, if there is neither.
 */
static bool put_cached(struct cnull_cache *cache, void __rcu **slot, u64 pos,
		       size_t len, struct cnull_iter *from, struct entry **new)
{
	struct entry *e;
	bool done;

	for (;;) {
		rcu_read_lock();
		e = rcu_dereference(*slot);
		done = e && write_entry(e, pos, len, from);
		rcu_read_unlock();
		if (done)
			return true;
		if (e)
			continue;
		if (!*new)
			return false;
		if (insert_entry(cache, *new, pos, len, from)) {
			*new = NULL;
			return true;
		}
	}
}

/* Write to one page. It fails as a whole, or not. */
static int write_page(struct cnull_cache *cache, u64 pos, size_t len,
		      struct cnull_iter *from, gfp_t gfp)
{
	struct entry *new = NULL;
	u64 side;
	void __rcu **slot = cnull_map_find_stable(&cache->pages, pos >> PAGE_SHIFT,
					    &side);

	while (!slot || !put_cached(cache, slot, pos, len, from, &new)) {
		new = new_entry(cache, pos, gfp);
		if (!new)
			return -ENOMEM;
		slot = new->slot;
	}
	drop_new(cache, new);
	return 0;
}

/* False if the entry is dead. */
static bool set_needed(struct entry *e)
{
	guard(spinlock)(&e->lock);
	if (!e->dead)
		WRITE_ONCE(e->needed, true);
	return !e->dead;
}

/*
 * Mark the entries of up to @nr pages from @index on: from now on a write finds one,
 * or a page in the store, or a discard comes in between. That holds for a dead entry,
 * too, if it was marked. Returns the number of pages up to the first one without an
 * entry, or up to the end of a node.
 */
static u64 need_entries(struct cnull_cache *cache, u64 index, u64 nr)
{
	u64 i = 0, side;
	void __rcu **slot = cnull_map_find_stable(&cache->pages, index, &side);
	struct entry *e;

	if (!slot)
		return 0;
	nr = min(nr, side);
	rcu_read_lock();
	for (; i < nr; i++, slot++) {
		e = rcu_dereference(*slot);
		if (!e || !(READ_ONCE(e->needed) || set_needed(e)))
			break;
	}
	rcu_read_unlock();
	return i;
}

/* Of @len bytes from @pos on, those in its page. */
static size_t in_page(u64 pos, u64 len)
{
	return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
}

/* Make an entry for each page that has none; @list gets them, in their order. */
static int prepare_write(struct cnull_cache *cache, u64 pos, u64 len,
			 struct entry **list, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	u64 end = ((pos + len - 1) >> PAGE_SHIFT) + 1;

	while (index < end) {
		u64 nr = need_entries(cache, index,
				      cnull_until_resched(index, end - index));

		if (!nr) {
			*list = new_entry(cache, index << PAGE_SHIFT, gfp);
			if (!*list)
				return -ENOMEM;
			list = &(*list)->next;
			nr = 1;
		}
		index += nr;
		cnull_resched_at(index, gfp);
	}
	return 0;
}

/* Take the entry that was prepared for a page off @list; NULL if none was. */
static struct entry *take_new(struct entry **list, u64 index)
{
	struct entry *e = *list;

	if (!e || e->index != index)
		return NULL;
	*list = e->next;
	return e;
}

/* Perform what was prepared: that made all slots. */
static void perform_write(struct cnull_cache *cache, u64 pos, u64 len,
			  struct cnull_iter *from, struct entry **list,
			  gfp_t gfp)
{
	struct cnull_spares none = { };
	void __rcu **slot = NULL;
	u64 side = 0;

	for (; len; slot++, side--) {
		struct entry *new = take_new(list, pos >> PAGE_SHIFT);
		size_t n = in_page(pos, len);

		if (!side)
			slot = cnull_map_find_stable(&cache->pages, pos >> PAGE_SHIFT,
					       &side);
		if (!put_cached(cache, slot, pos, n, from, &new) &&
		    !cnull_store_write_page(cache->store, pos, n, from, &none))
			cnull_iter_skip(from, n);
		drop_new(cache, new);
		pos += n;
		len -= n;
		cnull_resched_at(pos >> PAGE_SHIFT, gfp);
	}
}

/*
 * Write to the store what an entry may have something older of. False, and @from
 * untouched, if it is dead.
 */
static bool write_entry_through(struct cnull_cache *cache, struct entry *e,
				u64 pos, size_t len, struct cnull_iter *from,
				struct cnull_spares *spares, bool *gone)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	*gone = !cnull_store_write_page(cache->store, pos, len, from, spares);
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

/* Write to the page of an entry, and of the store. False if there is no entry. */
static bool put_through(struct cnull_cache *cache, u64 pos, size_t len,
			struct cnull_iter *from, struct cnull_spares *spares)
{
	bool done = false, gone = false;
	struct entry *e;

	do {
		rcu_read_lock();
		e = find_entry(cache, pos);
		if (e)
			done = write_entry_through(cache, e, pos, len, from,
						   spares, &gone);
		rcu_read_unlock();
	} while (e && !done);
	if (gone)
		free_entry(cache, e);
	return done;
}

/* Get pages that the store lacks. An entry has one, if there is no other memory. */
static int prepare_through(struct cnull_cache *cache, u64 pos, u64 len,
			   struct cnull_spares *spares, gfp_t gfp)
{
	while (len) {
		size_t n = in_page(pos, len);

		if (cnull_store_prepare_write(cache->store, pos, n, spares, gfp) &&
		    !need_entries(cache, pos >> PAGE_SHIFT, 1))
			return -ENOMEM;
		pos += n;
		len -= n;
	}
	return 0;
}

/* Perform what was prepared. */
static void perform_through(struct cnull_cache *cache, u64 pos, u64 len,
			    struct cnull_iter *from,
			    struct cnull_spares *spares, gfp_t gfp)
{
	while (len) {
		size_t n = in_page(pos, len);

		if (!put_through(cache, pos, n, from, spares) &&
		    !cnull_store_write_page(cache->store, pos, n, from, spares))
			cnull_iter_skip(from, n);
		pos += n;
		len -= n;
		cnull_resched_at(pos >> PAGE_SHIFT, gfp);
	}
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
	*page = cnull_store_clear_page(cache->store, pos, len, how);
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
		void __rcu **slot = cnull_map_find_stable(&cache->pages,
						    at >> PAGE_SHIFT, &nr);

		if (slot && !cnull_map_is_empty(slot))
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
	atomic_long_set(&cache->tail, 0);
	mutex_init(&cache->flushing);
	cnull_budget_init(&cache->budget);
	cnull_map_init(&cache->pages);
	cnull_map_init(&cache->frames);
	/* Trees with nothing in them: these cannot fail. */
	cnull_map_prepare(&cache->pages, DIV_ROUND_UP_ULL(bytes, PAGE_SIZE),
			   home_node);
	cnull_map_prepare(&cache->frames, nr_frames, home_node);
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
	cnull_map_destroy(&cache->frames, keep_entry);
	cnull_map_destroy(&cache->pages, drop_entry);
	mutex_destroy(&cache->flushing);
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
 * @from: where the data is; advanced by @len, unless it fails
 * @gfp: how to allocate what is missing
 *
 * May write older data back to make room.
 *
 * Context: Any that allows RCU read sections and @gfp; no interrupt.
 * Return: 0, or -ENOMEM; then no data has changed.
 */
int cnull_cache_write(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp)
{
	struct entry *list = NULL, *e;
	int err;

	if (len == in_page(pos, len))
		return len ? write_page(cache, pos, len, from, gfp) : 0;
	err = prepare_write(cache, pos, len, &list, gfp);
	if (!err)
		perform_write(cache, pos, len, from, &list, gfp);
	while ((e = list)) {
		list = e->next;
		drop_new(cache, e);
	}
	return err;
}

/**
 * cnull_cache_write_through - write what is to be durable at once
 * @cache: the cache
 * @pos: where to start, in bytes; a multiple of a sector, as is
 * @len: how many bytes; @pos + @len is within the size
 * @from: where the data is; advanced by @len, unless it fails
 * @gfp: how to allocate what is missing
 *
 * Context: Any that allows RCU read sections and @gfp; no interrupt.
 * Return: 0, or -ENOMEM; then no data has changed.
 */
int cnull_cache_write_through(struct cnull_cache *cache, u64 pos, u64 len,
			      struct cnull_iter *from, gfp_t gfp)
{
	struct cnull_spares spares = { };
	int err = prepare_through(cache, pos, len, &spares, gfp);

	if (!err)
		perform_through(cache, pos, len, from, &spares, gfp);
	cnull_store_free_spares(cache->store, &spares);
	return err;
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

/* The frame of a turn; NULL if there was never any memory for it. */
static void __rcu **frame_of(struct cnull_cache *cache, unsigned long turn)
{
	u64 nr;

	return cnull_map_find_stable(&cache->frames, turn % cache->nr_frames, &nr);
}

/*
 * Return the number of turns from *@turn to @hand. If there are fewer frames than that,
 * set *@turn so that the returned number of turns has each frame once.
 */
static unsigned long frames_since(struct cnull_cache *cache, unsigned long hand,
				  unsigned long *turn)
{
	if (hand + 1 - *turn < cache->nr_frames)
		return hand + 1 - *turn;
	*turn = 0;
	return cache->nr_frames;
}

/**
 * cnull_cache_flush - bring all that is in the cache to the store
 * @cache: the cache
 *
 * Each write that ended before this began is durable when it returns. Takes its
 * time by what was written since the last flush.
 *
 * Context: May sleep.
 */
void cnull_cache_flush(struct cnull_cache *cache)
{
	unsigned long hand, turn, nr;

	/* Often there is nothing: each entry is counted before it is found. */
	if (!cnull_budget_pages(&cache->budget))
		return;
	guard(mutex)(&cache->flushing);
	hand = atomic_long_read(&cache->hand);
	/* Orders this before the look at the frames; see add_entry(). */
	turn = atomic_long_xchg(&cache->tail, hand) + 1;
	nr = frames_since(cache, hand, &turn);
	for (; nr; nr--, turn++) {
		void __rcu **slot = frame_of(cache, turn);

		if (slot && !cnull_map_is_empty(slot))
			empty_slot(cache, slot);
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
			slot = cnull_map_find_stable(&cache->pages, pos >> PAGE_SHIFT,
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
	unsigned long turn = atomic_long_read(&cache->tail) + 1, nr;
	u64 i;

	nr = frames_since(cache, atomic_long_read(&cache->hand), &turn);
	for (; nr; nr--, turn++) {
		void __rcu **slot = frame_of(cache, turn);
		const struct entry *e = slot ? rcu_dereference_raw(*slot) : NULL;

		for (i = 0; e && i < CNULL_PAGE_SECTORS; i++)
			if (e->valid[i])
				fn(arg, e->index * CNULL_PAGE_SECTORS + i);
		cond_resched();
	}
}
