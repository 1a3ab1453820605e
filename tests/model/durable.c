// SPDX-License-Identifier: GPL-2.0
/*
 * The model of durability: the allowed contents of the store after a power cut.
 */
#include "data.h"
#include "durable.h"
#include "model.h"

/* The allowed values of each sector after a power cut: a bitmap of 256 bits. */
static u8 allowed[MODEL_SECTORS][256 / 8];

/* Pages with sectors that durable_add() was called for since durable_load(). */
static bool touched[MODEL_PAGES];

static void allow(u64 sector, u8 value)
{
	allowed[sector][value / 8] |= 1 << value % 8;
}

static bool is_allowed(u64 sector, u8 value)
{
	return allowed[sector][value / 8] >> value % 8 & 1;
}

static void allow_only(u64 sector, u8 value)
{
	memset(allowed[sector], 0, sizeof(allowed[sector]));
	allow(sector, value);
}

void durable_reset(void)
{
	u64 i;

	memset(touched, 0, sizeof(touched));
	for (i = 0; i < MODEL_SECTORS; i++)
		allow_only(i, 0);
}

void durable_set(u64 sector, u64 nr)
{
	u64 i;

	for (i = sector; i < sector + nr; i++)
		allow_only(i, model_byte(i * SECTOR_BYTES));
}

void durable_add(u64 sector, u64 nr)
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
			durable_set(i * CNULL_PAGE_SECTORS, CNULL_PAGE_SECTORS);
}

void durable_restore(void)
{
	memset(touched, 0, sizeof(touched));
	durable_set(0, MODEL_SECTORS);
}

/* Does each sector of the page have one value, which is allowed? */
static bool check_page(u64 page, const u8 *data)
{
	u64 i;

	for (i = 0; i < CNULL_PAGE_SECTORS; i++, data += SECTOR_BYTES)
		if (memcmp(data, data + 1, SECTOR_BYTES - 1) ||
		    !is_allowed(page * CNULL_PAGE_SECTORS + i, *data))
			return false;
	return true;
}

bool durable_load(struct cnull_store *store)
{
	u8 data[PAGE_SIZE];
	u64 i;

	for (i = 0; i < MODEL_PAGES; i++) {
		struct iovec vec = { .iov_base = data, .iov_len = PAGE_SIZE };
		struct cnull_iter to = { .vec = &vec };
		bool is_present;

		if (!touched[i])
			continue;
		cnull_store_read(store, i * PAGE_SIZE, PAGE_SIZE, &to);
		if (!check_page(i, data))
			return false;
		cnull_store_extent(store, i * PAGE_SIZE, PAGE_SIZE, &is_present);
		model_set_page(i, is_present, data);
		durable_set(i * CNULL_PAGE_SECTORS, CNULL_PAGE_SECTORS);
		touched[i] = false;
	}
	return true;
}
