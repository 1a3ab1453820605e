// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: run by the engine, with the results checked by the model.
 */
#include "badblocks.h"
#include "durable.h"
#include "limits.h"
#include "world.h"
#include "zones.h"
#include "../unit/result.h"

/**
 * struct request - a request that the engine has run
 * @op: the operation
 * @err: the final status from the engine
 * @sector: the sector that the request ran on
 * @retried: the request reserved sectors of a zone, and was run a second time
 * @failing: an allocation of the request may have failed
 */
struct request {
	struct op op;
	int err;
	u64 sector;
	bool retried;
	bool failing;
};

static const enum cnull_op io_ops[NR_OPS] = {
	[OP_WRITE] = CNULL_OP_WRITE,
	[OP_READ] = CNULL_OP_READ,
	[OP_DISCARD] = CNULL_OP_DISCARD,
	[OP_WRITE_ZEROES] = CNULL_OP_WRITE_ZEROES,
	[OP_SECURE_ERASE] = CNULL_OP_SECURE_ERASE,
	[OP_FLUSH] = CNULL_OP_FLUSH,
	[OP_APPEND] = CNULL_OP_ZONE_APPEND,
	[OP_OPEN] = CNULL_OP_ZONE_OPEN,
	[OP_CLOSE] = CNULL_OP_ZONE_CLOSE,
	[OP_FINISH] = CNULL_OP_ZONE_FINISH,
	[OP_RESET] = CNULL_OP_ZONE_RESET,
	[OP_RESET_ALL] = CNULL_OP_ZONE_RESET_ALL,
};

/* Does the request end within the device? */
static bool is_within(const struct world *w, const struct op *op)
{
	return op->a + op->b <= w->effective[CNULL_OPTION_size] * 2048;
}

/* Charge a request that has run, and return its expected deadline in ns. */
static u64 deadline_of(const struct world *w, const struct request *r)
{
	u64 deadline = 0;

	if (r->err == -EAGAIN || !is_within(w, &r->op) || w->cut)
		return 0;
	if (w->effective[CNULL_OPTION_irqmode] == 2 &&
	    w->effective[CNULL_OPTION_completion_nsec])
		deadline = shim_now + w->effective[CNULL_OPTION_completion_nsec];
	return max(deadline, limits_charge(w->effective, io_ops[r->op.kind],
					   r->op.b));
}

/*
 * Run a request while the gate is closed, which defers it unless it fails without an
 * access to data. Return true if it has to run again.
 */
static bool meet_closed_gate(struct world *w, struct cnull_io *io, int *err)
{
	struct cnull_live *live = live_of(w);

	cnull_gate_close(&live->gate);
	*err = io_result(live, io, CNULL_NO_WAIT);
	cnull_gate_open(&live->gate);
	return *err == -EAGAIN;
}

/* Run a request on the engine, with its data in two pieces of odd sizes. */
static bool run(struct world *w, struct request *r)
{
	const struct op *op = &r->op;
	size_t len = op->b * SECTOR_BYTES, cut = len / 3 + 1;
	struct iovec vec[2] = {
		{ .iov_base = w->buf, .iov_len = cut },
		{ .iov_base = w->buf + cut, .iov_len = len - cut },
	};
	struct cnull_io io = {
		.op = io_ops[op->kind],
		.sector = op->a,
		.nr_sectors = op->b,
		.flags = op_flags(op),
		.iter = { .vec = vec },
	};
	struct cnull_live *live = live_of(w);

	r->failing = shim_mem.fail_at || shim_mem.is_short;
	shim_mem.in_io = true;
	if (op->seed % 16 != 7 || meet_closed_gate(w, &io, &r->err))
		r->err = io_result(live, &io, op->wait);
	r->retried = r->err == -EAGAIN && io.reserved;
	/* Even after a power cut the second run is due: it ends the reservation. */
	if (r->retried && op->seed % 8 == 5)
		w->cut = !cnull_dev_cut(&w->dev);
	if (r->retried)
		r->err = io_result(live, &io, CNULL_MAY_WAIT);
	shim_mem.in_io = false;
	r->sector = io.sector;
	CHECK(w, !io.reserved);
	CHECK(w, io.deadline == deadline_of(w, r));
	return true;
}

/* Read the cache or the store directly, whatever a request would return. */
static void peek(struct world *w, const struct op *op)
{
	u64 pos = op->a * SECTOR_BYTES, len = op->b * SECTOR_BYTES;
	struct iovec vec = { .iov_base = w->buf, .iov_len = len };
	struct cnull_iter to = { .vec = &vec };

	if (has_cache(w))
		cnull_cache_read(&live_of(w)->cache, pos, len, &to);
	else
		cnull_store_read(&w->dev.store, pos, len, &to);
}

/*
 * Check that a write without memory changed nothing. A write to existing pages of
 * the store needs no memory and cannot fail, but a write to the cache can.
 */
static bool check_unchanged(struct world *w, const struct op *op)
{
	u64 pos = op->a * SECTOR_BYTES, len = op->b * SECTOR_BYTES;

	CHECK(w, has_cache(w) || !model_has_pages(pos, len));
	peek(w, op);
	CHECK(w, model_holds(pos, w->buf, len));
	return true;
}

/* Check the data of a write. Set @nr_done to the number of written sectors. */
static bool check_write(struct world *w, const struct request *r, u64 *nr_done)
{
	u64 pos = r->op.a * SECTOR_BYTES;
	struct op done;
	enum bad_result bad = bad_check(w->effective, &r->op, &done);
	int want = bad == BAD_HIT ? -EIO : 0;

	*nr_done = 0;
	if (bad == BAD_RETRY) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	if (bad == BAD_HIT && !done.b) {
		CHECK(w, r->err == want);
		return true;
	}
	if (r->err != want) {
		CHECK(w, w->effective[CNULL_OPTION_memory_backed] && r->failing);
		CHECK(w, r->err == (r->op.wait == CNULL_MAY_WAIT ?
				    -ENOSPC : -EAGAIN));
		return check_unchanged(w, &done);
	}
	*nr_done = done.b;
	if (!w->effective[CNULL_OPTION_memory_backed])
		return true;
	model_write(pos, w->sent, done.b * SECTOR_BYTES);
	if (has_cache(w) && !(op_flags(&r->op) & CNULL_IO_FUA))
		durable_add(done.a, done.b);
	else
		durable_set(done.a, done.b);
	return true;
}

/* Check a write to a sequential zone, or an append. */
static bool check_zone_write(struct world *w, const struct request *r)
{
	bool fua = op_flags(&r->op) & CNULL_IO_FUA, retry = false;
	struct request reserved = *r;
	struct op done;
	u64 nr_done;
	int want;

	/* A FUA write may write back many cached sectors, so it may sleep. */
	if (has_cache(w) && fua && r->op.wait == CNULL_NO_WAIT) {
		CHECK(w, r->err == -EAGAIN && !r->retried);
		return true;
	}
	want = zones_reserve(w->effective, &r->op, &reserved.op.a);
	if (want) {
		CHECK(w, r->err == want && !r->retried);
		return true;
	}
	CHECK(w, r->sector == reserved.op.a && r->err != -EAGAIN);
	if (r->op.wait == CNULL_NO_WAIT)
		retry = bad_check(w->effective, &reserved.op, &done) == BAD_RETRY;
	CHECK(w, r->retried || !retry);
	CHECK(w, !r->retried || retry || r->failing);
	/* After a cut between the two runs: the first run wrote nothing. */
	if (w->cut) {
		CHECK(w, r->err == -EIO);
		return retry || check_unchanged(w, &done);
	}
	if (r->retried)
		reserved.op.wait = CNULL_MAY_WAIT;
	if (!check_write(w, &reserved, &nr_done))
		return false;
	zones_commit(reserved.op.a, nr_done, !has_cache(w) || fua);
	return true;
}

/* Check the status and the data of a read. */
static bool check_read(struct world *w, const struct request *r)
{
	u64 pos = r->op.a * SECTOR_BYTES, len, data, i;
	struct op done;
	enum bad_result bad = bad_check(w->effective, &r->op, &done);
	u8 filler;

	CHECK(w, r->err == (bad == BAD_RETRY ? -EAGAIN :
			    bad == BAD_HIT ? -EIO : 0));
	if (bad == BAD_RETRY)
		return true;
	len = done.b * SECTOR_BYTES;
	/* The buffer behind the sectors that were read is unchanged. */
	CHECK(w, !memcmp(w->buf + len, w->sent + len,
			 (r->op.b - done.b) * SECTOR_BYTES));
	if (!w->effective[CNULL_OPTION_memory_backed]) {
		CHECK(w, !memcmp(w->buf, w->sent, len));
		return true;
	}
	data = has_zones(w) ? zones_nr_data(done.a, done.b) * SECTOR_BYTES : len;
	CHECK(w, model_holds(pos, w->buf, data));
	filler = data < len ? zones_filler(done.a) : 0;
	for (i = data; i < len; i++)
		CHECK(w, w->buf[i] == filler);
	return true;
}

/*
 * A request that clears shared data had no memory. Check that each page of the range has its
 * old data or is cleared, and update the model.
 */
static bool check_part_cleared(struct world *w, const struct op *op)
{
	u64 end = op->a + op->b, n;
	struct op page;

	w->may_have_more_pages = true;
	for (page = *op; page.a < end; page.a += n) {
		u64 pos = page.a * SECTOR_BYTES;

		n = min_t(u64, end - page.a,
			  CNULL_PAGE_SECTORS - page.a % CNULL_PAGE_SECTORS);
		page.b = n;
		peek(w, &page);
		if (model_holds(pos, w->buf, n * SECTOR_BYTES))
			continue;
		model_discard(pos, n * SECTOR_BYTES);
		CHECK(w, model_holds(pos, w->buf, n * SECTOR_BYTES));
		durable_set(page.a, n);
	}
	return true;
}

/* Check a discard, write zeroes or secure erase. */
static bool check_discard(struct world *w, const struct request *r)
{
	bool backed = w->effective[CNULL_OPTION_memory_backed];
	u64 pos = r->op.a * SECTOR_BYTES, len;
	struct op done;
	enum bad_result bad = bad_check(w->effective, &r->op, &done);

	len = done.b * SECTOR_BYTES;
	if (bad == BAD_RETRY ||
	    (len && backed && r->op.wait == CNULL_NO_WAIT)) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	if (r->err == -ENOSPC && shim_mem.is_short && len && backed)
		return check_part_cleared(w, &done);
	CHECK(w, r->err == (bad == BAD_HIT ? -EIO : 0));
	if (!backed)
		return true;
	if (op_flags(&r->op) & CNULL_IO_NOUNMAP)
		model_zero(pos, len);
	else
		model_discard(pos, len);
	durable_set(done.a, done.b);
	return true;
}

/* Make all data of the model durable. */
static void model_flush(void)
{
	durable_flush();
	zones_flush();
}

void request_adopt(struct world *w)
{
	struct op page = { .b = CNULL_PAGE_SECTORS };

	if (!w->effective[CNULL_OPTION_memory_backed])
		return;
	w->may_have_more_pages = true;
	for (page.a = 0; page.a < MODEL_SECTORS; page.a += page.b) {
		u64 pos = page.a * SECTOR_BYTES;

		peek(w, &page);
		if (model_holds(pos, w->buf, PAGE_SIZE))
			continue;
		model_set_page(pos / PAGE_SIZE, true, w->buf);
		durable_set(page.a, page.b);
	}
}

/* Check a zone management operation. */
static bool check_manage(struct world *w, const struct request *r)
{
	bool sleeps = r->op.kind == OP_RESET_ALL ||
		(r->op.kind == OP_RESET && w->effective[CNULL_OPTION_memory_backed]);

	if (sleeps && r->op.wait == CNULL_NO_WAIT) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	CHECK(w, r->err == zones_manage(w->effective, r->op.kind, r->op.a));
	if (shim_mem.is_short)
		request_adopt(w);
	return true;
}

/* Check a request other than a flush, on a zoned device. */
static bool check_zoned(struct world *w, const struct request *r)
{
	const struct op *op = &r->op;
	u64 nr_done;

	if (!zones_contain(op->a, op->b)) {
		CHECK(w, r->err == -EIO);
		return true;
	}
	switch (op->kind) {
	case OP_READ:
		if (!zones_is_offline(op->a))
			return check_read(w, r);
		CHECK(w, r->err == -EIO);
		return true;
	case OP_WRITE:
		if (zones_is_conventional(op->a))
			return check_write(w, r, &nr_done);
		return check_zone_write(w, r);
	case OP_APPEND:
		return check_zone_write(w, r);
	case OP_DISCARD:
	case OP_WRITE_ZEROES:
	case OP_SECURE_ERASE:
		CHECK(w, r->err == -EOPNOTSUPP);
		return true;
	default:
		return check_manage(w, r);
	}
}

/* Check a request other than a flush, on a device without zones. */
static bool check_plain(struct world *w, const struct request *r)
{
	u64 nr_done;

	switch (r->op.kind) {
	case OP_READ:
		return check_read(w, r);
	case OP_WRITE:
		return check_write(w, r, &nr_done);
	default:
		return check_discard(w, r);
	}
}

/* Check all results of a request, and update the model. */
static bool check(struct world *w, const struct request *r)
{
	bool flushes = r->op.kind == OP_FLUSH ||
		       (op_flags(&r->op) & CNULL_IO_PREFLUSH);

	if (!is_within(w, &r->op) || (w->cut && !r->retried)) {
		CHECK(w, r->err == -EIO);
		return true;
	}
	if (flushes && has_cache(w)) {
		if (r->op.wait == CNULL_NO_WAIT) {
			CHECK(w, r->err == -EAGAIN && !r->retried);
			return true;
		}
		model_flush();
	}
	if (r->op.kind == OP_FLUSH) {
		CHECK(w, !r->err);
		return true;
	}
	return has_zones(w) ? check_zoned(w, r) : check_plain(w, r);
}

/* Is the operation valid for zoned devices only? */
static bool is_zone_op(enum op_kind kind)
{
	return kind == OP_APPEND || kind == OP_OPEN || kind == OP_CLOSE ||
	       kind == OP_FINISH || kind == OP_RESET || kind == OP_RESET_ALL;
}

bool request_run(struct world *w, const struct op *op)
{
	struct request r = { .op = *op };
	u64 i;

	if (!w->on || (is_zone_op(op->kind) && !has_zones(w)) ||
	    !zones_aim(&r.op))
		return true;
	for (i = 0; i < r.op.b; i++)
		memset(w->sent + i * SECTOR_BYTES, (op->seed + i) % 255 + 1,
		       SECTOR_BYTES);
	memcpy(w->buf, w->sent, r.op.b * SECTOR_BYTES);
	return run(w, &r) && check(w, &r);
}
