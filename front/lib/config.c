// SPDX-License-Identifier: GPL-2.0
/*
 * The config of a device from text "NAME=VALUE": for servers and command lines.
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "config.h"

static const char *const type_names[] = {
	[CNULL_TYPE_BOOL] = "0 or 1",
	[CNULL_TYPE_UINT] = "a number",
	[CNULL_TYPE_ULONG] = "a number",
	[CNULL_TYPE_NODE] = "a node",
};

/**
 * cnull_option_find - find an option by its name
 * @name: name of the option, as in options.def
 *
 * Context: Any.
 * Return: the option, or NULL if no option has this name.
 */
const struct cnull_option *cnull_option_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (!strcmp(cnull_options[i].name, name))
			return &cnull_options[i];
	return NULL;
}

/**
 * struct suffix - a suffix of a number
 * @text: the suffix, in lower case
 * @factor: the value of 1 with this suffix, in the base unit
 */
struct suffix {
	const char *text;
	u64 factor;
};

static const struct suffix byte_suffixes[] = {
	{ "b", 1 }, { "s", 1 << SECTOR_SHIFT }, { "k", 1ULL << 10 }, { "m", 1ULL << 20 },
	{ "g", 1ULL << 30 }, { "t", 1ULL << 40 }, { "p", 1ULL << 50 }, { "e", 1ULL << 60 },
	{ }
};

static const struct suffix time_suffixes[] = {
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { }
};

static const struct suffix count_suffixes[] = {
	{ "k", 1000 }, { "m", 1000000 }, { "g", 1000000000 }, { }
};

/**
 * struct unit - a unit of options
 * @name: the name, as in options.def
 * @size: the value of the unit in the base unit: bytes, ns, or 1
 * @base: name of the base unit
 * @suffixes: the suffixes of values, which end with an empty one
 * @example: a value with a suffix
 */
static const struct unit {
	const char *name;
	u64 size;
	const char *base;
	const struct suffix *suffixes;
	const char *example;
} units[] = {
	{ "bytes", 1, "bytes", byte_suffixes, "4K" },
	{ "sectors", 1 << SECTOR_SHIFT, "bytes", byte_suffixes, "64K" },
	{ "MiB", 1 << 20, "bytes", byte_suffixes, "4G" },
	{ "MiB/s", 1 << 20, "bytes per second", byte_suffixes, "1G" },
	{ "ns", 1, "ns", time_suffixes, "10us" },
	{ "1/s", 1, "requests per second", count_suffixes, "10k" },
};

/* Return the unit of an option, or NULL if its values have no suffix. */
static const struct unit *unit_of(const struct cnull_option *option)
{
	unsigned int i;

	for (i = 0; option->unit && i < ARRAY_SIZE(units); i++)
		if (!strcmp(units[i].name, option->unit))
			return &units[i];
	return NULL;
}

/* Parse a number with one of @suffixes into the base unit. */
static int parse_suffixed(const char *value, const struct suffix *suffixes, u64 *number)
{
	char *end;

	if (!isdigit((unsigned char)*value))
		return -EINVAL;
	errno = 0;
	*number = strtoull(value, &end, 10);
	if (errno)
		return -ERANGE;
	for (; suffixes->text; suffixes++)
		if (!strcasecmp(end, suffixes->text))
			return check_mul_overflow(*number, suffixes->factor, number) ?
			       -ERANGE : 0;
	return -EINVAL;
}

/* Set an option from a number with a suffix. Return as cnull_config_set() does. */
static int set_suffixed(struct cnull_config *config, const struct cnull_option *option,
			const struct unit *unit, const char *value, char *why, size_t size)
{
	char text[24];
	u64 number;
	int err = parse_suffixed(value, unit->suffixes, &number);

	if (!err && number % unit->size) {
		snprintf(why, size, "%s=%s: is %llu %s, must be a multiple of 1 %s (%llu)",
			 option->name, value, (unsigned long long)number, unit->base,
			 unit->name, (unsigned long long)unit->size);
		return -EINVAL;
	}
	if (!err) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)(number / unit->size));
		err = cnull_option_parse(option, 1, config, text);
	}
	if (err == -ERANGE)
		snprintf(why, size, "%s=%s: too large", option->name, value);
	else if (err)
		snprintf(why, size,
			 "%s=%s: must be a number of %s, or a number with a suffix, as %s",
			 option->name, value, unit->name, unit->example);
	return err;
}

/* Is @value something else than a number? */
static bool has_suffix(const char *value)
{
	unsigned long number;

	return kstrtoul(value, 0, &number) == -EINVAL;
}

/**
 * cnull_config_set - set one option to a value that a user wrote
 * @config: the config to change
 * @option: the option
 * @value: the value, as cnull_option_parse() accepts it, or a decimal number with a
 *	suffix, if the option has a unit. Bytes, sectors and MiB, also per second: B,
 *	S (512 bytes), K, M, G, T, P or E, in powers of 1024. ns: ns, us, ms or s.
 *	Requests per second: K, M or G, in powers of 1000. The value must be a multiple of
 *	the unit.
 * @why: buffer for the error message: the option, the value, the reason
 * @size: size of @why in bytes
 *
 * Check the type only. Power on checks the range.
 *
 * Context: Any. The caller holds the lock of @config.
 * Return: 0, -EINVAL if @value is not a value of the option's type, or -ERANGE if the
 * value does not fit into the type. An error leaves @config unchanged and a message
 * in @why.
 */
int cnull_config_set(struct cnull_config *config, const struct cnull_option *option,
		     const char *value, char *why, size_t size)
{
	const struct unit *unit = unit_of(option);
	int err;

	if (unit && has_suffix(value))
		return set_suffixed(config, option, unit, value, why, size);
	err = cnull_option_parse(option, 1, config, value);
	if (err == -ERANGE)
		snprintf(why, size, "%s=%s: too large", option->name, value);
	else if (err)
		snprintf(why, size, "%s=%s: must be %s", option->name, value,
			 type_names[option->type]);
	return err;
}
