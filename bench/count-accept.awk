# SPDX-License-Identifier: GPL-2.0
#
# Input: the two files of count-check.awk. Output: the new accepted figures. Figures of
# series that were not measured stay. A figure that differs by less than 0.5 % stays as
# well, so that a diff shows real changes, and small steps add up until they are seen.

function series(release,	part) {
	split(release, part, /[.-]/)
	return part[1] "." part[2]
}

function show(cell, figure,	field) {
	split(cell, field, " ")
	printf "%-5s %-12s %-12s %-10s %9s\n", field[1], field[2], field[3], field[4], figure
}

/^#/ || !NF { next }

FILENAME != ARGV[2] {
	cell = $1 " " $2 " " $3 " " $4
	old[++nr_old] = cell
	accepted[cell] = $5
	next
}

{
	cell = series($1) " " $2 " " $3 " " $4
	new[++nr_new] = cell
	figure[cell] = $5
	measured[series($1)] = 1
}

END {
	print "# Accepted figures of bench/count, written by bench/count --accept:"
	print "# SERIES KIND OP,SIZE,BATCH DRIVER INSTRUCTIONS"
	for (i = 1; i <= nr_old; i++) {
		split(old[i], field, " ")
		if (!(field[1] in measured))
			show(old[i], accepted[old[i]])
	}
	for (i = 1; i <= nr_new; i++) {
		cell = new[i]
		change = cell in accepted ? figure[cell] / accepted[cell] - 1 : 1
		show(cell, change < 0.005 && change > -0.005 ? accepted[cell] : figure[cell])
	}
}
