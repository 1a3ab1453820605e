/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: what goes wrong on purpose, and when.
 */
#ifndef CNULL_FAULT_H
#define CNULL_FAULT_H

#include "platform.h"

/** enum cnull_fault_kind - what can go wrong */
enum cnull_fault_kind {
	CNULL_FAULT_TIMEOUT,	/* a request never ends by itself */
	CNULL_FAULT_REQUEUE,	/* a request has to be brought once more */
	CNULL_FAULT_INIT_HCTX,	/* a hardware queue cannot be had */
	CNULL_NR_FAULTS
};

/** enum cnull_fault_id - an attribute's index in &cnull_fault.value */
enum cnull_fault_id {
#define CNULL_FAULT(name, ...) CNULL_FAULT_ID_##name,
#include "fault/inject.def"
	CNULL_NR_FAULT_IDS
};

/**
 * struct cnull_fault - when one kind of fault happens
 * @value: the attributes of fault.def
 * @nr_asked: how many requests @interval has counted
 * @nr_drawn: how many random numbers were drawn of the seed
 * @window: when the log's current interval began, in ms
 * @nr_lines: lines in it
 *
 * Anybody may change and ask it at the same time, without a lock. Which request
 * is hit follows from the seed and from how many came before.
 */
struct cnull_fault {
	atomic_long_t value[CNULL_NR_FAULT_IDS];
	atomic_long_t nr_asked;
	atomic_long_t nr_drawn;
	atomic_long_t window;
	atomic_long_t nr_lines;
};

extern const char *const cnull_fault_groups[CNULL_NR_FAULTS];

void cnull_inject_init(struct cnull_fault *fault);
void cnull_inject_copy(struct cnull_fault *to, const struct cnull_fault *from);
int cnull_inject_set(struct cnull_fault *fault, enum cnull_fault_id id,
		    const char *text);
int cnull_inject_parse(struct cnull_fault *fault, const char *text);
long cnull_inject_get(const struct cnull_fault *fault, enum cnull_fault_id id);
bool cnull_inject_draw(struct cnull_fault *faults, enum cnull_fault_kind kind,
		      const char *name);

/**
 * cnull_inject_hits - is it to happen now?
 * @faults: of a device, all kinds
 * @kind: which
 * @name: of the device, for the log
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool cnull_inject_hits(struct cnull_fault *faults,
				    enum cnull_fault_kind kind,
				    const char *name)
{
	atomic_long_t *value = faults[kind].value;

	return unlikely(atomic_long_read(&value[CNULL_FAULT_ID_probability])) &&
	       cnull_inject_draw(faults, kind, name);
}

#endif
