// SPDX-License-Identifier: GPL-2.0
/*
 * Polled requests that nothing polls for.
 *
 *	polled DISK N SECONDS
 *
 * Submit N polled reads of 4 KiB by io_uring, sleep for SECONDS, and then reap the
 * completions: each read must have succeeded, and completed once. With 0 seconds,
 * reap at once, and accept failed reads.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCK		4096
#define MAX_READS	128

static int ring;
static struct io_uring_params params = { .flags = IORING_SETUP_IOPOLL };
static char *sq, *cq;
static struct io_uring_sqe *sqes;

/* Map one of the ring's regions. */
static void *map(size_t size, off_t what)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, ring, what);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

/* Set up a ring with @n entries. */
static void set_up(unsigned int n)
{
	ring = syscall(SYS_io_uring_setup, n, &params);
	if (ring < 0)
		err(1, "io_uring_setup");
	sq = map(params.sq_off.array + params.sq_entries * sizeof(unsigned int),
		 IORING_OFF_SQ_RING);
	cq = map(params.cq_off.cqes +
		 params.cq_entries * sizeof(struct io_uring_cqe),
		 IORING_OFF_CQ_RING);
	sqes = map(params.sq_entries * sizeof(*sqes), IORING_OFF_SQES);
}

/* Return the ring field at @offset. */
static unsigned int *ring_field(char *base, unsigned int offset)
{
	return (unsigned int *)(base + offset);
}

static void enter(unsigned int submit, unsigned int wait, unsigned int flags)
{
	if (syscall(SYS_io_uring_enter, ring, submit, wait, flags, NULL, 0) < 0)
		err(1, "io_uring_enter");
}

static void submit(int disk, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		sqes[i] = (struct io_uring_sqe) {
			.opcode = IORING_OP_READ,
			.fd = disk,
			.addr = (unsigned long)aligned_alloc(BLOCK, BLOCK),
			.len = BLOCK,
			.off = 2 * i * BLOCK,	/* adjacent reads would be merged */
			.user_data = i,
		};
		ring_field(sq, params.sq_off.array)[i] = i;
	}
	__atomic_store_n(ring_field(sq, params.sq_off.tail), n, __ATOMIC_RELEASE);
	enter(n, 0, 0);
}

/* Reap @n completions. Return the number of successful reads. */
static unsigned int reap(unsigned int n)
{
	struct io_uring_cqe *cqes = (void *)(cq + params.cq_off.cqes);
	bool seen[MAX_READS] = { false };
	unsigned int i, good = 0;

	for (i = 0; i < n; i++) {
		/* The kernel does not poll while a completion is in the ring. */
		__atomic_store_n(ring_field(cq, params.cq_off.head), i, __ATOMIC_RELEASE);
		while (__atomic_load_n(ring_field(cq, params.cq_off.tail),
				       __ATOMIC_ACQUIRE) == i)
			enter(0, 1, IORING_ENTER_GETEVENTS);
		if (cqes[i].user_data >= n || seen[cqes[i].user_data])
			errx(1, "read %llu completed twice", cqes[i].user_data);
		seen[cqes[i].user_data] = true;
		good += cqes[i].res == BLOCK;
	}
	return good;
}

/* Return the number of the disk's requests in flight. */
static unsigned int in_flight(const char *disk)
{
	unsigned int reads, writes;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/%s/inflight", disk + 5);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%u %u", &reads, &writes) != 2)
		err(1, "%s", path);
	fclose(file);
	return reads + writes;
}

int main(int argc, char **argv)
{
	unsigned int n, seconds, good;
	int disk;

	if (argc != 4)
		errx(2, "usage: polled DISK N SECONDS");
	n = atoi(argv[2]);
	seconds = atoi(argv[3]);
	disk = open(argv[1], O_RDONLY | O_DIRECT);
	if (disk < 0 || n > MAX_READS)
		err(1, "%s", argv[1]);
	set_up(n);
	submit(disk, n);
	if (seconds && in_flight(argv[1]) != n)
		errx(1, "%u of %u completed without polling",
		     n - in_flight(argv[1]), n);
	sleep(seconds);
	if (seconds && in_flight(argv[1]))
		errx(1, "%u are in flight after %u s", in_flight(argv[1]), seconds);
	good = reap(n);
	if (seconds && good != n)
		errx(1, "%u of %u failed", n - good, n);
	return 0;
}
