# shellcheck shell=bash disable=SC2154 # the Makefile puts tables in front of this file
#
# Completion of cnull(1) for bash.

# _cnull_offer WORD...: offer those words that begin with the current word. Words are not
# expanded: a name of a disk may have characters that the shell expands.
_cnull_offer() {
	local word
	for word; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

# _cnull_offer_list LIST: the same for words that are separated by spaces
_cnull_offer_list() {
	local -a words
	read -ra words <<<"$1"
	_cnull_offer "${words[@]}"
}

# _cnull_offer_dirs DIR...: offer the names of directories, quoted
_cnull_offer_dirs() {
	local dir name
	for dir; do
		[ -d "$dir" ] || continue
		printf -v name %q "$(basename "$dir")"
		_cnull_offer "$name"
	done
}

# _cnull_offer_disks: offer the disks
_cnull_offer_disks() {
	_cnull_offer_dirs "${CNULL_SYSROOT-}"/sys/kernel/config/{cnull,nullb}/*/
}

# _cnull_offer_snapshots DISK: offer the snapshots of a disk
_cnull_offer_snapshots() {
	_cnull_offer_dirs "${CNULL_SYSROOT-}"/sys/kernel/config/{cnull,nullb}/"$1"/snapshots/*/
}

# _cnull_offer_origins: offer DISK/SNAPSHOT, quoted
_cnull_offer_origins() {
	local dir name
	for dir in "${CNULL_SYSROOT-}"/sys/kernel/config/{cnull,nullb}/*/snapshots/*/; do
		[ -d "$dir" ] || continue
		dir=${dir%/}
		name=${dir%/snapshots/*}
		printf -v name %q "${name##*/}/${dir##*/}"
		_cnull_offer "$name"
	done
}

# _cnull_offer_columns: offer columns for the last word of a list, as NAME,SIZE or +SIZE
_cnull_offer_columns() {
	local last=${cur##*[,+]} list
	list=${cur%"$last"}
	cur=${last^^}
	_cnull_offer_list "${_cnull_columns[$command]-}"
	COMPREPLY=("${COMPREPLY[@]/#/$list}")
}

# _cnull_offer_settings: offer options, for OPTION=VALUE
_cnull_offer_settings() {
	compopt -o nospace
	_cnull_offer_list "$_cnull_options"
	COMPREPLY=("${COMPREPLY[@]/%/=}")
}

_cnull_offer_files() {
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

# _cnull_read_words: find the command, its first argument, the number nr of its arguments
# before the current word, and the flag whose value the current word is. Words end at = and : as well.
_cnull_read_words() {
	local i word values=${_cnull_values[version]}
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [ -n "$flag" ]; then
			[ "$word" = = ] || flag=''
		elif [[ $word == +([=:]) ]]; then
			((i++))		# the word before it continues
		elif [[ " $values " == *" $word "* ]]; then
			flag=$word
		elif [[ $word == -* ]]; then
			continue
		elif [ -z "$command" ]; then
			command=$word
			values=${_cnull_values[$command]-}
		else
			[ $nr != 0 ] || first=$word
			((nr++))
		fi
	done
}

_cnull() {
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' flag='' first='' nr=0
	COMPREPLY=()
	_cnull_read_words
	if [ -n "$flag" ]; then
		[ "$cur" != = ] || cur=''
		case $flag in
		--driver) _cnull_offer cnull null_blk ;;
		-o | --output) _cnull_offer_columns ;;
		--nbd) _cnull_offer_files ;;
		--base) _cnull_offer_snapshots "${first%%/*}" ;;
		esac
		return
	fi
	[[ $cur != = && $before != = ]] || return	# the value of an option
	if [[ $cur == -* ]]; then
		_cnull_offer_list "${_cnull_flags[${command:-version}]-}"
		return
	fi
	if [ -z "$command" ]; then
		_cnull_offer "${!_cnull_argument[@]}"
		return
	fi
	case ${_cnull_argument[$command]-}:$nr in
	command:0) _cnull_offer "${!_cnull_argument[@]}" ;;
	disk:0 | disks:* | settings:0 | disk-options:0 | disk-snapshots:0 | load:1) _cnull_offer_disks ;;
	disk-snapshots:*) _cnull_offer_snapshots "$first" ;;
	clone:0 | save:0) _cnull_offer_origins ;;
	disk:1) _cnull_offer_list "${_cnull_actions[$command]-}" ;;
	new-disk:0 | clone:1) ;;
	new-disk:* | settings:* | clone:*) _cnull_offer_settings ;;
	disk-options:* | options:*) _cnull_offer_list "$_cnull_options" ;;
	files:* | save:1 | load:0) _cnull_offer_files ;;
	esac
}
complete -F _cnull cnull
