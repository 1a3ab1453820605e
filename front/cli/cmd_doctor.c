// SPDX-License-Identifier: GPL-2.0
/*
 * The command "doctor": checks of the machine, and the command that fixes each fault.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "driver.h"
#include "table.h"
#include "text.h"
#include "version.h"

/* The kernels that cnull supports: kmod/compat.h refuses older ones. */
#define OLDEST_MAJOR	6
#define OLDEST_MINOR	12
#define NEWEST_MAJOR	7
#define NEWEST_MINOR	3

#define CONFIGFS	"/sys/kernel/config"
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/** enum result - the result of a check */
enum result { RESULT_OK, RESULT_MISSING, RESULT_NOTE };

static const struct { const char *name, *color; } results[] = {
	[RESULT_OK] = { "ok", "green" },
	[RESULT_MISSING] = { "missing", "red" },
	[RESULT_NOTE] = { "note", "yellow" },
};

/**
 * struct finding - what a check found
 * @result: the result
 * @text: the explanation
 * @fix: a command that fixes the fault, or ""
 */
struct finding {
	enum result result;
	char text[512];
	char fix[256];
};

/**
 * struct machine - facts that several checks need
 * @wanted: name of the driver that the user asked for, or NULL for any driver
 * @release: release of the running kernel
 * @arch: its architecture
 * @has_configfs: configfs is mounted
 * @has_cnull: cnull is loaded, and has a directory in configfs
 * @has_null_blk: the same of null_blk
 * @module: path of the installed module cnull, or ""
 * @has_apt: the distribution has the packages of Debian
 * @is_debian_12: the distribution is Debian 12
 */
struct machine {
	const char *wanted;
	char release[65];
	char arch[65];
	bool has_configfs;
	bool has_cnull;
	bool has_null_blk;
	char module[PATH_MAX];
	bool has_apt;
	bool is_debian_12;
};

static void report(struct finding *finding, enum result result, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void report(struct finding *finding, enum result result, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->text, sizeof(finding->text), fmt, args);
	va_end(args);
	finding->result = result;
}

static void fix(struct finding *finding, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fix(struct finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->fix, sizeof(finding->fix), fmt, args);
	va_end(args);
}

static bool exists(const char *absolute)
{
	char path[PATH_MAX];

	cli_path(path, "%s", absolute);
	return !access(path, F_OK);
}

/* Fix a fault by a package of Debian. Other distributions have other names. */
static void fix_by_package(const struct machine *machine, struct finding *finding,
			   const char *package)
{
	if (machine->has_apt)
		fix(finding, "apt-get install %s", package);
}

/* Return the result for something that only cnull needs. */
static enum result needed_by_cnull(const struct machine *machine)
{
	if (machine->wanted)
		return strcmp(machine->wanted, "cnull") ? RESULT_NOTE : RESULT_MISSING;
	return machine->has_null_blk && !machine->has_cnull ? RESULT_NOTE : RESULT_MISSING;
}

/* Is configfs mounted at its usual place? */
static bool find_configfs(void)
{
	char path[PATH_MAX], *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *file;

	cli_path(path, "/proc/mounts");
	file = fopen(path, "re");
	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, " " CONFIGFS " configfs ");
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Is @path, up to its end @length, the file of a module? "-" and "_" are equal. */
static bool is_module_file(const char *path, size_t length, const char *module)
{
	const char *name = memrchr(path, '/', length);
	size_t i;

	name = name ? name + 1 : path;
	for (i = 0; module[i]; i++)
		if (name[i] != module[i] && !(name[i] == '-' && module[i] == '_'))
			return false;
	return !strncmp(name + i, ".ko", 3);
}

/* Find a module in a list of the running kernel's modules. Store its path in @found. */
static bool find_in_list(const char *release, const char *list, const char *module,
			 char found[PATH_MAX])
{
	char path[PATH_MAX], *line = NULL;
	bool is_found = false;
	size_t size = 0;
	FILE *file;

	cli_path(path, "/lib/modules/%s/%s", release, list);
	file = fopen(path, "re");
	while (file && !is_found && getline(&line, &size, file) > 0) {
		size_t length = strcspn(line, ":\n");

		is_found = is_module_file(line, length, module);
		if (is_found)
			snprintf(found, PATH_MAX, "/lib/modules/%s/%.*s", release, (int)length,
				 line);
	}
	free(line);
	if (file)
		fclose(file);
	return is_found;
}

/* Find a module that modprobe can load, or that is a part of the kernel. */
static bool find_module(const char *release, const char *module, char found[PATH_MAX])
{
	return find_in_list(release, "modules.dep", module, found) ||
	       find_in_list(release, "modules.builtin", module, found);
}

/*
 * Find a program in a list of directories, separated by colons. Store its path in
 * @found.
 */
static bool find_in_dirs(const char *dirs, const char *name, char found[PATH_MAX])
{
	char path[PATH_MAX];

	while (*dirs) {
		size_t length = strcspn(dirs, ":");

		snprintf(found, PATH_MAX, "%.*s/%s", (int)length, dirs, name);
		cli_path(path, "%s", found);
		if (!access(path, X_OK))
			return true;
		dirs += length + (dirs[length] == ':');
	}
	return false;
}

/* Find a program in PATH, or where root has it. Store its path in @found. */
static bool find_program(const char *name, char found[PATH_MAX])
{
	return find_in_dirs(getenv("PATH") ?: "", name, found) ||
	       find_in_dirs("/usr/sbin:/sbin", name, found);
}

/* Read a value of the file os-release, without its quotes. */
static void read_os_release(const char *key, char value[CLI_TEXT_SIZE])
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0, length = strlen(key);
	FILE *file;

	*value = '\0';
	cli_path(path, "/etc/os-release");
	file = fopen(path, "re");
	if (!file) {
		cli_path(path, "/usr/lib/os-release");
		file = fopen(path, "re");
	}
	while (file && getline(&line, &size, file) > 0)
		if (!strncmp(line, key, length) && line[length] == '=') {
			const char *text = line + length + 1;

			text += strspn(text, "\"'");
			snprintf(value, CLI_TEXT_SIZE, "%.*s", (int)strcspn(text, "\"'\n"), text);
		}
	free(line);
	if (file)
		fclose(file);
}

static void find_distribution(struct machine *machine)
{
	char id[CLI_TEXT_SIZE], like[CLI_TEXT_SIZE], version[CLI_TEXT_SIZE];

	read_os_release("ID", id);
	read_os_release("ID_LIKE", like);
	read_os_release("VERSION_ID", version);
	machine->has_apt = !strcmp(id, "debian") || cli_has_word(like, ' ', "debian");
	machine->is_debian_12 = !strcmp(id, "debian") && !strcmp(version, "12");
}

static void gather_facts(struct machine *machine)
{
	char path[PATH_MAX], text[CLI_TEXT_SIZE];
	struct utsname name;

	cli_path(path, "/proc/sys/kernel/osrelease");
	if (cli_read(path, text) && !uname(&name))
		snprintf(text, sizeof(text), "%s", name.release);
	snprintf(machine->release, sizeof(machine->release), "%.64s", text);
	cli_path(path, "/proc/sys/kernel/arch");
	if (cli_read(path, text) && !uname(&name))
		snprintf(text, sizeof(text), "%s", name.machine);
	snprintf(machine->arch, sizeof(machine->arch), "%.64s", text);
	machine->has_configfs = find_configfs();
	machine->has_cnull = exists(CONFIGFS "/cnull");
	machine->has_null_blk = exists(CONFIGFS "/nullb");
	if (!find_module(machine->release, "cnull", machine->module))
		*machine->module = '\0';
	find_distribution(machine);
}

/* Report a kernel that is too old. Debian 12 has a newer one for some architectures. */
static void report_old_kernel(const struct machine *machine, struct finding *finding)
{
	const char *arch = !strcmp(machine->arch, "x86_64") ? "amd64" :
			   !strcmp(machine->arch, "aarch64") ? "arm64" : NULL;
	bool has_newer = machine->is_debian_12 && arch;

	report(finding, needed_by_cnull(machine), "Linux %s is too old: cnull needs %d.%d or newer%s",
	       machine->release, OLDEST_MAJOR, OLDEST_MINOR,
	       has_newer ? ", which Debian 12 has in its backports" : "");
	if (has_newer)
		fix(finding, "apt-get install -t bookworm-backports linux-image-%s", arch);
}

static void check_kernel(const struct machine *machine, struct finding *finding)
{
	int major = 0, minor = 0;

	if (sscanf(machine->release, "%d.%d", &major, &minor) != 2)
		report(finding, RESULT_NOTE, "'%s' is not a release of Linux",
		       machine->release);
	else if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
		report_old_kernel(machine, finding);
	else if (major > NEWEST_MAJOR || (major == NEWEST_MAJOR && minor > NEWEST_MINOR))
		report(finding, RESULT_NOTE, "Linux %s is newer than %d.%d, the newest kernel that cnull was tested with",
		       machine->release, NEWEST_MAJOR, NEWEST_MINOR);
	else
		report(finding, RESULT_OK, "Linux %s", machine->release);
}

static void check_arch(const struct machine *machine, struct finding *finding)
{
	const char *arch = machine->arch;

	if (strstr(arch, "64") || !strcmp(arch, "s390x") || !strcmp(arch, "alpha"))
		report(finding, RESULT_OK, "%s, 64 bits", arch);
	else
		report(finding, needed_by_cnull(machine),
		       "%s: cnull needs a 64-bit kernel", arch);
}

static void check_configfs(const struct machine *machine, struct finding *finding)
{
	if (machine->has_configfs) {
		report(finding, RESULT_OK, "configfs is mounted on " CONFIGFS);
		return;
	}
	report(finding, RESULT_MISSING, "configfs is not mounted on " CONFIGFS);
	fix(finding, "%smount -t configfs configfs " CONFIGFS,
	    exists(CONFIGFS) ? "" : "modprobe configfs && ");
}

/* Is a driver the one that the user asked for, or did the user ask for none? */
static bool is_wanted(const struct machine *machine, const char *driver)
{
	return !machine->wanted || !strcmp(machine->wanted, driver);
}

/* Report that no driver is loaded, or not the one that the user asked for. */
static void report_unloaded_driver(const struct machine *machine, struct finding *finding)
{
	const char *needed = machine->wanted ?: "cnull";
	char path[PATH_MAX], which[64] = "neither cnull nor null_blk is loaded";

	if (machine->wanted)
		snprintf(which, sizeof(which), "%s is not loaded", machine->wanted);
	if (find_module(machine->release, needed, path)) {
		report(finding, RESULT_NOTE, "%s: 'cnull%s%s create' loads %s", which,
		       machine->wanted ? " --driver " : "", machine->wanted ?: "", needed);
		return;
	}
	report(finding, RESULT_MISSING, "%s, and %s is not installed", which, needed);
	if (!machine->wanted && find_module(machine->release, "null_blk", path))
		fix(finding, "modprobe null_blk nr_devices=0");
}

static void check_driver(const struct machine *machine, struct finding *finding)
{
	static const char *const drivers[] = { "cnull", "null_blk" };
	bool has_cnull = machine->has_cnull && is_wanted(machine, "cnull");
	bool has_null_blk = machine->has_null_blk && is_wanted(machine, "null_blk");
	char path[PATH_MAX];
	size_t i;

	if (has_cnull || has_null_blk) {
		report(finding, RESULT_OK, "%s", !has_null_blk ? "cnull is loaded" :
		       !has_cnull ? "null_blk is loaded" : "cnull and null_blk are loaded");
		return;
	}
	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s", drivers[i]);
		if (!is_wanted(machine, drivers[i]) || !exists(path))
			continue;
		report(finding, RESULT_MISSING, "%s is loaded, but has no directory in " CONFIGFS,
		       drivers[i]);
		if (!machine->has_configfs)
			fix(finding, "mount -t configfs configfs " CONFIGFS);
		return;
	}
	report_unloaded_driver(machine, finding);
}

/* Find a file of the module that the list of modules does not have. */
static bool find_unlisted_module(const char *release, char found[PATH_MAX])
{
	static const char *const dirs[] = { "updates/dkms", "updates", "extra", "misc",
					    "kernel/drivers/block", "kernel/drivers/block/cnull" };
	static const char *const suffixes[] = { "", ".xz", ".zst", ".gz" };
	size_t i, j;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		for (j = 0; j < sizeof(suffixes) / sizeof(suffixes[0]); j++) {
			snprintf(found, PATH_MAX, "/lib/modules/%s/%s/cnull.ko%s", release, dirs[i],
				 suffixes[j]);
			if (exists(found))
				return true;
		}
	return false;
}

static void check_module(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX];

	if (*machine->module) {
		report(finding, RESULT_OK, "%s", machine->module);
	} else if (!exists("/proc/modules")) {
		report(finding, needed_by_cnull(machine), "the kernel loads no modules; the plugin of nbdkit needs none: 'nbdkit cnull'");
	} else if (find_unlisted_module(machine->release, path)) {
		report(finding, needed_by_cnull(machine), "%s exists, but modprobe does not find it", path);
		fix(finding, "depmod");
	} else if (machine->has_cnull) {
		report(finding, RESULT_NOTE, "cnull is loaded, but not installed for Linux %s: modprobe will not find it",
		       machine->release);
	} else {
		report(finding, needed_by_cnull(machine), "cnull is not installed for Linux %s: install the package cnull-dkms, or run 'make load' in the source tree",
		       machine->release);
	}
}

/*
 * Read the version in the file of a module. A compressed file is not read. Return false
 * if no version was found.
 */
static bool read_module_version(const char *module, char version[CLI_TEXT_SIZE])
{
	static const char key[] = "version=";
	char path[PATH_MAX], *entry = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file;

	cli_path(path, "%s", module);
	file = fopen(path, "re");
	while (file && !found && getdelim(&entry, &size, '\0', file) > 0) {
		found = !strncmp(entry, key, strlen(key));
		if (found)
			snprintf(version, CLI_TEXT_SIZE, "%s", entry + strlen(key));
	}
	free(entry);
	if (file)
		fclose(file);
	return found;
}

static void check_version(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX], version[CLI_TEXT_SIZE];
	const char *which = machine->has_cnull ? "loaded" : "installed";
	bool is_known;

	if (!machine->has_cnull && !*machine->module) {
		report(finding, RESULT_NOTE, "no module to compare with this command, whose version is %s",
		       CNULL_VERSION);
		return;
	}
	if (machine->has_cnull) {
		cli_path(path, "/sys/module/cnull/version");
		is_known = !cli_read(path, version);
	} else {
		is_known = read_module_version(machine->module, version);
	}
	if (!is_known) {
		report(finding, RESULT_NOTE, "the version of the %s module cannot be read; this command is %s",
		       which, CNULL_VERSION);
	} else if (!strcmp(version, CNULL_VERSION)) {
		report(finding, RESULT_OK, "the %s module and this command are %s", which, version);
	} else {
		report(finding, RESULT_NOTE, "the %s module is %.64s, this command is %s", which,
		       version, CNULL_VERSION);
		if (machine->has_cnull && read_module_version(machine->module, version) &&
		    !strcmp(version, CNULL_VERSION))
			fix(finding, "rmmod cnull && modprobe cnull nr_devices=0");
	}
}

static void check_headers(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX], package[128];

	cli_path(path, "/lib/modules/%s/build/include/config/kernel.release", machine->release);
	if (!access(path, F_OK)) {
		report(finding, RESULT_OK, "the headers of Linux %s are installed", machine->release);
	} else if (machine->has_cnull || *machine->module) {
		report(finding, RESULT_NOTE, "no headers of Linux %s: only a build of the module needs them",
		       machine->release);
	} else {
		report(finding, needed_by_cnull(machine), "no headers of Linux %s, and the module must be built",
		       machine->release);
		snprintf(package, sizeof(package), "linux-headers-%s", machine->release);
		fix_by_package(machine, finding, package);
	}
}

static void check_dkms(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX];

	if (find_program("dkms", path)) {
		report(finding, RESULT_OK, "%s builds modules for new kernels", path);
		return;
	}
	report(finding, RESULT_NOTE, "dkms is not installed: without it, a new kernel needs a new build of the module");
	fix_by_package(machine, finding, "dkms");
}

/* Is Secure Boot on? The variable has four bytes of attributes, and the value. */
static bool is_secure_boot(void)
{
	unsigned char variable[5];
	char path[PATH_MAX];
	bool is_on;
	FILE *file;

	cli_path(path, SECURE_BOOT);
	file = fopen(path, "re");
	if (!file)
		return false;
	is_on = fread(variable, 1, sizeof(variable), file) == sizeof(variable) && variable[4] == 1;
	fclose(file);
	return is_on;
}

/* Return the reason for which the kernel loads only signed modules, or NULL. */
static const char *reason_for_signatures(void)
{
	char path[PATH_MAX], text[CLI_TEXT_SIZE];

	cli_path(path, "/sys/module/module/parameters/sig_enforce");
	if (!cli_read(path, text) && *text == 'Y')
		return "module.sig_enforce is set";
	cli_path(path, "/sys/kernel/security/lockdown");
	if (!cli_read(path, text) && strchr(text, '[') && !strstr(text, "[none]"))
		return is_secure_boot() ? "Secure Boot is on" : "the kernel is locked down";
	return NULL;
}

static void check_signatures(const struct machine *machine, struct finding *finding)
{
	const char *reason = reason_for_signatures();

	if (!reason) {
		report(finding, RESULT_OK, "%s", is_secure_boot() ?
		       "Secure Boot is on, but the kernel loads unsigned modules" :
		       "the kernel loads unsigned modules");
	} else if (machine->has_cnull) {
		report(finding, RESULT_OK, "%s, and the kernel accepted the signature of cnull", reason);
	} else {
		report(finding, RESULT_NOTE, "%s: the kernel loads only modules with a trusted signature, as that of dkms after its key is enrolled",
		       reason);
		fix(finding, "mokutil --import /var/lib/dkms/mok.pub");
	}
}

static void check_udev(const struct machine *machine, struct finding *finding)
{
	if (exists("/run/udev/control"))
		report(finding, RESULT_OK, "udevd runs");
	else
		report(finding, RESULT_NOTE, "udevd does not run: disks get no links in /dev/disk, and no group");
}

static void check_permission(const struct machine *machine, struct finding *finding)
{
	if (geteuid())
		report(finding, RESULT_NOTE, "not root: commands can list and show disks, but not change them");
	else
		report(finding, RESULT_OK, "root");
}

static void check_nbdkit(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX];

	if (find_program("nbdkit", path)) {
		report(finding, RESULT_OK, "%s", path);
		return;
	}
	report(finding, RESULT_NOTE, "nbdkit is not installed: 'cnull export --nbd' needs it");
	fix_by_package(machine, finding, "nbdkit");
}

static void check_nvmet(const struct machine *machine, struct finding *finding)
{
	char path[PATH_MAX];

	if (exists("/sys/module/nvmet_tcp") || find_module(machine->release, "nvmet_tcp", path))
		report(finding, RESULT_OK, "the kernel has an NVMe target over TCP");
	else
		report(finding, RESULT_NOTE, "the kernel has no module nvmet_tcp: 'cnull export --nvme-tcp' needs it");
}

static const struct check {
	const char *name;
	void (*run)(const struct machine *machine, struct finding *finding);
} checks[] = {
	{ "kernel", check_kernel },
	{ "arch", check_arch },
	{ "configfs", check_configfs },
	{ "driver", check_driver },
	{ "module", check_module },
	{ "version", check_version },
	{ "headers", check_headers },
	{ "dkms", check_dkms },
	{ "signatures", check_signatures },
	{ "udev", check_udev },
	{ "permission", check_permission },
	{ "nbdkit", check_nbdkit },
	{ "nvmet", check_nvmet },
};

enum doctor_column { DOCTOR_RESULT, DOCTOR_CHECK, DOCTOR_TEXT, DOCTOR_FIX, DOCTOR_NR };

static struct cli_column doctor_column(size_t i)
{
	static const struct cli_column columns[] = {
		[DOCTOR_RESULT] = { "RESULT", "ok, missing or note", CLI_STRING, true },
		[DOCTOR_CHECK] = { "CHECK", "name of the check", CLI_STRING, true },
		[DOCTOR_TEXT] = { "TEXT", "explanation", CLI_PROSE, true },
		[DOCTOR_FIX] = { "FIX", "command that fixes the fault", CLI_STRING, false },
	};

	return columns[i];
}

static const struct cli_columns doctor_columns = { "checks", DOCTOR_NR, doctor_column };

static void list_finding(struct cli_table *table, const struct check *check,
			 const struct finding *finding)
{
	cli_table_row(table);
	cli_table_set(table, DOCTOR_RESULT, "%s", results[finding->result].name);
	cli_table_color(table, DOCTOR_RESULT, results[finding->result].color);
	cli_table_set(table, DOCTOR_CHECK, "%s", check->name);
	if (*finding->fix) {
		cli_table_set(table, DOCTOR_TEXT, "%s: run '%s'", finding->text, finding->fix);
		cli_table_set(table, DOCTOR_FIX, "%s", finding->fix);
	} else {
		cli_table_set(table, DOCTOR_TEXT, "%s", finding->text);
	}
}

static enum cli_exit run_doctor(const struct cli_call *call)
{
	struct machine machine = { .wanted = call->driver };
	enum cli_exit result = CLI_DONE;
	struct cli_table *table;
	enum cli_exit status = cli_table_open(call, &table);
	size_t i;

	if (status)
		return status;
	gather_facts(&machine);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding finding = { };

		checks[i].run(&machine, &finding);
		list_finding(table, &checks[i], &finding);
		if (finding.result == RESULT_MISSING)
			result = CLI_FAILED;
	}
	status = cli_table_close(table);
	return status ?: result;
}

const struct cli_command cli_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "check the machine, and print a command for each missing part",
	.details = "A line for each check: ok, missing, or a note about a thing that only some uses need.\n"
		   "The exit status is 1 if something is missing. The column FIX has the\n"
		   "commands. Nothing is changed.",
	.example = "doctor",
	.columns = &doctor_columns,
	.run = run_doctor,
};
