// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that export disks to other machines and programs, and that end exports.
 */
#include <string.h>

#include "command.h"
#include "disk.h"
#include "export.h"

/* Check that a disk can be exported. */
static enum cli_exit check_disk(const struct cli_driver *driver, const char *disk, bool by_nbd)
{
	enum cli_exit status = cli_any_disk_check(driver, disk);
	char zoned[CLI_TEXT_SIZE];

	if (status)
		return status;
	if (!cli_has_block_device(driver, disk))
		return cli_error(CLI_FAILED, "%s is off: 'cnull on %s' powers it on", disk, disk);
	if (by_nbd && !cli_sysfs_read(disk, "queue/zoned", zoned) && strcmp(zoned, "none"))
		return cli_error(CLI_FAILED, "%s is zoned, and NBD has no zones: --nvme-tcp exports zones",
				 disk);
	if (cli_node_in_use(disk))
		return cli_error(CLI_FAILED, "%s is in use: unmount it first, because others will write to it",
				 disk);
	return CLI_DONE;
}

static enum cli_exit run_export(const struct cli_call *call)
{
	const char *nvme = cli_value(call, "nvme-tcp");
	const char *nbd = cli_value(call, "nbd");
	const char *disk = call->args[0];
	const struct cli_driver *driver;
	enum cli_exit status;

	if (!nvme == !nbd)
		return cli_error(CLI_WRONG_USE, "%s: cnull export NAME --nvme-tcp ADDR:PORT | --nbd SOCKET",
				 nvme ? "--nvme-tcp and --nbd exclude each other" :
					"--nvme-tcp or --nbd is missing");
	status = cli_driver_find(call->driver, &driver);
	status = status ?: check_disk(driver, disk, nbd);
	if (status)
		return status;
	return nvme ? cli_nvmet_export(disk, nvme) : cli_nbd_export(disk, nbd);
}

static const struct cli_flag export_flags[] = {
	{ 0, "nvme-tcp", "ADDR:PORT", "by the kernel's NVMe target at this address, as [::1]:4420" },
	{ 0, "nbd", "SOCKET", "by nbdkit's plugin file on this new Unix socket" },
	{ }
};

const struct cli_command cli_export = {
	.name = "export",
	.args = "NAME --nvme-tcp ADDR:PORT | --nbd SOCKET",
	.summary = "export a disk, and print the command or the URI to use it",
	.details = "Every machine that reaches the address can write to the disk: choose an address of a\n"
		   "trusted network. --nvme-tcp also exports zones. Disks can share an address. After an\n"
		   "error, nothing is exported. 'cnull unexport' ends the export.",
	.example = "export disk0 --nvme-tcp 192.0.2.1:4420",
	.flags = export_flags,
	.argument = CLI_ARG_DISK,
	.min_args = 1,
	.max_args = 1,
	.run = run_export,
};

static enum cli_exit run_unexport(const struct cli_call *call)
{
	const char *disk = call->args[0];
	bool found = false;
	enum cli_exit nvme, nbd;

	/* The disk and the driver may be gone. */
	if (!*disk || *disk == '.' || strchr(disk, '/'))
		return cli_error(CLI_NO_DISK, "'%s' cannot be the name of a disk", disk);
	nvme = cli_nvmet_unexport(disk, &found);
	nbd = cli_nbd_unexport(disk, &found);
	if (!found)
		return cli_error(CLI_FAILED, "%s is not exported", disk);
	return nvme ?: nbd;
}

const struct cli_command cli_unexport = {
	.name = "unexport",
	.args = "NAME",
	.summary = "end all exports of a disk",
	.details = "Other machines lose the disk at once. The disk itself stays.",
	.example = "unexport disk0",
	.argument = CLI_ARG_DISK,
	.min_args = 1,
	.max_args = 1,
	.run = run_unexport,
};
