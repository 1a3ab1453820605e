/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text: lists of words.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>

bool cli_has_word(const char *list, char separator, const char *word);

#endif
