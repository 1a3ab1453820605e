// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of the plugin: the options that NBD has a use for, and other keys.
 *
 * Any other option is refused by name, whatever its value. An option without an effect
 * would make a test pass that tests nothing.
 */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include "config.h"
#include "parameters.h"

/* Why the plugin refuses the options of a group. */
static const char *const group_reasons[CNULL_NR_GROUPS] = {
	[CNULL_GROUP_QUEUES] = "NBD has no hardware queues",
	[CNULL_GROUP_ZONES] = "NBD has no zones",
};

/* Why the plugin refuses single options. */
static const char *const reasons[CNULL_NR_OPTIONS] = {
	[CNULL_OPTION_home_node] = "the NUMA policy of the process decides, see numactl(8)",
	[CNULL_OPTION_index] = "the plugin serves one device without a number",
	[CNULL_OPTION_queue_mode] = "NBD has one kind of requests",
	[CNULL_OPTION_secure_erase] = "NBD has no secure erase",
	[CNULL_OPTION_virt_boundary] = "NBD requests have no segments",
	[CNULL_OPTION_write_zeroes] = "write zeroes is always supported",
};

/* Return why the plugin refuses an option, or NULL if the plugin takes the option. */
static const char *refusal(const struct cnull_option *option)
{
	const char *reason = reasons[option - cnull_options];

	if (option->backends & CNULL_BACKENDS_NBD)
		return NULL;
	return reason ?: group_reasons[option->group];
}

/* The text that --help shows. The constructor fills it when nbdkit loads the plugin. */
char config_help[8192];

static void add_help(const char *fmt, ...) __printf(1, 2);
static void add_help(const char *fmt, ...)
{
	size_t length = strlen(config_help), size = sizeof(config_help) - length;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(config_help + length, size, fmt, args);
	va_end(args);
	shim_require(n >= 0 && n < size);
}

static __attribute__((constructor)) void write_help(void)
{
	const struct parameter_key *key;
	unsigned int i;

	for (key = parameter_keys; key->name; key++)
		add_help("%s=%s\n    %s\n", key->name, key->format, key->help);
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];

		if (!(option->backends & CNULL_BACKENDS_NBD)) {
			shim_require(refusal(option));
			continue;
		}
		add_help("%s=%llu%s%s\n    %s\n", option->name,
			 (unsigned long long)option->def,
			 option->unit ? " " : "", option->unit ?: "", option->help);
	}
}

static const struct parameter_key *find_key(const char *name)
{
	const struct parameter_key *key;

	for (key = parameter_keys; key->name; key++)
		if (!strcmp(key->name, name))
			return key;
	return NULL;
}

/**
 * config_set - set one parameter
 * @config: the config to change
 * @name: name of an option or of another key
 * @value: the value. A size without a suffix counts MiB
 *
 * Context: Before the device exists; nbdkit has one thread. Reports errors to nbdkit.
 * Return: 0 or -1, as nbdkit's .config callback.
 */
int config_set(struct cnull_config *config, const char *name, const char *value)
{
	const struct cnull_option *option = cnull_option_find(name);
	const struct parameter_key *key = find_key(name);
	char why[256];
	int err;

	if (!option && !key) {
		nbdkit_error("no option '%s': nbdkit PLUGIN --help lists the options",
			     name);
		return -1;
	}
	if (option && refusal(option)) {
		nbdkit_error("%s=%s: not supported over NBD: %s; nbdkit PLUGIN --help lists the options",
			     name, value, refusal(option));
		return -1;
	}
	if (key) {
		err = key->set(value);
		snprintf(why, sizeof(why), "%s=%s: must be %s", name, value, key->format);
	} else {
		err = cnull_config_set(config, option, value, why, sizeof(why));
	}
	if (!err)
		return 0;
	nbdkit_error("%s", why);
	return -1;
}

/**
 * config_dump - print the parameters for --dump-plugin
 *
 * Print a line cnull_NAME=MIN..MAX for each option that the plugin takes, and a line
 * cnull_NAME=FORMAT for each other key.
 *
 * Context: Any.
 */
void config_dump(void)
{
	const struct parameter_key *key;
	unsigned int i;

	for (key = parameter_keys; key->name; key++)
		printf("cnull_%s=%s\n", key->name, key->format);
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (cnull_options[i].backends & CNULL_BACKENDS_NBD)
			printf("cnull_%s=%llu..%llu\n", cnull_options[i].name,
			       (unsigned long long)cnull_options[i].min,
			       (unsigned long long)cnull_options[i].max);
}
