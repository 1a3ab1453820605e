/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generator: the answer to a request.
 */
#ifndef CNULL_LOAD_ANSWER_H
#define CNULL_LOAD_ANSWER_H

#include "run.h"

#define LOAD_ANSWER_SIZE	4096

extern char load_answer[LOAD_ANSWER_SIZE];
extern const char * const load_op_names[NR_OPS];

__printf(2, 3) int load_refuse(int err, const char *fmt, ...);

#endif
