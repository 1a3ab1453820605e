# SPDX-License-Identifier: GPL-2.0
# Helpers shared by the tests in a guest. A test is a function test_NAME; the first
# failed check ends the test.
# shellcheck shell=bash

# $module is the driver under test: cnull or null_blk.
case $module in
cnull) cfs=/sys/kernel/config/cnull ;;
null_blk) cfs=/sys/kernel/config/nullb ;;
esac

# fail TEXT: print the failed step or the fault, and fail the current test
fail() {
	echo "# $*"
	exit 1
}

# expect GOT WANTED WHAT: fail if the two texts differ; WHAT names the checked value
expect() {
	[ "$1" = "$2" ] || fail "$3: got '$1', wanted '$2'"
}

# skip WHY: skip the current test
skip() {
	echo "# skipped: $*"
	exit 77
}

# Skip the current test if the module stays loaded (--keep): the test loads the module
# with its own parameters, or more than once.
needs_own_load() {
	[ -z "$keep" ] || skip "the test loads the module itself, and --keep forbids that"
}

# load [PARAMETER...]: load the module, without devices unless a parameter sets nr_devices
load() {
	if [ -n "$keep" ] && [ -e /sys/module/cnull ]; then
		[ $# = 0 ] && return
		needs_own_load
	fi
	insmod "/job/$module.ko" nr_devices=0 "$@" || fail "cannot load the module"
}

# refused COMMAND...: fail if the command succeeds; set $err to the name of its errno, or
# to its error text if the text has no errno of the list
refused() {
	local text
	if text=$("$@" 2>&1); then
		fail "succeeded, but must be refused: $*"
	fi
	case $text in
	*"Invalid argument"*|*"Invalid parameters"*) err=EINVAL ;;
	*"out of range"*) err=ERANGE ;;
	*"resource busy"*|*"is in use"*) err=EBUSY ;;
	*"File exists"*) err=EEXIST ;;
	*"File name too long"*) err=ENAMETOOLONG ;;
	*"No space left"*) err=ENOSPC ;;
	*"Input/output error"*) err=EIO ;;
	*"Too many references"*) err=ETOOMANYREFS ;;
	*"Value too large"*) err=EOVERFLOW ;;
	*) err=$text ;;
	esac
}

# put DEVICE ATTRIBUTE VALUE: store a value by one write, and return printf's status. A
# power cut is marked on the console, because vm/known-splats excuses warnings after a cut.
put() {
	[ "$2" != power_cut ] || echo "cnull-test-cuts-power: $1" >/dev/kmsg
	printf '%s\n' "$3" >"$cfs/$1/$2"
}

# get DEVICE ATTRIBUTE: print an attribute
get() {
	cat "$cfs/$1/$2"
}

# make_dev NAME [ATTRIBUTE=VALUE...]: create a device and power it on
make_dev() {
	local name=$1 pair
	shift
	mkdir "$cfs/$name" || fail "cannot make $name"
	for pair; do
		put "$name" "${pair%%=*}" "${pair#*=}" || fail "cannot set $pair"
	done
	put "$name" power 1 || fail "cannot power on: $(get "$name" error)"
}

# drop_dev NAME: remove a device
drop_dev() {
	rmdir "$cfs/$1" || fail "cannot remove $1"
}

# nodes: print the numbers of the NUMA nodes; 0 in a kernel without NUMA
nodes() {
	local dir
	[ -e /sys/devices/system/node/node0 ] || echo 0
	for dir in /sys/devices/system/node/node[0-9]*; do
		echo "${dir##*node}"
	done
}

# queue_limit DISK FILE: print a file of the disk's queue directory in sysfs
queue_limit() {
	cat "/sys/block/$1/queue/$2"
}

# in_flight DISK: print the number of requests in flight
in_flight() {
	awk '{ print $1 + $2 }' "/sys/block/$1/inflight"
}

# is_idle DISK: is no request in flight?
is_idle() {
	[ "$(in_flight "$1")" = 0 ]
}

# has_in_flight DISK NUMBER: are at least NUMBER requests in flight?
has_in_flight() {
	[ "$(in_flight "$1")" -ge "$2" ]
}

# settle DISK: wait until udev has finished reading the new disk
settle() {
	udevadm settle 2>/dev/null
	wait_for is_idle "$1"
}

# fio OPTION...: run fio, three times at most. fio gives its jobs five seconds to start,
# which an emulated guest may exceed; fio then kills its process group. So fio runs in a
# process group of its own, and is started again.
fio() {
	local try status output
	for try in 1 2 3; do
		status=0
		{ output=$(setsid --wait fio "$@" 2>&1 >&3) || status=$?; } 3>&1
		[[ $output == *"startup hung"* ]] || break
		echo "# fio, try $try: $output"
	done
	[ -z "$output" ] || echo "$output" >&2
	return $status
}

# fio_on DISK OPTION...: run fio on a disk; its output goes to /tmp/fio.DISK
fio_on() {
	local disk=$1
	shift
	fio --name="$disk" --filename="/dev/$disk" --direct=1 --minimal "$@" \
		>"/tmp/fio.$disk" 2>&1
}

# meminfo KEY: print a value of /proc/meminfo, mostly in KiB
meminfo() {
	awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo
}

# free_kib: print the free memory in KiB, the per-CPU lists of free pages included. MemFree
# excludes these lists, which may hold hundreds of MiB after a large free.
free_kib() {
	echo $(($(meminfo MemFree) +
		$(awk '$1 == "count:" { n += $2 } END { print n * 4 }' /proc/zoneinfo)))
}

# wait_for CONDITION...: wait until a command succeeds, 30 s at most
wait_for() {
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" && return
		sleep 0.1
	done
	fail "not true within 30 s: $*"
}

# kernel_at_least VERSION: is the running kernel that version or a newer one?
kernel_at_least() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# zone NR: print the condition of a zone of disk a, and its write pointer in sectors from
# the zone's start
zone() {
	awk -v nr="$1" '$1 == nr { print $7, $5 == "-" ? "-" : $5 - $2 }' $cfs/a/zones
}

# zone_is NR CONDITION POINTER [WHAT]: fail unless a zone of disk a is in that state
zone_is() {
	expect "$(zone "$1")" "$2 $3" "zone $1${4:+, $4}"
}

# zones_are_empty WHAT: fail unless all zones of disk a are empty
zones_are_empty() {
	expect "$(awk 'NR > 1 { print $7 }' $cfs/a/zones | uniq)" empty "$1"
}

# make_random_data MIB: fill /tmp/data, the source of zone_write
make_random_data() {
	head -c "$1M" /dev/urandom >/tmp/data
}

# zone_write SECTOR NUMBER [DISK [FLAG]]: write NUMBER sectors at SECTOR, from the same
# place in /tmp/data, by one request
zone_write() {
	dd if=/tmp/data of="/dev/${3:-a}" bs=$(($2 * 512)) count=1 skip=$(($1 * 512)) \
		seek=$(($1 * 512)) iflag=skip_bytes oflag="direct,seek_bytes${4:+,$4}" \
		conv=notrunc,nocreat status=none
}

# zone_contains SECTOR NUMBER WHAT: fail unless NUMBER sectors at SECTOR hold the data of
# zone_write
zone_contains() {
	cmp -n $(($2 * 512)) <(read_sectors "$1" "$2") \
		<(tail -c +$(($1 * 512 + 1)) /tmp/data) || fail "$3: wrong data"
}

# read_sectors SECTOR NUMBER [DISK]: print NUMBER sectors at SECTOR
read_sectors() {
	dd if="/dev/${3:-a}" bs=$(($2 * 512)) count=1 skip=$(($1 * 512)) \
		iflag=direct,skip_bytes,fullblock status=none
}
