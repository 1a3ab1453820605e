// SPDX-License-Identifier: GPL-2.0
/*
 * The engine and its model, side by side: each operation is done to both, and
 * what comes of it must be the same.
 *
 * The model knows no nodes, and no rows of a table: it is the data, an array of
 * numbers, and the rules of the documentation written once more.
 */
#include <stdlib.h>

#include "bad.h"
#include "durable.h"
#include "limits.h"
#include "model.h"

/**
 * struct world - the engine's device and the model's
 * @dev: the engine's
 * @set: the model's settings
 * @conf: what is in effect; valid while @on
 * @on: is the model's device on?
 * @cut: is its power cut? Then it is on, for what users see
 * @buf: data of a request
 * @sent: what a write brings
 * @why: what went wrong
 */
struct world {
	struct cnull_dev dev;
	u64 set[CNULL_NR_OPTS];
	u64 conf[CNULL_NR_OPTS];
	bool on;
	bool cut;
	u8 buf[MOST_SECTORS * SECTOR_BYTES];
	u8 sent[MOST_SECTORS * SECTOR_BYTES];
	char why[200];
};

#define CHECK(w, condition) do { \
	if (!(condition)) { \
		snprintf((w)->why, sizeof((w)->why), "not so: %s (line %d)", \
			 #condition, __LINE__); \
		return false; \
	} \
} while (0)

static int start(struct cnull_dev *dev)
{
	(void)dev;
	return 0;
}

static void stop(struct cnull_dev *dev)
{
	(void)dev;
}

static int resize(struct cnull_dev *dev, unsigned int submit_queues,
		  unsigned int poll_queues)
{
	(void)dev;
	(void)submit_queues;
	(void)poll_queues;
	return 0;
}

static const struct cnull_face face = {
	.start = start,
	.stop = stop,
	.cut = stop,
	.resize = resize,
};

/* Could the value be written to the option's file? */
static int parse_error(const struct cnull_opt *opt, u64 value)
{
	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		/* Only the first letter counts: 1, 10 and 0, 1000 and so on. */
		while (value > 9)
			value /= 10;
		return value > 1 ? -EINVAL : 0;
	case CNULL_TYPE_UINT:
	case CNULL_TYPE_NODE:
		return value > UINT_MAX ? -ERANGE : 0;
	case CNULL_TYPE_ULONG:
		return 0;
	}
	return 0;
}

/* Can a device be made of these settings? */
static bool settings_go(const u64 *set)
{
	u64 blocksize = set[CNULL_OPT_blocksize];
	u64 max_sectors = set[CNULL_OPT_max_sectors];
	u64 node = set[CNULL_OPT_home_node];

	return blocksize >= 512 && blocksize <= 65536 &&
	       !(blocksize & (blocksize - 1)) &&
	       set[CNULL_OPT_irqmode] <= 2 &&
	       (set[CNULL_OPT_queue_mode] == 0 ||
		set[CNULL_OPT_queue_mode] == 2) &&
	       set[CNULL_OPT_hw_queue_depth] >= 1 &&
	       (node == UINT_MAX || node == 0) &&
	       (!max_sectors ||
		(max_sectors >= 8 && max_sectors >= blocksize / 512)) &&
	       set[CNULL_OPT_mbps] <= 40960 &&
	       set[CNULL_OPT_read_mbps] <= 40960 &&
	       set[CNULL_OPT_write_mbps] <= 40960 &&
	       set[CNULL_OPT_iops] <= 1000000000 &&
	       set[CNULL_OPT_size] < (1ULL << 43) &&
	       set[CNULL_OPT_cache_size] < (1ULL << 43) &&
	       (!set[CNULL_OPT_cache_size] || set[CNULL_OPT_memory_backed]) &&
	       set[CNULL_OPT_zone_size] < (1ULL << 43) &&
	       set[CNULL_OPT_zone_capacity] < (1ULL << 43) &&
	       set[CNULL_OPT_completion_nsec] <= (1ULL << 62);
}

static bool has_cache(const struct world *w)
{
	return w->on && w->conf[CNULL_OPT_cache_size];
}

/* Does each option read as it should? */
static bool check_options(struct world *w)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTS; i++)
		CHECK(w, cnull_dev_get(&w->dev, &cnull_opts[i]) ==
			 (w->on ? w->conf : w->set)[i]);
	return true;
}

static bool is_within(struct world *w, const struct op *op)
{
	return op->a + op->b <= w->conf[CNULL_OPT_size] * 2048;
}

/* Some writes are to be durable at once, and some zeros to stay. */
static unsigned int io_flags(const struct op *op)
{
	if (op->kind == OP_WRITE && op->seed % 4 == 0)
		return CNULL_IO_FUA;
	return op->kind == OP_ZERO && op->seed % 2 ? CNULL_IO_NOUNMAP : 0;
}

/* Run a request through the engine. Its data is in two odd pieces. */
static int run(struct world *w, const struct op *op, enum cnull_op what,
	       bool *deadline_is_right)
{
	size_t len = op->b * SECTOR_BYTES, cut = len / 3 + 1;
	struct iovec vec[2] = {
		{ .iov_base = w->buf, .iov_len = cut },
		{ .iov_base = w->buf + cut, .iov_len = len - cut },
	};
	struct cnull_io io = {
		.op = what,
		.sector = op->a,
		.nr_sectors = op->b,
		.flags = io_flags(op),
		.iter = { .vec = vec },
	};
	struct cnull_live *live;
	u64 deadline = 0;
	int err;

	mutex_lock(&w->dev.lock);
	live = w->dev.live;
	mutex_unlock(&w->dev.lock);
	shim_mem.in_io = true;
	err = cnull_io_run(live, &io, op->wait);
	shim_mem.in_io = false;
	if (w->conf[CNULL_OPT_irqmode] == 2 &&
	    w->conf[CNULL_OPT_completion_nsec])
		deadline = shim_now + w->conf[CNULL_OPT_completion_nsec];
	if (err != -EAGAIN && is_within(w, op) && !w->cut)
		deadline = max(deadline, limits_end(w->conf, what, op->b));
	*deadline_is_right = io.deadline == deadline;
	return err;
}

static bool do_power(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at, cached = has_cache(w);
	char error[CNULL_ERROR_SIZE];
	int err = cnull_dev_power(&w->dev, op->a);

	if (!op->a) {
		CHECK(w, err == 0);
		w->on = w->cut = false;
		if (cached)
			CHECK(w, durable_take_over(&w->dev.store));
	} else if (w->on) {
		CHECK(w, err == (w->cut ? -EBUSY : 0));
	} else if (!settings_go(w->set)) {
		CHECK(w, err == -EINVAL);
	} else if (err) {
		CHECK(w, err == -ENOMEM && failing);
	} else {
		w->on = true;
		limits_reset();
		/* So that it has to make room. */
		mutex_lock(&w->dev.lock);
		w->dev.live->cache.nr_frames = min(w->dev.live->cache.nr_frames,
						   16UL);
		mutex_unlock(&w->dev.lock);
		memcpy(w->conf, w->set, sizeof(w->set));
		if (w->conf[CNULL_OPT_submit_queues] < 1 ||
		    w->conf[CNULL_OPT_use_per_node_hctx])
			w->conf[CNULL_OPT_submit_queues] = 1;
		if (w->conf[CNULL_OPT_submit_queues] > nr_cpu_ids)
			w->conf[CNULL_OPT_submit_queues] = nr_cpu_ids;
		if (w->conf[CNULL_OPT_poll_queues] > nr_cpu_ids)
			w->conf[CNULL_OPT_poll_queues] = nr_cpu_ids;
	}
	CHECK(w, cnull_dev_is_on(&w->dev) == w->on);
	if (op->a) {
		cnull_dev_error(&w->dev, error, sizeof(error));
		CHECK(w, w->on == !*error);
	}
	return check_options(w);
}

static bool do_cut(struct world *w)
{
	CHECK(w, cnull_dev_cut(&w->dev) == (w->on ? 0 : -ENODEV));
	w->cut = w->on;
	return true;
}

static bool do_set(struct world *w, const struct op *op)
{
	const struct cnull_opt *opt = &cnull_opts[op->a];
	int want = parse_error(opt, op->b), err;
	bool submit = op->a == CNULL_OPT_submit_queues;
	bool queues = submit || op->a == CNULL_OPT_poll_queues;
	bool mbps = op->a == CNULL_OPT_mbps || op->a == CNULL_OPT_read_mbps ||
		    op->a == CNULL_OPT_write_mbps;
	bool iops = op->a == CNULL_OPT_iops;
	bool zones = op->a == CNULL_OPT_zone_max_open ||
		     op->a == CNULL_OPT_zone_max_active;
	u64 value = op->b;
	char text[32];

	snprintf(text, sizeof(text), "%llu\n", op->b);
	err = cnull_dev_set(&w->dev, opt, text);
	if (!want && w->on && (w->cut || (!queues && !mbps && !iops && !zones)))
		want = -EBUSY;
	if (!want && w->on && queues &&
	    (value < submit || value > nr_cpu_ids ||
	     w->conf[CNULL_OPT_shared_tags]))
		want = -EINVAL;
	if (!want && w->on && ((mbps && value > 40960) ||
			       (iops && value > 1000000000)))
		want = -EINVAL;
	CHECK(w, err == want);
	if (!err) {
		if (opt->type == CNULL_TYPE_BOOL)
			value = text[0] == '1';
		if (w->on)
			limits_change(op->a, w->conf[op->a], value);
		w->set[op->a] = w->conf[op->a] = value;
	}
	return check_options(w);
}

/* Make all settings such that they go, with some of the extras; not while it is on. */
static bool do_mend(struct world *w, const struct op *op)
{
	int i;

	for (i = 0; !w->on && i < CNULL_NR_OPTS; i++) {
		struct op set = { .kind = OP_SET, .a = i, .b = cnull_opts[i].def };

		if (i == CNULL_OPT_memory_backed)
			set.b = 1;
		if (i == CNULL_OPT_cache_size)
			set.b = op->a % 3;
		if (i == CNULL_OPT_badblocks_once)
			set.b = op->a / 3 % 2;
		if (i == CNULL_OPT_badblocks_partial_io)
			set.b = op->a / 6 % 2;
		if (i == CNULL_OPT_mbps)
			set.b = op->a / 12 % 2;
		if (!do_set(w, &set))
			return false;
	}
	return true;
}

static bool do_bad(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at;
	char text[64];
	int err;

	snprintf(text, sizeof(text), "%c%llu-%llu\n", op->seed % 2 ? '+' : '-',
		 op->a, op->a + op->b - 1);
	err = cnull_badblocks_set(&w->dev.badblocks, text);
	CHECK(w, !err || (err == -ENOMEM && failing));
	if (!err)
		bad_set(op->a, op->b, op->seed % 2);
	return true;
}

/*
 * A write that ended for want of memory may have written some of its pages. What
 * is there takes none to be written; but what is to be cached does.
 */
static bool take_over(struct world *w, const struct op *op)
{
	struct op read = { .kind = OP_READ, .a = op->a, .b = op->b };
	u64 pos = op->a * SECTOR_BYTES, len = op->b * SECTOR_BYTES;
	bool right;

	CHECK(w, has_cache(w) || !model_has_pages(pos, len));
	CHECK(w, run(w, &read, CNULL_OP_READ, &right) == 0);
	CHECK(w, model_write_torn(pos, w->sent, w->buf, len) ||
		 (has_cache(w) && !memcmp(w->sent, w->buf, len)));
	durable_may_be(op->a, op->b);
	return true;
}

static bool do_io(struct world *w, const struct op *op)
{
	static const enum cnull_op what[] = {
		[OP_WRITE] = CNULL_OP_WRITE,
		[OP_READ] = CNULL_OP_READ,
		[OP_DISCARD] = CNULL_OP_DISCARD,
		[OP_ZERO] = CNULL_OP_WRITE_ZEROES,
		[OP_ERASE] = CNULL_OP_SECURE_ERASE,
		[OP_FLUSH] = CNULL_OP_FLUSH,
	};
	u64 pos = op->a * SECTOR_BYTES, len;
	bool backed = w->conf[CNULL_OPT_memory_backed];
	bool failing = shim_mem.fail_at || shim_mem.is_short, right;
	enum bad_met met;
	struct op done;
	int err, want;
	u64 i;

	if (!w->on)
		return true;
	for (i = 0; i < op->b; i++)
		memset(w->sent + i * SECTOR_BYTES, (op->seed + i) % 255 + 1,
		       SECTOR_BYTES);
	memcpy(w->buf, w->sent, op->b * SECTOR_BYTES);
	err = run(w, op, what[op->kind], &right);
	CHECK(w, right);
	if (!is_within(w, op) || w->cut) {
		CHECK(w, err == -EIO);
		return true;
	}
	met = bad_meet(w->conf, op, &done);
	if (met == BAD_LATER) {
		CHECK(w, err == -EAGAIN);
		return true;
	}
	want = met == BAD_MET ? -EIO : 0;
	len = done.b * SECTOR_BYTES;
	if (met == BAD_MET && !len) {
		CHECK(w, err == want);
		return true;
	}
	switch (op->kind) {
	case OP_WRITE:
		if (err != want) {
			CHECK(w, backed && failing);
			CHECK(w, err == (op->wait == CNULL_MAY_WAIT ?
					 -ENOSPC : -EAGAIN));
			return take_over(w, &done);
		}
		if (!backed)
			return true;
		model_write(pos, w->sent, len);
		if (has_cache(w) && !(io_flags(op) & CNULL_IO_FUA))
			durable_may_be(done.a, done.b);
		else
			durable_is(done.a, done.b);
		return true;
	case OP_DISCARD:
	case OP_ZERO:
	case OP_ERASE:
		if (backed && op->wait == CNULL_NO_WAIT) {
			CHECK(w, err == -EAGAIN);
			return true;
		}
		CHECK(w, err == want);
		if (backed && op->kind == OP_ZERO && op->seed % 2)
			model_zero(pos, len);
		else if (backed)
			model_discard(pos, len);
		if (backed)
			durable_is(done.a, done.b);
		return true;
	case OP_READ:
		CHECK(w, err == want);
		if (backed)
			CHECK(w, model_holds(pos, w->buf, len));
		else
			CHECK(w, !memcmp(w->buf, w->sent, len));
		return true;
	default:
		if (has_cache(w) && op->wait == CNULL_NO_WAIT)
			want = -EAGAIN;
		CHECK(w, err == want);
		if (!err)
			durable_flush();
		return true;
	}
}

static bool do_op(struct world *w, const struct op *op)
{
	switch (op->kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_DISCARD:
	case OP_ZERO:
	case OP_ERASE:
	case OP_FLUSH:
		return do_io(w, op);
	case OP_POWER:
		return do_power(w, op);
	case OP_CUT:
		return do_cut(w);
	case OP_SET:
		return do_set(w, op);
	case OP_MEND:
		return do_mend(w, op);
	case OP_BAD:
		return do_bad(w, op);
	case OP_FAIL_ALLOC:
		shim_mem.fail_at = op->a;
		return true;
	case OP_SHORT:
		shim_mem.is_short = op->a;
		return true;
	case OP_SLEEP:
		shim_now += op->a;
		return true;
	case NR_OPS:
		break;
	}
	return false;
}

/* Discarded pages are gone, and all others are there, or in the cache. */
static bool check_pages(struct world *w)
{
	long pages = atomic_long_read(&w->dev.store.tree.nr_pages);

	CHECK(w, has_cache(w) ? pages <= model_pages() : pages == model_pages());
	return true;
}

/* At the end: all the data, whatever the size was in between. */
static bool check_all(struct world *w)
{
	struct op on = { .kind = OP_POWER, .a = 1 }, off = { .kind = OP_POWER };
	struct op read = { .kind = OP_READ, .wait = CNULL_MAY_WAIT };
	struct op mend = { .kind = OP_MEND };
	struct op good = { .kind = OP_BAD, .b = MODEL_SECTORS };

	shim_mem.fail_at = 0;
	shim_mem.is_short = false;
	if (!do_power(w, &off) || !do_mend(w, &mend) || !do_bad(w, &good) ||
	    !do_power(w, &on))
		return false;
	for (read.a = 0; read.a < MODEL_SECTORS; read.a += read.b) {
		read.b = min_t(u64, MOST_SECTORS, MODEL_SECTORS - read.a);
		if (!do_io(w, &read))
			return false;
	}
	return do_power(w, &off);
}

/**
 * world_run - do a sequence of operations in a new world
 * @ops: the operations
 * @nr: how many
 * @failed: set to the index of the one that went wrong, @nr for the last check
 *
 * Return: NULL if all went well, else what went wrong; valid until the next run.
 */
const char *world_run(const struct op *ops, size_t nr, size_t *failed)
{
	static char why[200];
	struct cnull_settings set;
	long in_use = shim_mem.in_use;
	int warnings = shim_warnings, i;
	struct world *w = calloc(1, sizeof(*w));
	bool good = true;
	size_t at;

	shim_require(w);
	shim_now = 1;
	model_reset();
	durable_reset();
	bad_reset();
	cnull_opts_default(&set);
	set.size = 4;
	set.memory_backed = true;
	for (i = 0; i < CNULL_NR_OPTS; i++)
		w->set[i] = cnull_opt_value(&cnull_opts[i], &set);
	cnull_dev_init(&w->dev, "model", &set, &face);

	for (at = 0; good && at < nr; at++)
		good = do_op(w, &ops[at]) && check_pages(w);
	*failed = good ? nr : at - 1;
	good = good && check_all(w);
	shim_mem.fail_at = 0;
	shim_mem.is_short = false;
	strscpy(why, w->why, sizeof(why));

	cnull_dev_kill(&w->dev);
	cnull_dev_destroy(&w->dev);
	rcu_barrier();
	free(w);
	if (good && (shim_mem.in_use != in_use || shim_warnings != warnings)) {
		snprintf(why, sizeof(why), "%ld allocations left, %d warnings",
			 shim_mem.in_use - in_use, shim_warnings - warnings);
		good = false;
	}
	shim_mem.in_use = in_use;
	shim_warnings = warnings;
	return good ? NULL : why;
}
