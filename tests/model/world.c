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
#include "device/zone_control.h"
#include "durable.h"
#include "limits.h"
#include "settings.h"
#include "world.h"
#include "zones.h"

static int start(struct cnull_dev *dev)
{
	cnull_dev_allow_cut(dev);
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

static const struct cnull_backend backend = {
	.start = start,
	.stop = stop,
	.drain = stop,
	.cut = stop,
	.resize = resize,
};

/* Does each option read as it should? */
static bool check_options(struct world *w)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		CHECK(w, cnull_dev_get(&w->dev, &cnull_options[i]) ==
			 (w->on ? w->conf : w->set)[i]);
	return true;
}

/* Those of the device; or if it is off, those that it keeps. */
static struct cnull_zones *zones_of(struct world *w)
{
	guard(mutex)(&w->dev.lock);
	return w->dev.live ? w->dev.live->zones : w->dev.zones;
}

/* The device is on. */
static void begin(struct world *w)
{
	struct cnull_cache *cache = &live_of(w)->cache;

	w->on = true;
	settings_fit(w->set, w->conf);
	limits_reset();
	zones_power_on(w->conf);
	/* So that it has to make room. */
	cache->nr_frames = min(cache->nr_frames, 16UL);
}

/* It was on, and is off. */
static bool end(struct world *w)
{
	bool cached = has_cache(w);

	CHECK(w, zones_power_off(w->conf, zones_of(w), &w->dev.store));
	if (cached)
		CHECK(w, durable_take_over(&w->dev.store));
	w->on = w->cut = false;
	return true;
}

static bool do_power(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at, goes = settings_go(w->set);
	char error[CNULL_ERROR_SIZE];
	int err;

	/* To make many takes long. */
	if (goes && w->set[CNULL_OPTION_zoned] && zones_count(w->set) > MOST_ZONES)
		return true;
	err = cnull_dev_power(&w->dev, op->a);
	if (!op->a) {
		CHECK(w, err == 0);
		if (w->on && !end(w))
			return false;
	} else if (w->on) {
		CHECK(w, err == (w->cut ? -EBUSY : 0));
	} else if (!goes) {
		CHECK(w, err == -EINVAL);
	} else if (zones_exceed(w->set)) {
		CHECK(w, err == -EINVAL || (err == -ENOMEM && failing));
	} else if (err) {
		CHECK(w, err == -ENOMEM && failing);
	} else {
		begin(w);
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

/* An option has changed on a device that is on. */
static void change(struct world *w, enum cnull_option_id opt)
{
	limits_change(opt, w->conf[opt], w->set[opt]);
	w->conf[opt] = w->set[opt];
	if (!has_zones(w) || (opt != CNULL_OPTION_zone_max_open &&
			      opt != CNULL_OPTION_zone_max_active))
		return;
	/* What is in effect of one depends on what was asked for of the other. */
	w->conf[CNULL_OPTION_zone_max_open] = w->set[CNULL_OPTION_zone_max_open];
	w->conf[CNULL_OPTION_zone_max_active] = w->set[CNULL_OPTION_zone_max_active];
	zones_fit(w->conf);
	zones_limit(w->conf);
}

/* A value that parses, of an option of a device that is on: 0 or the error. */
static int may_change(const struct world *w, enum cnull_option_id opt, u64 value)
{
	u64 set[CNULL_NR_OPTIONS];
	int err = w->cut ? -EBUSY : settings_live(w->conf, opt, value);

	if (err || !has_zones(w) || (opt != CNULL_OPTION_zone_max_open &&
				     opt != CNULL_OPTION_zone_max_active))
		return err;
	memcpy(set, w->set, sizeof(set));
	set[opt] = value;
	return zones_may_limit(w->conf, set);
}

static bool do_set(struct world *w, const struct op *op)
{
	const struct cnull_option *opt = &cnull_options[op->a];
	int want = settings_parse(opt, op->b), err;
	char text[32];

	snprintf(text, sizeof(text), "%llu\n", op->b);
	err = cnull_dev_set(&w->dev, opt, text);
	if (!want && w->on)
		want = may_change(w, op->a, op->b);
	CHECK(w, err == want);
	if (!err) {
		w->set[op->a] = opt->type == CNULL_TYPE_BOOL ? text[0] == '1' :
							       op->b;
		if (w->on)
			change(w, op->a);
	}
	return check_options(w);
}

/* Make all settings such that they go; not while it is on. */
static bool do_mend(struct world *w, const struct op *op)
{
	u64 set[CNULL_NR_OPTIONS];
	int i;

	op_settings(op, set);
	for (i = 0; !w->on && i < CNULL_NR_OPTIONS; i++) {
		struct op one = { .kind = OP_SET, .a = i, .b = set[i] };

		if (!do_set(w, &one))
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

/* A zone becomes read-only, or goes offline. */
static bool do_zone(struct world *w, const struct op *op)
{
	enum cnull_zone_op to = op->kind == OP_READONLY ?
				CNULL_ZONE_TO_READONLY : CNULL_ZONE_TO_OFFLINE;
	char text[32];
	int err;

	snprintf(text, sizeof(text), "%llu\n", op->a);
	err = cnull_dev_set_zone(&w->dev, to, text);
	CHECK(w, err == (w->cut ? -EBUSY :
			 zones_set(w->conf, op->kind, op->a)));
	return true;
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
	case OP_APPEND:
	case OP_OPEN:
	case OP_CLOSE:
	case OP_FINISH:
	case OP_RESET:
	case OP_RESET_ALL:
		return request_do(w, op);
	case OP_READONLY:
	case OP_OFFLINE:
		return do_zone(w, op);
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

static bool check_zones(struct world *w)
{
	CHECK(w, zones_are(zones_of(w), w->on));
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
		if (!request_do(w, &read))
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
	struct cnull_config set;
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
	zones_reset();
	cnull_config_init(&set);
	set.size = 4;
	set.memory_backed = true;
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		w->set[i] = cnull_option_value(&cnull_options[i], &set);
	cnull_dev_init(&w->dev, "model", &set, &backend);

	for (at = 0; good && at < nr; at++)
		good = do_op(w, &ops[at]) && check_pages(w) &&
		       check_zones(w);
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
