// SPDX-License-Identifier: GPL-2.0
/*
 * The memory budget of a store or of a cache: the parts that are not on the
 * path of every request.
 */
#include "store/budget.h"

/**
 * cnull_budget_init - initialize a budget without pages
 * @budget: the budget
 *
 * Context: Any. No other context uses @budget.
 */
void cnull_budget_init(struct cnull_budget *budget)
{
	cnull_counter_init(&budget->nr_allocs);
	cnull_counter_init(&budget->nr_pages);
	budget->is_short = false;
}

/**
 * cnull_budget_check - check the machine's memory and store the result
 * @budget: the budget
 *
 * Context: Any.
 * Return: true if another page may be allocated, false if memory is short.
 */
bool cnull_budget_check(struct cnull_budget *budget)
{
	bool is_short = cnull_memory_is_short();

	WRITE_ONCE(budget->is_short, is_short);
	return !is_short;
}
