/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two ways to export a disk: by the NVMe target of the kernel, and by nbdkit.
 */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include <stdbool.h>

#include "report.h"

bool cli_nvmet_exports(const char *disk);
enum cli_exit cli_nvmet_export(const char *disk, const char *address);
enum cli_exit cli_nvmet_unexport(const char *disk, bool *found);

bool cli_nbd_exports(const char *disk);
enum cli_exit cli_nbd_export(const char *disk, const char *socket);
enum cli_exit cli_nbd_unexport(const char *disk, bool *found);

#endif
