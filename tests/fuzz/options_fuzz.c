// SPDX-License-Identifier: GPL-2.0
/*
 * Text of options. The input is a list of lines. "NAME=VALUE" sets an option of a
 * device, "on" and "off" change its power. Each value, and the whole input, is also
 * parsed as a value of every option.
 */
#include <stdlib.h>

#include "fuzz.h"

/** struct values - the values of all options, by enum cnull_option_id */
struct values {
	u64 of[CNULL_NR_OPTIONS];
};

static struct values values_of(struct cnull_dev *dev)
{
	struct values values;
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		values.of[i] = cnull_dev_get(dev, &cnull_options[i]);
	return values;
}

static void require_values(struct cnull_dev *dev, const struct values *want)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		shim_require(cnull_dev_get(dev, &cnull_options[i]) == want->of[i]);
}

/* Require that a value is the same after printing and parsing. */
static void require_reads_back(const struct cnull_option *option, u64 value)
{
	struct cnull_config config;
	char text[32];

	cnull_config_init(&config);
	snprintf(text, sizeof(text), "%llu\n", value);
	shim_require(!cnull_option_parse(option, 1, &config, text));
	shim_require(cnull_option_value(option, &config) == value);
}

/* Is @value valid for a live option of a powered-on device? */
static bool may_be_live(const struct values *values, enum cnull_option_id id,
			u64 value)
{
	bool submit = id == CNULL_OPTION_submit_queues;

	if (submit || id == CNULL_OPTION_poll_queues)
		return value >= submit && value <= nr_cpu_ids &&
		       !values->of[CNULL_OPTION_shared_tags];
	if (id == CNULL_OPTION_zone_max_open || id == CNULL_OPTION_zone_max_active)
		return true;
	return value <= (id == CNULL_OPTION_iops ? 1000000000 : 40960);
}

/* Parse @text for @option, and require that no other option changes. */
static int check_parse(const struct cnull_option *option, unsigned int scale,
		       const char *text, u64 *value)
{
	struct cnull_config before, config;
	int err, i;

	cnull_config_init(&before);
	memcpy(&config, &before, sizeof(config));
	err = cnull_option_parse(option, scale, &config, text);
	if (err) {
		shim_require(err == -EINVAL || err == -ERANGE);
		shim_require(!memcmp(&config, &before, sizeof(config)));
		return err;
	}
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		shim_require(&cnull_options[i] == option ||
			     cnull_option_value(&cnull_options[i], &config) ==
			     cnull_option_value(&cnull_options[i], &before));
	*value = cnull_option_value(option, &config);
	require_reads_back(option, *value);
	return 0;
}

/* Require that a module parameter has the value of the attribute times the scale. */
static void check_text(const char *text)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];
		u64 plain = 0, scaled = 0;
		int err = check_parse(option, 1, text, &plain);
		int scaled_err = check_parse(option, option->scale, text, &scaled);

		if (!scaled_err)
			shim_require(!err && scaled % option->scale == 0 &&
				     scaled / option->scale == plain);
		else
			shim_require(err == scaled_err ||
				     plain > ULONG_MAX / option->scale);
	}
}

static u64 nr_zones(const struct values *values)
{
	u64 zone = values->of[CNULL_OPTION_zone_size];

	return zone ? values->of[CNULL_OPTION_size] / zone +
		      !!(values->of[CNULL_OPTION_size] % zone) : 0;
}

/* Replace the options of zones by their effective values. */
static void normalize_zones(struct values *values)
{
	u64 *open = &values->of[CNULL_OPTION_zone_max_open];
	u64 *active = &values->of[CNULL_OPTION_zone_max_active];
	u64 *capacity = &values->of[CNULL_OPTION_zone_capacity];
	u64 *append = &values->of[CNULL_OPTION_zone_append_max_sectors];
	u64 most = nr_zones(values) - values->of[CNULL_OPTION_zone_nr_conv];

	if (!values->of[CNULL_OPTION_zoned])
		return;
	values->of[CNULL_OPTION_discard] = 0;
	*capacity = *capacity ?: values->of[CNULL_OPTION_zone_size];
	*active = *active < most ? *active : 0;
	*open = *active ? min(*open, *active) : *open < most ? *open : 0;
	*append -= *append % (values->of[CNULL_OPTION_blocksize] / 512);
	*append = min(*append, *capacity * 2048);
}

/* Replace the effective zone limits in @values by the limits that the user set. */
static struct values limits_of(struct cnull_dev *dev, struct values values)
{
	guard(mutex)(&dev->lock);
	values.of[CNULL_OPTION_zone_max_open] = dev->config.zone_max_open;
	values.of[CNULL_OPTION_zone_max_active] = dev->config.zone_max_active;
	return values;
}

static void check_store(struct cnull_dev *dev, const struct cnull_option *option,
		      const char *text)
{
	struct values want = values_of(dev);
	u64 value = 0;
	int err = check_parse(option, 1, text, &value);

	if (!err && cnull_dev_is_on(dev)) {
		if (option->when != CNULL_WHEN_LIVE)
			err = -EBUSY;
		else if (!may_be_live(&want, option - cnull_options, value))
			err = -EINVAL;
	}
	if (!err && cnull_dev_is_on(dev) && want.of[CNULL_OPTION_zoned])
		want = limits_of(dev, want);
	if (!err)
		want.of[option - cnull_options] = value;
	if (cnull_dev_is_on(dev))
		normalize_zones(&want);
	shim_require(cnull_dev_set(dev, option, text) == err);
	require_values(dev, &want);
}

/* Are the options of zones valid? */
static bool zones_are_valid(const struct values *values)
{
	u64 size = values->of[CNULL_OPTION_size];
	u64 zone = values->of[CNULL_OPTION_zone_size];
	u64 capacity = values->of[CNULL_OPTION_zone_capacity];
	u64 nr = nr_zones(values);

	if (!zone || zone > size)
		return false;
	return nr <= 1 << 22 && values->of[CNULL_OPTION_zone_nr_conv] < nr &&
	       capacity <= zone &&
	       (!capacity || capacity == zone || size % zone == 0) &&
	       !values->of[CNULL_OPTION_write_zeroes] &&
	       !values->of[CNULL_OPTION_secure_erase];
}

/* Is a config valid? Computed independently of the engine's own validation. */
static bool config_is_valid(const struct values *values)
{
	u64 blocksize = values->of[CNULL_OPTION_blocksize];
	u64 most = values->of[CNULL_OPTION_max_sectors] * 512;
	u64 node = values->of[CNULL_OPTION_home_node];
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (values->of[i] < cnull_options[i].min ||
		    values->of[i] > cnull_options[i].max)
			return false;
	return __builtin_popcountll(blocksize) == 1 &&
	       (!most || (most >= PAGE_SIZE && most >= blocksize)) &&
	       values->of[CNULL_OPTION_queue_mode] != 1 &&
	       (values->of[CNULL_OPTION_memory_backed] ||
		!values->of[CNULL_OPTION_cache_size]) &&
	       (!values->of[CNULL_OPTION_zoned] || zones_are_valid(values)) &&
	       (node == 0 || node == UINT_MAX);
}

/*
 * Power on, and require success for a valid config. Require an error message and
 * unchanged options for any other config.
 */
static void check_power_on(struct cnull_dev *dev)
{
	struct values want = values_of(dev);
	u64 *submit = &want.of[CNULL_OPTION_submit_queues];
	u64 *poll = &want.of[CNULL_OPTION_poll_queues];
	unsigned int starts = fuzz_calls.starts;
	bool was_on = cnull_dev_is_on(dev);
	bool valid = was_on || config_is_valid(&want);
	char why[CNULL_ERROR_SIZE];

	/* Skip configs with many zones, because their creation takes long. */
	if (want.of[CNULL_OPTION_zoned] && nr_zones(&want) > 1 << 12)
		return;

	shim_require(cnull_dev_power(dev, true) == (valid ? 0 : -EINVAL));
	shim_require(cnull_dev_is_on(dev) == valid);
	shim_require(fuzz_calls.starts == starts + (valid && !was_on));
	cnull_dev_error(dev, why, sizeof(why));
	shim_require(!*why == valid);
	if (valid) {
		*submit = clamp(*submit, 1ULL, (u64)nr_cpu_ids);
		*poll = min(*poll, (u64)nr_cpu_ids);
		if (want.of[CNULL_OPTION_use_per_node_hctx])
			*submit = 1;
		normalize_zones(&want);
	}
	require_values(dev, &want);
}

static const struct cnull_option *option_named(const char *name, size_t len)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		if (strlen(cnull_options[i].name) == len &&
		    !memcmp(cnull_options[i].name, name, len))
			return &cnull_options[i];
	return NULL;
}

static void run_line(struct cnull_dev *dev, const char *line)
{
	const char *equals = strchr(line, '=');
	const char *value = equals ? equals + 1 : line;
	const struct cnull_option *option = NULL;

	check_text(value);
	if (equals)
		option = option_named(line, equals - line);
	if (option) {
		check_store(dev, option, value);
	} else if (sysfs_streq(line, "on")) {
		check_power_on(dev);
	} else if (sysfs_streq(line, "off")) {
		shim_require(!cnull_dev_power(dev, false));
		shim_require(!cnull_dev_is_on(dev));
	}
}

/* Return a copy without slack at its end, so that sanitizers detect an overrun. */
static char *text_of(const u8 *data, size_t size)
{
	char *text = malloc(size + 1);

	shim_require(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

void fuzz_one(const u8 *data, size_t size)
{
	struct cnull_config config;
	struct cnull_dev dev;
	char *text = text_of(data, size);

	check_text(text);
	free(text);

	cnull_config_init(&config);
	cnull_dev_init(&dev, "fuzz", &config, &fuzz_backend);
	while (size) {
		const u8 *newline = memchr(data, '\n', size);
		size_t len = newline ? (size_t)(newline - data) + 1 : size;

		text = text_of(data, len);
		run_line(&dev, text);
		free(text);
		data += len;
		size -= len;
	}
	cnull_dev_kill(&dev);
	cnull_dev_destroy(&dev);
}
