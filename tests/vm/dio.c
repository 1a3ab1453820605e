// SPDX-License-Identifier: GPL-2.0
/*
 * Direct I/O from and to unaligned buffers.
 *
 *	dio DISK LENGTH OFFSET [PIECES]
 *
 * Write LENGTH bytes to the start of DISK from a page-aligned buffer, and read
 * them into a buffer that begins OFFSET bytes after a page boundary. Then write
 * from the unaligned buffer, and read into the aligned one. With PIECES, each
 * buffer has that many pieces with the same alignment. Exit with 0 if the data
 * is right.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_PIECES	64
#define GAP		8192	/* bytes between two pieces, rounded up to a page */

static size_t length, offset, pieces = 1;

/* Allocate @pieces pieces, each @shift bytes after a page boundary. */
static void scatter(struct iovec *vec, size_t shift)
{
	size_t piece = length / pieces, stride = piece + GAP - piece % 4096, i;
	char *memory;

	memory = aligned_alloc(4096, pieces * stride + GAP);
	if (!memory)
		err(1, "no memory");
	memset(memory, 0, pieces * stride + GAP);
	for (i = 0; i < pieces; i++)
		vec[i] = (struct iovec) { memory + i * stride + shift, piece };
}

/* Fill a buffer with random bytes of @seed. */
static void fill(struct iovec *vec, unsigned int seed)
{
	size_t i, j;

	srandom(seed);
	for (i = 0; i < pieces; i++)
		for (j = 0; j < vec[i].iov_len; j++)
			((char *)vec[i].iov_base)[j] = random();
}

/* Exit unless two buffers hold the same data; @what names the checked step. */
static void compare(struct iovec *a, struct iovec *b, const char *what)
{
	size_t i;

	for (i = 0; i < pieces; i++)
		if (memcmp(a[i].iov_base, b[i].iov_base, a[i].iov_len))
			errx(1, "%s: wrong data in piece %zu", what, i);
}

int main(int argc, char **argv)
{
	struct iovec aligned[MAX_PIECES], unaligned[MAX_PIECES];
	int fd;

	if (argc < 4)
		errx(2, "usage: dio DISK LENGTH OFFSET [PIECES]");
	length = strtoul(argv[2], NULL, 0);
	offset = strtoul(argv[3], NULL, 0);
	if (argc > 4)
		pieces = strtoul(argv[4], NULL, 0);
	if (!pieces || pieces > MAX_PIECES || length % pieces)
		errx(2, "PIECES must be 1 to %d and divide LENGTH", MAX_PIECES);
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[1]);
	scatter(aligned, 0);
	scatter(unaligned, offset);

	fill(aligned, 1);
	if (pwritev(fd, aligned, pieces, 0) != (ssize_t)length)
		err(1, "write");
	if (preadv(fd, unaligned, pieces, 0) != (ssize_t)length)
		err(1, "read to an offset of %zu", offset);
	compare(aligned, unaligned, "read");

	fill(unaligned, 2);
	if (pwritev(fd, unaligned, pieces, 0) != (ssize_t)length)
		err(1, "write from an offset of %zu", offset);
	if (preadv(fd, aligned, pieces, 0) != (ssize_t)length)
		err(1, "read");
	compare(unaligned, aligned, "write");
	return 0;
}
