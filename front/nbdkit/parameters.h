/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parameters of the plugin: the options that NBD has a use for, and other keys.
 */
#ifndef NBDKIT_PARAMETERS_H
#define NBDKIT_PARAMETERS_H

#include "config/options.h"

/**
 * struct parameter_key - a parameter that is not an option
 * @name:	name of the key
 * @format:	form of a value, for --help
 * @help:	description of the value, one line
 * @set:	parse a value and apply the value to the device, which is off. Returns 0
 *		or a negative errno.
 */
struct parameter_key {
	const char *name;
	const char *format;
	const char *help;
	int (*set)(const char *value);
};

/* The keys that are not options; an empty row ends the table. */
extern const struct parameter_key parameter_keys[];

extern char config_help[];

int config_set(struct cnull_config *config, const char *key, const char *value);
void config_dump(void);

#endif
