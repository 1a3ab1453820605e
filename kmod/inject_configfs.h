/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection: its directories in configfs, and its module parameters.
 */
#ifndef CNULL_INJECT_CONFIGFS_H
#define CNULL_INJECT_CONFIGFS_H

#include <linux/configfs.h>

#include "fault/inject.h"

/**
 * struct cnull_fault_group - the directory of one kind of fault of a device
 * @group: configfs's part
 * @faults: the faults of the device; constant
 * @kind: the kind; constant
 */
struct cnull_fault_group {
	struct config_group group;
	struct cnull_faults *faults;
	enum cnull_fault_kind kind;
};

/* The faults that new devices begin with. Constant after the module was loaded. */
extern struct cnull_fault cnull_fault_params[CNULL_NR_FAULTS];

void cnull_faults_add(struct config_group *parent,
		      struct cnull_fault_group *groups,
		      struct cnull_faults *faults);

#endif
