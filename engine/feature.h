/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Features: the parts of a device that cost each request time when they are on.
 */
#ifndef CNULL_FEATURE_H
#define CNULL_FEATURE_H

#include "platform.h"

/**
 * enum cnull_feature - a bit of &cnull_live.features
 *
 * A device with no bit set takes the plain path: cnull_io_run() tests the whole
 * word once. Test a single bit by cnull_has().
 */
enum cnull_feature {
	CNULL_FEATURE_BADBLOCKS,	/* some sectors are bad */
	CNULL_FEATURE_CACHE,		/* a volatile write cache */
	CNULL_FEATURE_CUT,		/* the power was cut */
	CNULL_FEATURE_DELAY,		/* a completion time */
	CNULL_FEATURE_GATE,		/* a context closes the gate, or opens it */
	CNULL_FEATURE_INJECT,		/* requests may get an injected fault */
	CNULL_FEATURE_THROTTLE,		/* limits of bandwidth or rate */
	CNULL_FEATURE_ZONES,		/* zones */
};

#endif
