// SPDX-License-Identifier: GPL-2.0
/*
 * The entry point of all targets, and the checks after each input.
 */
#include "fuzz.h"

struct fuzz_calls fuzz_calls;

static int count_start(struct cnull_dev *dev)
{
	(void)dev;
	fuzz_calls.starts++;
	return 0;
}

static void count_stop(struct cnull_dev *dev)
{
	(void)dev;
	fuzz_calls.stops++;
}

static int count_resize(struct cnull_dev *dev, unsigned int submit_queues,
			unsigned int poll_queues)
{
	(void)dev;
	(void)submit_queues;
	(void)poll_queues;
	fuzz_calls.resizes++;
	return 0;
}

const struct cnull_backend fuzz_backend = {
	.start = count_start,
	.stop = count_stop,
	.resize = count_resize,
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	long in_use = shim_mem.in_use;

	memset(&fuzz_calls, 0, sizeof(fuzz_calls));
	fuzz_one(data, size);
	shim_require(fuzz_calls.starts == fuzz_calls.stops);
	rcu_barrier();
	shim_require(shim_mem.in_use == in_use);
	shim_require(!shim_warnings);
	return 0;
}
