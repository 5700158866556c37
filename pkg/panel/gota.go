package panel

import (
	"fmt"
	"strconv"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"github.com/salesctl/salesctl/internal/hint"
)

// frameName stands in errors where a file has its name.
const frameName = "dataframe"

// FromDataFrame makes a panel of a gota data frame by the rules of Read; a RowError's line is the
// row, from 1. Id columns must be strings or integers: gota reads "001" as the integer 1 unless it
// is given the type, and a float id has no text of its own. A NaN target is a missing observation,
// a NaN id is an empty one.
func FromDataFrame(df dataframe.DataFrame, cfg Config) (*Panel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if df.Err != nil {
		return nil, fmt.Errorf("%s: %w", frameName, df.Err)
	}
	h, err := assignRoles(frameName, df.Names(), ',', cfg)
	if err != nil {
		return nil, err
	}
	columns := make([]frameColumn, h.width)
	for i, name := range df.Names() {
		if h.roles[i] == roleNone {
			continue
		}
		if columns[i], err = newFrameColumn(df.Col(name), h.roles[i]); err != nil {
			return nil, err
		}
	}
	p, err := newParser(frameName, h)
	if err != nil {
		return nil, err
	}
	b := newBlock(p.coder, df.Nrow())
	for row := range df.Nrow() {
		p.rec.unquoted, p.rec.bounds = p.rec.unquoted[:0], append(p.rec.bounds[:0], -1)
		for _, c := range columns {
			p.rec.unquoted = c.appendCell(p.rec.unquoted, row)
			p.rec.bounds = append(p.rec.bounds, int32(len(p.rec.unquoted)))
			p.rec.unquoted = append(p.rec.unquoted, h.comma)
		}
		p.rec.text, p.rec.line = p.rec.unquoted, p.rec.unquoted
		p.record(b)
		b.lines++
	}
	return assemble(frameName, h, []*block{b}, 1)
}

// frameColumn gives the cells of a data frame's column as text.
type frameColumn struct {
	text    []string  // of a column of strings or integers
	numbers []float64 // of a column of floats
	missing []bool
}

func newFrameColumn(s series.Series, r role) (frameColumn, error) {
	c := frameColumn{missing: s.IsNaN()}
	switch {
	case s.Type() == series.String || s.Type() == series.Int:
		c.text = s.Records()
	case s.Type() == series.Float && r == roleTarget:
		c.numbers = s.Float()
	default:
		err := fileError(frameName, CodeColumnType, fmt.Sprintf("column %q has the type %s", s.Name, s.Type()))
		return c, hint.Wrap(err, "dates and ids are strings or integers, the target is any number: give dataframe.WithTypes")
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
// integers where the column's rule says so and strings otherwise, the target as a float.
func (p *Panel) ToDataFrame() dataframe.DataFrame {
	dates := make([]string, p.Len())
	for i, d := range p.Date {
		dates[i] = d.String()
	}
	columns := []series.Series{series.New(dates, series.String, p.Time)}
	for c, id := range p.IDs {
		values := make([]string, 0, p.Len())
		for s := range p.NumSeries() {
			for range p.Offset[s+1] - p.Offset[s] {
				values = append(values, id.Values[p.Codes[c][s]])
			}
		}
		t := series.Int
		if id.Rule == Text {
			t = series.String
		}
		columns = append(columns, series.New(values, t, id.Name))
	}
	return dataframe.New(append(columns, series.New(p.Y, series.Float, p.Target))...)
}
