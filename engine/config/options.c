// SPDX-License-Identifier: GPL-2.0
/*
 * Options: reading, showing and range checking the settings of a device, all
 * driven by the table in opts.def.
 */
#include "config/options.h"

/* A row's default and range are constants, so they are checked right here. */
#define CNULL_OPTION(name, type, def, min, max, ...)			\
	static_assert((u64)(CNULL_CTYPE_##type)(def) >= (min) &&	\
		      (u64)(CNULL_CTYPE_##type)(def) <= (max));
#include "config/options.def"

const struct cnull_option cnull_options[CNULL_NR_OPTIONS] = {
#define CNULL_OPTION(name_, type_, def_, min_, max_, when_, param_, scale_,	\
		  unit_, help_)						\
	[CNULL_OPTION_##name_] = {						\
		.name = #name_,						\
		.param = #param_,					\
		.unit = unit_,						\
		.help = help_,						\
		.type = CNULL_TYPE_##type_,				\
		.when = CNULL_WHEN_##when_,				\
		.scale = scale_,					\
		.offset = offsetof(struct cnull_config, name_),	\
		.def = (CNULL_CTYPE_##type_)(def_),			\
		.min = min_,						\
		.max = max_,						\
	},
#include "config/options.def"
};

static void opt_put(const struct cnull_option *opt, struct cnull_config *config,
		    u64 value)
{
	void *field = (char *)config + opt->offset;

	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		*(bool *)field = value;
		break;
	case CNULL_TYPE_UINT:
	case CNULL_TYPE_NODE:
		*(unsigned int *)field = value;
		break;
	case CNULL_TYPE_ULONG:
		*(unsigned long *)field = value;
		break;
	}
}

/**
 * cnull_option_value - the value of one option
 * @opt: the option
 * @config: the settings it is taken from
 *
 * Context: Any.
 * Return: the value, in the unit of the option; a bool is 0 or 1.
 */
u64 cnull_option_value(const struct cnull_option *opt,
		    const struct cnull_config *config)
{
	const void *field = (const char *)config + opt->offset;

	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		return *(const bool *)field;
	case CNULL_TYPE_UINT:
	case CNULL_TYPE_NODE:
		return *(const unsigned int *)field;
	case CNULL_TYPE_ULONG:
		return *(const unsigned long *)field;
	}
	return 0;
}

/**
 * cnull_option_copy - copy the value of one option
 * @opt: the option
 * @to: the settings it is copied to
 * @from: the settings it is taken from
 *
 * Context: Any.
 */
void cnull_option_copy(const struct cnull_option *opt, struct cnull_config *to,
		    const struct cnull_config *from)
{
	opt_put(opt, to, cnull_option_value(opt, from));
}

/**
 * cnull_config_init - give every option its default
 * @config: the settings to fill
 *
 * Context: Any.
 */
void cnull_config_init(struct cnull_config *config)
{
	int i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		opt_put(&cnull_options[i], config, cnull_options[i].def);
}

/**
 * cnull_option_parse - read the value of one option from text
 * @opt: the option
 * @scale: the text counts in units of this many: 1 for an attribute,
 *	&cnull_option.scale for a module parameter
 * @config: where the value goes
 * @text: the value: a number in C notation, or what kstrtobool() takes for a
 *	bool. A newline at the end is ignored.
 *
 * Only the type is checked, not the range: as in null_blk, values may be
 * written in any order, and are judged together at power on.
 *
 * Context: Any.
 * Return: 0, -EINVAL if @text is no such value, -ERANGE if it does not fit the
 * type. On error @config is as it was.
 */
int cnull_option_parse(const struct cnull_option *opt, unsigned int scale,
		    struct cnull_config *config, const char *text)
{
	unsigned long ul = 0;
	unsigned int ui = 0;
	bool b = false;
	int err;

	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		err = kstrtobool(text, &b);
		ul = b;
		break;
	case CNULL_TYPE_NODE:
		if (sysfs_streq(text, "-1")) {
			err = 0;
			ul = (unsigned int)NUMA_NO_NODE;
			break;
		}
		fallthrough;
	case CNULL_TYPE_UINT:
		err = kstrtouint(text, 0, &ui);
		ul = ui;
		break;
	case CNULL_TYPE_ULONG:
		err = kstrtoul(text, 0, &ul);
		break;
	default:
		return -EINVAL;
	}
	if (!err && check_mul_overflow(ul, (unsigned long)scale, &ul))
		err = -ERANGE;
	if (!err)
		opt_put(opt, config, ul);
	return err;
}

/**
 * cnull_option_in_range - is the value of one option in its range?
 * @opt: the option
 * @config: the settings it is taken from
 *
 * Context: Any.
 * Return: true if so.
 */
bool cnull_option_in_range(const struct cnull_option *opt,
			const struct cnull_config *config)
{
	u64 value = cnull_option_value(opt, config);

	return value >= opt->min && value <= opt->max;
}

/**
 * cnull_config_check - check that every option is in its range
 * @config: the settings
 * @why: where to say what is wrong, with the value and what would be right
 * @size: bytes at @why
 *
 * Context: Any.
 * Return: 0, or -EINVAL with @why filled.
 */
int cnull_config_check(const struct cnull_config *config, char *why, size_t size)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *opt = &cnull_options[i];
		u64 value = cnull_option_value(opt, config);

		if (!cnull_option_in_range(opt, config)) {
			snprintf(why, size, "%s is %llu, must be %llu to %llu%s%s",
				 opt->name, (unsigned long long)value,
				 (unsigned long long)opt->min,
				 (unsigned long long)opt->max,
				 *opt->unit ? " " : "", opt->unit);
			return -EINVAL;
		}
	}
	return 0;
}
