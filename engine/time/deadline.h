/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Deadlines: the earliest time at which a request completes.
 */
#ifndef CNULL_DEADLINE_H
#define CNULL_DEADLINE_H

#include "request.h"
#include "time/throttle.h"

/**
 * struct cnull_time - all that delays the requests of a device
 * @completion_nsec: the completion time of each request, in ns; 0 for none
 * @throttle: the limits. Requests write to it
 */
struct cnull_time {
	u64 completion_nsec;
	struct cnull_throttle throttle;
};

u64 cnull_deadline(struct cnull_time *time, const struct cnull_io *io);

#endif
