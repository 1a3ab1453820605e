# SPDX-License-Identifier: GPL-2.0
# Helpers of the tests in the chroot and in the guests. A test is a function test_NAME;
# the first failed check ends the test.
# shellcheck shell=bash disable=SC2034 # the users of this file read $failed

fail() {
	echo "# $*"
	exit 1
}

# expect GOT WANTED WHAT
expect() {
	[ "$1" = "$2" ] || fail "$3: got '$1', expected '$2'"
}

# quietly COMMAND...: fail with the output of COMMAND if COMMAND fails
quietly() {
	local said
	said=$("$@" 2>&1) || fail "$* failed: $said"
}

failed=0
# run_tests WHERE NAME...: run the tests one after the other, each in a shell of its own
run_tests() {
	local where=$1 name start
	shift
	for name; do
		start=$SECONDS
		if ( "test_$name" ); then
			echo "ok packages $where $name ($((SECONDS - start)) s)"
		else
			echo "not ok packages $where $name ($((SECONDS - start)) s)"
			failed=1
		fi
	done
}
