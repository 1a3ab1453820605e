/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection: null_blk's knobs, which make requests and queues fail.
 */
#ifndef CNULL_INJECT_H
#define CNULL_INJECT_H

#include "platform.h"

/** enum cnull_fault_kind - the kinds of injected faults; those of requests are first */
enum cnull_fault_kind {
	CNULL_FAULT_TIMEOUT,	/* a request times out */
	CNULL_FAULT_REQUEUE,	/* a request is requeued */
	CNULL_NR_REQUEST_FAULTS,
	CNULL_FAULT_INIT_HCTX = CNULL_NR_REQUEST_FAULTS, /* a hardware queue fails */
	CNULL_NR_FAULTS
};

/** enum cnull_fault_id - an attribute's index in &cnull_fault.value */
enum cnull_fault_id {
#define CNULL_FAULT(name, ...) CNULL_FAULT_ID_##name,
#include "fault/inject.def"
	CNULL_NR_FAULT_IDS
};

/**
 * struct cnull_fault - one kind of injected fault
 * @value: the attributes of inject.def
 * @nr_asked: the number of requests that @interval has counted
 * @nr_drawn: the number of random numbers that were drawn since the seed was set
 * @window: the start of the current interval of the log's rate limit, in ms
 * @nr_lines: the number of lines logged in that interval
 *
 * All fields are atomic: any number of contexts may change and draw from a fault at
 * the same time, without a lock. The seed and the number of earlier draws decide
 * which request is hit.
 */
struct cnull_fault {
	atomic_long_t value[CNULL_NR_FAULT_IDS];
	atomic_long_t nr_asked;
	atomic_long_t nr_drawn;
	atomic_long_t window;
	atomic_long_t nr_lines;
};

/**
 * struct cnull_faults - the injected faults of a device
 * @lock: serializes changes of @kind with @features
 * @kind: the faults, by enum cnull_fault_kind
 * @features: &cnull_live.features of the device that is on; has
 *	%CNULL_FEATURE_INJECT while a request may get a fault. NULL while the device
 *	is off
 */
struct cnull_faults {
	struct mutex lock;
	struct cnull_fault kind[CNULL_NR_FAULTS];
	unsigned long *features __guarded_by(&lock);
};

extern const char *const cnull_fault_groups[CNULL_NR_FAULTS];

void cnull_fault_init(struct cnull_fault *fault);
int cnull_fault_parse(struct cnull_fault *fault, const char *text);
long cnull_fault_get(const struct cnull_fault *fault, enum cnull_fault_id id);

void cnull_inject_init(struct cnull_faults *faults);
void cnull_inject_destroy(struct cnull_faults *faults);
void cnull_inject_attach(struct cnull_faults *faults, unsigned long *features);
void cnull_inject_copy(struct cnull_faults *to, const struct cnull_fault *from);
int cnull_inject_set(struct cnull_faults *faults, enum cnull_fault_kind kind,
		     enum cnull_fault_id id, const char *text);
int cnull_inject_parse(struct cnull_faults *faults, enum cnull_fault_kind kind,
		       const char *text);
bool cnull_inject_draw(struct cnull_faults *faults, enum cnull_fault_kind kind,
		       const char *name);

/**
 * cnull_inject_hits - does a fault hit now?
 * @faults: the faults of a device
 * @kind: the kind
 * @name: the name of the device, for the log
 *
 * Context: Any.
 * Return: true if the fault hits.
 */
static inline bool cnull_inject_hits(struct cnull_faults *faults,
				     enum cnull_fault_kind kind,
				     const char *name)
{
	atomic_long_t *value = faults->kind[kind].value;

	return unlikely(atomic_long_read(&value[CNULL_FAULT_ID_probability])) &&
	       cnull_inject_draw(faults, kind, name);
}

#endif
