// SPDX-License-Identifier: GPL-2.0
/*
 * The platform of the engine, in the kernel: functions that are not inline.
 */
#include <linux/cacheflush.h>

#include "platform.h"

/*
 * Free the pages of a chain, which are linked by their words. A reader may still read such
 * a word, so the word has the bits %CNULL_PAGE_DYING.
 */
static void free_pages_rcu(struct rcu_head *head)
{
	struct page *page = container_of(head, struct page, rcu_head);

	while (page) {
		struct page *next = (struct page *)(page_private(page) &
						    ~CNULL_PAGE_DYING);

		set_page_private(page, 0);
		__free_page(page);
		page = next;
	}
}

/**
 * cnull_pages_free_rcu - free pages after a grace period
 * @pages: pages from cnull_page_alloc() that new readers cannot find
 * @nr: number of @pages
 *
 * One callback frees all pages: they are linked to the first one.
 *
 * Context: Any. The module calls rcu_barrier() before it unloads.
 */
void cnull_pages_free_rcu(void *const *pages, unsigned int nr)
{
	struct page *page = NULL;

	while (nr) {
		struct page *first = virt_to_page(pages[--nr]);

		WRITE_ONCE(*cnull_page_word(pages[nr]),
			   (unsigned long)page | CNULL_PAGE_DYING);
		page = first;
	}
	if (page)
		call_rcu(&page->rcu_head, free_pages_rcu);
}

/* Go on to the next segment of the data. Its pages are adjacent in the direct map. */
static inline void next_segment(struct cnull_iter *iter)
{
	struct bio_vec segment;

	if (iter->size) {
		segment = *iter->vec++;
	} else {
		const struct bio *bio = iter->next;

		segment = mp_bvec_iter_bvec(bio->bi_io_vec, bio->bi_iter);
		iter->vec = &bio->bi_io_vec[bio->bi_iter.bi_idx + 1];
		iter->size = bio->bi_iter.bi_size;
		iter->next = bio->bi_next;
	}
	iter->at = bvec_virt(&segment);
	iter->left = min(segment.bv_len, iter->size);
	iter->size -= iter->left;
}

/*
 * Advance the position by the next bytes with adjacent addresses, @len at most. Return
 * their address, and set *@nr to their number.
 */
static inline void *next_piece(struct cnull_iter *iter, size_t len, size_t *nr)
{
	void *at;

	if (!iter->left)
		next_segment(iter);
	at = iter->at;
	*nr = min_t(size_t, len, iter->left);
	iter->at += *nr;
	iter->left -= *nr;
	return at;
}

/* Flush changed data of a request from the data cache, on architectures that need this. */
static void flush_data(void *at, size_t len)
{
	void *page = (void *)round_down((unsigned long)at, PAGE_SIZE);

	if (!ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE)
		return;
	for (; page < at + len; page += PAGE_SIZE)
		flush_dcache_page(virt_to_page(page));
}

/**
 * cnull_iter_read - copy data of a request to a buffer
 * @iter: position in the request; advanced by @len
 * @to: the buffer
 * @len: number of bytes; the request has at least @len bytes left
 *
 * Context: Any.
 */
void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len)
{
	while (len) {
		size_t nr;
		void *from = next_piece(iter, len, &nr);

		cnull_data_copy(to, from, nr);
		to += nr;
		len -= nr;
	}
}

/**
 * cnull_iter_write - copy a buffer to the data of a request
 * @iter: position in the request; advanced by @len
 * @from: the buffer
 * @len: number of bytes; the request has at least @len bytes left
 *
 * Context: Any.
 */
void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len)
{
	while (len) {
		size_t nr;
		void *to = next_piece(iter, len, &nr);

		cnull_data_copy(to, from, nr);
		flush_data(to, nr);
		from += nr;
		len -= nr;
	}
}

/**
 * cnull_iter_fill - set each byte of data of a request
 * @iter: position in the request; advanced by @len
 * @byte: value of each byte
 * @len: number of bytes; the request has at least @len bytes left
 *
 * Context: Any.
 */
void cnull_iter_fill(struct cnull_iter *iter, u8 byte, size_t len)
{
	while (len) {
		size_t nr;
		void *to = next_piece(iter, len, &nr);

		memset(to, byte, nr);
		flush_data(to, nr);
		len -= nr;
	}
}

/**
 * cnull_iter_skip - skip data of a request
 * @iter: position in the request; advanced by @len
 * @len: number of bytes; the request has at least @len bytes left
 *
 * Context: Any.
 */
void cnull_iter_skip(struct cnull_iter *iter, size_t len)
{
	while (len) {
		size_t nr;

		next_piece(iter, len, &nr);
		len -= nr;
	}
}
