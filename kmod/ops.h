/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations and zone conditions: the block layer's and the engine's.
 */
#ifndef CNULL_OPS_H
#define CNULL_OPS_H

#include <linux/blk_types.h>
#include <linux/blkzoned.h>

#include "request.h"
#include "zone/rules.h"

/*
 * By enum req_op: the enum cnull_op plus 1, or 0 if the engine has none. The array has an
 * element for each value of REQ_OP_MASK, so an index needs no check.
 */
extern const u8 cnull_ops[REQ_OP_MASK + 1];

/* By enum cnull_zone_cond. */
extern const enum blk_zone_cond cnull_blk_conds[CNULL_NR_ZONE_CONDS];

/**
 * cnull_op_of - convert an operation of the block layer to the engine's
 * @req: the operation of the block layer
 * @op: set to the operation of the engine
 *
 * Context: Any.
 * Return: false if the engine has no such operation.
 */
static inline bool cnull_op_of(enum req_op req, enum cnull_op *op)
{
	u8 found = cnull_ops[req & REQ_OP_MASK];

	*op = found - 1;
	return found;
}

enum req_op cnull_req_op_of(enum cnull_op op);

#endif
