/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plugin's parameters: the table of options, as nbdkit knows it.
 */
#ifndef NBDKIT_CONFIG_H
#define NBDKIT_CONFIG_H

#include "config/options.h"

extern char config_help[];

int config_set(struct cnull_config *config, const char *key, const char *value);
void config_dump(void);

#endif
