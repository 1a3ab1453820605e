// SPDX-License-Identifier: GPL-2.0
/*
 * Export a disk by the kernel's NVMe target over TCP. Its directory in configfs has a
 * subsystem for each disk, and a port for each address.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "export.h"
#include "process.h"

#define NVMET		"/sys/kernel/config/nvmet"
#define NQN_PREFIX	"nqn.2026-11.cnull:"

/*
 * The numbers of the ports that this file makes. Ports of an administrator, which have
 * other numbers, stay.
 */
#define FIRST_PORT	50001
#define LAST_PORT	65535

/* Room for the name of a subsystem. */
#define NQN_SIZE	(sizeof(NQN_PREFIX) + NAME_MAX)

/**
 * struct address - an address to listen at
 * @host: the IP address
 * @service: the TCP port
 * @is_ipv6: @host is an IPv6 address
 */
struct address {
	char host[NI_MAXHOST];
	char service[8];
	bool is_ipv6;
};

static enum cli_exit bad_address(const char *text)
{
	return cli_error(CLI_WRONG_USE, "--nvme-tcp=%s: must be ADDR:PORT, as 192.0.2.1:4420 or [2001:db8::1]:4420",
			 text);
}

/* Convert an IP address to its usual form. */
static bool normalize_host(struct address *address)
{
	struct addrinfo hints = {
		.ai_family = address->is_ipv6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST,
	};
	struct addrinfo *info;
	int err;

	if (getaddrinfo(address->host, NULL, &hints, &info))
		return false;
	err = getnameinfo(info->ai_addr, info->ai_addrlen, address->host, sizeof(address->host),
			  NULL, 0, NI_NUMERICHOST);
	freeaddrinfo(info);
	return !err;
}

/* Parse ADDR:PORT or [ADDR]:PORT. */
static enum cli_exit parse_address(const char *text, struct address *address)
{
	const char *colon = strrchr(text, ':');
	const char *host = text;
	size_t length;
	unsigned long port;

	if (!colon)
		return bad_address(text);
	length = colon - text;
	address->is_ipv6 = *text == '[';
	if (address->is_ipv6) {
		if (length < 2 || colon[-1] != ']')
			return bad_address(text);
		host++;
		length -= 2;
	}
	if (length >= sizeof(address->host))
		return bad_address(text);
	memcpy(address->host, host, length);
	address->host[length] = '\0';
	port = strtoul(colon + 1, NULL, 10);
	if (colon[1 + strspn(colon + 1, "0123456789")] || !port || port > 65535 ||
	    !normalize_host(address))
		return bad_address(text);
	snprintf(address->service, sizeof(address->service), "%lu", port);
	return CLI_DONE;
}

static void print_nqn(char nqn[NQN_SIZE], const char *disk)
{
	snprintf(nqn, NQN_SIZE, NQN_PREFIX "%s", disk);
}

static bool exists(const char *absolute)
{
	char path[PATH_MAX];

	cli_path(path, "%s", absolute);
	return !access(path, F_OK);
}

/* Load the target, unless it is loaded. */
static enum cli_exit load_target(void)
{
	if (exists(NVMET) && exists("/sys/module/nvmet_tcp"))
		return CLI_DONE;
	if (geteuid())
		return cli_error(CLI_NO_PERMISSION, "only root can export a disk");
	if (cli_modprobe("nvmet_tcp", NULL))
		return cli_error(CLI_FAILED, "'modprobe nvmet_tcp' failed: the kernel needs the module nvmet_tcp, CONFIG_NVME_TARGET_TCP");
	if (!exists(NVMET))
		return cli_error(CLI_FAILED, "no directory " NVMET ": 'mount -t configfs configfs /sys/kernel/config' mounts configfs");
	return CLI_DONE;
}

/* Explain an error of the target at a step. */
static enum cli_exit failed(const char *disk, const char *step, int err)
{
	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can export a disk");
	return cli_error(CLI_FAILED, "cannot export %s: %s: %s", disk, step, strerror(-err));
}

static int make_dir(const char *path)
{
	return mkdir(path, 0755) ? -errno : 0;
}

/* Explain why the target refused the disk. */
static enum cli_exit disk_refused(const char *disk, int err)
{
	char text[CLI_TEXT_SIZE];

	if (err == -EINVAL && !cli_sysfs_read(disk, "queue/zoned", text) && strcmp(text, "none"))
		return cli_error(CLI_FAILED, "the NVMe target refused the zones of %s: zone_nr_conv must be 0, and all zones must have one size",
				 disk);
	return failed(disk, "the NVMe target refused the disk", err);
}

/* Configure a new subsystem, whose directory is @subsystem. */
static enum cli_exit configure_subsystem(const char *disk, const char *subsystem)
{
	char path[PATH_MAX + 64], node[NAME_MAX + 8];
	int err;

	snprintf(path, sizeof(path), "%s/attr_allow_any_host", subsystem);
	err = cli_write(path, "1");
	if (err)
		return failed(disk, "attr_allow_any_host", err);
	snprintf(path, sizeof(path), "%s/namespaces/1", subsystem);
	err = make_dir(path);
	if (err)
		return failed(disk, "namespaces/1", err);
	snprintf(path, sizeof(path), "%s/namespaces/1/device_path", subsystem);
	snprintf(node, sizeof(node), "/dev/%s", disk);
	err = cli_write(path, node);
	if (err)
		return failed(disk, "device_path", err);
	snprintf(path, sizeof(path), "%s/namespaces/1/enable", subsystem);
	err = cli_write(path, "1");
	return err ? disk_refused(disk, err) : CLI_DONE;
}

static void remove_subsystem(const char *subsystem)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/namespaces/1", subsystem);
	rmdir(path);
	rmdir(subsystem);
}

/* Does an attribute of a port have a value? */
static bool port_has(const char *port, const char *attr, const char *value)
{
	char path[PATH_MAX], text[CLI_TEXT_SIZE];

	cli_path(path, NVMET "/ports/%s/%s", port, attr);
	return !cli_read(path, text) && !strcmp(text, value);
}

/* Find the port that listens at @address. Return false if there is none. */
static bool find_port(const struct address *address, char port[NAME_MAX + 1])
{
	struct cli_names ports = { };
	char path[PATH_MAX];
	bool found = false;
	size_t i;

	cli_path(path, NVMET "/ports");
	if (!cli_list_dir(path, NULL, NULL, &ports))
		for (i = 0; !found && i < ports.nr; i++)
			if (port_has(ports.name[i], "addr_trtype", "tcp") &&
			    port_has(ports.name[i], "addr_traddr", address->host) &&
			    port_has(ports.name[i], "addr_trsvcid", address->service)) {
				snprintf(port, NAME_MAX + 1, "%s", ports.name[i]);
				found = true;
			}
	cli_names_free(&ports);
	return found;
}

static int set_port(const char *port, const char *attr, const char *value)
{
	char path[PATH_MAX];

	cli_path(path, NVMET "/ports/%s/%s", port, attr);
	return cli_write(path, value);
}

/* Did make_port() make a port? */
static bool is_own_port(const char *port)
{
	int number = atoi(port);

	return number >= FIRST_PORT && number <= LAST_PORT;
}

/* Remove a port that make_port() made, unless a subsystem uses it. */
static void remove_unused_port(const char *port)
{
	struct cli_names users = { };
	char path[PATH_MAX];

	if (!is_own_port(port))
		return;
	cli_path(path, NVMET "/ports/%s/subsystems", port);
	if (!cli_list_dir(path, NULL, NULL, &users) && !users.nr) {
		cli_path(path, NVMET "/ports/%s", port);
		rmdir(path);
	}
	cli_names_free(&users);
}

/* Make a port. It listens when the first subsystem is linked to it. */
static int make_port(const struct address *address, char port[NAME_MAX + 1])
{
	char path[PATH_MAX];
	int i, err = -EEXIST;

	for (i = FIRST_PORT; err == -EEXIST && i <= LAST_PORT; i++) {
		snprintf(port, NAME_MAX + 1, "%d", i);
		cli_path(path, NVMET "/ports/%s", port);
		err = make_dir(path);
	}
	if (err)
		return err;
	err = set_port(port, "addr_trtype", "tcp");
	err = err ?: set_port(port, "addr_adrfam", address->is_ipv6 ? "ipv6" : "ipv4");
	err = err ?: set_port(port, "addr_traddr", address->host);
	err = err ?: set_port(port, "addr_trsvcid", address->service);
	if (err)
		rmdir(path);
	return err;
}

/* Link the subsystem to a port that listens at @address. */
static enum cli_exit link_port(const char *disk, const char *subsystem, const char *nqn,
			       const struct address *address)
{
	char port[NAME_MAX + 1], path[PATH_MAX];
	int err;

	if (!find_port(address, port)) {
		err = make_port(address, port);
		if (err)
			return failed(disk, "cannot make a port of the NVMe target", err);
	}
	cli_path(path, NVMET "/ports/%s/subsystems/%s", port, nqn);
	if (!symlink(subsystem, path))
		return CLI_DONE;
	err = -errno;
	remove_unused_port(port);
	if (err == -EADDRINUSE)
		return cli_error(CLI_FAILED, "cannot export %s: port %s of address %s is in use",
				 disk, address->service, address->host);
	if (err == -EADDRNOTAVAIL)
		return cli_error(CLI_FAILED, "cannot export %s: this machine does not have the address %s",
				 disk, address->host);
	return failed(disk, "cannot listen at the address", err);
}

static void print_connect_command(const struct address *address, const char *nqn)
{
	bool is_any = !strcmp(address->host, "0.0.0.0") || !strcmp(address->host, "::");

	printf("nvme connect -t tcp -a %s -s %s -n %s\n", is_any ? "ADDRESS" : address->host,
	       address->service, nqn);
	if (is_any)
		cli_note("ADDRESS is any address of this machine");
}

/**
 * cli_nvmet_export - export a disk by NVMe over TCP, and print the command that connects
 * @disk: name of a disk that is on
 * @text: the address, as ADDR:PORT or [ADDR]:PORT
 *
 * After an error, everything is as before, except that modules may be loaded.
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_nvmet_export(const char *disk, const char *text)
{
	char subsystem[PATH_MAX], nqn[NQN_SIZE];
	struct address address;
	enum cli_exit status = parse_address(text, &address);
	int err;

	status = status ?: load_target();
	if (status)
		return status;
	print_nqn(nqn, disk);
	cli_path(subsystem, NVMET "/subsystems/%s", nqn);
	err = make_dir(subsystem);
	if (err == -EEXIST)
		return cli_error(CLI_FAILED, "%s is exported by NVMe: 'cnull unexport %s' ends that",
				 disk, disk);
	if (err)
		return failed(disk, "cannot make a subsystem of the NVMe target", err);
	status = configure_subsystem(disk, subsystem);
	status = status ?: link_port(disk, subsystem, nqn, &address);
	if (status)
		remove_subsystem(subsystem);
	else
		print_connect_command(&address, nqn);
	return status;
}

/* Remove a subsystem from all ports, and each own port that has no other subsystem. */
static int unlink_ports(const char *nqn)
{
	struct cli_names ports = { };
	char path[PATH_MAX];
	int err;
	size_t i;

	cli_path(path, NVMET "/ports");
	err = cli_list_dir(path, NULL, NULL, &ports);
	for (i = 0; !err && i < ports.nr; i++) {
		cli_path(path, NVMET "/ports/%s/subsystems/%s", ports.name[i], nqn);
		if (!unlink(path))
			remove_unused_port(ports.name[i]);
		else if (errno != ENOENT)
			err = -errno;
	}
	cli_names_free(&ports);
	return err;
}

/**
 * cli_nvmet_exports - is a disk exported by NVMe?
 * @disk: name of the disk
 *
 * Return: true from cli_nvmet_export() until cli_nvmet_unexport().
 */
bool cli_nvmet_exports(const char *disk)
{
	char subsystem[PATH_MAX], nqn[NQN_SIZE];

	print_nqn(nqn, disk);
	cli_path(subsystem, NVMET "/subsystems/%s", nqn);
	return !access(subsystem, F_OK);
}

/**
 * cli_nvmet_unexport - end the export of a disk by NVMe
 * @disk: name of the disk, which may be gone
 * @found: set to true if the disk was exported
 *
 * Return: the exit status. An error was printed.
 */
enum cli_exit cli_nvmet_unexport(const char *disk, bool *found)
{
	char subsystem[PATH_MAX], nqn[NQN_SIZE];
	int err;

	print_nqn(nqn, disk);
	cli_path(subsystem, NVMET "/subsystems/%s", nqn);
	if (access(subsystem, F_OK))
		return CLI_DONE;
	*found = true;
	err = unlink_ports(nqn);
	if (!err) {
		remove_subsystem(subsystem);
		if (!access(subsystem, F_OK))
			err = geteuid() ? -EPERM : -EBUSY;
	}
	if (err == -EACCES || err == -EPERM)
		return cli_error(CLI_NO_PERMISSION, "only root can end an export");
	if (err)
		return cli_error(CLI_FAILED, "cannot remove %s: %s", subsystem, strerror(-err));
	return CLI_DONE;
}
