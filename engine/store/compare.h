/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stores that share pages: how many pages each of them has alone, and where two of them
 * differ.
 */
#ifndef CNULL_COMPARE_H
#define CNULL_COMPARE_H

#include "store/store.h"

/**
 * struct cnull_usage - the pages of data of a store
 * @nr_own: number of pages that no other store has
 * @nr_shared: number of pages that another store has as well
 */
struct cnull_usage {
	u64 nr_own;
	u64 nr_shared;
};

void cnull_store_usage(struct cnull_store *store, struct cnull_usage *usage);
u64 cnull_store_changed(struct cnull_store *a, struct cnull_store *b, u64 pos,
			u64 len, bool *is_changed);

#endif
