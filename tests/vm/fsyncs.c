// SPDX-License-Identifier: GPL-2.0
/*
 * fsyncs DIR LOG SEED: make files in DIR, append to them and rename them, with an
 * fsync after each step, and note in LOG, which is elsewhere, what was promised to
 * be there: "NAME BYTES". Ends well at the first error, which is what power cuts
 * bring.
 *
 * fsyncs -c DIR LOG: is all that was promised there, and right?
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NR_APPENDED	4
#define MOST		40000

static unsigned long long state;

static unsigned int below(unsigned int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

/* What the byte at @pos of a file is, by its name. */
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

/* Write @len bytes of file @name at @pos, and let them be durable. */
static int extend(int dir, const char *path, const char *name, long pos,
		  long len)
{
	static char data[MOST];
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
 * One step; 0 at an error. A file system that has shut down may let the fsync of a
 * directory succeed (XFS does: nothing is left to be written). So what a step has
 * promised is noted when the next one's data has been synced: then power was on.
 */
static int step(int dir, FILE *log, const char *seed, unsigned int n)
{
	static long size[NR_APPENDED];
	static char promise[96];
	unsigned int which = below(NR_APPENDED);
	long len = 1 + below(MOST);
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
	fputs(promise, log);
	fflush(log);
	if ((*tmp && renameat(dir, tmp, dir, name)) || fsync(dir))
		return 0;
	snprintf(promise, sizeof(promise), "%s %ld\n", name, len);
	return 1;
}

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
			printf("%s: %s, of %ld bytes\n", name, file ?
			       "wrong or short" : "not there", size);
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
