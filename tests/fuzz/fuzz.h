/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The common part of all fuzz targets.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "device/life.h"

/**
 * fuzz_one - run a target on one input; each target has its own version
 * @data: the input
 * @size: the size of the input in bytes
 *
 * Ends the program if a check fails. On return, all memory is freed, and no
 * allocation fails on purpose any more.
 */
void fuzz_one(const u8 *data, size_t size);

/* The entry point for libFuzzer, AFL++'s driver and replay.c. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/**
 * struct fuzz_calls - the calls of fuzz_backend since the start of the input
 * @starts: the number of calls of @start
 * @stops: the number of calls of @stop
 * @resizes: the number of calls of @resize
 */
struct fuzz_calls {
	unsigned int starts;
	unsigned int stops;
	unsigned int resizes;
};

/* A backend that counts its calls, and never fails. */
extern const struct cnull_backend fuzz_backend;
extern struct fuzz_calls fuzz_calls;

#endif
