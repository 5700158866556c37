package panel

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

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
// is a *table.RowError whose Column is the date, and takes its whole row along where bad rows are left
// out; a name that is a date, but not in the format of the others, is a *table.FileError. Rows of the
// same ids are one series.
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
	a.note(f.Name, warnings)
	dates, err := a.dateColumns(f, columns)
	if err != nil {
		return err
	}
	a.names.time, a.names.target = a.cfg.Time, a.cfg.Target
	data, err := f.Read(ctx, slices.Concat(columns, dates), table.Options{DateFormat: a.cfg.DateFormat, Keep: a.cfg.keep()})
	if err != nil {
		return err
	}
	a.note(f.Name, data.Warnings)
	a.ignore(f.Names, slices.Concat(columns, dates))
	unit := a.unit // of the names, whatever the layout's
	a.add(data)
	a.unit = unit
	if data.Rows > math.MaxInt32/len(a.wide) {
		return table.NewFileError(f.Name, table.CodeTooManyRows, fmt.Sprintf("%d rows of %d dates, at most %d targets are read", data.Rows, len(a.wide), math.MaxInt32))
	}
	return nil
}

// dateColumns returns the columns whose names are dates, and notes which. A name that is no whole
// hour of the calendar, or a date in another form, is an error: its targets would be lost.
func (a *assembly) dateColumns(f *table.File, taken []table.Column) ([]table.Column, error) {
	var columns []table.Column
	var times []calendar.Time
	var odd error
	seen := make(map[calendar.Time]string)
	for place, name := range f.Names {
		if slices.ContainsFunc(taken, func(c table.Column) bool { return c.Place == place }) {
			continue
		}
		t, fault := a.dateOf(name)
		if fault != calendar.FaultNone {
			if odd == nil {
				odd = oddDate(f, name, fault)
			}
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
	switch {
	case len(columns) == 0:
		return nil, a.noDates(f)
	case odd != nil:
		return nil, odd
	}
	for i, c := range columns {
		a.wide = append(a.wide, wideColumn{c.Name, a.unit.Tick(times[i])})
	}
	return columns, nil
}

// isoMonth is the form of the names of months that the default format of dates lets pass.
const isoMonth = "%Y-%m"

// dateOf returns the date that a column's name is.
func (a *assembly) dateOf(name string) (calendar.Time, calendar.Fault) {
	name = strings.TrimSpace(name)
	t, fault := readDate(name, calendar.SniffLayout(name, a.cfg.DateFormat))
	if fault == calendar.FaultShape && a.cfg.DateFormat == calendar.DefaultDateFormat {
		t, fault = readDate(name, isoMonth)
	}
	return t, fault
}

func readDate(text, format string) (calendar.Time, calendar.Fault) {
	layout, err := calendar.CompileLayout(format)
	if err != nil {
		return calendar.Time{}, calendar.FaultShape
	}
	tick, fault := layout.Tick([]byte(text))
	return layout.Unit().Time(tick), fault
}

// oddDate returns the error of a column whose name is a date that cannot be used, nil for any other
// name.
func oddDate(f *table.File, name string, fault calendar.Fault) error {
	const remedy = "rename the column, or remove it"
	switch {
	case fault == calendar.FaultPartHour:
		err := table.NewFileError(f.Name, table.CodePartHour, fmt.Sprintf("the column %q is not of a whole hour", name))
		return hint.Wrap(err, "add up the columns of each hour")
	case fault == calendar.FaultNoDay:
		return hint.Wrap(table.NewFileError(f.Name, table.CodeBadDate, fmt.Sprintf("the column %q is not of a day of the calendar", name)), remedy)
	case isDate(name):
		return hint.Wrap(table.NewFileError(f.Name, table.CodeBadDate, fmt.Sprintf("the column %q has its date in another form than the other columns", name)), remedy)
	}
	return nil
}

// isDate reports whether a name that is not in the format of the dates is one in a common form, be it
// one that may be read day first or month first.
func isDate(name string) bool {
	name = strings.TrimSpace(name)
	if calendar.OnlyFormat(name) != "" {
		return true
	}
	return slices.ContainsFunc(dayFirst(), func(format string) bool { return readsAll(format, []string{name}) })
}

// dayFirst returns common formats that read the dates of other ones, month first, where the day is 12
// or less.
func dayFirst() []string {
	return []string{"%-d/%-m/%Y", "%-d.%-m.%Y", "%-d-%-m-%Y", "%-d/%-m/%y", "%-d.%-m.%y", "%-d/%-m/%Y %H:%M", "%-d/%-m/%Y %H:%M:%S"}
}

// dateFormats returns the common format that reads all of these names, or both where the first number
// of each may be the day or the month; nil for none.
func dateFormats(names []string) []string {
	for _, name := range names {
		if format := calendar.OnlyFormat(strings.TrimSpace(name)); format != "" && readsAll(format, names) {
			return []string{format}
		}
	}
	monthFirst := strings.NewReplacer("%-d", "%-m", "%-m", "%-d")
	for _, digits := range []string{"%", "%-"} { // two, or one or two
		var found []string
		for _, format := range dayFirst() {
			for _, order := range []string{format, monthFirst.Replace(format)} {
				if order = strings.ReplaceAll(order, "%-", digits); readsAll(order, names) {
					found = append(found, order)
				}
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// readsAll reports whether the format reads every name as a date.
func readsAll(format string, names []string) bool {
	layout, err := calendar.CompileLayout(format)
	return err == nil && !slices.ContainsFunc(names, func(name string) bool {
		_, fault := layout.Tick([]byte(strings.TrimSpace(name)))
		return fault != calendar.FaultNone
	})
}

// choice writes formats for people: "'%d/%m/%Y' or '%m/%d/%Y'".
func choice(formats []string) string { return "'" + strings.Join(formats, "' or '") + "'" }

// noDates returns the error of a file without a column of targets.
func (a *assembly) noDates(f *table.File) error {
	for _, name := range f.Names {
		if _, fault := a.dateOf(name); fault == calendar.FaultNoDay || fault == calendar.FaultPartHour {
			return oddDate(f, name, fault)
		}
	}
	remedy := "name the form of the dates with --date-format"
	if dates := a.datesAmong(f.Names); len(dates) > 0 {
		formats := dateFormats(dates)
		if len(formats) == 0 {
			formats = dateFormats(dates[:1])
		}
		if len(formats) > 0 {
			remedy = fmt.Sprintf("--date-format %s reads %s", choice(formats), table.Quote(dates[0]))
		}
	}
	return hint.Wrap(table.NewFileError(f.Name, table.CodeWide, "no column has a date for its name"), remedy)
}

// scatterWide puts the targets in the places of their series: row by row, date by date.
func (a *assembly) scatterWide(numbers map[*table.Keys][]int32, covariates []textValues) {
	p := a.panel
	next := slices.Clone(p.Offset)
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
				for c, values := range covariates {
					values.put(p.Covariates[c].Values[at:at+1], b, c, row, row+1)
				}
			}
		}
	}
}
