// SPDX-License-Identifier: GPL-2.0
/*
 * Deadlines: the one function that computes them.
 */
#include "time/deadline.h"

/**
 * cnull_deadline - compute the deadline of a request, and charge the limits for it
 * @time: the completion time and the limits of the device
 * @io: the request; &cnull_io.start is set
 *
 * Each reason for a delay counts from the start of the request, and the longest one
 * decides. Call this once for a request.
 *
 * Context: Any.
 * Return: the time before which the request must not complete, in ns of
 * ktime_get_ns(); 0 if the request may complete at once.
 */
u64 cnull_deadline(struct cnull_time *time, const struct cnull_io *io)
{
	u64 delay = max(time->completion_nsec, io->fault_delay);
	u64 deadline = delay ? io->start + delay : 0;

	return max(deadline,
		   cnull_throttle_charge(&time->throttle, io, io->start));
}
