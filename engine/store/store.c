// SPDX-License-Identifier: GPL-2.0
/*
 * The store: a tree from page index to page.
 *
 * No lock. Reads, writes and discards run at the same time, from any context
 * that allows an RCU read section:
 *
 * - A write has all memory that it needs before it copies the first byte, so one
 *   that fails has changed nothing.
 * - A page is put in place by cmpxchg, complete with its first data. Whoever
 *   loses that race throws its own page away and writes to the winner's.
 * - A page is taken out by xchg, when a discard covers all of it, and freed
 *   after a grace period. Hence whoever looks at the contents of a page does
 *   so inside of the RCU read section in which it found the page.
 *
 * A write may thus land in a page that a discard has just taken out. That is
 * no lost write: the discard covers the whole page, so the two requests
 * overlap in time and in place, and may take effect in either order. A discard
 * of a part of a page zeroes that part in place, so no write to other sectors
 * of that page is ever lost.
 *
 * A write cache hands whole pages over in the same way: by cmpxchg. Readers may
 * have found such a page by the cache, so it too goes by RCU only.
 *
 * What overlapping requests leave behind may be a mix, byte by byte, as on any
 * disk: the contents of pages are not ordered by anything.
 */
#include "store/store.h"

/*
 * Make the nodes above the page with @index. Returns its slot, or NULL if there is
 * no memory, or memory is short.
 */
static void __rcu **make_slot(struct cnull_store *store, u64 index, gfp_t gfp)
{
	if (!cnull_budget_may_grow(&store->budget))
		return NULL;
	return cnull_map_make(&store->map, index, gfp);
}

/* The slot of the page at @pos; see cnull_map_find(). */
static void __rcu **find_slot(struct cnull_store *store, u64 pos, u64 *nr)
{
	return cnull_map_find(&store->map, pos >> PAGE_SHIFT, nr);
}

/*
 * Write to a page that is there. False, and @from untouched, if it is not. Inline, as
 * it is most of what a small write does.
 */
static __always_inline bool overwrite_page(void __rcu **slot, size_t offset,
					   size_t len, struct cnull_iter *from)
{
	void *page;

	rcu_read_lock();
	page = rcu_dereference(*slot);
	if (page)
		cnull_iter_read(from, page + offset, len);
	rcu_read_unlock();
	return page;
}

/* Get a page, and count it. */
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

/* Free a page from new_page() that is in no slot. */
static void drop_page(struct cnull_store *store, void *page)
{
	cnull_budget_uncharge(&store->budget);
	cnull_page_free(page);
}

/*
 * Put a page with its first data in place. False, and @from untouched, if there is
 * one already.
 */
static bool add_page(void __rcu **slot, void *page, size_t offset, size_t len,
		     struct cnull_iter *from)
{
	const struct cnull_iter start = *from;

	cnull_iter_read(from, page + offset, len);
	if (cnull_map_fill(slot, page))
		return true;
	*from = start;
	return false;
}

/* Write to one page, whether it is there or not. It fails as a whole, or not. */
static int write_page(struct cnull_store *store, void __rcu **slot,
		      size_t offset, size_t len, struct cnull_iter *from,
		      gfp_t gfp)
{
	while (!overwrite_page(slot, offset, len, from)) {
		/* A page about to be filled needs no zeroing. */
		void *page = new_page(store, len == PAGE_SIZE ?
				      gfp : gfp | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		if (add_page(slot, page, offset, len, from))
			break;
		drop_page(store, page);
	}
	return 0;
}

/**
 * struct cnull_spare - what a spare page begins with, until it is used
 * @next: the next one, of a slot behind this one's
 * @slot: where the page is to go; it was empty
 */
struct cnull_spare {
	struct cnull_spare *next;
	void __rcu **slot;
};

/* Make spare pages for those of @nr slots, side by side, that are empty. */
static int spare_pages(struct cnull_store *store, void __rcu **slot, u64 nr,
		       struct cnull_spares *spares, gfp_t gfp)
{
	for (; nr; slot++, nr--) {
		struct cnull_spare *spare;

		if (!cnull_map_is_empty(slot))
			continue;
		spare = new_page(store, gfp);
		if (!spare)
			return -ENOMEM;
		spare->next = NULL;
		spare->slot = slot;
		if (spares->last)
			spares->last->next = spare;
		else
			spares->first = spare;
		spares->last = spare;
	}
	return 0;
}

/* Take the spare page of a slot: the first one, or there is none. */
static void *take_spare(struct cnull_spares *spares, void __rcu **slot)
{
	struct cnull_spare *spare = spares->first;

	if (!spare || spare->slot != slot)
		return NULL;
	spares->first = spare->next;
	if (!spares->first)
		spares->last = NULL;
	return spare;
}

/* Zero what a write to a new page leaves out of it. */
static void zero_around(void *page, size_t offset, size_t len)
{
	memset(page, 0, offset);
	memset(page + offset + len, 0, PAGE_SIZE - offset - len);
}

/*
 * Write to a page that is there, or that there is a spare for. False, and @from
 * untouched, if it is neither.
 */
static bool put_in_page(struct cnull_store *store, void __rcu **slot,
			size_t offset, size_t len, struct cnull_iter *from,
			struct cnull_spares *spares)
{
	void *page = take_spare(spares, slot);

	while (!overwrite_page(slot, offset, len, from)) {
		if (!page)
			return false;
		if (len < PAGE_SIZE)
			zero_around(page, offset, len);
		if (add_page(slot, page, offset, len, from))
			return true;
	}
	if (page)
		drop_page(store, page);
	return true;
}

/* Read pages whose slots are side by side. */
static void read_pages(void __rcu **slot, size_t offset, u64 len,
		       struct cnull_iter *to)
{
	rcu_read_lock();
	for (; len; slot++) {
		size_t n = min_t(u64, len, PAGE_SIZE - offset);
		void *page = rcu_dereference(*slot);

		if (page)
			cnull_iter_write(to, page + offset, n);
		else
			cnull_iter_fill(to, 0, n);
		len -= n;
		offset = 0;
	}
	rcu_read_unlock();
}

/**
 * cnull_store_init - make an empty store
 * @store: the store
 *
 * It holds nothing, and can hold nothing before cnull_store_prepare().
 *
 * Context: Any. Takes no memory.
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
 * Context: May sleep. No I/O on @store may run.
 */
void cnull_store_destroy(struct cnull_store *store)
{
	cnull_map_destroy(&store->map, cnull_page_free);
	cnull_budget_init(&store->budget);
}

/**
 * cnull_store_prepare - get ready for I/O on a device of a size
 * @store: the store, with or without data
 * @bytes: size of the device, up to 2^63
 * @home_node: NUMA node to take memory from, or NUMA_NO_NODE
 *
 * Data stays, also what is beyond @bytes: it is there again when the device
 * has its old size again.
 *
 * Context: May sleep. No I/O on @store may run.
 * Return: 0 or -ENOMEM; then @store is as good as before.
 */
int cnull_store_prepare(struct cnull_store *store, u64 bytes, int home_node)
{
	return cnull_map_prepare(&store->map,
				  DIV_ROUND_UP_ULL(bytes, PAGE_SIZE), home_node);
}

/**
 * cnull_store_prefetch - begin to fetch what a request will need
 * @store: the store
 * @pos: where it will start, in bytes; may be anywhere
 * @what: what of it
 *
 * Context: Any.
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
		prefetch(rcu_dereference_raw(*slot) + offset_in_page(pos));
}

/**
 * cnull_store_read - copy data out of the store
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes; @pos + @len is within the prepared size
 * @to: where the data goes; advanced by @len
 *
 * What was never written, or was discarded, reads as zeros.
 *
 * Context: Any that allows RCU read sections.
 */
void cnull_store_read(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *to)
{
	while (len) {
		size_t offset = offset_in_page(pos);
		u64 nr, n;
		void __rcu **slot = find_slot(store, pos, &nr);

		n = cnull_bytes_in(nr, offset, len);
		if (slot)
			read_pages(slot, offset, n, to);
		else
			cnull_iter_fill(to, 0, n);
		pos += n;
		len -= n;
	}
}

/**
 * cnull_store_spare - prepare a write
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes, not 0; @pos + @len is within the prepared size
 * @spares: gets the pages that are missing; those in it are before @pos
 * @gfp: how to allocate what is missing
 *
 * However it ends, cnull_store_drop() is due afterwards.
 *
 * Context: As @gfp says.
 * Return: 0, or -ENOMEM if there is no memory, or memory is short.
 */
int cnull_store_spare(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_spares *spares, gfp_t gfp)
{
	u64 index = pos >> PAGE_SHIFT;
	u64 end = ((pos + len - 1) >> PAGE_SHIFT) + 1;

	while (index < end) {
		u64 nr;
		void __rcu **slot = cnull_map_find(&store->map, index, &nr);

		if (!slot) {
			slot = make_slot(store, index, gfp);
			if (!slot)
				return -ENOMEM;
			nr = 1;		/* the next ones can now be found */
		}
		nr = min(cnull_until_resched(index, nr), end - index);
		if (spare_pages(store, slot, nr, spares, gfp))
			return -ENOMEM;
		index += nr;
		cnull_resched_at(index, gfp);
	}
	return 0;
}

/**
 * cnull_store_put - write to one page, as was prepared
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes, all of one page
 * @from: where the data is; advanced by @len
 * @spares: from cnull_store_spare(). Pages come in the order of their places
 *
 * Context: Any that allows RCU read sections.
 * Return: false, and @from untouched, if the page is not there and has no spare.
 */
bool cnull_store_put(struct cnull_store *store, u64 pos, size_t len,
		     struct cnull_iter *from, struct cnull_spares *spares)
{
	u64 nr;
	void __rcu **slot = find_slot(store, pos, &nr);

	return slot && put_in_page(store, slot, offset_in_page(pos), len, from,
				   spares);
}

/**
 * cnull_store_drop - free the spare pages that were not used
 * @store: the store
 * @spares: those; empty afterwards
 *
 * Context: Any.
 */
void cnull_store_drop(struct cnull_store *store, struct cnull_spares *spares)
{
	struct cnull_spare *spare;

	while ((spare = spares->first)) {
		spares->first = spare->next;
		drop_page(store, spare);
	}
	spares->last = NULL;
}

static int write_one(struct cnull_store *store, u64 pos, size_t len,
		     struct cnull_iter *from, gfp_t gfp)
{
	u64 nr;
	void __rcu **slot = find_slot(store, pos, &nr);

	if (!slot) {
		slot = make_slot(store, pos >> PAGE_SHIFT, gfp);
		if (!slot)
			return -ENOMEM;
	}
	return write_page(store, slot, offset_in_page(pos), len, from, gfp);
}

/* Perform what was prepared. */
static void write_all(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, struct cnull_spares *spares,
		      gfp_t gfp)
{
	while (len) {
		u64 nr;
		void __rcu **slot = find_slot(store, pos, &nr);

		nr = cnull_until_resched(pos >> PAGE_SHIFT, nr);
		for (; len && nr; slot++, nr--) {
			size_t offset = offset_in_page(pos);
			size_t n = min_t(u64, len, PAGE_SIZE - offset);

			/* Mostly all pages are there, and no spares. */
			if ((spares->first ||
			     !overwrite_page(slot, offset, n, from)) &&
			    !put_in_page(store, slot, offset, n, from, spares))
				cnull_iter_skip(from, n);
			pos += n;
			len -= n;
		}
		cnull_resched_at(pos >> PAGE_SHIFT, gfp);
	}
}

/**
 * cnull_store_write - copy data into the store
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes; @pos + @len is within the prepared size
 * @from: where the data is; advanced by @len, unless it fails
 * @gfp: how to allocate what is missing
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
	err = cnull_store_spare(store, pos, len, &spares, gfp);
	if (!err)
		write_all(store, pos, len, from, &spares, gfp);
	cnull_store_drop(store, &spares);
	return err;
}

/**
 * struct removed - pages that were taken out, and are to be freed together
 * @nr: how many of @page there are
 * @page: they
 *
 * A callback of RCU costs more than all else of a page's end.
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

static void zero_in_page(void __rcu **slot, size_t offset, size_t len)
{
	void *page;

	rcu_read_lock();
	page = rcu_dereference(*slot);
	if (page)
		cnull_data_zero(page + offset, len);
	rcu_read_unlock();
}

/*
 * Forget @len bytes of a page. Returns it if it is out of the store now: zeroed, if
 * it is to be, when only those who came before can still write to it.
 */
static void *forget(struct cnull_store *store, void __rcu **slot, size_t offset,
		    size_t len, enum cnull_clear how)
{
	void *page;

	if (len < PAGE_SIZE || how == CNULL_CLEAR_KEEP) {
		zero_in_page(slot, offset, len);
		return NULL;
	}
	page = xchg((void __force **)slot, NULL);
	if (page)
		cnull_budget_uncharge(&store->budget);
	if (page && how == CNULL_CLEAR_ERASE)
		cnull_data_zero(page, PAGE_SIZE);
	return page;
}

/* Free a page, if it is one, with others. */
static void remove_page(struct removed *removed, void *page)
{
	if (!page)
		return;
	removed->page[removed->nr++] = page;
	if (removed->nr == ARRAY_SIZE(removed->page))
		free_removed(removed);
}

/**
 * cnull_store_clear - forget data: it reads as zeros from now on
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes; @pos + @len is within the prepared size
 * @how: what becomes of pages that are covered as a whole
 *
 * No page is made; nodes are kept. Takes time by what is stored in the range, not
 * by its length.
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
		u64 nr, n;
		void __rcu **slot = find_slot(store, pos, &nr);

		/* A page, or all that is missing. */
		n = cnull_bytes_in(slot ? 1 : nr, offset, len);
		if (slot)
			remove_page(&removed, forget(store, slot, offset, n, how));
		if ((pos >> PAGE_SHIFT) % CNULL_NODE_SLOTS == 0)
			cond_resched();
		pos += n;
		len -= n;
	}
	free_removed(&removed);
}

/**
 * cnull_store_erase - forget data of one page, where nobody may sleep
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes, all of one page
 * @how: what becomes of the page if it is covered as a whole
 *
 * Context: Any that allows RCU read sections.
 * Return: the page, if it is not the store's any more: to be given to
 * cnull_pages_free_rcu(). Else NULL.
 */
void *cnull_store_erase(struct cnull_store *store, u64 pos, size_t len,
			 enum cnull_clear how)
{
	u64 nr;
	void __rcu **slot = find_slot(store, pos, &nr);

	return slot ? forget(store, slot, offset_in_page(pos), len, how) : NULL;
}

/**
 * cnull_store_reserve - see to it that a page can be merged
 * @store: the store
 * @index: of the page
 * @gfp: how to allocate what is missing
 *
 * Takes no page of data, but is for one: where there is none yet, the store must
 * be allowed to grow.
 *
 * Context: As @gfp says.
 * Return: false if there is no memory, or memory is short.
 */
bool cnull_store_reserve(struct cnull_store *store, u64 index, gfp_t gfp)
{
	u64 nr;
	void __rcu **slot = find_slot(store, index << PAGE_SHIFT, &nr);

	if (slot && !cnull_map_is_empty(slot))
		return true;
	return make_slot(store, index, gfp);
}

/* Copy sectors of @page to the one that is there. False if none is. */
static bool merge_into(void __rcu **slot, const void *page, const bool *valid)
{
	void *there;
	size_t i;

	rcu_read_lock();
	there = rcu_dereference(*slot);
	for (i = 0; there && i < CNULL_PAGE_SECTORS; i++)
		if (valid[i])
			cnull_data_copy(there + (i << SECTOR_SHIFT),
					page + (i << SECTOR_SHIFT),
					1 << SECTOR_SHIFT);
	rcu_read_unlock();
	return there;
}

/**
 * cnull_store_merge - take over what a cache holds of a page
 * @store: the store
 * @index: of the page; cnull_store_reserve() went well for it
 * @page: the data, from cnull_page_alloc(). What is not valid of it may change
 * @valid: for each sector, whether @page has it
 *
 * Takes no memory, and cannot fail: where there is no page, @page becomes it.
 *
 * Context: Any that allows RCU read sections. Nobody writes to @page.
 * Return: true if @page is the store's now. Who found it elsewhere may read it
 * to the end of an RCU read section.
 */
bool cnull_store_merge(struct cnull_store *store, u64 index, void *page,
		       const bool *valid)
{
	u64 nr;
	void __rcu **slot = find_slot(store, index << PAGE_SHIFT, &nr);
	size_t i;

	while (!merge_into(slot, page, valid)) {
		for (i = 0; i < CNULL_PAGE_SECTORS; i++)
			if (!valid[i])
				cnull_data_zero(page + (i << SECTOR_SHIFT),
						1 << SECTOR_SHIFT);
		if (cnull_map_fill(slot, page)) {
			cnull_budget_charge(&store->budget);
			return true;
		}
	}
	return false;
}

/**
 * cnull_store_extent - how far is it data, or how far is there none?
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how far to look, in bytes, not 0; @pos + @len is within the prepared
 *	size
 * @is_data: set to whether the page of @pos is there
 *
 * By pages: data may be zeros, but what is no data reads as zeros. Only of what
 * nobody writes or discards meanwhile the answer is exact.
 *
 * Context: May sleep.
 * Return: how many bytes from @pos on are alike, @len at most.
 */
u64 cnull_store_extent(struct cnull_store *store, u64 pos, u64 len,
		       bool *is_data)
{
	u64 last = (pos + len - 1) >> PAGE_SHIFT;
	u64 first = pos >> PAGE_SHIFT;
	u64 index = first;

	while (index <= last) {
		u64 nr;
		void __rcu **slot = find_slot(store, index << PAGE_SHIFT, &nr);
		bool there = slot && rcu_dereference_raw(*slot);

		if (index == first)
			*is_data = there;
		else if (there != *is_data)
			return (index << PAGE_SHIFT) - pos;
		if (index % CNULL_NODE_SLOTS == 0)
			cond_resched();
		index += slot ? 1 : nr;
	}
	return len;
}
