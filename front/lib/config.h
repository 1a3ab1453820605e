/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The config of a device from text "NAME=VALUE": for servers and command lines.
 */
#ifndef LIB_CONFIG_H
#define LIB_CONFIG_H

#include "config/options.h"

const struct cnull_option *cnull_option_find(const char *name);
int cnull_config_set(struct cnull_config *config, const struct cnull_option *option,
		     const char *value, char *why, size_t size);

#endif
