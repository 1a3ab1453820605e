/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory budget of a store or of a cache: how many pages of data it holds,
 * and whether it may take another one.
 */
#ifndef CNULL_BUDGET_H
#define CNULL_BUDGET_H

#include "store/counter.h"

/* The number of allocations of a part of a counter between two checks of the machine. */
#define CNULL_BUDGET_STEP	DIV_ROUND_UP(SZ_1M / PAGE_SIZE, CNULL_COUNTER_PARTS)

/**
 * struct cnull_budget - the pages of one store or of one cache
 * @is_short: a hint: memory was short at the last check of the machine; set and
 *	read by any context, without ordering
 * @nr_allocs: allocations that contexts have asked for; only grows
 * @nr_pages: pages that are charged
 *
 * The data of a device belongs to no process, so the kernel cannot free it by
 * killing one. A budget therefore stops growing before memory runs out.
 *
 * A check of the machine takes longer than an allocation of a page. So a budget checks
 * once in CNULL_BUDGET_STEP allocations of each part. It grows by 1 MiB at most between
 * checks. When memory was short at the last check, it checks before each further
 * allocation, until memory is available again.
 */
struct cnull_budget {
	bool is_short;
	struct cnull_counter nr_allocs;
	struct cnull_counter nr_pages;
};

void cnull_budget_init(struct cnull_budget *budget);
bool cnull_budget_check(struct cnull_budget *budget);

/**
 * cnull_budget_pages - return the number of pages that are charged
 * @budget: the budget
 *
 * Context: Any. Another context may charge or uncharge pages meanwhile.
 * Return: the number of pages.
 */
static inline long cnull_budget_pages(const struct cnull_budget *budget)
{
	return cnull_counter_read(&budget->nr_pages);
}

/**
 * cnull_budget_may_grow - may another page be allocated?
 * @budget: the budget
 *
 * Call this once before each allocation.
 *
 * Context: Any.
 * Return: false if memory is short.
 */
static inline bool cnull_budget_may_grow(struct cnull_budget *budget)
{
	bool is_due = cnull_counter_add(&budget->nr_allocs, 1) %
		      CNULL_BUDGET_STEP == 0;

	return !(is_due || READ_ONCE(budget->is_short)) ||
	       cnull_budget_check(budget);
}

/**
 * cnull_budget_charge_many - count pages
 * @budget: the budget
 * @nr: number of pages
 *
 * Context: Any.
 */
static inline void cnull_budget_charge_many(struct cnull_budget *budget, long nr)
{
	cnull_counter_add(&budget->nr_pages, nr);
}

/**
 * cnull_budget_charge - count a page
 * @budget: the budget
 *
 * Context: Any.
 */
static inline void cnull_budget_charge(struct cnull_budget *budget)
{
	cnull_budget_charge_many(budget, 1);
}

/**
 * cnull_budget_uncharge_many - stop counting pages that were charged
 * @budget: the budget
 * @nr: number of pages
 *
 * Context: Any.
 */
static inline void cnull_budget_uncharge_many(struct cnull_budget *budget,
					      long nr)
{
	cnull_counter_add(&budget->nr_pages, -nr);
}

/**
 * cnull_budget_uncharge - stop counting a page that was charged
 * @budget: the budget
 *
 * Context: Any.
 */
static inline void cnull_budget_uncharge(struct cnull_budget *budget)
{
	cnull_budget_uncharge_many(budget, 1);
}

#endif
