// SPDX-License-Identifier: GPL-2.0
/*
 * The config of a device from text "NAME=VALUE": for servers and command lines.
 */
#include <ctype.h>
#include <stdlib.h>

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

/* Does @value have a suffix? A number without a suffix counts MiB. */
static bool has_suffix(const char *value)
{
	unsigned long number;

	return kstrtoul(value, 0, &number) == -EINVAL;
}

/* Parse a size with a suffix, such as 4G, into bytes. */
static int parse_bytes(const char *value, u64 *bytes)
{
	/* The position in this string times 10 is the number of bits to shift by. */
	static const char suffixes[] = "bkmgtpe";
	const char *suffix;
	char *end;

	if (!isdigit((unsigned char)*value))
		return -EINVAL;
	errno = 0;
	*bytes = strtoull(value, &end, 10);
	if (errno)
		return -ERANGE;
	if (!*end || end[1])
		return -EINVAL;
	if (tolower((unsigned char)*end) == 's')
		return check_mul_overflow(*bytes, 1ULL << SECTOR_SHIFT, bytes) ? -ERANGE : 0;
	suffix = strchr(suffixes, tolower((unsigned char)*end));
	if (!suffix)
		return -EINVAL;
	return check_mul_overflow(*bytes, 1ULL << 10 * (suffix - suffixes), bytes) ?
	       -ERANGE : 0;
}

/* Set the option "size" from a size with a suffix. */
static int set_size(struct cnull_config *config, const char *value, char *why,
		    size_t size)
{
	u64 bytes;
	int err = parse_bytes(value, &bytes);

	if (err == -ERANGE)
		snprintf(why, size, "size=%s: too large", value);
	else if (err)
		snprintf(why, size,
			 "size=%s: must be a number of MiB, or a number with a suffix, as 4G",
			 value);
	if (err)
		return err;
	if (bytes % SZ_1M) {
		snprintf(why, size,
			 "size=%s: is %llu bytes, must be a multiple of 1 MiB (1048576)",
			 value, (unsigned long long)bytes);
		return -EINVAL;
	}
	config->size = bytes / SZ_1M;
	return 0;
}

/**
 * cnull_config_set - set one option to a value that a user wrote
 * @config: the config to change
 * @option: the option
 * @value: the value, as cnull_option_parse() accepts it. The option "size" accepts a
 *	decimal number with a suffix too: B, S (512 bytes), K, M, G, T, P or E. The size
 *	must be a multiple of 1 MiB.
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
	int err;

	if (option == &cnull_options[CNULL_OPTION_size] && has_suffix(value))
		return set_size(config, value, why, size);
	err = cnull_option_parse(option, 1, config, value);
	if (err == -ERANGE)
		snprintf(why, size, "%s=%s: too large", option->name, value);
	else if (err)
		snprintf(why, size, "%s=%s: must be %s", option->name, value,
			 type_names[option->type]);
	return err;
}
