// SPDX-License-Identifier: GPL-2.0
/*
 * fsyncs DIR LOG SEED: create files in DIR, append to them and rename them, with an
 * fsync after each step. Write to LOG, which is on another file system, a line
 * "NAME BYTES" for each state that fsync has made durable. Exit with 0 at the first
 * error, because a power cut causes one.
 *
 * fsyncs -c DIR LOG: check that every file of LOG exists in DIR with the right data.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NR_APPENDED	4
#define MAX_BYTES	40000	/* of one write */

static unsigned long long state;

/* Return a pseudo-random number less than @n. */
static unsigned int below(unsigned int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

/* Return the expected byte at @pos of the file @name. */
static char byte_at(const char *name, long pos)
{
	unsigned int hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return 'a' + (hash + pos + pos / 512) % 26;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Write @len bytes of the file @name at @pos, and sync. Return 0 on error. */
static int extend(int dir, const char *path, const char *name, long pos,
		  long len)
{
	static char data[MAX_BYTES];
	int fd = openat(dir, path, O_WRONLY | O_CREAT, 0600);
	long i;
	int ok;

	if (fd < 0)
		return 0;
	for (i = 0; i < len; i++)
		data[i] = byte_at(name, pos + i);
	ok = pwrite(fd, data, len, pos) == len && !fsync(fd);
	close(fd);
	return ok;
}

/*
 * Do one step. Return 0 on error.
 *
 * The fsync of a directory may succeed although the file system has shut down (in
 * XFS, because nothing is left to write). So a step is logged only after the data
 * of the next step has been synced: that proves that power was on.
 */
static int step(int dir, FILE *log, const char *seed, unsigned int n)
{
	static long size[NR_APPENDED];
	static char durable[96];
	unsigned int which = below(NR_APPENDED);
	long len = 1 + below(MAX_BYTES);
	char name[64], tmp[64] = "";

	if (below(2)) {
		snprintf(name, sizeof(name), "appended-%s-%u", seed, which);
		if (!extend(dir, name, name, size[which], len))
			return 0;
		len = size[which] += len;
	} else {
		snprintf(name, sizeof(name), "renamed-%s-%u", seed, n);
		snprintf(tmp, sizeof(tmp), "tmp-%s", seed);
		if (!extend(dir, tmp, name, 0, len))
			return 0;
	}
	fputs(durable, log);
	fflush(log);
	if ((*tmp && renameat(dir, tmp, dir, name)) || fsync(dir))
		return 0;
	snprintf(durable, sizeof(durable), "%s %ld\n", name, len);
	return 1;
}

/* Return 1 if a file of @log is missing or wrong below @top, else 0. */
static int check(const char *top, FILE *log)
{
	char name[64], path[256];
	long size, i;
	int bad = 0, c;
	FILE *file;

	while (fscanf(log, "%63s %ld", name, &size) == 2) {
		snprintf(path, sizeof(path), "%s/%s", top, name);
		file = fopen(path, "r");
		for (i = 0; file && i < size; i++) {
			c = getc(file);
			if (c != byte_at(name, i))
				break;
		}
		if (!file || i < size) {
			printf("%s (%ld bytes): %s\n", name, size,
			       file ? "wrong or short" : "missing");
			bad = 1;
		}
		if (file)
			fclose(file);
	}
	return bad;
}

int main(int argc, char **argv)
{
	unsigned int n;
	FILE *log;
	int dir;

	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "-c")) {
		log = fopen(argv[3], "r");
		return log ? check(argv[2], log) : 2;
	}
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	log = fopen(argv[2], "w");
	if (dir < 0 || !log)
		die("fsyncs");
	state = strtoul(argv[3], NULL, 0);
	for (n = 0; step(dir, log, argv[3], n); n++)
		;
	return 0;
}
