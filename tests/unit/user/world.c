// SPDX-License-Identifier: GPL-2.0
/*
 * The world of the suites, in user space: POSIX threads, and the variables of the shim.
 */
#include <stdlib.h>
#include <unistd.h>

#include "world.h"

u64 world_seed;
unsigned int user_rounds = 1;

unsigned int world_times(unsigned int usual)
{
	return usual * user_rounds;
}

/* Allocations in use, and warnings, at the begin of the case. */
static long in_use;
static int warnings;

void world_begin(void)
{
	in_use = shim_mem.in_use;
	warnings = shim_warnings;
}

void world_end(struct kunit *test)
{
	world_fail_alloc(0);
	world_fail_all(false);
	world_fail_nowait(false);
	world_at_alloc(0, NULL, NULL);
	world_at_resched(NULL, NULL);
	shim_mem.barrier_helps = false;
	world_in_io(false);
	world_memory_is_short(false);
	rcu_barrier();
	if (shim_mem.in_use != in_use) {
		printf("# %ld allocations left\n", shim_mem.in_use - in_use);
		test->broken = true;
	}
	if (shim_warnings != warnings)
		test->broken = true;
}

/**
 * struct crew - threads that start together
 * @fn: function that each thread runs
 * @arg: first argument of @fn
 * @nr: number of the next thread, the second argument of @fn
 * @start: barrier at which the threads start
 */
struct crew {
	void (*fn)(void *arg, unsigned int nr);
	void *arg;
	unsigned int nr;
	pthread_barrier_t start;
};

static void *crew_member(void *arg)
{
	struct crew *crew = arg;
	unsigned int nr = __atomic_fetch_add(&crew->nr, 1, __ATOMIC_RELAXED);

	pthread_barrier_wait(&crew->start);
	crew->fn(crew->arg, nr);
	return NULL;
}

void world_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr),
		   void *arg)
{
	struct crew crew = { .fn = fn, .arg = arg };
	pthread_t threads[16];
	unsigned int i;

	shim_require(n <= ARRAY_SIZE(threads));
	pthread_barrier_init(&crew.start, NULL, n);
	for (i = 0; i < n; i++)
		shim_require(!pthread_create(&threads[i], NULL, crew_member,
					     &crew));
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&crew.start);
}

void world_fail_alloc(long n)
{
	__atomic_store_n(&shim_mem.fail_at, n, __ATOMIC_RELAXED);
}

void world_fail_all(bool fail)
{
	__atomic_store_n(&shim_mem.fail_all, fail, __ATOMIC_RELAXED);
}

void world_fail_until_barrier(void)
{
	__atomic_store_n(&shim_mem.barrier_helps, true, __ATOMIC_RELAXED);
	world_fail_all(true);
}

void world_fail_nowait(bool fail)
{
	__atomic_store_n(&shim_mem.fail_nowait, fail, __ATOMIC_RELAXED);
}

void world_at_alloc(long n, void (*fn)(void *arg), void *arg)
{
	shim_mem.call = fn;
	shim_mem.call_arg = arg;
	__atomic_store_n(&shim_mem.call_at, n, __ATOMIC_RELAXED);
}

unsigned long world_rescheds(void)
{
	return shim_rescheds;
}

void world_at_resched(void (*fn)(void *arg), void *arg)
{
	shim_at_resched_arg = arg;
	__atomic_store_n(&shim_at_resched, fn, __ATOMIC_RELEASE);
}

void world_let_others_run(void)
{
	usleep(20000);
}

void world_in_io(bool in_io)
{
	__atomic_store_n(&shim_mem.in_io, in_io, __ATOMIC_RELAXED);
}

void world_memory_is_short(bool is_short)
{
	__atomic_store_n(&shim_mem.is_short, is_short, __ATOMIC_RELAXED);
}

void world_set_time(u64 now)
{
	shim_now = now;
}

void world_set_cpus(unsigned int nr)
{
	nr_cpu_ids = nr;
}

void world_set_tracing(bool on)
{
	shim_trace = (struct shim_trace) { .on = on };
}

struct world_trace world_trace(void)
{
	return (struct world_trace) {
		.starts = shim_trace.starts,
		.ends = shim_trace.ends,
		.error = shim_trace.error,
		.start = shim_trace.start,
	};
}

void world_set_fill_reads(bool fill)
{
	shim_fill_reads = fill;
}

void world_set_task_may_fail(bool may)
{
	shim_task_may_fail = may;
}

const char *world_log(void)
{
	return shim_log;
}

struct cnull_iter world_iter_of(const struct world_piece *pieces,
				unsigned int nr)
{
	struct iovec *vec = calloc(nr, sizeof(*vec));
	unsigned int i;

	shim_require(vec);
	for (i = 0; i < nr; i++)
		vec[i] = (struct iovec) {
			.iov_base = pieces[i].at,
			.iov_len = pieces[i].len,
		};
	return (struct cnull_iter) { .vec = vec };
}

void world_iter_end(struct cnull_iter begin)
{
	free((void *)begin.vec);
}
