# shellcheck shell=bash disable=SC2154 # the Makefile puts tables in front of this file
#
# Completion of cnull(1) for bash.

# _cnull_reply WORDS: offer those of WORDS that begin with the current word
_cnull_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_cnull() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' nr=0 i disks
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--driver) ((i++)) ;;
		-*) ;;
		*) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else ((nr++)); fi ;;
		esac
	done
	disks=$(find /sys/kernel/config/{cnull,nullb} -mindepth 1 -maxdepth 1 -type d -printf '%f ' 2>/dev/null)
	COMPREPLY=()
	case $prev in
	--driver) _cnull_reply 'cnull null_blk'; return ;;
	-o | --output) cur=${cur^^}; _cnull_reply "${_cnull_columns[$command]-}"; return ;;
	--nbd) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	if [[ $cur == -* ]]; then
		_cnull_reply "${_cnull_flags[${command:-version}]-}"
		return
	fi
	if [ -z "$command" ]; then
		_cnull_reply "${!_cnull_argument[*]}"
		return
	fi
	case ${_cnull_argument[$command]-}:$nr in
	command:0) _cnull_reply "${!_cnull_argument[*]}" ;;
	disk:0 | disks:* | settings:0 | disk-options:0) _cnull_reply "$disks" ;;
	new-disk:0) ;;
	new-disk:* | settings:*)
		compopt -o nospace
		mapfile -t COMPREPLY < <(compgen -S = -W "$_cnull_options" -- "$cur")
		;;
	disk-options:* | options:*) _cnull_reply "$_cnull_options" ;;
	files:*)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}
complete -F _cnull cnull
