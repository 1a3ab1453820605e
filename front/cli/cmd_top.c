// SPDX-License-Identifier: GPL-2.0
/*
 * The command "top": rates of disks, from the counters of the block layer.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "disk.h"
#include "table.h"

#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL
#define SECTORS_PER_MIB	2048

#define MIN_INTERVAL	0.1
#define MAX_INTERVAL	86400
#define MAX_COUNT	1000000000UL

/* The fields of /sys/block/NAME/stat. Times are in ms. */
enum stat {
	READ_IOS, READ_MERGES, READ_SECTORS, READ_MS,
	WRITE_IOS, WRITE_MERGES, WRITE_SECTORS, WRITE_MS,
	IN_FLIGHT, BUSY_MS, QUEUE_MS,
	DISCARD_IOS, DISCARD_MERGES, DISCARD_SECTORS, DISCARD_MS,
	FLUSH_IOS, FLUSH_MS,
	NR_STATS
};

/**
 * struct sample - the counters of a disk at a time
 * @name: name of the disk
 * @is_counted: the disk is on, and the block layer counts its requests
 * @seq: number of the disk among all that this kernel had
 * @nsec: the time, in ns
 * @stat: the counters
 */
struct sample {
	char name[NAME_MAX + 1];
	bool is_counted;
	unsigned long long seq;
	long long nsec;
	unsigned long long stat[NR_STATS];
};

/**
 * struct snapshot - samples of all disks
 * @sample: the samples
 * @nr: number of @sample
 * @nsec: the time before the first sample, in ns; 0 for no snapshot
 */
struct snapshot {
	struct sample *sample;
	size_t nr;
	long long nsec;
};

/**
 * struct rates - the rates of a disk during an interval
 * @sample: the counters at its end
 * @are_known: the rates are known; otherwise only @sample is
 * @sec: length of the interval in s
 * @delta: the change of each counter
 */
struct rates {
	const struct sample *sample;
	bool are_known;
	double sec;
	unsigned long long delta[NR_STATS];
};

static long long now_nsec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void take_sample(const struct cli_driver *driver, const char *disk,
			struct sample *sample)
{
	char text[CLI_TEXT_SIZE], *field = text;
	int i;

	snprintf(sample->name, sizeof(sample->name), "%s", disk);
	if (!cli_has_block_device(driver, disk))
		return;
	if (!cli_sysfs_read(disk, "queue/iostats", text) && !strcmp(text, "0"))
		return;
	if (!cli_sysfs_read(disk, "diskseq", text))
		sample->seq = strtoull(text, NULL, 10);
	sample->nsec = now_nsec();
	if (cli_sysfs_read(disk, "stat", text))
		return;
	for (i = 0; i < NR_STATS; i++) {
		char *end;

		sample->stat[i] = strtoull(field, &end, 10);
		if (end == field)
			break;
		field = end;
	}
	/* Old kernels do not count discards and flushes. */
	sample->is_counted = i > QUEUE_MS;
}

/* Sample the disks that the user named, or all disks that are on. */
static enum cli_exit take_snapshot(const struct cli_call *call, const struct cli_driver *driver,
				   struct snapshot *snapshot)
{
	struct cli_names names = { };
	enum cli_exit status = CLI_DONE;
	size_t i, nr = call->nr_args;

	snapshot->nsec = now_nsec();
	snapshot->nr = 0;
	if (!nr) {
		status = cli_disks(driver, &names);
		status = status ?: cli_module_disks(driver, &names);
		nr = names.nr;
	}
	snapshot->sample = calloc(nr ?: 1, sizeof(*snapshot->sample));
	if (!status && !snapshot->sample)
		status = cli_error(CLI_FAILED, "out of memory");
	for (i = 0; !status && i < nr; i++) {
		const char *disk = call->nr_args ? call->args[i] : names.name[i];

		if (call->nr_args || cli_has_block_device(driver, disk))
			take_sample(driver, disk, &snapshot->sample[snapshot->nr++]);
	}
	cli_names_free(&names);
	return status;
}

/* Find the sample of a disk. It is mostly at place @guess. */
static const struct sample *find_sample(const struct snapshot *snapshot, const char *name,
					size_t guess)
{
	size_t i;

	for (i = 0; i < snapshot->nr; i++) {
		const struct sample *sample = &snapshot->sample[(guess + i) % snapshot->nr];

		if (!strcmp(sample->name, name))
			return sample;
	}
	return NULL;
}

static bool is_time(enum stat i)
{
	return i == READ_MS || i == WRITE_MS || i == DISCARD_MS || i == FLUSH_MS ||
	       i == BUSY_MS || i == QUEUE_MS;
}

/* Is @before a sample of another disk, which had the same name? */
static bool is_other_disk(const struct sample *before, const struct sample *now)
{
	int i;

	for (i = 0; i < NR_STATS; i++)
		if (i != IN_FLIGHT && !is_time(i) && now->stat[i] < before->stat[i])
			return true;
	return now->seq != before->seq;
}

/*
 * Compute the rates of a disk since @before. A disk that was added during the interval
 * began with counters of 0.
 */
static struct rates compute_rates(const struct snapshot *before, const struct sample *now,
				  size_t guess)
{
	struct rates rates = { .sample = now };
	const struct sample *old = find_sample(before, now->name, guess);
	static const struct sample none;
	long long nsec = before->nsec;
	int i;

	if (!before->nsec || !now->is_counted)
		return rates;
	if (!old || !old->is_counted || is_other_disk(old, now))
		old = &none;
	else
		nsec = old->nsec;
	rates.are_known = true;
	rates.sec = (double)(now->nsec - nsec) / NSEC_PER_SEC;
	for (i = 0; i < NR_STATS; i++) {
		rates.delta[i] = now->stat[i] - old->stat[i];
		/* The kernel prints times of 32 bits, which wrap. */
		if (is_time(i))
			rates.delta[i] = (uint32_t)rates.delta[i];
	}
	return rates;
}

static unsigned long long total_ios(const struct rates *rates)
{
	return rates->delta[READ_IOS] + rates->delta[WRITE_IOS] + rates->delta[DISCARD_IOS] +
	       rates->delta[FLUSH_IOS];
}

enum top_column {
	TOP_NAME, TOP_READS, TOP_WRITES, TOP_READ_MIB, TOP_WRITE_MIB, TOP_DISCARDS, TOP_FLUSHES,
	TOP_LATENCY, TOP_IN_FLIGHT, TOP_BUSY, TOP_READ_LATENCY, TOP_WRITE_LATENCY,
	TOP_DISCARD_MIB, TOP_QUEUE, TOP_TIME, TOP_NR
};

static struct cli_column top_column(size_t i)
{
	static const struct cli_column columns[] = {
		[TOP_NAME] = { "NAME", "name of the disk", CLI_STRING, true },
		[TOP_READS] = { "R/S", "reads per second", CLI_NUMBER, true },
		[TOP_WRITES] = { "W/S", "writes per second", CLI_NUMBER, true },
		[TOP_READ_MIB] = { "RMIB/S", "MiB read per second", CLI_NUMBER, true },
		[TOP_WRITE_MIB] = { "WMIB/S", "MiB written per second", CLI_NUMBER, true },
		[TOP_DISCARDS] = { "D/S", "discards per second", CLI_NUMBER, true },
		[TOP_FLUSHES] = { "F/S", "flushes per second", CLI_NUMBER, true },
		[TOP_LATENCY] = { "LAT_US", "average time of a request in us", CLI_NUMBER, true },
		[TOP_IN_FLIGHT] = { "INFLIGHT", "requests in flight, at the end of the interval",
				    CLI_NUMBER, true },
		[TOP_BUSY] = { "UTIL%", "time with requests in flight, in percent", CLI_NUMBER,
			       true },
		[TOP_READ_LATENCY] = { "RLAT_US", "average time of a read in us", CLI_NUMBER, false },
		[TOP_WRITE_LATENCY] = { "WLAT_US", "average time of a write in us", CLI_NUMBER,
					false },
		[TOP_DISCARD_MIB] = { "DMIB/S", "MiB discarded per second", CLI_NUMBER, false },
		[TOP_QUEUE] = { "QUEUE", "average number of requests in flight", CLI_NUMBER, false },
		[TOP_TIME] = { "TIME", "time of the row", CLI_STRING, false },
	};

	return columns[i];
}

static const struct cli_columns top_columns = { "rates", TOP_NR, top_column };

/* Print a number with a decimal if it is small. */
static void set_number(struct cli_table *table, enum top_column column, double value)
{
	cli_table_set(table, column, value && value < 99.95 ? "%.1f" : "%.0f", value);
}

static void set_rate(struct cli_table *table, enum top_column column,
		     const struct rates *rates, enum stat stat, double unit)
{
	set_number(table, column, rates->delta[stat] / unit / rates->sec);
}

/* Print the average of times. It is not known without a request. */
static void set_latency(struct cli_table *table, enum top_column column,
			unsigned long long msec, unsigned long long ios)
{
	if (ios)
		set_number(table, column, msec * 1000.0 / ios);
}

static void add_row(struct cli_table *table, const struct rates *rates, const char *clock)
{
	const unsigned long long *delta = rates->delta;
	double busy;

	cli_table_row(table);
	cli_table_set(table, TOP_NAME, "%s", rates->sample->name);
	cli_table_set(table, TOP_TIME, "%s", clock);
	if (rates->sample->is_counted)
		cli_table_set(table, TOP_IN_FLIGHT, "%llu", rates->sample->stat[IN_FLIGHT]);
	if (!rates->are_known)
		return;
	set_rate(table, TOP_READS, rates, READ_IOS, 1);
	set_rate(table, TOP_WRITES, rates, WRITE_IOS, 1);
	set_rate(table, TOP_DISCARDS, rates, DISCARD_IOS, 1);
	set_rate(table, TOP_FLUSHES, rates, FLUSH_IOS, 1);
	set_rate(table, TOP_READ_MIB, rates, READ_SECTORS, SECTORS_PER_MIB);
	set_rate(table, TOP_WRITE_MIB, rates, WRITE_SECTORS, SECTORS_PER_MIB);
	set_rate(table, TOP_DISCARD_MIB, rates, DISCARD_SECTORS, SECTORS_PER_MIB);
	set_rate(table, TOP_QUEUE, rates, QUEUE_MS, 1000);
	set_latency(table, TOP_LATENCY, delta[READ_MS] + delta[WRITE_MS] + delta[DISCARD_MS] +
		    delta[FLUSH_MS], total_ios(rates));
	set_latency(table, TOP_READ_LATENCY, delta[READ_MS], delta[READ_IOS]);
	set_latency(table, TOP_WRITE_LATENCY, delta[WRITE_MS], delta[WRITE_IOS]);
	/* The counter has the resolution of a tick, and may be ahead of the clock. */
	busy = delta[BUSY_MS] / 10.0 / rates->sec;
	set_number(table, TOP_BUSY, busy < 100 ? busy : 100);
}

/**
 * struct view - the way in which tables are shown
 * @interval: time between two tables, in ns
 * @count: number of tables; 0 for no limit
 * @is_screen: each table replaces the table before, on a terminal
 * @is_plain: nothing is printed around the tables
 */
struct view {
	long long interval;
	unsigned long count;
	bool is_screen;
	bool is_plain;
};

static int by_ios(const void *a, const void *b)
{
	unsigned long long x = total_ios(a), y = total_ios(b);

	return x < y ? 1 : x > y ? -1 : 0;
}

/* Lines of the screen besides rows: the title, an empty line, headings, and the cursor. */
#define OTHER_LINES	4

/* Return the number of rows that fit on the screen. */
static size_t screen_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row <= OTHER_LINES)
		return 24 - OTHER_LINES;
	return size.ws_row - OTHER_LINES;
}

/* Clear the screen, and print the title. */
static void print_title(const struct view *view, size_t shown, size_t nr)
{
	time_t now = time(NULL);
	char clock[16];

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	printf("\033[H\033[2Jcnull top  %s  every %g s  ", clock,
	       (double)view->interval / NSEC_PER_SEC);
	if (shown < nr)
		printf("the %zu busiest of %zu disks", shown, nr);
	else if (nr)
		printf("%zu disk%s", nr, nr > 1 ? "s" : "");
	else
		printf("no disk is on");
	puts("  q: quit\n");
}

/* Print the rates between two snapshots. */
static enum cli_exit draw(const struct cli_call *call, const struct view *view,
			  const struct snapshot *before, const struct snapshot *now)
{
	struct rates *rates = calloc(now->nr ?: 1, sizeof(*rates));
	struct cli_table *table;
	enum cli_exit status;
	size_t i, shown = now->nr;
	time_t seconds = time(NULL);
	char clock[40];

	status = rates ? cli_table_open(call, &table) : cli_error(CLI_FAILED, "out of memory");
	if (status) {
		free(rates);
		return status;
	}
	strftime(clock, sizeof(clock), "%FT%T%z", localtime(&seconds));
	for (i = 0; i < now->nr; i++)
		rates[i] = compute_rates(before, &now->sample[i], i);
	if (view->is_screen) {
		if (shown > screen_rows()) {
			shown = screen_rows();
			qsort(rates, now->nr, sizeof(*rates), by_ios);
		}
		print_title(view, shown, now->nr);
	}
	for (i = 0; i < shown; i++)
		add_row(table, &rates[i], clock);
	free(rates);
	status = cli_table_close(table);
	fflush(stdout);
	return status;
}

static volatile sig_atomic_t is_ended, is_stopped;

static void take_signal(int signal)
{
	if (signal == SIGTSTP)
		is_stopped = 1;
	else if (signal != SIGWINCH)
		is_ended = 1;
}

static const int screen_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH };

/**
 * struct terminal - the state of a terminal while tables are shown in place
 * @has_keys: standard input is a terminal
 * @saved: its modes before
 * @unblocked: the mask of signals before. The signals above arrive only during a wait
 */
struct terminal {
	bool has_keys;
	struct termios saved;
	sigset_t unblocked;
};

/* Hide the cursor, and read keys without a line end. */
static void terminal_begin(struct terminal *terminal)
{
	struct termios modes;

	fputs("\033[?25l", stdout);
	terminal->has_keys = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &terminal->saved);
	if (!terminal->has_keys)
		return;
	modes = terminal->saved;
	modes.c_lflag &= ~(ICANON | ECHO);
	modes.c_cc[VMIN] = 0;
	modes.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

static void terminal_end(const struct terminal *terminal)
{
	fputs("\033[?25h", stdout);
	fflush(stdout);
	if (terminal->has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->saved);
}

static void catch_signals(struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = take_signal };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < sizeof(screen_signals) / sizeof(screen_signals[0]); i++) {
		sigaddset(&blocked, screen_signals[i]);
		sigaction(screen_signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &terminal->unblocked);
}

/* Stop, as ^Z does by default, with the terminal as it was before. */
static void stop(struct terminal *terminal)
{
	is_stopped = 0;
	terminal_end(terminal);
	raise(SIGSTOP);
	terminal_begin(terminal);
}

/* Read a key. */
static void read_key(void)
{
	char key;

	if (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q')
		is_ended = 1;
}

/*
 * Wait until @until, in ns, a key, or a signal. Return true if the time is over, false if
 * the screen must be drawn again or left.
 */
static bool wait_on_screen(struct terminal *terminal, long long until)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	long long rest = until - now_nsec();
	struct timespec timeout;
	int n;

	if (rest < 0)
		rest = 0;
	timeout.tv_sec = rest / NSEC_PER_SEC;
	timeout.tv_nsec = rest % NSEC_PER_SEC;
	n = ppoll(&keys, terminal->has_keys, &timeout, &terminal->unblocked);
	if (n > 0)
		read_key();
	if (is_stopped)
		stop(terminal);
	return !n;
}

static void wait_until(long long until)
{
	struct timespec time = { until / NSEC_PER_SEC, until % NSEC_PER_SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
		;
}

/*
 * Return the time of the table after that of @last, in ns. If that time is over, as after
 * a stop of this process, return the time after a whole interval from now: the tables in
 * between would have rates of almost no time.
 */
static long long time_after(long long last, long long interval)
{
	long long next = last + interval;
	long long now = now_nsec();

	return next > now ? next : now + interval;
}

/* Replace @before by @now, and @now by a new snapshot. */
static enum cli_exit advance(const struct cli_call *call, const struct cli_driver *driver,
			     struct snapshot *before, struct snapshot *now)
{
	free(before->sample);
	*before = *now;
	return take_snapshot(call, driver, now);
}

static enum cli_exit show_on_screen(const struct cli_call *call, const struct cli_driver *driver,
				    const struct view *view, struct snapshot *before,
				    struct snapshot *now)
{
	struct terminal terminal;
	enum cli_exit status;
	long long next = now->nsec + view->interval;

	/* A screen is written at once, so that it does not flicker. */
	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	catch_signals(&terminal);
	terminal_begin(&terminal);
	status = draw(call, view, before, now);
	while (!status && !ferror(stdout)) {
		bool is_over = wait_on_screen(&terminal, next);

		if (is_ended)
			break;
		if (is_over) {
			next = time_after(next, view->interval);
			status = advance(call, driver, before, now);
		}
		status = status ?: draw(call, view, before, now);
	}
	terminal_end(&terminal);
	return status;
}

static enum cli_exit print_tables(const struct cli_call *call, const struct cli_driver *driver,
				  const struct view *view, struct snapshot *before,
				  struct snapshot *now)
{
	long long next = now->nsec + view->interval;
	enum cli_exit status = CLI_DONE;
	unsigned long i;

	for (i = 0; !status && !ferror(stdout) && (!view->count || i < view->count); i++) {
		wait_until(next);
		next = time_after(next, view->interval);
		status = advance(call, driver, before, now);
		if (i && !view->is_plain)
			putchar('\n');
		status = status ?: draw(call, view, before, now);
	}
	return status;
}

/* Read the flags of @call. */
static enum cli_exit read_view(const struct cli_call *call, struct view *view)
{
	const char *interval = cli_value(call, "interval") ?: "1";
	const char *count = cli_value(call, "count");
	bool is_raw = cli_value(call, "json") || cli_value(call, "raw");
	char *end;
	double seconds = strtod(interval, &end);

	if (interval[strspn(interval, "0123456789.")] || *end || seconds < MIN_INTERVAL ||
	    seconds > MAX_INTERVAL)
		return cli_error(CLI_WRONG_USE, "--interval=%s: must be %g to %d seconds", interval,
				 MIN_INTERVAL, MAX_INTERVAL);
	view->interval = seconds * NSEC_PER_SEC;
	view->count = count ? strtoul(count, NULL, 10) : 0;
	if (count && (count[strspn(count, "0123456789")] || !view->count ||
		      view->count > MAX_COUNT))
		return cli_error(CLI_WRONG_USE, "--count=%s: must be 1 to %lu tables", count,
				 MAX_COUNT);
	view->is_plain = is_raw || cli_value(call, "noheadings");
	view->is_screen = isatty(STDOUT_FILENO) && !count && !is_raw;
	return CLI_DONE;
}

static enum cli_exit run_top(const struct cli_call *call)
{
	struct snapshot before = { }, now = { };
	const struct cli_driver *driver;
	struct view view;
	enum cli_exit status = read_view(call, &view);
	int i;

	status = status ?: cli_table_check(call);
	status = status ?: cli_driver_find(call->driver, &driver);
	for (i = 0; !status && i < call->nr_args; i++)
		status = cli_any_disk_check(driver, call->args[i]);
	status = status ?: take_snapshot(call, driver, &now);
	if (!status && view.is_screen)
		status = show_on_screen(call, driver, &view, &before, &now);
	else if (!status)
		status = print_tables(call, driver, &view, &before, &now);
	free(before.sample);
	free(now.sample);
	return status;
}

static const struct cli_flag top_flags[] = {
	{ 'd', "interval", "SEC", "time between two tables in seconds, 0.1 to 86400 (1)" },
	{ 'c', "count", "N", "print N tables, and exit" },
	{ }
};

const struct cli_command cli_top = {
	.name = "top",
	.args = "[NAME...]",
	.summary = "show rates of disks as they change",
	.details = "On a terminal, each table replaces the last one until q or ^C. If the terminal has\n"
		   "too few lines, it has the busiest disks. Elsewhere, and with --count, tables follow\n"
		   "each other. Cells are empty for a disk that is off, or whose requests the block\n"
		   "layer does not count because queue/iostats is 0.",
	.example = "top disk0 --interval 0.5",
	.columns = &top_columns,
	.flags = top_flags,
	.argument = CLI_ARG_DISKS,
	.max_args = 1 << 20,
	.run = run_top,
};
