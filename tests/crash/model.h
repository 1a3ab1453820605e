/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The legal crash states of a tiny device, by direct simulation of the definition in
 * docs/design/crash-states.md. No code of the engine is used.
 */
#ifndef CRASH_MODEL_H
#define CRASH_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_SECTORS	8
#define MAX_REQUESTS	6
#define MAX_STATES	65536

/* The contents of a sector at the start; 0 is zeros, and N is the data of request N - 1. */
#define INITIAL		0xff

enum kind { WRITE, DISCARD, FLUSH, RESET, FINISH };

/**
 * struct request - a request of a history
 * @kind: the operation
 * @preflush: flush before the operation
 * @fua: complete when the data is durable
 * @failed: the completion has an error
 * @sector: the first sector
 * @nr: the length, in sectors
 * @submitted: the number of the event
 * @completed: the number of the event; 0 for none
 */
struct request {
	enum kind kind;
	bool preflush;
	bool fua;
	bool failed;
	unsigned int sector;
	unsigned int nr;
	unsigned int submitted;
	unsigned int completed;
};

/**
 * struct device - the device
 * @nr_sectors: the size
 * @block: the size of a block, in sectors
 * @atomic: a longer write is torn into blocks, in sectors
 * @boundary: so is a write across a multiple of this; 0 for none
 * @whole: a request is a unit
 * @tears_blocks: a sector is a unit
 * @zone: the start of the sequential zone, which is the rest of the device; @nr_sectors
 *	without a zone
 * @wp: the write pointer at the start
 */
struct device {
	unsigned int nr_sectors;
	unsigned int block;
	unsigned int atomic;
	unsigned int boundary;
	bool whole;
	bool tears_blocks;
	unsigned int zone;
	unsigned int wp;
};

/**
 * struct state - a state of the device
 * @sector: the contents of each sector
 * @wp: the write pointer
 */
struct state {
	uint8_t sector[MAX_SECTORS];
	unsigned int wp;
};

/**
 * struct states - a set of states
 * @nr: the number of states
 * @state: the states
 */
struct states {
	unsigned int nr;
	struct state state[MAX_STATES];
};

bool states_have(const struct states *states, const struct state *state);
void states_add(struct states *states, const struct state *state);

/*
 * Find all legal states after event @point of a history of @nr requests. Return false if
 * there are too many units to try.
 */
bool model_states(const struct device *dev, const struct request *history,
		  unsigned int nr, unsigned int point, struct states *states);

/* Print how many states a second appear, with @nr writes that a cut may lose. */
void speed(unsigned int nr);

#endif
