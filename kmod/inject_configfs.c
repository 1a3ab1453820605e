// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection: its directories in configfs, and its module parameters.
 *
 * The directory of a device has one directory for each kind of fault, with a file for
 * each attribute of the table inject.def.
 */
#include <linux/moduleparam.h>

#include "inject_configfs.h"

/*
 * The first faults of new devices. Initialized statically, because the kernel parses
 * parameters before it runs code of the module.
 */
struct cnull_fault cnull_fault_params[CNULL_NR_FAULTS] = {
	[0 ... CNULL_NR_FAULTS - 1] = {
		.value = {
#define CNULL_FAULT(name, file, def, ...) \
			[CNULL_FAULT_ID_##name] = ATOMIC_LONG_INIT(def),
#include "fault/inject.def"
		},
	},
};

static int param_set(const char *text, const struct kernel_param *kp)
{
	return cnull_fault_parse(kp->arg, text);
}

static int param_get(char *buffer, const struct kernel_param *kp)
{
	const struct cnull_fault *fault = kp->arg;

	return sysfs_emit(buffer, "%ld,%ld,%ld,%ld\n",
			  cnull_fault_get(fault, CNULL_FAULT_ID_interval),
			  cnull_fault_get(fault, CNULL_FAULT_ID_probability),
			  cnull_fault_get(fault, CNULL_FAULT_ID_space),
			  cnull_fault_get(fault, CNULL_FAULT_ID_times));
}

static const struct kernel_param_ops param_ops = {
	.set = param_set,
	.get = param_get,
};

#define FAULT_PARAM(name, kind, help)					\
	module_param_cb(name, &param_ops, &cnull_fault_params[kind], 0444); \
	MODULE_PARM_DESC(name, help ": <interval>,<probability>,<space>,<times>")

FAULT_PARAM(timeout, CNULL_FAULT_TIMEOUT, "requests that time out");
FAULT_PARAM(requeue, CNULL_FAULT_REQUEUE, "requests that are requeued");
FAULT_PARAM(init_hctx, CNULL_FAULT_INIT_HCTX, "hardware queues that fail");

static struct cnull_fault_group *to_group(struct config_item *item)
{
	return container_of(to_config_group(item), struct cnull_fault_group,
			    group);
}

static ssize_t show(struct config_item *item, enum cnull_fault_id id, char *page)
{
	const struct cnull_fault_group *group = to_group(item);

	return sysfs_emit(page, "%ld\n",
			  cnull_fault_get(&group->faults->kind[group->kind], id));
}

static ssize_t store(struct config_item *item, enum cnull_fault_id id,
		     const char *page, size_t count)
{
	const struct cnull_fault_group *group = to_group(item);

	return cnull_inject_set(group->faults, group->kind, id, page) ?: count;
}

/* configfs does not pass the file to a function, so each file has a pair of its own. */
#define CNULL_FAULT(name, file, ...)					\
static ssize_t name##_show(struct config_item *item, char *page)	\
{									\
	return show(item, CNULL_FAULT_ID_##name, page);			\
}									\
static ssize_t name##_store(struct config_item *item, const char *page,	\
			    size_t count)				\
{									\
	return store(item, CNULL_FAULT_ID_##name, page, count);		\
}									\
static struct configfs_attribute name##_attr = {			\
	.ca_name = file,						\
	.ca_mode = 0644,						\
	.ca_owner = THIS_MODULE,					\
	.show = name##_show,						\
	.store = name##_store,						\
};
#include "fault/inject.def"

static struct configfs_attribute *attrs[] = {
#define CNULL_FAULT(name, ...) &name##_attr,
#include "fault/inject.def"
	NULL
};

static const struct config_item_type fault_type = {
	.ct_attrs = attrs,
	.ct_owner = THIS_MODULE,
};

/**
 * cnull_faults_add - add the directories of the faults to a device's directory
 * @parent: the directory of the device; configfs_remove_default_groups() removes them
 * @groups: the directories, by enum cnull_fault_kind; they live as long as @parent
 * @faults: the faults of the device
 *
 * Context: May sleep; @parent is not visible yet.
 */
void cnull_faults_add(struct config_group *parent,
		      struct cnull_fault_group *groups,
		      struct cnull_faults *faults)
{
	int kind;

	for (kind = 0; kind < CNULL_NR_FAULTS; kind++) {
		groups[kind].faults = faults;
		groups[kind].kind = kind;
		config_group_init_type_name(&groups[kind].group,
					    cnull_fault_groups[kind],
					    &fault_type);
		configfs_add_default_group(&groups[kind].group, parent);
	}
}
