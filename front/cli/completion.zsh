# Completion of cnull(1) for zsh. The Makefile puts tables in front of this file.

_cnull() {
	local -a names disks origins values=(${=_cnull_values[version]})
	local command='' flag='' first='' nr=0 i name config=${CNULL_SYSROOT-}/sys/kernel/config
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
			((nr)) || first=$words[i]
			((++nr))
		fi
	done
	disks=($config/(cnull|nullb)/*(N/:t))
	origins=($config/(cnull|nullb)/*/snapshots/*(N/))
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
	--base) compadd -- $config/(cnull|nullb)/${first%%/*}/snapshots/*(N/:t) ;;
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
	disk:0 | disks:* | settings:0 | disk-options:0 | disk-snapshots:0 | load:1) compadd -- $disks ;;
	disk-snapshots:*) compadd -- $config/(cnull|nullb)/$first/snapshots/*(N/:t) ;;
	clone:0 | save:0) compadd -- ${${origins#$config/*/}/\/snapshots\//\/} ;;
	disk:1) compadd -- ${=_cnull_actions[$command]} ;;
	new-disk:0 | clone:1) ;;
	new-disk:* | settings:* | clone:*) compadd -S = -- ${=_cnull_options} ;;
	disk-options:* | options:*) compadd -- ${=_cnull_options} ;;
	files:* | save:1 | load:0) _files ;;
	esac
}
_cnull "$@"
