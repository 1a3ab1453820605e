/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocation flags for memory that a request needs.
 *
 * Such an allocation fails rather than invoke the OOM killer. It does not use the
 * reserves of reclaim. It starts no I/O, because reclaim may be waiting for this
 * very request.
 */
#ifndef CNULL_GFP_H
#define CNULL_GFP_H

#include "platform.h"

#define CNULL_GFP_ANY		(__GFP_NOMEMALLOC | __GFP_NOWARN)

/* In a context that may sleep. */
#define CNULL_GFP_MAY_WAIT	(GFP_NOIO | __GFP_RETRY_MAYFAIL | CNULL_GFP_ANY)

/* In atomic context, or with a spin lock held. */
#define CNULL_GFP_NO_WAIT	(GFP_NOWAIT | CNULL_GFP_ANY)

#endif
