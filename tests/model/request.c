// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: run by the engine, and what the model says to what comes of them.
 */
#include "bad.h"
#include "durable.h"
#include "limits.h"
#include "world.h"
#include "zones.h"
#include "../unit/result.h"

/**
 * struct request - a request that has run
 * @op: what it was
 * @err: what the engine said in the end
 * @sector: where it went
 * @again: it had its place in a zone, and had to be run again
 * @failing: memory may have failed it
 */
struct request {
	struct op op;
	int err;
	u64 sector;
	bool again;
	bool failing;
};

static const enum cnull_op what[NR_OPS] = {
	[OP_WRITE] = CNULL_OP_WRITE,
	[OP_READ] = CNULL_OP_READ,
	[OP_DISCARD] = CNULL_OP_DISCARD,
	[OP_ZERO] = CNULL_OP_WRITE_ZEROES,
	[OP_ERASE] = CNULL_OP_SECURE_ERASE,
	[OP_FLUSH] = CNULL_OP_FLUSH,
	[OP_APPEND] = CNULL_OP_ZONE_APPEND,
	[OP_OPEN] = CNULL_OP_ZONE_OPEN,
	[OP_CLOSE] = CNULL_OP_ZONE_CLOSE,
	[OP_FINISH] = CNULL_OP_ZONE_FINISH,
	[OP_RESET] = CNULL_OP_ZONE_RESET,
	[OP_RESET_ALL] = CNULL_OP_ZONE_RESET_ALL,
};

static bool is_within(const struct world *w, const struct op *op)
{
	return op->a + op->b <= w->conf[CNULL_OPTION_size] * 2048;
}

/* Return the deadline of a request that has run. */
static u64 deadline_of(const struct world *w, const struct request *r)
{
	u64 deadline = 0;

	if (r->err == -EAGAIN || !is_within(w, &r->op) || w->cut)
		return 0;
	if (w->conf[CNULL_OPTION_irqmode] == 2 &&
	    w->conf[CNULL_OPTION_completion_nsec])
		deadline = shim_now + w->conf[CNULL_OPTION_completion_nsec];
	return max(deadline, limits_end(w->conf, what[r->op.kind], r->op.b));
}

/* Run a request through the engine. Its data is in two odd pieces. */
static bool run(struct world *w, struct request *r)
{
	const struct op *op = &r->op;
	size_t len = op->b * SECTOR_BYTES, cut = len / 3 + 1;
	struct iovec vec[2] = {
		{ .iov_base = w->buf, .iov_len = cut },
		{ .iov_base = w->buf + cut, .iov_len = len - cut },
	};
	struct cnull_io io = {
		.op = what[op->kind],
		.sector = op->a,
		.nr_sectors = op->b,
		.flags = op_flags(op),
		.iter = { .vec = vec },
	};
	struct cnull_live *live = live_of(w);

	r->failing = shim_mem.fail_at || shim_mem.is_short;
	shim_mem.in_io = true;
	r->err = io_result(live, &io, op->wait);
	r->again = r->err == -EAGAIN && io.reserved;
	/* Others may be waiting for it, so it is, also if power was cut meanwhile. */
	if (r->again && op->seed % 8 == 5)
		w->cut = !cnull_dev_cut(&w->dev);
	if (r->again)
		r->err = io_result(live, &io, CNULL_MAY_WAIT);
	shim_mem.in_io = false;
	r->sector = io.sector;
	CHECK(w, !io.reserved);
	CHECK(w, io.deadline == deadline_of(w, r));
	return true;
}

/* What is on the medium, or on its way there, whatever users may see of it. */
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
 * A write that failed because of memory has changed nothing. To overwrite a page of
 * the store takes no memory; to write to the cache does.
 */
static bool check_unchanged(struct world *w, const struct op *op)
{
	u64 pos = op->a * SECTOR_BYTES, len = op->b * SECTOR_BYTES;

	CHECK(w, has_cache(w) || !model_has_pages(pos, len));
	peek(w, op);
	CHECK(w, model_holds(pos, w->buf, len));
	return true;
}

/* The data of a write, which has its place. @nr_done: so many sectors are there. */
static bool check_write(struct world *w, const struct request *r, u64 *nr_done)
{
	u64 pos = r->op.a * SECTOR_BYTES;
	struct op done;
	enum bad_met met = bad_meet(w->conf, &r->op, &done);
	int want = met == BAD_MET ? -EIO : 0;

	*nr_done = 0;
	if (met == BAD_LATER) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	if (met == BAD_MET && !done.b) {
		CHECK(w, r->err == want);
		return true;
	}
	if (r->err != want) {
		CHECK(w, w->conf[CNULL_OPTION_memory_backed] && r->failing);
		CHECK(w, r->err == (r->op.wait == CNULL_MAY_WAIT ?
				    -ENOSPC : -EAGAIN));
		return check_unchanged(w, &done);
	}
	*nr_done = done.b;
	if (!w->conf[CNULL_OPTION_memory_backed])
		return true;
	model_write(pos, w->sent, done.b * SECTOR_BYTES);
	if (has_cache(w) && !(op_flags(&r->op) & CNULL_IO_FUA))
		durable_may_be(done.a, done.b);
	else
		durable_is(done.a, done.b);
	return true;
}

/* A write or append in a zone that is not conventional. */
static bool check_zone_write(struct world *w, const struct request *r)
{
	bool fua = op_flags(&r->op) & CNULL_IO_FUA, later = false;
	struct request placed = *r;
	struct op done;
	u64 nr_done;
	int want;

	/* It may bring much to the store. */
	if (has_cache(w) && fua && r->op.wait == CNULL_NO_WAIT) {
		CHECK(w, r->err == -EAGAIN && !r->again);
		return true;
	}
	want = zones_take_place(w->conf, &r->op, &placed.op.a);
	if (want) {
		CHECK(w, r->err == want && !r->again);
		return true;
	}
	CHECK(w, r->sector == placed.op.a && r->err != -EAGAIN);
	if (r->op.wait == CNULL_NO_WAIT)
		later = bad_meet(w->conf, &placed.op, &done) == BAD_LATER;
	CHECK(w, r->again || !later);
	CHECK(w, !r->again || later || r->failing);
	/* It did nothing before the cut. */
	if (w->cut) {
		CHECK(w, r->err == -EIO);
		return later || check_unchanged(w, &done);
	}
	if (r->again)
		placed.op.wait = CNULL_MAY_WAIT;
	if (!check_write(w, &placed, &nr_done))
		return false;
	zones_wrote(placed.op.a, nr_done, !has_cache(w) || fua);
	return true;
}

static bool check_read(struct world *w, const struct request *r)
{
	u64 pos = r->op.a * SECTOR_BYTES, len, data, i;
	struct op done;
	enum bad_met met = bad_meet(w->conf, &r->op, &done);
	u8 filler;

	CHECK(w, r->err == (met == BAD_LATER ? -EAGAIN :
			    met == BAD_MET ? -EIO : 0));
	if (met == BAD_LATER)
		return true;
	len = done.b * SECTOR_BYTES;
	/* What is not read is as it was. */
	CHECK(w, !memcmp(w->buf + len, w->sent + len,
			 (r->op.b - done.b) * SECTOR_BYTES));
	if (!w->conf[CNULL_OPTION_memory_backed]) {
		CHECK(w, !memcmp(w->buf, w->sent, len));
		return true;
	}
	data = has_zones(w) ? zones_data(done.a, done.b) * SECTOR_BYTES : len;
	CHECK(w, model_holds(pos, w->buf, data));
	filler = data < len ? zones_filler(done.a) : 0;
	for (i = data; i < len; i++)
		CHECK(w, w->buf[i] == filler);
	return true;
}

/* A discard, zeros or an erasure. */
static bool check_clear(struct world *w, const struct request *r)
{
	bool backed = w->conf[CNULL_OPTION_memory_backed];
	u64 pos = r->op.a * SECTOR_BYTES, len;
	struct op done;
	enum bad_met met = bad_meet(w->conf, &r->op, &done);

	len = done.b * SECTOR_BYTES;
	if (met == BAD_LATER ||
	    (len && backed && r->op.wait == CNULL_NO_WAIT)) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	CHECK(w, r->err == (met == BAD_MET ? -EIO : 0));
	if (!backed)
		return true;
	if (op_flags(&r->op) & CNULL_IO_NOUNMAP)
		model_zero(pos, len);
	else
		model_discard(pos, len);
	durable_is(done.a, done.b);
	return true;
}

static void flush(void)
{
	durable_flush();
	zones_flush();
}

/* What needs no data of a zone, or all of them. */
static bool check_manage(struct world *w, const struct request *r)
{
	bool takes_long = r->op.kind == OP_RESET_ALL ||
		(r->op.kind == OP_RESET && w->conf[CNULL_OPTION_memory_backed]);

	if (takes_long && r->op.wait == CNULL_NO_WAIT) {
		CHECK(w, r->err == -EAGAIN);
		return true;
	}
	CHECK(w, r->err == zones_manage(w->conf, r->op.kind, r->op.a));
	return true;
}

/* Not a flush. */
static bool check_zoned(struct world *w, const struct request *r)
{
	const struct op *op = &r->op;
	u64 nr_done;

	if (!zones_has(op->a, op->b)) {
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
	case OP_ZERO:
	case OP_ERASE:
		CHECK(w, r->err == -EOPNOTSUPP);
		return true;
	default:
		return check_manage(w, r);
	}
}

static bool check_plain(struct world *w, const struct request *r)
{
	u64 nr_done;

	switch (r->op.kind) {
	case OP_READ:
		return check_read(w, r);
	case OP_WRITE:
		return check_write(w, r, &nr_done);
	default:
		return check_clear(w, r);
	}
}

/* Is all that came of a request as it should be? */
static bool check(struct world *w, const struct request *r)
{
	bool flushes = r->op.kind == OP_FLUSH ||
		       (op_flags(&r->op) & CNULL_IO_PREFLUSH);

	if (!is_within(w, &r->op) || (w->cut && !r->again)) {
		CHECK(w, r->err == -EIO);
		return true;
	}
	if (flushes && has_cache(w)) {
		if (r->op.wait == CNULL_NO_WAIT) {
			CHECK(w, r->err == -EAGAIN && !r->again);
			return true;
		}
		flush();
	}
	if (r->op.kind == OP_FLUSH) {
		CHECK(w, !r->err);
		return true;
	}
	return has_zones(w) ? check_zoned(w, r) : check_plain(w, r);
}

/* Are there such requests only to devices with zones? */
static bool is_about_zones(enum op_kind kind)
{
	return kind == OP_APPEND || kind == OP_OPEN || kind == OP_CLOSE ||
	       kind == OP_FINISH || kind == OP_RESET || kind == OP_RESET_ALL;
}

bool request_do(struct world *w, const struct op *op)
{
	struct request r = { .op = *op };
	u64 i;

	if (!w->on || (is_about_zones(op->kind) && !has_zones(w)) ||
	    !zones_aim(&r.op))
		return true;
	for (i = 0; i < r.op.b; i++)
		memset(w->sent + i * SECTOR_BYTES, (op->seed + i) % 255 + 1,
		       SECTOR_BYTES);
	memcpy(w->buf, w->sent, r.op.b * SECTOR_BYTES);
	return run(w, &r) && check(w, &r);
}
