# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts of vm/: where the caches are, how to say what went wrong.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin	# where mke2fs and chroot are
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cnull

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

say() {
	echo "${0##*/}: $*" >&2
}

# Run a command as root: as it is, or through sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "'$1' needs root, and there is no sudo: run as root, or install sudo"
	fi
}

# release_of GUEST NAME: the kernel release that NAME stands for, in that guest
# or among vm/uml's.
release_of() {
	local dir
	case $2 in
	uml*)
		dir=$("$top/vm/uml" "$2") && cat "$dir/include/config/kernel.release" ;;
	*)
		cat "$1/kernels/$2" 2>/dev/null || echo "$2" ;;
	esac
}
