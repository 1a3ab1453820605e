# SPDX-License-Identifier: GPL-2.0
#
# Input: figures of bench/count, "RELEASE KIND CASE DRIVER INSTRUCTIONS". Output: JSON.

BEGIN { printf "{ \"commit\": \"%s\", \"cells\": [", commit }

{
	printf "%s\n{ \"kernel\": \"%s\", \"kind\": \"%s\", \"case\": \"%s\", \"driver\": \"%s\", \"instructions\": %s }",
		(NR > 1 ? "," : ""), $1, $2, $3, $4, $5
}

END { print "\n] }" }
