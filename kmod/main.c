// SPDX-License-Identifier: GPL-2.0
/*
 * The module: loading and unloading.
 */
#include <linux/module.h>

#include "configfs.h"
#include "params.h"
#include "registry.h"
#include "version.h"

static void clean_up(void)
{
	cnull_registry_clear();
	rcu_barrier();	/* pages that are freed after a grace period */
}

static int __init cnull_init(void)
{
	char why[CNULL_ERROR_SIZE];
	unsigned int i;
	int err;

	err = cnull_config_check(&cnull_params, why, sizeof(why));
	if (err) {
		pr_err("not loaded: %s\n", why);
		return err;
	}
	for (i = 0; i < cnull_nr_devices; i++) {
		err = cnull_registry_add(i);
		if (err)
			goto out_clean_up;
	}
	err = cnull_configfs_init();
	if (err)
		goto out_clean_up;
	cnull_registry_show();
	return 0;

out_clean_up:
	clean_up();
	return err;
}

static void __exit cnull_exit(void)
{
	cnull_configfs_exit();
	clean_up();
}

module_init(cnull_init);
module_exit(cnull_exit);

MODULE_AUTHOR("The cnull authors");
MODULE_DESCRIPTION("null block device: memory-backed or not, for tests and benchmarks");
MODULE_VERSION(CNULL_VERSION);
MODULE_LICENSE("GPL");
