# SPDX-License-Identifier: GPL-2.0
#
# awk -v out=FOLDER -f blocks.awk DOCUMENT: write the blocks of a document to FOLDER.
#
# A block is a fence "```sh". It becomes FOLDER/NNNN.sh, where NNNN is its first line in
# the document. A fence "```console" holds the output of the block before it, and becomes
# FOLDER/NNNN.out of that block. A line "<!-- test: WORD ... -->" marks the next block:
#
#	host		on the machine, in the checkout, instead of in a guest (NNNN.host)
#	fails		its last command must fail (NNNN.fails)
#	skip REASON	not a part of the test (NNNN.skip)
#
# "<!-- test: session host -->" runs all blocks of the document on the machine.

function die(text) {
	print FILENAME ":" FNR ": " text >"/dev/stderr"
	bad = 1
	exit 1
}

/^<!-- test: session host -->$/ { all_host = 1; next }
/^<!-- test: (host|fails)( (host|fails))* -->$/ || /^<!-- test: skip [^ ].* -->$/ {
	if (mark != "")
		die("two marks for one block")
	mark = $0
	sub(/^<!-- test: /, "", mark)
	sub(/ -->$/, "", mark)
	next
}
/^<!-- test:/ { die("unknown mark") }

/^```/ && inside {
	close(file)
	inside = 0
	next
}
/^```sh$/ {
	name = sprintf("%s/%04d", out, FNR + 1)
	file = name ".sh"
	printf "" >file
	if (all_host)
		printf "" >(name ".host")
	if (mark ~ /^skip/)
		printf "%s\n", substr(mark, 6) >(name ".skip")
	else
		for (n = split(mark, words, " "); n > 0; n--)
			printf "" >(name "." words[n])
	mark = ""
	inside = 1
	next
}
/^```console$/ {
	if (name == "")
		die("output without a block before it")
	file = name ".out"
	name = ""
	inside = 1
	next
}
/^```/ {
	if (mark != "")
		die("a mark before a block that is not sh")
	file = "/dev/null"
	inside = 1
	next
}
inside { print >file }

END {
	if (bad)
		exit 1
	if (inside)
		die("the last block has no end")
	if (mark != "")
		die("a mark without a block")
}
