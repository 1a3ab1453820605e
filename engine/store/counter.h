/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A counter that many CPUs change at the same time. CPU n changes part
 * n % CNULL_COUNTER_PARTS, so few CPUs share a cache line.
 *
 * The kernel's percpu_counter allocates, so its initialization may fail.
 */
#ifndef CNULL_COUNTER_H
#define CNULL_COUNTER_H

#include "platform.h"

#define CNULL_COUNTER_PARTS	16

/**
 * struct cnull_counter_part - the part of a counter that some CPUs change
 * @pad: keeps the fields before the part in other cache lines
 * @nr: changed atomically; may be negative
 */
struct cnull_counter_part {
	u8 pad[SMP_CACHE_BYTES - sizeof(atomic_long_t)];
	atomic_long_t nr;
};

/**
 * struct cnull_counter - a number
 * @part: parts, whose sum is the number
 */
struct cnull_counter {
	struct cnull_counter_part part[CNULL_COUNTER_PARTS];
};

/**
 * cnull_counter_init - set a counter to 0
 * @counter: the counter
 *
 * Context: Any. No other context uses @counter.
 */
static inline void cnull_counter_init(struct cnull_counter *counter)
{
	unsigned int i;

	for (i = 0; i < CNULL_COUNTER_PARTS; i++)
		atomic_long_set(&counter->part[i].nr, 0);
}

/**
 * cnull_counter_add - add to a counter
 * @counter: the counter
 * @nr: the number to add; may be negative
 *
 * Context: Any. A full barrier.
 * Return: the new value of the part of this CPU.
 */
static inline long cnull_counter_add(struct cnull_counter *counter, long nr)
{
	unsigned int i = raw_smp_processor_id() % CNULL_COUNTER_PARTS;

	return atomic_long_add_return(nr, &counter->part[i].nr);
}

/**
 * cnull_counter_read - read a counter
 * @counter: the counter
 *
 * Reads one part after the other. If other contexts change the counter meanwhile, the
 * result may be a number that the counter never had: 0, for example.
 *
 * Context: Any.
 * Return: the number.
 */
static inline long cnull_counter_read(const struct cnull_counter *counter)
{
	long sum = 0;
	unsigned int i;

	for (i = 0; i < CNULL_COUNTER_PARTS; i++)
		sum += atomic_long_read(&counter->part[i].nr);
	return sum;
}

#endif
