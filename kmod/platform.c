// SPDX-License-Identifier: GPL-2.0
/*
 * The platform of the engine, in the kernel: functions that are not inline.
 */
#include <linux/highmem.h>

#include "platform.h"

/* Free the pages of a chain, which are linked by their private field. */
static void free_pages_rcu(struct rcu_head *head)
{
	struct page *page = container_of(head, struct page, rcu_head);

	while (page) {
		struct page *next = (struct page *)page_private(page);

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

		set_page_private(first, (unsigned long)page);
		page = first;
	}
	if (page)
		call_rcu(&page->rcu_head, free_pages_rcu);
}

/*
 * Return the next bytes that are in one page: @len at most. The caller maps the page, and
 * calls iter_advance() afterwards.
 */
static struct bio_vec iter_piece(const struct cnull_iter *iter, size_t len)
{
	struct bio_vec piece = bio_iter_iovec(iter->bio, iter->it);

	piece.bv_len = min_t(size_t, piece.bv_len, len);
	return piece;
}

static void iter_advance(struct cnull_iter *iter, unsigned int bytes)
{
	bio_advance_iter_single(iter->bio, &iter->it, bytes);
	if (!iter->it.bi_size && iter->bio->bi_next) {
		iter->bio = iter->bio->bi_next;
		iter->it = iter->bio->bi_iter;
	}
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
		struct bio_vec piece = iter_piece(iter, len);

		memcpy_from_bvec(to, &piece);
		iter_advance(iter, piece.bv_len);
		to += piece.bv_len;
		len -= piece.bv_len;
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
		struct bio_vec piece = iter_piece(iter, len);

		memcpy_to_bvec(&piece, from);
		iter_advance(iter, piece.bv_len);
		from += piece.bv_len;
		len -= piece.bv_len;
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
		struct bio_vec piece = iter_piece(iter, len);
		void *at = bvec_kmap_local(&piece);

		memset(at, byte, piece.bv_len);
		flush_dcache_page(piece.bv_page);
		kunmap_local(at);
		iter_advance(iter, piece.bv_len);
		len -= piece.bv_len;
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
		struct bio_vec piece = iter_piece(iter, len);

		iter_advance(iter, piece.bv_len);
		len -= piece.bv_len;
	}
}
