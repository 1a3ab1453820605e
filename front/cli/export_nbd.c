// SPDX-License-Identifier: GPL-2.0
/*
 * Export a disk over NBD on a Unix socket, by nbdkit's plugin file. The file with its
 * process ID shows that the disk is exported.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "export.h"
#include "process.h"

#define RUN_DIR		"/run/cnull"

/* The longest wait for nbdkit, and the time between two looks. */
#define WAIT_MS	10000
#define STEP_MS	20

/* Most retries after another command removed the directory. */
#define MAX_RETRIES	1000

/**
 * struct server - a process of nbdkit
 * @pid: the process
 * @socket: its socket
 */
struct server {
	pid_t pid;
	char socket[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

static void print_pid_path(char path[PATH_MAX], const char *disk)
{
	cli_path(path, RUN_DIR "/%s.nbd.pid", disk);
}

/*
 * Read the arguments of a process: its socket, if @pid_path is among them. Another
 * process with the same ID does not have this argument.
 */
static bool read_arguments(pid_t pid, const char *pid_path, struct server *server)
{
	bool is_socket = false, is_ours = false;
	char path[PATH_MAX], *arg = NULL;
	size_t size = 0;
	FILE *file;

	cli_path(path, "/proc/%d/cmdline", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (getdelim(&arg, &size, '\0', file) > 0) {
		if (is_socket)
			snprintf(server->socket, sizeof(server->socket), "%s", arg);
		if (!strcmp(arg, pid_path))
			is_ours = true;
		is_socket = !strcmp(arg, "--unix");
	}
	free(arg);
	fclose(file);
	return is_ours;
}

/* Find the running server of a disk. */
static bool find_server(const char *disk, struct server *server)
{
	char path[PATH_MAX], text[CLI_TEXT_SIZE];

	*server = (struct server){ };
	print_pid_path(path, disk);
	if (cli_read(path, text))
		return false;
	server->pid = atoi(text);
	return server->pid > 0 && read_arguments(server->pid, path, server);
}

/* Make @path of a socket absolute. */
static enum cli_exit resolve_socket(const char *path, char absolute[PATH_MAX])
{
	const size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
	char dir[PATH_MAX] = "";
	size_t length;

	if (!*path)
		return cli_error(CLI_WRONG_USE, "--nbd=: must be the path of a new socket");
	if (*path != '/' && !getcwd(dir, sizeof(dir)))
		return cli_error(CLI_FAILED, "cannot find the current directory: %s",
				 strerror(errno));
	length = snprintf(absolute, PATH_MAX, "%s%s%s", dir, *dir ? "/" : "", path);
	if (length > max)
		return cli_error(CLI_WRONG_USE, "--nbd=%s: the absolute path has %zu characters, must have at most %zu",
				 path, length, max);
	if (!access(absolute, F_OK))
		return cli_error(CLI_FAILED, "--nbd=%s: the file exists: remove it, or choose another path",
				 path);
	return CLI_DONE;
}

static void print_lock_path(char path[PATH_MAX], const char *disk)
{
	cli_path(path, RUN_DIR "/%s.nbd.lock", disk);
}

/* Is an open file still the file at @path? */
static bool is_file_at(int fd, const char *path)
{
	struct stat opened, found;

	return !fstat(fd, &opened) && !stat(path, &found) && opened.st_dev == found.st_dev &&
	       opened.st_ino == found.st_ino;
}

/*
 * Lock the exports of a disk against other commands, which start and end its server too.
 * The directory and the lock file exist only while they are needed, so another command
 * may have removed them at each step. Return a file descriptor for unlock_disk(), or a
 * negative errno.
 */
static int lock_disk(const char *disk)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int fd, err, missing = 0;

	cli_path(dir, RUN_DIR);
	print_lock_path(path, disk);
	for (;;) {
		if (mkdir(dir, 0755) && errno != EEXIST)
			return -errno;
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno == ENOENT && missing++ < MAX_RETRIES)
			continue;
		if (fd < 0)
			return -errno;
		err = flock(fd, LOCK_EX) ? -errno : 0;
		if (!err && is_file_at(fd, path))
			return fd;
		close(fd);
		if (err && err != -EINTR)
			return err;
	}
}

/* Unlock the exports of a disk, whose lock file is open as @fd. */
static void unlock_disk(const char *disk, int fd)
{
	char path[PATH_MAX];

	print_lock_path(path, disk);
	unlink(path);
	close(fd);
	cli_path(path, RUN_DIR);
	rmdir(path);	/* fails if there are other exports */
}

/* Create the file of the process ID, so that nbdkit can only fail before it listens. */
static enum cli_exit create_pid_file(const char *disk, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0) {
		int err = -errno;

		return cli_error(cli_exit_of(err), "cannot export %s: cannot create %s: %s", disk,
				 path, strerror(-err));
	}
	close(fd);
	return CLI_DONE;
}

/* Wait until the server of a disk runs, or until it has ended. Return false if it is late. */
static bool wait_for_server(const char *disk, bool runs)
{
	static const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct server server;
	int ms;

	for (ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		if (find_server(disk, &server) == runs)
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

static enum cli_exit start_server(const char *disk, const char *socket, const char *pid_path)
{
	char node[PATH_MAX];
	char *argv[] = { "nbdkit", "--unix", (char *)socket, "--pidfile", (char *)pid_path, "file",
			 node, NULL };
	int err;

	cli_path(node, "/dev/%s", disk);
	err = cli_run_program(argv);
	if (err == -ENOENT)
		return cli_error(CLI_FAILED, "cannot export %s: nbdkit is not installed: 'apt-get install nbdkit' installs it",
				 disk);
	if (err)
		return cli_error(CLI_FAILED, "cannot export %s: nbdkit failed", disk);
	/* nbdkit runs in the background, and writes its process ID there. */
	if (wait_for_server(disk, true))
		return CLI_DONE;
	unlink(socket);
	return cli_error(CLI_FAILED, "cannot export %s: nbdkit does not run after %d s: see its messages in the system log",
			 disk, WAIT_MS / 1000);
}

static void print_uri(const char *socket)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	fputs("nbd+unix:///?socket=", stdout);
	for (; *socket; socket++)
		printf(strchr(plain, *socket) ? "%c" : "%%%02X", (unsigned char)*socket);
	putchar('\n');
}

/* Export a disk whose exports are locked. */
static enum cli_exit export_locked(const char *disk, const char *path)
{
	char pid_path[PATH_MAX], socket[PATH_MAX];
	struct server server;
	enum cli_exit status;

	print_pid_path(pid_path, disk);
	if (find_server(disk, &server))
		return cli_error(CLI_FAILED, "%s is exported over NBD at %s: 'cnull unexport %s' ends that",
				 disk, server.socket, disk);
	status = resolve_socket(path, socket);
	if (status)
		return status;
	unlink(pid_path);	/* a server that was killed leaves the file */
	status = create_pid_file(disk, pid_path);
	if (status)
		return status;
	status = start_server(disk, socket, pid_path);
	if (status)
		unlink(pid_path);
	else
		print_uri(socket);
	return status;
}

/**
 * cli_nbd_export - export a disk over NBD, and print the URI
 * @disk: name of a disk that is on
 * @path: path of the socket
 *
 * After an error, everything is as before.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_nbd_export(const char *disk, const char *path)
{
	int lock = lock_disk(disk);
	enum cli_exit status;

	if (lock < 0)
		return cli_error(cli_exit_of(lock), "cannot export %s: cannot lock %s: %s", disk,
				 RUN_DIR, strerror(-lock));
	status = export_locked(disk, path);
	unlock_disk(disk, lock);
	return status;
}

/* End the server of a disk. Return a negative errno. */
static int stop_server(const char *disk, const struct server *server)
{
	if (kill(server->pid, SIGTERM))
		return errno == ESRCH ? 0 : -errno;
	return wait_for_server(disk, false) ? 0 : -ETIMEDOUT;
}

/**
 * cli_nbd_exports - is a disk exported over NBD?
 * @disk: name of the disk
 *
 * Return: true while its nbdkit runs.
 */
bool cli_nbd_exports(const char *disk)
{
	struct server server;

	return find_server(disk, &server);
}

/* End the export of a disk whose exports are locked. Return a negative errno. */
static int unexport_locked(const char *disk, const char *pid_path)
{
	struct server server;
	int err;

	if (find_server(disk, &server)) {
		err = stop_server(disk, &server);
		if (err)
			return err;
		/* nbdkit does not remove its socket. */
		unlink(server.socket);
	}
	return unlink(pid_path) && errno != ENOENT ? -errno : 0;
}

/**
 * cli_nbd_unexport - end the export of a disk over NBD
 * @disk: name of the disk, which may be gone
 * @found: set to true if the disk was exported
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_nbd_unexport(const char *disk, bool *found)
{
	char path[PATH_MAX];
	int lock, err;

	print_pid_path(path, disk);
	if (access(path, F_OK))
		return CLI_DONE;
	*found = true;
	lock = lock_disk(disk);
	err = lock < 0 ? lock : unexport_locked(disk, path);
	if (lock >= 0)
		unlock_disk(disk, lock);
	if (err == -EPERM || err == -EACCES)
		return cli_error(CLI_NO_PERMISSION, "only root can end an export");
	if (err)
		return cli_error(CLI_FAILED, "cannot end nbdkit, whose process ID is in %s: %s", path,
				 strerror(-err));
	return CLI_DONE;
}
