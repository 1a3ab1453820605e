// SPDX-License-Identifier: GPL-2.0
/*
 * cnull: control null block devices through configfs.
 */
#include <stdio.h>

#include "commandline.h"

int main(int argc, char **argv)
{
	enum cli_exit status = cli_run(argc, argv);

	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) || ferror(stdout))
		return cli_error(CLI_FAILED, "cannot write the output");
	return status;
}
