// SPDX-License-Identifier: GPL-2.0
/*
 * The nbdkit plugin: the engine, served over NBD without a kernel module.
 *
 * All clients share one device. nbdkit calls from any number of threads. There is no
 * lock here, because the engine needs none.
 */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include "backend.h"
#include "io/data_step.h"
#include "parameters.h"
#include "version.h"

#define THREAD_MODEL	NBDKIT_THREAD_MODEL_PARALLEL

/**
 * struct served - the device that is served
 * @config: the config, until power on
 * @device: the device
 *
 * Written while nbdkit has one thread, before and after all requests.
 */
static struct served {
	struct cnull_config config;
	struct lib_device device;
} served;

static void plugin_load(void)
{
	cnull_config_init(&served.config);
	lib_init(&served.device, CNULL_BACKEND_NBD, "cnull");
}

static int set_badblocks(const char *value)
{
	return cnull_badblocks_set(&served.device.dev.badblocks, value);
}

static int set_timeout(const char *value)
{
	return cnull_inject_parse(&served.device.dev.faults, CNULL_FAULT_TIMEOUT,
				  value);
}

const struct parameter_key parameter_keys[] = {
	{
		.name = "badblocks",
		.format = "+FIRST-LAST or -FIRST-LAST",
		.help = "range of 512-byte sectors to mark bad (+) or good (-); may be repeated",
		.set = set_badblocks,
	},
	{
		.name = "timeout",
		.format = "INTERVAL,PROBABILITY,SPACE,TIMES",
		.help = "injected time-outs of requests, as the module parameter timeout",
		.set = set_timeout,
	},
	{}
};

static int plugin_config(const char *key, const char *value)
{
	return config_set(&served.config, key, value);
}

static int plugin_get_ready(void)
{
	char why[CNULL_ERROR_SIZE];

	if (!lib_power_on(&served.device, &served.config, why, sizeof(why)))
		return 0;
	nbdkit_error("%s", why);
	return -1;
}

static void plugin_unload(void)
{
	lib_destroy(&served.device);
}

static void *plugin_open(int readonly)
{
	(void)readonly;
	return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t plugin_get_size(void *handle)
{
	(void)handle;
	return served.device.live->nr_sectors << SECTOR_SHIFT;
}

static int plugin_block_size(void *handle, uint32_t *minimum,
			     uint32_t *preferred, uint32_t *maximum)
{
	const struct cnull_config *config = &served.config;
	u64 most = (u64)config->max_sectors << SECTOR_SHIFT;

	(void)handle;
	*minimum = config->blocksize;
	*preferred = max_t(uint32_t, 4096, config->blocksize);
	/* All ones stand for no limit. */
	*maximum = most && most < UINT32_MAX ? most - most % config->blocksize :
					       UINT32_MAX;
	return 0;
}

static int yes(void *handle)
{
	(void)handle;
	return 1;
}

static int plugin_is_rotational(void *handle)
{
	(void)handle;
	return served.config.rotational;
}

static int plugin_can_trim(void *handle)
{
	(void)handle;
	return served.config.discard;
}

/* Without a cache each write is durable when it completes. */
static int plugin_can_fua(void *handle)
{
	(void)handle;
	return served.config.cache_size && !served.config.fua ? NBDKIT_FUA_EMULATE :
							  NBDKIT_FUA_NATIVE;
}

static int fail(int err, const char *what, uint32_t count, uint64_t offset)
{
	nbdkit_error("%s of %u bytes at %llu: %s", what, count,
		     (unsigned long long)offset, strerror(err));
	/* NBD has no ETIMEDOUT, and nbdkit would send EINVAL in its place. */
	nbdkit_set_error(err == ETIMEDOUT ? EIO : err);
	return -1;
}

static int sleep_nsec(u64 nsec)
{
	return nbdkit_nanosleep(min_t(u64, nsec / NSEC_PER_SEC, UINT_MAX),
				nsec % NSEC_PER_SEC);
}

static unsigned int fua(uint32_t flags)
{
	return flags & NBDKIT_FLAG_FUA ? CNULL_IO_FUA : 0;
}

static int run(enum cnull_op op, const char *what, void *data, uint32_t count,
	       uint64_t offset, unsigned int flags)
{
	struct iovec vec = { .iov_base = data, .iov_len = count };
	struct cnull_io io = {
		.op = op,
		.flags = flags,
		.sector = offset >> SECTOR_SHIFT,
		.nr_sectors = count >> SECTOR_SHIFT,
		.iter = { .vec = &vec },
	};
	bool interrupted;
	int err;

	if ((offset | count) & (served.config.blocksize - 1))
		return fail(EINVAL, what, count, offset);
	err = lib_run(&served.device, &io, sleep_nsec, &interrupted);
	/* nbdkit has reported the interruption: the server ends. */
	if (interrupted)
		return -1;
	return err ? fail(-err, what, count, offset) : 0;
}

static int plugin_pread(void *handle, void *buf, uint32_t count,
			uint64_t offset, uint32_t flags)
{
	(void)handle;
	(void)flags;
	/* The engine leaves the buffer unchanged, with data of other clients. */
	if (!served.device.live->store)
		memset(buf, 0, count);
	return run(CNULL_OP_READ, "read", buf, count, offset, 0);
}

static int plugin_pwrite(void *handle, const void *buf, uint32_t count,
			 uint64_t offset, uint32_t flags)
{
	(void)handle;
	return run(CNULL_OP_WRITE, "write", (void *)buf, count, offset,
		   fua(flags));
}

static int plugin_flush(void *handle, uint32_t flags)
{
	(void)handle;
	(void)flags;
	return run(CNULL_OP_FLUSH, "flush", NULL, 0, 0, 0);
}

static int plugin_trim(void *handle, uint32_t count, uint64_t offset,
		       uint32_t flags)
{
	(void)handle;
	return run(CNULL_OP_DISCARD, "trim", NULL, count, offset, fua(flags));
}

/* Zeroing is always fast: it transfers no data and allocates no memory. */
static int plugin_zero(void *handle, uint32_t count, uint64_t offset,
		       uint32_t flags)
{
	(void)handle;
	return run(CNULL_OP_WRITE_ZEROES, "zero", NULL, count, offset,
		   fua(flags) |
		   (flags & NBDKIT_FLAG_MAY_TRIM ? 0 : CNULL_IO_NOUNMAP));
}

static int plugin_extents(void *handle, uint32_t count, uint64_t offset,
			  uint32_t flags, struct nbdkit_extents *extents)
{
	u64 end = offset + count;
	u64 pos = offset;

	(void)handle;
	while (pos < end) {
		bool is_data;
		u64 len = cnull_data_extent(served.device.live, pos, end - pos,
					    &is_data);

		if (nbdkit_add_extent(extents, pos, len, is_data ? 0 :
				      NBDKIT_EXTENT_HOLE | NBDKIT_EXTENT_ZERO))
			return -1;
		if (flags & NBDKIT_FLAG_REQ_ONE)
			break;
		pos += len;
	}
	return 0;
}

static struct nbdkit_plugin plugin = {
	.name = "cnull",
	.version = CNULL_VERSION,
	.longname = "cnull null block device",
	.description = "a null block device: keeps data in memory, or nowhere",
	.load = plugin_load,
	.unload = plugin_unload,
	.config = plugin_config,
	.config_help = config_help,
	.dump_plugin = config_dump,
	.get_ready = plugin_get_ready,
	.open = plugin_open,
	.get_size = plugin_get_size,
	.block_size = plugin_block_size,
	.can_write = yes,
	.can_flush = yes,
	.can_trim = plugin_can_trim,
	.can_zero = yes,
	.can_fast_zero = yes,
	.can_extents = yes,
	.can_fua = plugin_can_fua,
	.can_multi_conn = yes,
	.is_rotational = plugin_is_rotational,
	.pread = plugin_pread,
	.pwrite = plugin_pwrite,
	.flush = plugin_flush,
	.trim = plugin_trim,
	.zero = plugin_zero,
	.extents = plugin_extents,
};

NBDKIT_REGISTER_PLUGIN(plugin)
