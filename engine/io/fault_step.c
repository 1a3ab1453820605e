// SPDX-License-Identifier: GPL-2.0
/*
 * The fault step: which injected fault a request gets, and how its backend carries
 * the fault out.
 *
 * A new fault of requests needs
 * - a kind, in enum cnull_fault_kind (fault/inject.h),
 * - the name of its directory, in cnull_fault_groups (fault/inject.c),
 * - a column of the table below, and code in one of the two functions that use it,
 * - a module parameter, FAULT_PARAM() in kmod/inject_configfs.c.
 */
#include "io/fault_step.h"

/* The time-out of requests, in ns, for backends whose queues have none. */
#define TIMEOUT_NSEC	(5ULL * NSEC_PER_SEC)

/*
 * The abilities of each backend:
 *
 * @reruns: a request that must sleep runs again in another context. Else the
 *	backend returns the request to its submitter
 * @requeue: %CNULL_REQUEUE; or %CNULL_COMPLETE if no request gets the fault
 * @timeout: %CNULL_LOSE; or %CNULL_COMPLETE if the request fails after TIMEOUT_NSEC
 */
static const struct ability {
	bool reruns;
	enum cnull_action requeue;
	enum cnull_action timeout;
} abilities[CNULL_NR_BACKENDS] = {
	[CNULL_BACKEND_MQ] = {
		.reruns = true,
		.requeue = CNULL_REQUEUE,
		.timeout = CNULL_LOSE,
	},
	[CNULL_BACKEND_BIO] = {
		.reruns = false,
		.requeue = CNULL_COMPLETE,
		.timeout = CNULL_COMPLETE,
	},
	[CNULL_BACKEND_NBD] = {
		.reruns = true,
		.requeue = CNULL_COMPLETE,
		.timeout = CNULL_COMPLETE,
	},
};

/* Does a fault hit now? None does while a device drains its requests. */
static bool hits(struct cnull_live *live, enum cnull_fault_kind kind)
{
	return !READ_ONCE(live->draining) &&
	       cnull_inject_hits(live->faults, kind, live->name);
}

/**
 * cnull_fault_requeues - is a request requeued instead of run?
 * @live: the device; it has %CNULL_FEATURE_INJECT
 * @io: the request
 *
 * Context: Any.
 * Return: true if the request gets the fault. false for a request that has run
 * before.
 */
bool cnull_fault_requeues(struct cnull_live *live, const struct cnull_io *io)
{
	return abilities[live->backend].requeue == CNULL_REQUEUE &&
	       !io->resumed && hits(live, CNULL_FAULT_REQUEUE);
}

/**
 * cnull_fault_step - make a request time out, if it gets the fault
 * @live: the device
 * @io: the request, after its run; &cnull_io.error is set to -ETIMEDOUT if it times out
 * @action: the action for the request so far
 *
 * The fault is drawn once for a request, in its first run. A later run may be in a
 * worker, and the task filter of the fault tests the current task.
 *
 * Context: Any.
 * Return: the action for the request.
 */
enum cnull_action cnull_fault_step(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_action action)
{
	const struct ability *ability = &abilities[live->backend];

	if (action == CNULL_SLEEP && !ability->reruns)
		return action;
	if (!io->resumed)
		io->times_out = hits(live, CNULL_FAULT_TIMEOUT);
	if (action == CNULL_SLEEP || !io->times_out)
		return action;
	io->error = -ETIMEDOUT;
	if (ability->timeout == CNULL_COMPLETE)
		io->fault_delay = TIMEOUT_NSEC;
	return ability->timeout;
}
