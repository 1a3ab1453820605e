/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throttle: limits on the bandwidth and the request rate of a device.
 */
#ifndef CNULL_THROTTLE_H
#define CNULL_THROTTLE_H

#include "config/options.h"

struct cnull_io;

/** enum cnull_limit_id - the limits, each set by the option of the same name */
enum cnull_limit_id {
	CNULL_LIMIT_MBPS,	/* MiB/s of reads and writes together */
	CNULL_LIMIT_READ_MBPS,	/* MiB/s of reads */
	CNULL_LIMIT_WRITE_MBPS,	/* MiB/s of writes */
	CNULL_LIMIT_IOPS,	/* requests of any kind per second */
	CNULL_NR_LIMITS
};

/**
 * struct cnull_limit - one limit
 * @rate: MiB or requests per second; 0: no limit. Changes while requests run;
 *	accessed with READ_ONCE() and WRITE_ONCE()
 * @busy_until: the time until which the requests so far use up the limit, in ticks
 *	(see throttle.c)
 */
struct cnull_limit {
	unsigned int rate;
	atomic64_t busy_until;
};

/**
 * struct cnull_throttle - the limits of a device; all zeros: no limit
 * @limits: by enum cnull_limit_id
 */
struct cnull_throttle {
	struct cnull_limit limits[CNULL_NR_LIMITS];
};

bool cnull_throttle_set(struct cnull_throttle *throttle,
			const struct cnull_config *config);
u64 cnull_throttle_charge(struct cnull_throttle *throttle,
			  const struct cnull_io *io, u64 now);

#endif
