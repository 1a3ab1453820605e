// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the data of a memory-backed device: an array of bytes.
 */
#include "data.h"
#include "model.h"

/* Absent pages are zeros in @bytes. */
static u8 bytes[MODEL_BYTES];
static bool present[MODEL_PAGES];

/* Pages that a snapshot may share: a write copies such a page. */
static bool shared[MODEL_PAGES];

/* A snapshot was taken. */
static bool has_snapshots;

static u8 saved_bytes[NR_SNAPSHOTS][MODEL_BYTES];
static bool saved_present[NR_SNAPSHOTS][MODEL_PAGES];

void model_reset(void)
{
	memset(shared, 0, sizeof(shared));
	has_snapshots = false;
	model_discard(0, MODEL_BYTES);
}

long model_pages(void)
{
	long pages = 0;
	u64 i;

	for (i = 0; i < MODEL_PAGES; i++)
		pages += present[i];
	return pages;
}

bool model_has_pages(u64 pos, u64 len)
{
	u64 i;

	for (i = pos / PAGE_SIZE; len && i * PAGE_SIZE < pos + len; i++)
		if (!present[i] || shared[i])
			return false;
	return true;
}

void model_write(u64 pos, const u8 *data, u64 len)
{
	u64 i;

	for (i = pos / PAGE_SIZE; len && i * PAGE_SIZE < pos + len; i++) {
		present[i] = true;
		shared[i] = false;
	}
	memcpy(bytes + pos, data, len);
}

void model_discard(u64 pos, u64 len)
{
	u64 i;

	for (i = pos / PAGE_SIZE; i * PAGE_SIZE < pos + len; i++) {
		u64 start = max(pos, i * PAGE_SIZE);
		u64 end = min(pos + len, (i + 1) * PAGE_SIZE);

		if (!present[i])
			continue;
		memset(bytes + start, 0, end - start);
		present[i] = end - start < PAGE_SIZE;
	}
}

void model_zero(u64 pos, u64 len)
{
	memset(bytes + pos, 0, len);
}

u8 model_byte(u64 pos)
{
	return bytes[pos];
}

void model_set_page(u64 page, bool is_present, const u8 *data)
{
	present[page] = is_present;
	shared[page] = has_snapshots;
	memcpy(bytes + page * PAGE_SIZE, data, PAGE_SIZE);
}

bool model_holds(u64 pos, const u8 *data, u64 len)
{
	return !memcmp(bytes + pos, data, len);
}

static void share_all(void)
{
	has_snapshots = true;
	memset(shared, 1, sizeof(shared));
}

void model_save(unsigned int nr)
{
	memcpy(saved_bytes[nr], bytes, sizeof(bytes));
	memcpy(saved_present[nr], present, sizeof(present));
	share_all();
}

void model_load(unsigned int nr)
{
	memcpy(bytes, saved_bytes[nr], sizeof(bytes));
	memcpy(present, saved_present[nr], sizeof(present));
	share_all();
}
