/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Validation: which configs can be powered on.
 */
#ifndef CNULL_VALIDATE_H
#define CNULL_VALIDATE_H

#include "config/options.h"

int cnull_validate(const struct cnull_config *config, char *why, size_t size);
void cnull_queues_normalize(struct cnull_config *config);

#endif
