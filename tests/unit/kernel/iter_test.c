// SPDX-License-Identifier: GPL-2.0
/*
 * Positions in the data of bios: segments of several pages, and bios that begin or end
 * inside a segment.
 */
#include <linux/bio.h>

#include "platform.h"
#include "world.h"

#define NR_PAGES	4	/* adjacent */
#define FIRST_OFFSET	100	/* of the first segment, in the first page */
#define FIRST_LEN	(3 * PAGE_SIZE)
#define SECOND_LEN	PAGE_SIZE
#define DONE		(PAGE_SIZE + 700)	/* of the first segment, before the test */
#define CUT_OFF		200	/* of the second segment */
#define THIRD_LEN	512	/* in a bio of its own */
#define LEN		(FIRST_LEN - DONE + SECOND_LEN - CUT_OFF + THIRD_LEN)

/**
 * struct fixture - the state of a test
 * @first: NR_PAGES adjacent pages
 * @second: a page, full of data
 * @third: a page with THIRD_LEN bytes of data
 * @vecs: the segments
 * @bios: two bios; the second one follows the first
 * @data: the data of the bios, or that to be written
 * @copy: a second copy
 */
struct fixture {
	struct page *first, *second, *third;
	struct bio_vec vecs[3];
	struct bio bios[2];
	u8 data[LEN];
	u8 copy[LEN];
};

static int iter_init(struct kunit *test)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL | __GFP_NOFAIL);

	test->priv = f;
	f->first = alloc_pages(GFP_KERNEL | __GFP_NOFAIL, get_order(NR_PAGES * PAGE_SIZE));
	f->second = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	f->third = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	bvec_set_page(&f->vecs[0], f->first, FIRST_LEN, FIRST_OFFSET);
	bvec_set_page(&f->vecs[1], f->second, SECOND_LEN, 0);
	bvec_set_page(&f->vecs[2], f->third, THIRD_LEN, 0);
	bio_init(&f->bios[0], NULL, f->vecs, 2, REQ_OP_READ);
	f->bios[0].bi_vcnt = 2;
	f->bios[0].bi_iter.bi_size = FIRST_LEN + SECOND_LEN;
	bio_advance(&f->bios[0], DONE);
	f->bios[0].bi_iter.bi_size -= CUT_OFF;
	bio_init(&f->bios[1], NULL, f->vecs + 2, 1, REQ_OP_READ);
	f->bios[1].bi_vcnt = 1;
	f->bios[1].bi_iter.bi_size = THIRD_LEN;
	f->bios[0].bi_next = &f->bios[1];
	return 0;
}

static void iter_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	__free_pages(f->first, get_order(NR_PAGES * PAGE_SIZE));
	__free_page(f->second);
	__free_page(f->third);
	kfree(f);
}

/* Return byte number @i of the data of the bios. */
static u8 *byte_at(struct fixture *f, size_t i)
{
	i += DONE;
	if (i < FIRST_LEN)
		return page_address(f->first) + FIRST_OFFSET + i;
	i -= FIRST_LEN;
	if (i < SECOND_LEN - CUT_OFF)
		return page_address(f->second) + i;
	return page_address(f->third) + i - (SECOND_LEN - CUT_OFF);
}

static size_t chunk_at(size_t i, size_t chunk)
{
	return min_t(size_t, chunk, LEN - i);
}

static const size_t chunks[] = { 1, 512, PAGE_SIZE - 1, PAGE_SIZE, LEN };

static void reads_follow_segments(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cnull_iter iter;
	size_t c, i;

	for (i = 0; i < LEN; i++)
		*byte_at(f, i) = f->data[i] = i * 7 + i / 251;
	for (c = 0; c < ARRAY_SIZE(chunks); c++) {
		cnull_iter_init(&iter, &f->bios[0]);
		memset(f->copy, 0, LEN);
		for (i = 0; i < LEN; i += chunks[c])
			cnull_iter_read(&iter, f->copy + i,
					chunk_at(i, chunks[c]));
		KUNIT_EXPECT_EQ(test, memcmp(f->copy, f->data, LEN), 0);
	}
}

/* Also: the bytes around the data stay as they are. */
static void writes_follow_segments(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *second = page_address(f->second), *third = page_address(f->third);
	u8 *before = byte_at(f, 0) - 1;
	struct cnull_iter iter;
	size_t c, i, wrong = 0;

	for (i = 0; i < LEN; i++)
		f->data[i] = i * 5 + i / 241;
	for (c = 0; c < ARRAY_SIZE(chunks); c++) {
		for (i = 0; i < LEN; i++)
			*byte_at(f, i) = 0;
		*before = second[SECOND_LEN - CUT_OFF] = third[THIRD_LEN] = 0x77;
		cnull_iter_init(&iter, &f->bios[0]);
		for (i = 0; i < LEN; i += chunks[c])
			cnull_iter_write(&iter, f->data + i,
					 chunk_at(i, chunks[c]));
		for (i = 0; i < LEN; i++)
			wrong += *byte_at(f, i) != f->data[i];
		KUNIT_EXPECT_EQ(test, wrong, 0);
		KUNIT_EXPECT_EQ(test, *before, 0x77);
		KUNIT_EXPECT_EQ(test, second[SECOND_LEN - CUT_OFF], 0x77);
		KUNIT_EXPECT_EQ(test, third[THIRD_LEN], 0x77);
	}
}

static void fill_after_skip_changes_only_its_bytes(struct kunit *test)
{
	struct fixture *f = test->priv;
	const size_t start = FIRST_LEN - DONE - 10, len = 1000;
	struct cnull_iter iter;
	size_t i, wrong = 0;

	for (i = 0; i < LEN; i++)
		*byte_at(f, i) = 1;
	cnull_iter_init(&iter, &f->bios[0]);
	cnull_iter_skip(&iter, start);
	cnull_iter_fill(&iter, 2, len);
	for (i = 0; i < LEN; i++)
		wrong += *byte_at(f, i) != (i >= start && i < start + len ? 2 : 1);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static struct kunit_case iter_cases[] = {
	KUNIT_CASE(reads_follow_segments),
	KUNIT_CASE(writes_follow_segments),
	KUNIT_CASE(fill_after_skip_changes_only_its_bytes),
	{}
};

WORLD_SUITE(iter, iter_init, iter_exit, iter_cases);
