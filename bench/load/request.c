// SPDX-License-Identifier: GPL-2.0
/*
 * A load generator in the kernel: threads, one for each CPU, keep a disk busy with
 * random I/O. No system call stands between it and the driver, so that the
 * driver's own cost can be seen.
 *
 * One file in debugfs, cnull_load/run. Write what to do, and wait:
 *
 *	op=read disk=null0 bs=4096 batch=32 threads=2 ms=500
 *
 * then read how it went, or why it was refused:
 *
 *	ios=1234567 ns=810.0
 *	thread=0 cpu=0 ios=617283 ns=810.1
 *	thread=1 cpu=1 ios=617284 ns=809.9
 *
 * where ns is how long one I/O takes its thread, on average. op is one of
 *
 *	read, write	of the disk
 *	none		bios that are ended where they would be submitted:
 *			what the generator itself costs
 *	copy-read	4 KiB from a random page of mib=1024 MiB, and
 *	copy-write	to one: what no memory-backed disk can do without
 *	zone-write	of zones, at their write pointer
 *	zone-append	appends to zones
 *	shared-append	the same, but all threads append to the same zone
 *
 * The last three fill zones, each thread its share of them or all threads all, round
 * by round, and reset each before they come to it. How long that took is in another
 * line:
 *
 *	resets=12 ns=2345678.9 without=765.4
 *
 * where ns is the time of all threads that each reset took, and "without" how long
 * one I/O takes its thread if that is left out.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "load.h"

const char * const load_op_names[] = {
	[OP_READ] = "read",
	[OP_WRITE] = "write",
	[OP_NONE] = "none",
	[OP_COPY_READ] = "copy-read",
	[OP_COPY_WRITE] = "copy-write",
	[OP_ZONE_WRITE] = "zone-write",
	[OP_ZONE_APPEND] = "zone-append",
	[OP_SHARED_APPEND] = "shared-append",
};

/* One run at a time; guards the answer. */
static DEFINE_MUTEX(lock);
char load_answer[LOAD_ANSWER_SIZE];

static struct dentry *debugfs_dir;

/**
 * load_refuse - say why something cannot be done
 * @err: what to return
 * @fmt: the reason, without a newline
 *
 * Context: May sleep. One at a time.
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

/* A word of the request, "key=value". */
static int parse_word(struct load_spec *spec, char *word)
{
	const struct {
		const char *key;
		unsigned int *field, min, max;
	} numbers[] = {
		{ "bs", &spec->bs, SECTOR_SIZE, SZ_1M },
		{ "batch", &spec->batch, 1, 1024 },
		{ "threads", &spec->threads, 1, num_online_cpus() },
		{ "ms", &spec->ms, 1, 600000 },
		{ "mib", &spec->mib, 1, SZ_1M },
	};
	char *value = strchr(word, '=');
	unsigned int i;

	if (!value)
		return load_refuse(-EINVAL, "'%s' is not of the form key=value", word);
	*value++ = '\0';
	if (!strcmp(word, "disk")) {
		spec->disk = value;
		return 0;
	}
	if (!strcmp(word, "op")) {
		spec->op = match_string(load_op_names, ARRAY_SIZE(load_op_names),
					value);
		if (spec->op < 0)
			return load_refuse(-EINVAL, "no op '%s': read, write, none, copy-read, copy-write, zone-write, zone-append or shared-append",
					   value);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (strcmp(word, numbers[i].key))
			continue;
		if (kstrtouint(value, 0, numbers[i].field) ||
		    *numbers[i].field < numbers[i].min ||
		    *numbers[i].field > numbers[i].max)
			return load_refuse(-EINVAL, "%s is '%s', must be %u..%u", word, value,
					   numbers[i].min, numbers[i].max);
		return 0;
	}
	return load_refuse(-EINVAL, "no key '%s': op, disk, bs, batch, threads, ms or mib",
			   word);
}

static int run_request(char *request)
{
	struct load_run run = {
		.spec = {
			.op = OP_READ,
			.bs = PAGE_SIZE,
			.batch = 1,
			.threads = 1,
			.ms = 1000,
			.mib = 1024,
		},
	};
	char *word;
	int err;

	while ((word = strsep(&request, " \n"))) {
		if (!*word)
			continue;
		err = parse_word(&run.spec, word);
		if (err)
			return err;
	}
	if (run.spec.bs % SECTOR_SIZE)
		return load_refuse(-EINVAL, "bs=%u is no multiple of %u", run.spec.bs,
				   SECTOR_SIZE);
	return load_generate(&run);
}

static ssize_t run_write(struct file *file, const char __user *user, size_t len,
			 loff_t *pos)
{
	char *request;
	int err;

	if (len >= PAGE_SIZE)
		return -EINVAL;
	request = memdup_user_nul(user, len);
	if (IS_ERR(request))
		return PTR_ERR(request);
	mutex_lock(&lock);
	err = run_request(request);
	mutex_unlock(&lock);
	kfree(request);
	return err ? err : len;
}

static int run_show(struct seq_file *seq, void *unused)
{
	mutex_lock(&lock);
	seq_puts(seq, load_answer);
	mutex_unlock(&lock);
	return 0;
}

static int run_open(struct inode *inode, struct file *file)
{
	return single_open(file, run_show, NULL);
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = run_open,
	.read = seq_read,
	.write = run_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init request_init(void)
{
	debugfs_dir = debugfs_create_dir("cnull_load", NULL);
	debugfs_create_file("run", 0600, debugfs_dir, NULL, &run_fops);
	return 0;
}

static void __exit request_exit(void)
{
	debugfs_remove(debugfs_dir);
	load_exit();
}

module_init(request_init);
module_exit(request_exit);
MODULE_DESCRIPTION("Load generator for block devices");
MODULE_LICENSE("GPL");
