package calendar

import (
	"fmt"
	"strings"
)

// Layout is a compiled strftime format: a list of steps. When every step is a number of a fixed
// width or a literal, the places of the numbers are known before reading. A Layout remembers the
// month read last, so it has one user at a time.
type Layout struct {
	format string
	steps  []layoutStep
	unit   Unit
	noDay  bool // every date is the first of its month
	fixed  *fixedLayout
	cache  monthCache
}

type layoutStep struct {
	verb byte // directive, or 0 for the literal
	wide bool // the directive may take one digit or two
	lit  byte
}

const layoutVerbs = "%Y %m %d %-m %-d %y %b %B %H %M %S %%"

// CompileLayout compiles a strftime format of the directives %Y %m %d %-m %-d %y %b %B %H %M %S %%.
// It must give a year and a month, and nothing twice; without a day it means the first of the month.
func CompileLayout(format string) (*Layout, error) {
	l := &Layout{format: format}
	seen := make(map[byte]bool)
	for at := 0; at < len(format); {
		step, n, err := stepAt(format, at)
		if err != nil {
			return nil, err
		}
		at += n
		if part := step.part(); part != 0 {
			if seen[part] {
				return nil, fmt.Errorf("date format %q gives the %s twice", format, partName(part))
			}
			seen[part] = true
		}
		l.steps = append(l.steps, step)
	}
	for _, part := range []byte("Ym") {
		if !seen[part] {
			return nil, fmt.Errorf("date format %q has no %s", format, partName(part))
		}
	}
	l.noDay = !seen['d']
	if seen['H'] {
		l.unit = Hours
	}
	l.fixed = fix(l.steps)
	return l, nil
}

// stepAt returns the step at an offset of a format and its length.
func stepAt(format string, at int) (step layoutStep, n int, err error) {
	text := format[at:]
	if text[0] != '%' {
		return layoutStep{lit: text[0]}, 1, nil
	}
	n = 1
	if strings.HasPrefix(text[n:], "-") {
		step.wide = true
		n++
	}
	if n == len(text) {
		return step, n, fmt.Errorf("date format %q ends in an unfinished directive", format)
	}
	step.verb = text[n]
	n++
	if !step.known() {
		return step, n, fmt.Errorf("date format %q: unknown directive %q; allowed: %s", format, text[:n], layoutVerbs)
	}
	if step.verb == '%' {
		step = layoutStep{lit: '%'}
	}
	return step, n, nil
}

func (s layoutStep) known() bool {
	if s.wide {
		return s.verb == 'm' || s.verb == 'd'
	}
	return strings.IndexByte("YmdybBHMS%", s.verb) >= 0
}

// part returns the part of a time that the step gives: Y, m, d, H, M, S, or 0 for a literal.
func (s layoutStep) part() byte {
	switch s.verb {
	case 'y':
		return 'Y'
	case 'b', 'B':
		return 'm'
	}
	return s.verb
}

func partName(part byte) string {
	switch part {
	case 'Y':
		return "year"
	case 'm':
		return "month"
	case 'd':
		return "day"
	case 'H':
		return "hour"
	case 'M':
		return "minute"
	}
	return "second"
}

// Format returns the format that the layout was compiled from.
func (l *Layout) Format() string { return l.format }

// Unit returns what a tick of the layout counts: Hours when the format has %H, else Days.
func (l *Layout) Unit() Unit { return l.unit }

// Width returns the length of every text in the layout, 0 where they differ.
func (l *Layout) Width() int {
	if l.fixed == nil {
		return 0
	}
	return l.fixed.width
}
