package panel

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// wideColumn is a column of targets whose name is a date.
type wideColumn struct {
	name string
	tick int32
}

// ReadWide reads a wide file: the id columns, a column of targets for each date, whose name is that
// date, and static columns. An empty cell is no observation: in such a file it is the only way to
// write a date before a series begins or after it ends. The errors are those of Read: a bad number
// is a *table.RowError whose Column is the date. Rows of the same ids are one series.
func ReadWide(ctx context.Context, in table.Input, cfg Config) (*Panel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a := newAssembly(cfg)
	if names := slices.Concat(cfg.KnownFuture, cfg.PastOnly); len(names) > 0 {
		return nil, fmt.Errorf("read %s: a wide file has no values by date of the column %q", in.Name, names[0])
	}
	if err := a.open(in, func(f *table.File) error { return a.readWide(ctx, f) }); err != nil {
		return nil, err
	}
	p, err := a.assemble()
	if err != nil {
		return nil, err
	}
	if err := a.joinAttributes(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// readWide adds the rows of the file.
func (a *assembly) readWide(ctx context.Context, f *table.File) error {
	a.names = a.cfg.names()
	a.names.time, a.names.target = "", ""
	a.seekElsewhere(f)
	columns, warnings, err := f.Find(a.names.wanted())
	if err != nil {
		return err
	}
	a.note(warnings)
	dates, err := a.dateColumns(f, columns)
	if err != nil {
		return err
	}
	a.names.time, a.names.target = a.cfg.Time, a.cfg.Target
	data, err := f.Read(ctx, slices.Concat(columns, dates), table.Options{DateFormat: a.cfg.DateFormat, Keep: a.cfg.keep()})
	if err != nil {
		return err
	}
	a.note(data.Warnings)
	a.ignore(f.Names, slices.Concat(columns, dates))
	unit := a.unit // of the names, whatever the layout's
	a.add(data)
	a.unit = unit
	if data.Rows > math.MaxInt32/len(a.wide) {
		return table.NewFileError(f.Name, table.CodeTooManyRows, fmt.Sprintf("%d rows of %d dates, at most %d targets are read", data.Rows, len(a.wide), math.MaxInt32))
	}
	return nil
}

// dateColumns returns the columns whose names are dates, and notes which.
func (a *assembly) dateColumns(f *table.File, taken []table.Column) ([]table.Column, error) {
	var columns []table.Column
	var times []calendar.Time
	seen := make(map[calendar.Time]string)
	for place, name := range f.Names {
		t, ok := a.dateOf(name)
		if !ok || slices.ContainsFunc(taken, func(c table.Column) bool { return c.Place == place }) {
			continue
		}
		if before, twice := seen[t]; twice {
			return nil, table.NewFileError(f.Name, table.CodeDuplicateColumn, fmt.Sprintf("the columns %q and %q are of the same date", before, name))
		}
		seen[t] = name
		columns = append(columns, table.Column{Name: name, Kind: table.Number, Place: place})
		times = append(times, t)
		if t.Hour != 0 {
			a.unit = calendar.Hours
		}
	}
	if len(columns) == 0 {
		return nil, noDates(f)
	}
	for i, c := range columns {
		a.wide = append(a.wide, wideColumn{c.Name, a.unit.Tick(times[i])})
	}
	return columns, nil
}

// isoMonth is the form of the names of months that the default format of dates lets pass.
const isoMonth = "%Y-%m"

// dateOf returns the date that a column's name is.
func (a *assembly) dateOf(name string) (calendar.Time, bool) {
	t, err := calendar.ParseTime(name, calendar.SniffLayout(name, a.cfg.DateFormat))
	if err != nil && a.cfg.DateFormat == calendar.DefaultDateFormat {
		t, err = calendar.ParseTime(name, isoMonth)
	}
	return t, err == nil
}

// noDates returns the error of a file without a column of targets.
func noDates(f *table.File) error {
	remedy := "name the form of the dates with --date-format"
	for _, name := range f.Names {
		if format := calendar.OnlyFormat(name); format != "" {
			remedy = fmt.Sprintf("--date-format '%s' reads %s", format, table.Quote(name))
			break
		}
	}
	return hint.Wrap(table.NewFileError(f.Name, table.CodeWide, "no column has a date for its name"), remedy)
}

// scatterWide puts the targets in the places of their series: row by row, date by date.
func (a *assembly) scatterWide(numbers map[*table.Keys][]int32) {
	p := a.panel
	next := slices.Clone(p.Offset)
	n := p.Offset[len(p.Offset)-1]
	a.ticks, p.Y, p.Row = make([]int32, n), make([]float64, n), make([]int32, n)
	cells := a.covariateCells()
	for _, b := range a.data[0].Batches {
		for row, group := range b.Group[:b.Rows] {
			if group == table.BadRow {
				continue
			}
			s := numbers[b.Keys][group]
			for k, y := range b.Numbers {
				if y[row] != y[row] {
					continue
				}
				at := next[s]
				next[s]++
				a.ticks[at], p.Y[at], p.Row[at] = a.wide[k].tick, y[row], int32((b.FirstRow+row)*len(a.wide)+k)
				for c := range cells {
					cells[c].put(p.Covariates[c].Values[at:at+1], b, row, row+1)
				}
			}
		}
	}
}
