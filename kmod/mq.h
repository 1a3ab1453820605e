/* SPDX-License-Identifier: GPL-2.0 */
/*
 * blk-mq: requests on their way to the engine and back.
 */
#ifndef CNULL_MQ_H
#define CNULL_MQ_H

#include "driver.h"

extern const struct cnull_queue_mode cnull_mq;
extern const struct blk_mq_ops cnull_mq_ops;
extern const unsigned int cnull_mq_cmd_size;

#endif
