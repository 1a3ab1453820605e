# SPDX-License-Identifier: GPL-2.0
#
# Input: measurements, "PART CASE JOBS DRIVER UNIT VALUE", the rounds of a driver in order.
# Output: statistics, separated by tabs, a line for each driver of a case:
#
#	PART CASE JOBS DRIVER UNIT  ROUNDS MEDIAN LEAST MOST  RATIO LEAST MOST
#
# LEAST and MOST are the minimum and the maximum. RATIO is the gain of cnull over this
# driver, above 1 if cnull is better: the ratio of the medians, and the ratios of the
# worst and the best round. It is "-" for cnull itself, and if a value is not positive.

function better(ours, theirs) {
	if (ours <= 0 || theirs <= 0)
		return "-"
	return more_is_better ? ours / theirs : theirs / ours
}

# Sort the values of KEY into sorted[], and return their number.
function sort(key,	i, j, v) {
	for (i = 1; i <= count[key]; i++) {
		v = value[key, i]
		for (j = i - 1; j >= 1 && sorted[j] > v; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = v
	}
	return count[key]
}

function median(key,	n) {
	n = sort(key)
	return (sorted[int((n + 1) / 2)] + sorted[int(n / 2) + 1]) / 2
}

function ratios(ours, key,	i, r, least, most) {
	if (ours == key || !(ours in count))
		return "-\t-\t-"
	for (i = 1; i <= count[key] && i <= count[ours]; i++) {
		r = better(value[ours, i], value[key, i])
		if (r == "-")
			return "-\t-\t-"
		if (i == 1 || r < least)
			least = r
		if (i == 1 || r > most)
			most = r
	}
	return better(median(ours), median(key)) "\t" least "\t" most
}

{
	key = $1 "\t" $2 "\t" $3 "\t" $4
	if (!(key in count))
		keys[++nr_keys] = key
	unit[key] = $5
	value[key, ++count[key]] = $6 + 0
}

END {
	for (k = 1; k <= nr_keys; k++) {
		key = keys[k]
		split(key, field, "\t")
		ours = field[1] "\t" field[2] "\t" field[3] "\tcnull"
		more_is_better = unit[key] == "KiB/s" || unit[key] == "times"
		m = median(key)
		print key "\t" unit[key] "\t" count[key] "\t" m "\t" sorted[1] "\t" \
			sorted[count[key]] "\t" ratios(ours, key)
	}
}
