// SPDX-License-Identifier: GPL-2.0
/*
 * Options: parse a value, read a value from a config, check a value's range. The
 * table options.def drives all of these.
 */
#include "config/options.h"

/* The default of each row fits into the C type, and is in the range of the row. */
#define CNULL_OPTION(name, type, default_, range, ...)				\
	static_assert((u64)(CNULL_CTYPE_##type)(CNULL_VALUE_##default_) >=	\
		      (CNULL_MIN_##range) &&					\
		      (u64)(CNULL_CTYPE_##type)(CNULL_VALUE_##default_) <=	\
		      (CNULL_MAX_##range));
#include "config/options.def"

const struct cnull_option cnull_options[CNULL_NR_OPTIONS] = {
#define CNULL_OPTION(name_, type_, default_, range_, param_, help_, ...)	\
	[CNULL_OPTION_##name_] = {						\
		.name = #name_,							\
		.param = CNULL_STRING_##param_,					\
		.help = help_,							\
		.type = CNULL_TYPE_##type_,					\
		.scale = CNULL_SCALE_##param_,					\
		.offset = offsetof(struct cnull_config, name_),			\
		.def = (CNULL_CTYPE_##type_)(CNULL_VALUE_##default_),		\
		.min = CNULL_MIN_##range_,					\
		.max = CNULL_MAX_##range_,					\
		__VA_ARGS__							\
	},
#include "config/options.def"
};

static void set_value(const struct cnull_option *option, struct cnull_config *config,
		      u64 value)
{
	void *field = (char *)config + option->offset;

	switch (option->type) {
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
 * cnull_option_value - return the value of one option
 * @option: the option
 * @config: the config to read
 *
 * Context: Any. The caller holds the lock of @config.
 * Return: the value in &cnull_option.unit; 0 or 1 for a bool.
 */
u64 cnull_option_value(const struct cnull_option *option,
		       const struct cnull_config *config)
{
	const void *field = (const char *)config + option->offset;

	switch (option->type) {
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
 * @option: the option
 * @to: the config to change
 * @from: the config to read
 *
 * Context: Any. The caller holds the locks of both configs.
 */
void cnull_option_copy(const struct cnull_option *option, struct cnull_config *to,
		       const struct cnull_config *from)
{
	set_value(option, to, cnull_option_value(option, from));
}

/**
 * cnull_config_init - set every option to its default
 * @config: the config to fill; its old contents are ignored
 *
 * Context: Any.
 */
void cnull_config_init(struct cnull_config *config)
{
	int i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		set_value(&cnull_options[i], config, cnull_options[i].def);
}

/**
 * cnull_option_parse - parse the value of one option
 * @option: the option
 * @scale: multiplier of a number in @text: 1 for an attribute,
 *	&cnull_option.scale for a module parameter
 * @config: the config to change
 * @text: a number in C notation, or for a bool any text that kstrtobool() accepts.
 *	One trailing newline is ignored.
 *
 * Check the type only, not the range. As in null_blk, a user may write options in any
 * order. Power on validates all values together.
 *
 * Context: Any. The caller holds the lock of @config.
 * Return: 0, -EINVAL if @text is not a value of the option's type, or -ERANGE if the
 * value does not fit into the type. An error leaves @config unchanged.
 */
int cnull_option_parse(const struct cnull_option *option, unsigned int scale,
		       struct cnull_config *config, const char *text)
{
	unsigned long ul = 0;
	unsigned int ui = 0;
	bool b = false;
	int err;

	switch (option->type) {
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
		set_value(option, config, ul);
	return err;
}

/**
 * cnull_option_in_range - is the value of one option in the option's range?
 * @option: the option
 * @config: the config to read
 *
 * Context: Any. The caller holds the lock of @config.
 * Return: true if the value is in the range, else false.
 */
bool cnull_option_in_range(const struct cnull_option *option,
			   const struct cnull_config *config)
{
	u64 value = cnull_option_value(option, config);

	return value >= option->min && value <= option->max;
}

/**
 * cnull_config_check - check the range of every option
 * @config: the config to read
 * @why: buffer for the error message: the first option that is out of range, its
 *	value, its range
 * @size: size of @why in bytes
 *
 * Context: Any. The caller holds the lock of @config.
 * Return: 0, or -EINVAL with a message in @why.
 */
int cnull_config_check(const struct cnull_config *config, char *why, size_t size)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];
		u64 value = cnull_option_value(option, config);

		if (!cnull_option_in_range(option, config)) {
			snprintf(why, size, "%s is %llu, must be %llu to %llu%s%s",
				 option->name, (unsigned long long)value,
				 (unsigned long long)option->min,
				 (unsigned long long)option->max,
				 option->unit ? " " : "", option->unit ?: "");
			return -EINVAL;
		}
	}
	return 0;
}
