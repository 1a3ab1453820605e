/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations: the block layer's and the engine's.
 */
#ifndef CNULL_OPS_H
#define CNULL_OPS_H

#include <linux/blk_types.h>

#include "io/run.h"

/* For each of the block layer's, one more than the engine's; 0 where it has none. */
extern const u8 cnull_ops[REQ_OP_LAST];

/**
 * cnull_op_of - what is that for the engine?
 * @req: an operation of the block layer
 * @op: set to that of the engine
 *
 * Context: Any.
 * Return: false if it has none.
 */
static inline bool cnull_op_of(enum req_op req, enum cnull_op *op)
{
	if (req >= REQ_OP_LAST || !cnull_ops[req])
		return false;
	*op = cnull_ops[req] - 1;
	return true;
}

enum req_op cnull_req_op_of(enum cnull_op op);

#endif
