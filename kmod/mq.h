/* SPDX-License-Identifier: GPL-2.0 */
/*
 * blk-mq: requests on their way to the engine and back.
 */
#ifndef CNULL_MQ_H
#define CNULL_MQ_H

#include "driver.h"

extern const struct cnull_queue_mode cnull_mq;

#endif
