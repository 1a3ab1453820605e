// SPDX-License-Identifier: GPL-2.0
/*
 * Text: lists of words.
 */
#include <string.h>

#include "text.h"

/**
 * cli_has_word - is a word in a list?
 * @list: the words
 * @separator: the character between two words
 * @word: the word
 *
 * Return: true if the list has the word.
 */
bool cli_has_word(const char *list, char separator, const char *word)
{
	const char separators[] = { separator, '\0' };
	size_t length = strlen(word);

	while (*list) {
		size_t n = strcspn(list, separators);

		if (n == length && !strncmp(list, word, n))
			return true;
		list += n + (list[n] == separator);
	}
	return false;
}
