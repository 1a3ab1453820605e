// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz sequences of requests, options, power cycles, snapshots and failing allocations on
 * a small device, against a model of its data. The input consists of steps. The first
 * byte of a step selects the kind and the flags, and its arguments follow. Bytes
 * behind the end of the input are 0.
 */
#include <stdlib.h>

#include "device/snapshot.h"
#include "fuzz.h"
#include "../model/model.h"
#include "../unit/result.h"

/** enum step - the kinds of steps: the low three bits of the first byte */
enum step {
	STEP_READ,
	STEP_WRITE,
	STEP_DISCARD,
	STEP_FLUSH,
	STEP_INVALID_OP,	/* an operation with an invalid number */
	STEP_POWER,
	STEP_SET,
	STEP_MEMORY,
	NR_STEPS
};

/* The flags of a request: the other bits of the first byte. */
#define FLAG_MAY_WAIT	0x08	/* the request may wait */
#define FLAG_PAGES	0x10	/* the request covers whole pages */
#define FLAG_LONG	0x20	/* the request has many sectors */
#define FLAG_FAR	0x40	/* the sector is counted back from 2^64 */
#define FLAG_VAST	0x80	/* the length is counted back from 2^64 */

/* The flags of STEP_POWER; the bits above are the number of the snapshot. */
#define FLAG_SNAPSHOT	0x08	/* take a snapshot instead */
#define FLAG_RESTORE	0x10	/* restore a snapshot instead */

/**
 * struct input - the rest of the input
 * @at: the next byte
 * @end: the end of the input
 */
struct input {
	const u8 *at;
	const u8 *end;
};

/* Take the next byte; 0 behind the end. */
static u8 take_byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* Take the next two bytes as a little-endian number. */
static unsigned int take_u16(struct input *in)
{
	unsigned int low = take_byte(in);

	return low | take_byte(in) << 8;
}

/* The number of writes of the input so far. */
static u32 nr_writes;

/*
 * Fill the data of a write. No byte is 0. Different writes and positions have
 * different words, except for rare collisions.
 */
static void fill(u8 *data, u64 pos, u64 len)
{
	u64 i;

	nr_writes++;
	for (i = 0; i < len; i += sizeof(u64)) {
		u64 word = (u64)nr_writes << 32 | (pos + i);

		word *= 0x9e3779b97f4a7c15ULL;
		word |= 0x0101010101010101ULL;
		memcpy(data + i, &word, sizeof(word));
	}
}

/* May an allocation fail even if the request may wait? */
static bool memory_may_fail(void)
{
	return shim_mem.fail_all || shim_mem.is_short;
}

static struct cnull_snapshot snapshots[NR_SNAPSHOTS];
static bool has_snapshot[NR_SNAPSHOTS];

/* A discard had no memory for shared pages, so the store may have more pages than the model. */
static bool may_have_more_pages;

/**
 * struct request - one request of the input
 * @io: the request
 * @wait: whether the request may wait
 * @fits: true if the request is within the device
 * @data: the data, allocated if @fits
 * @vec: @data in two pieces
 */
struct request {
	struct cnull_io io;
	enum cnull_wait wait;
	bool fits;
	u8 *data;
	struct iovec vec[2];
};

/* Return the effective value of an option. */
static u64 value_of(struct cnull_dev *dev, enum cnull_option_id id)
{
	return cnull_dev_get(dev, &cnull_options[id]);
}

/* Return the size of a device that is on, in sectors. */
static u64 nr_sectors(struct cnull_dev *dev)
{
	return value_of(dev, CNULL_OPTION_size) * CNULL_MIB_SECTORS;
}

/* Make a request from the input, with a buffer for its data. */
static struct request take_request(struct cnull_dev *dev, struct input *in,
				   enum cnull_op op, u8 flags)
{
	struct request req = { .io.op = op };
	u64 sector = take_u16(in), nr = take_byte(in);
	u64 all = nr_sectors(dev);

	if (flags & FLAG_LONG)
		nr *= 32;
	if (flags & FLAG_PAGES) {
		sector &= ~7ULL;
		nr = (nr + 7) & ~7ULL;
	}
	/* Most requests are within the device, or just beyond its end. */
	req.io.sector = flags & FLAG_FAR ? -sector : sector % (all + 9);
	req.io.nr_sectors = flags & FLAG_VAST ? -nr : nr;
	req.fits = (unsigned __int128)req.io.sector + req.io.nr_sectors <= all;
	req.wait = flags & FLAG_MAY_WAIT ? CNULL_MAY_WAIT : CNULL_NO_WAIT;
	if (req.fits) {
		u64 bytes = req.io.nr_sectors * 512;
		u64 cut = take_u16(in) % (bytes + 1);

		req.data = malloc(bytes);
		shim_require(req.data);
		req.vec[0].iov_base = req.data;
		req.vec[0].iov_len = cut;
		req.vec[1].iov_base = req.data + cut;
		req.vec[1].iov_len = bytes - cut;
	}
	return req;
}

static int run(struct cnull_dev *dev, struct request *req)
{
	bool timer = value_of(dev, CNULL_OPTION_irqmode) == CNULL_IRQ_TIMER;
	u64 nsec = timer ? value_of(dev, CNULL_OPTION_completion_nsec) : 0;
	int err;

	shim_now += 1000;
	req->io.iter = (struct cnull_iter) { .vec = req->vec };
	shim_mem.in_io = true;
	err = io_result(dev->live, &req->io, req->wait);
	shim_mem.in_io = false;
	/*
	 * A request that has to sleep gets its deadline in the run that completes it. A
	 * request beyond the end of the device completes at once.
	 */
	if (err == -EAGAIN || req->io.sector > dev->live->nr_sectors ||
	    req->io.nr_sectors > dev->live->nr_sectors - req->io.sector)
		nsec = 0;
	shim_require(req->io.deadline == (nsec ? shim_now + nsec : 0));
	return err;
}

/* The maximum size of a copy that must not sleep, in sectors. */
#define MOST_AT_ONCE	(SZ_1M / 512)

/* Does the request need a retry where it may sleep, because of its size? */
static bool must_sleep(const struct request *req)
{
	return req->wait == CNULL_NO_WAIT && req->io.nr_sectors > MOST_AT_ONCE;
}

/* Run a read and check its data. Without memory, the buffer stays unchanged. */
static void check_read(struct cnull_dev *dev, struct request *req)
{
	u64 pos = req->io.sector * 512, len = req->io.nr_sectors * 512;
	bool backed = value_of(dev, CNULL_OPTION_memory_backed);
	bool later = backed && must_sleep(req);
	u64 i;

	memset(req->data, 0x77, len);
	shim_require(run(dev, req) == (later ? -EAGAIN : 0));
	if (backed && !later) {
		shim_require(model_holds(pos, req->data, len));
		return;
	}
	for (i = 0; i < len; i++)
		shim_require(req->data[i] == 0x77);
}

/* Check that a failed write changed nothing. */
static void check_unchanged(struct cnull_dev *dev, const struct request *req)
{
	u64 pos = req->io.sector * 512, len = req->io.nr_sectors * 512;
	u8 *got = malloc(len);
	struct request back = {
		.io.op = CNULL_OP_READ,
		.io.sector = req->io.sector,
		.io.nr_sectors = req->io.nr_sectors,
		.wait = CNULL_MAY_WAIT,
		.vec[0] = { .iov_base = got, .iov_len = len },
	};

	shim_require(got);
	shim_require(!run(dev, &back));
	shim_require(model_holds(pos, got, len));
	free(got);
}

/* Run a write and update the model. */
static void check_write(struct cnull_dev *dev, struct request *req)
{
	u64 pos = req->io.sector * 512, len = req->io.nr_sectors * 512;
	bool may_fail = memory_may_fail();
	int err;

	/* A write that may wait retries after a single failed allocation. */
	if (req->wait == CNULL_NO_WAIT)
		may_fail |= shim_mem.fail_nowait || shim_mem.fail_at;
	fill(req->data, pos, len);
	err = run(dev, req);
	if (!value_of(dev, CNULL_OPTION_memory_backed)) {
		shim_require(!err);
	} else if (!err) {
		shim_require(!must_sleep(req));
		model_write(pos, req->data, len);
	} else {
		shim_require(must_sleep(req) ||
			     (may_fail && !model_has_pages(pos, len)));
		shim_require(err == (req->wait == CNULL_MAY_WAIT ? -ENOSPC :
				     -EAGAIN));
		check_unchanged(dev, req);
	}
}

/* Check that each page of a range has its old data or is cleared, and update the model. */
static void check_part_cleared(struct cnull_dev *dev, u64 pos, u64 len)
{
	may_have_more_pages = true;
	while (len) {
		u64 n = min_t(u64, len, PAGE_SIZE - pos % PAGE_SIZE);
		u8 got[PAGE_SIZE];
		struct iovec vec = { .iov_base = got, .iov_len = n };
		struct cnull_iter to = { .vec = &vec };

		cnull_store_read(&dev->store, pos, n, &to);
		if (!model_holds(pos, got, n))
			model_discard(pos, n);
		shim_require(model_holds(pos, got, n));
		pos += n;
		len -= n;
	}
}

/* Run a discard and update the model. */
static void check_discard(struct cnull_dev *dev, struct request *req)
{
	u64 pos = req->io.sector * 512, len = req->io.nr_sectors * 512;
	bool backed = value_of(dev, CNULL_OPTION_memory_backed);
	bool waits = backed && req->wait == CNULL_NO_WAIT;
	int err = run(dev, req);

	if (err == -ENOSPC && backed && memory_may_fail()) {
		check_part_cleared(dev, pos, len);
		return;
	}
	shim_require(err == (waits ? -EAGAIN : 0));
	if (backed && !waits)
		model_discard(pos, len);
}

/* Run a request, and check its status and effect. */
static void check_request(struct cnull_dev *dev, struct request *req)
{
	if (!req->fits) {
		shim_require(run(dev, req) == -EIO);
		return;
	}
	switch (req->io.op) {
	case CNULL_OP_READ:
		check_read(dev, req);
		break;
	case CNULL_OP_WRITE:
		check_write(dev, req);
		break;
	case CNULL_OP_DISCARD:
		check_discard(dev, req);
		break;
	case CNULL_OP_FLUSH:
		shim_require(!run(dev, req));
		break;
	default:
		shim_require(run(dev, req) ==
			     (value_of(dev, CNULL_OPTION_memory_backed) ? -EIO : 0));
	}
	free(req->data);
}

/**
 * struct option_text - a text to write to an option
 * @id: the option
 * @text: the text
 */
struct option_text {
	enum cnull_option_id id;
	const char *text;
};

static const struct option_text texts[] = {
	{ CNULL_OPTION_size, "4" },
	{ CNULL_OPTION_size, "3" },
	{ CNULL_OPTION_size, "2" },
	{ CNULL_OPTION_size, "1" },
	{ CNULL_OPTION_size, "0" },
	{ CNULL_OPTION_blocksize, "512" },
	{ CNULL_OPTION_blocksize, "4096" },
	{ CNULL_OPTION_blocksize, "65536" },
	{ CNULL_OPTION_blocksize, "513" },
	{ CNULL_OPTION_memory_backed, "1" },
	{ CNULL_OPTION_memory_backed, "0" },
	{ CNULL_OPTION_irqmode, "0" },
	{ CNULL_OPTION_irqmode, "2" },
	{ CNULL_OPTION_completion_nsec, "0" },
	{ CNULL_OPTION_completion_nsec, "500" },
};

/* Write an option. A device that is on refuses the change. */
static void check_set(struct cnull_dev *dev, u8 nr)
{
	const struct option_text *row = &texts[nr % ARRAY_SIZE(texts)];
	int want = cnull_dev_is_on(dev) ? -EBUSY : 0;

	shim_require(cnull_dev_set(dev, &cnull_options[row->id],
				   row->text) == want);
}

/* Power on, and check the result. */
static void check_power_on(struct cnull_dev *dev)
{
	bool valid = value_of(dev, CNULL_OPTION_blocksize) != 513;
	long fail_at = shim_mem.fail_at;
	int err = cnull_dev_power(dev, true);

	if (!valid)
		shim_require(err == -EINVAL);
	else if (shim_mem.fail_all || (fail_at && !shim_mem.fail_at))
		shim_require(err == -ENOMEM);
	else
		shim_require(!err);
	shim_require(cnull_dev_is_on(dev) == !err);
}

/* Power on a device that is off, or power off a device that is on. */
static void switch_power(struct cnull_dev *dev)
{
	if (!cnull_dev_is_on(dev)) {
		check_power_on(dev);
		return;
	}
	shim_require(!cnull_dev_power(dev, false));
	shim_require(!cnull_dev_is_on(dev));
}

/* Does a snapshot operation fail because the device stores no data? */
static bool has_no_store(struct cnull_dev *dev)
{
	return cnull_dev_is_on(dev) &&
	       !value_of(dev, CNULL_OPTION_memory_backed);
}

/* Take a snapshot. It replaces the one of the same number. This needs no memory. */
static void take_snapshot(struct cnull_dev *dev, unsigned int nr)
{
	int err;

	if (has_snapshot[nr])
		cnull_snapshot_drop(&snapshots[nr]);
	err = cnull_snapshot_take(dev, &snapshots[nr]);
	shim_require(err == (has_no_store(dev) ? -EINVAL : 0));
	has_snapshot[nr] = !err;
	if (!err)
		model_save(nr);
}

/* Restore a snapshot if it exists. */
static void restore_snapshot(struct cnull_dev *dev, unsigned int nr)
{
	bool may_fail = memory_may_fail() || shim_mem.fail_at, is_wrong;
	int err;

	if (!has_snapshot[nr])
		return;
	is_wrong = has_no_store(dev) ||
		   (cnull_dev_is_on(dev) &&
		    value_of(dev, CNULL_OPTION_size) != snapshots[nr].config.size);
	err = cnull_snapshot_restore(dev, &snapshots[nr], CNULL_RESTORE_UNUSED);
	shim_require(err == (is_wrong ? -EINVAL : 0) || (err == -ENOMEM && may_fail));
	if (!err)
		model_load(nr);
}

static void drop_snapshots(void)
{
	unsigned int nr;

	for (nr = 0; nr < NR_SNAPSHOTS; nr++) {
		if (has_snapshot[nr])
			cnull_snapshot_drop(&snapshots[nr]);
		has_snapshot[nr] = false;
	}
}

/* Select the failure of allocations from now on; most values select none. */
static void set_memory(u8 mode)
{
	shim_mem.fail_at = mode % 16 == 1 ? mode / 16 + 1 : 0;
	shim_mem.fail_all = mode % 16 == 2;
	shim_mem.fail_nowait = mode % 16 == 3;
	shim_mem.is_short = mode % 16 == 4;
}

/* Run one step, and check the number of pages of the store. */
static void run_step(struct cnull_dev *dev, struct input *in)
{
	static const enum cnull_op ops[] = {
		[STEP_READ] = CNULL_OP_READ,
		[STEP_WRITE] = CNULL_OP_WRITE,
		[STEP_DISCARD] = CNULL_OP_DISCARD,
		[STEP_FLUSH] = CNULL_OP_FLUSH,
		[STEP_INVALID_OP] = 99,
	};
	u8 first = take_byte(in);
	enum step step = first % NR_STEPS;
	struct request req;

	switch (step) {
	case STEP_POWER:
		if (first & FLAG_SNAPSHOT)
			take_snapshot(dev, (first >> 5) % NR_SNAPSHOTS);
		else if (first & FLAG_RESTORE)
			restore_snapshot(dev, (first >> 5) % NR_SNAPSHOTS);
		else
			switch_power(dev);
		break;
	case STEP_SET:
		check_set(dev, take_byte(in));
		break;
	case STEP_MEMORY:
		set_memory(take_byte(in));
		break;
	default:
		if (!cnull_dev_is_on(dev))
			break;
		req = take_request(dev, in, ops[step], first);
		check_request(dev, &req);
	}
	shim_require(may_have_more_pages ||
		     cnull_budget_pages(&dev->store.budget) == model_pages());
}

/* Check all data of the model, also beyond the last size of the device. */
static void check_all(struct cnull_dev *dev)
{
	static u8 data[MODEL_BYTES];
	struct request req = {
		.io.op = CNULL_OP_READ,
		.io.nr_sectors = MODEL_BYTES / 512,
		.wait = CNULL_MAY_WAIT,
		.data = data,
		.vec[0] = { .iov_base = data, .iov_len = MODEL_BYTES },
	};

	shim_require(!cnull_dev_power(dev, false));
	shim_require(!cnull_dev_set(dev, &cnull_options[CNULL_OPTION_size], "4"));
	shim_require(!cnull_dev_set(dev, &cnull_options[CNULL_OPTION_blocksize],
				    "512"));
	shim_require(!cnull_dev_set(dev, &cnull_options[CNULL_OPTION_memory_backed],
				    "1"));
	shim_require(!cnull_dev_power(dev, true));
	check_read(dev, &req);
}

void fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .end = data + size };
	struct cnull_config config;
	struct cnull_dev dev;

	cnull_config_init(&config);
	config.memory_backed = true;
	/* A tree of one node. A larger size adds a node above it. */
	config.size = 2;
	cnull_dev_init(&dev, "fuzz", &config, &fuzz_backend);
	shim_require(!cnull_dev_power(&dev, true));
	while (in.at < in.end)
		run_step(&dev, &in);
	set_memory(0);
	check_all(&dev);
	drop_snapshots();
	may_have_more_pages = false;
	cnull_dev_kill(&dev);
	cnull_dev_destroy(&dev);
	/* Each input starts from the same state. */
	model_reset();
	nr_writes = 0;
}
