/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bio mode: bios on their way to the engine and back, without requests.
 */
#ifndef CNULL_BIO_H
#define CNULL_BIO_H

#include "driver.h"

extern const struct cnull_queue_mode cnull_bio;

#endif
