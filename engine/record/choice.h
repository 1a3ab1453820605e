/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The choice of crash states: the points of a log, and the states at a point, by policy.
 */
#ifndef CNULL_CHOICE_H
#define CNULL_CHOICE_H

#include "record/crash.h"

/** enum cnull_points - a kind of points */
enum cnull_points {
	CNULL_POINTS_FLUSH,	/* before and after the completion of each flush */
	CNULL_POINTS_FUA,	/* before and after the completion of each FUA write */
	CNULL_POINTS_MARK,	/* after each mark */
	CNULL_POINTS_WRITE,	/* after the completion of each write */
	CNULL_POINTS_EVENT,	/* after each event */
};

/** enum cnull_policy - a set of states at a point; an index selects one */
enum cnull_policy {
	CNULL_POLICY_NONE,	/* only durable data */
	CNULL_POLICY_ALL,	/* every request that was submitted */
	CNULL_POLICY_PREFIX,	/* the first requests, in the order of completion */
	CNULL_POLICY_LOST,	/* one request is lost */
	CNULL_POLICY_KEPT,	/* one request is kept */
	CNULL_POLICY_RANDOM,	/* random requests; the index is a seed */
	CNULL_POLICY_TORN,	/* random units; the index is a seed */
	CNULL_POLICY_EXHAUSTIVE,	/* every set of units, in every order */
	CNULL_POLICY_BITS,	/* the units and orders of given bits */
	CNULL_NR_POLICIES,
};

u32 cnull_points_next(struct cnull_log *log, enum cnull_points kind, u32 after);

u64 cnull_policy_nr_states(struct cnull_crash *crash, enum cnull_policy policy);
bool cnull_policy_is_exhaustive(struct cnull_crash *crash, u64 max);
int cnull_policy_choose(struct cnull_crash *crash, enum cnull_policy policy,
			u64 index, unsigned long *bits);
size_t cnull_policy_bits_size(const struct cnull_crash *crash);

#endif
