// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that end a command, during work that must be undone.
 */
#include <signal.h>
#include <stddef.h>

#include "interrupt.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define NR_SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static struct sigaction old_actions[NR_SIGNALS];
static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

/**
 * cli_interrupt_hold - keep signals from ending the process
 *
 * Signals that the process ignores stay ignored. System calls are restarted.
 */
void cli_interrupt_hold(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	size_t i;

	for (i = 0; i < NR_SIGNALS; i++) {
		sigaction(signals[i], NULL, &old_actions[i]);
		if (old_actions[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

/**
 * cli_interrupted - has a signal arrived since cli_interrupt_hold()?
 *
 * Return: true if the work must end.
 */
bool cli_interrupted(void)
{
	return caught;
}

/**
 * cli_interrupt_release - let signals end the process again
 *
 * A signal that has arrived ends the process now, so that its parent sees the signal.
 */
void cli_interrupt_release(void)
{
	int number = caught;
	size_t i;

	for (i = 0; i < NR_SIGNALS; i++)
		sigaction(signals[i], &old_actions[i], NULL);
	caught = 0;
	if (number)
		raise(number);
}
