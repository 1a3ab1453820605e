/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that users see: cnull's, or in the drop-in null_blk's.
 */
#ifndef CNULL_NAMES_H
#define CNULL_NAMES_H

/* The directory in configfs, and disks that module parameters make. */
#ifdef CNULL_DROP_IN
#define CNULL_DIR	"nullb"
#define CNULL_DISK	"nullb%u"
#else
#define CNULL_DIR	"cnull"
#define CNULL_DISK	"cnullb%u"
#endif

#endif
