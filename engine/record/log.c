// SPDX-License-Identifier: GPL-2.0
/*
 * The log: append-only, for any number of submitters, without a lock.
 *
 * One atomic addition to &cnull_log.events gives a submission its place and its number,
 * so entries are in the order of submission. A completion takes a number in the same
 * way. If one request completed before another one was submitted, the numbers show it:
 * the completion takes its number before the completion is reported.
 *
 * An entry that does not fit ends the log. The log keeps exactly the entries and the
 * completions with smaller numbers. Concurrent submitters may have later numbers: their
 * entries are ignored, and so the log has no gap.
 */
#include "record/log.h"
#include "store/gfp.h"

#define ENTRIES_PER_PAGE	(PAGE_SIZE / sizeof(struct cnull_log_entry))

/* The cost of an entry without data, in bytes: a part of a page. */
#define ENTRY_COST		(PAGE_SIZE / ENTRIES_PER_PAGE)

/* Data begins at a multiple of this number of bytes. */
#define DATA_ALIGN		8U

/* Both halves of &cnull_log.events are smaller than 2^32 with this limit. */
#define MAX_LIMIT		(1ULL << 36)

/**
 * cnull_log_init - initialize an empty log
 * @log: the log
 * @limit: the limit of its memory, in bytes of entries and data; 64 GiB at most
 *
 * Context: May sleep.
 * Return: 0, -EINVAL if @limit is too large, or -ENOMEM.
 */
int cnull_log_init(struct cnull_log *log, u64 limit)
{
	memset(log, 0, sizeof(*log));
	if (limit > MAX_LIMIT)
		return -EINVAL;
	log->limit = limit;
	log->nr_pages = DIV_ROUND_UP_ULL(limit, PAGE_SIZE) + 1;
	log->entry_page = kvcalloc(log->nr_pages, sizeof(void *), GFP_KERNEL);
	log->data_page = kvcalloc(log->nr_pages, sizeof(void *), GFP_KERNEL);
	if (log->entry_page && log->data_page)
		return 0;
	cnull_log_destroy(log);
	return -ENOMEM;
}

static void free_pages_of(void **page, u32 nr)
{
	u32 i;

	for (i = 0; page && i < nr; i++) {
		if (page[i])
			cnull_page_free(page[i]);
		if (i % 1024 == 0)
			cond_resched();
	}
	kvfree(page);
}

/**
 * cnull_log_destroy - free the memory of a log
 * @log: the log; only cnull_log_init() may be called for it afterwards
 *
 * Context: May sleep. No other context uses @log.
 */
void cnull_log_destroy(struct cnull_log *log)
{
	free_pages_of(log->entry_page, log->nr_pages);
	free_pages_of(log->data_page, log->nr_pages);
	memset(log, 0, sizeof(*log));
}

/* Return the page in @slot, and allocate it if there is none. NULL: no memory. */
static void *page_in(void **slot, gfp_t gfp)
{
	void *page = smp_load_acquire(slot), *other;

	if (page)
		return page;
	page = cnull_page_alloc(gfp, NUMA_NO_NODE);
	if (!page)
		return NULL;
	other = cmpxchg(slot, NULL, page);
	if (!other)
		return page;
	cnull_page_free(page);
	return other;
}

static struct cnull_log_entry *entry_at(struct cnull_log *log, u32 nr)
{
	struct cnull_log_entry *page = READ_ONCE(log->entry_page[nr / ENTRIES_PER_PAGE]);

	return page + nr % ENTRIES_PER_PAGE;
}

/* End the log before the entry that has the number @events. */
static void end_at(struct cnull_log *log, long events)
{
	long end = atomic_long_read(&log->end);

	while (!end || end > events)
		if (atomic_long_try_cmpxchg(&log->end, &end, events))
			return;
}

/* Reserve memory for an entry and its data. Set the place of the data. */
static bool reserve(struct cnull_log *log, u32 len, u64 *data)
{
	u64 size = len ? round_up((u64)len, DATA_ALIGN) : 0;

	if (atomic_long_add_return(ENTRY_COST + size, &log->used) > (long)log->limit)
		return false;
	*data = atomic_long_add_return(size, &log->data) - size;
	return true;
}

/* Allocate the pages that an entry and its data need. */
static bool provide(struct cnull_log *log, u32 nr, u64 data, u32 len, gfp_t gfp)
{
	u64 i;

	if (!page_in(&log->entry_page[nr / ENTRIES_PER_PAGE], gfp | __GFP_ZERO))
		return false;
	for (i = data >> PAGE_SHIFT; len && i <= (data + len - 1) >> PAGE_SHIFT; i++)
		if (!page_in(&log->data_page[i], gfp))
			return false;
	return true;
}

/* Append an entry without its data. Return NULL if it does not fit. */
static struct cnull_log_entry *append(struct cnull_log *log, u32 len, gfp_t gfp)
{
	struct cnull_log_entry *entry;
	long events;
	u64 data = 0;
	u32 nr;

	if (atomic_long_read(&log->end))
		return NULL;
	events = atomic_long_add_return((1L << 32) + 1, &log->events);
	nr = (u64)events >> 32;
	nr--;
	if (!reserve(log, len, &data) || !provide(log, nr, data, len, gfp)) {
		end_at(log, events);
		return NULL;
	}
	entry = entry_at(log, nr);
	entry->data = data;
	entry->len = len;
	entry->submitted = (u32)events;
	return entry;
}

/* Return the next piece of data, and set its length. */
static void *piece_of(struct cnull_log *log, u64 place, size_t len, size_t *piece)
{
	size_t offset = place % PAGE_SIZE;

	*piece = min(len, (size_t)PAGE_SIZE - offset);
	return (char *)READ_ONCE(log->data_page[place >> PAGE_SHIFT]) + offset;
}

/**
 * cnull_log_submit - record the submission of a request
 * @log: the log
 * @io: the request; no read. A zone append has its real sector. The data is copied
 * @flags: 0 or %CNULL_LOG_META
 * @wait: may the caller sleep?
 *
 * Call it before the device changes any data, and cnull_log_complete() before the
 * completion is reported.
 *
 * Context: Any, as @wait says.
 * Return: the entry, or NULL if the log has ended.
 */
struct cnull_log_entry *cnull_log_submit(struct cnull_log *log,
					 const struct cnull_io *io, u8 flags,
					 enum cnull_wait wait)
{
	bool is_write = io->op == CNULL_OP_WRITE || io->op == CNULL_OP_ZONE_APPEND;
	struct cnull_iter iter = io->iter;
	struct cnull_log_entry *entry;
	size_t done, piece;

	entry = append(log, is_write ? io->nr_sectors << SECTOR_SHIFT : 0,
		       wait == CNULL_MAY_WAIT ? CNULL_GFP_MAY_WAIT :
						CNULL_GFP_NO_WAIT);
	if (!entry)
		return NULL;
	entry->op = is_write ? CNULL_OP_WRITE : io->op;
	entry->flags = io->flags | flags;
	entry->sector = io->sector;
	entry->nr_sectors = io->nr_sectors;
	for (done = 0; done < entry->len; done += piece) {
		void *to = piece_of(log, entry->data + done, entry->len - done,
				    &piece);

		cnull_iter_read(&iter, to, piece);
	}
	return entry;
}

/**
 * cnull_log_complete - record the completion of a request
 * @log: the log
 * @entry: the entry from cnull_log_submit(); NULL is ignored
 * @error: 0 or a negative errno
 *
 * Context: Any.
 */
void cnull_log_complete(struct cnull_log *log, struct cnull_log_entry *entry,
			int error)
{
	if (!entry || atomic_long_read(&log->end))
		return;
	entry->error = error;
	WRITE_ONCE(entry->completed, (u32)atomic_long_inc_return(&log->events));
}

/**
 * cnull_log_mark - record a mark
 * @log: the log
 * @text: the text
 *
 * Context: May sleep.
 * Return: 0, or -ENOSPC if the log has ended.
 */
int cnull_log_mark(struct cnull_log *log, const char *text)
{
	struct cnull_log_entry *entry;
	size_t done, piece;

	entry = append(log, strlen(text), CNULL_GFP_MAY_WAIT);
	if (!entry)
		return -ENOSPC;
	entry->op = CNULL_LOG_MARK;
	for (done = 0; done < entry->len; done += piece) {
		void *to = piece_of(log, entry->data + done, entry->len - done,
				    &piece);

		memcpy(to, text + done, piece);
	}
	return 0;
}

/**
 * cnull_log_has_ended - did an entry not fit into the log?
 * @log: the log
 *
 * Context: Any.
 * Return: true if the log is incomplete: it has no entry from the first one that did not
 * fit on. Its number is that of the next event after cnull_log_nr_events().
 */
bool cnull_log_has_ended(struct cnull_log *log)
{
	return atomic_long_read(&log->end);
}

/* Return &cnull_log.events of the part of the log that is kept. */
static u64 kept(struct cnull_log *log)
{
	u64 end = atomic_long_read(&log->end);

	return end ? end - (1ULL << 32) - 1 : (u64)atomic_long_read(&log->events);
}

/**
 * cnull_log_nr_entries - return the number of entries of a log
 * @log: the log
 *
 * Context: Any. The log has stopped.
 * Return: the number of entries.
 */
u32 cnull_log_nr_entries(struct cnull_log *log)
{
	return kept(log) >> 32;
}

/**
 * cnull_log_nr_events - return the number of events of a log
 * @log: the log
 *
 * Context: Any. The log has stopped.
 * Return: the number of submissions, completions and marks: also the number of the last.
 */
u32 cnull_log_nr_events(struct cnull_log *log)
{
	return kept(log);
}

/**
 * cnull_log_entry - return an entry of a log
 * @log: the log
 * @nr: the number of the entry, from 0 on, in the order of submission
 *
 * Context: Any. The log has stopped.
 * Return: the entry.
 */
struct cnull_log_entry *cnull_log_entry(struct cnull_log *log, u32 nr)
{
	return entry_at(log, nr);
}

/**
 * cnull_log_completed - return the number of the completion of an entry
 * @log: the log
 * @entry: the entry
 *
 * Context: Any. The log has stopped.
 * Return: the number of the event, or 0 if the log has no completion of the entry.
 */
u32 cnull_log_completed(struct cnull_log *log, const struct cnull_log_entry *entry)
{
	u32 completed = READ_ONCE(entry->completed);

	return completed <= cnull_log_nr_events(log) ? completed : 0;
}

/**
 * cnull_log_read - copy data of an entry, or the text of a mark
 * @log: the log
 * @entry: the entry
 * @offset: the offset in its data, in bytes
 * @to: the buffer
 * @len: the number of bytes; within the data of the entry
 *
 * Context: Any. The log has stopped.
 */
void cnull_log_read(struct cnull_log *log, const struct cnull_log_entry *entry,
		    u64 offset, void *to, size_t len)
{
	u64 place = entry->data + offset;
	size_t piece;

	for (; len; len -= piece, place += piece, to = (char *)to + piece) {
		const void *from = piece_of(log, place, len, &piece);

		memcpy(to, from, piece);
	}
}
