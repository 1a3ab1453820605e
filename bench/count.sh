# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Shared by bench/count and bench/where: a guest in which each instruction takes one
# nanosecond. Users set "from", the checkout whose modules are measured, and "tmp", a
# folder that has a subfolder for each kernel.

. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"
busybox=$(command -v busybox) || die "busybox is not installed: install busybox-static"

# kernel_module RELEASE NAME: copy a module of the stock kernel to the initramfs
kernel_module() {
	local path
	path=$(find "$guest/tree/lib/modules/$1" -name "$2.ko*" -print -quit)
	case $path in
	*.xz) xz -dc "$path" >"$tmp/$1/root/$2.ko" ;;
	?*) cp "$path" "$tmp/$1/root/" ;;
	*) die "the guest's kernel $1 has no module $2" ;;
	esac
}

# initramfs RELEASE [FILE...]: build it of busybox, the modules, bench/count-guest as init,
# and the files
initramfs() {
	local release=$1 root=$tmp/$1/root name
	shift
	mkdir -p "$root"/{bin,dev,proc,sys,tmp}
	cp "$busybox" "$root/bin/busybox"
	cp bench/count-guest "$root/init"
	cp "$from/build/$release"/cnull{,_load}.ko "$@" "$root/"
	for name in configfs null_blk brd; do
		kernel_module "$release" "$name"
	done
	(cd "$root" && find . | "$busybox" cpio -o -H newc) >"$tmp/$release/initramfs" 2>/dev/null
}

# boot RELEASE [OPTION...]: run a guest, with its output in $tmp/RELEASE/output
boot() {
	local dir=$tmp/$1 release=$1
	shift
	exec timeout --foreground --kill-after=10 300 qemu-system-x86_64 \
		-nodefaults -no-user-config -display none -no-reboot -M q35 \
		-accel tcg,thread=single -icount shift=0,sleep=off -cpu max,-cx16 -smp 1 -m 2G \
		-kernel "$guest/tree/boot/vmlinuz-$release" -initrd "$dir/initramfs" \
		-append "console=ttyS0 mitigations=off nokaslr oops=panic panic=-1" \
		-serial "file:$dir/console" -serial "file:$dir/output" "$@"
}
