/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters: the initial config of new devices.
 */
#ifndef CNULL_PARAMS_H
#define CNULL_PARAMS_H

#include "config/options.h"

/* Both are constant after module load. */
extern struct cnull_config cnull_params;
extern unsigned int cnull_nr_devices;

#endif
