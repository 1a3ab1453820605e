/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What settings may be, and what comes of them. They are arrays of numbers, by
 * enum cnull_option_id.
 */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include "device/life.h"

/* Could the value be written to the option's file? 0, or the error. */
int settings_parse(const struct cnull_option *opt, u64 value);

/* Can a device be made of these settings? */
bool settings_go(const u64 *set);

/* What is in effect of them, if they go. */
void settings_fit(const u64 *set, u64 *conf);

/* May an option become this on a device with @conf in effect? 0, or the error. */
int settings_live(const u64 *conf, enum cnull_option_id opt, u64 value);

#endif
