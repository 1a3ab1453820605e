// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: the reason of a refused operation.
 */
#include "device/device.h"

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

	lockdep_assert_held(&dev->lock);
	va_start(args, fmt);
	vsnprintf(dev->error, sizeof(dev->error), fmt, args);
	va_end(args);
	pr_err("%s: not powered on: %s\n", dev->name, dev->error);
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

	lockdep_assert_held(&dev->lock);
	va_start(args, fmt);
	vsnprintf(dev->error, sizeof(dev->error), fmt, args);
	va_end(args);
	pr_err("%s: %s\n", dev->name, dev->error);
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
