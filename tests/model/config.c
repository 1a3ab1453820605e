// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the config: the rules for the values of the options.
 */
#include "config.h"
#include "zones.h"

int config_parse(const struct cnull_option *opt, u64 value)
{
	switch (opt->type) {
	case CNULL_TYPE_BOOL:
		/* Only the first character counts: 10 is read as 1, and 0 as 0. */
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

bool config_is_valid(const u64 *config)
{
	u64 blocksize = config[CNULL_OPTION_blocksize];
	u64 max_sectors = config[CNULL_OPTION_max_sectors];
	u64 node = config[CNULL_OPTION_home_node];

	return blocksize >= 512 && blocksize <= 65536 &&
	       !(blocksize & (blocksize - 1)) &&
	       config[CNULL_OPTION_irqmode] <= 2 &&
	       (config[CNULL_OPTION_queue_mode] == 0 ||
		config[CNULL_OPTION_queue_mode] == 2) &&
	       config[CNULL_OPTION_hw_queue_depth] >= 1 &&
	       (node == UINT_MAX || node == 0) &&
	       (!max_sectors ||
		(max_sectors >= 8 && max_sectors >= blocksize / 512)) &&
	       config[CNULL_OPTION_mbps] <= 40960 &&
	       config[CNULL_OPTION_read_mbps] <= 40960 &&
	       config[CNULL_OPTION_write_mbps] <= 40960 &&
	       config[CNULL_OPTION_iops] <= 1000000000 &&
	       config[CNULL_OPTION_size] < (1ULL << 43) &&
	       config[CNULL_OPTION_cache_size] < (1ULL << 43) &&
	       (!config[CNULL_OPTION_cache_size] ||
		config[CNULL_OPTION_memory_backed]) &&
	       config[CNULL_OPTION_zone_size] < (1ULL << 43) &&
	       config[CNULL_OPTION_zone_capacity] < (1ULL << 43) &&
	       (!config[CNULL_OPTION_zoned] || zones_are_valid(config)) &&
	       config[CNULL_OPTION_completion_nsec] <= (1ULL << 62);
}

void config_normalize(const u64 *config, u64 *effective)
{
	memcpy(effective, config, CNULL_NR_OPTIONS * sizeof(*config));
	if (effective[CNULL_OPTION_submit_queues] < 1 ||
	    effective[CNULL_OPTION_use_per_node_hctx])
		effective[CNULL_OPTION_submit_queues] = 1;
	if (effective[CNULL_OPTION_submit_queues] > nr_cpu_ids)
		effective[CNULL_OPTION_submit_queues] = nr_cpu_ids;
	if (effective[CNULL_OPTION_poll_queues] > nr_cpu_ids)
		effective[CNULL_OPTION_poll_queues] = nr_cpu_ids;
	if (effective[CNULL_OPTION_zoned])
		zones_normalize(effective);
}

int config_validate_change(const u64 *effective, enum cnull_option_id opt,
			   u64 value)
{
	switch (opt) {
	case CNULL_OPTION_submit_queues:
	case CNULL_OPTION_poll_queues:
		return (opt == CNULL_OPTION_submit_queues && !value) ||
		       value > nr_cpu_ids || effective[CNULL_OPTION_shared_tags] ?
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
