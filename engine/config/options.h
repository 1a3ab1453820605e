/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options and the config of a device. The table options.def describes the options.
 */
#ifndef CNULL_OPTIONS_H
#define CNULL_OPTIONS_H

#include "platform.h"

/* Maximum capacity in MiB: the offset of the last byte fits into a loff_t. */
#define CNULL_MAX_MIB	((1ULL << 43) - 1)

/* Maximum duration of a request in ns: the sum with any clock fits into an s64. */
#define CNULL_MAX_NSEC	(1ULL << 62)

/* Maximum limits: null_blk's for MiB/s, and the throttle's for requests per second. */
#define CNULL_MAX_MBPS	(40 * 1024U)
#define CNULL_MAX_IOPS	1000000000U

/* Sectors in a MiB, the unit of sizes among the options. */
#define CNULL_MIB_SECTORS	(SZ_1M >> SECTOR_SHIFT)

/* The C type of an option, by the type of its row. */
#define CNULL_CTYPE_BOOL	bool
#define CNULL_CTYPE_UINT	unsigned int
#define CNULL_CTYPE_ULONG	unsigned long
#define CNULL_CTYPE_NODE	unsigned int

/*
 * Unpack an argument of a row, as in CNULL_MIN_##range. The name and scale of a
 * module parameter are tokens. The name of no parameter is empty as a token, and NULL
 * as a string.
 */
#define CNULL_VALUE_DEFAULT(value)		value
#define CNULL_MIN_RANGE(min, max)		min
#define CNULL_MAX_RANGE(min, max)		max
#define CNULL_NAME_PARAM(name)			name
#define CNULL_NAME_SCALED_PARAM(name, scale)	name
#define CNULL_NAME_NO_PARAM
#define CNULL_STRING_PARAM(name)		#name
#define CNULL_STRING_SCALED_PARAM(name, scale)	#name
#define CNULL_STRING_NO_PARAM			NULL
#define CNULL_SCALE_PARAM(name)			1
#define CNULL_SCALE_SCALED_PARAM(name, scale)	scale
#define CNULL_SCALE_NO_PARAM			1

/**
 * struct cnull_config - the values of all options that a user set for a device
 *
 * One field for each CNULL_OPTION row of options.def, named after the row, in the
 * unit of the row. Plain data: assignment copies a config. The owner of a config
 * provides the lock.
 */
struct cnull_config {
#define CNULL_OPTION(name, type, ...) CNULL_CTYPE_##type name;
#include "config/options.def"
};

/** enum cnull_option_type - the type of an option's value */
enum cnull_option_type {
	CNULL_TYPE_BOOL,
	CNULL_TYPE_UINT,
	CNULL_TYPE_ULONG,
	CNULL_TYPE_NODE,
};

/** enum cnull_option_when - the states of a device that allow a change of an option */
enum cnull_option_when {
	CNULL_WHEN_OFF,		/* only while the device is off */
	CNULL_WHEN_LIVE,	/* in any state */
};

/** enum cnull_option_group - the subject of an option; 0 is no group */
enum cnull_option_group {
	CNULL_GROUP_GENERAL = 1,
	CNULL_GROUP_QUEUES,
	CNULL_GROUP_MEMORY,
	CNULL_GROUP_ZONES,
	CNULL_GROUP_FAULTS,
	CNULL_GROUP_LIMITS,
	CNULL_NR_GROUPS
};

/** enum cnull_backend_kind - the backends, as far as the engine distinguishes them */
enum cnull_backend_kind {
	CNULL_BACKEND_MQ,	/* requests of blk-mq: kernel module, queue_mode 2 */
	CNULL_BACKEND_BIO,	/* bios: kernel module, queue_mode 0 */
	CNULL_BACKEND_NBD,	/* requests of NBD: nbdkit plugin */
	CNULL_NR_BACKENDS
};

/* Masks of backends */
#define CNULL_BACKENDS_MQ	(1U << CNULL_BACKEND_MQ)
#define CNULL_BACKENDS_BIO	(1U << CNULL_BACKEND_BIO)
#define CNULL_BACKENDS_NBD	(1U << CNULL_BACKEND_NBD)
#define CNULL_BACKENDS_KERNEL	(CNULL_BACKENDS_MQ | CNULL_BACKENDS_BIO)
#define CNULL_BACKENDS_ALL	(CNULL_BACKENDS_KERNEL | CNULL_BACKENDS_NBD)

/** enum cnull_option_id - the index of an option in cnull_options */
enum cnull_option_id {
#define CNULL_OPTION(name, ...) CNULL_OPTION_##name,
#include "config/options.def"
	CNULL_NR_OPTIONS
};

/**
 * struct cnull_option - one row of the table
 * @name:	name of the option and of its configfs attribute
 * @param:	name of the module parameter, or NULL
 * @unit:	unit of the value, or NULL for a plain number
 * @help:	description of the value, one line
 * @type:	type of the value
 * @when:	states of a device that allow a change
 * @group:	subject
 * @backends:	mask of the backends in which the option has an effect
 * @scale:	unit of the module parameter, as a multiple of @unit
 * @offset:	offset of the value in struct cnull_config, in bytes
 * @def:	default, in @unit
 * @min:	minimum that power on accepts, in @unit
 * @max:	maximum that power on accepts, in @unit
 */
struct cnull_option {
	const char *name;
	const char *param;
	const char *unit;
	const char *help;
	enum cnull_option_type type;
	enum cnull_option_when when;
	enum cnull_option_group group;
	unsigned int backends;
	unsigned int scale;
	size_t offset;
	u64 def;
	u64 min;
	u64 max;
};

extern const struct cnull_option cnull_options[CNULL_NR_OPTIONS];

void cnull_config_init(struct cnull_config *config);
int cnull_option_parse(const struct cnull_option *option, unsigned int scale,
		       struct cnull_config *config, const char *text);
u64 cnull_option_value(const struct cnull_option *option,
		       const struct cnull_config *config);
void cnull_option_copy(const struct cnull_option *option, struct cnull_config *to,
		       const struct cnull_config *from);
bool cnull_option_in_range(const struct cnull_option *option,
			   const struct cnull_config *config);
int cnull_config_check(const struct cnull_config *config, char *why, size_t size);

#endif
