/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The token of a crash state: a short text that brings the state back with the same log.
 */
#ifndef CNULL_TOKEN_H
#define CNULL_TOKEN_H

#include "record/choice.h"

/* The maximum size of a token, with the null byte. */
#define CNULL_TOKEN_SIZE	121

/* The maximum number of bits in a token, in words. */
#define CNULL_TOKEN_WORDS	6

/**
 * struct cnull_token - a crash state
 * @log: the fingerprint of the log
 * @point: the point
 * @tear: the unit of tearing of the walk
 * @policy: the policy
 * @index: the index of the policy; 0 for %CNULL_POLICY_BITS
 * @nr_bits: the number of bits; with %CNULL_POLICY_BITS only
 * @bits: the bits
 */
struct cnull_token {
	u64 log;
	u32 point;
	enum cnull_tear tear;
	enum cnull_policy policy;
	u64 index;
	u32 nr_bits;
	unsigned long bits[CNULL_TOKEN_WORDS];
};

u64 cnull_token_log(struct cnull_log *log);
int cnull_token_print(const struct cnull_token *token, char *text);
int cnull_token_parse(struct cnull_token *token, const char *text);
int cnull_token_set_bits(struct cnull_token *token, const struct cnull_crash *crash,
			 const unsigned long *bits);
int cnull_token_show(const struct cnull_token *token, struct cnull_crash *crash,
		     u64 log);

#endif
