# SPDX-License-Identifier: GPL-2.0
#
# Input: figures of bench/count, "RELEASE KIND CASE DRIVER INSTRUCTIONS". Output: a table
# for each kernel: a line for each case, a column for each driver, and two ratios.

{
	row = $1 " " $2 " " $3
	if (!(row in seen)) {
		seen[row] = 1
		rows[++nr] = row
	}
	figure[row, $4] = $5
}

function cell(driver) {
	if ((row, driver) in figure)
		return sprintf("%.0f", figure[row, driver])
	return "-"
}

function ratio(ours, theirs) {
	if ((row, ours) in figure && (row, theirs) in figure)
		return sprintf("%.2f", figure[row, ours] / figure[row, theirs])
	return "-"
}

END {
	line = "%-25s  %9s  %9s  %9s  %9s  %14s  %14s\n"
	for (r = 1; r <= nr; r++) {
		row = rows[r]
		split(row, field, " ")
		if (field[1] != release) {
			release = field[1]
			printf "%sInstructions per I/O, Linux %s\n\n", (r > 1 ? "\n" : ""), release
			printf line, "", "null_blk", "cnull", "cnull.bio", "brd",
				"cnull/null_blk", "cnull.bio/brd"
		}
		printf line, sprintf("%-12s %-12s", field[2], field[3]), cell("null_blk"), cell("cnull"),
			cell("cnull.bio"), cell("brd"), ratio("cnull", "null_blk"),
			ratio("cnull.bio", "brd")
	}
}
