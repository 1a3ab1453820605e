// SPDX-License-Identifier: GPL-2.0
/*
 * A command, and a call of a command.
 */
#include <string.h>

#include "command.h"

/**
 * cli_value - the value of a flag
 * @call: the call
 * @flag: long form of the flag
 *
 * Return: the last value that the user gave, "" for a flag without a value, or NULL if
 * the user did not give the flag.
 */
const char *cli_value(const struct cli_call *call, const char *flag)
{
	int i;

	for (i = call->nr_flags - 1; i >= 0; i--)
		if (!strcmp(call->flags[i]->name, flag))
			return call->values[i];
	return NULL;
}
