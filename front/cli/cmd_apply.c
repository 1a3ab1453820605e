// SPDX-License-Identifier: GPL-2.0
/*
 * The commands "apply" and "dump": disks from a file, and a file from disks.
 *
 * "apply" changes only values that differ, so a second run changes nothing. The names,
 * values and power of all disks are checked before the first change. The driver may still
 * refuse a value.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "disk.h"
#include "new_disk.h"
#include "plan.h"
#include "power.h"

/**
 * struct target - where a plan is applied
 * @driver: the driver
 * @power_cycle: disks may be powered off for a change
 */
struct target {
	const struct cli_driver *driver;
	bool power_cycle;
};

/* Report a change, unless the commands themselves are printed. */
#define report(target, ...) \
	((target)->driver->dry_run ? 0 : printf(__VA_ARGS__))

/* Does the disk have another value than the setting? Store the current value in @now. */
static bool differs(const struct target *target, const char *disk,
		    const struct cli_setting *setting, char now[CLI_TEXT_SIZE])
{
	return cli_attr_read(target->driver, disk, setting->name, now) ||
	       strcmp(now, setting->value);
}

/* Must the disk be off for a change of the setting? */
static bool needs_off(const struct cli_setting *setting)
{
	return setting->option && setting->option->when == CNULL_WHEN_OFF;
}

/* Print the first setting that needs a powered-off disk to change. */
static const struct cli_setting *first_off_change(const struct target *target,
						  const struct cli_section *section)
{
	char now[CLI_TEXT_SIZE];
	int i;

	for (i = 0; i < section->nr_settings; i++)
		if (needs_off(&section->settings[i]) &&
		    differs(target, section->name, &section->settings[i], now))
			return &section->settings[i];
	return NULL;
}

/* Check that the changes of a disk are possible. Change nothing. */
static enum cli_exit check(const struct target *target, const struct cli_section *section)
{
	const struct cli_setting *off;
	const char *disk = section->name;
	bool is_on, is_cut;
	int i;

	if (!cli_disk_exists(target->driver, disk))
		return CLI_DONE;
	for (i = 0; i < section->nr_settings; i++)
		if (!cli_attr_exists(target->driver, disk, section->settings[i].name))
			return cli_setting_refused(target->driver, disk,
						   section->settings[i].name, "", -ENOENT);
	is_on = cli_is_on(target->driver, disk);
	off = is_on ? first_off_change(target, section) : NULL;
	if (off && !target->power_cycle)
		return cli_error(CLI_FAILED, "%s: a change of %s needs the disk to be off: use --power-cycle, or 'cnull off %s'",
				 disk, off->name, disk);
	is_cut = cli_is_cut(target->driver, disk);
	if (is_cut && section->on && !target->power_cycle)
		return cli_error(CLI_FAILED, "%s has no power since a cut: use --power-cycle, or 'cnull off %s'",
				 disk, disk);
	return off || is_cut || !section->on ? cli_check_unused(target->driver, disk) : CLI_DONE;
}

/* Make the sectors of @range good that are in none of @wanted, which are sorted. */
static enum cli_exit remove_rest(const struct cli_driver *driver, const char *disk,
				 struct cli_range range, const struct cli_range *wanted, size_t nr)
{
	enum cli_exit status = CLI_DONE;
	size_t i;

	for (i = 0; !status && i < nr && range.first <= range.last; i++) {
		struct cli_range gap = { range.first, wanted[i].first - 1 };

		if (wanted[i].last < range.first)
			continue;
		if (wanted[i].first > range.last)
			break;
		if (wanted[i].first > range.first)
			status = cli_badblocks_change(driver, disk, '-', &gap);
		if (wanted[i].last >= range.last)
			return status;
		range.first = wanted[i].last + 1;
	}
	return status ?: cli_badblocks_change(driver, disk, '-', &range);
}

/* Change the bad ranges of a disk to those of its section. */
static enum cli_exit apply_ranges(const struct target *target,
				  const struct cli_section *section, bool *changed)
{
	static struct cli_range ranges[CLI_MAX_RANGES], wanted[CLI_MAX_RANGES];
	const char *disk = section->name;
	enum cli_exit status;
	size_t i, nr, nr_wanted;

	if (!section->has_ranges)
		return CLI_DONE;
	status = cli_badblocks_read(target->driver, disk, ranges, &nr, NULL);
	memcpy(wanted, section->ranges, sizeof(wanted));
	nr_wanted = cli_ranges_merge(wanted, section->nr_ranges);
	nr = cli_ranges_merge(ranges, nr);
	if (status || (nr == nr_wanted && !memcmp(ranges, wanted, nr * sizeof(*ranges))))
		return status;
	*changed = true;
	report(target, "%s: badblocks: %zu ranges -> %zu\n", disk, nr, nr_wanted);
	/* A sector that stays bad is bad all the time. */
	for (i = 0; !status && i < nr_wanted; i++)
		status = cli_badblocks_change(target->driver, disk, '+', &wanted[i]);
	for (i = 0; !status && i < nr; i++)
		status = remove_rest(target->driver, disk, ranges[i], wanted, nr_wanted);
	return status;
}

static enum cli_exit apply_new(const struct target *target, const struct cli_section *section)
{
	static struct cli_range ranges[CLI_MAX_RANGES];
	struct cli_new_disk new = {
		.name = section->name,
		.settings = section->settings,
		.nr_settings = section->nr_settings,
		.ranges = ranges,
		.on = section->on,
	};
	enum cli_exit status;

	memcpy(ranges, section->ranges, sizeof(ranges));
	new.nr_ranges = cli_ranges_merge(ranges, section->nr_ranges);
	status = cli_new_disk(target->driver, &new);
	if (!status)
		report(target, "%s: created\n", section->name);
	return status;
}

static enum cli_exit apply_old(const struct target *target, const struct cli_section *section)
{
	const struct cli_driver *driver = target->driver;
	const char *disk = section->name;
	bool was_on = cli_is_on(driver, disk), changed = was_on != section->on, is_on = was_on;
	enum cli_exit status = CLI_DONE;
	char now[CLI_TEXT_SIZE];
	int i;

	if (was_on && (!section->on || cli_is_cut(driver, disk) ||
		       first_off_change(target, section))) {
		status = cli_power(driver, disk, false);
		is_on = false;
		changed = true;
	}
	for (i = 0; !status && i < section->nr_settings; i++) {
		const struct cli_setting *setting = &section->settings[i];

		if (!differs(target, disk, setting, now))
			continue;
		changed = true;
		report(target, "%s: %s: %s -> %s\n", disk, setting->name, now, setting->value);
		status = cli_setting_write(driver, disk, setting);
	}
	status = status ?: apply_ranges(target, section, &changed);
	if (!status && section->on && !is_on)
		status = cli_power(driver, disk, true);
	if (!status && was_on != section->on)
		report(target, "%s: powered %s\n", disk, section->on ? "on" : "off");
	else if (!status && !changed)
		report(target, "%s: unchanged\n", disk);
	return status;
}

static enum cli_exit run_apply(const struct cli_call *call)
{
	struct target target = { .power_cycle = cli_value(call, "power-cycle") };
	bool dry_run = cli_value(call, "dry-run");
	struct cli_plan plan = { };
	struct cli_driver driver;
	enum cli_exit status = CLI_DONE;
	size_t i;

	for (i = 0; !status && i < (size_t)call->nr_args; i++)
		status = cli_plan_read(call->args[i], &plan);
	if (dry_run)
		target.driver = cli_driver_assume(call->driver);
	else if (!status && plan.nr)
		status = cli_driver_load(call->driver, &target.driver);
	if (!status && plan.nr) {
		driver = *target.driver;
		driver.dry_run = dry_run;
		target.driver = &driver;
	}
	for (i = 0; !status && i < plan.nr; i++)
		status = check(&target, &plan.section[i]);
	for (i = 0; !status && i < plan.nr; i++)
		status = cli_disk_exists(&driver, plan.section[i].name) ?
			 apply_old(&target, &plan.section[i]) :
			 apply_new(&target, &plan.section[i]);
	cli_plan_free(&plan);
	return status;
}

static const struct cli_flag apply_flags[] = {
	{ 0, "dry-run", NULL, "print the changes as commands of a shell, and change nothing" },
	{ 0, "power-cycle", NULL, "power disks off and on for changes that need that" },
	{ }
};

const struct cli_command cli_apply = {
	.name = "apply",
	.args = "FILE...",
	.summary = "create and change disks as files describe",
	.details = "A section [NAME] is a disk, its lines are OPTION=VALUE. [global] has defaults for the\n"
		   "sections after it. power=0 leaves a disk off; badblocks=FIRST-LAST marks sectors.\n"
		   "A second run changes nothing, but faults that count down start again. Options and disks\n"
		   "that no file names stay as they are. FILE - is standard input.",
	.example = "apply --dry-run /etc/cnull/disks.conf",
	.flags = apply_flags,
	.argument = CLI_ARG_FILES,
	.min_args = 1,
	.max_args = 1024,
	.run = run_apply,
};

static void dump_faults(const struct cli_driver *driver, const char *disk)
{
	char text[CLI_TEXT_SIZE];
	size_t i;

	for (i = 0; i < cli_nr_files; i++) {
		const struct cli_file *file = &cli_files[i];

		if (file->def && !cli_attr_read(driver, disk, file->name, text) &&
		    strcmp(text, file->def))
			printf("%s=%s\n", file->name, text);
	}
}

static enum cli_exit dump_disk(const struct cli_driver *driver, const char *disk)
{
	static struct cli_range ranges[CLI_MAX_RANGES];
	char text[CLI_TEXT_SIZE];
	enum cli_exit status;
	size_t i, nr;

	printf("[%s]\n", disk);
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *option = &cnull_options[i];

		if (!cli_attr_read(driver, disk, option->name, text) &&
		    cli_option_is_changed(option, text))
			printf("%s=%s\n", option->name, text);
	}
	dump_faults(driver, disk);
	status = cli_badblocks_read(driver, disk, ranges, &nr, NULL);
	for (i = 0; !status && i < nr; i++)
		printf("badblocks=%llu-%llu\n", ranges[i].first, ranges[i].last);
	if (!cli_is_on(driver, disk))
		puts("power=0");
	return status;
}

static enum cli_exit run_dump(const struct cli_call *call)
{
	const struct cli_driver *driver;
	struct cli_names names = { };
	enum cli_exit status = cli_driver_find(call->driver, &driver);
	size_t i, nr;

	if (!status && !call->nr_args)
		status = cli_disks(driver, &names);
	nr = call->nr_args ?: names.nr;
	for (i = 0; !status && i < (size_t)call->nr_args; i++)
		status = cli_disk_check(driver, call->args[i]);
	for (i = 0; !status && i < nr; i++) {
		if (i)
			putchar('\n');
		status = dump_disk(driver, call->nr_args ? call->args[i] : names.name[i]);
	}
	cli_names_free(&names);
	return status;
}

const struct cli_command cli_dump = {
	.name = "dump",
	.args = "[NAME...]",
	.summary = "print disks as a file that apply reads",
	.details = "Options that have their defaults are left out. Data is not a part of the file: a clone\n"
		   "becomes a disk without data, and snapshots are left out.",
	.example = "dump disk0 >/etc/cnull/disk0.conf",
	.argument = CLI_ARG_DISKS,
	.max_args = 1 << 20,
	.run = run_dump,
};
