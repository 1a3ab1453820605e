# SPDX-License-Identifier: GPL-2.0
#
# Input: statistics. Output: a table for each part except "table": a line for each case,
# and a column for each driver with its median and, in brackets, its minimum and maximum;
# then the gain of cnull over each driver, as a ratio, in the same form.

BEGIN { FS = "\t" }

function short(x) {
	return sprintf(x < 10 && x > -10 && x != int(x) ? "%.2f" : "%.0f", x)
}

function spread(median, least, most) {
	return short(median) " (" short(least) ".." short(most) ")"
}

$1 == "table" { next }

{
	if ($5 == "KiB/s") {
		$5 = "MiB/s"
		$7 /= 1024; $8 /= 1024; $9 /= 1024
	}
	part = $1
	row = sprintf("%-14s | %4s", $2, $3)
	if (!(part in nr_rows))
		parts[++nr_parts] = part
	unit[part] = $5
	if (!((part, row) in seen)) { seen[part, row]; rows[part, ++nr_rows[part]] = row }
	if (!((part, $4) in seen)) { seen[part, $4]; drivers[part, ++nr_drivers[part]] = $4 }
	cell[part, row, $4] = spread($7, $8, $9)
	if ($10 != "-") {
		ratio[part, row, $4] = spread($10, $11, $12)
		compared[part, $4]
	}
}

END {
	for (p = 1; p <= nr_parts; p++) {
		part = parts[p]
		printf "\n### %s, %s\n\n", part, unit[part]
		line = sprintf("| %-14s | %4s |", "case", "jobs")
		for (d = 1; d <= nr_drivers[part]; d++)
			line = line sprintf(" %-22s |", drivers[part, d])
		for (d = 1; d <= nr_drivers[part]; d++)
			if ((part, drivers[part, d]) in compared)
				line = line sprintf(" %-20s |", "gain over " drivers[part, d])
		print line
		gsub(/[^|]/, "-", line)
		print line
		for (r = 1; r <= nr_rows[part]; r++) {
			row = rows[part, r]
			printf "| %s |", row
			for (d = 1; d <= nr_drivers[part]; d++)
				printf " %-22s |", cell[part, row, drivers[part, d]]
			for (d = 1; d <= nr_drivers[part]; d++)
				if ((part, drivers[part, d]) in compared)
					printf " %-20s |", ratio[part, row, drivers[part, d]]
			print ""
		}
	}
}
