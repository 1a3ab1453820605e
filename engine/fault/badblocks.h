/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bad blocks: sectors where requests fail.
 */
#ifndef CNULL_BADBLOCKS_H
#define CNULL_BADBLOCKS_H

#include "platform.h"

struct cnull_bad_table;

/**
 * struct cnull_badblocks - the bad sectors of a device
 * @lock: serializes changes of @table and @features
 * @table: the bad sectors; NULL if all sectors are good. Changed with @lock held,
 *	read in an RCU read section
 * @features: &cnull_live.features of the device that is on; has
 *	%CNULL_FEATURE_BADBLOCKS while @table is not NULL. NULL while the device is
 *	off
 *
 * badblocks.c describes the concurrency of lookups and changes.
 */
struct cnull_badblocks {
	struct mutex lock;
	struct cnull_bad_table __rcu *table;
	unsigned long *features __guarded_by(&lock);
};

void cnull_badblocks_init(struct cnull_badblocks *bb);
void cnull_badblocks_destroy(struct cnull_badblocks *bb);
void cnull_badblocks_attach(struct cnull_badblocks *bb, unsigned long *features);

int cnull_badblocks_set(struct cnull_badblocks *bb, const char *text);
size_t cnull_badblocks_show(struct cnull_badblocks *bb, char *text, size_t size);

bool cnull_badblocks_find(struct cnull_badblocks *bb, u64 sector, u64 nr_sectors,
			  u64 *first);
bool cnull_badblocks_take(struct cnull_badblocks *bb, u64 sector, u64 nr_sectors,
			  u64 *first);

#endif
