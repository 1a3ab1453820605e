/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zone rules: the conditions of a zone, the operations on it, and the effect of each
 * operation in each condition.
 */
#ifndef CNULL_ZONE_RULES_H
#define CNULL_ZONE_RULES_H

#include "platform.h"

/** enum cnull_zone_cond - the condition of a zone (ZBC, ZNS) */
enum cnull_zone_cond {
	CNULL_ZONE_NOT_WP,	/* conventional: the zone has no write pointer */
	CNULL_ZONE_EMPTY,
	CNULL_ZONE_IMP_OPEN,	/* opened by a write; closed to free an open resource */
	CNULL_ZONE_EXP_OPEN,	/* opened by an open request */
	CNULL_ZONE_CLOSED,	/* active, but uses no open resource */
	CNULL_ZONE_FULL,
	CNULL_ZONE_READONLY,
	CNULL_ZONE_OFFLINE,
	CNULL_NR_ZONE_CONDS
} __packed;

/** enum cnull_zone_op - an operation on a zone, or an event that changes it */
enum cnull_zone_op {
	CNULL_ZONE_READ,
	CNULL_ZONE_WRITE,
	CNULL_ZONE_APPEND,
	CNULL_ZONE_OPEN,
	CNULL_ZONE_CLOSE,
	CNULL_ZONE_FINISH,
	CNULL_ZONE_RESET,
	CNULL_ZONE_RESET_ALL,	/* the part of a reset of all zones in one zone */
	CNULL_ZONE_TO_READONLY,	/* a write to the file zone_readonly */
	CNULL_ZONE_TO_OFFLINE,	/* a write to the file zone_offline */
	CNULL_ZONE_FILL,	/* the write pointer has reached the capacity */
	CNULL_ZONE_CLOSE_IMP_OPEN,	/* another zone needs the open resource */
	CNULL_ZONE_POWER_LOSS,	/* power off, and data of the zone is lost */
	CNULL_ZONE_POWER_OFF,	/* power off, and all data of the zone is durable */
	CNULL_NR_ZONE_OPS
};

/** enum cnull_zone_effect - the effect of an operation */
enum cnull_zone_effect {
	CNULL_ZONE_NO_RULE,	/* 0, so that a missing entry of the table is found */
	CNULL_ZONE_FAILS,	/* the operation fails, and the condition stays */
	CNULL_ZONE_STAYS,	/* the operation succeeds, and the condition stays */
	CNULL_ZONE_ENTERS,	/* the zone enters the next condition */
	CNULL_ZONE_NEEDS_RESOURCES,	/* it does if the limits allow another such zone */
	CNULL_ZONE_RESETS,	/* it does, and the data of the zone is erased */
};

/**
 * struct cnull_zone_rule - the effect of one operation in one condition
 * @effect: the effect
 * @next: the condition that the zone enters, if @effect changes the condition.
 *	%CNULL_ZONE_CLOSED stands for %CNULL_ZONE_EMPTY if the zone has no data
 */
struct cnull_zone_rule {
	enum cnull_zone_effect effect;
	enum cnull_zone_cond next;
};

/* Indexed by the condition and the operation. */
extern const struct cnull_zone_rule
	cnull_zone_rules[CNULL_NR_ZONE_CONDS][CNULL_NR_ZONE_OPS];

/**
 * cnull_zone_is_open - does a zone in this condition use an open resource?
 * @cond: the condition
 *
 * Context: Any.
 * Return: true if @cond counts against the limit of open zones.
 */
static inline bool cnull_zone_is_open(enum cnull_zone_cond cond)
{
	return cond == CNULL_ZONE_IMP_OPEN || cond == CNULL_ZONE_EXP_OPEN;
}

/**
 * cnull_zone_is_active - does a zone in this condition use an active resource?
 * @cond: the condition
 *
 * Context: Any.
 * Return: true if @cond counts against the limit of active zones.
 */
static inline bool cnull_zone_is_active(enum cnull_zone_cond cond)
{
	return cnull_zone_is_open(cond) || cond == CNULL_ZONE_CLOSED;
}

#endif
