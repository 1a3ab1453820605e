/* SPDX-License-Identifier: GPL-2.0 */
/*
 * blk-mq: requests on their way to the engine and back.
 */
#ifndef CNULL_MQ_H
#define CNULL_MQ_H

#include <linux/blk-mq.h>

#include "dev.h"

extern const struct blk_mq_ops cnull_mq_ops;
extern const unsigned int cnull_mq_cmd_size;

void cnull_mq_hurry(struct cnull_live *live, struct gendisk *gendisk,
		    struct blk_mq_tag_set *tags);
int cnull_mq_init(void);
void cnull_mq_exit(void);

#endif
