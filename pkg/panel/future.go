package panel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// FutureConfig says how to read the values of known-future columns.
type FutureConfig struct {
	Time       string        // name of the date column
	IDs        []string      // names of the id columns of the sales
	Values     [][]string    // the ids of the sales, a list for each of IDs; nil looks for no unknown ones
	DateFormat string        // strftime; "" means calendar.DefaultDateFormat
	Delimiter  string        // as table.ParseDelimiter; "" looks for it
	Freq       calendar.Freq // of the sales
	Columns    []Covariate   // Name, and Levels where the column holds text; Values are not read
}

// Future holds the values of known-future columns: one for each period and each combination of
// those ids that the file has.
type Future struct {
	Warnings []table.Warning

	ids    []int // the id columns of the file, as places among those of the sales
	series map[[maxIDs]string]int
	panel  *Panel
}

// ReadFuture reads inputs with the date column, the known-future columns, and any of the id columns:
// a file without any holds values for all series. The first input settles which; the others must
// have the same. Bad cells, and two rows of the same ids and date, are a *table.DataError; a column
// that is not there is a *table.ColumnError. Text that no level stands for is a missing value, which
// a Warning counts, as one does rows with an id that the sales do not hold.
func ReadFuture(ctx context.Context, inputs []table.Input, cfg FutureConfig) (*Future, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a := newAssembly(Config{DateFormat: cfg.DateFormat, Delimiter: cfg.Delimiter, Freq: cfg.Freq.String(), Duplicates: DuplicatesError})
	a.what = whatFuture
	if cfg.DateFormat == "" {
		a.cfg.DateFormat = calendar.DefaultDateFormat
	}
	if err := a.expect(inputs); err != nil {
		return nil, err
	}
	f := &Future{}
	for i, in := range inputs {
		err := a.open(in, func(file *table.File) error {
			if i == 0 {
				a.names, f.ids = cfg.names(file)
				a.absent = cfg.absent(file)
			}
			return a.readFile(ctx, file)
		})
		if err != nil {
			return nil, err
		}
	}
	if err := a.assembleFuture(); err != nil {
		return nil, err
	}
	a.tellUnknown(cfg, f.ids)
	f.panel, f.Warnings = a.panel, a.panel.Warnings
	f.series = make(map[[maxIDs]string]int, f.panel.NumSeries())
	for s := range f.panel.NumSeries() {
		f.series[key(len(f.ids), func(c int) string { return f.panel.ID(c, s) })] = s
	}
	return f, nil
}

// Validate reports everything that is wrong with c.
func (c FutureConfig) Validate() error {
	var errs []error
	if c.Time == "" {
		errs = append(errs, errors.New("time: the date column has no name"))
	}
	if c.Freq == calendar.None {
		errs = append(errs, errors.New("freq: the sales have no frequency"))
	}
	if len(c.Columns) == 0 {
		errs = append(errs, errors.New("columns: no known-future column is asked for"))
	}
	if _, err := table.ParseDelimiter(c.Delimiter); err != nil {
		errs = append(errs, fmt.Errorf("delimiter: %w", err))
	}
	if len(c.IDs) > maxIDs {
		errs = append(errs, fmt.Errorf("ids: %d id columns, at most %d are read", len(c.IDs), maxIDs))
	}
	if c.Values != nil && len(c.Values) != len(c.IDs) {
		errs = append(errs, fmt.Errorf("values: those of %d id columns, there are %d", len(c.Values), len(c.IDs)))
	}
	return errors.Join(errs...)
}

// names returns the names of the columns to read, and the places of the id columns that the file has.
func (c FutureConfig) names(f *table.File) (n columnNames, ids []int) {
	n = columnNames{time: c.Time, levels: levelsGiven}
	for i, name := range c.IDs {
		if f.Has(name) {
			n.ids, ids = append(n.ids, name), append(ids, i)
		}
	}
	for _, column := range c.Columns {
		n.covariates = append(n.covariates, Covariate{Name: column.Name, Use: KnownFuture, Levels: column.Levels})
	}
	return n, ids
}

// absent returns the id columns that the file does not have.
func (c FutureConfig) absent(f *table.File) []string {
	return slices.DeleteFunc(slices.Clone(c.IDs), f.Has)
}

// tellUnknown names the rows with an id that the sales do not hold, in the id columns of the file,
// which are at these places among those of the sales.
func (a *assembly) tellUnknown(cfg FutureConfig, places []int) {
	if cfg.Values == nil {
		return
	}
	p := a.panel
	known := make([][]bool, len(p.IDs)) // [id column][code]
	for c, id := range p.IDs {
		values := make(map[string]bool, len(cfg.Values[places[c]]))
		for _, v := range cfg.Values[places[c]] {
			values[v] = true
		}
		for _, v := range id.Values {
			known[c] = append(known[c], values[v])
		}
	}
	var rows []int32
	var first string // the first id that is not known, with its column
	for s := range p.NumSeries() {
		c := 0
		for c < len(known) && known[c][p.Codes[c][s]] {
			c++
		}
		if c == len(known) {
			continue
		}
		if len(rows) == 0 {
			first = p.IDs[c].Name + " " + table.Quote(p.ID(c, s))
		}
		rows = append(rows, p.Row[p.Offset[s]:p.Offset[s+1]]...)
	}
	a.tellRows(WarnUnknown, fmt.Sprintf("rows of series that the sales do not hold, such as %s, are not used: ids must be written as they are in the sales", first), rows)
}

// assembleFuture makes the panel of all rows, which has no target.
func (a *assembly) assembleFuture() error {
	if len(a.data) == 0 {
		return fmt.Errorf("read %s: no file", a.what)
	}
	for a.refused = true; a.refused; {
		a.refused = false
		a.panel = &Panel{Time: a.names.time, Warnings: slices.Clone(a.warnings), Covariates: slices.Clone(a.names.covariates)}
		a.scatter()
		switch {
		case a.refused:
			continue
		case a.panel.Len() == 0:
			return a.bad.Err(a.files, a.rows)
		}
		a.sort()
		if err := a.settlePeriods(); err != nil {
			return err
		}
		if !a.refused {
			a.applyDuplicates()
		}
	}
	return a.bad.Err(a.files, a.rows)
}

// Value returns the value of a column, by its place in FutureConfig.Columns, for a series, by all of
// its ids in the order of FutureConfig.IDs, and a period; text as the code of its level. It is NaN
// where the cell holds text without a level. ok is false where the file has no row, or an empty cell.
func (f *Future) Value(column int, ids []string, t calendar.Period) (v float64, ok bool) {
	s, ok := f.series[key(len(f.ids), func(i int) string { return ids[f.ids[i]] })]
	if !ok {
		return math.NaN(), false
	}
	p := f.panel
	i, ok := slices.BinarySearch(p.Period[p.Offset[s]:p.Offset[s+1]], t)
	if !ok {
		return math.NaN(), false
	}
	v = p.Covariates[column].Values[p.Offset[s]+i]
	if v == unseen() {
		return math.NaN(), true
	}
	return v, v == v
}
