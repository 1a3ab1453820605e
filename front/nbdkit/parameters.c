// SPDX-License-Identifier: GPL-2.0
/*
 * The plugin's parameters: the table of options, as nbdkit knows it.
 */
#include <inttypes.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include "parameters.h"

/* Accepted, so that settings can be shared with the module. */
static const bool no_effect[CNULL_NR_OPTIONS] = {
	[CNULL_OPTION_badblocks_once] = true,
	[CNULL_OPTION_badblocks_partial_io] = true,
	[CNULL_OPTION_blocking] = true,
	[CNULL_OPTION_home_node] = true,
	[CNULL_OPTION_hw_queue_depth] = true,
	[CNULL_OPTION_index] = true,
	[CNULL_OPTION_no_sched] = true,
	[CNULL_OPTION_poll_queues] = true,
	[CNULL_OPTION_queue_mode] = true,
	[CNULL_OPTION_secure_erase] = true,
	[CNULL_OPTION_shared_tag_bitmap] = true,
	[CNULL_OPTION_shared_tags] = true,
	[CNULL_OPTION_submit_queues] = true,
	[CNULL_OPTION_use_per_node_hctx] = true,
	[CNULL_OPTION_virt_boundary] = true,
	[CNULL_OPTION_write_zeroes] = true,
	[CNULL_OPTION_zone_append_max_sectors] = true,
	[CNULL_OPTION_zone_capacity] = true,
	[CNULL_OPTION_zone_full] = true,
	[CNULL_OPTION_zone_max_active] = true,
	[CNULL_OPTION_zone_max_open] = true,
	[CNULL_OPTION_zone_nr_conv] = true,
	[CNULL_OPTION_zone_size] = true,
	[CNULL_OPTION_zoned] = true,
};

static const char *const type_names[] = {
	[CNULL_TYPE_BOOL] = "0 or 1",
	[CNULL_TYPE_UINT] = "a number",
	[CNULL_TYPE_ULONG] = "a number",
	[CNULL_TYPE_NODE] = "a node",
};

/* What --help shows; written when the plugin is loaded. */
char config_help[4096];

static __attribute__((constructor)) void write_help(void)
{
	size_t size = sizeof(config_help), n = 0;
	unsigned int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *opt = &cnull_options[i];
		bool is_size = i == CNULL_OPTION_size;

		n += snprintf(config_help + n, size - n,
			      "%s=%llu%s%s\n    %s%s%s\n", opt->name,
			      (unsigned long long)opt->def,
			      opt->unit ? " " : "", opt->unit ?: "", opt->help,
			      is_size ? "; or with a suffix, as 4G" : "",
			      no_effect[i] ? "; no effect here" : "");
		shim_require(n < size);
	}
}

static const struct cnull_option *find_opt(const char *name)
{
	unsigned int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (!strcmp(cnull_options[i].name, name))
			return &cnull_options[i];
	return NULL;
}

/* Is it a size with a suffix, in bytes? Else it is a number, of MiB. */
static bool has_suffix(const char *value)
{
	unsigned long number;

	return kstrtoul(value, 0, &number) == -EINVAL;
}

/* Write a size in bytes as MiB to @mib. */
static int size_to_mib(const char *value, char *mib, size_t size)
{
	int64_t bytes = nbdkit_parse_size(value);

	if (bytes < 0)
		return -1;
	if (bytes % SZ_1M) {
		nbdkit_error("size=%s: is %" PRId64 " bytes, must be a multiple of 1 MiB (1048576)",
			     value, bytes);
		return -1;
	}
	snprintf(mib, size, "%" PRId64, bytes / SZ_1M);
	return 0;
}

/**
 * config_set - set an option by what follows the plugin's name
 * @config: the config
 * @key: name of the option
 * @value: its value. Of size: MiB, or with a suffix bytes
 *
 * Context: Before there is a device. nbdkit is told what is wrong.
 * Return: 0 or -1, as nbdkit likes it.
 */
int config_set(struct cnull_config *config, const char *key, const char *value)
{
	const struct cnull_option *opt = find_opt(key);
	char mib[24];
	bool zoned;

	if (opt == &cnull_options[CNULL_OPTION_zoned] &&
	    !kstrtobool(value, &zoned) && zoned) {
		nbdkit_error("zoned=%s: NBD has no zones", value);
		return -1;
	}
	if (!opt) {
		nbdkit_error("no option '%s': nbdkit PLUGIN --help lists them",
			     key);
		return -1;
	}
	if (opt == &cnull_options[CNULL_OPTION_size] && has_suffix(value)) {
		if (size_to_mib(value, mib, sizeof(mib)))
			return -1;
		value = mib;
	}
	switch (cnull_option_parse(opt, 1, config, value)) {
	case 0:
		return 0;
	case -ERANGE:
		nbdkit_error("%s=%s: too large", key, value);
		return -1;
	default:
		nbdkit_error("%s=%s: must be %s", key, value,
			     type_names[opt->type]);
		return -1;
	}
}

/**
 * config_dump - list the options for --dump-plugin
 *
 * Context: Any.
 */
void config_dump(void)
{
	unsigned int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		printf("cnull_%s=%llu..%llu%s\n", cnull_options[i].name,
		       (unsigned long long)cnull_options[i].min,
		       (unsigned long long)cnull_options[i].max,
		       no_effect[i] ? " no_effect" : "");
}
