/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one entry: each request of each backend begins here.
 */
#ifndef CNULL_RUN_H
#define CNULL_RUN_H

#include "io/live.h"

enum cnull_action cnull_io_run(struct cnull_live *live, struct cnull_io *io,
			       enum cnull_wait wait);

#endif
