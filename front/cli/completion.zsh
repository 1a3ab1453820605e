# Completion of cnull(1) for zsh. The Makefile puts tables in front of this file.

_cnull() {
	local -a names disks values=(${=_cnull_values[version]})
	local command='' flag='' nr=0 i name
	for ((i = 2; i < CURRENT; i++)); do
		if [[ -n $flag ]]; then
			flag=''
		elif ((values[(Ie)$words[i]])); then
			flag=$words[i]
		elif [[ $words[i] == -* ]]; then
			continue
		elif [[ -z $command ]]; then
			command=$words[i]
			values=(${=_cnull_values[$command]})
		else
			((++nr))
		fi
	done
	disks=(${CNULL_SYSROOT-}/sys/kernel/config/(cnull|nullb)/*(N/:t))
	for name in ${(ko)_cnull_summary}; do
		names+=("$name:$_cnull_summary[$name]")
	done
	case $flag in
	--driver) compadd -- cnull null_blk ;;
	-o | --output)
		compset -P '*[,+]'
		compadd -M 'm:{a-z}={A-Z}' -- ${=_cnull_columns[$command]}
		;;
	--nbd) _files ;;
	esac
	[[ -z $flag ]] || return
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
	disk:1) compadd -- ${=_cnull_actions[$command]} ;;
	new-disk:0) ;;
	new-disk:* | settings:*) compadd -S = -- ${=_cnull_options} ;;
	disk-options:* | options:*) compadd -- ${=_cnull_options} ;;
	files:*) _files ;;
	esac
}
_cnull "$@"
