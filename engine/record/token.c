// SPDX-License-Identifier: GPL-2.0
/*
 * Tokens: "c1.LOG.POINT.POLICY.ARGUMENT".
 *
 * LOG is the fingerprint of the log, in 16 digits of base 16. POINT is a decimal number. A
 * letter before it is the unit of tearing: b, s or n. POLICY is a word. ARGUMENT is a
 * decimal number. For bits it is "NUMBER.DIGITS": the number of bits, and the bits in
 * base64url, the lowest bit first. Each state has one text only.
 */
#include "record/token.h"

#define VERSION		"c1."
#define DIGIT_BITS	6

/* The letters of &cnull_token.tear. */
static const char tears[] = "bsn";

static const char *const policies[CNULL_NR_POLICIES] = {
	[CNULL_POLICY_NONE] = "none",
	[CNULL_POLICY_ALL] = "all",
	[CNULL_POLICY_PREFIX] = "prefix",
	[CNULL_POLICY_LOST] = "lost",
	[CNULL_POLICY_KEPT] = "kept",
	[CNULL_POLICY_RANDOM] = "random",
	[CNULL_POLICY_TORN] = "torn",
	[CNULL_POLICY_EXHAUSTIVE] = "every",
	[CNULL_POLICY_BITS] = "bits",
};

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static u64 mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static u64 mix_data(struct cnull_log *log, const struct cnull_log_entry *entry, u64 hash)
{
	u64 word;
	u32 done, len;

	for (done = 0; done < entry->len; done += len) {
		len = min(entry->len - done, (u32)sizeof(word));
		word = 0;
		cnull_log_read(log, entry, done, &word, len);
		hash = mix(hash, word);
	}
	return hash;
}

/**
 * cnull_token_log - return the fingerprint of a log
 * @log: the log, which has stopped
 *
 * Context: May sleep. Reads all data of the log.
 * Return: a hash of all entries, their order, and their data.
 */
u64 cnull_token_log(struct cnull_log *log)
{
	u32 nr = cnull_log_nr_entries(log), i;
	u64 hash = nr;

	for (i = 0; i < nr; i++) {
		struct cnull_log_entry *entry = cnull_log_entry(log, i);
		u32 completed = cnull_log_completed(log, entry);

		hash = mix(hash, (u64)entry->op << 8 | entry->flags);
		hash = mix(hash, entry->sector);
		hash = mix(hash, entry->nr_sectors);
		hash = mix(hash, (u64)entry->submitted << 32 | completed);
		hash = mix(hash, completed ? entry->error : 0);
		hash = mix_data(log, entry, hash);
		cond_resched();
	}
	return hash;
}

static u32 nr_digits(u32 nr_bits)
{
	return DIV_ROUND_UP(nr_bits, DIGIT_BITS);
}

static bool bit_of(const unsigned long *bits, u32 nr)
{
	return bits[nr / BITS_PER_LONG] >> (nr % BITS_PER_LONG) & 1;
}

static char digit_of(const struct cnull_token *token, u32 nr)
{
	u32 value = 0, i;

	for (i = 0; i < DIGIT_BITS && nr * DIGIT_BITS + i < token->nr_bits; i++)
		value |= (u32)bit_of(token->bits, nr * DIGIT_BITS + i) << i;
	return digits[value];
}

/**
 * cnull_token_print - write a token
 * @token: the state
 * @text: the buffer, of %CNULL_TOKEN_SIZE bytes
 *
 * Context: Any.
 * Return: the length of the text in bytes, or -E2BIG if the bits do not fit.
 */
int cnull_token_print(const struct cnull_token *token, char *text)
{
	int len = snprintf(text, CNULL_TOKEN_SIZE, VERSION "%016llx.%c%u.%s.", token->log,
			   tears[token->tear], token->point, policies[token->policy]);
	u32 i;

	if (token->policy != CNULL_POLICY_BITS)
		return len + snprintf(text + len, CNULL_TOKEN_SIZE - len, "%llu",
				      token->index);
	len += snprintf(text + len, CNULL_TOKEN_SIZE - len, "%u.", token->nr_bits);
	if (token->nr_bits > CNULL_TOKEN_WORDS * BITS_PER_LONG ||
	    len + nr_digits(token->nr_bits) >= CNULL_TOKEN_SIZE)
		return -E2BIG;
	for (i = 0; i < nr_digits(token->nr_bits); i++)
		text[len++] = digit_of(token, i);
	text[len] = '\0';
	return len;
}

/* Parse a decimal number up to @max without leading zeros, and the byte @end behind it. */
static bool parse_number(const char **text, u64 max, char end, u64 *value)
{
	const char *at = *text;

	if (*at == '0' && at[1] != end)
		return false;
	for (*value = 0; *at >= '0' && *at <= '9'; at++) {
		u32 digit = *at - '0';

		if (*value > div_u64(max - digit, 10))
			return false;
		*value = *value * 10 + digit;
	}
	if (at == *text || *at != end)
		return false;
	*text = end ? at + 1 : at;
	return true;
}

static bool parse_log(const char **text, u64 *log)
{
	u32 i;

	*log = 0;
	for (i = 0; i < 16; i++) {
		char c = *(*text)++;

		if (c >= '0' && c <= '9')
			*log = *log << 4 | (u64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*log = *log << 4 | (u64)(c - 'a' + 10);
		else
			return false;
	}
	return *(*text)++ == '.';
}

/* Parse a policy and the dot behind it. */
static bool parse_policy(const char **text, enum cnull_policy *policy)
{
	u32 i;

	for (i = 0; i < CNULL_NR_POLICIES; i++) {
		size_t len = strlen(policies[i]);

		if (strncmp(*text, policies[i], len) || (*text)[len] != '.')
			continue;
		*policy = i;
		*text += len + 1;
		return true;
	}
	return false;
}

static bool parse_bits(const char *text, struct cnull_token *token)
{
	u32 i, j;

	if (strlen(text) != nr_digits(token->nr_bits))
		return false;
	for (i = 0; text[i]; i++) {
		const char *digit = strchr(digits, text[i]);

		if (!digit)
			return false;
		for (j = 0; j < DIGIT_BITS; j++) {
			u32 nr = i * DIGIT_BITS + j;

			if (!((digit - digits) >> j & 1))
				continue;
			if (nr >= token->nr_bits)
				return false;
			token->bits[nr / BITS_PER_LONG] |= 1UL << (nr % BITS_PER_LONG);
		}
	}
	return true;
}

/**
 * cnull_token_parse - parse a token
 * @token: set to the state
 * @text: the text, without blanks; a newline may follow
 *
 * Context: Any.
 * Return: 0, or -EINVAL if @text is not the text of cnull_token_print().
 */
int cnull_token_parse(struct cnull_token *token, const char *text)
{
	char copy[CNULL_TOKEN_SIZE + 1];
	const char *at = copy, *tear;
	ssize_t len = strscpy(copy, text, sizeof(copy));
	u64 value;

	memset(token, 0, sizeof(*token));
	if (len < 0)
		return -EINVAL;
	if (len && copy[len - 1] == '\n')
		copy[--len] = '\0';
	if (len >= CNULL_TOKEN_SIZE || strncmp(at, VERSION, strlen(VERSION)))
		return -EINVAL;
	at += strlen(VERSION);
	if (!parse_log(&at, &token->log) || !*at)
		return -EINVAL;
	tear = strchr(tears, *at++);
	if (!tear || !parse_number(&at, (u32)~0U, '.', &value))
		return -EINVAL;
	token->tear = tear - tears;
	token->point = value;
	if (!parse_policy(&at, &token->policy))
		return -EINVAL;
	if (token->policy != CNULL_POLICY_BITS)
		return parse_number(&at, ~0ULL, '\0', &token->index) ? 0 : -EINVAL;
	if (!parse_number(&at, CNULL_TOKEN_WORDS * BITS_PER_LONG, '.', &value))
		return -EINVAL;
	token->nr_bits = value;
	return parse_bits(at, token) ? 0 : -EINVAL;
}

/**
 * cnull_token_set_bits - make a token hold the bits of a state
 * @token: the token; its policy and its bits are set
 * @crash: the walk, after cnull_crash_list()
 * @bits: the bits for cnull_crash_show()
 *
 * Context: Any.
 * Return: 0, or -E2BIG if the point has more bits than a token can hold.
 */
int cnull_token_set_bits(struct cnull_token *token, const struct cnull_crash *crash,
			 const unsigned long *bits)
{
	u32 nr = cnull_crash_nr_units(crash) + cnull_crash_nr_pairs(crash), i;

	if (nr > CNULL_TOKEN_WORDS * BITS_PER_LONG)
		return -E2BIG;
	token->policy = CNULL_POLICY_BITS;
	token->index = 0;
	token->nr_bits = nr;
	memset(token->bits, 0, sizeof(token->bits));
	for (i = 0; i < nr; i++)
		if (bit_of(bits, i))
			token->bits[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
	return 0;
}

/**
 * cnull_token_show - make the state of a token appear on the target of a walk
 * @token: the token
 * @crash: the walk, not beyond the point of the token, with its unit of tearing
 * @log: the fingerprint of the log of the walk
 *
 * Context: May sleep.
 * Return: 0, or a negative errno:
 * * -ESTALE: the token is for another log
 * * -ERANGE: the log, or the point, has no such state, or the walk is beyond the point
 * * an error of cnull_crash_show()
 */
int cnull_token_show(const struct cnull_token *token, struct cnull_crash *crash, u64 log)
{
	unsigned long *bits;
	int err;

	if (token->log != log)
		return -ESTALE;
	err = cnull_crash_go(crash, token->point);
	if (!err)
		err = cnull_crash_list(crash);
	if (err)
		return err;
	if (token->policy == CNULL_POLICY_BITS) {
		if (token->nr_bits != cnull_crash_nr_units(crash) + cnull_crash_nr_pairs(crash))
			return -ERANGE;
		return cnull_crash_show(crash, token->bits);
	}
	bits = kvmalloc(cnull_policy_bits_size(crash), GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	err = cnull_policy_choose(crash, token->policy, token->index, bits);
	if (!err)
		err = cnull_crash_show(crash, bits);
	kvfree(bits);
	return err;
}
