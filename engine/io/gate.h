/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate: a context closes it to stop all runs of a live device for a moment. The
 * comment at the top of gate.c has the rules.
 *
 * A run is one call of cnull_io_run() or cnull_data_extent(). A change of zones by the owner
 * of a device, cnull_zone_set_condition(), is no run: &cnull_dev.lock excludes it. Nor is
 * the completion of a request: cnull_io_end() accesses neither data nor zones.
 */
#ifndef CNULL_GATE_H
#define CNULL_GATE_H

#include "request.h"

/**
 * struct cnull_gate - the gate of a live device
 * @runs: the number of runs that have entered and not left; CNULL_GATE_CLOSED if the gate
 *	is closed
 * @closing: runs without a reservation do not enter. Written by the context that closes
 *	the gate, accessed by READ_ONCE() and WRITE_ONCE()
 * @features: &cnull_live.features; constant
 * @dep_map: a lock for lockdep: runs that may sleep hold it shared, and the context that
 *	closes the gate holds it exclusively
 */
struct cnull_gate {
	atomic_long_t runs;
	bool closing;
	unsigned long *features;
	struct lockdep_map dep_map;
};

/* The value of &cnull_gate.runs while the gate is closed. */
#define CNULL_GATE_CLOSED	(-1L)

void cnull_gate_init(struct cnull_gate *gate, unsigned long *features);
bool cnull_gate_enter(struct cnull_gate *gate, bool reserved,
		      enum cnull_wait wait);
void cnull_gate_leave(struct cnull_gate *gate, enum cnull_wait wait);
void cnull_gate_close(struct cnull_gate *gate);
void cnull_gate_open(struct cnull_gate *gate);

#endif
