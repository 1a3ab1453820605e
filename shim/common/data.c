// SPDX-License-Identifier: GPL-2.0
/*
 * The data of requests.
 */
#include "mem.h"

/*
 * Copy data that overlapping requests may access at the same time. The result of such an
 * overlap is undefined, as on a real disk. It is no bug of the engine, so hide it from
 * the thread sanitizer: copy by atomic accesses.
 */
void cnull_data_copy(void *to, const void *from, size_t len)
{
#ifdef __SANITIZE_THREAD__
	size_t i;

	for (i = 0; i < len; i++)
		__atomic_store_n((u8 *)to + i,
				 __atomic_load_n((const u8 *)from + i,
						 __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
#else
	memcpy(to, from, len);
#endif
}

void cnull_data_zero(void *data, size_t len)
{
	static const u8 zeros[PAGE_SIZE];

	cnull_data_copy(data, zeros, len);
}

/*
 * Return the address of the next bytes in one segment, and advance past them. Set @piece
 * to their number: @len at most.
 */
static void *iter_piece(struct cnull_iter *iter, size_t len, size_t *piece)
{
	void *at;

	while (iter->done == iter->vec->iov_len) {
		iter->vec++;
		iter->done = 0;
	}
	at = (char *)iter->vec->iov_base + iter->done;
	*piece = min(len, iter->vec->iov_len - iter->done);
	iter->done += *piece;
	return at;
}

void cnull_iter_read(struct cnull_iter *iter, void *to, size_t len)
{
	size_t n;

	for (; len; len -= n, to = (char *)to + n) {
		const void *at = iter_piece(iter, len, &n);

		cnull_data_copy(to, at, n);
	}
}

void cnull_iter_write(struct cnull_iter *iter, const void *from, size_t len)
{
	size_t n;

	for (; len; len -= n, from = (const char *)from + n) {
		void *at = iter_piece(iter, len, &n);

		cnull_data_copy(at, from, n);
	}
}

void cnull_iter_fill(struct cnull_iter *iter, u8 byte, size_t len)
{
	size_t n;

	for (; len; len -= n) {
		void *at = iter_piece(iter, len, &n);

		memset(at, byte, n);
	}
}

void cnull_iter_skip(struct cnull_iter *iter, size_t len)
{
	size_t n;

	for (; len; len -= n)
		iter_piece(iter, len, &n);
}
