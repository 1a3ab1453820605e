// SPDX-License-Identifier: GPL-2.0
/*
 * The load generator: kernel threads, each on a CPU of its own, keep a disk busy with
 * random I/O. There is no system call for each I/O, so the time is that of the block layer
 * and the driver.
 *
 * The interface is one file in debugfs, cnull_load/run. A write starts a run, and returns
 * at its end:
 *
 *	op=read disk=null0 bs=4096 batch=32 threads=2 ms=500
 *
 * A read returns the results, or the reason of an error:
 *
 *	ios=1234567 ns=810.0
 *	thread=0 cpu=0 ios=617283 ns=810.1
 *	thread=1 cpu=1 ios=617284 ns=809.9
 *
 * where ns is the mean time of an I/O in its thread. op is one of
 *
 *	read, write	random reads or writes of the disk
 *	none		bios that complete instead of being submitted: the cost
 *			of the generator itself
 *	copy-read	copies of 4 KiB from a random page of mib=1024 MiB
 *	copy-write	copies to a random page: copies are the minimum cost
 *			of a memory-backed disk
 *	zone-write	writes to zones, at the write pointer
 *	zone-append	appends to zones
 *	shared-append	appends of all threads to the same zone
 *
 * The last three fill zones round by round, and reset each zone before its use. Each
 * thread has its share of the zones; with shared-append, all threads share all zones.
 * Another line reports the resets:
 *
 *	resets=12 ns=2345678.9 without=765.4
 *
 * where ns is the mean time of a reset, waits of other threads included, and "without" is
 * the mean time of an I/O without that.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "answer.h"
#include "load.h"

/* Serializes the runs; guards load_answer. */
static DEFINE_MUTEX(lock);

static struct dentry *debugfs_dir;

/* Parse a word of the request, "key=value". */
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
			return load_refuse(-EINVAL, "unknown op '%s', must be read, write, none, copy-read, copy-write, zone-write, zone-append or shared-append",
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
	return load_refuse(-EINVAL, "unknown key '%s', must be op, disk, bs, batch, threads, ms or mib",
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
