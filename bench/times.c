// SPDX-License-Identifier: GPL-2.0
/*
 * The times of snapshots, in a guest that has configfs and the module:
 *
 *	times MIB
 *
 * Creates a disk of MIB MiB, fills it, and prints the median and the maximum of each time
 * in us. A reader reads all the time, so the longest of its reads during an operation
 * is the time for which I/O was stopped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONFIGFS	"/sys/kernel/config/cnull"
#define MIB		(1L << 20)
#define ROUNDS		21

static char *buffer;	/* 1 MiB */

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void put(const char *file, const char *text)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), CONFIGFS "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s=%s", file, text);
	close(fd);
}

static void make(const char *dir)
{
	char path[200];

	snprintf(path, sizeof(path), CONFIGFS "/%s", dir);
	if (mkdir(path, 0755))
		die("mkdir %s", path);
}

static void drop(const char *dir)
{
	char path[200];

	snprintf(path, sizeof(path), CONFIGFS "/%s", dir);
	if (rmdir(path))
		die("rmdir %s", path);
}

static int open_disk(int flags)
{
	int fd = open("/dev/a", flags | O_DIRECT);

	if (fd < 0)
		die("/dev/a");
	return fd;
}

/* Write @nr times @len bytes, @stride bytes apart. */
static void fill(long nr, long stride, size_t len)
{
	int fd = open_disk(O_WRONLY);
	long i;

	for (i = 0; i < nr; i++)
		if (pwrite(fd, buffer, len, i * stride) != (ssize_t)len)
			die("write");
	close(fd);
}

/**
 * struct reader - a thread that reads a page over and over
 * @is_over: the thread ends
 * @slowest: the longest time of a read since the field was set to 0, in us
 */
static struct {
	bool is_over;
	double slowest;
} reader;

static void *read_on(void *arg)
{
	int fd = open_disk(O_RDONLY);
	char *page = aligned_alloc(4096, 4096);

	while (!__atomic_load_n(&reader.is_over, __ATOMIC_ACQUIRE)) {
		double start = now_us(), time;

		if (pread(fd, page, 4096, 0) != 4096)
			die("read");
		time = now_us() - start;
		if (time > reader.slowest)
			reader.slowest = time;
	}
	close(fd);
	return arg;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, double *times)
{
	qsort(times, ROUNDS, sizeof(*times), by_value);
	printf("%-44s %10.0f %10.0f\n", what, times[ROUNDS / 2], times[ROUNDS - 1]);
}

/* Take and drop snapshots while a thread reads. */
static void time_take(const char *what)
{
	double times[ROUNDS], stops[ROUNDS], idle[ROUNDS], start;
	char text[100];
	pthread_t thread;
	int i;

	reader.is_over = false;
	if (pthread_create(&thread, NULL, read_on, NULL))
		die("thread");
	for (i = 0; i < ROUNDS; i++) {
		usleep(20000);
		reader.slowest = 0;
		usleep(2000);
		idle[i] = reader.slowest;
		reader.slowest = 0;
		start = now_us();
		make("a/snapshots/t");
		times[i] = now_us() - start;
		stops[i] = reader.slowest;
		drop("a/snapshots/t");
	}
	__atomic_store_n(&reader.is_over, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	snprintf(text, sizeof(text), "snapshot of %s", what);
	print(text, times);
	print("  slowest read meanwhile", stops);
	print("  slowest read in 2 ms without", idle);
}

/* Write 4 MiB, in pages @stride bytes apart, and restore a snapshot. */
static void time_restore(const char *what, long stride)
{
	double times[ROUNDS], start;
	char text[100];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		fill(1024, stride, 4096);
		start = now_us();
		put("a/snapshots/s/restore", "1");
		times[i] = now_us() - start;
	}
	snprintf(text, sizeof(text), "restore after 4 MiB were written, %s", what);
	print(text, times);
}

static void time_clone(void)
{
	double times[ROUNDS], start;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		make("b");
		start = now_us();
		put("b/origin", "a/s");
		times[i] = now_us() - start;
		drop("b");
	}
	print("clone", times);
}

int main(int argc, char **argv)
{
	long mib = argc > 1 ? atol(argv[1]) : 0;
	char size[20];

	buffer = aligned_alloc(4096, MIB);
	if (mib < 4 || !buffer) {
		fprintf(stderr, "usage: times MIB, at least 4\n");
		return 2;
	}
	memset(buffer, 1, MIB);
	snprintf(size, sizeof(size), "%ld", mib);
	make("a");
	put("a/memory_backed", "1");
	put("a/size", size);
	put("a/power", "1");
	printf("%-44s %10s %10s\n", "us", "median", "maximum");
	time_take("an empty disk");
	fill(mib, MIB, MIB);
	time_take("a full disk");
	make("a/snapshots/s");
	time_restore("adjacent", 4096);
	time_restore("spread", mib * MIB / 1024);
	time_clone();
	drop("a/snapshots/s");
	drop("a");
	return 0;
}
