package panel

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/table"
)

// frameName stands in errors where a file has its name.
const frameName = "dataframe"

// FromDataFrame makes a panel of a gota data frame by the rules of Read; a RowError names the
// row, from 1. Id columns must be strings or integers: gota reads "001" as the integer 1 unless it
// is given the type, and a float id has no text of its own. A NaN target is a missing observation,
// a NaN id is an empty one.
func FromDataFrame(df dataframe.DataFrame, cfg Config) (*Panel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if len(cfg.Attributes) > 0 {
		return nil, errors.New("attributes: no file is joined to a data frame, which may hold static columns itself")
	}
	if df.Err != nil {
		return nil, fmt.Errorf("%s: %w", frameName, df.Err)
	}
	f := &table.File{Name: frameName, Names: df.Names()}
	a := newAssembly(cfg)
	if err := a.resolve(f); err != nil {
		return nil, err
	}
	columns, warnings, err := f.Find(a.names.wanted())
	if err != nil {
		return nil, err
	}
	a.note(frameName, warnings)
	cells := make([]frameColumn, len(columns))
	for i, c := range columns {
		if cells[i], err = newFrameColumn(df.Col(f.Names[c.Place]), c.Kind); err != nil {
			return nil, err
		}
	}
	var dates []string
	for row := range min(df.Nrow(), sniffed) {
		dates = append(dates, string(cells[0].appendCell(nil, row)))
	}
	format, err := sniffLayout(dates, cfg.DateFormat)
	if err != nil {
		return nil, err
	}
	data, err := table.ReadRows(frameName, columns, df.Nrow(), func(dst []byte, row, column int) []byte {
		return cells[column].appendCell(dst, row)
	}, table.Options{DateFormat: format, Keep: cfg.keep()})
	if err != nil {
		return nil, err
	}
	a.ignore(f.Names, columns)
	a.add(data)
	return a.assemble()
}

// frameColumn gives the cells of a data frame's column as text.
type frameColumn struct {
	text    []string  // of a column of strings or integers
	numbers []float64 // of a column of floats
	missing []bool
}

func newFrameColumn(s series.Series, kind table.Kind) (frameColumn, error) {
	c := frameColumn{missing: s.IsNaN()}
	switch {
	case s.Type() == series.String || s.Type() == series.Int:
		c.text = s.Records()
	case s.Type() == series.Float && (kind == table.Number || kind == table.Text):
		c.numbers = s.Float()
	default:
		err := table.NewFileError(frameName, table.CodeColumnType, fmt.Sprintf("column %q has the type %s", s.Name, s.Type()))
		return c, hint.Wrap(err, "dates and ids are strings or integers, targets and covariates any numbers: give dataframe.WithTypes")
	}
	return c, nil
}

func (c frameColumn) appendCell(dst []byte, row int) []byte {
	switch {
	case c.missing == nil || c.missing[row]:
		return dst
	case c.numbers != nil:
		return strconv.AppendFloat(dst, c.numbers[row], 'g', -1, 64)
	default:
		return append(dst, c.text[row]...)
	}
}

// ToDataFrame returns the observations in the panel's order: the date as a string, the ids as
// integers where the column's rule says so and strings otherwise, the target and covariates of
// numbers as floats, covariates of text as strings.
func (p *Panel) ToDataFrame() dataframe.DataFrame {
	dates := make([]string, p.Len())
	for i, t := range p.Period {
		dates[i] = p.Freq.Format(t)
	}
	columns := []series.Series{series.New(dates, series.String, p.Time)}
	for c, id := range p.IDs {
		t := series.Int
		if id.Rule == Text {
			t = series.String
		}
		values := perObservation(p, func(s int) string { return p.ID(c, s) })
		columns = append(columns, series.New(values, t, id.Name))
	}
	columns = append(columns, series.New(p.Y, series.Float, p.Target))
	for _, c := range p.Covariates {
		columns = append(columns, p.frameColumn(c))
	}
	return dataframe.New(columns...)
}

func (p *Panel) frameColumn(c Covariate) series.Series {
	at := func(i int) int { return i }
	if c.Use == Static {
		of := perObservation(p, func(s int) int { return s })
		at = func(i int) int { return of[i] }
	}
	if c.Levels == nil {
		values := make([]float64, p.Len())
		for i := range values {
			values[i] = c.Values[at(i)]
		}
		return series.New(values, series.Float, c.Name)
	}
	texts := make([]string, p.Len())
	for i := range texts {
		texts[i] = c.Text(at(i))
	}
	return series.New(texts, series.String, c.Name)
}

// perObservation repeats what belongs to a series for each of its observations.
func perObservation[T any](p *Panel, of func(series int) T) []T {
	values := make([]T, 0, p.Len())
	for s := range p.NumSeries() {
		for range p.Offset[s+1] - p.Offset[s] {
			values = append(values, of(s))
		}
	}
	return values
}

// ColumnSummary is what gota finds in a column of a sample.
type ColumnSummary struct {
	Name     string
	Type     string // gota's: int, float, bool or string
	Rows     int
	Missing  int // of them
	Distinct int
	Examples []string  // the first distinct values
	Numbers  []float64 // the Quantiles, of a column of numbers that has any; else nil
}

// Quantiles returns the quantiles that ColumnSummary.Numbers holds, the first and the last of which
// are the least and the largest value.
func Quantiles() []float64 { return []float64{0, 0.05, 0.25, 0.5, 0.75, 0.95, 1} }

// QuantilesOf returns the Quantiles of values, which must ascend; nil for none. Between two values it
// interpolates linearly.
func QuantilesOf(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	list := Quantiles()
	for i, q := range list {
		whole, share := math.Modf(q * float64(len(values)-1))
		at := int(whole)
		list[i] = between(values[at], values[min(at+1, len(values)-1)], share)
	}
	return list
}

// between returns what lies the share of the way from a to b, reckoned from the nearer of them.
func between(a, b, share float64) float64 {
	half := b/2 - a/2 // a difference could overflow
	if share < 0.5 {
		return 2 * (a/2 + float64(share*half))
	}
	return 2 * (b/2 - float64((1-share)*half))
}

// Summarise describes the columns of a panel by a sample of at most so many observations, evenly
// spread over all of them.
func (p *Panel) Summarise(most int) []ColumnSummary {
	return summarise(p.thin(most).ToDataFrame())
}

// SummariseText describes columns of text; their types are what gota takes the cells for. Each row
// has a cell for each name.
func SummariseText(names []string, rows [][]string) ([]ColumnSummary, error) {
	if len(names) == 0 || len(rows) == 0 {
		return nil, nil
	}
	df := dataframe.LoadRecords(append([][]string{names}, rows...), dataframe.DetectTypes(true), dataframe.NaNValues([]string{""}))
	if df.Err != nil {
		return nil, fmt.Errorf("%s: %w", frameName, df.Err)
	}
	list := summarise(df)
	for i, name := range names {
		list[i].Name = name // gota renames those that are empty or stand twice
	}
	return list, nil
}

func summarise(df dataframe.DataFrame) []ColumnSummary {
	const examples = 3
	var list []ColumnSummary
	for _, name := range df.Names() {
		col := df.Col(name)
		c := ColumnSummary{Name: name, Type: string(col.Type()), Rows: col.Len()}
		missing := col.IsNaN()
		seen := make(map[string]bool)
		var known []int
		texts := col.Records()
		if col.Type() == series.Float {
			for i, v := range col.Float() {
				texts[i] = number(v) // gota cuts after six decimals
			}
		}
		for i, text := range texts {
			if missing[i] {
				c.Missing++
				continue
			}
			known = append(known, i)
			if !seen[text] && len(c.Examples) < examples {
				c.Examples = append(c.Examples, text)
			}
			seen[text] = true
		}
		c.Distinct = len(seen)
		if t := col.Type(); (t == series.Int || t == series.Float) && len(known) > 0 {
			values := col.Subset(known).Float()
			slices.Sort(values)
			c.Numbers = QuantilesOf(values)
		}
		list = append(list, c)
	}
	return list
}

// thin returns a panel of at most so many observations of p: one of each stretch of equal length, at
// a place in it that differs from one to the next, so that no weekday or month is favoured.
func (p *Panel) thin(most int) *Panel {
	n := p.Len()
	if n <= most {
		return p
	}
	q := *p
	q.Offset, q.Period, q.Y, q.Row = []int{0}, nil, nil, nil
	var from []int
	place := func(stretch int) int {
		_, share := math.Modf(float64(stretch) * (math.Phi - 1))
		return int((float64(stretch) + share) * float64(n) / float64(most))
	}
	for s := range p.NumSeries() {
		for len(from) < most && place(len(from)) < p.Offset[s+1] {
			i := place(len(from))
			from = append(from, i)
			q.Period, q.Y, q.Row = append(q.Period, p.Period[i]), append(q.Y, p.Y[i]), append(q.Row, p.Row[i])
		}
		q.Offset = append(q.Offset, len(from))
	}
	q.Covariates = slices.Clone(p.Covariates)
	for k, c := range p.Covariates {
		if c.Use == Static {
			continue
		}
		values := make([]float64, len(from))
		for j, i := range from {
			values[j] = c.Values[i]
		}
		q.Covariates[k].Values = values
	}
	return &q
}
