// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection: null_blk's knobs, which make requests and queues fail.
 *
 * The attributes have the meaning of the kernel's fault injection
 * (Documentation/fault-injection/fault-injection.rst). Unlike that, they work in any
 * kernel, and they repeat: a random number is a hash of the seed and of the number of
 * earlier draws.
 */
#include "fault/inject.h"
#include "feature.h"

/* The directories of the attributes, by enum cnull_fault_kind. */
const char *const cnull_fault_groups[CNULL_NR_FAULTS] = {
	[CNULL_FAULT_TIMEOUT] = "timeout_inject",
	[CNULL_FAULT_REQUEUE] = "requeue_inject",
	[CNULL_FAULT_INIT_HCTX] = "init_hctx_fault_inject",
};

static const struct {
	long def;
	long min;
	long max;
} limits[CNULL_NR_FAULT_IDS] = {
#define CNULL_FAULT(name, file, def_, min_, max_, help) \
	[CNULL_FAULT_ID_##name] = { .def = def_, .min = min_, .max = max_ },
#include "fault/inject.def"
};

static long get(const struct cnull_fault *fault, enum cnull_fault_id id)
{
	return atomic_long_read(&fault->value[id]);
}

static void set(struct cnull_fault *fault, enum cnull_fault_id id, long value)
{
	atomic_long_set(&fault->value[id], value);
	if (id == CNULL_FAULT_ID_seed) {
		atomic_long_set(&fault->nr_asked, 0);
		atomic_long_set(&fault->nr_drawn, 0);
	}
}

/**
 * cnull_fault_init - initialize a fault, which hits nothing
 * @fault: the fault
 *
 * Context: Any.
 */
void cnull_fault_init(struct cnull_fault *fault)
{
	int id;

	memset(fault, 0, sizeof(*fault));
	for (id = 0; id < CNULL_NR_FAULT_IDS; id++)
		set(fault, id, limits[id].def);
}

static int parse(enum cnull_fault_id id, const char *text, long *value)
{
	int err = kstrtol(text, 0, value);

	if (!err && (*value < limits[id].min || *value > limits[id].max))
		err = -EINVAL;
	return err;
}

/**
 * cnull_fault_get - read one attribute of a fault
 * @fault: the fault
 * @id: the attribute
 *
 * Context: Any.
 * Return: the value of the attribute.
 */
long cnull_fault_get(const struct cnull_fault *fault, enum cnull_fault_id id)
{
	return get(fault, id);
}

/**
 * cnull_fault_parse - set four attributes of a fault from the text of a parameter
 * @fault: the fault
 * @text: "<interval>,<probability>,<space>,<times>"
 *
 * Context: Any.
 * Return: 0, or with nothing changed -EINVAL or -ERANGE.
 */
int cnull_fault_parse(struct cnull_fault *fault, const char *text)
{
	static const enum cnull_fault_id order[] = {
		CNULL_FAULT_ID_interval, CNULL_FAULT_ID_probability,
		CNULL_FAULT_ID_space, CNULL_FAULT_ID_times,
	};
	long value[ARRAY_SIZE(order)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		size_t len = strcspn(text, ",\n");
		char number[24];
		int err;

		if (len >= sizeof(number))
			return -EINVAL;
		memcpy(number, text, len);
		number[len] = '\0';
		err = parse(order[i], number, &value[i]);
		if (err)
			return err;
		text += len;
		/* A comma follows each number but the last. */
		if (i + 1 < ARRAY_SIZE(order) && *text++ != ',')
			return -EINVAL;
	}
	/* Only the end of a line may follow. */
	if (strcmp(text, "") && strcmp(text, "\n"))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(order); i++)
		set(fault, order[i], value[i]);
	return 0;
}

/* May a request get one of the faults? */
static bool may_hit_requests(struct cnull_faults *faults)
{
	int kind;

	for (kind = 0; kind < CNULL_NR_REQUEST_FAULTS; kind++)
		if (get(&faults->kind[kind], CNULL_FAULT_ID_probability))
			return true;
	return false;
}

static void update_feature(struct cnull_faults *faults)
	__must_hold(&faults->lock)
{
	if (faults->features)
		assign_bit(CNULL_FEATURE_INJECT, faults->features,
			   may_hit_requests(faults));
}

/**
 * cnull_inject_init - initialize the faults of a device, which hit nothing
 * @faults: the faults
 *
 * Context: May sleep. Takes &cnull_faults.lock.
 */
void cnull_inject_init(struct cnull_faults *faults)
{
	int kind;

	mutex_init(&faults->lock);
	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		cnull_fault_init(&faults->kind[kind]);
	guard(mutex)(&faults->lock);
	faults->features = NULL;
}

/**
 * cnull_inject_destroy - free what the faults of a device hold
 * @faults: the faults, unused
 *
 * Context: Any.
 */
void cnull_inject_destroy(struct cnull_faults *faults)
{
	mutex_destroy(&faults->lock);
}

/**
 * cnull_inject_attach - keep a feature bit of the live device up to date
 * @faults: the faults
 * @features: &cnull_live.features of the device that goes on, or NULL at power off
 *
 * Context: May sleep. Takes &cnull_faults.lock.
 */
void cnull_inject_attach(struct cnull_faults *faults, unsigned long *features)
{
	guard(mutex)(&faults->lock);
	faults->features = features;
	update_feature(faults);
}

/**
 * cnull_inject_copy - copy the attributes of all faults
 * @to: the faults of a device
 * @from: the faults to copy, by enum cnull_fault_kind
 *
 * Context: May sleep. Takes &cnull_faults.lock.
 */
void cnull_inject_copy(struct cnull_faults *to, const struct cnull_fault *from)
{
	int kind, id;

	guard(mutex)(&to->lock);
	for (kind = 0; kind < CNULL_NR_FAULTS; kind++)
		for (id = 0; id < CNULL_NR_FAULT_IDS; id++)
			set(&to->kind[kind], id, get(&from[kind], id));
	update_feature(to);
}

/**
 * cnull_inject_set - change one attribute of a fault
 * @faults: the faults of a device
 * @kind: the fault
 * @id: the attribute
 * @text: the new value, a number in C notation
 *
 * Context: May sleep. Takes &cnull_faults.lock.
 * Return: 0, or with nothing changed -EINVAL or -ERANGE.
 */
int cnull_inject_set(struct cnull_faults *faults, enum cnull_fault_kind kind,
		     enum cnull_fault_id id, const char *text)
{
	long value;
	int err = parse(id, text, &value);

	if (err)
		return err;
	guard(mutex)(&faults->lock);
	set(&faults->kind[kind], id, value);
	update_feature(faults);
	return 0;
}

/**
 * cnull_inject_parse - set four attributes of a fault from the text of a parameter
 * @faults: the faults of a device
 * @kind: the fault
 * @text: as of cnull_fault_parse()
 *
 * Context: May sleep. Takes &cnull_faults.lock.
 * Return: 0, or with nothing changed -EINVAL or -ERANGE.
 */
int cnull_inject_parse(struct cnull_faults *faults, enum cnull_fault_kind kind,
		       const char *text)
{
	int err;

	guard(mutex)(&faults->lock);
	err = cnull_fault_parse(&faults->kind[kind], text);
	update_feature(faults);
	return err;
}

/* Return the random number @n of a seed, with its bits mixed well, as in splitmix64. */
static u64 random_number(u64 seed, u64 n)
{
	u64 x = seed + n * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* Log a hit, within the rate limit. */
static void log_hit(struct cnull_fault *fault, enum cnull_fault_kind kind,
		    const char *name)
{
	long ms = get(fault, CNULL_FAULT_ID_verbose_ratelimit_interval_ms);
	long now = div_u64(ktime_get_ns(), 1000000);

	if (!get(fault, CNULL_FAULT_ID_verbose))
		return;
	if (ms) {
		if (now - atomic_long_read(&fault->window) >= ms) {
			atomic_long_set(&fault->window, now);
			atomic_long_set(&fault->nr_lines, 0);
		}
		if (atomic_long_inc_return(&fault->nr_lines) >
		    get(fault, CNULL_FAULT_ID_verbose_ratelimit_burst))
			return;
	}
	pr_notice("%s: %s\n", name, cnull_fault_groups[kind]);
}

/**
 * cnull_inject_draw - decide whether a fault hits now
 * @faults: the faults of a device
 * @kind: the kind; its probability is not 0
 * @name: the name of the device, for the log
 *
 * For cnull_inject_hits() only.
 *
 * Context: Any.
 * Return: true if the fault hits.
 */
bool cnull_inject_draw(struct cnull_faults *faults, enum cnull_fault_kind kind,
		       const char *name)
{
	struct cnull_fault *fault = &faults->kind[kind];
	long interval = get(fault, CNULL_FAULT_ID_interval);
	atomic_long_t *times = &fault->value[CNULL_FAULT_ID_times];
	atomic_long_t *space = &fault->value[CNULL_FAULT_ID_space];
	u64 random;

	if (get(fault, CNULL_FAULT_ID_task_filter) && !cnull_task_may_fail())
		return false;
	if (!atomic_long_read(times))
		return false;
	if (atomic_long_dec_if_positive(space) >= 0)
		return false;
	if (interval > 1 &&
	    atomic_long_inc_return(&fault->nr_asked) % interval)
		return false;
	random = random_number(get(fault, CNULL_FAULT_ID_seed),
			       atomic_long_inc_return(&fault->nr_drawn));
	if ((u32)random % 100 >= get(fault, CNULL_FAULT_ID_probability))
		return false;
	/* Another context may have used up the last hit. -1 has no limit. */
	if (atomic_long_read(times) >= 0 &&
	    atomic_long_dec_if_positive(times) < 0)
		return false;
	log_hit(fault, kind, name);
	return true;
}
