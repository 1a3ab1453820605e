// SPDX-License-Identifier: GPL-2.0
/*
 * The volatile write cache: strictly above the store. Data reaches the store by a
 * flush, by a write with FUA, or by eviction of the oldest entry when the cache is
 * full. All other data is lost at power off.
 *
 * An entry holds the written sectors of one page, with a valid mark for each sector.
 * Two maps lead to it: one by its page, one by its frame. The frames are a ring. A new
 * entry takes the next frame, and an entry that still occupies it is written back.
 * Both maps have stable nodes (store/map.c): an entry keeps pointers to its slots, and
 * slots are found outside of RCU read sections. Entries are not stable: an entry is
 * used only inside the RCU read section in which its slot was read, or by the context
 * that prepared or unhashed it.
 *
 * Locking: each entry has a spin lock. It guards the contents of the entry and its
 * place in the maps. A writer holds it, and so does a context that moves the entry's
 * data to the store, or that clears data of the page in the store. So all of these
 * have one order for each page:
 *
 * - An entry is inserted into both maps, with its first data, under its lock. A
 *   context that finds an entry by its page, and gets its lock, can rely on a flush to
 *   find the entry by its frame.
 * - An entry is written back and removed from both maps under its lock, without
 *   releasing it in between. It is dead from then on. A context that has waited for
 *   the lock of a dead entry looks up the page again. So data is in the store before
 *   the page can have a newer entry.
 * - Write-back allocates nothing and cannot fail: cnull_store_prepare_merge() succeeded
 *   when the entry was prepared.
 * - The lock of a second entry is taken with that of a first one held only to empty
 *   the frame of the first. The first entry is not in the map of frames then, and no
 *   holder of a second lock waits for a third. So there is no cycle.
 *
 * A write allocates all of its memory before it copies the first byte. Its preparation
 * makes a new entry for each page that has none. An entry that exists is marked as
 * needed: when a needed entry is written back, the store gets a page in any case, even
 * if no sector of the entry is valid. After that the write cannot fail. Each page has
 * one of three states:
 *
 * - The page has an entry: the write modifies that entry.
 * - The page has no entry, but a new one was prepared: the write inserts it.
 * - The page has no entry, and none was prepared: a needed entry was removed. The write
 *   modifies the page in the store. If the store has no page, a discard that covers
 *   the whole page removed it. That discard overlaps with the write, so the write
 *   counts as the earlier one.
 *
 * Each entry has a turn, a sequence number that it gets when it is prepared. Its frame
 * follows from the turn. The frame is filled later, or never. A flush visits only the
 * frames of turns since the last flush: it moves @tail up to @hand, then reads the
 * frames in between. An entry may be inserted after @tail has passed its turn. So a
 * context that fills a frame reads @tail afterwards, and lowers it below the turn of its
 * entry if necessary:
 *
 *	writer: fill the frame (cmpxchg)	flush: set @tail (xchg)
 *		full barrier				full barrier
 *		read @tail				read the frame
 *
 * Both operations are full barriers, and pair with each other: the flush sees the
 * entry, or the writer sees the new @tail. So the entry of a completed write has a turn
 * above @tail, or a flush in flight is about to find it. The next flush waits for that
 * one by @flushing.
 *
 * Readers take no lock. A reader copies a sector from the entry if its mark is set, else
 * from the store. A mark is cleared (release, mark()) after the store has changed, and
 * is read (acquire, run_length()) before the store is. A slot is cleared (release,
 * cnull_map_clear()) after the store has changed, and is read (acquire,
 * cnull_map_is_empty()) before the store is. So a reader never gets data of the store
 * that is older than the data of the entry was. Entries and their pages are freed or used
 * again after a grace period, so a reader may finish with a dead entry. Its data is not
 * stale: the entry became dead while the read was in flight.
 *
 * If a page has no entry, discards and writes with FUA access the store directly. An
 * entry that appears meanwhile comes from a write that overlaps with them, and both may
 * take effect in either order.
 *
 * Write-back moves the page of an entry to the store if all of its sectors are valid. A
 * direct access may then change the page that was replaced, and that change is lost. This
 * is correct, because the entry appeared after the access began. So each write to the
 * entry overlaps with the access, or is later. Direct accesses are discards, writes with
 * FUA, and writes whose needed entry was removed. An entry with a sector that is not valid
 * replaces no page, because the access may have changed that sector.
 */
#include "cache/cache.h"
#include "store/gfp.h"

/* Find the slot of an index in either map. NULL if no entry ever had that index. */
static void __rcu **find_slot(struct cnull_map *map, u64 index)
{
	u64 nr;

	return cnull_map_find_stable(map, index, &nr);
}

/**
 * struct walk - a walk through a range, piece by piece
 * @pos: start of the current piece, in bytes
 * @len: length of the current piece, in bytes; a user sets it to 0 to repeat the piece
 * @end: end of the range, in bytes
 */
struct walk {
	u64 pos;
	u64 len;
	u64 end;
};

/* Begin before the first piece of @len bytes from @pos on. */
static struct walk walk_from(u64 pos, u64 len)
{
	return (struct walk) { .pos = pos, .end = pos + len };
}

/* Go on to the bytes of the next page. Return false at the end. */
static bool next_page(struct walk *w)
{
	w->pos += w->len;
	w->len = cnull_bytes_in_page(offset_in_page(w->pos),
				     w->end - w->pos);
	return w->len;
}

/* Go on to the next gap, or to the next page with an entry. Return false at the end. */
static bool next_piece(struct cnull_cache *cache, struct walk *w, bool *is_gap)
{
	u64 gap;

	if (!next_page(w))
		return false;
	gap = cnull_cache_gap(cache, w->pos, w->end - w->pos);
	*is_gap = gap;
	if (gap)
		w->len = gap;
	return true;
}

/* Find the entry of a page. In an RCU read section. NULL if there is none. */
static struct cnull_entry *find_entry(struct cnull_cache *cache, u64 pos)
{
	void __rcu **slot = find_slot(&cache->pages, pos >> PAGE_SHIFT);

	return slot ? rcu_dereference(*slot) : NULL;
}

/* Set or clear the marks of a part of a page. Release; pairs with run_length(). */
static void mark_part(struct cnull_entry *e, u64 pos, size_t len, bool valid)
	__must_hold(&e->lock)
{
	unsigned int sector = offset_in_page(pos) >> SECTOR_SHIFT;
	unsigned int end = sector + (len >> SECTOR_SHIFT);

	while (sector < end) {
		unsigned long *word = &e->valid[sector / BITS_PER_LONG];
		unsigned int first = sector % BITS_PER_LONG;
		unsigned int nr = min(end - sector, BITS_PER_LONG - first);
		unsigned long marks = ~0UL >> (BITS_PER_LONG - nr) << first;

		smp_store_release(word, valid ? *word | marks : *word & ~marks);
		sector += nr;
	}
}

/* Set or clear the marks of some sectors, usually of the whole page. */
static inline void mark(struct cnull_entry *e, u64 pos, size_t len, bool valid)
	__must_hold(&e->lock)
{
	unsigned int i;

	if (len < PAGE_SIZE)
		mark_part(e, pos, len, valid);
	else
		for (i = 0; i < CNULL_SECTOR_WORDS; i++)
			smp_store_release(&e->valid[i],
					  valid ? CNULL_ALL_SECTORS : 0);
}

/* Is any sector marked? */
static bool has_marks(const struct cnull_entry *e)
	__must_hold(&e->lock)
{
	unsigned int i;

	for (i = 0; i < CNULL_SECTOR_WORDS; i++)
		if (e->valid[i])
			return true;
	return false;
}

/* Remove an entry from both maps. The caller retires it. */
static void unhash(struct cnull_entry *e)
	__must_hold(&e->lock)
{
	e->dead = true;
	cnull_map_clear(e->slot);
	cnull_map_clear(e->frame);
}

/* Retire one unhashed entry. */
static void retire(struct cnull_cache *cache, struct cnull_entry *e)
{
	struct cnull_retired retired = { };

	cnull_retired_add(&retired, e);
	cnull_entries_retire(&cache->entries, &retired);
}

/* Write an entry back to the store, and unhash it. Return false if it is dead. */
static bool write_back(struct cnull_cache *cache, struct cnull_entry *e)
{
	bool alive;

	spin_lock_nested(&e->lock, SINGLE_DEPTH_NESTING);
	alive = !e->dead;
	if (alive) {
		if (e->needed || has_marks(e))
			e->rest = cnull_store_merge(cache->store, e->index,
						    e->page, e->valid);
		unhash(e);
	}
	spin_unlock(&e->lock);
	return alive;
}

/*
 * Write back the entry in a slot of either map. In an RCU read section. Return the
 * entry, to be retired after the section, or NULL if there was none.
 */
static struct cnull_entry *write_back_slot(struct cnull_cache *cache,
					   void __rcu **slot)
{
	struct cnull_entry *e = rcu_dereference(*slot);

	return e && write_back(cache, e) ? e : NULL;
}

/* Write back the entry in a slot of either map, and add it to @retired. */
static void flush_slot(struct cnull_cache *cache, void __rcu **slot,
		       struct cnull_retired *retired)
{
	rcu_read_lock();
	cnull_retired_add(retired, write_back_slot(cache, slot));
	rcu_read_unlock();
	cnull_entries_retire_many(&cache->entries, retired);
}

/* Add the nodes above the slot of an index. -ENOMEM also if memory is short. */
static int add_nodes(struct cnull_cache *cache, struct cnull_map *map,
		     u64 index, gfp_t gfp)
{
	if (!cnull_budget_may_grow(&cache->entries.budget))
		return -ENOMEM;
	return cnull_map_add_nodes(map, index, gfp);
}

/* Find a slot. Add the nodes above it if necessary. Return NULL without memory. */
static void __rcu **make_slot(struct cnull_cache *cache, struct cnull_map *map,
			      u64 index, gfp_t gfp)
{
	void __rcu **slot = find_slot(map, index);

	if (slot || add_nodes(cache, map, index, gfp))
		return slot;
	return find_slot(map, index);
}

/*
 * Prepare an entry for a page, with its slot in the map of pages. No other context can
 * find it. Return NULL if there is no memory, or memory is short.
 */
static struct cnull_entry *new_entry(struct cnull_cache *cache,
				     void __rcu **slot, u64 index, gfp_t gfp)
{
	struct cnull_entry *e = cnull_entry_new(&cache->entries, gfp);
	unsigned long turn;
	void __rcu **frame;

	if (!e)
		return NULL;
	turn = atomic_long_inc_return(&cache->hand);
	frame = make_slot(cache, &cache->frames, turn % cache->nr_frames, gfp);
	if (!frame) {
		cnull_entry_drop(&cache->entries, e);
		return NULL;
	}
	e->index = index;
	e->slot = slot;
	e->frame = frame;
	e->turn = turn;
	return e;
}

/*
 * Make the next flush visit the frame of @turn, which was just filled. The caller's
 * cmpxchg orders the read of @tail after that; it pairs with the xchg of a flush.
 */
static void lower_tail(struct cnull_cache *cache, unsigned long turn)
{
	long tail = atomic_long_read(&cache->tail);

	while ((long)(tail - turn) >= 0 &&
	       !atomic_long_try_cmpxchg(&cache->tail, &tail, turn - 1))
		;
}

/* Write to an entry. Return false, with @from unchanged, if it is dead. */
static bool write_entry(struct cnull_entry *e, u64 pos, size_t len,
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
 * Insert an entry into both maps, with its first data. Return false, with nothing
 * changed, if its page has another entry. Add entries that occupied its frame to
 * @evicted. In an RCU read section.
 */
static bool insert_entry(struct cnull_cache *cache, struct cnull_entry *e,
			 u64 pos, size_t len, struct cnull_iter *from,
			 struct cnull_retired *evicted)
{
	guard(spinlock)(&e->lock);
	e->dead = false;	/* true if the entry was used before */
	if (!cnull_map_fill(e->slot, e))
		return false;
	cnull_iter_read(from, e->page + offset_in_page(pos), len);
	mark(e, pos, len, true);
	while (!cnull_map_fill(e->frame, e))
		cnull_retired_add(evicted, write_back_slot(cache, e->frame));
	lower_tail(cache, e->turn);
	return true;
}

/*
 * Write to one page in the cache. If its slot is empty, insert *@new, set it to NULL, and
 * add evicted entries to @evicted. Return false, with @from unchanged, if the slot is
 * empty and *@new is NULL.
 */
static bool write_cached(struct cnull_cache *cache, void __rcu **slot, u64 pos,
			 size_t len, struct cnull_iter *from,
			 struct cnull_entry **new,
			 struct cnull_retired *evicted)
{
	struct cnull_entry *e;
	bool done;

	do {
		rcu_read_lock();
		e = rcu_dereference(*slot);
		if (e) {
			done = write_entry(e, pos, len, from);
		} else {
			done = *new && insert_entry(cache, *new, pos, len, from,
						    evicted);
			if (done)
				*new = NULL;
		}
		rcu_read_unlock();
	} while (!done && (e || *new));
	return done;
}

/* Write to one page. Fails as a whole. */
static int write_one(struct cnull_cache *cache, u64 pos, size_t len,
		     struct cnull_iter *from, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	void __rcu **slot = make_slot(cache, &cache->pages, index, gfp);
	struct cnull_retired evicted = { };
	struct cnull_entry *new = NULL;

	if (!slot)
		return -ENOMEM;
	if (!write_cached(cache, slot, pos, len, from, &new, &evicted)) {
		if (cnull_store_prepare_merge(cache->store, index, 1, gfp))
			return -ENOMEM;
		new = new_entry(cache, slot, index, gfp);
		if (!new)
			return -ENOMEM;
		write_cached(cache, slot, pos, len, from, &new, &evicted);
	}
	if (new)
		cnull_entry_drop(&cache->entries, new);
	cnull_entries_retire(&cache->entries, &evicted);
	return 0;
}

/* Mark an entry as needed. Return false if it is dead. */
static bool set_needed(struct cnull_entry *e)
{
	guard(spinlock)(&e->lock);
	if (!e->dead)
		WRITE_ONCE(e->needed, true);
	return !e->dead;
}

/*
 * Mark the entries of up to @nr pages with adjacent slots as needed. From then on a write
 * finds an entry, or a page in the store, unless a discard removes it. This is also true
 * of a dead entry that was marked before it died. Return the number of pages up to the
 * first one without an entry.
 */
static u64 need_entries(void __rcu **slot, u64 nr)
{
	struct cnull_entry *e;
	u64 i;

	rcu_read_lock();
	for (i = 0; i < nr; i++) {
		e = rcu_dereference(slot[i]);
		if (!e || !(READ_ONCE(e->needed) || set_needed(e)))
			break;
	}
	rcu_read_unlock();
	return i;
}

/*
 * Prepare an entry for each page that has none, among @nr pages with adjacent slots.
 * Append them to the list that ends at *@end, by index. If memory is short, this may also
 * fail because of a page that has an entry and is missing in the store.
 */
static int prepare_entries(struct cnull_cache *cache, void __rcu **slot,
			   u64 index, u64 nr, struct cnull_entry ***end,
			   gfp_t gfp)
{
	u64 i = need_entries(slot, nr);

	if (i < nr && cnull_store_prepare_merge(cache->store, index + i, nr - i,
						gfp))
		return -ENOMEM;
	while (i < nr) {
		struct cnull_entry *e = new_entry(cache, slot + i, index + i,
						  gfp);

		if (!e)
			return -ENOMEM;
		**end = e;
		*end = &e->next;
		i++;
		i += need_entries(slot + i, nr - i);
	}
	return 0;
}

/* Prepare an entry for each page that has none. Add them to @list, by index. */
static int prepare_write(struct cnull_cache *cache, u64 pos, u64 len,
			 struct cnull_entry **list, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	u64 last = (pos + len - 1) >> PAGE_SHIFT;

	while (index <= last) {
		u64 nr;
		void __rcu **slot = cnull_map_find_stable(&cache->pages, index,
							  &nr);

		if (!slot) {
			if (add_nodes(cache, &cache->pages, index, gfp))
				return -ENOMEM;
			continue;
		}
		nr = cnull_until_resched(index, min(nr, last - index + 1));
		if (prepare_entries(cache, slot, index, nr, &list, gfp))
			return -ENOMEM;
		index += nr;
		cnull_resched_at(index, gfp);
	}
	return 0;
}

/* Remove the new entry for a page from @list. Return NULL if none was prepared. */
static struct cnull_entry *take_new(struct cnull_entry **list, u64 index)
{
	struct cnull_entry *e = *list;

	if (!e || e->index != index)
		return NULL;
	*list = e->next;
	return e;
}

/* Perform a write after prepare_write(): all slots are there. */
static void perform_write(struct cnull_cache *cache, u64 pos, u64 len,
			  struct cnull_iter *from, struct cnull_entry **list,
			  gfp_t gfp)
{
	struct cnull_spares none = { };
	struct cnull_retired evicted = { };
	struct walk w = walk_from(pos, len);
	void __rcu **slot = NULL;
	u64 side = 0;

	for (; next_page(&w); slot++, side--) {
		struct cnull_entry *new = take_new(list, w.pos >> PAGE_SHIFT);

		if (!side)
			slot = cnull_map_find_stable(&cache->pages,
						     w.pos >> PAGE_SHIFT, &side);
		if (!write_cached(cache, slot, w.pos, w.len, from, &new,
				  &evicted) &&
		    !cnull_store_write_page(cache->store, w.pos, w.len, from,
					    &none))
			cnull_iter_skip(from, w.len);
		if (new)
			cnull_entry_drop(&cache->entries, new);
		cnull_entries_retire_many(&cache->entries, &evicted);
		cnull_resched_at((w.pos + w.len) >> PAGE_SHIFT, gfp);
	}
	cnull_entries_retire(&cache->entries, &evicted);
}

/*
 * Write to the store, and clear the marks of older data in the entry. If there is no
 * memory for the store's page, move the entry's page there, and set *@unhashed. Return
 * false, with @from unchanged, if the entry is dead.
 */
static bool write_entry_through(struct cnull_cache *cache, struct cnull_entry *e,
				u64 pos, size_t len, struct cnull_iter *from,
				struct cnull_spares *spares, bool *unhashed)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	*unhashed = !cnull_store_write_page(cache->store, pos, len, from,
					    spares);
	if (!*unhashed) {
		mark(e, pos, len, false);
		return true;
	}
	cnull_iter_read(from, e->page + offset_in_page(pos), len);
	mark(e, pos, len, true);
	e->rest = cnull_store_merge(cache->store, e->index, e->page, e->valid);
	unhash(e);
	return true;
}

/* Write to the store's page of an entry. Return false if there is no entry. */
static bool write_page_through(struct cnull_cache *cache, u64 pos, size_t len,
			       struct cnull_iter *from,
			       struct cnull_spares *spares)
{
	bool done = false, unhashed = false;
	struct cnull_entry *e;

	do {
		rcu_read_lock();
		e = find_entry(cache, pos);
		if (e)
			done = write_entry_through(cache, e, pos, len, from,
						   spares, &unhashed);
		rcu_read_unlock();
	} while (e && !done);
	if (unhashed)
		retire(cache, e);
	return done;
}

/*
 * Allocate the pages that the store lacks. If there is no memory for a page that has an
 * entry, the entry's page is used.
 */
static int prepare_through(struct cnull_cache *cache, u64 pos, u64 len,
			   struct cnull_spares *spares, gfp_t gfp)
{
	struct walk w = walk_from(pos, len);

	while (next_page(&w)) {
		void __rcu **slot = find_slot(&cache->pages,
					      w.pos >> PAGE_SHIFT);

		if (cnull_store_prepare_write(cache->store, w.pos, w.len,
					      spares, gfp) &&
		    !(slot && need_entries(slot, 1)))
			return -ENOMEM;
	}
	return 0;
}

/* Perform a write after prepare_through(). */
static void perform_through(struct cnull_cache *cache, u64 pos, u64 len,
			    struct cnull_iter *from,
			    struct cnull_spares *spares, gfp_t gfp)
{
	struct walk w = walk_from(pos, len);

	while (next_page(&w)) {
		if (!write_page_through(cache, w.pos, w.len, from, spares) &&
		    !cnull_store_write_page(cache->store, w.pos, w.len, from,
					    spares))
			cnull_iter_skip(from, w.len);
		cnull_resched_at((w.pos + w.len) >> PAGE_SHIFT, gfp);
	}
}

/* Is an entry removed when @len bytes of it are cleared? */
static bool clears_all(size_t len, enum cnull_clear how)
{
	return len == PAGE_SIZE && how != CNULL_CLEAR_KEEP;
}

/*
 * Clear data in an entry and in the store. @spares: from cnull_store_prepare_clear(). Set
 * *@page to the page that the store has removed, if any. Return false if the entry is dead.
 */
static bool clear_entry(struct cnull_cache *cache, struct cnull_entry *e, u64 pos,
			size_t len, enum cnull_clear how,
			struct cnull_spares *spares, void **page)
{
	guard(spinlock)(&e->lock);
	if (e->dead)
		return false;
	*page = cnull_store_clear_page(cache->store, pos, len, how, spares);
	mark(e, pos, len, false);
	if (how == CNULL_CLEAR_ERASE)
		cnull_data_zero(e->page + offset_in_page(pos), len);
	if (clears_all(len, how))
		unhash(e);
	return true;
}

/* Clear data of a page that has an entry. Set *@done to false if there is no entry. */
static int clear_in_page(struct cnull_cache *cache, u64 pos, size_t len,
			 enum cnull_clear how, bool *done)
{
	struct cnull_spares spares = { };
	void *page = NULL;
	struct cnull_entry *e;
	int err = cnull_store_prepare_clear(cache->store, pos, len, how, &spares,
					    CNULL_GFP_MAY_WAIT);

	if (err)
		return err;
	rcu_read_lock();
	e = find_entry(cache, pos);
	*done = e && clear_entry(cache, e, pos, len, how, &spares, &page);
	rcu_read_unlock();
	if (*done && clears_all(len, how))
		retire(cache, e);
	if (page)
		cnull_pages_free_rcu(&page, 1);
	cnull_store_free_spares(cache->store, &spares);
	return 0;
}

/*
 * Return a number of bytes from @pos on, in its page, whose marks are alike, as *@valid
 * says. Acquire; pairs with mark().
 */
static size_t run_length(const struct cnull_entry *e, u64 pos, size_t len,
			 bool *valid)
{
	unsigned int sector = offset_in_page(pos) >> SECTOR_SHIFT;
	unsigned int first = sector % BITS_PER_LONG;
	unsigned long word = smp_load_acquire(&e->valid[sector / BITS_PER_LONG]);
	unsigned long others;

	*valid = word >> first & 1;
	/* The bits from @first on that differ. */
	others = (*valid ? ~word : word) >> first;
	if (!others)
		return min_t(size_t, len,
			     (BITS_PER_LONG - first) << SECTOR_SHIFT);
	return min_t(size_t, len, __ffs(others) << SECTOR_SHIFT);
}

/* Read from a page that has an entry. Return false if there is no entry. */
static bool read_in_page(struct cnull_cache *cache, u64 pos, size_t len,
			 struct cnull_iter *to)
{
	struct cnull_entry *e;

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
 * cnull_cache_gap - return the length of a range without entries
 * @cache: the cache
 * @pos: start, in bytes
 * @len: most bytes to check
 *
 * A caller that reads the store afterwards finds all data there that was in the cache
 * before: acquire; pairs with the release in cnull_map_clear().
 *
 * Context: Any.
 * Return: the number of bytes from @pos on up to the next page with an entry, @len at
 * most; 0 if the page of @pos has an entry.
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
 * cnull_cache_init - initialize an empty cache
 * @cache: the cache
 * @store: the store below it
 * @bytes: size of the device in bytes, up to 2^63
 * @nr_frames: capacity in pages, not 0
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE
 *
 * Context: Any. No other context uses @cache. Allocates nothing.
 */
void cnull_cache_init(struct cnull_cache *cache, struct cnull_store *store,
		      u64 bytes, unsigned long nr_frames, int home_node)
{
	cache->store = store;
	cache->nr_frames = nr_frames;
	atomic_long_set(&cache->hand, 0);
	atomic_long_set(&cache->tail, 0);
	mutex_init(&cache->flushing);
	cnull_entries_init(&cache->entries, nr_frames, home_node);
	cnull_map_init(&cache->pages);
	cnull_map_init(&cache->frames);
	/* These cannot fail: the maps are empty. */
	cnull_map_prepare(&cache->pages, DIV_ROUND_UP_ULL(bytes, PAGE_SIZE),
			  home_node);
	cnull_map_prepare(&cache->frames, nr_frames, home_node);
}

static void free_leaf(void *leaf)
{
	cnull_entry_free(leaf);
}

/* Keep the entry: the map of pages has it, too. */
static void keep_leaf(void *leaf)
{
	(void)leaf;
}

/**
 * cnull_cache_destroy - free all entries of a cache
 * @cache: the cache
 *
 * Data that is not durable is lost. Call cnull_cache_flush() first to keep it.
 *
 * Context: May sleep. No I/O on @cache is in flight.
 */
void cnull_cache_destroy(struct cnull_cache *cache)
{
	cnull_map_destroy(&cache->frames, keep_leaf);
	cnull_map_destroy(&cache->pages, free_leaf);
	cnull_entries_destroy(&cache->entries);
	mutex_destroy(&cache->flushing);
}

/**
 * cnull_cache_read - copy data out of the cache and the store below it
 * @cache: the cache
 * @pos: start in bytes, a multiple of a sector
 * @len: length in bytes, a multiple of a sector; @pos + @len is within the size
 * @to: destination; advanced by @len
 *
 * Context: Any that allows RCU read sections.
 */
void cnull_cache_read(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *to)
{
	struct walk w = walk_from(pos, len);
	bool is_gap;

	while (next_piece(cache, &w, &is_gap)) {
		if (is_gap)
			cnull_store_read(cache->store, w.pos, w.len, to);
		else if (!read_in_page(cache, w.pos, w.len, to))
			w.len = 0;
	}
}

/**
 * cnull_cache_write - write data that need not be durable yet
 * @cache: the cache
 * @pos: start in bytes, a multiple of a sector
 * @len: length in bytes, a multiple of a sector; @pos + @len is within the size
 * @from: source; advanced by @len on success
 * @gfp: how to allocate
 *
 * May evict older entries.
 *
 * Context: Any that allows RCU read sections and @gfp; not an interrupt.
 * Return: 0, or -ENOMEM; then no data has changed.
 */
int cnull_cache_write(struct cnull_cache *cache, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp)
{
	struct cnull_entry *list = NULL, *e;
	int err;

	if (offset_in_page(pos) + len <= PAGE_SIZE)
		return len ? write_one(cache, pos, len, from, gfp) : 0;
	err = prepare_write(cache, pos, len, &list, gfp);
	if (!err)
		perform_write(cache, pos, len, from, &list, gfp);
	while ((e = list)) {
		list = e->next;
		cnull_entry_drop(&cache->entries, e);
	}
	return err;
}

/**
 * cnull_cache_write_through - write data that is durable on return (FUA)
 * @cache: the cache
 * @pos: start in bytes, a multiple of a sector
 * @len: length in bytes, a multiple of a sector; @pos + @len is within the size
 * @from: source; advanced by @len on success
 * @gfp: how to allocate
 *
 * Context: Any that allows RCU read sections and @gfp; not an interrupt.
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
 * cnull_cache_clear - clear data in the cache and in the store
 * @cache: the cache
 * @pos: start in bytes, a multiple of a sector
 * @len: length in bytes, a multiple of a sector; @pos + @len is within the size
 * @how: what to do with pages of the store that are cleared as a whole
 *
 * The range reads as zeros from then on, and that is durable on return.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM as cnull_store_clear(); then a part of the range is cleared.
 */
int cnull_cache_clear(struct cnull_cache *cache, u64 pos, u64 len,
		      enum cnull_clear how)
{
	struct walk w = walk_from(pos, len);
	bool is_gap, done;
	int err = 0;

	while (!err && next_piece(cache, &w, &is_gap)) {
		done = true;
		if (is_gap)
			err = cnull_store_clear(cache->store, w.pos, w.len, how);
		else
			err = clear_in_page(cache, w.pos, w.len, how, &done);
		if (!done)
			w.len = 0;
		cond_resched();
	}
	return err;
}

/* Return the slot of the frame of a turn, or NULL if no entry ever had that frame. */
static void __rcu **frame_of(struct cnull_cache *cache, unsigned long turn)
{
	return find_slot(&cache->frames, turn % cache->nr_frames);
}

/*
 * Return the number of turns from *@turn to @hand. If there are fewer frames than that,
 * set *@turn so that the returned number of turns includes each frame once.
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
 * cnull_cache_flush - write all entries of the cache back to the store
 * @cache: the cache
 *
 * Each write that completed before this began is durable on return. The time it takes
 * depends on the writes since the last flush, not on the size of the cache.
 *
 * Context: May sleep.
 */
void cnull_cache_flush(struct cnull_cache *cache)
{
	struct cnull_retired retired = { };
	unsigned long hand, turn, nr;

	guard(mutex)(&cache->flushing);
	hand = atomic_long_read(&cache->hand);
	/* Full barrier before the reads of frames; pairs with insert_entry(). */
	turn = atomic_long_xchg(&cache->tail, hand) + 1;
	nr = frames_since(cache, hand, &turn);
	for (; nr; nr--, turn++) {
		void __rcu **slot = frame_of(cache, turn);

		if (slot && !cnull_map_is_empty(slot))
			flush_slot(cache, slot, &retired);
		cond_resched();
	}
	cnull_entries_retire(&cache->entries, &retired);
}

/**
 * cnull_cache_flush_range - write the entries of a range back to the store
 * @cache: the cache
 * @pos: start in bytes, a multiple of a sector
 * @len: length in bytes, a multiple of a sector; @pos + @len is within the size
 *
 * Each write to the range that completed before this began is durable on return.
 *
 * Context: May sleep.
 */
void cnull_cache_flush_range(struct cnull_cache *cache, u64 pos, u64 len)
{
	struct cnull_retired retired = { };
	struct walk w = walk_from(pos, len);
	bool is_gap;

	while (next_piece(cache, &w, &is_gap)) {
		/* A page that has an entry has a slot. */
		if (!is_gap)
			flush_slot(cache, find_slot(&cache->pages,
						    w.pos >> PAGE_SHIFT),
				   &retired);
		cond_resched();
	}
	cnull_entries_retire(&cache->entries, &retired);
}

/**
 * cnull_cache_each - call a function for each sector that is not durable
 * @cache: the cache
 * @fn: the function, called with @arg and the number of the sector, in no order
 * @arg: for @fn
 *
 * Context: May sleep. No I/O on @cache is in flight.
 */
void cnull_cache_each(struct cnull_cache *cache,
		      void (*fn)(void *arg, u64 sector), void *arg)
{
	unsigned long turn = atomic_long_read(&cache->tail) + 1, nr;
	u64 i;

	nr = frames_since(cache, atomic_long_read(&cache->hand), &turn);
	for (; nr; nr--, turn++) {
		void __rcu **slot = frame_of(cache, turn);
		const struct cnull_entry *e = slot ? rcu_dereference_raw(*slot) : NULL;

		for (i = 0; e && i < CNULL_PAGE_SECTORS; i++)
			if (cnull_has_sector(e->valid, i))
				fn(arg, e->index * CNULL_PAGE_SECTORS + i);
		cond_resched();
	}
}
