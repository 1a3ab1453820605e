// SPDX-License-Identifier: GPL-2.0
/*
 * The speed of changes from one crash state to another: the log has some number of writes
 * of 32 KiB, and in each state one of them is lost. So two states differ in 64 KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model.h"
#include "record/choice.h"

#define WRITE_SIZE	32768
#define IMAGE_SIZE	(128 << 20)
#define NR_STATES	50000

/** struct image - the target: the contents of the device, and the log */
struct image {
	u8 *data;
	u64 changed;	/* bytes */
	struct cnull_log log;
};

static int show_extent(void *arg, const struct cnull_crash_extent *extent)
{
	struct image *image = arg;
	u8 *to = image->data + (extent->sector << SECTOR_SHIFT);
	size_t len = extent->nr_sectors << SECTOR_SHIFT;

	image->changed += len;
	if (extent->source == CNULL_CRASH_DATA)
		cnull_log_read(&image->log, extent->entry, extent->offset, to, len);
	else
		memset(to, 0, len);
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void record(struct image *image, unsigned int nr)
{
	static u8 data[WRITE_SIZE];
	struct iovec vec = { .iov_base = data, .iov_len = sizeof(data) };
	struct cnull_io io;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		u64 place = i * 7919ULL % (IMAGE_SIZE / WRITE_SIZE);

		memset(data, i, sizeof(data));
		cnull_io_init(&io, CNULL_OP_WRITE, 0, place * WRITE_SIZE >> SECTOR_SHIFT,
			      WRITE_SIZE >> SECTOR_SHIFT);
		io.iter = (struct cnull_iter) { .vec = &vec };
		cnull_log_complete(&image->log, cnull_log_submit(&image->log, &io, 0,
								 CNULL_MAY_WAIT), 0);
	}
}

void speed(unsigned int nr)
{
	static const struct cnull_crash_shape shape = { .block_sectors = 8 };
	struct image image = { .data = calloc(1, IMAGE_SIZE) };
	struct cnull_crash_target target = { .extent = show_extent, .arg = &image };
	struct cnull_crash *crash;
	unsigned long *bits;
	double start;
	int error;
	u32 i;

	shim_require(image.data && !cnull_log_init(&image.log, 1ULL << 30));
	record(&image, nr);
	crash = cnull_crash_new(&image.log, &shape, &target, &error);
	shim_require(crash && !cnull_crash_go(crash, 2 * nr) && !cnull_crash_list(crash));
	bits = malloc(cnull_policy_bits_size(crash));
	shim_require(bits);
	for (i = 0; i <= NR_STATES; i++) {
		shim_require(!cnull_policy_choose(crash, CNULL_POLICY_LOST, i % nr, bits) &&
			     !cnull_crash_show(crash, bits));
		if (!i) {	/* the first state is the whole image */
			image.changed = 0;
			start = now();
		}
	}
	printf("# %u writes: %.0f states/s, %llu bytes of difference\n", nr,
	       NR_STATES / (now() - start), image.changed / NR_STATES);
	free(bits);
	cnull_crash_free(crash);
	cnull_log_destroy(&image.log);
	free(image.data);
}
