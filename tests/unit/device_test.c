// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: config, power, power cuts, and refused options.
 */
#include "device/life.h"
#include "result.h"
#include "world.h"
#include "zone/layout.h"

#define NR_IO_THREADS	3

/**
 * struct fixture - a device, and a backend that counts calls and allows I/O
 * @dev: the device
 * @starts: number of successful calls of start
 * @stops: number of calls of stop
 * @drains: number of calls of drain
 * @cuts: number of calls of cut
 * @blocks: the call that waits for @drains, as for a request with a deadline, or a
 *	slow drain; set before the threads start
 * @blocked: that call waits
 * @kills: thread 1 removes the device instead of powering it off
 * @resized: the numbers of queues in the last call of resize: 100 * submit + poll
 * @start_error: the return value of start
 * @resize_error: the return value of resize
 * @gate: one lock for each thread with I/O, held during the I/O
 * @on: the live device for each such thread, or NULL; guarded by its gate
 * @errors: number of errors that threads found
 */
struct fixture {
	struct cnull_dev dev;
	int starts;
	int stops;
	atomic_long_t drains;
	int cuts;
	enum { BLOCKS_NOT, BLOCKS_START, BLOCKS_RESIZE, BLOCKS_STOP,
	       BLOCKS_DRAIN } blocks;
	atomic_long_t blocked;
	bool kills;
	unsigned int resized;
	int start_error;
	int resize_error;
	struct mutex gate[NR_IO_THREADS];
	struct cnull_live *on[NR_IO_THREADS];
	atomic_long_t errors;
};

static struct fixture *fixture_of(struct cnull_dev *dev)
{
	return container_of(dev, struct fixture, dev);
}

/* Set the live device of each thread while that thread does no I/O, as a freeze does. */
static void set_live(struct fixture *f, struct cnull_live *live)
{
	int i;

	for (i = 0; i < NR_IO_THREADS; i++) {
		mutex_lock(&f->gate[i]);
		f->on[i] = live;
		mutex_unlock(&f->gate[i]);
	}
}

/* Wait for another thread to change a counter of the fixture. */
#define WAIT_FOR(counter) \
	wait_var_event(counter, atomic_long_read(counter))

static void count(atomic_long_t *counter)
{
	atomic_long_inc(counter);
	wake_up_var(counter);
}

static void block(struct fixture *f)
{
	const long before = atomic_long_read(&f->drains);

	count(&f->blocked);
	wait_var_event(&f->drains, atomic_long_read(&f->drains) != before);
}

static int count_start(struct cnull_dev *dev)
{
	struct fixture *f = fixture_of(dev);

	cnull_dev_allow_cut(dev);
	if (f->blocks == BLOCKS_START)
		block(f);
	if (f->start_error) {
		cnull_dev_forbid_cut(dev);
		return cnull_refuse(dev, f->start_error, "no backend today");
	}
	f->starts++;
	set_live(f, dev->live);
	return 0;
}

static void count_stop(struct cnull_dev *dev)
{
	struct fixture *f = fixture_of(dev);

	if (f->blocks == BLOCKS_STOP)
		block(f);
	f->stops++;
	set_live(f, NULL);
}

static void count_drain(struct cnull_dev *dev)
{
	struct fixture *f = fixture_of(dev);

	count(&f->drains);
	if (f->blocks != BLOCKS_DRAIN)
		return;
	world_let_others_run();
	if (READ_ONCE(f->stops))
		atomic_long_inc(&f->errors);
}

static void count_cut(struct cnull_dev *dev)
{
	fixture_of(dev)->cuts++;
}

static int note_resize(struct cnull_dev *dev, unsigned int submit_queues,
		       unsigned int poll_queues)
{
	struct fixture *f = fixture_of(dev);

	if (f->blocks == BLOCKS_RESIZE)
		block(f);
	if (f->resize_error)
		return f->resize_error;
	f->resized = 100 * submit_queues + poll_queues;
	return 0;
}

static const struct cnull_backend counting_backend = {
	.start = count_start,
	.stop = count_stop,
	.drain = count_drain,
	.cut = count_cut,
	.resize = note_resize,
};

static int device_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	struct cnull_config set;
	int i;

	test->priv = f;
	for (i = 0; i < NR_IO_THREADS; i++)
		mutex_init(&f->gate[i]);
	cnull_config_init(&set);
	set.size = 16;
	cnull_dev_init(&f->dev, "test", &set, &counting_backend);
	return 0;
}

static void device_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	cnull_dev_kill(&f->dev);
	cnull_dev_destroy(&f->dev);
	for (i = 0; i < NR_IO_THREADS; i++)
		mutex_destroy(&f->gate[i]);
	kfree(f);
}

#define SET(f, name, text) \
	cnull_dev_set(&(f)->dev, &cnull_options[CNULL_OPTION_##name], text)
#define GET(f, name) \
	cnull_dev_get(&(f)->dev, &cnull_options[CNULL_OPTION_##name])

static int power(struct fixture *f, bool on)
{
	return cnull_dev_power(&f->dev, on);
}

static const char *error_of(struct fixture *f)
{
	static char text[CNULL_ERROR_SIZE];

	cnull_dev_error(&f->dev, text, sizeof(text));
	return text;
}

static void power_on_and_off_start_and_stop_the_backend(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->starts, 1);
	KUNIT_EXPECT_TRUE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

static void dead_device_rejects_power_on(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	cnull_dev_kill(&f->dev);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_EQ(test, power(f, true), -ENODEV);
	KUNIT_EXPECT_EQ(test, power(f, false), -ENODEV);
	KUNIT_EXPECT_EQ(test, SET(f, size, "1"), -ENODEV);
	KUNIT_EXPECT_EQ(test, f->starts, 1);
}

/** struct refusal - an invalid option, and a part of the reason */
struct refusal {
	const char *opt;
	const char *text;
	const char *reason;
};

/* Each of these values alone is refused with a reason. */
static void refuse(struct kunit *test, const struct refusal *cases, size_t nr)
{
	struct fixture *f = test->priv;
	struct cnull_config before;
	size_t i;
	int j;

	for (i = 0; i < nr; i++) {
		const struct cnull_option *opt = NULL;
		char old[32];

		for (j = 0; j < CNULL_NR_OPTIONS; j++)
			if (!strcmp(cnull_options[j].name, cases[i].opt))
				opt = &cnull_options[j];
		KUNIT_ASSERT_TRUE(test, opt);
		snprintf(old, sizeof(old), "%llu", cnull_dev_get(&f->dev, opt));
		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt,
						    cases[i].text), 0);
		before = f->dev.config;
		KUNIT_EXPECT_EQ(test, power(f, true), -EINVAL);
		KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
		KUNIT_EXPECT_EQ(test, memcmp(&before, &f->dev.config,
					     sizeof(before)), 0);
		KUNIT_EXPECT_TRUE(test, strstr(error_of(f), cases[i].opt));
		KUNIT_EXPECT_TRUE(test, strstr(error_of(f), cases[i].reason));
		/* With a valid value, power on succeeds and the reason is cleared. */
		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt, old), 0);
		KUNIT_EXPECT_EQ(test, power(f, true), 0);
		KUNIT_EXPECT_STREQ(test, error_of(f), "");
		KUNIT_EXPECT_EQ(test, power(f, false), 0);
	}
}

static void invalid_option_is_refused_with_reason(struct kunit *test)
{
	static const struct refusal cases[] = {
		{ "blocksize", "0", "512" },
		{ "blocksize", "256", "512" },
		{ "blocksize", "513", "power of two" },
		{ "blocksize", "3000", "power of two" },
		{ "blocksize", "131072", "131072" },
		{ "irqmode", "3", "0 to 2" },
		{ "hw_queue_depth", "0", "1 to" },
		{ "queue_mode", "1", "0 (bio) or 2" },
		{ "queue_mode", "3", "0 to 2" },
		{ "home_node", "1", "online" },
		{ "home_node", "100000", "100000" },
		{ "max_sectors", "4", "at least 8" },
		{ "max_sectors", "7", "at least 8" },
		{ "iops", "1000000001", "1000000000 1/s" },
		{ "mbps", "40961", "0 to 40960 MiB/s" },
		{ "read_mbps", "4294967295", "40960" },
		{ "write_mbps", "40961", "40960" },
		{ "size", "8796093022208", "8796093022207" },
		{ "size", "17592186044416", "17592186044416" },
		{ "completion_nsec", "18446744073709551615", "ns" },
		{ "cache_size", "1", "0 without memory_backed" },
		{ "cache_size", "8796093022208", "8796093022207" },
	};

	refuse(test, cases, ARRAY_SIZE(cases));
}

/* For a device of 16 MiB with zones of 4 MiB. */
static void invalid_zone_options_are_refused_with_reason(struct kunit *test)
{
	static const struct refusal cases[] = {
		{ "zone_size", "0", "1 to 16 MiB" },
		{ "zone_size", "17", "1 to 16 MiB" },
		{ "zone_size", "8796093022208", "8796093022207" },
		{ "zone_capacity", "5", "1 to 4 MiB" },
		{ "zone_capacity", "8796093022208", "8796093022207" },
		{ "zone_nr_conv", "4", "less than 4" },
		{ "zone_nr_conv", "4294967295", "less than 4" },
		{ "write_zeroes", "1", "0 with zoned" },
		{ "secure_erase", "1", "0 with zoned" },
	};
	/* A last zone that is smaller than the others. */
	static const struct refusal smaller[] = {
		{ "zone_capacity", "3", "0 or the zone_size, 4" },
		{ "zone_nr_conv", "5", "less than 5" },
	};
	/* Zones of 1 MiB. */
	static const struct refusal many[] = {
		{ "size", "4194305", "4194304 at most" },
		{ "size", "8796093022207", "4194304 at most" },
	};
	struct fixture *f = test->priv;
	char why[CNULL_ERROR_SIZE];
	struct cnull_config set;

	/* Without zoned, these options have no effect. */
	KUNIT_EXPECT_EQ(test, SET(f, zone_size, "0"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zoned, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zone_size, "4"), 0);
	refuse(test, cases, ARRAY_SIZE(cases));
	KUNIT_EXPECT_EQ(test, SET(f, size, "19"), 0);
	refuse(test, smaller, ARRAY_SIZE(smaller));
	/* A capacity of the zone size is valid. */
	KUNIT_EXPECT_EQ(test, SET(f, zone_capacity, "4"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zone_capacity, "0"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zone_size, "1"), 0);
	refuse(test, many, ARRAY_SIZE(many));
	set = f->dev.config;
	set.size = CNULL_MAX_ZONES;
	KUNIT_EXPECT_EQ(test, cnull_zones_validate(&set, why, sizeof(why)), 0);
}

/* max_sectors must hold a block: 128 sectors for the largest one. */
static void max_sectors_below_a_block_is_refused(struct kunit *test)
{
	const unsigned int sectors = CNULL_MAX_BLOCKSIZE >> SECTOR_SHIFT;
	struct fixture *f = test->priv;
	char text[32];

	snprintf(text, sizeof(text), "%u", sectors << SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, SET(f, blocksize, text), 0);
	snprintf(text, sizeof(text), "%u", sectors - 1);
	KUNIT_EXPECT_EQ(test, SET(f, max_sectors, text), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), -EINVAL);
	snprintf(text, sizeof(text), "at least %u", sectors);
	KUNIT_EXPECT_TRUE(test, strstr(error_of(f), text));
	snprintf(text, sizeof(text), "%u", sectors);
	KUNIT_EXPECT_EQ(test, SET(f, max_sectors, text), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

static void failed_backend_start_leaves_the_device_off(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->start_error = -EEXIST;
	KUNIT_EXPECT_EQ(test, power(f, true), -EEXIST);
	KUNIT_EXPECT_STREQ(test, error_of(f), "no backend today");
	KUNIT_EXPECT_TRUE(test, strstr(world_log(), "no backend today"));
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, f->stops, 0);
	f->start_error = 0;
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_STREQ(test, error_of(f), "");
}

static void option_that_is_not_live_is_busy_while_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	int i;

	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	for (i = 0; i < CNULL_NR_OPTIONS; i++) {
		const struct cnull_option *opt = &cnull_options[i];
		u64 before = cnull_dev_get(&f->dev, opt);

		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt, "1"),
				opt->when == CNULL_WHEN_LIVE ? 0 : -EBUSY);
		if (opt->when == CNULL_WHEN_OFF)
			KUNIT_EXPECT_EQ(test, cnull_dev_get(&f->dev, opt),
					before);
		/* A value that does not parse is EINVAL, even while on. */
		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt, "x"),
				-EINVAL);
	}
}

static void submit_queues_change_while_on(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "3"), 0);
	KUNIT_EXPECT_EQ(test, f->resized, 301);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 3);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "5"), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->resized, 301);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 3);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 3);
}

static void poll_queues_change_while_on(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "7"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, GET(f, poll_queues), 4);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "0"), 0);
	KUNIT_EXPECT_EQ(test, f->resized, 100);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "2"), 0);
	KUNIT_EXPECT_EQ(test, f->resized, 200);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "4"), 0);
	KUNIT_EXPECT_EQ(test, f->resized, 204);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "5"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "-1"), -EINVAL);
	KUNIT_EXPECT_EQ(test, GET(f, poll_queues), 4);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, poll_queues), 4);
}

/* A device with shared tags cannot change the queues of the others. */
static void queues_of_shared_tags_do_not_change(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, SET(f, shared_tags, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "2"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "3"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, poll_queues, "3"), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->resized, 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 2);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "3"), 0);
}

static void use_per_node_hctx_sets_submit_queues(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, SET(f, use_per_node_hctx, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "3"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), nr_online_nodes);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 3);
}

/* If the backend cannot change the queues, the old numbers stay. */
static void failed_resize_keeps_the_queues(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "2"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	f->resize_error = -ENOMEM;
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "3"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 2);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 2);
}

/* The feature bit is set while a limit is set, and limits change at any time. */
static void limits_change_while_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_live *live;

	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	live = f->dev.live;
	KUNIT_EXPECT_EQ(test, live->features, 0);
	KUNIT_EXPECT_FALSE(test, live->has_deadlines);
	KUNIT_EXPECT_EQ(test, SET(f, read_mbps, "7"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, iops, "1000000000"), 0);
	KUNIT_EXPECT_EQ(test, live->features, 1UL << CNULL_FEATURE_THROTTLE);
	KUNIT_EXPECT_EQ(test, live->time.throttle.limits[CNULL_LIMIT_READ_MBPS].rate,
			7);
	KUNIT_EXPECT_EQ(test, SET(f, read_mbps, "0"), 0);
	KUNIT_EXPECT_EQ(test, live->features, 1UL << CNULL_FEATURE_THROTTLE);

	/* A value out of range changes nothing. */
	KUNIT_EXPECT_EQ(test, SET(f, iops, "1000000001"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, mbps, "40961"), -EINVAL);
	KUNIT_EXPECT_EQ(test, GET(f, iops), 1000000000);
	KUNIT_EXPECT_EQ(test, GET(f, mbps), 0);
	KUNIT_EXPECT_EQ(test, live->time.throttle.limits[CNULL_LIMIT_IOPS].rate,
			1000000000);

	/* A request may still wait for a deadline after the limit is removed. */
	KUNIT_EXPECT_EQ(test, SET(f, iops, "0"), 0);
	KUNIT_EXPECT_EQ(test, live->features, 0);
	KUNIT_EXPECT_TRUE(test, live->has_deadlines);
	KUNIT_EXPECT_EQ(test, f->resized, 0);

	KUNIT_EXPECT_EQ(test, SET(f, write_mbps, "40960"), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, write_mbps), 40960);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 1UL << CNULL_FEATURE_THROTTLE);
	KUNIT_EXPECT_TRUE(test, f->dev.live->has_deadlines);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);

	/* A limit ends at power off. null_blk crashes here (defect 2). */
	KUNIT_EXPECT_EQ(test, SET(f, write_mbps, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 0);
	KUNIT_EXPECT_FALSE(test, f->dev.live->has_deadlines);
}

/* Power on derives each effective value from the config anew. */
static void config_is_kept_apart_from_effective_config(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "64"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 4);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 64);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, GET(f, submit_queues), 1);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);

	/* The timer mode ends at power off. */
	KUNIT_EXPECT_EQ(test, SET(f, irqmode, "2"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->time.completion_nsec, 10000);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, irqmode, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->time.completion_nsec, 0);
}

/*
 * Write, read or discard one sector. Return the result of the run: a request that was
 * executed before a power cut has changed the data, whatever its reported status is.
 */
static int live_io(struct cnull_live *live, enum cnull_op op, u64 sector,
		   void *data)
{
	struct cnull_io io = {
		.op = op,
		.sector = sector,
		.nr_sectors = 1,
		.iter = world_iter(data, 512),
	};
	const struct cnull_iter start = io.iter;

	cnull_io_run(live, &io, CNULL_MAY_WAIT);
	world_iter_end(start);
	return io.error;
}

static int sector_io(struct fixture *f, enum cnull_op op, u64 sector, void *data)
{
	return live_io(f->dev.live, op, sector, data);
}

/* null_blk loses 7 sectors of 8 when the block size shrinks (defect 12). */
static void data_is_kept_over_power_and_block_size(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512], back[512];
	u64 sector;

	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, blocksize, "4096"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	for (sector = 0; sector < 64; sector++) {
		memset(data, sector + 1, sizeof(data));
		KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, sector,
						data), 0);
	}
	KUNIT_EXPECT_EQ(test, power(f, false), 0);

	/* Without memory_backed the device has no data, and the stored data is kept. */
	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	memset(back, 0x77, sizeof(back));
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 0, back), 0);
	KUNIT_EXPECT_EQ(test, back[0], 0x77);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);

	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, blocksize, "512"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, size, "1000000"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	for (sector = 0; sector < 64; sector++) {
		memset(data, sector + 1, sizeof(data));
		KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, sector, back),
				0);
		KUNIT_EXPECT_EQ(test, memcmp(data, back, sizeof(data)), 0);
	}
}

#define BAD(f, text)	cnull_badblocks_set(&(f)->dev.badblocks, text)

/* Bad blocks are not part of the config: they change at any time, and are kept. */
static void bad_blocks_are_kept_over_power(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512];

	KUNIT_EXPECT_EQ(test, BAD(f, "+8-15"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, data), -EIO);
	KUNIT_EXPECT_EQ(test, BAD(f, "+32-32"), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, BAD(f, "-8-8"), 0);
	/* A refused power on changes no bad blocks. */
	f->start_error = -EIO;
	KUNIT_EXPECT_EQ(test, power(f, true), -EIO);
	KUNIT_EXPECT_EQ(test, BAD(f, "+40-40"), 0);
	f->start_error = 0;
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 9, data), -EIO);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 32, data), -EIO);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 40, data), -EIO);
	KUNIT_EXPECT_EQ(test, BAD(f, "-0-100"), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 40, data), 0);
	/* Without bad blocks, the feature bit is off. */
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 0);
}

/* The effect of bad blocks is an option of a device that is off. */
static void bad_block_options_take_effect_at_power_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512];

	KUNIT_EXPECT_EQ(test, SET(f, blocksize, "4096"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, badblocks_once, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->block_sectors, 8);
	KUNIT_EXPECT_EQ(test, f->dev.live->badblocks_once, true);
	KUNIT_EXPECT_EQ(test, f->dev.live->badblocks_partial_io, false);
	KUNIT_EXPECT_EQ(test, SET(f, badblocks_once, "0"), -EBUSY);
	KUNIT_EXPECT_EQ(test, SET(f, badblocks_partial_io, "1"), -EBUSY);
	KUNIT_EXPECT_EQ(test, BAD(f, "+8-15"), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, data), -EIO);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, data), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, badblocks_partial_io, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, badblocks_once, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->badblocks_once, false);
	KUNIT_EXPECT_EQ(test, f->dev.live->badblocks_partial_io, true);
}

/* A cache ends at power off, with its contents and its feature bit. */
static void cache_contents_end_at_power_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512], back[512];

	memset(data, 1, sizeof(data));
	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, cache_size, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->cache.nr_frames, SZ_1M / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, 7, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_FLUSH, 0, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, 8, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, back), 0);
	KUNIT_EXPECT_EQ(test, memcmp(data, back, sizeof(data)), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);

	KUNIT_EXPECT_EQ(test, SET(f, cache_size, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 7, back), 0);
	KUNIT_EXPECT_EQ(test, memcmp(data, back, sizeof(data)), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, back), 0);
	KUNIT_EXPECT_EQ(test, back[0], 0);
}

static void power_cut_fails_requests_until_power_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512] = { 1 }, back[512];

	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), -ENODEV);
	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, cache_size, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, 7, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_FLUSH, 0, data), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, 8, data), 0);

	KUNIT_EXPECT_FALSE(test, cnull_dev_is_cut(&f->dev));
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), 0);
	KUNIT_EXPECT_TRUE(test, cnull_dev_is_cut(&f->dev));
	KUNIT_EXPECT_EQ(test, f->cuts, 1);
	KUNIT_EXPECT_EQ(test, f->stops, 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 7, back), -EIO);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_FLUSH, 0, back), -EIO);
	/* The disk stays until power off. */
	KUNIT_EXPECT_TRUE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "2"), -EBUSY);
	KUNIT_EXPECT_EQ(test, SET(f, size, "2"), -EBUSY);
	KUNIT_EXPECT_EQ(test, GET(f, size), 16);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_cut(&f->dev));

	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 7, back), 0);
	KUNIT_EXPECT_EQ(test, back[0], 1);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, back), 0);
	KUNIT_EXPECT_EQ(test, back[0], 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), 0);
	cnull_dev_kill(&f->dev);
	KUNIT_EXPECT_EQ(test, f->stops, 2);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), -ENODEV);
}

/* Thread 0 makes the call that blocks. Thread 1 cuts the power meanwhile. */
static void call_or_cut(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	int err;

	if (nr == 0) {
		err = f->blocks == BLOCKS_RESIZE ? SET(f, submit_queues, "2") :
						   power(f, true);
		if (err != f->start_error)
			atomic_long_inc(&f->errors);
		count(&f->blocked);	/* also if an allocation failed before */
		return;
	}
	WAIT_FOR(&f->blocked);
	if (cnull_dev_cut(&f->dev))
		atomic_long_inc(&f->errors);
}

/* A resize waits for requests in flight, up to an hour. A cut completes them. */
static void cut_during_resize_completes_its_requests(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	f->blocks = BLOCKS_RESIZE;
	world_threads(2, call_or_cut, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->drains), 1);
	KUNIT_EXPECT_EQ(test, f->cuts, 1);
	KUNIT_EXPECT_EQ(test, f->resized, 201);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "1"), -EBUSY);
}

/* A power on waits for reads of partitions. A cut completes them. */
static void cut_during_power_on_completes_its_requests(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->blocks = BLOCKS_START;
	world_threads(2, call_or_cut, f);
	f->blocks = BLOCKS_NOT;
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->cuts, 1);
	KUNIT_EXPECT_TRUE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
}

/* A power on that fails after the cut leaves no live device. */
static void cut_during_failed_power_on_cuts_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->blocks = BLOCKS_START;
	f->start_error = -EIO;
	world_threads(2, call_or_cut, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->cuts, 0);
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), -ENODEV);
	f->blocks = BLOCKS_NOT;
	f->start_error = 0;
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, SET(f, mbps, "1"), 0);
}

/* Thread 0 powers off, and waits until the cut of thread 1 is refused. */
static void power_off_or_cut(void *arg, unsigned int nr)
{
	struct fixture *f = arg;

	if (nr == 0) {
		power(f, false);
		return;
	}
	WAIT_FOR(&f->blocked);
	if (cnull_dev_cut(&f->dev) != -ENODEV)
		atomic_long_inc(&f->errors);
	count(&f->drains);
}

static void cut_during_power_off_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	f->blocks = BLOCKS_STOP;
	world_threads(2, power_off_or_cut, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_EQ(test, f->cuts, 0);
}

/* Thread 0 changes the number of queues, and waits until thread 1 completes requests. */
static void resize_or_end(void *arg, unsigned int nr)
{
	struct fixture *f = arg;

	if (nr == 0) {
		if (SET(f, submit_queues, "2"))
			atomic_long_inc(&f->errors);
		return;
	}
	WAIT_FOR(&f->blocked);
	if (f->kills)
		cnull_dev_kill(&f->dev);
	else
		power(f, false);
}

static void power_off_during_resize_completes_its_requests(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	f->blocks = BLOCKS_RESIZE;
	world_threads(2, resize_or_end, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
}

static void removal_during_resize_completes_its_requests(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_set_cpus(4);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	f->blocks = BLOCKS_RESIZE;
	f->kills = true;
	world_threads(2, resize_or_end, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_EQ(test, power(f, true), -ENODEV);
}

/* Thread 0 powers off. Thread 1 cuts the power as soon as that has begun. */
static void power_off_and_cut(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	int err;

	if (nr == 0) {
		err = power(f, false);
	} else {
		WAIT_FOR(&f->drains);
		err = cnull_dev_cut(&f->dev);
		err = err == -ENODEV ? 0 : err;
	}
	if (err)
		atomic_long_inc(&f->errors);
}

/* The disk and the live device stay until drain has returned. */
static void power_off_during_drain_waits_for_the_drain(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	f->blocks = BLOCKS_DRAIN;
	for (i = 0; i < world_times(40); i++) {
		f->stops = 0;
		atomic_long_set(&f->drains, 0);
		KUNIT_ASSERT_EQ(test, power(f, true), 0);
		world_threads(2, power_off_and_cut, f);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
		KUNIT_EXPECT_EQ(test, f->stops, 1);
		KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	}
}

static void power_on_without_memory_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, power(f, true), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, strstr(error_of(f), "memory"));
	KUNIT_EXPECT_EQ(test, f->starts, 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

/* Stored data needs more nodes on a larger device. */
static void larger_store_without_memory_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512] = { 1 }, back[512];

	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_WRITE, 7, data), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, size, "1000000"), 0);
	/* The first allocation is the live device. */
	world_fail_alloc(2);
	KUNIT_EXPECT_EQ(test, power(f, true), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, strstr(error_of(f), "store"));
	KUNIT_EXPECT_FALSE(test, cnull_dev_is_on(&f->dev));
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 7, back), 0);
	KUNIT_EXPECT_EQ(test, memcmp(data, back, sizeof(data)), 0);
}

static void home_node_must_be_online(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, SET(f, home_node, "0"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

/* Threads change one device: its lock serializes them (CVE-2024-36478 and others). */
static void hammer(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	struct rng rng = rng_start(nr);
	unsigned int i;

	for (i = 0; i < world_times(3000); i++) {
		switch (rng_below(&rng, 7)) {
		case 0:
			power(f, true);
			break;
		case 1:
			power(f, false);
			break;
		case 2:
			SET(f, submit_queues, rng_below(&rng, 2) ? "1" : "2");
			break;
		case 3:
			SET(f, memory_backed, rng_below(&rng, 2) ? "1" : "0");
			break;
		case 4:
			SET(f, mbps, rng_below(&rng, 2) ? "1" : "0");
			break;
		case 5:
			cnull_dev_cut(&f->dev);
			break;
		default:
			GET(f, submit_queues);
		}
	}
}

static void threads_changing_one_device_leave_it_consistent(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(4, hammer, f);
	power(f, false);
	KUNIT_EXPECT_NE(test, f->starts, 0);
	KUNIT_EXPECT_EQ(test, f->starts, f->stops);
}

/* Every third sector belongs to one thread, and has the data of its last write. */
static void io_on_own_sectors(struct fixture *f, unsigned int nr)
{
	struct rng rng = rng_start(nr);
	u8 model[64] = { 0 }, data[512];
	unsigned int i;

	for (i = 0; i < world_times(3000); i++) {
		unsigned int n = rng_below(&rng, ARRAY_SIZE(model));
		enum cnull_op op = rng_below(&rng, 3);
		u64 sector = n * NR_IO_THREADS + nr;

		mutex_lock(&f->gate[nr]);
		if (f->on[nr]) {
			memset(data, i, sizeof(data));
			if (op == CNULL_OP_FLUSH)
				op = CNULL_OP_DISCARD;
			if (live_io(f->on[nr], op, sector, data)) {
				if (!cnull_has(f->on[nr], CNULL_FEATURE_CUT))
					atomic_long_inc(&f->errors);
			} else if (op == CNULL_OP_WRITE) {
				model[n] = i;
			} else if (op == CNULL_OP_DISCARD) {
				model[n] = 0;
			} else if (data[0] != model[n] || data[511] != model[n]) {
				atomic_long_inc(&f->errors);
			}
		}
		mutex_unlock(&f->gate[nr]);
	}
}

static void io_or_power(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	unsigned int i;

	if (nr < NR_IO_THREADS)
		io_on_own_sectors(f, nr);
	else
		for (i = 0; i < world_times(500); i++) {
			if (i % 3 == 0)
				cnull_dev_cut(&f->dev);
			power(f, i % 2);
			SET(f, mbps, i % 3 ? "100" : "0");
		}
}

/* Power goes off and on, or is cut, under I/O. No stored data is lost. */
static void io_during_power_changes_keeps_data(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	world_threads(NR_IO_THREADS + 1, io_or_power, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_LT(test, 1, f->starts);
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(power_on_and_off_start_and_stop_the_backend),
	KUNIT_CASE(dead_device_rejects_power_on),
	KUNIT_CASE(invalid_option_is_refused_with_reason),
	KUNIT_CASE(invalid_zone_options_are_refused_with_reason),
	KUNIT_CASE(max_sectors_below_a_block_is_refused),
	KUNIT_CASE(failed_backend_start_leaves_the_device_off),
	KUNIT_CASE(option_that_is_not_live_is_busy_while_on),
	KUNIT_CASE(submit_queues_change_while_on),
	KUNIT_CASE(poll_queues_change_while_on),
	KUNIT_CASE(queues_of_shared_tags_do_not_change),
	KUNIT_CASE(use_per_node_hctx_sets_submit_queues),
	KUNIT_CASE(failed_resize_keeps_the_queues),
	KUNIT_CASE(limits_change_while_on),
	KUNIT_CASE(config_is_kept_apart_from_effective_config),
	KUNIT_CASE(data_is_kept_over_power_and_block_size),
	KUNIT_CASE(bad_blocks_are_kept_over_power),
	KUNIT_CASE(bad_block_options_take_effect_at_power_on),
	KUNIT_CASE(cache_contents_end_at_power_off),
	KUNIT_CASE(power_cut_fails_requests_until_power_off),
	KUNIT_CASE(cut_during_resize_completes_its_requests),
	KUNIT_CASE(cut_during_power_on_completes_its_requests),
	KUNIT_CASE(cut_during_failed_power_on_cuts_nothing),
	KUNIT_CASE(cut_during_power_off_is_refused),
	KUNIT_CASE(power_off_during_resize_completes_its_requests),
	KUNIT_CASE(removal_during_resize_completes_its_requests),
	KUNIT_CASE(power_off_during_drain_waits_for_the_drain),
	KUNIT_CASE(power_on_without_memory_is_refused),
	KUNIT_CASE(larger_store_without_memory_is_refused),
	KUNIT_CASE(home_node_must_be_online),
	KUNIT_CASE(threads_changing_one_device_leave_it_consistent),
	KUNIT_CASE(io_during_power_changes_keeps_data),
	{}
};

WORLD_SUITE(device, device_init, device_exit, device_cases);
