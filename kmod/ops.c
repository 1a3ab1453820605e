// SPDX-License-Identifier: GPL-2.0
/*
 * Operations: the block layer's and the engine's.
 */
#include "ops.h"

const u8 cnull_ops[REQ_OP_LAST] = {
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

/**
 * cnull_req_op_of - what is that for the block layer?
 * @op: an operation of the engine
 *
 * Looks for it: for what is not on the way of each request.
 *
 * Context: Any.
 * Return: the block layer's operation.
 */
enum req_op cnull_req_op_of(enum cnull_op op)
{
	enum req_op req = REQ_OP_READ;

	while (cnull_ops[req] != op + 1)
		req++;
	return req;
}
