/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters: the settings that devices begin with.
 */
#ifndef CNULL_PARAMS_H
#define CNULL_PARAMS_H

#include "config/options.h"

/* Constant once the module is loaded. */
extern struct cnull_config cnull_params;
extern unsigned int cnull_nr_devices;

#endif
