/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generator: the threads.
 */
#ifndef CNULL_LOAD_LOAD_H
#define CNULL_LOAD_LOAD_H

#include "run.h"

int load_generate(struct load_run *run);
void load_exit(void);

#endif
