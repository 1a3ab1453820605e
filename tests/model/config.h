/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of the config: the rules for the values of the options.
 *
 * A config and an effective config are arrays of values, by enum cnull_option_id.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "device/life.h"

/* Return 0 if text with @value can be written to the option, else the errno. */
int config_parse(const struct cnull_option *opt, u64 value);

/* Does a device with this config power on? */
bool config_is_valid(const u64 *config);

/* Compute the effective config of a valid config. */
void config_normalize(const u64 *config, u64 *effective);

/*
 * Return 0 if a device that is on accepts @value for the option, else the errno.
 * zones_validate_limits() has the rules for the limits of zones.
 */
int config_validate_change(const u64 *effective, enum cnull_option_id opt,
			   u64 value);

#endif
