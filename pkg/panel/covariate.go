package panel

import (
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/table"
)

// textValues are the values that the texts of a covariate, a Text column each, stand for: by the
// codes of the Keys.
type textValues map[*table.Keys][]float64

// covariateValues looks at the distinct texts of all covariates, settles their levels and makes room
// for their values.
func (a *assembly) covariateValues() []textValues {
	p := a.panel
	all := make([]textValues, len(p.Covariates))
	for column := range p.Covariates {
		c := &p.Covariates[column]
		c.Values = make([]float64, p.Offset[len(p.Offset)-1])
		switch {
		case a.names.levels == levelsFound:
			all[column] = a.findLevels(column, c)
		case c.Levels != nil:
			all[column] = a.useLevels(column, c)
		default:
			all[column] = a.useNumbers(column, c)
		}
	}
	return all
}

// put sets dst to the values of a column in the rows from and before to.
func (v textValues) put(dst []float64, b *table.Batch, column, from, to int) {
	values := v[b.Keys]
	for i, code := range b.Texts[column][from:to] {
		dst[i] = math.NaN()
		if code != table.NoText {
			dst[i] = values[code]
		}
	}
}

// valuesOf returns the values of the codes of a Text column, by the Keys. It asks for that of a
// text with the first good row that holds it; while the answer is NaN, with every row.
func (a *assembly) valuesOf(column int, value func(row int32, text string) float64) textValues {
	all := make(textValues)
	for f, d := range a.data {
		for _, b := range d.Batches {
			words := b.Keys.Words(column)
			values := all[b.Keys]
			if values == nil {
				values = slices.Repeat([]float64{math.NaN()}, len(words))
				all[b.Keys] = values
			}
			for i, code := range b.Texts[column][:b.Rows] {
				if code == table.NoText || b.Group[i] == table.BadRow || values[code] == values[code] {
					continue
				}
				values[code] = value(int32(a.first[f]+b.FirstRow+i), words[code])
			}
		}
	}
	return all
}

// findLevels gives a covariate the levels of its texts, none where all of them are numbers, and
// returns the values of the column's codes.
func (a *assembly) findLevels(column int, c *Covariate) textValues {
	if numbers, all := a.findNumbers(column); all {
		return numbers
	}
	codes := make(map[string]int)
	var odd []string // texts that are no numbers
	var oddRow int32
	values := a.valuesOf(column, func(row int32, text string) float64 {
		code, known := codes[text]
		if !known {
			code = len(c.Levels)
			codes[text] = code
			c.Levels = append(c.Levels, text)
			if _, err := parseNumber(text); err != nil {
				if odd = append(odd, text); len(odd) == 1 {
					oddRow = row
				}
			}
		}
		return float64(code)
	})
	if numbers := len(c.Levels) - len(odd); numbers > 0 {
		message := fmt.Sprintf("%s is read as text: %d of its %d distinct values are not numbers, the first is %s",
			c.Name, len(odd), len(c.Levels), table.Quote(odd[0]))
		if numbers*10 > len(c.Levels)*9 {
			message += "; write a number there or leave the cell empty: as text every number is a level of its own"
		}
		a.panel.Warnings = append(a.panel.Warnings, table.Warning{
			Code: WarnMixed, Count: len(odd), Places: a.rowPlaces([]int32{oddRow}), Message: message,
		})
	}
	return values
}

// findNumbers returns the values of a column's codes as numbers, and whether all are.
func (a *assembly) findNumbers(column int) (numbers textValues, all bool) {
	all = true
	numbers = a.valuesOf(column, func(_ int32, text string) float64 {
		v, err := parseNumber(text)
		all = all && err == nil
		return v
	})
	return numbers, all
}

// useNumbers returns the values of a column's codes where the covariate holds numbers. A row with
// another text is bad.
func (a *assembly) useNumbers(column int, c *Covariate) textValues {
	return a.valuesOf(column, func(row int32, text string) float64 {
		v, err := parseNumber(text)
		if err != nil {
			a.refused = true
			d, n := a.file(row)
			a.bad.Add(table.CodeBadNumber, func() *table.RowError { return d.RowError(n, c.Name, table.CodeBadNumber, err) })
			d.Drop(n)
			return math.NaN()
		}
		return v
	})
}

// parseNumber reads a number as table.ParseNumber does; -0 is 0.
func parseNumber(text string) (float64, error) {
	v, err := table.ParseNumber(text)
	return v + 0, err
}

// unseen is the code of a text that is no level of a covariate of known-future values.
func unseen() float64 { return math.Inf(1) }

// useLevels returns the values of a column's codes by the levels that a covariate has.
func (a *assembly) useLevels(column int, c *Covariate) textValues {
	var rows []int32
	var first string
	values := a.valuesOf(column, func(row int32, text string) float64 {
		code := slices.Index(c.Levels, text)
		if code >= 0 {
			return float64(code)
		}
		if rows = append(rows, row); len(rows) == 1 {
			first = text
		}
		return unseen()
	})
	a.tellRows(WarnUnseen, fmt.Sprintf("values of %s that the sales did not hold, such as %s, are missing ones", c.Name, table.Quote(first)), rows)
	return values
}

// Text writes value i of the covariate, "" for a missing one.
func (c Covariate) Text(i int) string {
	v := c.Values[i]
	switch {
	case v != v:
		return ""
	case c.Levels != nil:
		return c.Levels[int(v)]
	}
	return number(v)
}

// Code returns the value of a text that is not of the panel's own data: the number it is, or the
// code of its level. A level that the data did not hold is NaN, which is missing, and known is
// false. Text that is not a number where the covariate holds numbers is an error.
func (c Covariate) Code(text string) (v float64, known bool, err error) {
	switch {
	case text == "":
		return math.NaN(), true, nil
	case c.Levels == nil:
		v, err = parseNumber(text)
		return v, true, err
	}
	if i := slices.Index(c.Levels, text); i >= 0 {
		return float64(i), true, nil
	}
	return math.NaN(), false, nil
}
