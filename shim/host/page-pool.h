/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page pool: pages without the overhead of malloc() for each.
 */
#ifndef SHIM_PAGE_POOL_H
#define SHIM_PAGE_POOL_H

void page_pool_give_back(void **pages, unsigned int nr);

#endif
