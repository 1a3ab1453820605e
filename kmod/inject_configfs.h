/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: the files and module parameters that set them.
 */
#ifndef CNULL_FAULTS_H
#define CNULL_FAULTS_H

#include <linux/configfs.h>

#include "fault/inject.h"

/**
 * struct cnull_fault_group - a directory with the attributes of a fault
 * @group: configfs's part
 * @fault: of the same device
 */
struct cnull_fault_group {
	struct config_group group;
	struct cnull_fault *fault;
};

extern struct cnull_fault cnull_fault_params[CNULL_NR_FAULTS];

void cnull_faults_add(struct config_group *parent,
		      struct cnull_fault_group *groups,
		      struct cnull_fault *faults);

#endif
