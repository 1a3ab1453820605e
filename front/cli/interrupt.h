/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that end a command, during work that must be undone.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

void cli_interrupt_hold(void);
bool cli_interrupted(void);
void cli_interrupt_release(void);

#endif
