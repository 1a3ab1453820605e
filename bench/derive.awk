# SPDX-License-Identifier: GPL-2.0
#
# Input: measurements, "PART CASE JOBS DRIVER UNIT VALUE". Output: the same, and values
# that are derived from them, round by round:
#
#	scaling		throughput of all threads, as a multiple of that of one thread
#	above-floor	time of an I/O, less that of the driver without memory, less
#			that of the bare copy, in ns

{ print }

$1 ~ /^load/ {
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	value[key, ++count[key]] = $6
	if (count[key] == 1)
		keys[++nr_keys] = key
}

END {
	for (k = 1; k <= nr_keys; k++) {
		split(keys[k], field, SUBSEP)
		if (field[1] != "load")
			continue
		what = field[2]; jobs = field[3]; driver = field[4]
		one = "load" SUBSEP what SUBSEP 1 SUBSEP driver
		bare = "load-null" SUBSEP what SUBSEP jobs SUBSEP driver
		copy = "load-floor" SUBSEP what SUBSEP jobs SUBSEP "memcpy"
		for (i = 1; i <= count[keys[k]]; i++) {
			ns = value[keys[k], i]
			if (jobs > 1 && (one, i) in value)
				print "scaling", what, jobs, driver, "times",
					jobs * value[one, i] / ns
			if ((bare, i) in value && (copy, i) in value)
				print "above-floor", what, jobs, driver, "ns",
					ns - value[bare, i] - value[copy, i]
		}
	}
}
