# SPDX-License-Identifier: GPL-2.0
# What the tests in a guest share. A test is a function test_NAME; the first
# check that does not hold ends it.
# shellcheck shell=bash

# $module is cnull, or null_blk if the tests are to be about that.
case $module in
cnull) cfs=/sys/kernel/config/cnull ;;
null_blk) cfs=/sys/kernel/config/nullb ;;
esac

fail() {
	echo "# $*"
	exit 1
}

# expect GOT WANTED WHAT
expect() {
	[ "$1" = "$2" ] || fail "$3: got '$1', wanted '$2'"
}

# skip WHY: this test is none for here
skip() {
	echo "# skipped: $*"
	exit 77
}

# For a test that loads the module in a way of its own, or more than once: where
# it stays loaded, that is none for here.
own_load() {
	[ -z "$keep" ] || skip "it loads the module in its own way"
}

# load [PARAMETER...]: the module, with no devices unless it is told otherwise
load() {
	if [ -n "$keep" ] && [ -e /sys/module/cnull ]; then
		[ $# = 0 ] && return
		own_load
	fi
	insmod "/job/$module.ko" nr_devices=0 "$@" || fail "cannot load the module"
}

# What a command that fails says is in $err afterwards, as an errno's name.
refused() {
	local text
	if text=$("$@" 2>&1); then
		fail "not refused: $*"
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

# put DEVICE ATTRIBUTE VALUE: as one write, whose error is printf's. The console shows
# when power is cut: vm/known-splats excuses warnings after that.
put() {
	[ "$2" != power_cut ] || echo "cnull-test-cuts-power: $1" >/dev/kmsg
	printf '%s\n' "$3" >"$cfs/$1/$2"
}

get() {
	cat "$cfs/$1/$2"
}

# make_dev NAME [ATTRIBUTE=VALUE...]: a device that is on
make_dev() {
	local name=$1 pair
	shift
	mkdir "$cfs/$name" || fail "cannot make $name"
	for pair; do
		put "$name" "${pair%%=*}" "${pair#*=}" || fail "cannot set $pair"
	done
	put "$name" power 1 || fail "cannot power on: $(get "$name" error)"
}

drop_dev() {
	rmdir "$cfs/$1" || fail "cannot remove $1"
}

# The NUMA nodes there are.
nodes() {
	local dir
	for dir in /sys/devices/system/node/node[0-9]*; do
		echo "${dir##*node}"
	done
}

# queue NAME FILE: what the block layer says of a disk
queue() {
	cat "/sys/block/$1/queue/$2"
}

# How many requests a disk has not ended yet.
in_flight() {
	awk '{ print $1 + $2 }' "/sys/block/$1/inflight"
}

is_idle() {
	[ "$(in_flight "$1")" = 0 ]
}

# has_in_flight DISK NUMBER: so many, or more
has_in_flight() {
	[ "$(in_flight "$1")" -ge "$2" ]
}

# Nobody looks at the new disk any more: udev has read what it wanted to.
settled() {
	udevadm settle 2>/dev/null
	wait_for is_idle "$1"
}

# fio OPTION...: gives its jobs five seconds to start, which may be too little in an
# emulated guest, and then ends its process group: it gets one of its own, and more
# than one try.
fio() {
	local try status said
	for try in 1 2 3; do
		status=0
		{ said=$(setsid --wait fio "$@" 2>&1 >&3) || status=$?; } 3>&1
		[[ $said == *"startup hung"* ]] || break
		echo "# fio, try $try: $said"
	done
	[ -z "$said" ] || echo "$said" >&2
	return $status
}

# fio_on DISK OPTION...: what it says is in /tmp/fio.DISK
fio_on() {
	local disk=$1
	shift
	fio --name="$disk" --filename="/dev/$disk" --direct=1 --minimal "$@" \
		>"/tmp/fio.$disk" 2>&1
}

meminfo() {
	awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo
}

# Free memory in KiB, with what CPUs keep at hand: MemFree leaves that out, and
# it may be hundreds of MiB after much was freed.
free_kib() {
	echo $(($(meminfo MemFree) +
		$(awk '$1 == "count:" { n += $2 } END { print n * 4 }' /proc/zoneinfo)))
}

# Wait until a condition holds, 30 s at most.
wait_for() {
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" && return
		sleep 0.1
	done
	fail "waited in vain for: $*"
}

kernel_at_least() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# zone NR: the condition of a zone of disk a, and its pointer, in sectors from its
# start
zone() {
	awk -v nr="$1" '$1 == nr { print $7, $5 == "-" ? "-" : $5 - $2 }' $cfs/a/zones
}

# zone_is NR CONDITION POINTER [WHAT]
zone_is() {
	expect "$(zone "$1")" "$2 $3" "zone $1${4:+, $4}"
}

# zones_are_empty WHAT: all of disk a's
zones_are_empty() {
	expect "$(awk 'NR > 1 { print $7 }' $cfs/a/zones | uniq)" empty "$1"
}

# some_random MIB: data for zone_write, in a file
some_random() {
	head -c "$1M" /dev/urandom >/tmp/data
}

# zone_write SECTOR NUMBER [DISK [FLAG]]: what /tmp/data has there, in one request
zone_write() {
	dd if=/tmp/data of="/dev/${3:-a}" bs=$(($2 * 512)) count=1 skip=$(($1 * 512)) \
		seek=$(($1 * 512)) iflag=skip_bytes oflag="direct,seek_bytes${4:+,$4}" \
		conv=notrunc,nocreat status=none
}

# zone_holds SECTOR NUMBER WHAT: what zone_write wrote there
zone_holds() {
	cmp -n $(($2 * 512)) <(read_sectors "$1" "$2") \
		<(tail -c +$(($1 * 512 + 1)) /tmp/data) || fail "$3: wrong data"
}

# read_sectors SECTOR NUMBER [DISK]
read_sectors() {
	dd if="/dev/${3:-a}" bs=$(($2 * 512)) count=1 skip=$(($1 * 512)) \
		iflag=direct,skip_bytes,fullblock status=none
}
