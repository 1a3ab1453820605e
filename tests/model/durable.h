/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of durability: the allowed contents of the store after a power cut.
 *
 * All bytes of a sector have the same value. data.h has the current contents. This
 * part has all values that each sector may have after the volatile data is lost.
 */
#ifndef MODEL_DURABLE_H
#define MODEL_DURABLE_H

#include "store/store.h"

/* Reset to a device that was never written: only zeros are allowed. */
void durable_reset(void);

/* Allow only the current contents of @nr sectors: they are durable. */
void durable_set(u64 sector, u64 nr);

/* Allow the current contents of @nr sectors too, besides all earlier ones. */
void durable_add(u64 sector, u64 nr);

/* Allow only the current contents of all sectors that were written. */
void durable_flush(void);

/* Allow only the current contents of all sectors: they come from a snapshot. */
void durable_restore(void);

/*
 * Return true if each sector of the store has an allowed value, after the volatile
 * data was lost. Copy the contents of the store to the model.
 */
bool durable_load(struct cnull_store *store);

#endif
