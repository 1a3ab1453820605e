// SPDX-License-Identifier: GPL-2.0
/*
 * What settings may be, and what comes of them.
 */
#include "settings.h"
#include "zones.h"

int settings_parse(const struct cnull_option *opt, u64 value)
{
	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		/* Only the first letter counts: 1, 10 and 0, 1000 and so on. */
		while (value > 9)
			value /= 10;
		return value > 1 ? -EINVAL : 0;
	case CNULL_TYPE_UINT:
	case CNULL_TYPE_NODE:
		return value > UINT_MAX ? -ERANGE : 0;
	case CNULL_TYPE_ULONG:
		return 0;
	}
	return 0;
}

bool settings_go(const u64 *set)
{
	u64 blocksize = set[CNULL_OPTION_blocksize];
	u64 max_sectors = set[CNULL_OPTION_max_sectors];
	u64 node = set[CNULL_OPTION_home_node];

	return blocksize >= 512 && blocksize <= 65536 &&
	       !(blocksize & (blocksize - 1)) &&
	       set[CNULL_OPTION_irqmode] <= 2 &&
	       (set[CNULL_OPTION_queue_mode] == 0 ||
		set[CNULL_OPTION_queue_mode] == 2) &&
	       set[CNULL_OPTION_hw_queue_depth] >= 1 &&
	       (node == UINT_MAX || node == 0) &&
	       (!max_sectors ||
		(max_sectors >= 8 && max_sectors >= blocksize / 512)) &&
	       set[CNULL_OPTION_mbps] <= 40960 &&
	       set[CNULL_OPTION_read_mbps] <= 40960 &&
	       set[CNULL_OPTION_write_mbps] <= 40960 &&
	       set[CNULL_OPTION_iops] <= 1000000000 &&
	       set[CNULL_OPTION_size] < (1ULL << 43) &&
	       set[CNULL_OPTION_cache_size] < (1ULL << 43) &&
	       (!set[CNULL_OPTION_cache_size] || set[CNULL_OPTION_memory_backed]) &&
	       set[CNULL_OPTION_zone_size] < (1ULL << 43) &&
	       set[CNULL_OPTION_zone_capacity] < (1ULL << 43) &&
	       (!set[CNULL_OPTION_zoned] || zones_go(set)) &&
	       set[CNULL_OPTION_completion_nsec] <= (1ULL << 62);
}

void settings_fit(const u64 *set, u64 *conf)
{
	memcpy(conf, set, CNULL_NR_OPTIONS * sizeof(*set));
	if (conf[CNULL_OPTION_submit_queues] < 1 ||
	    conf[CNULL_OPTION_use_per_node_hctx])
		conf[CNULL_OPTION_submit_queues] = 1;
	if (conf[CNULL_OPTION_submit_queues] > nr_cpu_ids)
		conf[CNULL_OPTION_submit_queues] = nr_cpu_ids;
	if (conf[CNULL_OPTION_poll_queues] > nr_cpu_ids)
		conf[CNULL_OPTION_poll_queues] = nr_cpu_ids;
	if (conf[CNULL_OPTION_zoned])
		zones_fit(conf);
}

int settings_live(const u64 *conf, enum cnull_option_id opt, u64 value)
{
	switch (opt) {
	case CNULL_OPTION_submit_queues:
	case CNULL_OPTION_poll_queues:
		return (opt == CNULL_OPTION_submit_queues && !value) ||
		       value > nr_cpu_ids || conf[CNULL_OPTION_shared_tags] ?
			       -EINVAL : 0;
	case CNULL_OPTION_mbps:
	case CNULL_OPTION_read_mbps:
	case CNULL_OPTION_write_mbps:
		return value > 40960 ? -EINVAL : 0;
	case CNULL_OPTION_iops:
		return value > 1000000000 ? -EINVAL : 0;
	case CNULL_OPTION_zone_max_open:
	case CNULL_OPTION_zone_max_active:
		return 0;
	default:
		return -EBUSY;
	}
}
