// SPDX-License-Identifier: GPL-2.0
/*
 * Compare the crash states of the engine with all legal ones, on tiny devices.
 *
 *	crash-model [-n HISTORIES] [-s SEED]
 *	crash-model -b
 *
 * All histories of three requests on two blocks are tried, and then HISTORIES random ones,
 * of up to six requests, with zones, atomic writes, and larger blocks. With -b, the speed
 * of changes between states is measured instead.
 */
#include <stdlib.h>
#include <unistd.h>

#include "model.h"
#include "record/crash.h"

#define MAX_BITS	10

static struct device dev;
static struct request history[MAX_REQUESTS];
static unsigned int nr_requests, nr_events;
static unsigned long nr_points, nr_states, nr_histories;

/* The state that the engine has shown. */
static struct state shown;
static struct cnull_log log;

static u8 initial(u64 sector)
{
	return sector < dev.zone || sector < dev.wp ? INITIAL : 0;
}

static u8 data_of(const struct cnull_crash_extent *extent, u64 i)
{
	u8 data[512];

	cnull_log_read(&log, extent->entry, extent->offset + i * 512, data, sizeof(data));
	return data[0];
}

static int show_extent(void *arg, const struct cnull_crash_extent *extent)
{
	u64 i;

	for (i = 0; i < extent->nr_sectors; i++) {
		u64 sector = extent->sector + i;

		shim_require(sector < dev.nr_sectors);
		shown.sector[sector] =
			extent->source == CNULL_CRASH_INITIAL ? initial(sector) :
			extent->source == CNULL_CRASH_ZEROS ? 0 : data_of(extent, i);
	}
	return 0;
}

static int show_wp(void *arg, u32 zone, u64 sector)
{
	shim_require(zone == dev.zone / (dev.nr_sectors - dev.zone));
	shown.wp = sector;
	return 0;
}

static enum cnull_op op_of(enum kind kind)
{
	static const enum cnull_op ops[] = {
		[WRITE] = CNULL_OP_WRITE,
		[DISCARD] = CNULL_OP_DISCARD,
		[FLUSH] = CNULL_OP_FLUSH,
		[RESET] = CNULL_OP_ZONE_RESET,
		[FINISH] = CNULL_OP_ZONE_FINISH,
	};

	return ops[kind];
}

static struct cnull_log_entry *submit(unsigned int nr)
{
	static u8 data[MAX_SECTORS * 512];
	struct iovec vec = { .iov_base = data, .iov_len = sizeof(data) };
	struct request *rq = &history[nr];
	struct cnull_io io;

	memset(data, nr + 1, sizeof(data));
	cnull_io_init(&io, op_of(rq->kind), (rq->preflush ? CNULL_IO_PREFLUSH : 0) |
		      (rq->fua ? CNULL_IO_FUA : 0), rq->sector, rq->nr);
	io.iter = (struct cnull_iter) { .vec = &vec };
	return cnull_log_submit(&log, &io, 0, CNULL_MAY_WAIT);
}

/* Record the history. */
static void record(void)
{
	struct cnull_log_entry *entry[MAX_REQUESTS];
	unsigned int event, i;

	shim_require(!cnull_log_init(&log, 1 << 16));
	for (event = 1; event <= nr_events; event++)
		for (i = 0; i < nr_requests; i++) {
			if (history[i].submitted == event)
				entry[i] = submit(i);
			if (history[i].completed == event)
				cnull_log_complete(&log, entry[i],
						   history[i].failed ? -EIO : 0);
		}
	shim_require(!cnull_log_has_ended(&log) && cnull_log_nr_events(&log) == nr_events);
}

static void print_state(const char *what, const struct state *state)
{
	unsigned int i;

	printf("# %s:", what);
	for (i = 0; i < dev.nr_sectors; i++)
		printf(" %02x", state->sector[i]);
	printf(" wp %u\n", state->wp);
}

static void print_history(unsigned int point)
{
	static const char *const names[] = { "write", "discard", "flush", "reset", "finish" };
	unsigned int i;

	printf("# %u sectors, block %u, unit %s, atomic %u, boundary %u, zone %u, wp %u; point %u\n",
	       dev.nr_sectors, dev.block,
	       dev.whole ? "request" : dev.tears_blocks ? "sector" : "block", dev.atomic,
	       dev.boundary, dev.zone, dev.wp, point);
	for (i = 0; i < nr_requests; i++)
		printf("# %02x: %s %u+%u%s%s, submitted %u, completed %u%s\n", i + 1,
		       names[history[i].kind], history[i].sector, history[i].nr,
		       history[i].preflush ? ", PREFLUSH" : "", history[i].fua ? ", FUA" : "",
		       history[i].submitted, history[i].completed,
		       history[i].failed ? ", failed" : "");
}

static bool differs(unsigned int point, const char *what, const struct state *state)
{
	print_history(point);
	print_state(what, state);
	return false;
}

/* Fail if two states of a set share a fingerprint, or @fingerprint is not that of @nr. */
static bool fingerprint_is_good(u64 *fingerprints, const struct states *states,
				unsigned int before, u64 fingerprint)
{
	unsigned int i;

	if (states->nr > before) {
		for (i = 0; i < before; i++)
			if (fingerprints[i] == fingerprint)
				return false;
		fingerprints[before] = fingerprint;
		return true;
	}
	for (i = 0; i < states->nr; i++)
		if (!memcmp(&states->state[i], &shown, sizeof(shown)))
			return fingerprints[i] == fingerprint;
	return false;
}

/* Compare the states of the engine at a point with the legal ones. */
static bool compare(struct cnull_crash *crash, unsigned int point)
{
	static struct states legal, found;
	static u64 fingerprints[MAX_STATES];
	unsigned long bits;
	unsigned int nr, i;

	shim_require(!cnull_crash_go(crash, point) && !cnull_crash_list(crash));
	nr = cnull_crash_nr_units(crash) + cnull_crash_nr_pairs(crash);
	if (nr > MAX_BITS || !model_states(&dev, history, nr_requests, point, &legal))
		return true;
	found.nr = 0;
	for (bits = 0; bits < 1UL << nr; bits++) {
		unsigned int before = found.nr;
		int err = cnull_crash_show(crash, &bits);

		if (err == -EINVAL)
			continue;
		shim_require(!err);
		if (!states_have(&legal, &shown))
			return differs(point, "illegal", &shown);
		states_add(&found, &shown);
		if (!fingerprint_is_good(fingerprints, &found, before,
					 cnull_crash_fingerprint(crash)))
			return differs(point, "wrong fingerprint", &shown);
	}
	for (i = 0; i < legal.nr; i++)
		if (!states_have(&found, &legal.state[i]))
			return differs(point, "missing", &legal.state[i]);
	nr_points++;
	nr_states += legal.nr;
	return true;
}

/* Record the history, and compare at the points from @first on. */
static bool check(unsigned int first)
{
	u64 wp[2] = { 0, dev.wp };
	bool zoned = dev.zone < dev.nr_sectors;
	struct cnull_crash_shape shape = {
		.block_sectors = dev.block,
		.atomic_sectors = dev.atomic,
		.atomic_boundary = dev.boundary,
		.zone_sectors = zoned ? dev.zone : 0,
		.first_zone = 1,
		.nr_zones = zoned ? 2 : 0,
		.wp = wp,
		.tear = dev.whole ? CNULL_TEAR_NONE :
			dev.tears_blocks ? CNULL_TEAR_SECTOR : CNULL_TEAR_BLOCK,
	};
	static const struct cnull_crash_target target = {
		.extent = show_extent,
		.wp = show_wp,
	};
	struct cnull_crash *crash;
	bool good = true;
	unsigned int i;
	int error;

	record();
	memset(&shown, 0, sizeof(shown));
	for (i = 0; i < dev.nr_sectors; i++)
		shown.sector[i] = initial(i);
	shown.wp = dev.wp;
	crash = cnull_crash_new(&log, &shape, &target, &error);
	shim_require(crash);
	for (i = first; good && i <= nr_events; i++)
		good = compare(crash, i);
	cnull_crash_free(crash);
	cnull_log_destroy(&log);
	nr_histories++;
	return good;
}

/* The requests of the first part. */
static const struct request choices[] = {
	{ .kind = WRITE, .sector = 0, .nr = 1 },
	{ .kind = WRITE, .sector = 0, .nr = 2 },
	{ .kind = WRITE, .sector = 0, .nr = 1, .fua = true },
	{ .kind = WRITE, .sector = 0, .nr = 2, .fua = true },
	{ .kind = WRITE, .sector = 1, .nr = 1 },
	{ .kind = WRITE, .sector = 0, .nr = 1, .preflush = true },
	{ .kind = WRITE, .sector = 1, .nr = 1, .preflush = true, .fua = true },
	{ .kind = DISCARD, .sector = 0, .nr = 2 },
	{ .kind = FLUSH },
};

/* Extend the history by each possible event, and check it. */
static bool extend(void)
{
	unsigned int i, fail;

	if (nr_events && !check(nr_events))
		return false;
	nr_events++;
	for (i = 0; nr_requests < 3 && i < ARRAY_SIZE(choices); i++) {
		history[nr_requests] = choices[i];
		history[nr_requests++].submitted = nr_events;
		if (!extend())
			return false;
		nr_requests--;
	}
	for (i = 0; i < nr_requests; i++) {
		if (history[i].completed)
			continue;
		history[i].completed = nr_events;
		for (fail = 0; fail < 2; fail++) {
			history[i].failed = fail;
			if (!extend())
				return false;
		}
		history[i].completed = 0;
		history[i].failed = false;
	}
	nr_events--;
	return true;
}

static u64 random_state;

static unsigned int below(unsigned int n)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % n;
}

/* Choose a range of whole blocks before @end. */
static void choose_range(struct request *rq, unsigned int end)
{
	unsigned int nr = end / dev.block;

	rq->sector = below(nr) * dev.block;
	rq->nr = (1 + below(nr - rq->sector / dev.block)) * dev.block;
}

/* Choose an operation on the zone. @wp is the write pointer after the requests so far. */
static void choose_zoned(struct request *rq, unsigned int *wp)
{
	unsigned int left = (dev.nr_sectors - *wp) / dev.block;

	*rq = (struct request) { .sector = dev.zone, .nr = dev.nr_sectors - dev.zone };
	switch (below(8)) {
	case 0:
	case 1:
		rq->kind = RESET;
		*wp = dev.zone;
		return;
	case 2:
		rq->kind = FINISH;
		*wp = dev.nr_sectors;
		return;
	}
	if (!left) {
		rq->kind = FLUSH;
		rq->sector = rq->nr = 0;
		return;
	}
	rq->kind = WRITE;
	rq->sector = *wp;
	rq->nr = (1 + below(left)) * dev.block;
	*wp += rq->nr;
}

static void choose(struct request *rq, unsigned int *wp)
{
	*rq = (struct request) { .kind = FLUSH };
	if (dev.zone < dev.nr_sectors && below(4))
		choose_zoned(rq, wp);
	else if (below(4)) {
		choose_range(rq, dev.zone);
		rq->kind = below(5) ? WRITE : DISCARD;
	}
	if (rq->kind == WRITE) {
		rq->fua = !below(5);
		rq->preflush = !below(5);
	}
}

/* A flush and a FUA write wait for older operations on the zone. */
static bool may_complete(unsigned int nr)
{
	unsigned int i;

	if (history[nr].kind != FLUSH && !history[nr].fua && !history[nr].preflush)
		return true;
	for (i = 0; i < nr; i++)
		if (!history[i].completed && history[i].kind != FLUSH &&
		    history[i].sector >= dev.zone)
			return false;
	return true;
}

static void complete_random(unsigned int *wp)
{
	unsigned int nr = below(nr_requests);
	struct request *rq = &history[nr];

	if (rq->completed || !may_complete(nr))
		return;
	rq->completed = ++nr_events;
	rq->failed = !below(6) && (rq->kind == WRITE || rq->kind == FLUSH);
	/* A failed write gives its place back, if it is the last one. */
	if (rq->failed && rq->kind == WRITE && rq->sector >= dev.zone &&
	    *wp == rq->sector + rq->nr && nr + 1 == nr_requests)
		*wp = rq->sector;
}

static bool check_random(void)
{
	unsigned int wp, steps = 6 + below(8);

	memset(history, 0, sizeof(history));
	nr_requests = nr_events = 0;
	dev.block = 1 + below(2);
	dev.atomic = below(2) ? below(5) : 0;
	dev.boundary = below(2) ? 2 : 0;
	dev.whole = !below(5);
	dev.tears_blocks = !dev.whole && !below(5);
	dev.zone = 4;
	dev.nr_sectors = below(2) ? 4 : 8;
	dev.wp = dev.zone + (dev.nr_sectors > dev.zone ? below(4 / dev.block + 1) * dev.block : 0);
	wp = dev.wp;
	while (steps--) {
		if (nr_requests < MAX_REQUESTS && (!nr_requests || below(2))) {
			choose(&history[nr_requests], &wp);
			history[nr_requests++].submitted = ++nr_events;
		} else {
			complete_random(&wp);
		}
	}
	return check(1);
}

int main(int argc, char **argv)
{
	unsigned long nr = 3000, i;
	u64 seed = 1;
	int opt;

	while ((opt = getopt(argc, argv, "bn:s:")) != -1) {
		if (opt == 'b') {
			speed(100);
			speed(1000);
			speed(4000);
			return 0;
		} else if (opt == 'n') {
			nr = strtoul(optarg, NULL, 0);
		} else if (opt == 's') {
			seed = strtoull(optarg, NULL, 0);
		} else {
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	dev = (struct device) { .nr_sectors = 2, .block = 1, .zone = 2, .wp = 2 };
	if (!extend()) {
		printf("not ok crash states of all short histories\n");
		return 1;
	}
	printf("ok crash states of all short histories\n");
	printf("# %lu histories, %lu points, %lu states\n", nr_histories, nr_points, nr_states);
	for (i = 0; i < nr; i++) {
		random_state = seed + i;
		below(1);
		if (!check_random()) {
			printf("# repeat with: -s %llu -n 1\n", seed + i);
			printf("not ok crash states of random histories\n");
			return 1;
		}
	}
	printf("ok crash states of random histories\n");
	printf("# %lu histories, %lu points, %lu states\n", nr_histories, nr_points, nr_states);
	return 0;
}
