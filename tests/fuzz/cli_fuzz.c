// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: command lines and files of the command cnull.
 *
 * The first byte of an input selects the kind. The rest is a file for "cnull apply", or
 * arguments, one a line. The command gets a small tree of files instead of the system.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../front/cli/commandline.h"
#include "../../front/cli/plan.h"

#define MAX_ARGS	16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/cnull-fuzz-XXXXXX";

static void make_dir(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (mkdir(path, 0755))
		abort();
}

static void make_file(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
}

static void remove_tree(void)
{
	char command[sizeof(root) + 16];

	snprintf(command, sizeof(command), "rm -r %s", root);
	if (system(command))
		abort();
}

/* Make the tree, with a disk "a", and discard the output of the command. */
static void start(void)
{
	if (!mkdtemp(root))
		abort();
	atexit(remove_tree);
	setenv("CNULL_SYSROOT", root, 1);
	make_dir("dev");
	make_dir("sys");
	make_dir("sys/block");
	make_dir("sys/kernel");
	make_dir("sys/kernel/config");
	make_dir("sys/kernel/config/cnull");
	make_dir("sys/kernel/config/cnull/a");
	make_file("dev/a", "");
	make_file("sys/kernel/config/cnull/features", "size,badblocks,power");
	make_file("sys/kernel/config/cnull/a/size", "64\n");
	make_file("sys/kernel/config/cnull/a/badblocks", "8 8\n");
	stdout = fopen("/dev/null", "we");
	stderr = fopen("/dev/null", "we");
	if (!stdout || !stderr)
		abort();
}

/* Read the input as a file. */
static void read_plan(const uint8_t *data, size_t size)
{
	struct cli_plan plan = { };
	int fd = memfd_create("plan", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cli_plan_read(path, &plan);
	cli_plan_free(&plan);
	close(fd);
}

/* Does the command wait, or start a program? */
static bool is_left_out(const char *word)
{
	return !strncmp(word, "top", 3) || !strncmp(word, "export", 6) ||
	       !strncmp(word, "unexport", 8) || !strcmp(word, "-") || !strcmp(word, "null_blk");
}

/* Execute the input as a command line. */
static void run_command(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text;
	char *argv[MAX_ARGS + 2] = { (char *)"cnull" };
	int argc = 1;

	while (rest && argc <= MAX_ARGS) {
		argv[argc] = strsep(&rest, "\n");
		if (is_left_out(argv[argc++]))
			goto out;
	}
	cli_run(argc, argv);
out:
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;

	if (!started)
		start();
	started = true;
	if (!size)
		return 0;
	if (*data % 2)
		read_plan(data + 1, size - 1);
	else
		run_command(data + 1, size - 1);
	return 0;
}
