package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Integer returns n with a comma before each group of three digits: 913,000.
func Integer(n int) string {
	const group = 3
	sign, digits := "", strconv.Itoa(n)
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - group; at > 0; at -= group {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Count returns n, as Integer writes it, with its noun, which takes an s for the plural: 1 day,
// 3 days.
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Integer(n) + " " + noun
}

// escape returns s with everything that a terminal would act on, or that a reader would not
// see, written as in a Go string: control characters, escape sequences, the marks that turn
// the direction of text, characters without a trace, blanks other than the space, and bytes
// that are no UTF-8. In ASCII it writes all that is not ASCII so: a terminal that takes each
// byte for a character may find control characters among the bytes of a letter.
func (g Glyphs) escape(s string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if isVisible(r) && (r != utf8.RuneError || size > 1) && (g == Unicode || r <= unicode.MaxASCII) {
			b.WriteString(s[:size])
		} else {
			quoted := strconv.QuoteToASCII(s[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	return b.String()
}

// isVisible tells whether r can be seen. Fillers, joiners and variation selectors cannot,
// though they count as letters and marks.
func isVisible(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// columns returns how many columns a terminal uses for s, which holds no escape sequences. It
// is the same in each locale: where two widths are in use for a character, it is the narrow one.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	narrow := runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}
	return narrow.RuneWidth(r)
}

// pad returns s with blanks behind it up to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-columns(s), 0))
}

// padLeft returns s with blanks before it up to width columns.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-columns(s), 0)) + s
}

// wrap returns s in lines of at most width columns, but at least one character. It breaks at
// blanks, and inside a word only where the word is wider than a line. There is always a line.
func wrap(s string, width int) []string {
	if columns(s) <= width {
		return []string{s}
	}
	return flow(strings.Fields(s), width, chop)
}

// wrapList returns items, with a mark after each but the last, in lines as wrap does, and
// breaks inside an item only where the item is wider than a line.
func wrapList(items []string, mark string, width int) []string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = item
		if i < len(items)-1 {
			parts[i] += mark
		}
	}
	return flow(parts, width, wrap)
}

// flow puts parts into lines of at most width columns, with a blank between two of a line. A
// part that is wider than a line is split.
func flow(parts []string, width int, split func(string, int) []string) []string {
	var lines []string
	line := ""
	for _, part := range parts {
		if line != "" {
			if columns(line)+1+columns(part) <= width {
				line += " " + part
				continue
			}
			lines = append(lines, line)
		}
		pieces := split(part, width)
		lines = append(lines, pieces[:len(pieces)-1]...)
		line = pieces[len(pieces)-1]
	}
	return append(lines, line)
}

// chop cuts a word into pieces of at most width columns, but at least one character with the
// marks that belong to it. There is always a piece.
func chop(word string, width int) []string {
	var pieces []string
	start, used := 0, 0
	for at, r := range word {
		w := runeColumns(r)
		if at > start && used+w > width {
			pieces = append(pieces, word[start:at])
			start, used = at, 0
		}
		used += w
	}
	return append(pieces, word[start:])
}
