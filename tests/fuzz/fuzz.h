/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "device/life.h"

/**
 * fuzz_one - what a target does with one input; each target has its own
 * @data: the input
 * @size: bytes at @data
 *
 * Ends the program if something does not hold. Leaves nothing behind: no
 * memory, no failing allocations.
 */
void fuzz_one(const u8 *data, size_t size);

/* What libFuzzer, AFL++'s driver and replay.c call. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/** struct fuzz_calls - how often fuzz_face was called */
struct fuzz_calls {
	unsigned int starts;
	unsigned int stops;
	unsigned int resizes;
};

/* A backend that refuses nothing and counts. */
extern const struct cnull_backend fuzz_face;
extern struct fuzz_calls fuzz_calls;

#endif
