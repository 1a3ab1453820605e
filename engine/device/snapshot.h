/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots: the frozen contents of a device.
 */
#ifndef CNULL_SNAPSHOT_H
#define CNULL_SNAPSHOT_H

#include "device/device.h"
#include "store/compare.h"

/**
 * struct cnull_snapshot - the contents of a device at some time
 * @store: the data, shared with the device as long as both are the same
 * @zones: the zones; NULL if the device had none
 * @config: the config of the device, effective if the device was on
 *
 * Nothing changes from cnull_snapshot_take() to cnull_snapshot_drop(). A snapshot has no
 * reference to its device, and may outlive it. The caller keeps the snapshot while another
 * function uses it.
 */
struct cnull_snapshot {
	struct cnull_store store;
	struct cnull_zones *zones;
	struct cnull_config config;
};

/** enum cnull_restore - how to treat users of a disk that goes back to a snapshot */
enum cnull_restore {
	CNULL_RESTORE_UNUSED,	/* refuse if the disk is open for writing */
	CNULL_RESTORE_FORCED,	/* restore nevertheless */
};

int cnull_snapshot_take(struct cnull_dev *dev, struct cnull_snapshot *snapshot);
void cnull_snapshot_drop(struct cnull_snapshot *snapshot);
int cnull_snapshot_restore(struct cnull_dev *dev, struct cnull_snapshot *snapshot,
			   enum cnull_restore how);
int cnull_snapshot_clone(struct cnull_snapshot *snapshot, struct cnull_dev *dev);
ssize_t cnull_snapshot_show_changes(struct cnull_snapshot *snapshot,
				    struct cnull_snapshot *base, char *text,
				    size_t size);
void cnull_dev_usage(struct cnull_dev *dev, struct cnull_usage *usage);

#endif
