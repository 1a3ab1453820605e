/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The platform of the engine in a kernel, for tests: that of the module, except that
 * tests control memory, time, the number of CPUs, and the log.
 */
#ifndef CNULL_TEST_PLATFORM_H
#define CNULL_TEST_PLATFORM_H

#include "../../../kmod/platform.h"

void *world_zalloc(size_t size, gfp_t gfp);
void *world_kvmalloc(size_t size, gfp_t gfp);
void *world_kvcalloc(size_t nr, size_t size, gfp_t gfp);
void world_free(const void *p);
void world_uncount(const void *p);
void *world_page_alloc(gfp_t gfp, int node);
void world_page_free(void *page);
void world_pages_free_rcu(void *const *pages, unsigned int nr);
bool world_is_short(void);
void world_count_resched(void);
void world_rcu_barrier(void);
u64 world_time(void);
bool world_task_may_fail(void);
bool world_fill_reads(void);
bool world_traces(void);
unsigned int world_cpus(void);
__printf(1, 2)
void world_pr_err(const char *fmt, ...);

static inline void world_resched(void)
{
	world_count_resched();
	cond_resched();
}

#undef cond_resched
#define cond_resched		world_resched
#undef kzalloc
#define kzalloc			world_zalloc
#define kfree			world_free
#undef kvmalloc
#define kvmalloc		world_kvmalloc
#undef kvcalloc
#define kvcalloc		world_kvcalloc
#define kvfree			world_free
#undef kvfree_rcu
#define kvfree_rcu(p, head)	do { world_uncount(p); kvfree_rcu_arg_2(p, head); } while (0)
#undef kfree_rcu
#define kfree_rcu		kvfree_rcu
#define cnull_page_alloc	world_page_alloc
#define cnull_page_free		world_page_free
#define cnull_pages_free_rcu	world_pages_free_rcu
#define cnull_memory_is_short	world_is_short
#define rcu_barrier		world_rcu_barrier
#define ktime_get_ns		world_time
#undef nr_cpu_ids
#define nr_cpu_ids		world_cpus()
#undef pr_err
#define pr_err			world_pr_err
#undef pr_notice
#define pr_notice		world_pr_err
#define cnull_task_may_fail	world_task_may_fail
#define cnull_traces_start()	world_traces()
#define cnull_traces_end()	world_traces()
#undef CNULL_FILL_READS
#define CNULL_FILL_READS	world_fill_reads()
#undef CNULL_TASK_FILTER
#define CNULL_TASK_FILTER	1

#endif
