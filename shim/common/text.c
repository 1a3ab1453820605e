// SPDX-License-Identifier: GPL-2.0
/*
 * Text: numbers, strings, and warnings.
 */
#include <ctype.h>
#include <stdlib.h>

#include "text.h"

int shim_warnings;

void shim_warn(const char *file, int line, const char *what)
{
	fprintf(stderr, "WARNING: %s:%d: %s\n", file, line, what);
	__atomic_add_fetch(&shim_warnings, 1, __ATOMIC_RELAXED);
}

void shim_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "BUG: %s:%d: failed: %s\n", file, line, what);
	abort();
}

/* As in the kernel: an optional +, digits, and an optional newline. */
int kstrtoul(const char *text, unsigned int base, unsigned long *value)
{
	const char *digits = *text == '+' ? text + 1 : text;
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	v = strtoul(digits, &end, base);
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (errno)
		return -ERANGE;
	*value = v;
	return 0;
}

int kstrtol(const char *text, unsigned int base, long *value)
{
	bool negative = *text == '-';
	unsigned long v;
	int err = negative && text[1] == '+' ? -EINVAL :
		  kstrtoul(text + negative, base, &v);

	if (!err && v > (unsigned long)LONG_MAX + negative)
		err = -ERANGE;
	if (!err)
		*value = negative ? -v : v;
	return err;
}

int kstrtou64(const char *text, unsigned int base, u64 *value)
{
	unsigned long v;
	int err = kstrtoul(text, base, &v);

	if (!err)
		*value = v;
	return err;
}

int kstrtouint(const char *text, unsigned int base, unsigned int *value)
{
	unsigned long v;
	int err = kstrtoul(text, base, &v);

	if (!err && v > UINT_MAX)
		err = -ERANGE;
	if (!err)
		*value = v;
	return err;
}

/* As in the kernel, only the first letters count. */
int kstrtobool(const char *text, bool *value)
{
	switch (tolower((unsigned char)text[0])) {
	case 'y':
	case 't':
	case '1':
		*value = true;
		return 0;
	case 'n':
	case 'f':
	case '0':
		*value = false;
		return 0;
	case 'o':
		switch (tolower((unsigned char)text[1])) {
		case 'n':
			*value = true;
			return 0;
		case 'f':
			*value = false;
			return 0;
		}
	}
	return -EINVAL;
}

/* Return the first non-blank, and overwrite the blanks at the end. */
char *strim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* Compare two strings; ignore a newline at the end of each. */
bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == '\n' && !a[1])
		a++;
	if (*b == '\n' && !b[1])
		b++;
	return !*a && !*b;
}

ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size);

	shim_require(size);
	if (len < size) {
		memcpy(to, from, len + 1);
		return len;
	}
	memcpy(to, from, size - 1);
	to[size - 1] = '\0';
	return -E2BIG;
}
