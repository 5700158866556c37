package table

import (
	"cmp"
	"maps"
	"slices"
)

// Warning is one rule that odd but usable data met. It is shown once, with its count and the
// first places.
type Warning struct {
	Code    string   `json:"code"`
	Count   int      `json:"count"`
	Message string   `json:"message"`
	Places  []string `json:"places,omitempty"` // "line 7" or "store 1, item 2", at most MaxPlaces
}

// Codes of the warnings that reading gives. They are stable: programs may compare them.
const (
	WarnHeaderCase = "header_case" // a header name matches but for case and blanks
	WarnBlankLines = "blank_lines" // lines that are skipped
	WarnUTC        = "utc_times"   // Parquet times that are instants, read in UTC
)

// MaxPlaces is the number of places that a Warning names.
const MaxPlaces = 5

// tally counts one kind of odd data and keeps its first lines.
type tally struct {
	count int
	lines []int
}

func (t *tally) add(line int) {
	t.count++
	if len(t.lines) < MaxPlaces {
		t.lines = append(t.lines, line)
	}
}

// extend adds a later batch's tally, whose lines count from base.
func (t *tally) extend(later tally, base int) {
	t.count += later.count
	for _, line := range later.lines {
		if len(t.lines) < MaxPlaces {
			t.lines = append(t.lines, base+line)
		}
	}
}

// Keep says how many problems are kept.
type Keep int

// The first problems are enough for people; all of them name the rows that are left out.
const (
	KeepFirst Keep = iota // the first 20
	KeepAll
)

// Problems counts what is wrong with rows, by code, and keeps the first or all of it.
type Problems struct {
	keep   Keep
	counts map[string]int
	rows   []*RowError
}

// NewProblems returns none.
func NewProblems(k Keep) *Problems { return &Problems{keep: k, counts: make(map[string]int)} }

// Add counts a problem. What describes it is called only when it is kept.
func (p *Problems) Add(code string, describe func() *RowError) {
	p.counts[code]++
	if p.keep == KeepAll || len(p.rows) < maxShown {
		p.rows = append(p.rows, describe())
	}
}

// extend adds a later batch's problems, whose lines count from base.
func (p *Problems) extend(later *Problems, base int) {
	for code, n := range later.counts {
		p.counts[code] += n
	}
	for _, e := range later.rows {
		if p.keep == KeepFirst && len(p.rows) >= maxShown {
			return
		}
		e.Line += base
		p.rows = append(p.rows, e)
	}
}

// mergeProblems puts the problems of the columns of a batch in the order of their rows.
func mergeProblems(keep Keep, columns []*Problems) *Problems {
	all := NewProblems(keep)
	for _, p := range columns {
		for code, n := range p.counts {
			all.counts[code] += n
		}
		all.rows = append(all.rows, p.rows...)
	}
	slices.SortStableFunc(all.rows, func(a, b *RowError) int { return cmp.Compare(a.Row, b.Row) })
	if keep == KeepFirst {
		all.rows = all.rows[:min(len(all.rows), maxShown)]
	}
	return all
}

// Join adds the problems of other rows, be they before those that are known.
func (p *Problems) Join(other *Problems) {
	for code, n := range other.counts {
		p.counts[code] += n
	}
	p.rows = append(p.rows, other.rows...)
}

// Counts returns how many problems there are, by code. It is the caller's.
func (p *Problems) Counts() map[string]int { return maps.Clone(p.counts) }

// Rows returns the problems that are kept: by file in the order of files, then by line. Files are
// told apart by their names.
func (p *Problems) Rows(files []string) []*RowError {
	order := make(map[string]int, len(files))
	for i, name := range slices.Backward(files) {
		order[name] = i
	}
	slices.SortStableFunc(p.rows, func(a, b *RowError) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Row, b.Row))
	})
	return p.rows
}

// Err returns the problems as a *DataError, nil for none. The names of the files are in their
// order; rows is how many there are, good and bad.
func (p *Problems) Err(files []string, rows int) error {
	if len(p.counts) == 0 {
		return nil
	}
	first := p.Rows(files)
	return &DataError{File: fileList(files), First: first[:min(len(first), maxShown)], Counts: p.Counts(), Rows: rows}
}
