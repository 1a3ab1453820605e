# SPDX-License-Identifier: GPL-2.0
#
# Input: two files. The first has the accepted figures, "SERIES KIND CASE DRIVER
# INSTRUCTIONS", the second has figures of bench/count, with the release of the kernel
# instead of the series. Output: one line for each kernel, "ok", or "skip" if no figures
# of its series are accepted; or one line "not ok" for each cell that is missing, new, or
# grew by more than the limit, or is above null_blk's without memory ("null"), or with a
# snapshot ("snapshot") more than 5 % above the cell without one ("memory"). A decrease
# beyond the limit is printed as a comment.

BEGIN {
	limit = 2	# percent
	snapshot_limit = 5
}

function series(release,	part) {
	split(release, part, /[.-]/)
	return part[1] "." part[2]
}

function fail(release, what) {
	print "not ok count " release " " what
	failed[release]++
	status = 1
}

/^#/ || !NF { next }

FILENAME != ARGV[2] {
	cell = $1 " " $2 " " $3 " " $4
	cells[++nr_cells] = cell
	accepted[cell] = $5
	known[$1] = 1
	next
}

{
	release = $1
	s = series(release)
	what = $2 " " $3 " " $4
	cell = s " " what
	if (!(release in total))
		releases[++nr_releases] = release
	total[release]++
	if (!(s in known))
		next
	measured[release, cell] = $5
	if (!(cell in accepted)) {
		fail(release, what ": " $5 " instructions, no figure is accepted")
		next
	}
	more = 100 * ($5 / accepted[cell] - 1)
	if (more > limit)
		fail(release, sprintf("%s: %s instructions, accepted are %s: %.1f %% more",
			what, $5, accepted[cell], more))
	else if (more < -limit)
		printf "# count %s %s: %s instructions, accepted are %s: %.1f %% less\n",
			release, what, $5, accepted[cell], -more
}

END {
	if (!nr_releases) {
		print "not ok count: no figures"
		exit 1
	}
	for (r = 1; r <= nr_releases; r++) {
		release = releases[r]
		s = series(release)
		if (!(s in known)) {
			print "skip count " release " # no figures of " s " are accepted"
			continue
		}
		for (c = 1; c <= nr_cells; c++) {
			cell = cells[c]
			theirs = cell
			if (cell ~ /^[^ ]+ null .* cnull$/ && sub(/cnull$/, "null_blk", theirs) &&
			    (release, theirs) in measured &&
			    measured[release, cell] > measured[release, theirs] + 0)
				fail(release, substr(cell, length(s) + 2) ": " measured[release, cell] \
					" instructions, null_blk has " measured[release, theirs])
			theirs = cell
			if (sub(/ snapshot /, " memory ", theirs) &&
			    (release, theirs) in measured &&
			    measured[release, cell] > measured[release, theirs] * (1 + snapshot_limit / 100))
				fail(release, substr(cell, length(s) + 2) ": " measured[release, cell] \
					" instructions, without a snapshot " measured[release, theirs])
			if (index(cell, s " ") == 1 && !((release, cell) in measured))
				fail(release, substr(cell, length(s) + 2) ": not measured")
		}
		if (!failed[release])
			print "ok count " release ": " total[release] \
				" cells, none grew by more than " limit " %"
	}
	exit status
}
