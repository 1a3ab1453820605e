// SPDX-License-Identifier: GPL-2.0
/*
 * Options: reading, showing and range checking the settings of a device, all
 * driven by the table in opts.def.
 */
#include "opts.h"

/* A row's default and range are constants, so they are checked right here. */
#define CNULL_OPT(name, type, def, min, max, ...)			\
	static_assert((u64)(CNULL_CTYPE_##type)(def) >= (min) &&	\
		      (u64)(CNULL_CTYPE_##type)(def) <= (max));
#include "opts.def"

const struct cnull_opt cnull_opts[CNULL_NR_OPTS] = {
#define CNULL_OPT(name_, type_, def_, min_, max_, when_, param_, scale_,	\
		  unit_, help_)						\
	[CNULL_OPT_##name_] = {						\
		.name = #name_,						\
		.param = #param_,					\
		.unit = unit_,						\
		.help = help_,						\
		.type = CNULL_TYPE_##type_,				\
		.when = CNULL_WHEN_##when_,				\
		.scale = scale_,					\
		.offset = offsetof(struct cnull_settings, name_),	\
		.def = (CNULL_CTYPE_##type_)(def_),			\
		.min = min_,						\
		.max = max_,						\
	},
#include "opts.def"
};

static void opt_put(const struct cnull_opt *opt, struct cnull_settings *set,
		    u64 value)
{
	void *field = (char *)set + opt->offset;

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
 * cnull_opt_value - the value of one option
 * @opt: the option
 * @set: the settings it is taken from
 *
 * Context: Any.
 * Return: the value, in the unit of the option; a bool is 0 or 1.
 */
u64 cnull_opt_value(const struct cnull_opt *opt,
		    const struct cnull_settings *set)
{
	const void *field = (const char *)set + opt->offset;

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
 * cnull_opt_copy - copy the value of one option
 * @opt: the option
 * @to: the settings it is copied to
 * @from: the settings it is taken from
 *
 * Context: Any.
 */
void cnull_opt_copy(const struct cnull_opt *opt, struct cnull_settings *to,
		    const struct cnull_settings *from)
{
	opt_put(opt, to, cnull_opt_value(opt, from));
}

/**
 * cnull_opts_default - give every option its default
 * @set: the settings to fill
 *
 * Context: Any.
 */
void cnull_opts_default(struct cnull_settings *set)
{
	int i;

	memset(set, 0, sizeof(*set));
	for (i = 0; i < CNULL_NR_OPTS; i++)
		opt_put(&cnull_opts[i], set, cnull_opts[i].def);
}

/**
 * cnull_opt_parse - read the value of one option from text
 * @opt: the option
 * @scale: the text counts in units of this many: 1 for an attribute,
 *	&cnull_opt.scale for a module parameter
 * @set: where the value goes
 * @text: the value: a number in C notation, or what kstrtobool() takes for a
 *	bool. A newline at the end is ignored.
 *
 * Only the type is checked, not the range: as in null_blk, values may be
 * written in any order, and are judged together at power on.
 *
 * Context: Any.
 * Return: 0, -EINVAL if @text is no such value, -ERANGE if it does not fit the
 * type. On error @set is as it was.
 */
int cnull_opt_parse(const struct cnull_opt *opt, unsigned int scale,
		    struct cnull_settings *set, const char *text)
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
		opt_put(opt, set, ul);
	return err;
}

/**
 * cnull_opt_in_range - is the value of one option in its range?
 * @opt: the option
 * @set: the settings it is taken from
 *
 * Context: Any.
 * Return: true if so.
 */
bool cnull_opt_in_range(const struct cnull_opt *opt,
			const struct cnull_settings *set)
{
	u64 value = cnull_opt_value(opt, set);

	return value >= opt->min && value <= opt->max;
}

/**
 * cnull_opts_check - check that every option is in its range
 * @set: the settings
 * @why: where to say what is wrong, with the value and what would be right
 * @size: bytes at @why
 *
 * Context: Any.
 * Return: 0, or -EINVAL with @why filled.
 */
int cnull_opts_check(const struct cnull_settings *set, char *why, size_t size)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTS; i++) {
		const struct cnull_opt *opt = &cnull_opts[i];
		u64 value = cnull_opt_value(opt, set);

		if (!cnull_opt_in_range(opt, set)) {
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
