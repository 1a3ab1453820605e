// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: the reason of a refused operation.
 */
#include "device/device.h"

/* Record a reason, and log it behind @what. */
__printf(3, 0)
static void record(struct cnull_dev *dev, const char *what, const char *fmt,
		   va_list args)
	__must_hold(&dev->lock)
{
	lockdep_assert_held(&dev->lock);
	vsnprintf(dev->error, sizeof(dev->error), fmt, args);
	pr_err("%s: %s%s\n", dev->name, what, dev->error);
}

/**
 * cnull_refuse - record and log the reason of a refused power on
 * @dev: the device
 * @err: a negative errno
 * @fmt: the reason: the option, its value, and a valid value
 *
 * The attribute "error" shows the text.
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: @err
 */
int cnull_refuse(struct cnull_dev *dev, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	record(dev, "not powered on: ", fmt, args);
	va_end(args);
	return err;
}

/**
 * cnull_fail - record and log the reason why a device was not changed
 * @dev: the device
 * @err: a negative errno
 * @fmt: the change that failed, and the reason
 *
 * The attribute "error" shows the text.
 *
 * Context: Process; &cnull_dev.lock is held.
 * Return: @err
 */
int cnull_fail(struct cnull_dev *dev, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	record(dev, "", fmt, args);
	va_end(args);
	return err;
}

/**
 * cnull_dev_error - copy the reason of the last refused operation
 * @dev: the device
 * @text: buffer for the reason; set to an empty string if it was not refused
 * @size: length of @text, in bytes
 *
 * Context: May sleep. Takes &cnull_dev.lock.
 */
void cnull_dev_error(struct cnull_dev *dev, char *text, size_t size)
{
	guard(mutex)(&dev->lock);
	strscpy(text, dev->error, size);
}
