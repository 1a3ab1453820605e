/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of the devices that are made when the module is loaded.
 */
#ifndef CNULL_REGISTRY_H
#define CNULL_REGISTRY_H

#include "driver.h"

int cnull_registry_add(unsigned int nr);
void cnull_registry_show(void);
void cnull_registry_clear(void);
struct cnull_disk *cnull_registry_find(const char *name);

#endif
