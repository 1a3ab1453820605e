// SPDX-License-Identifier: GPL-2.0
/*
 * Copies of ranges between a disk and an image.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "interrupt.h"

/* The bytes of a read, and of a write. */
#define CHUNK	(1 << 20)

/* Read all of a range. Return 0 or a negative errno. */
static int read_all(int fd, char *data, size_t length, off_t pos)
{
	while (length) {
		ssize_t n = pread(fd, data, length, pos);

		if (n <= 0)
			return n ? -errno : -ENODATA;
		data += n;
		pos += n;
		length -= n;
	}
	return 0;
}

/* Write all of a range. Return 0 or a negative errno. */
static int write_all(int fd, const char *data, size_t length, off_t pos)
{
	while (length) {
		ssize_t n = pwrite(fd, data, length, pos);

		if (n < 0)
			return -errno;
		data += n;
		pos += n;
		length -= n;
	}
	return 0;
}

/**
 * cli_copy_extent - copy a range to the same place of another file
 * @copy: the files
 * @extent: the range
 *
 * The pages of @copy->from are dropped from the page cache behind the copy.
 *
 * Return: the exit status. An error was printed, unless a signal has arrived.
 */
enum cli_exit cli_copy_extent(struct cli_copy *copy, const struct cli_extent *extent)
{
	static char data[CHUNK];
	unsigned long long pos = extent->start, end = pos + extent->length;
	int err;

	for (; pos < end; pos += CHUNK) {
		size_t length = end - pos < CHUNK ? end - pos : CHUNK;

		if (cli_interrupted())
			return CLI_FAILED;
		err = read_all(copy->from, data, length, pos);
		if (err) {
			cli_progress_end(&copy->progress);
			return cli_error(CLI_FAILED, "cannot read %s at byte %llu: %s",
					 copy->from_name, pos, strerror(-err));
		}
		posix_fadvise(copy->from, pos, length, POSIX_FADV_DONTNEED);
		err = write_all(copy->to, data, length, pos);
		if (err) {
			cli_progress_end(&copy->progress);
			return cli_error(CLI_FAILED, "cannot write %s at byte %llu: %s",
					 copy->to_name, pos, strerror(-err));
		}
		cli_progress_add(&copy->progress, length);
	}
	return CLI_DONE;
}
