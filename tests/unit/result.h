/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result of a request as one number.
 */
#ifndef RESULT_H
#define RESULT_H

#include "io/end.h"
#include "io/run.h"

/*
 * Run a request, and end it unless it has to run again. Return its status; -EAGAIN if the
 * request has to sleep first; -EBUSY if it is requeued. A run that must not wait is in an
 * RCU read section, which forbids sleeping.
 */
static inline int io_result(struct cnull_live *live, struct cnull_io *io,
			    enum cnull_wait wait)
{
	enum cnull_action action;

	if (wait == CNULL_NO_WAIT)
		rcu_read_lock();
	action = cnull_io_run(live, io, wait);
	if (wait == CNULL_NO_WAIT)
		rcu_read_unlock();
	switch (action) {
	case CNULL_SLEEP:
		io->resumed = true;
		return -EAGAIN;
	case CNULL_REQUEUE:
		return -EBUSY;
	default:
		return cnull_io_end(live, io);
	}
}

#endif
