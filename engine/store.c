// SPDX-License-Identifier: GPL-2.0
/*
 * The store: a sparse map from page index to page, as a radix tree whose nodes
 * are one page of pointers each (512 for pages of 4 KiB). Its height follows
 * from the size of the device: two levels serve 1 GiB, three 512 GiB.
 *
 * No lock. Reads, writes and discards run at the same time, from any context
 * that allows an RCU read section:
 *
 * - A node is put in place by cmpxchg and stays until the store is destroyed.
 *   So a pointer to a slot, once found, stays good.
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
 * What overlapping requests leave behind may be a mix, byte by byte, as on any
 * disk: the contents of pages are not ordered by anything.
 */
#include "store.h"

#define NODE_SHIFT	(PAGE_SHIFT - (BITS_PER_LONG == 64 ? 3 : 2))
#define NODE_SLOTS	(1UL << NODE_SHIFT)

/**
 * struct node - one node of the tree
 * @slot: the nodes of the next level, or on the last level the pages; NULL
 *	where nothing was written
 */
struct node {
	void __rcu *slot[NODE_SLOTS];
};

static_assert(sizeof(struct node) == PAGE_SIZE);

/* How many pages one slot covers, @level levels above the pages. */
static u64 slot_span(unsigned int level)
{
	return 1ULL << (level * NODE_SHIFT);
}

/* The slot for page @index in a node that is @level levels above the pages. */
static void __rcu **slot_in(struct node *node, u64 index, unsigned int level)
{
	return &node->slot[(index >> (level * NODE_SHIFT)) % NODE_SLOTS];
}

/*
 * Find the slot of page @index; NULL if a node on the way is missing. That is
 * so for @*nr pages from @index on: they have their slots side by side, or they
 * are all missing.
 *
 * Nodes are never freed under us, so no RCU read section is needed for this.
 */
static void __rcu **find_slot(struct cnull_store *store, u64 index, u64 *nr)
{
	void __rcu **slot = &store->root;
	unsigned int level = store->height;

	*nr = 1;
	while (level) {
		struct node *node = rcu_dereference_raw(*slot);

		if (!node) {
			*nr = slot_span(level) - index % slot_span(level);
			return NULL;
		}
		slot = slot_in(node, index, --level);
		*nr = NODE_SLOTS - index % NODE_SLOTS;
	}
	return slot;
}

/* How many bytes from @offset of the first of @nr pages on, but @len at most? */
static u64 bytes_in(u64 nr, size_t offset, u64 len)
{
	return nr > (offset + len) >> PAGE_SHIFT ? len :
						   (nr << PAGE_SHIFT) - offset;
}

/* Put @page into an empty slot. False if somebody else was faster. */
static bool fill_slot(void __rcu **slot, void *page)
{
	return !cmpxchg((void __force **)slot, NULL, page);
}

/*
 * May the store take another page? To ask takes longer than to take one, so it
 * asks after each MiB; and when the answer was no, each time until it is yes.
 */
static bool may_grow(struct cnull_store *store)
{
	if (READ_ONCE(store->is_short))
		WRITE_ONCE(store->is_short, cnull_memory_is_short());
	return !READ_ONCE(store->is_short);
}

static void count_page(struct cnull_store *store)
{
	long pages = atomic_long_inc_return(&store->nr_pages);

	if (pages % (SZ_1M / PAGE_SIZE) == 0)
		WRITE_ONCE(store->is_short, cnull_memory_is_short());
}

/* Find the slot of page @index, and make the nodes on the way. */
static void __rcu **make_slot(struct cnull_store *store, u64 index, gfp_t gfp)
{
	void __rcu **slot = &store->root;
	unsigned int level = store->height;

	if (!may_grow(store))
		return NULL;
	while (level) {
		struct node *node = rcu_dereference_raw(*slot);

		if (!node) {
			node = cnull_page_alloc(gfp | __GFP_ZERO,
						store->home_node);
			if (!node)
				return NULL;
			if (fill_slot(slot, node)) {
				atomic_long_inc(&store->nr_nodes);
			} else {
				cnull_page_free(node);
				node = rcu_dereference_raw(*slot);
			}
		}
		slot = slot_in(node, index, --level);
	}
	return slot;
}

/* Write to a page that is there. False, and @from untouched, if it is not. */
static bool overwrite_page(void __rcu **slot, size_t offset, size_t len,
			   struct cnull_iter *from)
{
	void *page;

	rcu_read_lock();
	page = rcu_dereference(*slot);
	if (page)
		cnull_iter_read(from, page + offset, len);
	rcu_read_unlock();
	return page;
}

static int write_page(struct cnull_store *store, void __rcu **slot,
		      size_t offset, size_t len, struct cnull_iter *from,
		      gfp_t gfp)
{
	struct cnull_iter start = *from;
	void *page;

	while (!overwrite_page(slot, offset, len, from)) {
		if (!may_grow(store))
			return -ENOMEM;
		/* A page about to be filled needs no zeroing. */
		page = cnull_page_alloc(len == PAGE_SIZE ? gfp : gfp | __GFP_ZERO,
					store->home_node);
		if (!page)
			return -ENOMEM;
		cnull_iter_read(from, page + offset, len);
		if (fill_slot(slot, page)) {
			count_page(store);
			return 0;
		}
		cnull_page_free(page);
		*from = start;
	}
	return 0;
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
			cnull_iter_zero(to, n);
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
	RCU_INIT_POINTER(store->root, NULL);
	store->height = 0;
	store->home_node = NUMA_NO_NODE;
	store->is_short = false;
	atomic_long_set(&store->nr_pages, 0);
	atomic_long_set(&store->nr_nodes, 0);
}

/* Free what hangs on a slot that is @level levels above the pages. */
static void free_tree(void *what, unsigned int level)
{
	unsigned long i;

	if (!what)
		return;
	if (level) {
		struct node *node = what;

		for (i = 0; i < NODE_SLOTS; i++)
			free_tree(rcu_dereference_raw(node->slot[i]), level - 1);
		cond_resched();
	}
	cnull_page_free(what);
}

/**
 * cnull_store_destroy - free all data
 * @store: the store; empty afterwards, as after cnull_store_init()
 *
 * Context: May sleep. No I/O on @store may run.
 */
void cnull_store_destroy(struct cnull_store *store)
{
	free_tree(rcu_dereference_raw(store->root), store->height);
	cnull_store_init(store);
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
	u64 pages = DIV_ROUND_UP_ULL(bytes, PAGE_SIZE);

	store->home_node = home_node;
	while (slot_span(store->height) < pages) {
		void *root = rcu_dereference_raw(store->root);

		/* What there is becomes the first part of a taller tree. */
		if (root) {
			struct node *node = cnull_page_alloc(
				GFP_KERNEL | __GFP_ZERO, home_node);

			if (!node)
				return -ENOMEM;
			RCU_INIT_POINTER(node->slot[0], root);
			RCU_INIT_POINTER(store->root, node);
			atomic_long_inc(&store->nr_nodes);
		}
		store->height++;
	}
	return 0;
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
	void __rcu **slot = find_slot(store, pos >> PAGE_SHIFT, &nr);

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
		void __rcu **slot = find_slot(store, pos >> PAGE_SHIFT, &nr);

		n = bytes_in(nr, offset, len);
		if (slot)
			read_pages(slot, offset, n, to);
		else
			cnull_iter_zero(to, n);
		pos += n;
		len -= n;
	}
}

/**
 * cnull_store_write - copy data into the store
 * @store: the store
 * @pos: where to start, in bytes
 * @len: how many bytes; @pos + @len is within the prepared size
 * @from: where the data is; advanced by what was written
 * @gfp: how to allocate what is missing
 *
 * Context: Any that allows RCU read sections and @gfp.
 * Return: 0, or -ENOMEM; then data up to some page boundary was written.
 */
int cnull_store_write(struct cnull_store *store, u64 pos, u64 len,
		      struct cnull_iter *from, gfp_t gfp)
{
	while (len) {
		u64 nr;
		void __rcu **slot = find_slot(store, pos >> PAGE_SHIFT, &nr);

		if (!slot) {
			slot = make_slot(store, pos >> PAGE_SHIFT, gfp);
			if (!slot)
				return -ENOMEM;
			nr = 1;		/* the next ones can now be found */
		}
		for (; len && nr; slot++, nr--) {
			size_t offset = offset_in_page(pos);
			size_t n = min_t(u64, len, PAGE_SIZE - offset);
			int err = write_page(store, slot, offset, n, from, gfp);

			if (err)
				return err;
			pos += n;
			len -= n;
		}
	}
	return 0;
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

/* Zeroed, if it is to be, when only those who came before can still write to it. */
static void remove_page(struct cnull_store *store, void __rcu **slot,
			struct removed *removed, enum cnull_clear how)
{
	void *page = xchg((void __force **)slot, NULL);

	if (!page)
		return;
	if (how == CNULL_CLEAR_ERASE)
		cnull_data_zero(page, PAGE_SIZE);
	atomic_long_dec(&store->nr_pages);
	removed->page[removed->nr++] = page;
	if (removed->nr == ARRAY_SIZE(removed->page))
		free_removed(removed);
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
		void __rcu **slot = find_slot(store, pos >> PAGE_SHIFT, &nr);

		/* A page, or all that is missing. */
		n = bytes_in(slot ? 1 : nr, offset, len);
		if (slot && n == PAGE_SIZE && how != CNULL_CLEAR_KEEP)
			remove_page(store, slot, &removed, how);
		else if (slot)
			zero_in_page(slot, offset, n);
		if ((pos >> PAGE_SHIFT) % NODE_SLOTS == 0)
			cond_resched();
		pos += n;
		len -= n;
	}
	free_removed(&removed);
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
		void __rcu **slot = find_slot(store, index, &nr);
		bool there = slot && rcu_dereference_raw(*slot);

		if (index == first)
			*is_data = there;
		else if (there != *is_data)
			return (index << PAGE_SHIFT) - pos;
		if (index % NODE_SLOTS == 0)
			cond_resched();
		index += slot ? 1 : nr;
	}
	return len;
}
