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
#include "store/gfp.h"
#include "store/store.h"

/* Find the slot of the page at @pos; see cnull_map_find(). In an RCU read section. */
static __always_inline void __rcu **find_slot(struct cnull_store *store,
					      u64 pos, u64 *nr)
{
	return cnull_map_find(&store->map, pos >> PAGE_SHIFT, nr);
}

/* Find the slot of the page at @pos to change it; see cnull_map_find_own(). */
static __always_inline void __rcu **find_own_slot(struct cnull_store *store,
						  u64 pos, u64 *nr)
{
	return cnull_map_find_own(&store->map, pos >> PAGE_SHIFT, nr);
}

/* Add or copy the nodes above the slot of a page. -ENOMEM also if memory is short. */
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

/* Copy the parts of a shared page that a write does not fill. */
static void copy_around(void *page, void *shared, size_t offset, size_t len)
{
	size_t end = offset + len;

	cnull_data_copy(page, shared, offset);
	cnull_data_copy(page + end, shared + end, PAGE_SIZE - end);
}

/* Drop the reference of a slot to a page that was replaced. */
static void drop_reference(void *page)
{
	if (cnull_ref_drop(page))
		cnull_pages_free_rcu(&page, 1);
}

/*
 * Put a new page, with its first data, into a slot that had @shared, or was empty. Return
 * false if the slot has changed meanwhile. In an RCU read section.
 */
static bool replace_page(struct cnull_store *store, void __rcu **slot,
			 void *shared, void *page)
{
	if (!shared)
		return cnull_map_fill(slot, page);
	if (!cnull_map_replace(slot, shared, page))
		return false;
	drop_reference(shared);
	cnull_budget_uncharge(&store->budget);
	return true;
}

/*
 * Insert *@spare with its first data, and set it to NULL. If the slot gets a page that
 * the store owns meanwhile, write to that page. @page: the page in the slot: NULL or
 * shared. In an RCU read section.
 */
static void fill_slot(struct cnull_store *store, void __rcu **slot, void *page,
		      size_t offset, size_t len, struct cnull_iter *from,
		      void **spare)
{
	const struct cnull_iter start = *from;

	for (;;) {
		if (page && cnull_map_owns(&store->map, page)) {
			cnull_iter_read(from, page + offset, len);
			return;
		}
		if (page)
			copy_around(*spare, page, offset, len);
		else if (len < PAGE_SIZE)
			zero_around(*spare, offset, len);
		cnull_iter_read(from, *spare + offset, len);
		if (replace_page(store, slot, page, *spare)) {
			*spare = NULL;
			return;
		}
		*from = start;
		/* A discard may have emptied the slot again. */
		page = rcu_dereference(*slot);
	}
}

/*
 * Write to the page in a slot. If the store owns no page there, insert *@spare, and set it
 * to NULL. Return false, with @from unchanged, if it needs *@spare, which is NULL.
 * @has_shared: &cnull_map.has_shared. In an RCU read section. Inline, because an overwrite
 * is most of a small write.
 */
static __always_inline bool write_slot(struct cnull_store *store,
				       void __rcu **slot, size_t offset,
				       size_t len, struct cnull_iter *from,
				       void **spare, const bool has_shared)
{
	void *page = rcu_dereference(*slot);

	if (likely(page && !(has_shared && cnull_is_shared(page)))) {
		cnull_iter_read(from, page + offset, len);
		return true;
	}
	if (!*spare)
		return false;
	fill_slot(store, slot, page, offset, len, from, spare);
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

/* Is there a page in an owned slot that the store owns? In an RCU read section. */
static bool owns_page(void __rcu **slot)
{
	void *page = rcu_dereference(*slot);

	return page && !cnull_is_shared(page);
}

/*
 * Return the number of pages from @index on, @most at most, that are alike: the store owns
 * them or not, as *@is_own says. *@has_slots: whether it owns their nodes; else *@is_own is
 * false.
 */
static u64 own_length(struct cnull_store *store, u64 index, u64 most,
		      bool *is_own, bool *has_slots)
{
	void __rcu **slot;
	u64 nr, i = 1;

	if (likely(!store->map.has_shared))
		return run_length(store, index, most, is_own, has_slots);
	rcu_read_lock();
	slot = cnull_map_find_in_shared(&store->map, index, &nr);
	nr = min(nr, most);
	*has_slots = slot;
	*is_own = slot && owns_page(slot);
	while (slot && i < nr && owns_page(slot + i) == *is_own)
		i++;
	rcu_read_unlock();
	return i;
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
 * cnull_store_share - make a copy of a store that shares all pages
 * @store: the store
 * @copy: an empty store; afterwards it has the data of @store
 *
 * The time that this takes does not depend on the data. A later write to either store
 * copies the page that it changes, unless it writes the whole page.
 *
 * Context: Any. No other context uses @copy, or changes @store. Others may read @store, and
 * share it at the same time if it was shared before.
 */
void cnull_store_share(struct cnull_store *store, struct cnull_store *copy)
{
	cnull_map_share(&store->map, &copy->map);
	cnull_budget_charge_many(&copy->budget,
				 cnull_budget_pages(&store->budget));
}

/**
 * cnull_store_prepare_replace - prepare to replace the data of a store
 * @by: a store with the new data, as for cnull_store_share()
 * @bytes: size of the device in bytes, up to 2^63
 * @home_node: NUMA node to allocate from, or NUMA_NO_NODE
 * @map: set to the new data
 *
 * Call cnull_store_free_map() afterwards in any case.
 *
 * Context: May sleep. No other context changes @by.
 * Return: 0 or -ENOMEM.
 */
int cnull_store_prepare_replace(struct cnull_store *by, u64 bytes, int home_node,
				struct cnull_map *map)
{
	cnull_map_init(map);
	cnull_map_share(&by->map, map);
	return cnull_map_prepare(map, DIV_ROUND_UP_ULL(bytes, PAGE_SIZE),
				 home_node);
}

/**
 * cnull_store_replace - replace the data of a store
 * @store: the store
 * @by: the store with the new data
 * @map: the new data, from cnull_store_prepare_replace(); set to the old data
 *
 * The time that this takes does not depend on the data.
 *
 * Context: Any. No other context uses @store.
 */
void cnull_store_replace(struct cnull_store *store, struct cnull_store *by,
			 struct cnull_map *map)
{
	swap(store->map, *map);
	cnull_budget_init(&store->budget);
	cnull_budget_charge_many(&store->budget,
				 cnull_budget_pages(&by->budget));
}

/**
 * cnull_store_free_map - free data that is, or was, prepared to replace other data
 * @map: the data
 *
 * The time it takes depends on the nodes that @map does not share.
 *
 * Context: May sleep. No other context uses @map.
 */
void cnull_store_free_map(struct cnull_map *map)
{
	cnull_map_destroy(map, cnull_page_free);
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
 * @spares: gets pages for the indexes at which the store owns none; those already
 *	there have lower indexes
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
		bool is_own, has_slots;
		u64 nr = own_length(store, index,
				    cnull_until_resched(index, end - index),
				    &is_own, &has_slots);

		if (!has_slots) {
			if (add_nodes(store, index, gfp))
				return -ENOMEM;
			continue;
		}
		if (!is_own && add_spares(store, index, nr, spares, gfp))
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
 * Return: true, or false with @from unchanged if the store does not own the page, and
 * there is no spare page.
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
	slot = find_own_slot(store, pos, &nr);
	done = slot && write_slot(store, slot, offset_in_page(pos), len, from,
				  &spare, store->map.has_shared);
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
 * Write to one page that was missing or shared: allocate a page for it, and insert that
 * one unless the store owns another one by now. Fails as a whole.
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
		slot = find_own_slot(store, pos, &nr);
		if (slot)
			write_slot(store, slot, offset_in_page(pos), len, from,
				   &spare, store->map.has_shared);
		rcu_read_unlock();
		if (!slot)
			err = add_nodes(store, pos >> PAGE_SHIFT, gfp);
	} while (!slot && !err);
	if (spare)
		drop_page(store, spare);
	return err;
}

/*
 * The writes of a store without shared objects test nothing for each page, or each node.
 * So the functions that end in _as are compiled twice, for each value of @has_shared.
 */
static __always_inline int write_one_as(struct cnull_store *store, u64 pos,
					size_t len, struct cnull_iter *from,
					gfp_t gfp, const bool has_shared)
{
	void __rcu **slot;
	void *page;
	u64 nr;

	rcu_read_lock();
	slot = has_shared ? find_own_slot(store, pos, &nr) :
			    find_slot(store, pos, &nr);
	page = slot ? rcu_dereference(*slot) : NULL;
	if (has_shared && page && cnull_is_shared(page))
		page = NULL;
	if (page)
		cnull_iter_read(from, page + offset_in_page(pos), len);
	rcu_read_unlock();
	return page ? 0 : write_missing(store, pos, len, from, gfp);
}

static noinline int write_one_shared(struct cnull_store *store, u64 pos,
				     size_t len, struct cnull_iter *from, gfp_t gfp)
{
	return write_one_as(store, pos, len, from, gfp, true);
}

/* Write to one page. Fails as a whole. */
static int write_one(struct cnull_store *store, u64 pos, size_t len,
		     struct cnull_iter *from, gfp_t gfp)
{
	if (unlikely(store->map.has_shared))
		return write_one_shared(store, pos, len, from, gfp);
	return write_one_as(store, pos, len, from, gfp, false);
}

static __always_inline void write_slots_as(struct cnull_store *store,
					   void __rcu **slot, u64 pos, u64 len,
					   struct cnull_iter *from,
					   struct cnull_spares *spares,
					   const bool has_shared)
{
	for (; len; slot++) {
		size_t offset = offset_in_page(pos);
		size_t n = cnull_bytes_in_page(offset, len);
		void *spare = take_spare(spares, pos >> PAGE_SHIFT);

		if (!write_slot(store, slot, offset, n, from, &spare, has_shared))
			cnull_iter_skip(from, n);
		if (spare)
			drop_page(store, spare);
		pos += n;
		len -= n;
	}
}

/* Write to pages with adjacent slots. In an RCU read section. */
static void write_slots(struct cnull_store *store, void __rcu **slot, u64 pos,
			u64 len, struct cnull_iter *from,
			struct cnull_spares *spares)
{
	if (unlikely(store->map.has_shared))
		write_slots_as(store, slot, pos, len, from, spares, true);
	else
		write_slots_as(store, slot, pos, len, from, spares, false);
}

/* Perform a write after cnull_store_prepare_write(): the store owns all nodes. */
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

/* Is a page removed when @len bytes of it are cleared? */
static bool removes_page(size_t len, enum cnull_clear how)
{
	return len == PAGE_SIZE && how != CNULL_CLEAR_KEEP;
}

/*
 * Zero bytes of the page in a slot, if there is one. If it is shared, use *@spare for a
 * copy, and set it to NULL. In an RCU read section.
 */
static void zero_in_slot(struct cnull_store *store, void __rcu **slot,
			 size_t offset, size_t len, void **spare)
{
	void *page = rcu_dereference(*slot);

	while (page && !cnull_map_owns(&store->map, page) && *spare) {
		copy_around(*spare, page, offset, len);
		memset(*spare + offset, 0, len);
		if (replace_page(store, slot, page, *spare)) {
			*spare = NULL;
			return;
		}
		page = rcu_dereference(*slot);
	}
	/* cnull_store_prepare_clear() got a spare page for a shared one. */
	if (page && !WARN_ON(!cnull_map_owns(&store->map, page)))
		cnull_data_zero(page + offset, len);
}

/*
 * Remove the page in a slot. Return it if it has no other reference: only contexts that
 * found it before still use it. Else return NULL. In an RCU read section.
 */
static __always_inline void *empty_slot(struct cnull_store *store,
					void __rcu **slot, enum cnull_clear how)
{
	void *page = xchg((void __force **)slot, NULL);

	if (page)
		cnull_budget_uncharge(&store->budget);
	if (page && !cnull_map_owns(&store->map, page))
		return cnull_ref_drop(page) ? page : NULL;
	if (page && how == CNULL_CLEAR_ERASE)
		cnull_data_zero(page, PAGE_SIZE);
	return page;
}

/* Clear pages with adjacent slots. No page is shared. In an RCU read section. */
static void clear_slots(struct cnull_store *store, void __rcu **slot,
			size_t offset, u64 len, enum cnull_clear how,
			struct cnull_removed *removed)
{
	void *none = NULL;

	while (len) {
		size_t n = cnull_bytes_in_page(offset, len);

		if (removes_page(n, how)) {
			void *page = empty_slot(store, slot, how);

			if (page)
				removed->object[removed->nr++] = page;
		} else {
			zero_in_slot(store, slot, offset, n, &none);
		}
		len -= n;
		offset = 0;
		slot++;
	}
}

/* Clear data of a store without shared pages. */
static void clear_own(struct cnull_store *store, u64 pos, u64 len,
		      enum cnull_clear how)
{
	struct cnull_removed removed;

	removed.nr = 0;
	while (len) {
		size_t offset = offset_in_page(pos);
		void __rcu **slot;
		u64 nr, n;

		rcu_read_lock();
		slot = find_slot(store, pos, &nr);
		if (slot)
			nr = min_t(u64, nr, CNULL_REMOVE_AT - removed.nr);
		n = cnull_bytes_in(nr, offset, len);
		if (slot)
			clear_slots(store, slot, offset, n, how, &removed);
		rcu_read_unlock();
		if (removed.nr == CNULL_REMOVE_AT)
			cnull_removed_free(&removed);
		pos += n;
		len -= n;
		if ((pos >> PAGE_SHIFT) % CNULL_NODE_SLOTS == 0)
			cond_resched();
	}
	cnull_removed_free(&removed);
}

/* Clear data of adjacent pages that are in the store. */
static int clear_stored(struct cnull_store *store, u64 pos, u64 len,
		       enum cnull_clear how, struct cnull_removed *removed)
{
	struct cnull_spares spares = { };
	int err = 0;

	while (len && !err) {
		size_t n = cnull_bytes_in_page(offset_in_page(pos), len);
		void *page;

		err = cnull_store_prepare_clear(store, pos, n, how, &spares,
						CNULL_GFP_MAY_WAIT);
		page = err ? NULL : cnull_store_clear_page(store, pos, n, how,
							   &spares);
		if (page)
			cnull_removed_add(removed, page);
		pos += n;
		len -= n;
	}
	cnull_store_free_spares(store, &spares);
	return err;
}

/* Clear data of a store that may have shared pages. */
static int clear_shared(struct cnull_store *store, u64 pos, u64 len,
			enum cnull_clear how)
{
	struct cnull_removed removed;
	int err = 0;

	removed.nr = 0;
	while (len && !err) {
		size_t offset = offset_in_page(pos);
		u64 nr = ((offset + len - 1) >> PAGE_SHIFT) + 1, n;
		bool is_data, has_slots;

		nr = run_length(store, pos >> PAGE_SHIFT, nr, &is_data,
				&has_slots);
		n = cnull_bytes_in(nr, offset, len);
		if (is_data)
			err = clear_stored(store, pos, n, how, &removed);
		pos += n;
		len -= n;
		cond_resched();
	}
	cnull_removed_free(&removed);
	return err;
}

/**
 * cnull_store_clear - clear data: it reads as zeros from now on
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; @pos + @len is within the prepared size
 * @how: what to do with pages that are cleared as a whole
 *
 * Removes no node that the store owns. Adds no page where none is. The time it takes
 * depends on the data in the range, not on the length of the range. A page that another
 * store shares is left to that store; %CNULL_CLEAR_ERASE does not zero it.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM if there is no memory for a copy of a shared page or node; then
 * a part of the range is cleared. A store without shared pages needs no memory.
 */
int cnull_store_clear(struct cnull_store *store, u64 pos, u64 len,
		      enum cnull_clear how)
{
	if (store->map.has_shared)
		return clear_shared(store, pos, len, how);
	clear_own(store, pos, len, how);
	return 0;
}

/**
 * cnull_store_prepare_clear - allocate the memory that cnull_store_clear_page() needs
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; the range is in one page
 * @how: what to do with the page if it is cleared as a whole
 * @spares: gets a page if the range is a part of a shared page
 * @gfp: how to allocate
 *
 * Call cnull_store_free_spares() afterwards in any case.
 *
 * Context: As @gfp requires.
 * Return: 0, or -ENOMEM if there is no memory, or memory is short.
 */
int cnull_store_prepare_clear(struct cnull_store *store, u64 pos, size_t len,
			      enum cnull_clear how, struct cnull_spares *spares,
			      gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	bool is_data, is_own, has_slots;

	if (likely(!store->map.has_shared))
		return 0;
	run_length(store, index, 1, &is_data, &has_slots);
	if (!is_data)
		return 0;
	own_length(store, index, 1, &is_own, &has_slots);
	/* One node for many pages: a discard must free memory, also where memory is short. */
	if (!has_slots && cnull_map_add_nodes(&store->map, index, gfp))
		return -ENOMEM;
	if (is_own || removes_page(len, how))
		return 0;
	return add_spares(store, index, 1, spares, gfp);
}

/**
 * cnull_store_clear_page - clear data of one page, after cnull_store_prepare_clear()
 * @store: the store
 * @pos: start, in bytes
 * @len: length in bytes; the range is in one page
 * @how: what to do with the page if it is cleared as a whole
 * @spares: pages from cnull_store_prepare_clear()
 *
 * Context: Any that allows RCU read sections.
 * Return: the page if it was removed, and no other store shares it: pass it to
 * cnull_pages_free_rcu(). Else NULL.
 */
void *cnull_store_clear_page(struct cnull_store *store, u64 pos, size_t len,
			     enum cnull_clear how, struct cnull_spares *spares)
{
	void *page = NULL, *spare = take_spare(spares, pos >> PAGE_SHIFT);
	void __rcu **slot;
	u64 nr;

	rcu_read_lock();
	slot = find_own_slot(store, pos, &nr);
	if (slot && removes_page(len, how))
		page = empty_slot(store, slot, how);
	else if (slot)
		zero_in_slot(store, slot, offset_in_page(pos), len, &spare);
	rcu_read_unlock();
	if (spare)
		drop_page(store, spare);
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
		bool is_own, has_slots;
		u64 n = own_length(store, index, nr, &is_own, &has_slots);

		if (!has_slots) {
			if (add_nodes(store, index, gfp))
				return -ENOMEM;
			continue;
		}
		if (!is_own && !cnull_budget_may_grow(&store->budget))
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

/* Fill the sectors of a page that are not valid from @shared, or zero them if it is NULL. */
static void fill_sectors(void *page, const void *shared,
			 const unsigned long *valid)
{
	unsigned int i, offset;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++) {
		offset = i << SECTOR_SHIFT;
		if (cnull_has_sector(valid, i))
			continue;
		if (shared)
			cnull_data_copy(page + offset, shared + offset,
					1 << SECTOR_SHIFT);
		else
			cnull_data_zero(page + offset, 1 << SECTOR_SHIFT);
	}
}

/*
 * Return the page that a merge has replaced, for the caller of cnull_store_merge(). A page
 * that is or was shared is not used again.
 */
static void *replaced_page(struct cnull_store *store, void *page)
{
	if (!page) {
		cnull_budget_charge(&store->budget);
		return NULL;
	}
	if (likely(cnull_map_owns(&store->map, page)))
		return page;
	drop_reference(page);
	return NULL;
}

/**
 * cnull_store_merge - take over the data that a cache holds of a page
 * @store: the store
 * @index: index of the page; cnull_store_prepare_merge() succeeded for it
 * @page: the data, from cnull_page_alloc(). Sectors that are not valid may change
 * @valid: a bit for each sector that @page has
 *
 * Allocates nothing and cannot fail. The store takes over @page if it owns no page there,
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
	void __rcu **slot;
	void *there;
	u64 nr;

	rcu_read_lock();
	slot = cnull_map_find(&store->map, index, &nr);
	do {
		there = rcu_dereference(*slot);
		if (!is_whole && there && cnull_map_owns(&store->map, there)) {
			copy_sectors(there, page, valid);
			rcu_read_unlock();
			return page;
		}
		if (!is_whole)
			fill_sectors(page, there, valid);
	} while (!cnull_map_replace(slot, there, page));
	there = replaced_page(store, there);
	rcu_read_unlock();
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
