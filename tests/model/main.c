// SPDX-License-Identifier: GPL-2.0
/*
 * The model test: run random sequences of operations on the engine and on a model
 * of it. Shrink and print a sequence on which the two differ.
 *
 *	model [-s SEED] [-n SEQUENCES] [-l LENGTH] [-f]
 *
 * With -f, run each sequence 100 times. The first, second, ... hundredth allocation
 * fails in turn.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "model.h"
#include "../unit/rng.h"

#define MOST_OPS	10000

/* A sequence has all its memory after fewer allocations than this. */
#define FAIL_MOST	100

/*
 * Remove operations that the failure does not need: halves first, then ever smaller
 * parts, down to single operations. Repeat until no removal keeps the failure.
 * Return the new number of operations.
 */
static size_t shrink(struct op *ops, size_t nr)
{
	static struct op fewer[MOST_OPS];
	size_t part, at, failed;
	bool shrunk;

	do {
		shrunk = false;
		for (part = max_t(size_t, nr / 2, 1); part; part /= 2) {
			for (at = 0; at + part <= nr;) {
				memcpy(fewer, ops, at * sizeof(*ops));
				memcpy(fewer + at, ops + at + part,
				       (nr - at - part) * sizeof(*ops));
				if (!world_run(fewer, nr - part, &failed)) {
					at += part;
					continue;
				}
				nr -= part;
				memcpy(ops, fewer, nr * sizeof(*ops));
				shrunk = true;
			}
		}
	} while (shrunk);
	return nr;
}

/* Shrink and print a sequence that failed at the operation with index @failed. */
static void report(struct op *ops, size_t nr, size_t failed, u64 seed)
{
	const char *why;
	size_t i;

	/* The failure does not need later operations. */
	nr = shrink(ops, min_t(size_t, nr, failed + 1));
	why = world_run(ops, nr, &failed);
	printf("# seed %llu: %s\n", seed, why ? why : "not reproduced");
	printf("# after %zu operations:\n", nr);
	for (i = 0; i < nr; i++)
		op_print(&ops[i]);
}

/* Run a sequence. Return true if it passed, else print a report. */
static bool run_sequence(struct op *ops, size_t nr, u64 seed)
{
	size_t failed;

	if (!world_run(ops, nr, &failed))
		return true;
	report(ops, nr, failed, seed);
	return false;
}

/* Run a sequence once for each of the first allocations, which fails alone. */
static bool run_sequence_failing(struct op *ops, size_t nr, u64 seed)
{
	static struct op copy[MOST_OPS];
	u64 n;

	for (n = 1; n <= FAIL_MOST; n++) {
		size_t i;

		memcpy(copy, ops, nr * sizeof(*ops));
		for (i = 0; i < nr; i++)
			if (copy[i].kind == OP_FAIL_ALLOC)
				copy[i] = (struct op) { .kind = OP_FLUSH };
		copy[0] = (struct op) { .kind = OP_FAIL_ALLOC, .a = n };
		if (!run_sequence(copy, nr, seed))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	bool (*run)(struct op *ops, size_t nr, u64 seed) = run_sequence;
	static struct op ops[MOST_OPS];
	size_t sequences = 2000, length = 200, i, j;
	const char *name = "random_sequences";
	u64 seed = time(NULL);
	int opt;

	while ((opt = getopt(argc, argv, "s:n:l:f")) != -1) {
		switch (opt) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			sequences = strtoul(optarg, NULL, 0);
			break;
		case 'l':
			length = strtoul(optarg, NULL, 0);
			break;
		case 'f':
			run = run_sequence_failing;
			name = "failing_allocations";
			break;
		default:
			fprintf(stderr,
				"usage: %s [-s SEED] [-n SEQUENCES] [-l LENGTH] [-f]\n",
				argv[0]);
			return 2;
		}
	}
	if (length < 1 || length > MOST_OPS) {
		fprintf(stderr, "the length is %zu, must be 1 to %d\n", length,
			MOST_OPS);
		return 2;
	}
	printf("# seed %llu\n", seed);
	for (i = 0; i < sequences; i++, seed++) {
		struct rng rng = { .state = seed * 0x9e3779b97f4a7c15ULL | 1 };

		for (j = 0; j < length; j++)
			ops[j] = op_random(&rng);
		/* Half of the sequences set all options at the start. */
		if (length > 1 && rng_below(&rng, 2))
			ops[1] = op_of_kind(&rng, OP_SET_ALL);
		if (!run(ops, length, seed)) {
			printf("# repeat with: -s %llu -n 1 -l %zu%s\n", seed,
			       length, run == run_sequence ? "" : " -f");
			printf("not ok model.%s\n", name);
			return 1;
		}
	}
	printf("ok model.%s (%zu of %zu operations)\n", name, sequences, length);
	return 0;
}
