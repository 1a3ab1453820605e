// SPDX-License-Identifier: GPL-2.0
/*
 * The store: a map from page index to page.
 *
 * No lock. Reads, writes and discards run concurrently, in any context that allows
 * an RCU read section:
 *
 * - The look-up of a page and all accesses to its contents are in one RCU read
 *   section. A slot that was found is used only inside of that section, because a
 *   node of the map may be replaced (map.c). Only the index of a page is
 *   kept across sections, never a slot.
 * - Memory is allocated outside of read sections, because an allocation may sleep.
 *   A write allocates all of its memory before it copies the first byte, so a
 *   write that fails has changed nothing.
 * - A page is inserted by cmpxchg (cnull_map_fill()), complete with its first
 *   data. The cmpxchg is a full barrier and pairs with rcu_dereference() in a
 *   context that finds the page. If the slot is filled meanwhile, the writer frees
 *   its own page, and writes to the page in the slot.
 * - A page is removed by xchg when a discard covers all of it. Only one context
 *   gets it from the xchg, and frees it after a grace period. The grace period
 *   pairs with rcu_read_unlock() in contexts that found the page before.
 *
 * So a write may modify a page that a discard has just removed. No data is lost by
 * that: the discard covers the whole page, so both requests are in flight at the
 * same time and overlap, and may take effect in either order. A discard of a part
 * of a page zeroes that part in place. Therefore no write to sectors outside of a
 * discard is ever lost.
 *
 * A write prepares spare pages for the indexes whose slots are empty, and adds the
 * nodes above them. From then on each look-up of such an index finds a slot, maybe
 * in another node (map.c). When the write is performed, each page has one of three
 * states:
 *
 * - The slot has a page: the write modifies that page, and frees its spare page if
 *   it has one for the index.
 * - The slot is empty, and there is a spare page: the write inserts the spare page.
 * - The slot is empty, and there is no spare page: the slot had a page when the
 *   write was prepared. A discard that covers the whole page has removed it since,
 *   and overlaps with the write. The write counts as the earlier one.
 *
 * A write cache hands over whole pages, also by cmpxchg: into an empty slot, or in place of
 * a page (cnull_map_replace()). Readers may still use either page, so both are freed
 * or used again after a grace period only. A write in flight may then modify the page that
 * was replaced. The two requests then overlap (cache.c).
 *
 * Overlapping requests may leave a mix of their bytes, as on any disk: nothing
 * orders accesses to the contents of pages.
 */
#include "store/store.h"

/* Find the slot of the page at @pos; see cnull_map_find(). In an RCU read section. */
static __always_inline void __rcu **find_slot(struct cnull_store *store,
					      u64 pos, u64 *nr)
{
	return cnull_map_find(&store->map, pos >> PAGE_SHIFT, nr);
}

/* Add the nodes above the slot of a page. -ENOMEM also if memory is short. */
static int add_nodes(struct cnull_store *store, u64 index, gfp_t gfp)
{
	if (!cnull_budget_may_grow(&store->budget))
		return -ENOMEM;
	return cnull_map_add_nodes(&store->map, index, gfp);
}

/* Allocate a page, and charge it. NULL if there is no memory, or memory is short. */
static void *new_page(struct cnull_store *store, gfp_t gfp)
{
	void *page;

	if (!cnull_budget_may_grow(&store->budget))
		return NULL;
	page = cnull_page_alloc(gfp, store->map.home_node);
	if (page)
		cnull_budget_charge(&store->budget);
	return page;
}

/* Free a page from new_page() that was never in a slot. */
static void drop_page(struct cnull_store *store, void *page)
{
	cnull_budget_uncharge(&store->budget);
	cnull_page_free(page);
}

/* Zero the parts of a new page that a write does not fill. */
static void zero_around(void *page, size_t offset, size_t len)
{
	memset(page, 0, offset);
	memset(page + offset + len, 0, PAGE_SIZE - offset - len);
}

/*
 * Insert *@spare with its first data, and set it to NULL. If the slot is filled
 * meanwhile, write to the page in the slot. In an RCU read section.
 */
static void fill_slot(void __rcu **slot, size_t offset, size_t len,
		      struct cnull_iter *from, void **spare)
{
	const struct cnull_iter start = *from;
	void *page = *spare;

	if (len < PAGE_SIZE)
		zero_around(page, offset, len);
	while (page) {
		cnull_iter_read(from, page + offset, len);
		if (page != *spare)
			return;
		if (cnull_map_fill(slot, page)) {
			*spare = NULL;
			return;
		}
		*from = start;
		/* A discard may have emptied the slot again. */
		page = rcu_dereference(*slot) ?: *spare;
	}
}

/*
 * Write to the page in a slot. If the slot is empty, insert *@spare, and set it to
 * NULL. Return false, with @from unchanged, if the slot is empty and *@spare is
 * NULL. In an RCU read section. Inline, because an overwrite is most of a small
 * write.
 */
static __always_inline bool write_slot(void __rcu **slot, size_t offset,
				       size_t len, struct cnull_iter *from,
				       void **spare)
{
	void *page = rcu_dereference(*slot);

	if (page) {
		cnull_iter_read(from, page + offset, len);
		return true;
	}
	if (!*spare)
		return false;
	fill_slot(slot, offset, len, from, spare);
	return true;
}

/**
 * struct cnull_spare - the first bytes of a spare page, until it is used
 * @next: the next one, with a higher index
 * @index: index of the page that it will become; its slot was empty
 */
struct cnull_spare {
	struct cnull_spare *next;
	u64 index;
};

/* Append spare pages for @nr indexes from @index on. */
static int add_spares(struct cnull_store *store, u64 index, u64 nr,
		      struct cnull_spares *spares, gfp_t gfp)
{
	for (; nr; index++, nr--) {
		struct cnull_spare *spare = new_page(store, gfp);

		if (!spare)
			return -ENOMEM;
		spare->next = NULL;
		spare->index = index;
		if (spares->last)
			spares->last->next = spare;
		else
			spares->first = spare;
		spares->last = spare;
	}
	return 0;
}

/* Remove the spare page for @index: the first one. NULL if there is none. */
static void *take_spare(struct cnull_spares *spares, u64 index)
{
	struct cnull_spare *spare = spares->first;

	if (!spare || spare->index != index)
		return NULL;
	spares->first = spare->next;
	if (!spares->first)
		spares->last = NULL;
	return spare;
}

/*
 * Return the number of pages from @index on, @most at most, that are alike: in the
 * store, or missing, as *@is_data says. *@has_slots: whether they have nodes.
 */
static u64 run_length(struct cnull_store *store, u64 index, u64 most,
		      bool *is_data, bool *has_slots)
{
	void __rcu **slot;
	u64 nr, i = 1;

	rcu_read_lock();
	slot = cnull_map_find(&store->map, index, &nr);
	nr = min(nr, most);
	*has_slots = slot;
	*is_data = slot && !cnull_map_is_empty(slot);
	while (slot && i < nr && cnull_map_is_empty(slot + i) != *is_data)
		i++;
	rcu_read_unlock();
	return slot ? i : nr;
}

/**
 * cnull_store_init - initialize an empty store
 * @store: the store
 *
 * It has room for no data until cnull_store_prepare().
 *
 * Context: Any. No other context uses @store. Allocates nothing.
 */
void cnull_store_init(struct cnull_store *store)
{
	cnull_map_init(&store->map);
	cnull_budget_init(&store->budget);
}

/**
 * cnull_store_destroy - free all data
 * @store: the store; empty afterwards, as after cnull_store_init()
 *
 * Context: May sleep. No I/O on @store is in flight.
 */
void cnull_store_destroy(struct cnull_store *store)
{
	cnull_map_destroy(&store->map, cnull_page_free);
	cnull_budget_init(&store->budget);
}

/**
 * cnull_store_prepare - prepare for I/O on a device of a given size
 * @store: the store, with or without data
 * @bytes: size of the device in bytes, up to 2^63
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE
 *
 * All data stays. Data beyond @bytes can be read again after the device has got its
 * old size back.
 *
 * Context: May sleep. No I/O on @store is in flight.
 * Return: 0 or -ENOMEM; then @store is as usable as before.
 */
int cnull_store_prepare(struct cnull_store *store, u64 bytes, int home_node)
{
	return cnull_map_prepare(&store->map,
				 DIV_ROUND_UP_ULL(bytes, PAGE_SIZE), home_node);
}

/**
 * cnull_store_prefetch - begin to load what a request will need into the CPU's cache
 * @store: the store
 * @pos: start of the request, in bytes; any value
 * @what: what to load
 *
 * Context: An RCU read section.
 */
void cnull_store_prefetch(struct cnull_store *store, u64 pos,
			  enum cnull_fetch what)
{
	u64 nr;
	void __rcu **slot = find_slot(store, pos, &nr);

	if (!slot)
		return;
	if (what == CNULL_FETCH_SLOT)
		prefetch(slot);
	else
		prefetch(rcu_dereference(*slot) + offset_in_page(pos));
}

/* Read pages with adjacent slots. In an RCU read section. */
static void read_slots(void __rcu **slot, size_t offset, u64 len,
		       struct cnull_iter *to)
{
	for (; len; slot++) {
		size_t n = cnull_bytes_in_page(offset, len);
		void *page = rcu_dereference(*slot);

		if (page)
			cnull_iter_write(to, page + offset, n);
		else
			cnull_iter_fill(to, 0, n);
		len -= n;
		offset = 0;
	}
}

/**
 * cnull_store_read - copy data out of the store
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; @pos + @len is within the prepared size
 * @to: destination; advanced by @len
 *
 * A page that is not in the store reads as zeros.
 *
 * Context: Any that allows RCU read sections.
 */
void cnull_store_read(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *to)
{
	while (len) {
		size_t offset = offset_in_page(pos);
		void __rcu **slot;
		u64 nr, n;

		rcu_read_lock();
		slot = find_slot(store, pos, &nr);
		n = cnull_bytes_in(nr, offset, len);
		if (slot)
			read_slots(slot, offset, n, to);
		rcu_read_unlock();
		if (!slot)
			cnull_iter_fill(to, 0, n);
		pos += n;
		len -= n;
	}
}

/**
 * cnull_store_prepare_write - allocate all memory that a write needs
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes, not 0; @pos + @len is within the prepared size
 * @spares: gets pages for the indexes that have none; those already there have
 *	lower indexes
 * @gfp: how to allocate
 *
 * Call cnull_store_free_spares() afterwards in any case.
 *
 * Context: As @gfp requires.
 * Return: 0, or -ENOMEM if there is no memory, or memory is short.
 */
int cnull_store_prepare_write(struct cnull_store *store, u64 pos, u64 len,
			      struct cnull_spares *spares, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	u64 end = ((pos + len - 1) >> PAGE_SHIFT) + 1;

	while (index < end) {
		bool is_data, has_slots;
		u64 nr = run_length(store, index,
				    cnull_until_resched(index, end - index),
				    &is_data, &has_slots);

		if (!has_slots) {
			if (add_nodes(store, index, gfp))
				return -ENOMEM;
			continue;
		}
		if (!is_data && add_spares(store, index, nr, spares, gfp))
			return -ENOMEM;
		index += nr;
		cnull_resched_at(index, gfp);
	}
	return 0;
}

/**
 * cnull_store_write_page - write to one page, after cnull_store_prepare_write()
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; the range is in one page
 * @from: source; advanced by @len
 * @spares: pages from cnull_store_prepare_write(); call this in the order of the
 *	pages' indexes
 *
 * Context: Any that allows RCU read sections.
 * Return: true, or false with @from unchanged if the page is not in the store and
 * has no spare page.
 */
bool cnull_store_write_page(struct cnull_store *store, u64 pos, size_t len,
			    struct cnull_iter *from,
			    struct cnull_spares *spares)
{
	void *spare = take_spare(spares, pos >> PAGE_SHIFT);
	void __rcu **slot;
	bool done;
	u64 nr;

	rcu_read_lock();
	slot = find_slot(store, pos, &nr);
	done = slot && write_slot(slot, offset_in_page(pos), len, from, &spare);
	rcu_read_unlock();
	if (spare)
		drop_page(store, spare);
	return done;
}

/**
 * cnull_store_free_spares - free the spare pages that a write did not use
 * @store: the store
 * @spares: the pages; empty afterwards
 *
 * Context: Any.
 */
void cnull_store_free_spares(struct cnull_store *store,
			     struct cnull_spares *spares)
{
	struct cnull_spare *spare;

	while ((spare = spares->first)) {
		spares->first = spare->next;
		drop_page(store, spare);
	}
	spares->last = NULL;
}

/*
 * Write to one page that was missing: allocate a page for it, and insert that one
 * unless another one is there by now. Fails as a whole.
 */
static noinline int write_missing(struct cnull_store *store, u64 pos,
				  size_t len, struct cnull_iter *from,
				  gfp_t gfp)
{
	void *spare = new_page(store, gfp);
	void __rcu **slot;
	int err = 0;
	u64 nr;

	if (!spare)
		return -ENOMEM;
	do {
		rcu_read_lock();
		slot = find_slot(store, pos, &nr);
		if (slot)
			write_slot(slot, offset_in_page(pos), len, from,
				   &spare);
		rcu_read_unlock();
		if (!slot)
			err = add_nodes(store, pos >> PAGE_SHIFT, gfp);
	} while (!slot && !err);
	if (spare)
		drop_page(store, spare);
	return err;
}

/* Write to one page. Fails as a whole. */
static int write_one(struct cnull_store *store, u64 pos, size_t len,
		     struct cnull_iter *from, gfp_t gfp)
{
	void __rcu **slot;
	void *page;
	u64 nr;

	rcu_read_lock();
	slot = find_slot(store, pos, &nr);
	page = slot ? rcu_dereference(*slot) : NULL;
	if (page)
		cnull_iter_read(from, page + offset_in_page(pos), len);
	rcu_read_unlock();
	return page ? 0 : write_missing(store, pos, len, from, gfp);
}

/* Write to pages with adjacent slots. In an RCU read section. */
static void write_slots(struct cnull_store *store, void __rcu **slot, u64 pos,
			u64 len, struct cnull_iter *from,
			struct cnull_spares *spares)
{
	for (; len; slot++) {
		size_t offset = offset_in_page(pos);
		size_t n = cnull_bytes_in_page(offset, len);
		void *spare = take_spare(spares, pos >> PAGE_SHIFT);

		if (!write_slot(slot, offset, n, from, &spare))
			cnull_iter_skip(from, n);
		if (spare)
			drop_page(store, spare);
		pos += n;
		len -= n;
	}
}

/* Perform a write after cnull_store_prepare_write(): all nodes are there. */
static void write_all(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, struct cnull_spares *spares,
		      gfp_t gfp)
{
	while (len) {
		void __rcu **slot;
		u64 nr, n;

		rcu_read_lock();
		slot = find_slot(store, pos, &nr);
		nr = cnull_until_resched(pos >> PAGE_SHIFT, nr);
		n = cnull_bytes_in(nr, offset_in_page(pos), len);
		write_slots(store, slot, pos, n, from, spares);
		rcu_read_unlock();
		pos += n;
		len -= n;
		cnull_resched_at(pos >> PAGE_SHIFT, gfp);
	}
}

/**
 * cnull_store_write - copy data into the store
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; @pos + @len is within the prepared size
 * @from: source; advanced by @len on success
 * @gfp: how to allocate
 *
 * Context: Any that allows RCU read sections and @gfp.
 * Return: 0, or -ENOMEM; then no data has changed.
 */
int cnull_store_write(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp)
{
	struct cnull_spares spares = { };
	int err;

	if (offset_in_page(pos) + len <= PAGE_SIZE)
		return len ? write_one(store, pos, len, from, gfp) : 0;
	err = cnull_store_prepare_write(store, pos, len, &spares, gfp);
	if (!err)
		write_all(store, pos, len, from, &spares, gfp);
	cnull_store_free_spares(store, &spares);
	return err;
}

/**
 * struct removed - pages that were removed, to be freed together
 * @nr: number of pages in @page
 * @page: the pages
 *
 * One RCU callback frees all of them, because a callback costs more than the
 * removal of a page.
 */
struct removed {
	unsigned int nr;
	void *page[32];
};

static void free_removed(struct removed *removed)
{
	cnull_pages_free_rcu(removed->page, removed->nr);
	removed->nr = 0;
}

/* Is a page removed when @len bytes of it are cleared? */
static bool removes_page(size_t len, enum cnull_clear how)
{
	return len == PAGE_SIZE && how != CNULL_CLEAR_KEEP;
}

/* Zero bytes of the page in a slot, if there is one. In an RCU read section. */
static void zero_in_slot(void __rcu **slot, size_t offset, size_t len)
{
	void *page = rcu_dereference(*slot);

	if (page)
		cnull_data_zero(page + offset, len);
}

/*
 * Remove the page in a slot, and return it: only contexts that found it before still
 * use it. Return NULL if there is none. In an RCU read section.
 */
static __always_inline void *empty_slot(struct cnull_store *store,
					void __rcu **slot, enum cnull_clear how)
{
	void *page = xchg((void __force **)slot, NULL);

	if (page)
		cnull_budget_uncharge(&store->budget);
	if (page && how == CNULL_CLEAR_ERASE)
		cnull_data_zero(page, PAGE_SIZE);
	return page;
}

/* Clear pages with adjacent slots. In an RCU read section. */
static void clear_slots(struct cnull_store *store, void __rcu **slot,
			size_t offset, u64 len, enum cnull_clear how,
			struct removed *removed)
{
	while (len) {
		size_t n = cnull_bytes_in_page(offset, len);

		if (removes_page(n, how)) {
			void *page = empty_slot(store, slot, how);

			if (page)
				removed->page[removed->nr++] = page;
		} else {
			zero_in_slot(slot, offset, n);
		}
		len -= n;
		offset = 0;
		slot++;
	}
}

/**
 * cnull_store_clear - clear data: it reads as zeros from now on
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; @pos + @len is within the prepared size
 * @how: what to do with pages that are cleared as a whole
 *
 * Adds no page, and removes no node. The time it takes depends on the data in the
 * range, not on the length of the range.
 *
 * Context: May sleep.
 */
void cnull_store_clear(struct cnull_store *store, u64 pos, u64 len,
		       enum cnull_clear how)
{
	struct removed removed;

	removed.nr = 0;
	while (len) {
		size_t offset = offset_in_page(pos);
		void __rcu **slot;
		u64 nr, n;

		rcu_read_lock();
		slot = find_slot(store, pos, &nr);
		if (slot)
			nr = min_t(u64, nr,
				   ARRAY_SIZE(removed.page) - removed.nr);
		n = cnull_bytes_in(nr, offset, len);
		if (slot)
			clear_slots(store, slot, offset, n, how, &removed);
		rcu_read_unlock();
		if (removed.nr == ARRAY_SIZE(removed.page))
			free_removed(&removed);
		pos += n;
		len -= n;
		if ((pos >> PAGE_SHIFT) % CNULL_NODE_SLOTS == 0)
			cond_resched();
	}
	free_removed(&removed);
}

/**
 * cnull_store_clear_page - clear data of one page, without sleeping
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; the range is in one page
 * @how: what to do with the page if it is cleared as a whole
 *
 * Context: Any that allows RCU read sections.
 * Return: the page if it was removed: pass it to cnull_pages_free_rcu(). Else NULL.
 */
void *cnull_store_clear_page(struct cnull_store *store, u64 pos, size_t len,
			     enum cnull_clear how)
{
	void *page = NULL;
	void __rcu **slot;
	u64 nr;

	rcu_read_lock();
	slot = find_slot(store, pos, &nr);
	if (slot && removes_page(len, how))
		page = empty_slot(store, slot, how);
	else if (slot)
		zero_in_slot(slot, offset_in_page(pos), len);
	rcu_read_unlock();
	return page;
}

/**
 * cnull_store_prepare_merge - make sure that cnull_store_merge() needs no memory
 * @store: the store
 * @index: index of the first page
 * @nr: number of pages
 * @gfp: how to allocate
 *
 * Adds the nodes above the pages' slots. A merge may add a page to the store, so this
 * fails if a page is missing and memory is short. Takes no page: the merge brings its own.
 *
 * Context: As @gfp requires.
 * Return: 0, or -ENOMEM if there is no memory, or memory is short.
 */
int cnull_store_prepare_merge(struct cnull_store *store, u64 index, u64 nr,
			      gfp_t gfp)
{
	while (nr) {
		bool is_data, has_slots;
		u64 n = run_length(store, index, nr, &is_data, &has_slots);

		if (!has_slots) {
			if (add_nodes(store, index, gfp))
				return -ENOMEM;
			continue;
		}
		if (!is_data && !cnull_budget_may_grow(&store->budget))
			return -ENOMEM;
		index += n;
		nr -= n;
	}
	return 0;
}

/* Does a bitmap have all sectors of a page? */
static bool has_all_sectors(const unsigned long *valid)
{
	unsigned int i;

	for (i = 0; i < CNULL_SECTOR_WORDS; i++)
		if (valid[i] != CNULL_ALL_SECTORS)
			return false;
	return true;
}

/* Copy the valid sectors of @from to @to. */
static void copy_sectors(void *to, const void *from, const unsigned long *valid)
{
	unsigned int i;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++)
		if (cnull_has_sector(valid, i))
			cnull_data_copy(to + (i << SECTOR_SHIFT),
					from + (i << SECTOR_SHIFT),
					1 << SECTOR_SHIFT);
}

/* Zero the sectors of a page that are not valid. */
static void zero_sectors(void *page, const unsigned long *valid)
{
	unsigned int i;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++)
		if (!cnull_has_sector(valid, i))
			cnull_data_zero(page + (i << SECTOR_SHIFT),
					1 << SECTOR_SHIFT);
}

/**
 * cnull_store_merge - take over the data that a cache holds of a page
 * @store: the store
 * @index: index of the page; cnull_store_prepare_merge() succeeded for it
 * @page: the data, from cnull_page_alloc(). Sectors that are not valid may change
 * @valid: a bit for each sector that @page has
 *
 * Allocates nothing and cannot fail. The store takes over @page if it has no page there,
 * or if all sectors are valid. Else it copies the valid sectors.
 *
 * Context: Any that allows RCU read sections. No other context writes to @page.
 * Return: the page that does not belong to the store now: @page, or the one that @page
 * has replaced, or NULL if there is none. A context that found it before may use it until
 * its RCU read section ends.
 */
void *cnull_store_merge(struct cnull_store *store, u64 index, void *page,
			const unsigned long *valid)
{
	const bool is_whole = has_all_sectors(valid);
	bool done = false;
	void __rcu **slot;
	void *there;
	u64 nr;

	rcu_read_lock();
	slot = cnull_map_find(&store->map, index, &nr);
	while (!done) {
		there = rcu_dereference(*slot);
		if (there && !is_whole) {
			copy_sectors(there, page, valid);
			there = page;
			break;
		}
		if (!is_whole)
			zero_sectors(page, valid);
		done = cnull_map_replace(slot, there, page);
	}
	rcu_read_unlock();
	if (!there)
		cnull_budget_charge(&store->budget);
	return there;
}

/**
 * cnull_store_extent - return the length of a range that is all data or all hole
 * @store: the store
 * @pos: start, in bytes
 * @len: most bytes to check, not 0; @pos + @len is within the prepared size
 * @is_data: set to whether the page at @pos is in the store
 *
 * The unit is the page: data may be zeros, a hole reads as zeros. The result is
 * exact only for pages that no request writes or clears meanwhile.
 *
 * Context: May sleep.
 * Return: a number of bytes from @pos on, @len at most.
 */
u64 cnull_store_extent(struct cnull_store *store, u64 pos, u64 len,
		       bool *is_data)
{
	u64 end = ((pos + len - 1) >> PAGE_SHIFT) + 1;
	u64 first = pos >> PAGE_SHIFT;
	u64 index = first;

	while (index < end) {
		bool is_data_here, has_slots;
		u64 nr = run_length(store, index, end - index, &is_data_here,
				    &has_slots);

		if (index == first)
			*is_data = is_data_here;
		else if (is_data_here != *is_data)
			return (index << PAGE_SHIFT) - pos;
		index += nr;
		cond_resched();
	}
	return len;
}
