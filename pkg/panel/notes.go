package panel

import (
	"fmt"
	"slices"
)

// Codes of a Warning. They are stable: programs may compare them.
const (
	WarnHeaderCase  = "header_case"     // a header name matches but for case and blanks
	WarnNixtlaNames = "nixtla_names"    // unique_id, ds, y
	WarnBlankLines  = "blank_lines"     // lines that are skipped
	WarnMissing     = "missing_target"  // empty targets, missing observations
	WarnNegative    = "negative_target" // targets below zero, kept
	WarnUnsorted    = "unsorted"        // series whose dates do not ascend in the file, sorted
	WarnGaps        = "gaps"            // days inside series without a row, missing observations
	WarnFuture      = "future_dates"    // dates after Config.Today
)

// maxPlaces is the number of places that a Warning names.
const maxPlaces = 5

// tally counts one kind of odd data and keeps its first lines.
type tally struct {
	count int
	lines []int
}

func (t *tally) add(line int) {
	t.count++
	if len(t.lines) < maxPlaces {
		t.lines = append(t.lines, line)
	}
}

// join adds a later block's tally, whose lines count from base.
func (t *tally) join(later tally, base int) {
	t.count += later.count
	for _, line := range later.lines {
		if len(t.lines) < maxPlaces {
			t.lines = append(t.lines, base+line)
		}
	}
}

// notes are the tallies of what can be seen row by row.
type notes struct{ blank, missing, negative tally }

func (n *notes) join(later notes, base int) {
	n.blank.join(later.blank, base)
	n.missing.join(later.missing, base)
	n.negative.join(later.negative, base)
}

func (n *notes) warnings() []Warning {
	var list []Warning
	for _, w := range []struct {
		code, message string
		tally         tally
	}{
		{WarnBlankLines, "blank lines are skipped", n.blank},
		{WarnMissing, "rows without a target are missing observations", n.missing},
		{WarnNegative, "negative targets are kept", n.negative},
	} {
		if w.tally.count == 0 {
			continue
		}
		places := make([]string, len(w.tally.lines))
		for i, line := range w.tally.lines {
			places[i] = fmt.Sprintf("line %d", line)
		}
		list = append(list, Warning{Code: w.code, Count: w.tally.count, Message: w.message, Places: places})
	}
	return list
}

// problems counts the problems of a file by code and keeps the first ones.
type problems struct {
	counts map[string]int
	first  []*RowError
}

// count adds a problem and reports whether it is among the first, to be kept.
func (p *problems) count(code string) bool {
	if p.counts == nil {
		p.counts = make(map[string]int)
	}
	p.counts[code]++
	return len(p.first) < maxShown
}

func (p *problems) keep(e *RowError) { p.first = append(p.first, e) }

// join adds a later block's problems, whose lines count from base.
func (p *problems) join(later problems, base int) {
	for code, n := range later.counts {
		p.count(code)
		p.counts[code] += n - 1
	}
	for _, e := range later.first {
		if len(p.first) < maxShown {
			e.Line += base
			p.keep(e)
		}
	}
}

// err returns the problems as a *DataError, nil for none.
func (p *problems) err(file string, rows int) error {
	if len(p.counts) == 0 {
		return nil
	}
	slices.SortStableFunc(p.first, func(a, b *RowError) int { return a.Line - b.Line })
	return &DataError{File: file, First: p.first[:min(len(p.first), maxShown)], Counts: p.counts, Rows: rows}
}
