/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How memory is asked for on behalf of a request.
 *
 * What finds no memory fails: it kills no process for it, does not eat the
 * reserves that reclaim lives on, and, as it may itself be what reclaim is
 * waiting for, starts no other I/O.
 */
#ifndef CNULL_GFP_H
#define CNULL_GFP_H

#include "platform.h"

#define CNULL_GFP_ANY		(__GFP_NOMEMALLOC | __GFP_NOWARN)

/* Where it can sleep. */
#define CNULL_GFP_MAY_WAIT	(GFP_NOIO | __GFP_RETRY_MAYFAIL | CNULL_GFP_ANY)

/* Where it cannot, or holds a spin lock. */
#define CNULL_GFP_NO_WAIT	(GFP_NOWAIT | CNULL_GFP_ANY)

#endif
