/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fault step: which injected fault a request gets, and how its backend carries
 * the fault out.
 */
#ifndef CNULL_FAULT_STEP_H
#define CNULL_FAULT_STEP_H

#include "io/live.h"

bool cnull_fault_requeues(struct cnull_live *live, const struct cnull_io *io);
enum cnull_action cnull_fault_step(struct cnull_live *live, struct cnull_io *io,
				   enum cnull_action action);

#endif
