// SPDX-License-Identifier: GPL-2.0
/*
 * The platform of the engine, in the kernel: what is too long for the header.
 */
#include <linux/highmem.h>

#include "platform.h"

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
 * cnull_pages_free_rcu - give pages back when nobody can look at them any more
 * @pages: from cnull_page_alloc(); nobody can find them any more
 * @nr: how many
 *
 * One callback for all of them: of the first, which knows the others.
 *
 * Context: Any. Before the module goes, rcu_barrier() is due.
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
 * The next piece of the request's data that is in one page, at most @len bytes
 * of it. The caller maps it, and says when it is done by iter_advance().
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
 * cnull_iter_read - copy data out of a request
 * @iter: where it is; advanced by @len
 * @to: where it goes
 * @len: how many bytes; the request has as many left
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
 * cnull_iter_write - copy data into a request
 * @iter: where it goes; advanced by @len
 * @from: where it is
 * @len: how many bytes; the request has as many left
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
 * cnull_iter_fill - fill data of a request with one byte
 * @iter: where; advanced by @len
 * @byte: with what
 * @len: how many bytes; the request has as many left
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
 * cnull_iter_skip - leave data of a request as it is
 * @iter: where; advanced by @len
 * @len: how many bytes; the request has as many left
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
