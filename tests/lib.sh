# SPDX-License-Identifier: GPL-2.0
#
# Functions of tests/run and tests/rules.
# shellcheck shell=bash

# outcome NAME COMMAND...: report COMMAND as one test, with its output if it fails
outcome() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "ok $name"
	else
		sed 's/^/# /' <<<"$said"
		echo "not ok $name"
		return 1
	fi
}
