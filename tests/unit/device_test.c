// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: settings, power, and what is refused.
 */
#include "device/life.h"
#include "result.h"
#include "world.h"
#include "zone/layout.h"

#define NR_IO_THREADS	3

/**
 * struct fixture - a device, and a backend that counts and lets I/O in
 * @dev: the device
 * @starts: calls of start that went well
 * @stops: calls of stop
 * @drains: calls of drain
 * @cuts: calls of cut
 * @blocks: which call is to wait for @drains, as a request with a deadline would
 *	make it, or that drain is to take its time; set before the device's threads
 *	start
 * @blocked: it waits
 * @kills: thread 1 is to remove the device, not only to switch it off
 * @resized: how many queues of both kinds resize was last asked for: 100 * submit
 *	+ poll
 * @start_error: what start is to return
 * @resize_error: and resize
 * @gate: of each thread that does I/O; it holds its own meanwhile
 * @on: what each may use, NULL for nothing; guarded by its gate
 * @errors: found by threads
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

/* As a disk's queue: nobody is inside when it changes. */
static void let_in(struct fixture *f, struct cnull_live *live)
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
	let_in(f, dev->live);
	return 0;
}

static void count_stop(struct cnull_dev *dev)
{
	struct fixture *f = fixture_of(dev);

	if (f->blocks == BLOCKS_STOP)
		block(f);
	f->stops++;
	let_in(f, NULL);
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

static const struct cnull_backend counting_face = {
	.start = count_start,
	.stop = count_stop,
	.drain = count_drain,
	.cut = count_cut,
	.resize = note_resize,
};

static int dev_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);
	struct cnull_config set;
	int i;

	test->priv = f;
	for (i = 0; i < NR_IO_THREADS; i++)
		mutex_init(&f->gate[i]);
	cnull_config_init(&set);
	set.size = 16;
	cnull_dev_init(&f->dev, "test", &set, &counting_face);
	return 0;
}

static void dev_exit(struct kunit *test)
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

static void power_goes_on_and_off(struct kunit *test)
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

static void dead_is_dead(struct kunit *test)
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

/** struct refusal - a setting that does not go, and what the reason tells */
struct refusal {
	const char *opt;
	const char *text;
	const char *told;
};

/* Each of these settings alone is refused, and tells why. */
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
		KUNIT_EXPECT_TRUE(test, strstr(error_of(f), cases[i].told));
		/* Put right, it goes, and the reason is gone. */
		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt, old), 0);
		KUNIT_EXPECT_EQ(test, power(f, true), 0);
		KUNIT_EXPECT_STREQ(test, error_of(f), "");
		KUNIT_EXPECT_EQ(test, power(f, false), 0);
	}
}

static void refused_settings(struct kunit *test)
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

/* Of a device of 16 MiB, with zones of 4. */
static void refused_zones(struct kunit *test)
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
	/* With a last zone of 3 MiB, of 5. */
	static const struct refusal smaller[] = {
		{ "zone_capacity", "3", "0 or the zone_size, 4" },
		{ "zone_nr_conv", "5", "less than 5" },
	};
	/* With zones of 1 MiB. */
	static const struct refusal many[] = {
		{ "size", "4194305", "4194304 at most" },
		{ "size", "8796093022207", "4194304 at most" },
	};
	struct fixture *f = test->priv;
	char why[CNULL_ERROR_SIZE];
	struct cnull_config set;

	/* Without zones they mean nothing. */
	KUNIT_EXPECT_EQ(test, SET(f, zone_size, "0"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zoned, "1"), 0);
	KUNIT_EXPECT_EQ(test, SET(f, zone_size, "4"), 0);
	refuse(test, cases, ARRAY_SIZE(cases));
	KUNIT_EXPECT_EQ(test, SET(f, size, "19"), 0);
	refuse(test, smaller, ARRAY_SIZE(smaller));
	/* To say what it is anyway is no capacity that is smaller. */
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

/* The largest block asks for requests as large: of 128 sectors, if it may be. */
static void max_sectors_holds_a_block(struct kunit *test)
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

static void a_face_that_fails(struct kunit *test)
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

static void busy_while_on(struct kunit *test)
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
		/* Nonsense is nonsense first. */
		KUNIT_EXPECT_EQ(test, cnull_dev_set(&f->dev, opt, "x"),
				-EINVAL);
	}
}

static void submit_queues_live(struct kunit *test)
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

static void poll_queues_live(struct kunit *test)
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

/* The queues of many devices are not one device's to change. */
static void shared_tags_keep_their_queues(struct kunit *test)
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

static void a_queue_for_each_node(struct kunit *test)
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

/* A disk that cannot get its queues keeps those it has. */
static void a_resize_that_fails(struct kunit *test)
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

/* Limits come and go while it is on, and I/O asks for them meanwhile only. */
static void limits_live(struct kunit *test)
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

	/* Beyond the range, all stays as it is. */
	KUNIT_EXPECT_EQ(test, SET(f, iops, "1000000001"), -EINVAL);
	KUNIT_EXPECT_EQ(test, SET(f, mbps, "40961"), -EINVAL);
	KUNIT_EXPECT_EQ(test, GET(f, iops), 1000000000);
	KUNIT_EXPECT_EQ(test, GET(f, mbps), 0);
	KUNIT_EXPECT_EQ(test, live->time.throttle.limits[CNULL_LIMIT_IOPS].rate,
			1000000000);

	/* Who was limited may wait still when the limit is gone. */
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

	/* Nothing of it is in the next life: null_blk dies of that (defect 2). */
	KUNIT_EXPECT_EQ(test, SET(f, write_mbps, "0"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 0);
	KUNIT_EXPECT_FALSE(test, f->dev.live->has_deadlines);
}

/* What is derived is derived at each power on, from what was set. */
static void settings_are_not_the_device(struct kunit *test)
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

	/* No mode sticks: the timer of one life is not in the next. */
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
static void data_survives_power_and_geometry(struct kunit *test)
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

	/* Without memory it has no data, and does not lose it either. */
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

/* Bad sectors are no setting: they change at any time, and stay. */
static void bad_blocks_survive_power(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 data[512];

	KUNIT_EXPECT_EQ(test, BAD(f, "+8-15"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 8, data), -EIO);
	KUNIT_EXPECT_EQ(test, BAD(f, "+32-32"), 0);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, BAD(f, "-8-8"), 0);
	/* A power on that fails makes no difference. */
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
	/* Without any, nobody looks. */
	KUNIT_EXPECT_EQ(test, f->dev.live->features, 0);
}

/* What a bad sector does is set while the device is off. */
static void bad_block_settings(struct kunit *test)
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

/* A cache is of one life: nothing of it, not even that it was there, stays. */
static void a_cache_of_one_life(struct kunit *test)
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

static void power_is_cut(struct kunit *test)
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

	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), 0);
	KUNIT_EXPECT_EQ(test, cnull_dev_cut(&f->dev), 0);
	KUNIT_EXPECT_EQ(test, f->cuts, 1);
	KUNIT_EXPECT_EQ(test, f->stops, 0);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_READ, 7, back), -EIO);
	KUNIT_EXPECT_EQ(test, sector_io(f, CNULL_OP_FLUSH, 0, back), -EIO);
	/* The disk is there, and goes by power off alone. */
	KUNIT_EXPECT_TRUE(test, cnull_dev_is_on(&f->dev));
	KUNIT_EXPECT_EQ(test, power(f, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, SET(f, submit_queues, "2"), -EBUSY);
	KUNIT_EXPECT_EQ(test, SET(f, size, "2"), -EBUSY);
	KUNIT_EXPECT_EQ(test, GET(f, size), 16);
	KUNIT_EXPECT_EQ(test, power(f, false), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);

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

/* Thread 0 calls what blocks; thread 1 cuts power meanwhile. */
static void call_or_cut(void *arg, unsigned int nr)
{
	struct fixture *f = arg;
	int err;

	if (nr == 0) {
		err = f->blocks == BLOCKS_RESIZE ? SET(f, submit_queues, "2") :
						   power(f, true);
		if (err != f->start_error)
			atomic_long_inc(&f->errors);
		count(&f->blocked);	/* also where memory failed before it */
		return;
	}
	WAIT_FOR(&f->blocked);
	if (cnull_dev_cut(&f->dev))
		atomic_long_inc(&f->errors);
}

/* A resize waits for requests in flight, for an hour maybe: a cut ends them. */
static void cut_while_resize_waits_ends_it(struct kunit *test)
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

/* So does a power on: it reads the disk for partitions. */
static void cut_while_power_on_waits_ends_it(struct kunit *test)
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

/* A power on that fails after the cut leaves nothing to cut. */
static void cut_while_power_on_fails_cuts_nothing(struct kunit *test)
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

/* Thread 0 powers off, and waits until thread 1 was told that it is too late. */
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

static void cut_while_power_off_runs_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	f->blocks = BLOCKS_STOP;
	world_threads(2, power_off_or_cut, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_EQ(test, f->stops, 1);
	KUNIT_EXPECT_EQ(test, f->cuts, 0);
}

/* Thread 0 changes the number of queues, which waits until thread 1 ends requests. */
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

static void power_off_while_resize_waits_ends_it(struct kunit *test)
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

static void removal_while_resize_waits_ends_it(struct kunit *test)
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

/* Thread 0 powers off. Thread 1 cuts power when that has begun, if it is in time. */
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

/* Drain uses the disk and the live device: both stay until it has returned. */
static void power_off_while_drain_runs_waits_for_it(struct kunit *test)
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

static void no_memory_at_power_on(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, power(f, true), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, strstr(error_of(f), "memory"));
	KUNIT_EXPECT_EQ(test, f->starts, 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

/* Data that is there needs more nodes on a larger device. */
static void no_memory_for_a_larger_store(struct kunit *test)
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

static void a_node_that_is_online(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, SET(f, home_node, "0"), 0);
	KUNIT_EXPECT_EQ(test, power(f, true), 0);
}

/* Everybody at once: the lock keeps them apart (CVE-2024-36478 and the like). */
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

static void threads_at_one_device(struct kunit *test)
{
	struct fixture *f = test->priv;

	world_threads(4, hammer, f);
	power(f, false);
	KUNIT_EXPECT_NE(test, f->starts, 0);
	KUNIT_EXPECT_EQ(test, f->starts, f->stops);
}

/* Every third sector is a thread's own: it holds what it put there last. */
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

/* Power goes on and off under them, or is cut, and no data is lost. */
static void io_against_power(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, SET(f, memory_backed, "1"), 0);
	KUNIT_ASSERT_EQ(test, power(f, true), 0);
	world_threads(NR_IO_THREADS + 1, io_or_power, f);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->errors), 0);
	KUNIT_EXPECT_LT(test, 1, f->starts);
}

static struct kunit_case dev_cases[] = {
	KUNIT_CASE(power_goes_on_and_off),
	KUNIT_CASE(dead_is_dead),
	KUNIT_CASE(refused_settings),
	KUNIT_CASE(refused_zones),
	KUNIT_CASE(max_sectors_holds_a_block),
	KUNIT_CASE(a_face_that_fails),
	KUNIT_CASE(busy_while_on),
	KUNIT_CASE(submit_queues_live),
	KUNIT_CASE(poll_queues_live),
	KUNIT_CASE(shared_tags_keep_their_queues),
	KUNIT_CASE(a_queue_for_each_node),
	KUNIT_CASE(a_resize_that_fails),
	KUNIT_CASE(limits_live),
	KUNIT_CASE(settings_are_not_the_device),
	KUNIT_CASE(data_survives_power_and_geometry),
	KUNIT_CASE(bad_blocks_survive_power),
	KUNIT_CASE(bad_block_settings),
	KUNIT_CASE(a_cache_of_one_life),
	KUNIT_CASE(power_is_cut),
	KUNIT_CASE(cut_while_resize_waits_ends_it),
	KUNIT_CASE(cut_while_power_on_waits_ends_it),
	KUNIT_CASE(cut_while_power_on_fails_cuts_nothing),
	KUNIT_CASE(cut_while_power_off_runs_is_refused),
	KUNIT_CASE(power_off_while_resize_waits_ends_it),
	KUNIT_CASE(removal_while_resize_waits_ends_it),
	KUNIT_CASE(power_off_while_drain_runs_waits_for_it),
	KUNIT_CASE(no_memory_at_power_on),
	KUNIT_CASE(no_memory_for_a_larger_store),
	KUNIT_CASE(a_node_that_is_online),
	KUNIT_CASE(threads_at_one_device),
	KUNIT_CASE(io_against_power),
	{}
};

WORLD_SUITE(dev, dev_init, dev_exit, dev_cases);
