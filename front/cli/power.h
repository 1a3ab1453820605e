/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The power of a disk, and the users that forbid to switch it off.
 */
#ifndef CLI_POWER_H
#define CLI_POWER_H

#include "driver.h"

enum cli_exit cli_power(const struct cli_driver *driver, const char *disk, bool on);
enum cli_exit cli_check_unused_for(const struct cli_driver *driver, const char *disk,
				   const char *command);
enum cli_exit cli_check_unused(const struct cli_driver *driver, const char *disk);

#endif
