/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory budget of a store or of a cache: how many pages of data it holds,
 * and whether it may take another one.
 */
#ifndef CNULL_BUDGET_H
#define CNULL_BUDGET_H

#include "store/counter.h"

#define CNULL_BUDGET_STEP	(SZ_1M / PAGE_SIZE / CNULL_COUNTER_PARTS)

/**
 * struct cnull_budget - the pages of one store or of one cache
 * @nr_pages: pages that are charged
 * @is_short: a hint: memory was short at the last check of the machine; set and
 *	read by any context, without ordering
 *
 * The data of a device belongs to no process, so the kernel cannot free it by
 * killing one. A budget therefore stops growing before memory runs out.
 *
 * A check of the machine takes longer than an allocation of a page. So a budget checks at
 * each CNULL_BUDGET_STEP pages of a part of its counter, and grows by 1 MiB at most before
 * a check. When memory was short at the last check, it checks before each further page,
 * until memory is available again.
 */
struct cnull_budget {
	struct cnull_counter nr_pages;
	bool is_short;
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
 * Context: Any.
 * Return: false if memory is short.
 */
static inline bool cnull_budget_may_grow(struct cnull_budget *budget)
{
	return !READ_ONCE(budget->is_short) || cnull_budget_check(budget);
}

/**
 * cnull_budget_charge - count a page that was allocated
 * @budget: the budget
 *
 * Context: Any. A full barrier: a context that finds the page also finds it
 * counted.
 */
static inline void cnull_budget_charge(struct cnull_budget *budget)
{
	long pages = cnull_counter_add(&budget->nr_pages, 1);

	if (pages % CNULL_BUDGET_STEP == 0)
		cnull_budget_check(budget);
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
