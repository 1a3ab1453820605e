// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: one for each row of the options table that has one. They
 * are what new devices begin with, whoever makes them.
 */
#include <linux/moduleparam.h>

#include "params.h"

/* The defaults: parameters are parsed before any code of ours could run. */
struct cnull_config cnull_params = {
#define CNULL_OPTION(name, type, def, ...) .name = def,
#include "config/options.def"
};

unsigned int cnull_nr_devices = 1;
module_param_named(nr_devices, cnull_nr_devices, uint, 0444);
MODULE_PARM_DESC(nr_devices, "devices to create at load (1)");

static int param_set(const char *text, const struct kernel_param *kp)
{
	const struct cnull_option *opt = kp->arg;

	/* A bool's name alone means yes. */
	if (!text && opt->type == CNULL_TYPE_BOOL)
		text = "1";
	if (!text)
		return -EINVAL;
	return cnull_option_parse(opt, opt->scale, &cnull_params, text);
}

static int param_get(char *buffer, const struct kernel_param *kp)
{
	const struct cnull_option *opt = kp->arg;
	u64 value = cnull_option_value(opt, &cnull_params);

	/* As the kernel shows parameters of these types. */
	if (opt->type == CNULL_TYPE_BOOL)
		return sysfs_emit(buffer, "%c\n", value ? 'Y' : 'N');
	if (opt->type == CNULL_TYPE_NODE)
		return sysfs_emit(buffer, "%d\n", (int)value);
	return sysfs_emit(buffer, "%llu\n", value / opt->scale);
}

static const struct kernel_param_ops param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set,
	.get = param_get,
};

#define CNULL_OPTION_NOPARAM(...)
#define CNULL_OPTION(name, type, def, min, max, when, param, scale, unit, help) \
	module_param_cb(param, &param_ops,				     \
			(void *)&cnull_options[CNULL_OPTION_##name], 0444);	     \
	MODULE_PARM_DESC(param, help);
#include "config/options.def"
