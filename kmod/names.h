/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that users see: those of cnull, or those of null_blk in the drop-in.
 */
#ifndef CNULL_NAMES_H
#define CNULL_NAMES_H

/* The directory in configfs, and the names of disks of the module parameters. */
#ifdef CNULL_DROP_IN
#define CNULL_DIR	"nullb"
#define CNULL_DISK	"nullb%u"
#else
#define CNULL_DIR	"cnull"
#define CNULL_DISK	"cnullb%u"
#endif

#endif
