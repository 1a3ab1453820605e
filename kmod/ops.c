// SPDX-License-Identifier: GPL-2.0
/*
 * Operations and zone conditions: the block layer's and the engine's.
 */
#include "ops.h"

const u8 cnull_ops[REQ_OP_MASK + 1] = {
	[REQ_OP_READ] = CNULL_OP_READ + 1,
	[REQ_OP_WRITE] = CNULL_OP_WRITE + 1,
	[REQ_OP_FLUSH] = CNULL_OP_FLUSH + 1,
	[REQ_OP_DISCARD] = CNULL_OP_DISCARD + 1,
	[REQ_OP_WRITE_ZEROES] = CNULL_OP_WRITE_ZEROES + 1,
	[REQ_OP_SECURE_ERASE] = CNULL_OP_SECURE_ERASE + 1,
	[REQ_OP_ZONE_APPEND] = CNULL_OP_ZONE_APPEND + 1,
	[REQ_OP_ZONE_OPEN] = CNULL_OP_ZONE_OPEN + 1,
	[REQ_OP_ZONE_CLOSE] = CNULL_OP_ZONE_CLOSE + 1,
	[REQ_OP_ZONE_FINISH] = CNULL_OP_ZONE_FINISH + 1,
	[REQ_OP_ZONE_RESET] = CNULL_OP_ZONE_RESET + 1,
	[REQ_OP_ZONE_RESET_ALL] = CNULL_OP_ZONE_RESET_ALL + 1,
};

const enum blk_zone_cond cnull_blk_conds[CNULL_NR_ZONE_CONDS] = {
	[CNULL_ZONE_NOT_WP] = BLK_ZONE_COND_NOT_WP,
	[CNULL_ZONE_EMPTY] = BLK_ZONE_COND_EMPTY,
	[CNULL_ZONE_IMP_OPEN] = BLK_ZONE_COND_IMP_OPEN,
	[CNULL_ZONE_EXP_OPEN] = BLK_ZONE_COND_EXP_OPEN,
	[CNULL_ZONE_CLOSED] = BLK_ZONE_COND_CLOSED,
	[CNULL_ZONE_FULL] = BLK_ZONE_COND_FULL,
	[CNULL_ZONE_READONLY] = BLK_ZONE_COND_READONLY,
	[CNULL_ZONE_OFFLINE] = BLK_ZONE_COND_OFFLINE,
};

/**
 * cnull_req_op_of - convert an operation of the engine to the block layer's
 * @op: the operation of the engine
 *
 * Searches a table: not for the path of each request.
 *
 * Context: Any.
 * Return: the operation of the block layer.
 */
enum req_op cnull_req_op_of(enum cnull_op op)
{
	enum req_op req = REQ_OP_READ;

	while (cnull_ops[req] != op + 1)
		req++;
	return req;
}
