// SPDX-License-Identifier: GPL-2.0
/*
 * The runner of the suites in user space.
 *
 *	unit [-s SEED] [-r ROUNDS] [-f] [NAME...]
 *
 * Run all cases, or those whose "suite.case" starts with a NAME. SEED is the start of the
 * random numbers, ROUNDS a factor for the length of the tests.
 *
 * With -f, run each case repeatedly: the first, second, ... allocation fails. A failed
 * expectation is no error then, but a crash, a leak and a warning are errors.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../world.h"

static struct kunit_suite *suites[32];
static unsigned int nr_suites;
static unsigned int passed, failed;
static bool failing;

void user_kunit_add(struct kunit_suite *suite)
{
	shim_require(nr_suites < ARRAY_SIZE(suites));
	suites[nr_suites++] = suite;
}

void user_kunit_fail(struct kunit *test, const char *file, int line,
		     const char *what, long long left, long long right)
{
	test->failed = true;
	if (failing)
		return;
	printf("# %s:%d: failed: %s (%lld, %lld)\n", file, line, what, left,
	       right);
}

void user_kunit_say(const char *fmt, ...)
{
	va_list args;

	if (failing)
		return;
	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
}

/* Run a case. Its allocation number @fail_at fails; 0: none. */
static bool run_once(const struct kunit_suite *suite,
		     const struct kunit_case *test_case, long fail_at)
{
	struct kunit test = { 0 };

	if (!setjmp(test.abandon)) {
		KUNIT_ASSERT_EQ(&test, suite->init(&test), 0);
		world_fail_alloc(fail_at);
		test_case->run_case(&test);
	}
	world_fail_alloc(0);
	suite->exit(&test);
	return !test.broken && (fail_at || !test.failed);
}

/*
 * Run a case with one failing allocation: the first ones in order, later ones with
 * growing distances. A test with many allocations makes them in a few places of the code.
 */
static bool run_failing(const struct kunit_suite *suite,
			const struct kunit_case *test_case)
{
	long n;

	for (n = 1; n < 3000; n += 1 + n / 8)
		if (!run_once(suite, test_case, n)) {
			printf("# with allocation %ld failing\n", n);
			return false;
		}
	return true;
}

static void run_case(const struct kunit_suite *suite,
		     const struct kunit_case *test_case)
{
	bool good = failing ? run_failing(suite, test_case) :
			      run_once(suite, test_case, 0);

	printf("%s %s.%s%s\n", good ? "ok" : "not ok", suite->name,
	       test_case->name, failing ? " (failing allocations)" : "");
	fflush(stdout);
	good ? passed++ : failed++;
}

/* Does "suite.case" start with one of @names, or is @names empty? */
static bool wanted(const char *suite, const char *test_case, char **names)
{
	char name[128];

	snprintf(name, sizeof(name), "%s.%s", suite, test_case);
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strncmp(name, *names, strlen(*names)))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct kunit_case *test_case;
	unsigned int i;
	int opt;

	world_seed = time(NULL);
	while ((opt = getopt(argc, argv, "s:r:f")) != -1) {
		switch (opt) {
		case 's':
			world_seed = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			user_rounds = strtoul(optarg, NULL, 0);
			break;
		case 'f':
			failing = true;
			break;
		default:
			fprintf(stderr,
				"usage: %s [-s SEED] [-r ROUNDS] [-f] [NAME...]\n",
				argv[0]);
			return 2;
		}
	}
	printf("# seed %llu (repeat with: -s %llu)\n", world_seed, world_seed);
	for (i = 0; i < nr_suites; i++)
		for (test_case = suites[i]->test_cases; test_case->run_case;
		     test_case++)
			if (wanted(suites[i]->name, test_case->name,
				   argv + optind))
				run_case(suites[i], test_case);
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
