/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: the writes, discards, flushes and zone operations of a device, with the order
 * of their submissions and completions.
 */
#ifndef CNULL_LOG_H
#define CNULL_LOG_H

#include "request.h"

/* &cnull_log_entry.op of a mark; the other values are those of enum cnull_op. */
#define CNULL_LOG_MARK		0xff

/* A bit of &cnull_log_entry.flags besides enum cnull_io_flag: metadata of a file system. */
#define CNULL_LOG_META		(1 << 7)

/**
 * struct cnull_log_entry - a request, or a mark
 * @sector: the first sector; of a zone append, the sector that was written first
 * @nr_sectors: the length, in sectors
 * @data: the place of the data, or of the text of a mark, in bytes of all data
 * @len: the length of the data or the text, in bytes; 0 for an operation without data
 * @submitted: the number of the event of the submission, from 1 on
 * @completed: the number of the event of the completion; 0 before it. Read by
 *	cnull_log_completed()
 * @error: 0 or a negative errno; valid after the completion
 * @op: an enum cnull_op, or %CNULL_LOG_MARK; a zone append is a write
 * @flags: a mask of enum cnull_io_flag and %CNULL_LOG_META
 *
 * The submitter owns the entry until cnull_log_submit() returns, and the completing
 * context writes @completed and @error. Readers read a log that has stopped.
 */
struct cnull_log_entry {
	u64 sector;
	u64 nr_sectors;
	u64 data;
	u32 len;
	u32 submitted;
	u32 completed;
	int error;
	u8 op;
	u8 flags;
};

/**
 * struct cnull_log - a log
 * @limit: the limit of the memory, in bytes of entries and data; constant
 * @events: the number of entries in the upper 32 bits, the number of events in the
 *	lower ones. One atomic addition numbers both
 * @used: the bytes of entries and data that were reserved
 * @data: the bytes of data that were reserved
 * @end: the value of @events at the first entry that did not fit; 0 if all did. Only
 *	ever decreases after it was set
 * @nr_pages: the length of both arrays; constant
 * @entry_page: the pages of the entries. A page is put in place by cmpxchg(), once
 * @data_page: the pages of the data, in the same way
 */
struct cnull_log {
	u64 limit;
	atomic_long_t events;
	atomic_long_t used;
	atomic_long_t data;
	atomic_long_t end;
	u32 nr_pages;
	void **entry_page;
	void **data_page;
};

int cnull_log_init(struct cnull_log *log, u64 limit);
void cnull_log_destroy(struct cnull_log *log);

struct cnull_log_entry *cnull_log_submit(struct cnull_log *log,
					 const struct cnull_io *io, u8 flags,
					 enum cnull_wait wait);
void cnull_log_complete(struct cnull_log *log, struct cnull_log_entry *entry,
			int error);
int cnull_log_mark(struct cnull_log *log, const char *text);

bool cnull_log_has_ended(struct cnull_log *log);
u32 cnull_log_nr_entries(struct cnull_log *log);
u32 cnull_log_nr_events(struct cnull_log *log);
struct cnull_log_entry *cnull_log_entry(struct cnull_log *log, u32 nr);
u32 cnull_log_completed(struct cnull_log *log, const struct cnull_log_entry *entry);
void cnull_log_read(struct cnull_log *log, const struct cnull_log_entry *entry,
		    u64 offset, void *to, size_t len);

#endif
