# Completion of cnull(1) for zsh. The Makefile puts tables in front of this file.

_cnull() {
	local -a names disks
	local command='' nr=0 i name
	for ((i = 2; i < CURRENT; i++)); do
		case $words[i] in
		--driver) ((i++)) ;;
		-*) ;;
		*) if [[ -z $command ]]; then command=$words[i]; else ((nr++)); fi ;;
		esac
	done
	disks=(/sys/kernel/config/(cnull|nullb)/*(N/:t))
	for name in ${(ko)_cnull_summary}; do
		names+=("$name:$_cnull_summary[$name]")
	done
	case $words[CURRENT-1] in
	--driver) compadd cnull null_blk; return ;;
	-o | --output) compadd -M 'm:{a-z}={A-Z}' -- ${=_cnull_columns[$command]}; return ;;
	--nbd) _files; return ;;
	esac
	if [[ $PREFIX == -* ]]; then
		compadd -- ${=_cnull_flags[${command:-version}]}
		return
	fi
	if [[ -z $command ]]; then
		_describe command names
		return
	fi
	case $_cnull_argument[$command]:$nr in
	command:0) _describe command names ;;
	disk:0 | disks:* | settings:0 | disk-options:0) compadd -- $disks ;;
	new-disk:0) ;;
	new-disk:* | settings:*) compadd -S = -- ${=_cnull_options} ;;
	disk-options:* | options:*) compadd -- ${=_cnull_options} ;;
	files:*) _files ;;
	esac
}
_cnull "$@"
