# SPDX-License-Identifier: GPL-2.0
#
# Input: the symbols of a kernel, "ADDRESS NAME [MODULE]", sorted by address; then the
# address of each executed instruction. Output: the functions of an I/O, and their
# instructions for each I/O. Addresses are 16 hexadecimal digits, compared as strings.

NR == FNR {
	start[++nr] = $1 ""
	name[nr] = $2 ($3 == "" ? "" : " " $3)
	if ($2 == "submit_bio")
		submit = $1
	next
}

# Collect the addresses since the last submission of an I/O in "since".
$1 == submit {
	for (address in since)
		count[address] += since[address]
	delete since
	ios++
}
ios { since[$1]++ }

function symbol(address,  low, high, middle) {
	low = 1
	high = nr
	while (low < high) {
		middle = int((low + high + 1) / 2)
		if (start[middle] <= address)
			low = middle
		else
			high = middle - 1
	}
	return name[low]
}

END {
	if (ios < 2) {
		print "bench/where: the log has no whole I/O" > "/dev/stderr"
		exit 1
	}
	ios--
	for (address in count) {
		of[symbol(address "")] += count[address]
		sum += count[address]
	}
	printf "%d I/Os, %.0f instructions each\n", ios, sum / ios
	for (symbol_name in of)
		if (of[symbol_name] >= ios / 2)
			printf "%9.1f %5.1f %%  %s\n", of[symbol_name] / ios, 100 * of[symbol_name] / sum, symbol_name | "sort -rn"
}
