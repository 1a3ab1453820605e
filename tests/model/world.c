// SPDX-License-Identifier: GPL-2.0
/*
 * The world: the engine and its model, side by side. Each operation runs on both,
 * and the results must agree.
 *
 * The model has neither tree nodes nor table rows. It consists of the data, an array
 * of option values, and a second version of the documented rules.
 */
#include <stdlib.h>

#include "badblocks.h"
#include "config.h"
#include "device/zone_control.h"
#include "durable.h"
#include "limits.h"
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

/* Check that each option reads as the model expects. */
static bool check_options(struct world *w)
{
	int i;

	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		CHECK(w, cnull_dev_get(&w->dev, &cnull_options[i]) ==
			 (w->on ? w->effective : w->config)[i]);
	return true;
}

/* Return the zones of the device, or while it is off, the zones that it keeps. */
static struct cnull_zones *zones_of(struct world *w)
{
	guard(mutex)(&w->dev.lock);
	return w->dev.live ? w->dev.live->zones : w->dev.zones;
}

/* A small cache has to evict. */
static void shrink_cache(struct world *w)
{
	struct cnull_cache *cache = &live_of(w)->cache;

	cache->nr_frames = min(cache->nr_frames, 16UL);
}

/* Update the model after a successful power on. */
static void power_on(struct world *w)
{
	w->on = true;
	config_normalize(w->config, w->effective);
	limits_reset();
	zones_power_on(w->effective);
	shrink_cache(w);
}

/* Update the model after a power off, and check the data and the zones. */
static bool power_off(struct world *w)
{
	bool cached = has_cache(w);

	CHECK(w, zones_power_off(w->effective, zones_of(w), &w->dev.store));
	if (cached)
		CHECK(w, durable_load(&w->dev.store));
	w->on = w->cut = false;
	return true;
}

/* Power on or off. */
static bool do_power(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at, valid = config_is_valid(w->config);
	const bool was_on = w->on;
	char error[CNULL_ERROR_SIZE];
	int err;

	/* Skip devices with many zones, because making them takes long. */
	if (valid && w->config[CNULL_OPTION_zoned] &&
	    zones_count(w->config) > MOST_ZONES)
		return true;
	err = cnull_dev_power(&w->dev, op->a);
	if (!op->a) {
		CHECK(w, err == 0);
		if (w->on && !power_off(w))
			return false;
	} else if (w->on) {
		CHECK(w, err == (w->cut ? -EBUSY : 0));
	} else if (!valid) {
		CHECK(w, err == -EINVAL);
	} else if (zones_exceed(w->config)) {
		CHECK(w, err == -EINVAL || (err == -ENOMEM && failing));
	} else if (err) {
		CHECK(w, err == -ENOMEM && failing);
	} else {
		power_on(w);
	}
	CHECK(w, cnull_dev_is_on(&w->dev) == w->on);
	if (op->a && !was_on) {
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

/* Update the effective config after a change of an option while on. */
static void change_option(struct world *w, enum cnull_option_id opt)
{
	limits_update(opt, w->effective[opt], w->config[opt]);
	w->effective[opt] = w->config[opt];
	if (!has_zones(w) || (opt != CNULL_OPTION_zone_max_open &&
			      opt != CNULL_OPTION_zone_max_active))
		return;
	/* The effective value of each limit depends on the config of both. */
	w->effective[CNULL_OPTION_zone_max_open] =
		w->config[CNULL_OPTION_zone_max_open];
	w->effective[CNULL_OPTION_zone_max_active] =
		w->config[CNULL_OPTION_zone_max_active];
	zones_normalize(w->effective);
	zones_update_limits(w->effective);
}

/* Return 0 if a device that is on accepts a parsed value, else the errno. */
static int validate_change(const struct world *w, enum cnull_option_id opt,
			   u64 value)
{
	u64 config[CNULL_NR_OPTIONS];
	int err = w->cut ? -EBUSY : config_validate_change(w->effective, opt, value);

	if (err || !has_zones(w) || (opt != CNULL_OPTION_zone_max_open &&
				     opt != CNULL_OPTION_zone_max_active))
		return err;
	memcpy(config, w->config, sizeof(config));
	config[opt] = value;
	return zones_validate_limits(w->effective, config);
}

/* Write a value to an option. */
static bool do_set(struct world *w, const struct op *op)
{
	const struct cnull_option *opt = &cnull_options[op->a];
	int want = config_parse(opt, op->b), err;
	char text[32];

	snprintf(text, sizeof(text), "%llu\n", op->b);
	err = cnull_dev_set(&w->dev, opt, text);
	if (!want && w->on)
		want = validate_change(w, op->a, op->b);
	CHECK(w, err == want);
	if (!err) {
		w->config[op->a] = opt->type == CNULL_TYPE_BOOL ?
				   text[0] == '1' : op->b;
		if (w->on)
			change_option(w, op->a);
	}
	return check_options(w);
}

/* Set all options to good values, unless the device is on. */
static bool do_set_all(struct world *w, const struct op *op)
{
	u64 config[CNULL_NR_OPTIONS];
	int i;

	op_config(op, config);
	for (i = 0; !w->on && i < CNULL_NR_OPTIONS; i++) {
		struct op one = { .kind = OP_SET, .a = i, .b = config[i] };

		if (!do_set(w, &one))
			return false;
	}
	return true;
}

/* Mark sectors bad or good. */
static bool do_badblocks(struct world *w, const struct op *op)
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
 * Update the model after a flush of the cache. Pages of zeros need not be in the store then:
 * an entry without valid sectors is dropped.
 */
static bool flush_model(struct world *w)
{
	static const u8 zeros[PAGE_SIZE];
	bool is_present;
	u64 pos;

	durable_flush();
	zones_flush();
	for (pos = 0; pos < MODEL_BYTES; pos += PAGE_SIZE) {
		cnull_store_extent(&w->dev.store, pos, PAGE_SIZE, &is_present);
		CHECK(w, is_present || model_holds(pos, zeros, PAGE_SIZE));
		if (!is_present)
			model_discard(pos, PAGE_SIZE);
	}
	return true;
}

/* Take a snapshot. It replaces the one of the same number. */
static bool do_snapshot(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at;
	int err, want = 0;

	if (w->has_snapshot[op->a])
		cnull_snapshot_drop(&w->snapshot[op->a]);
	err = cnull_snapshot_take(&w->dev, &w->snapshot[op->a]);
	w->has_snapshot[op->a] = !err;
	if (w->cut)
		want = -EBUSY;
	else if (w->on && !w->effective[CNULL_OPTION_memory_backed])
		want = -EINVAL;
	CHECK(w, err == want || (err == -ENOMEM && failing && !want));
	if (err)
		return true;
	if (has_cache(w) && !flush_model(w))
		return false;
	model_save(op->a);
	zones_save(op->a, w->on ? w->effective : NULL);
	return true;
}

/* Return the error of a restore, without a lack of memory. */
static int restore_error(const struct world *w, unsigned int nr)
{
	if (w->cut)
		return -EBUSY;
	if (!w->on)
		return 0;
	if (!w->effective[CNULL_OPTION_memory_backed])
		return -EINVAL;
	if (has_zones(w))
		return -EBUSY;
	return w->effective[CNULL_OPTION_size] == w->snapshot[nr].config.size ?
		       0 : -EINVAL;
}

/* Restore a snapshot if it exists. */
static bool do_restore(struct world *w, const struct op *op)
{
	bool failing = shim_mem.fail_at;
	int err;

	if (!w->has_snapshot[op->a])
		return true;
	err = cnull_snapshot_restore(&w->dev, &w->snapshot[op->a],
				     CNULL_RESTORE_UNUSED);
	CHECK(w, err == restore_error(w, op->a) || (err == -ENOMEM && failing));
	if (err)
		return true;
	model_load(op->a);
	durable_restore();
	zones_load(op->a);
	if (has_cache(w))
		shrink_cache(w);
	return true;
}

/* Set a zone read-only or offline. */
static bool do_zone_cond(struct world *w, const struct op *op)
{
	enum cnull_zone_op to = op->kind == OP_READONLY ?
				CNULL_ZONE_TO_READONLY : CNULL_ZONE_TO_OFFLINE;
	char text[32];
	int err;

	snprintf(text, sizeof(text), "%llu\n", op->a);
	err = cnull_dev_set_zone(&w->dev, to, text);
	CHECK(w, err == (w->cut ? -EBUSY :
			 zones_set_cond(w->effective, op->kind, op->a)));
	if (!err && shim_mem.is_short)
		request_adopt(w);
	return true;
}

static bool do_op(struct world *w, const struct op *op)
{
	switch (op->kind) {
	case OP_WRITE:
	case OP_READ:
	case OP_DISCARD:
	case OP_WRITE_ZEROES:
	case OP_SECURE_ERASE:
	case OP_FLUSH:
	case OP_APPEND:
	case OP_OPEN:
	case OP_CLOSE:
	case OP_FINISH:
	case OP_RESET:
	case OP_RESET_ALL:
		return request_run(w, op);
	case OP_READONLY:
	case OP_OFFLINE:
		return do_zone_cond(w, op);
	case OP_POWER:
		return do_power(w, op);
	case OP_CUT:
		return do_cut(w);
	case OP_SET:
		return do_set(w, op);
	case OP_SET_ALL:
		return do_set_all(w, op);
	case OP_BADBLOCKS:
		return do_badblocks(w, op);
	case OP_SNAPSHOT:
		return do_snapshot(w, op);
	case OP_RESTORE:
		return do_restore(w, op);
	case OP_FAIL_ALLOC:
		shim_mem.fail_at = op->a;
		return true;
	case OP_LOW_MEMORY:
		shim_mem.is_short = op->a;
		return true;
	case OP_ADVANCE_CLOCK:
		shim_now += op->a;
		return true;
	case NR_OPS:
		break;
	}
	return false;
}

/* The store has exactly the pages of the model. A cache may hold back some. */
static bool check_pages(struct world *w)
{
	long pages = cnull_budget_pages(&w->dev.store.budget);

	CHECK(w, w->may_have_more_pages ||
		 (has_cache(w) ? pages <= model_pages() : pages == model_pages()));
	return true;
}

/* The zones equal those of the model. */
static bool check_zones(struct world *w)
{
	CHECK(w, zones_match(zones_of(w), w->on));
	return true;
}

/* Read all sectors of the model at the end, also those beyond the last size. */
static bool check_all(struct world *w)
{
	struct op on = { .kind = OP_POWER, .a = 1 }, off = { .kind = OP_POWER };
	struct op read = { .kind = OP_READ, .wait = CNULL_MAY_WAIT };
	struct op set_all = { .kind = OP_SET_ALL };
	struct op good = { .kind = OP_BADBLOCKS, .b = MODEL_SECTORS };

	shim_mem.fail_at = 0;
	shim_mem.is_short = false;
	if (!do_power(w, &off) || !do_set_all(w, &set_all) ||
	    !do_badblocks(w, &good) || !do_power(w, &on))
		return false;
	for (read.a = 0; read.a < MODEL_SECTORS; read.a += read.b) {
		read.b = min_t(u64, MOST_SECTORS, MODEL_SECTORS - read.a);
		if (!request_run(w, &read))
			return false;
	}
	return do_power(w, &off);
}

/**
 * world_run - run a sequence of operations in a new world
 * @ops: the operations
 * @nr: the number of operations
 * @failed: set to the index of the operation that failed, @nr if the final check
 *	failed or nothing did
 *
 * Return: NULL if all checks passed, else a message with the failed check, valid
 * until the next call.
 */
const char *world_run(const struct op *ops, size_t nr, size_t *failed)
{
	static char why[200];
	struct cnull_config config;
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
	cnull_config_init(&config);
	config.size = 4;
	config.memory_backed = true;
	for (i = 0; i < CNULL_NR_OPTIONS; i++)
		w->config[i] = cnull_option_value(&cnull_options[i], &config);
	cnull_dev_init(&w->dev, "model", &config, &backend);

	for (at = 0; good && at < nr; at++)
		good = do_op(w, &ops[at]) && check_pages(w) &&
		       check_zones(w);
	*failed = good ? nr : at - 1;
	good = good && check_all(w);
	shim_mem.fail_at = 0;
	shim_mem.is_short = false;
	strscpy(why, w->why, sizeof(why));

	for (i = 0; i < NR_SNAPSHOTS; i++)
		if (w->has_snapshot[i])
			cnull_snapshot_drop(&w->snapshot[i]);
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
