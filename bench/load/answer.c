// SPDX-License-Identifier: GPL-2.0
/*
 * The load generator: the answer to a request.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "answer.h"

const char * const load_op_names[NR_OPS] = {
	[OP_READ] = "read",
	[OP_WRITE] = "write",
	[OP_NONE] = "none",
	[OP_COPY_READ] = "copy-read",
	[OP_COPY_WRITE] = "copy-write",
	[OP_ZONE_WRITE] = "zone-write",
	[OP_ZONE_APPEND] = "zone-append",
	[OP_SHARED_APPEND] = "shared-append",
};

/* The results of the last run, or the reason of an error. The caller of a run serializes it. */
char load_answer[LOAD_ANSWER_SIZE];

/**
 * load_refuse - set the answer to the reason of an error
 * @err: negative errno
 * @fmt: format of the reason, without a newline
 *
 * Context: Any. Calls are serialized by the caller.
 * Return: @err.
 */
int load_refuse(int err, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(load_answer, sizeof(load_answer) - 1, fmt, args);
	va_end(args);
	strscpy(load_answer + len, "\n", sizeof(load_answer) - len);
	return err;
}
