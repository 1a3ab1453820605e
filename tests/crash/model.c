// SPDX-License-Identifier: GPL-2.0
/*
 * The legal crash states, by direct simulation: take the units of the submitted requests
 * in each order that the definition allows, and execute or skip each one.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* With more units, a point has too many states to try. */
#define MAX_UNITS	11
#define MAX_STEPS	(1 << 20)

/* A unit of tearing: sectors that a request writes as a whole, or not at all. */
struct unit {
	const struct request *rq;
	unsigned int sector;
	unsigned int nr;
	uint8_t value;
	bool durable;
};

struct cut {
	const struct device *dev;
	const struct request *history;
	unsigned int nr;
	unsigned int point;
	struct unit unit[MAX_UNITS];
	unsigned int nr_units;
	struct states *states;
};

bool states_have(const struct states *states, const struct state *state)
{
	unsigned int i;

	for (i = 0; i < states->nr; i++)
		if (!memcmp(&states->state[i], state, sizeof(*state)))
			return true;
	return false;
}

void states_add(struct states *states, const struct state *state)
{
	if (states_have(states, state))
		return;
	if (states->nr == MAX_STATES)
		abort();
	states->state[states->nr++] = *state;
}

static bool has_completed(const struct cut *cut, const struct request *rq)
{
	return rq->completed && rq->completed <= cut->point;
}

static bool is_zoned(const struct cut *cut, const struct request *rq)
{
	return rq->kind != FLUSH && rq->sector >= cut->dev->zone;
}

/* Has a flush made the request durable, or FUA? */
static bool is_durable(const struct cut *cut, const struct request *rq)
{
	unsigned int i;

	if (!has_completed(cut, rq) || rq->failed)
		return false;
	if (rq->fua)
		return true;
	for (i = 0; i < cut->nr; i++) {
		const struct request *flush = &cut->history[i];

		if ((flush->kind == FLUSH || flush->preflush) && !flush->failed &&
		    has_completed(cut, flush) && rq->completed < flush->submitted)
			return true;
	}
	return false;
}

static bool is_whole(const struct device *dev, const struct request *rq)
{
	unsigned int last = rq->sector + rq->nr - 1;

	if (dev->whole || dev->tears_blocks)
		return dev->whole;
	return rq->kind == WRITE && rq->nr <= dev->atomic &&
	       (!dev->boundary || rq->sector / dev->boundary == last / dev->boundary);
}

/*
 * Find the units of all requests that were submitted, in the zone or before it. Return
 * false if there are too many.
 */
static bool find_units(struct cut *cut, bool zoned)
{
	unsigned int i, at, step;

	cut->nr_units = 0;
	for (i = 0; i < cut->nr; i++) {
		const struct request *rq = &cut->history[i];

		if (rq->submitted > cut->point || rq->kind == FLUSH ||
		    is_zoned(cut, rq) != zoned)
			continue;
		/* A discard in a zone, and a zone operation that fails, change nothing. */
		if (zoned && (rq->kind == DISCARD || (rq->kind != WRITE && rq->failed)))
			continue;
		step = rq->kind == RESET || rq->kind == FINISH || is_whole(cut->dev, rq) ?
		       rq->nr : cut->dev->tears_blocks ? 1 : cut->dev->block;
		for (at = 0; at < rq->nr; at += step) {
			if (cut->nr_units == MAX_UNITS)
				return false;
			cut->unit[cut->nr_units++] = (struct unit) {
				.rq = rq,
				.sector = rq->sector + at,
				.nr = step,
				.value = rq->kind == WRITE ? i + 1 : 0,
				.durable = is_durable(cut, rq),
			};
		}
	}
	return true;
}

/* Must @a happen before @b? */
static bool is_before(const struct cut *cut, const struct unit *a, const struct unit *b)
{
	return has_completed(cut, a->rq) && a->rq->completed < b->rq->submitted;
}

/* A step of the simulation that was taken already. */
struct step {
	struct state state;
};

/* The steps of each mask, in a list. */
static struct step *steps;
static unsigned int *next_step;
static unsigned int nr_steps;
static unsigned int first_step[1 << MAX_UNITS];

static bool is_new_step(unsigned int mask, const struct state *state)
{
	unsigned int i;

	for (i = first_step[mask]; i; i = next_step[i])
		if (!memcmp(&steps[i].state, state, sizeof(*state)))
			return false;
	if (++nr_steps == MAX_STEPS)
		abort();
	steps[nr_steps].state = *state;
	next_step[nr_steps] = first_step[mask];
	first_step[mask] = nr_steps;
	return true;
}

/* Continue with each unit that may be next. @mask has the units that were taken. */
static void simulate(const struct cut *cut, unsigned int mask, struct state state)
{
	unsigned int i, j;

	if (!is_new_step(mask, &state))
		return;
	if (mask == (1U << cut->nr_units) - 1) {
		states_add(cut->states, &state);
		return;
	}
	for (i = 0; i < cut->nr_units; i++) {
		const struct unit *unit = &cut->unit[i];
		struct state next = state;

		for (j = 0; j < cut->nr_units; j++)
			if (!(mask >> j & 1) && is_before(cut, &cut->unit[j], unit))
				break;
		if (mask >> i & 1 || j < cut->nr_units)
			continue;
		if (!unit->durable)
			simulate(cut, mask | 1U << i, state);
		memset(next.sector + unit->sector, unit->value, unit->nr);
		simulate(cut, mask | 1U << i, next);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct unit *const *x = a, *const *y = b;

	if ((*x)->rq->kind != (*y)->rq->kind)
		return (*x)->rq->kind < (*y)->rq->kind ? -1 : 1;
	return (int)(*x)->sector - (int)(*y)->sector;
}

/* Does a later write of the generation replace the unit, which failed? */
static bool is_replaced(const struct cut *cut, const struct unit *unit, unsigned int end)
{
	const struct unit *other;

	if (!unit->rq->failed || !has_completed(cut, unit->rq))
		return false;
	for (other = unit + 1; other < cut->unit + end; other++)
		if (other->rq != unit->rq && other->rq->kind == WRITE &&
		    other->rq->submitted > unit->rq->completed &&
		    other->sector < unit->sector + unit->nr &&
		    unit->sector < other->sector + other->nr)
			return true;
	return false;
}

/* Try one set of units of a generation: add the state if the zone can hold it. */
static void try_prefix(struct cut *cut, struct unit **units, unsigned int nr,
		       unsigned int mask, struct state state)
{
	unsigned int at = state.wp, i;
	bool stopped = false;

	for (i = 0; i < nr; i++) {
		const struct unit *unit = units[i];
		bool finish = unit->rq->kind == FINISH;
		unsigned int end = finish ? cut->dev->nr_sectors : unit->sector + unit->nr;

		if (mask >> i & 1) {
			if (stopped || (!finish && unit->sector != at))
				return;
			if (!finish)
				memset(state.sector + unit->sector, unit->value, unit->nr);
			state.wp = end;
			at = end;
		} else if (unit->durable) {
			return;
		} else if (unit->rq->failed && has_completed(cut, unit->rq) &&
			   unit->sector == at) {
			at = end;
		} else {
			stopped = true;
		}
	}
	states_add(cut->states, &state);
}

/* Add the states of the zone in the generation of the units from @first to @end. */
static void try_generation(struct cut *cut, unsigned int first, unsigned int end,
			   const struct state *start)
{
	struct unit *units[MAX_UNITS];
	unsigned int nr = 0, mask, i;

	for (i = first; i < end; i++)
		if (!is_replaced(cut, &cut->unit[i], end))
			units[nr++] = &cut->unit[i];
	qsort(units, nr, sizeof(*units), by_place);
	for (mask = 0; mask < 1U << nr; mask++)
		try_prefix(cut, units, nr, mask, *start);
}

/* Add the states of the zone, beside one state of the sectors before it. */
static void find_zone_states(struct cut *cut, struct state state)
{
	unsigned int first = 0, end, i;
	bool later_durable;

	for (;;) {
		for (end = first; end < cut->nr_units; end++)
			if (cut->unit[end].rq->kind == RESET)
				break;
		later_durable = false;
		for (i = end; i < cut->nr_units; i++)
			later_durable |= cut->unit[i].durable;
		if (!later_durable)
			try_generation(cut, first, end, &state);
		if (end == cut->nr_units)
			break;
		first = end + 1;
		memset(state.sector + cut->dev->zone, 0,
		       cut->dev->nr_sectors - cut->dev->zone);
		state.wp = cut->dev->zone;
	}
}

bool model_states(const struct device *dev, const struct request *history,
		  unsigned int nr, unsigned int point, struct states *states)
{
	static struct states before;
	struct cut cut = {
		.dev = dev,
		.history = history,
		.nr = nr,
		.point = point,
		.states = &before,
	};
	struct state state;
	unsigned int i;

	if (!steps) {
		steps = calloc(MAX_STEPS, sizeof(*steps));
		next_step = calloc(MAX_STEPS, sizeof(*next_step));
	}
	memset(&state, 0, sizeof(state));
	memset(state.sector, INITIAL, dev->zone);
	memset(state.sector + dev->zone, INITIAL, dev->wp - dev->zone);
	state.wp = dev->wp;
	nr_steps = 0;
	before.nr = 0;
	if (!find_units(&cut, false))
		return false;
	memset(first_step, 0, sizeof(first_step[0]) << cut.nr_units);
	simulate(&cut, 0, state);
	states->nr = 0;
	cut.states = states;
	if (!find_units(&cut, true))
		return false;
	for (i = 0; i < before.nr; i++)
		find_zone_states(&cut, before.state[i]);
	return true;
}
