/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throttle: how fast a device is at most.
 */
#ifndef CNULL_THROTTLE_H
#define CNULL_THROTTLE_H

#include "config/options.h"

struct cnull_io;

/** enum cnull_limit_id - what is limited: by an option each */
enum cnull_limit_id {
	CNULL_LIMIT_MBPS,
	CNULL_LIMIT_READ_MBPS,
	CNULL_LIMIT_WRITE_MBPS,
	CNULL_LIMIT_IOPS,
	CNULL_NR_LIMITS
};

/**
 * struct cnull_limit - how fast one thing may be
 * @rate: MiB a second, or requests a second; 0: no limit. Changes while requests
 *	run; accessed by READ_ONCE
 * @paid: until when the requests that came so far have used it up, in ticks (see
 *	throttle.c)
 */
struct cnull_limit {
	unsigned int rate;
	atomic64_t paid;
};

/**
 * struct cnull_throttle - the limits of a device; all zeros: none
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
