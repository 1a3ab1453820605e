# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts of vm/: the cache, messages, and names of kernels.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin	# mke2fs and chroot
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cnull

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

say() {
	echo "${0##*/}: $*" >&2
}

# key SCRIPT: the name under which the cache holds what SCRIPT makes. It depends on the
# commands of SCRIPT, not on its comments.
key() {
	sed -E -e '/^[[:space:]]*(#|$)/d' -e 's/\t+# .*//' "$1" | sha256sum | cut -c1-12
}

# as_root COMMAND...: run COMMAND as root, through sudo where that is needed
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "'$1' needs root, and there is no sudo: run as root, or install sudo"
	fi
}

# release_of NAME: the release of the kernel NAME, of the guest or of vm/uml. A name
# that neither knows is a release already.
release_of() {
	local dir
	case $1 in
	uml*)
		dir=$("$top/vm/uml" "$1") && cat "$dir/include/config/kernel.release" ;;
	*)
		dir=$("$top/vm/rootfs") || return
		cat "$dir/kernels/$1" 2>/dev/null || echo "$1" ;;
	esac
}
