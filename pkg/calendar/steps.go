package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// longestStep is the longest step that is counted apart.
const longestStep = 400

// steps counts the distances between neighbours of a series.
type steps struct {
	count [longestStep + 1]int // by length; 0 holds the longer ones
	total int
}

// add counts n steps of a length.
func (s *steps) add(length, n int) {
	if length < 0 || length > longestStep {
		length = 0
	}
	s.count[length] += n
	s.total += n
}

// describe says the commonest lengths: "2 of 3 steps are 7 days, 1 is 3 days".
func (s *steps) describe(unit string) string {
	const shown = 3
	lengths := make([]int, 0, 16)
	for length, n := range s.count {
		if n > 0 {
			lengths = append(lengths, length)
		}
	}
	slices.SortStableFunc(lengths, func(a, b int) int { return s.count[b] - s.count[a] })
	parts := make([]string, 0, shown)
	for i, length := range lengths[:min(len(lengths), shown)] {
		n := s.count[length]
		text := strconv.Itoa(n)
		if i == 0 {
			text += " of " + count(s.total, "step")
		}
		parts = append(parts, text+are(n)+s.length(length, unit))
	}
	if len(lengths) > shown {
		parts = append(parts, "the others differ")
	}
	return strings.Join(parts, ", ")
}

func (s *steps) length(length int, unit string) string {
	if length == 0 {
		return fmt.Sprintf("more than %d %ss", longestStep, unit)
	}
	return count(length, unit)
}

// count says a number of things: "1 step", "3 steps".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

func are(n int) string {
	if n == 1 {
		return " is "
	}
	return " are "
}
