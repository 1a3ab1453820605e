// SPDX-License-Identifier: GPL-2.0
/*
 * The backend of programs in user space: a device whose requests are function calls.
 *
 * A request runs in the thread of its caller, which may sleep. lib_run() returns at the
 * deadline of the request.
 */
#include "backend.h"
#include "io/end.h"
#include "io/run.h"

static struct lib_device *to_device(struct cnull_dev *dev)
{
	return container_of(dev, struct lib_device, dev);
}

static int backend_start(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	struct lib_device *device = to_device(dev);

	dev->live->backend = device->kind;
	device->live = dev->live;
	return 0;
}

static void backend_stop(struct cnull_dev *dev)
{
	to_device(dev)->live = NULL;
}

/* There are no queues to change. */
static int backend_resize(struct cnull_dev *dev, unsigned int submit_queues,
			  unsigned int poll_queues)
{
	return -EOPNOTSUPP;
}

static const struct cnull_backend backend = {
	.start = backend_start,
	.stop = backend_stop,
	.resize = backend_resize,
};

/**
 * lib_init - initialize a device, which is off
 * @device: the device
 * @kind: the backend
 * @name: the name for messages; must live as long as the device
 *
 * Context: Before any other function of the device.
 */
void lib_init(struct lib_device *device, enum cnull_backend_kind kind,
	      const char *name)
{
	struct cnull_config config;

	cnull_config_init(&config);
	device->kind = kind;
	device->live = NULL;
	cnull_dev_init(&device->dev, name, &config, &backend);
}

/**
 * lib_power_on - power a device on
 * @device: the device, off
 * @config: its config
 * @why: buffer for the reason of a refusal
 * @size: length of @why, in bytes
 *
 * Context: No request runs.
 * Return: 0, or a negative errno with the reason in @why.
 */
int lib_power_on(struct lib_device *device, const struct cnull_config *config,
		 char *why, size_t size)
{
	int err;

	cnull_dev_configure(&device->dev, config);
	err = cnull_dev_power(&device->dev, true);
	if (err)
		cnull_dev_error(&device->dev, why, size);
	return err;
}

/**
 * lib_destroy - power a device off, and free it with its data
 * @device: the device
 *
 * Context: No request runs.
 */
void lib_destroy(struct lib_device *device)
{
	cnull_dev_kill(&device->dev);
	rcu_barrier();	/* pages that are freed after a grace period */
	cnull_dev_destroy(&device->dev);
}

/* Sleep until a deadline, unless it is over. Return 0, or the result of @sleep. */
static int sleep_until(u64 deadline, int (*sleep)(u64 nsec))
{
	u64 now = ktime_get_ns();

	return deadline > now ? sleep(deadline - now) : 0;
}

/**
 * lib_run - run a request to its end
 * @device: the device, on
 * @io: the request
 * @sleep: sleeps for a time, in ns. Returns 0, or another number to end the sleep early
 * @interrupted: set to whether @sleep has ended early. The operation has happened
 *
 * Requests of this backend are neither requeued nor lost (engine/io/fault_step.c), and
 * never return early to sleep, because their threads may sleep.
 *
 * Context: Any thread, any number at a time.
 * Return: 0 or a negative errno, the status of the request.
 */
int lib_run(struct lib_device *device, struct cnull_io *io,
	    int (*sleep)(u64 nsec), bool *interrupted)
{
	enum cnull_action action = cnull_io_run(device->live, io,
						CNULL_MAY_WAIT);

	WARN_ON(action != CNULL_COMPLETE);
	*interrupted = sleep_until(cnull_io_deadline(device->live, io), sleep);
	return cnull_io_end(device->live, io);
}
