// SPDX-License-Identifier: GPL-2.0
/*
 * Faults: what goes wrong on purpose, and when.
 *
 * What the attributes mean is what the kernel's fault injection says of them
 * (Documentation/fault-injection/fault-injection.rst); but this works in any
 * kernel, and repeats: a random number is a hash of the seed and of how many
 * were drawn before.
 */
#include "fault/inject.h"

/* The attributes' folders, in the order of enum cnull_fault_kind. */
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
 * cnull_inject_init - make a fault that never happens
 * @fault: the fault
 *
 * Context: Any.
 */
void cnull_inject_init(struct cnull_fault *fault)
{
	int id;

	memset(fault, 0, sizeof(*fault));
	for (id = 0; id < CNULL_NR_FAULT_IDS; id++)
		set(fault, id, limits[id].def);
}

/**
 * cnull_inject_copy - make a fault like another one
 * @to: the fault
 * @from: the other one
 *
 * Context: Any.
 */
void cnull_inject_copy(struct cnull_fault *to, const struct cnull_fault *from)
{
	int id;

	for (id = 0; id < CNULL_NR_FAULT_IDS; id++)
		set(to, id, get(from, id));
}

static int parse(enum cnull_fault_id id, const char *text, long *value)
{
	int err = kstrtol(text, 0, value);

	if (!err && (*value < limits[id].min || *value > limits[id].max))
		err = -EINVAL;
	return err;
}

/**
 * cnull_inject_set - change one attribute
 * @fault: the fault
 * @id: which
 * @text: its new value, a number in C notation
 *
 * Context: Any.
 * Return: 0, or with nothing changed -EINVAL or -ERANGE.
 */
int cnull_inject_set(struct cnull_fault *fault, enum cnull_fault_id id,
		    const char *text)
{
	long value;
	int err = parse(id, text, &value);

	if (!err)
		set(fault, id, value);
	return err;
}

/**
 * cnull_inject_get - the value of one attribute
 * @fault: the fault
 * @id: which
 *
 * Context: Any.
 * Return: it
 */
long cnull_inject_get(const struct cnull_fault *fault, enum cnull_fault_id id)
{
	return get(fault, id);
}

/**
 * cnull_inject_parse - set a fault as module parameters have it
 * @fault: the fault
 * @text: "<interval>,<probability>,<space>,<times>"
 *
 * Context: Any.
 * Return: 0, or with nothing changed -EINVAL or -ERANGE.
 */
int cnull_inject_parse(struct cnull_fault *fault, const char *text)
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
		/* A comma, unless it is the last. */
		if (i + 1 < ARRAY_SIZE(order) && *text++ != ',')
			return -EINVAL;
	}
	/* A line ends there, and nothing comes after it. */
	if (strcmp(text, "") && strcmp(text, "\n"))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(order); i++)
		set(fault, order[i], value[i]);
	return 0;
}

/* The @n-th random number of a seed: its bits mixed well, as in splitmix64. */
static u64 random_number(u64 seed, u64 n)
{
	u64 x = seed + n * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* Tell the log, unless it was told enough. */
static void tell(struct cnull_fault *fault, enum cnull_fault_kind kind,
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
 * cnull_inject_draw - draw lots: is it to happen now?
 * @faults: of a device, all kinds
 * @kind: which; its probability is not 0
 * @name: of the device, for the log
 *
 * For cnull_inject_hits() only.
 *
 * Context: Any.
 * Return: true if so.
 */
bool cnull_inject_draw(struct cnull_fault *faults, enum cnull_fault_kind kind,
		      const char *name)
{
	struct cnull_fault *fault = &faults[kind];
	long interval = get(fault, CNULL_FAULT_ID_interval);
	atomic_long_t *times = &fault->value[CNULL_FAULT_ID_times];
	atomic_long_t *space = &fault->value[CNULL_FAULT_ID_space];
	u64 lot;

	if (get(fault, CNULL_FAULT_ID_task_filter) && !cnull_task_may_fail())
		return false;
	if (!atomic_long_read(times))
		return false;
	if (atomic_long_dec_if_positive(space) >= 0)
		return false;
	if (interval > 1 &&
	    atomic_long_inc_return(&fault->nr_asked) % interval)
		return false;
	lot = random_number(get(fault, CNULL_FAULT_ID_seed),
			    atomic_long_inc_return(&fault->nr_drawn));
	if ((u32)lot % 100 >= get(fault, CNULL_FAULT_ID_probability))
		return false;
	/* Somebody else may have had the last one; -1 is never used up. */
	if (atomic_long_read(times) >= 0 &&
	    atomic_long_dec_if_positive(times) < 0)
		return false;
	tell(fault, kind, name);
	return true;
}
