package panel

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// assembly brings the rows of files together into a panel.
type assembly struct {
	cfg       Config
	what      string // the inputs hold
	inputs    int    // how many there are
	names     columnNames
	data      []*table.Data
	first     []int // per file: the number of its first row among all rows
	files     []string
	rows      int
	ignored   []string
	have      []string // names of all columns
	elsewhere []string // static covariates that the sales do not have
	absent    []string // id columns of the sales that future values do not have
	warnings  []table.Warning

	wide    []wideColumn // of a wide file: its columns of targets; nil for a long one
	bad     *table.Problems
	refused bool // whether rows were found bad since the panel was begun
	panel   *Panel
	ticks   []int32 // per observation, until there are periods
	repeats bool    // whether two observations of a series share a tick
	unit    calendar.Unit
}

func newAssembly(cfg Config) *assembly {
	return &assembly{cfg: cfg, what: whatSales, bad: table.NewProblems(cfg.keep())}
}

// What inputs hold, as errors call it.
const (
	whatSales      = "sales"
	whatAttributes = "attributes"
	whatFuture     = "future values"
)

// add takes over the rows of one file.
func (a *assembly) add(d *table.Data) {
	a.data, a.first, a.files = append(a.data, d), append(a.first, a.rows), append(a.files, d.File)
	a.rows += d.Rows
	a.unit = max(a.unit, d.Unit)
	a.bad.Join(d.Bad)
}

// assemble makes the panel of all rows. It begins anew whenever rows turn out to be bad, so that
// each step looks at good ones alone and nothing of the others is left: no id, no level, no
// warning.
func (a *assembly) assemble() (*Panel, error) {
	switch {
	case len(a.data) == 0:
		return nil, errors.New("read sales: no file")
	case a.rows > math.MaxInt32:
		return nil, table.NewFileError(a.files[0], table.CodeTooManyRows, fmt.Sprintf("%d rows, at most %d are read", a.rows, math.MaxInt32))
	}
	for a.refused = true; a.refused; {
		a.refused = false
		if err := a.begin(); err != nil {
			return nil, err
		}
	}
	if a.cfg.keep() == table.KeepFirst {
		if err := a.bad.Err(a.files, a.rows); err != nil {
			return nil, err
		}
	}
	rows, kept := a.rows*max(1, len(a.wide)), a.panel.Len()
	if err := a.applyGaps(); err != nil {
		return nil, err
	}
	a.tellFuture()
	a.panel.Rejected = table.NewRejected(a.bad, a.files)
	if kept < rows || a.panel.Len() > kept {
		a.panel.renumber(rows)
	}
	return a.panel, nil
}

// begin makes the panel of the good rows. It stops at the first step that refuses any.
func (a *assembly) begin() error {
	a.panel = &Panel{
		Time: a.names.time, Target: a.names.target, Ignored: a.ignored, Warnings: slices.Clone(a.warnings),
		Covariates: slices.Clone(a.names.covariates),
	}
	a.scatter()
	if a.panel.Len() == 0 {
		return a.noRows()
	}
	unsorted := a.sort()
	a.tellSeries(WarnUnsorted, "series whose dates do not ascend in the file are sorted", len(unsorted), unsorted)
	if err := a.foldStatic(); err != nil || a.refused {
		return err
	}
	if err := a.settlePeriods(); err != nil || a.refused {
		return err
	}
	if a.refuseNegative(); a.refused {
		return nil
	}
	if a.applyDuplicates(); a.refused {
		return nil
	}
	missing, below, large := a.panel.oddTargets()
	a.tellRows(WarnMissing, "rows without a target are missing observations", missing)
	a.tellRows(WarnRounded, "targets of 2^53 and more may be rounded", large)
	a.applyNegative(below)
	return nil
}

// noRows returns the error of files without a good row that has a target.
func (a *assembly) noRows() error {
	if err := a.bad.Err(a.files, a.rows); err != nil {
		return err
	}
	return table.NewFileError(a.files[0], table.CodeNoRows, "no cell of its date columns holds a number")
}

// number brings the groups of all batches together: ids and series are numbered by their order.
// It returns, for every Keys, the panel's series of its groups; a group without a good row has
// none, which is -1.
func (a *assembly) number() map[*table.Keys][]int32 {
	rows := a.countRows()
	width := len(a.names.ids)
	type local struct {
		keys  *table.Keys
		group int
		codes []int32 // places in the panel's id columns
	}
	var all []local
	for keys, counts := range rows {
		for g, n := range counts {
			if n > 0 {
				all = append(all, local{keys, g, make([]int32, width)})
			}
		}
	}
	for column, name := range a.names.ids {
		id := IDColumn{Name: name}
		rank := make(map[string]int32)
		for _, l := range all {
			v := l.keys.Values(column)[l.keys.Group(l.group)[column]]
			if _, known := rank[v]; !known {
				rank[v] = 0
				id.Values = append(id.Values, v)
			}
		}
		id.sort(rank)
		for _, l := range all {
			l.codes[column] = rank[l.keys.Values(column)[l.keys.Group(l.group)[column]]]
		}
		a.panel.IDs = append(a.panel.IDs, id)
	}
	slices.SortFunc(all, func(x, y local) int { return slices.Compare(x.codes, y.codes) })
	numbers := make(map[*table.Keys][]int32, len(rows))
	for keys := range rows {
		numbers[keys] = slices.Repeat([]int32{-1}, keys.Len())
	}
	a.panel.Codes = make([][]int32, width)
	a.panel.Offset = []int{0}
	for i, l := range all {
		if i == 0 || slices.Compare(l.codes, all[i-1].codes) != 0 {
			for column, code := range l.codes {
				a.panel.Codes[column] = append(a.panel.Codes[column], code)
			}
			a.panel.Offset = append(a.panel.Offset, 0)
		}
		series := len(a.panel.Offset) - 2
		a.panel.Offset[series+1] += rows[l.keys][l.group]
		numbers[l.keys][l.group] = int32(series)
	}
	for i := 1; i < len(a.panel.Offset); i++ {
		a.panel.Offset[i] += a.panel.Offset[i-1]
	}
	return numbers
}

// countRows returns the number of good rows of every group.
func (a *assembly) countRows() map[*table.Keys][]int {
	rows := make(map[*table.Keys][]int)
	for _, d := range a.data {
		for _, b := range d.Batches {
			if rows[b.Keys] == nil {
				rows[b.Keys] = make([]int, b.Keys.Len())
			}
			counts := rows[b.Keys]
			for from, to := range b.Runs() {
				counts[b.Group[from]] += a.observations(b, from, to)
			}
		}
	}
	return rows
}

// observations returns how many observations good rows hold.
func (a *assembly) observations(b *table.Batch, from, to int) int {
	if a.wide == nil {
		return to - from
	}
	n := 0
	for _, y := range b.Numbers {
		for _, v := range y[from:to] {
			if v == v {
				n++
			}
		}
	}
	return n
}

// sort settles the rule of the column, sorts its values by it and sets rank to their places.
func (c *IDColumn) sort(rank map[string]int32) {
	c.Rule = RuleOf(c.Values)
	slices.SortFunc(c.Values, c.Rule.Compare)
	for i, v := range c.Values {
		rank[v] = int32(i)
	}
}
