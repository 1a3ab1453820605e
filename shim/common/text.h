/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text: numbers and strings.
 */
#ifndef SHIM_TEXT_H
#define SHIM_TEXT_H

#include <stdio.h>

#include "base.h"

int kstrtoul(const char *text, unsigned int base, unsigned long *value);
int kstrtol(const char *text, unsigned int base, long *value);
int kstrtou64(const char *text, unsigned int base, u64 *value);
int kstrtouint(const char *text, unsigned int base, unsigned int *value);
int kstrtobool(const char *text, bool *value);
char *strim(char *text);
bool sysfs_streq(const char *a, const char *b);
ssize_t strscpy(char *to, const char *from, size_t size);

#endif
