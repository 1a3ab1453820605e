# SPDX-License-Identifier: GPL-2.0
#
# Print the output of a terminal, on standard input, as an SVG picture. Colors and bold text
# are those of the escape sequences (SGR); other sequences are dropped.

BEGIN {
	width = 8.4; height = 18; margin = 16
	split("#e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #c8ccd4", list, " ")
	for (i = 1; i <= 7; i++)
		color[30 + i] = list[i]
	color[30] = "#3b4252"
	color[90] = "#7a8290"
}

function escaped(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

# Set bold and fill by the parameters of an escape sequence.
function select_graphics(parameters,    list, n, i) {
	n = split(parameters, list, ";")
	if (!n)
		bold = fill = ""
	for (i = 1; i <= n; i++) {
		if (list[i] + 0 == 0 || list[i] == 39)
			fill = ""
		if (list[i] + 0 == 0 || list[i] == 22)
			bold = ""
		if (list[i] == 1)
			bold = " font-weight=\"bold\""
		if (list[i] + 0 in color)
			fill = " fill=\"" color[list[i] + 0] "\""
	}
}

# Return a text of the line as an element. @column: where the text begins
function element(text, column) {
	if (text !~ /[^ ]/)
		return ""
	return sprintf("<tspan x=\"%.1f\"%s%s>%s</tspan>", margin + column * width, bold, fill,
		       escaped(text))
}

{
	sub(/\r$/, "")
	gsub(/\t/, "        ")
	column = 0
	out = ""
	rest = $0
	while (match(rest, /\033\[[0-9;?]*[A-Za-z]/)) {
		before = substr(rest, 1, RSTART - 1)
		sequence = substr(rest, RSTART + 2, RLENGTH - 3)
		graphics = substr(rest, RSTART + RLENGTH - 1, 1) == "m"
		out = out element(before, column)
		column += length(before)
		if (graphics)
			select_graphics(sequence)
		rest = substr(rest, RSTART + RLENGTH)
	}
	out = out element(rest, column)
	column += length(rest)
	if (column > columns)
		columns = column
	lines[++nr] = out
}

END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n",
		columns * width + 2 * margin, nr * height + 2 * margin
	printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1b1f27\"/>\n"
	printf "<g font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\" fill=\"#e6e9ef\" xml:space=\"preserve\">\n"
	for (i = 1; i <= nr; i++)
		if (lines[i] != "")
			printf "<text y=\"%d\">%s</text>\n", margin + i * height - 5, lines[i]
	print "</g>"
	print "</svg>"
}
