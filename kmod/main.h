/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module: loading, unloading, and the devices made at load.
 */
#ifndef CNULL_MAIN_H
#define CNULL_MAIN_H

#include "disk.h"

struct cnull_disk *cnull_find_default(const char *name);

#endif
