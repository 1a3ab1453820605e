/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zones: which conditions there are, and what may happen in each.
 */
#ifndef CNULL_ZONE_RULES_H
#define CNULL_ZONE_RULES_H

#include "platform.h"

/** enum cnull_zone_cond - the condition of a zone (ZBC, ZNS) */
enum cnull_zone_cond {
	CNULL_ZONE_NOT_WP,	/* conventional: it has no write pointer */
	CNULL_ZONE_EMPTY,
	CNULL_ZONE_IMP_OPEN,	/* opened by a write; closed if room is needed */
	CNULL_ZONE_EXP_OPEN,	/* opened by whoever asked for it */
	CNULL_ZONE_CLOSED,	/* has data, and takes no room among the open */
	CNULL_ZONE_FULL,
	CNULL_ZONE_READONLY,
	CNULL_ZONE_OFFLINE,
	CNULL_NR_ZONE_CONDS
} __packed;

/** enum cnull_zone_op - what can happen to a zone */
enum cnull_zone_op {
	CNULL_ZONE_READ,
	CNULL_ZONE_WRITE,
	CNULL_ZONE_APPEND,
	CNULL_ZONE_OPEN,
	CNULL_ZONE_CLOSE,
	CNULL_ZONE_FINISH,
	CNULL_ZONE_RESET,
	CNULL_ZONE_RESET_ALL,	/* as one of all */
	CNULL_ZONE_TO_READONLY,	/* by the file zone_readonly */
	CNULL_ZONE_TO_OFFLINE,	/* by the file zone_offline */
	CNULL_ZONE_FILL,	/* what was written last filled it */
	CNULL_ZONE_EVICT,	/* another one needs room to be open */
	CNULL_ZONE_LOSE,	/* at power off: some of its data is lost */
	CNULL_ZONE_POWER_OFF,
	CNULL_NR_ZONE_OPS
};

/** enum cnull_zone_effect - what an operation does */
enum cnull_zone_effect {
	CNULL_ZONE_NO_RULE,	/* never in the table */
	CNULL_ZONE_FAILS,	/* nothing: it is an error */
	CNULL_ZONE_STAYS,	/* nothing to the condition */
	CNULL_ZONE_GOES,	/* the condition becomes the next one */
	CNULL_ZONE_NEEDS_ROOM,	/* so it does, if there is room for that */
	CNULL_ZONE_RESETS,	/* so it does, and its data is forgotten */
};

/**
 * struct cnull_zone_rule - what an operation does to a zone in some condition
 * @effect: what it does
 * @next: the condition afterwards. %CNULL_ZONE_CLOSED is %CNULL_ZONE_EMPTY where
 *	nothing was written
 */
struct cnull_zone_rule {
	enum cnull_zone_effect effect;
	enum cnull_zone_cond next;
};

extern const struct cnull_zone_rule
	cnull_zone_rules[CNULL_NR_ZONE_CONDS][CNULL_NR_ZONE_OPS];

/**
 * cnull_zone_is_open - does a condition count as open?
 * @cond: the condition
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool cnull_zone_is_open(enum cnull_zone_cond cond)
{
	return cond == CNULL_ZONE_IMP_OPEN || cond == CNULL_ZONE_EXP_OPEN;
}

/**
 * cnull_zone_is_active - does a condition count as active?
 * @cond: the condition
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool cnull_zone_is_active(enum cnull_zone_cond cond)
{
	return cnull_zone_is_open(cond) || cond == CNULL_ZONE_CLOSED;
}

#endif
