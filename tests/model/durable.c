// SPDX-License-Identifier: GPL-2.0
/*
 * What may be found on the device after a power cut.
 */
#include "data.h"
#include "durable.h"
#include "model.h"

/* By sector: each value that it may have, one bit for each. */
static u8 may_have[MODEL_SECTORS][256 / 8];

/* Pages that were written to since the last of them was taken over. */
static bool touched[MODEL_PAGES];

static void allow(u64 sector, u8 value)
{
	may_have[sector][value / 8] |= 1 << value % 8;
}

static bool is_allowed(u64 sector, u8 value)
{
	return may_have[sector][value / 8] >> value % 8 & 1;
}

static void allow_only(u64 sector, u8 value)
{
	memset(may_have[sector], 0, sizeof(may_have[sector]));
	allow(sector, value);
}

void durable_reset(void)
{
	u64 i;

	memset(touched, 0, sizeof(touched));
	for (i = 0; i < MODEL_SECTORS; i++)
		allow_only(i, 0);
}

void durable_is(u64 sector, u64 nr)
{
	u64 i;

	for (i = sector; i < sector + nr; i++)
		allow_only(i, model_byte(i * SECTOR_BYTES));
}

void durable_may_be(u64 sector, u64 nr)
{
	u64 i;

	for (i = sector; i < sector + nr; i++) {
		allow(i, model_byte(i * SECTOR_BYTES));
		touched[i * SECTOR_BYTES / PAGE_SIZE] = true;
	}
}

void durable_flush(void)
{
	u64 i;

	for (i = 0; i < MODEL_PAGES; i++)
		if (touched[i])
			durable_is(i * CNULL_PAGE_SECTORS, CNULL_PAGE_SECTORS);
}

/* Is each sector of a page full of a value that it may have? */
static bool check_page(u64 page, const u8 *data)
{
	u64 i;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++, data += SECTOR_BYTES)
		if (memcmp(data, data + 1, SECTOR_BYTES - 1) ||
		    !is_allowed(page * CNULL_PAGE_SECTORS + i, *data))
			return false;
	return true;
}

bool durable_take_over(struct cnull_store *store)
{
	u8 data[PAGE_SIZE];
	u64 i;

	for (i = 0; i < MODEL_PAGES; i++) {
		struct iovec vec = { .iov_base = data, .iov_len = PAGE_SIZE };
		struct cnull_iter to = { .vec = &vec };
		bool is_there;

		if (!touched[i])
			continue;
		cnull_store_read(store, i * PAGE_SIZE, PAGE_SIZE, &to);
		if (!check_page(i, data))
			return false;
		cnull_store_extent(store, i * PAGE_SIZE, PAGE_SIZE, &is_there);
		model_set_page(i, is_there, data);
		durable_is(i * CNULL_PAGE_SECTORS, CNULL_PAGE_SECTORS);
		touched[i] = false;
	}
	return true;
}
