/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options: the settings of a device, and the table that describes them.
 */
#ifndef CNULL_OPTS_H
#define CNULL_OPTS_H

#include "platform.h"

/* Largest capacity: the last byte still has an offset in an loff_t. */
#define CNULL_MAX_MIB	((1ULL << 43) - 1)

/* Longest completion time. Added to any clock, it does not overflow an s64. */
#define CNULL_MAX_NSEC	(1ULL << 62)

/* Largest limits: null_blk's, and what the throttle can still count. */
#define CNULL_MAX_MBPS	(40 * 1024U)
#define CNULL_MAX_IOPS	1000000000U

#define CNULL_CTYPE_BOOL	bool
#define CNULL_CTYPE_UINT	unsigned int
#define CNULL_CTYPE_ULONG	unsigned long
#define CNULL_CTYPE_NODE	unsigned int

/**
 * struct cnull_config - what a user can set of a device
 *
 * One field for each CNULL_OPTION row of opts.def, named after it, in the row's
 * unit. Plain data: copied by assignment, guarded by whoever holds it.
 */
struct cnull_config {
#define CNULL_OPTION(name, type, ...) CNULL_CTYPE_##type name;
#include "config/options.def"
};

/** enum cnull_option_type - how the value of an option is read and written */
enum cnull_option_type {
	CNULL_TYPE_BOOL,
	CNULL_TYPE_UINT,
	CNULL_TYPE_ULONG,
	CNULL_TYPE_NODE,
};

/** enum cnull_option_when - when an option may change */
enum cnull_option_when {
	CNULL_WHEN_OFF,		/* only while the device is off */
	CNULL_WHEN_LIVE,	/* at any time */
};

/** enum cnull_option_id - an option's index in cnull_options */
enum cnull_option_id {
#define CNULL_OPTION(name, ...) CNULL_OPTION_##name,
#include "config/options.def"
	CNULL_NR_OPTIONS
};

/**
 * struct cnull_option - one row of the table
 * @name:	name of the attribute
 * @param:	name of the module parameter; empty if there is none
 * @unit:	what the value counts; empty for a plain number
 * @help:	one line
 * @type:	how to read and write the value
 * @when:	when it may change
 * @scale:	the module parameter counts in units of this many
 * @offset:	of the value in struct cnull_config
 * @def:	default
 * @min:	least value that can be powered on
 * @max:	greatest value that can be powered on
 */
struct cnull_option {
	const char *name;
	const char *param;
	const char *unit;
	const char *help;
	enum cnull_option_type type;
	enum cnull_option_when when;
	unsigned int scale;
	size_t offset;
	u64 def;
	u64 min;
	u64 max;
};

extern const struct cnull_option cnull_options[CNULL_NR_OPTIONS];

void cnull_config_init(struct cnull_config *config);
int cnull_option_parse(const struct cnull_option *opt, unsigned int scale,
		    struct cnull_config *config, const char *text);
u64 cnull_option_value(const struct cnull_option *opt,
		    const struct cnull_config *config);
void cnull_option_copy(const struct cnull_option *opt, struct cnull_config *to,
		    const struct cnull_config *from);
bool cnull_option_in_range(const struct cnull_option *opt,
			const struct cnull_config *config);
int cnull_config_check(const struct cnull_config *config, char *why, size_t size);

#endif
