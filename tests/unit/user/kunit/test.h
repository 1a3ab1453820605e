/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit in user space: the part of the kernel's interface that the suites use. The same
 * suites run in the kernel.
 */
#ifndef USER_KUNIT_TEST_H
#define USER_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>

#include "platform.h"

/**
 * struct kunit - a running test
 * @priv: data of the suite
 * @failed: an expectation or an assertion failed
 * @broken: the test caused a leak or a warning, which fails it in any mode
 * @abandon: jump target of a failed assertion
 */
struct kunit {
	void *priv;
	bool failed;
	bool broken;
	jmp_buf abandon;
};

/** struct kunit_case - a test case: function and name */
struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

/** struct kunit_suite - test cases with the same fixture; the last case is empty */
struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

/* Factor for the length of the tests; 1 is the default. */
extern unsigned int user_rounds;

void user_kunit_add(struct kunit_suite *suite);
void user_kunit_fail(struct kunit *test, const char *file, int line,
		     const char *what, long long left, long long right);
__printf(1, 2)
void user_kunit_say(const char *fmt, ...);

#define KUNIT_CASE(fn) { .run_case = fn, .name = #fn }

#define kunit_test_suite(suite)						\
	static __attribute__((constructor)) void add_##suite(void)	\
	{								\
		user_kunit_add(&(suite));				\
	}

#define USER_KUNIT_CHECK(test, a, op, b, otherwise) do {		\
	typeof(a) left_ = (a);						\
	typeof(b) right_ = (b);						\
									\
	if (!(left_ op right_)) {					\
		user_kunit_fail(test, __FILE__, __LINE__,		\
				#a " " #op " " #b,			\
				(long long)left_, (long long)right_);	\
		otherwise;						\
	}								\
} while (0)

#define KUNIT_EXPECT_EQ(test, a, b)	USER_KUNIT_CHECK(test, a, ==, b, )
#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...) \
	USER_KUNIT_CHECK(test, a, ==, b, user_kunit_say(__VA_ARGS__))
#define KUNIT_EXPECT_NE(test, a, b)	USER_KUNIT_CHECK(test, a, !=, b, )
#define KUNIT_EXPECT_LE(test, a, b)	USER_KUNIT_CHECK(test, a, <=, b, )
#define KUNIT_EXPECT_LT(test, a, b)	USER_KUNIT_CHECK(test, a, <, b, )
#define KUNIT_EXPECT_GT(test, a, b)	USER_KUNIT_CHECK(test, a, >, b, )
#define KUNIT_EXPECT_TRUE(test, a)	KUNIT_EXPECT_NE(test, !!(a), 0)
#define KUNIT_EXPECT_FALSE(test, a)	KUNIT_EXPECT_EQ(test, !!(a), 0)
#define KUNIT_EXPECT_STREQ(test, a, b)	KUNIT_EXPECT_EQ(test, strcmp(a, b), 0)
#define KUNIT_ASSERT_EQ(test, a, b)	\
	USER_KUNIT_CHECK(test, a, ==, b, longjmp((test)->abandon, 1))
#define KUNIT_ASSERT_NE(test, a, b)	\
	USER_KUNIT_CHECK(test, a, !=, b, longjmp((test)->abandon, 1))
#define KUNIT_ASSERT_LE(test, a, b)	\
	USER_KUNIT_CHECK(test, a, <=, b, longjmp((test)->abandon, 1))
#define KUNIT_ASSERT_TRUE(test, a)	KUNIT_ASSERT_NE(test, !!(a), 0)

#endif
