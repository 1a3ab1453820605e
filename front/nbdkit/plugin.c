// SPDX-License-Identifier: GPL-2.0
/*
 * An nbdkit plugin: the engine, served over NBD without a kernel module.
 *
 * There is one device, the same for all clients. nbdkit calls from as many
 * threads as it likes; there is no lock here, as there is none in the engine.
 */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include "parameters.h"
#include "device/life.h"
#include "io/data_step.h"
#include "io/end.h"
#include "io/run.h"

#define THREAD_MODEL	NBDKIT_THREAD_MODEL_PARALLEL

/**
 * struct served - the device
 * @config: its config, until it is made
 * @dev: the device
 * @live: what I/O uses, from get_ready to unload; else NULL
 *
 * Written while nbdkit has one thread, before and after all I/O.
 */
static struct served {
	struct cnull_config config;
	struct cnull_dev dev;
	struct cnull_live *live;
} served;

static int backend_start(struct cnull_dev *dev)
	__must_hold(&dev->lock)
{
	served.live = dev->live;
	served.live->backend = CNULL_BACKEND_NBD;
	return 0;
}

static void backend_stop(struct cnull_dev *dev)
{
	(void)dev;
	served.live = NULL;
}

/* Nobody could ask for it. */
static int backend_resize(struct cnull_dev *dev, unsigned int submit_queues,
		       unsigned int poll_queues)
{
	(void)dev;
	(void)submit_queues;
	(void)poll_queues;
	return -EOPNOTSUPP;
}

static const struct cnull_backend backend = {
	.start = backend_start,
	.stop = backend_stop,
	.resize = backend_resize,
};

static void plugin_load(void)
{
	cnull_config_init(&served.config);
}

static int plugin_config(const char *key, const char *value)
{
	return config_set(&served.config, key, value);
}

static int plugin_get_ready(void)
{
	char why[CNULL_ERROR_SIZE];

	cnull_dev_init(&served.dev, "cnull", &served.config, &backend);
	if (!cnull_dev_power(&served.dev, true))
		return 0;
	cnull_dev_error(&served.dev, why, sizeof(why));
	nbdkit_error("%s", why);
	cnull_dev_destroy(&served.dev);
	return -1;
}

static void plugin_unload(void)
{
	if (!served.live)
		return;
	cnull_dev_kill(&served.dev);
	rcu_barrier();
	cnull_dev_destroy(&served.dev);
}

static void *plugin_open(int readonly)
{
	(void)readonly;
	return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t plugin_get_size(void *handle)
{
	(void)handle;
	return served.live->nr_sectors << SECTOR_SHIFT;
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

/* Without a cache each write is on its medium when it ends. */
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
	nbdkit_set_error(err);
	return -1;
}

/* A request ends no earlier than its deadline. */
static int wait_for(u64 deadline)
{
	u64 now = ktime_get_ns();
	u64 left = deadline > now ? deadline - now : 0;

	if (!left)
		return 0;
	return nbdkit_nanosleep(min_t(u64, left / 1000000000, UINT_MAX),
				left % 1000000000);
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
	int err;

	if ((offset | count) & (served.config.blocksize - 1))
		return fail(EINVAL, what, count, offset);
	/* The other actions are not for a backend that waits for its requests. */
	cnull_io_run(served.live, &io, CNULL_MAY_WAIT);
	if (wait_for(io.deadline))
		return -1;
	err = cnull_io_end(served.live, &io);
	return err ? fail(-err, what, count, offset) : 0;
}

static int plugin_pread(void *handle, void *buf, uint32_t count,
			uint64_t offset, uint32_t flags)
{
	(void)handle;
	(void)flags;
	/* The engine leaves it as it is, with what was in it for others. */
	if (!served.live->store)
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

/* Fast in any case: no data comes with it, and no memory is taken. */
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
		u64 len = cnull_data_extent(served.live, pos, end - pos, &is_data);

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
