// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: one for each row of options.def that names a parameter. The
 * values are the initial config of every new device.
 */
#include <linux/moduleparam.h>

#include "params.h"

/* Static defaults, because the kernel sets parameters before it calls module init. */
struct cnull_config cnull_params = {
#define CNULL_OPTION(name, type, default_, ...) .name = CNULL_VALUE_##default_,
#include "config/options.def"
};

unsigned int cnull_nr_devices = 1;
module_param_named(nr_devices, cnull_nr_devices, uint, 0444);
MODULE_PARM_DESC(nr_devices, "number of devices to create at module load; 0: none");

static int param_set(const char *text, const struct kernel_param *kp)
{
	const struct cnull_option *option = kp->arg;

	/* The name of a bool without a value means true. */
	if (!text && option->type == CNULL_TYPE_BOOL)
		text = "1";
	if (!text)
		return -EINVAL;
	return cnull_option_parse(option, option->scale, &cnull_params, text);
}

static int param_get(char *buffer, const struct kernel_param *kp)
{
	const struct cnull_option *option = kp->arg;
	u64 value = cnull_option_value(option, &cnull_params);

	/* Use the kernel's formats for parameters of these types. */
	if (option->type == CNULL_TYPE_BOOL)
		return sysfs_emit(buffer, "%c\n", value ? 'Y' : 'N');
	if (option->type == CNULL_TYPE_NODE)
		return sysfs_emit(buffer, "%d\n", (int)value);
	return sysfs_emit(buffer, "%llu\n", value / option->scale);
}

static const struct kernel_param_ops param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set,
	.get = param_get,
};

#define DEFINE_PARAM(param, option, help)					\
	module_param_cb(param, &param_ops,					\
			(void *)&cnull_options[CNULL_OPTION_##option], 0444);	\
	MODULE_PARM_DESC(param, help);

/* Define the parameter whose name follows @help, or nothing if no name follows. */
#define DEFINE_PARAM_IF_NAMED(option, help, ...)				\
	__VA_OPT__(DEFINE_PARAM(__VA_ARGS__, option, help))

/* Expand the arguments, so that CNULL_NAME_NO_PARAM has become nothing. */
#define EXPAND(macro, ...) macro(__VA_ARGS__)

#define CNULL_OPTION(name, type, default_, range, param, help, ...)		\
	EXPAND(DEFINE_PARAM_IF_NAMED, name, help, CNULL_NAME_##param)
#include "config/options.def"
