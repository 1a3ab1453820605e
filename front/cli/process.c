// SPDX-License-Identifier: GPL-2.0
/*
 * Other programs that the command runs.
 */
#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

extern char **environ;

/**
 * cli_run_program - run a program, and wait for its end
 * @argv: the arguments; argv[0] is the name of the program, searched for in PATH
 *
 * The program prints its own errors.
 *
 * Return: 0 if its exit status is 0, -ENOENT if it is not installed, -ECHILD if it
 * failed, or another negative errno.
 */
int cli_run_program(char *const argv[])
{
	int status, err;
	pid_t pid;

	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status ? -ECHILD : 0;
}

/**
 * cli_modprobe - load a module
 * @module: name of the module
 * @parameter: a parameter of the module as NAME=VALUE, or NULL
 *
 * Return: as of cli_run_program().
 */
int cli_modprobe(const char *module, const char *parameter)
{
	char *argv[] = { "modprobe", (char *)module, (char *)parameter, NULL };

	return cli_run_program(argv);
}
