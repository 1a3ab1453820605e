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
 * struct cnull_settings - what a user can set of a device
 *
 * One field for each CNULL_OPT row of opts.def, named after it, in the row's
 * unit. Plain data: copied by assignment, guarded by whoever holds it.
 */
struct cnull_settings {
#define CNULL_OPT(name, type, ...) CNULL_CTYPE_##type name;
#include "opts.def"
};

/** enum cnull_opt_type - how the value of an option is read and written */
enum cnull_opt_type {
	CNULL_TYPE_BOOL,
	CNULL_TYPE_UINT,
	CNULL_TYPE_ULONG,
	CNULL_TYPE_NODE,
};

/** enum cnull_opt_when - when an option may change */
enum cnull_opt_when {
	CNULL_WHEN_OFF,		/* only while the device is off */
	CNULL_WHEN_LIVE,	/* at any time */
};

/** enum cnull_opt_id - an option's index in cnull_opts */
enum cnull_opt_id {
#define CNULL_OPT(name, ...) CNULL_OPT_##name,
#include "opts.def"
	CNULL_NR_OPTS
};

/**
 * struct cnull_opt - one row of the table
 * @name:	name of the attribute
 * @param:	name of the module parameter; empty if there is none
 * @unit:	what the value counts; empty for a plain number
 * @help:	one line
 * @type:	how to read and write the value
 * @when:	when it may change
 * @scale:	the module parameter counts in units of this many
 * @offset:	of the value in struct cnull_settings
 * @def:	default
 * @min:	least value that can be powered on
 * @max:	greatest value that can be powered on
 */
struct cnull_opt {
	const char *name;
	const char *param;
	const char *unit;
	const char *help;
	enum cnull_opt_type type;
	enum cnull_opt_when when;
	unsigned int scale;
	size_t offset;
	u64 def;
	u64 min;
	u64 max;
};

extern const struct cnull_opt cnull_opts[CNULL_NR_OPTS];

void cnull_opts_default(struct cnull_settings *set);
int cnull_opt_parse(const struct cnull_opt *opt, unsigned int scale,
		    struct cnull_settings *set, const char *text);
u64 cnull_opt_value(const struct cnull_opt *opt,
		    const struct cnull_settings *set);
void cnull_opt_copy(const struct cnull_opt *opt, struct cnull_settings *to,
		    const struct cnull_settings *from);
bool cnull_opt_in_range(const struct cnull_opt *opt,
			const struct cnull_settings *set);
int cnull_opts_check(const struct cnull_settings *set, char *why, size_t size);

#endif
