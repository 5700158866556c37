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

// joinAttributes adds the static columns of the files that Config.Attributes names. Their bad rows
// are an error always: leaving one out would leave all of its series without values.
func (a *assembly) joinAttributes(ctx context.Context) error {
	inputs, err := table.Files(a.cfg.Attributes...)
	if err != nil {
		return err
	}
	missing := slices.Clone(a.elsewhere)
	var last *table.File
	for _, in := range inputs {
		rows := newAssembly(Config{DateFormat: calendar.DefaultDateFormat, Delimiter: a.cfg.Delimiter})
		rows.what = whatAttributes
		err := rows.open(in, func(f *table.File) (err error) {
			last = f
			if rows.names, err = a.attributeColumns(f); err != nil {
				return err
			}
			return rows.readFile(ctx, f)
		})
		if err != nil {
			return err
		}
		if err := rows.assembleAttributes(); err != nil {
			return err
		}
		if err := a.join(rows); err != nil {
			return err
		}
		missing = slices.DeleteFunc(missing, rows.names.has)
	}
	if len(missing) > 0 {
		return table.MissingColumn(&table.ColumnError{File: last.Name, Column: missing[0], Have: last.Names}, Static.flag(), nil)
	}
	return nil
}

// attributeColumns returns the columns of a file of attributes: the ids that it has, and as
// covariates those that the Config names and the sales lack, or else all others.
func (a *assembly) attributeColumns(f *table.File) (columnNames, error) {
	var n columnNames
	for _, name := range a.names.ids {
		if f.Has(name) {
			n.ids = append(n.ids, name)
		}
	}
	if len(n.ids) == 0 {
		return n, table.MissingColumn(&table.ColumnError{File: f.Name, Column: a.names.ids[0], Have: f.Names}, "--id", nil)
	}
	ids := &table.File{Names: n.ids}
	for _, name := range f.Names {
		if name != "" && !ids.Has(name) && len(a.elsewhere) == 0 {
			n.covariates = append(n.covariates, Covariate{Name: name, Use: Static})
		}
	}
	for _, name := range a.elsewhere {
		if f.Has(name) {
			n.covariates = append(n.covariates, Covariate{Name: name, Use: Static})
		}
	}
	if len(n.covariates) == 0 {
		err := table.NewFileError(f.Name, WarnAttributes, "no static column beside the ids")
		return n, hint.Wrap(err, "a file of attributes has id columns and one more for each attribute")
	}
	return n, nil
}

// has reports whether one of the covariates has that name.
func (n columnNames) has(name string) bool {
	return slices.ContainsFunc(n.covariates, func(c Covariate) bool { return c.Name == name })
}

// assembleAttributes makes a panel of the rows of attributes, one observation a series.
func (a *assembly) assembleAttributes() error {
	a.panel = &Panel{Covariates: slices.Clone(a.names.covariates)}
	a.scatter()
	p := a.panel
	var later []int
	for s := range p.NumSeries() {
		for i := p.Offset[s] + 1; i < p.Offset[s+1]; i++ {
			later = append(later, i)
		}
	}
	a.refuse(later, "", table.CodeDuplicateKey, func(i int) error {
		return fmt.Errorf("%s: already on %s; a file of attributes has one row for it", p.Label(p.seriesOf(i)), a.place(p.Row[i-1]))
	})
	return a.bad.Err(a.files, a.rows)
}

// join gives the series of the panel the attributes that rows have for their ids.
func (a *assembly) join(rows *assembly) error {
	p, from := a.panel, rows.panel
	file := rows.files[0]
	if err := a.claim(file, from.Covariates); err != nil {
		return err
	}
	row := make(map[[maxIDs]string]int, from.Len())
	var columns []int // of the panel, in the order of from
	for _, id := range from.IDs {
		columns = append(columns, slices.Index(a.names.ids, id.Name))
	}
	for s := range from.NumSeries() {
		row[key(len(from.IDs), func(i int) string { return from.ID(i, s) })] = s
	}
	used := make([]bool, from.Len())
	place := make([]int, p.NumSeries()) // the row of a series, -1 for none
	var without []int
	for s := range place {
		at, ok := row[key(len(columns), func(i int) string { return p.ID(columns[i], s) })]
		if !ok {
			at = -1
			without = append(without, s)
		} else {
			used[at] = true
		}
		place[s] = at
	}
	if len(without) == p.NumSeries() {
		err := table.NewFileError(file, WarnAttributes, "no row is of a series of the sales")
		return hint.Wrap(err, `ids must be written as they are in the sales: "01" is not "1"`)
	}
	a.tellSeries(WarnAttributes, "series without a row in "+file+" have missing values", len(without), without)
	p.Warnings = append(p.Warnings, rows.warnings...)
	rows.tellUnused(used)
	p.Warnings = append(p.Warnings, from.Warnings...)
	first := slices.IndexFunc(p.Covariates, func(c Covariate) bool { return c.Use != Static }) // static ones come first
	if first < 0 {
		first = len(p.Covariates)
	}
	for k, c := range from.Covariates {
		values := make([]float64, len(place))
		for s, at := range place {
			values[s] = math.NaN()
			if at >= 0 {
				values[s] = c.Values[at]
			}
		}
		p.Covariates = slices.Insert(p.Covariates, first+k, Covariate{Name: c.Name, Use: Static, Levels: c.Levels, Values: values})
	}
	return nil
}

// claim notes that the columns are those of a file. No file before may have one of their names, be it
// in another case.
func (a *assembly) claim(file string, columns []Covariate) error {
	before := &table.File{Names: a.have}
	for _, c := range columns {
		if before.Has(c.Name) {
			err := table.NewFileError(file, table.CodeDuplicateColumn, fmt.Sprintf("the column %q is in another file, too", c.Name))
			return hint.Wrap(err, "rename or remove it in one of them; --static takes the columns that it names alone")
		}
		a.have = append(a.have, c.Name)
	}
	return nil
}

// key returns the first ids as one value to look up.
func key(n int, id func(i int) string) (k [maxIDs]string) {
	for i := range n {
		k[i] = id(i)
	}
	return k
}

// tellUnused names the rows of attributes that no series has.
func (a *assembly) tellUnused(used []bool) {
	var rows []int32
	for i, ok := range used {
		if !ok {
			rows = append(rows, a.panel.Row[i])
		}
	}
	a.tellRows(WarnAttributes, "rows of attributes are of no series", rows)
}
