# SPDX-License-Identifier: GPL-2.0
#
# Input: statistics. Output: the part "table" as a table for each other driver and number
# of jobs: the throughput of cnull as a multiple of that of the other driver. A line for
# each block size, a column for each workload.

BEGIN { FS = "\t" }

$1 == "table" && ($4 == "null_blk" || $4 == "brd") && $10 != "-" {
	split($2, what, ",")
	rw = what[1]; bs = what[2]; jobs = $3
	if (!((jobs) in seen_jobs)) { seen_jobs[jobs]; all_jobs[++nr_jobs] = jobs }
	if (!(rw in seen_rw)) { seen_rw[rw]; all_rw[++nr_rw] = rw }
	if (!(bs in seen_bs)) { seen_bs[bs]; all_bs[++nr_bs] = bs }
	cell[$4, jobs, rw, bs] = sprintf("%.2f", $10)
	if (!($4 in n) || $10 < worst[$4]) {
		worst[$4] = $10
		where[$4] = rw " " bs ", jobs: " jobs
		range[$4] = sprintf("%.2f..%.2f", $11, $12)
	}
	sum[$4] += $10
	n[$4]++
	below[$4] += $10 < 1
	beyond[$4] += $12 < 1
}

function print_table(other, jobs,	i, j, line) {
	printf "\n### table: cnull / %s, jobs: %s\n\n", other, jobs
	line = sprintf("| %6s |", "")
	for (i = 1; i <= nr_rw; i++)
		line = line sprintf(" %9s |", all_rw[i])
	print line
	gsub(/[^|]/, "-", line)
	print line
	for (j = 1; j <= nr_bs; j++) {
		printf "| %6s |", all_bs[j]
		for (i = 1; i <= nr_rw; i++)
			printf " %9s |", cell[other, jobs, all_rw[i], all_bs[j]]
		print ""
	}
}

END {
	nr_others = split("null_blk brd", others, " ")
	for (o = 1; o <= nr_others; o++) {
		other = others[o]
		if (!n[other])
			continue
		for (k = 1; k <= nr_jobs; k++)
			print_table(other, all_jobs[k])
		printf "\nAgainst %s: mean %.2f; worst %.2f (%s; its rounds: %s); of %d cells, %d below 1, %d of them in every round.\n",
			other, sum[other] / n[other], worst[other], where[other],
			range[other], n[other], below[other], beyond[other]
	}
}
