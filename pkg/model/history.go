package model

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
)

// maxHistoryRows bounds the memory that a file of history can ask for.
const maxHistoryRows = 1 << 24

// History is the tail of the training data that a forecast needs: at least the last
// observation of every series. Its rows are sorted by series, in the order of the Spec's ids,
// then by date.
type History struct {
	IDs    []string          // names of the id columns
	Values [][]string        // [id column][row]
	Period []calendar.Period // per row, of the Spec's frequency
	Y      []float64         // per row; NaN is a missing target
	Static [][]float64       // [static covariate of the Spec][row]; nil for none
}

// Len returns the number of rows.
func (h *History) Len() int { return len(h.Period) }

// Series returns the ids of row i, in a slice of the caller's.
func (h *History) Series(i int) []string {
	ids := make([]string, len(h.Values))
	for c := range h.Values {
		ids[c] = h.Values[c][i]
	}
	return ids
}

// marshal returns the rows as Parquet, its columns called as in the data that s was made from:
// ids, date, target, static covariates.
func (h *History) marshal(s *features.Spec) ([]byte, error) {
	if err := h.validate(s); err != nil {
		return nil, err
	}
	cols := make([]columnar.Column, 0, len(h.IDs)+2+len(h.Static))
	for c, name := range h.IDs {
		cols = append(cols, textColumn(name, h.Values[c]))
	}
	cols = append(cols, s.TimeColumn(s.Time, h.Period), columnar.Column{Name: s.Target, Kind: columnar.Float, Floats: h.Y})
	for c, values := range h.Static {
		cols = append(cols, staticColumn(s.Covariates[c], values))
	}
	var b bytes.Buffer
	if err := columnar.Write(&b, cols); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func textColumn(name string, values []string) columnar.Column {
	col := columnar.Column{Name: name, Kind: columnar.Text, Codes: make([]int32, len(values))}
	codes := make(map[string]int32)
	for i, v := range values {
		code, ok := codes[v]
		if !ok {
			code = int32(len(col.Words))
			codes[v] = code
			col.Words = append(col.Words, v)
		}
		col.Codes[i] = code
	}
	return col
}

// staticColumn returns a covariate as a column: text as it was in the data, empty where it is
// missing.
func staticColumn(c features.CovariateSpec, values []float64) columnar.Column {
	if c.Levels == nil {
		return columnar.Column{Name: c.Name, Kind: columnar.Float, Floats: values}
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = c.Text(v)
	}
	return textColumn(c.Name, texts)
}

func parseHistory(data []byte, s *features.Spec) (*History, error) {
	cols, err := columnar.Read(bytes.NewReader(data), int64(len(data)), maxHistoryRows)
	if err != nil {
		return nil, err
	}
	if err := checkColumns(cols, s); err != nil {
		return nil, err
	}
	n := len(s.IDs)
	h := &History{Y: cols[n+1].Floats}
	if h.Period, err = s.Periods(&cols[n]); err != nil {
		return nil, fmt.Errorf("column %q: %w", s.Time, err)
	}
	for _, col := range cols[:n] {
		values := make([]string, len(col.Codes))
		for i, code := range col.Codes {
			values[i] = col.Words[code]
		}
		h.IDs = append(h.IDs, col.Name)
		h.Values = append(h.Values, values)
	}
	for c, col := range cols[n+2:] {
		values, err := staticValues(s.Covariates[c], &col)
		if err != nil {
			return nil, err
		}
		h.Static = append(h.Static, values)
	}
	return h, h.validate(s)
}

// checkColumns compares the columns of a file with those that marshal writes.
func checkColumns(cols []columnar.Column, s *features.Spec) error {
	n := len(s.IDs)
	if len(cols) != n+2+s.NumStatic() {
		return fmt.Errorf("%d columns, the spec has %d ids, a date, a target and %d static covariates", len(cols), n, s.NumStatic())
	}
	for c := range cols {
		name, kind := s.Target, columnar.Float
		switch {
		case c < n:
			name, kind = s.IDs[c].Name, columnar.Text
		case c == n:
			name, kind = s.Time, cols[c].Kind // Periods checks it
		case c > n+1:
			name = s.Covariates[c-n-2].Name
			if s.Covariates[c-n-2].Levels != nil {
				kind = columnar.Text
			}
		}
		if cols[c].Name != name || cols[c].Kind != kind {
			return fmt.Errorf("column %d is not %q or has another type", c, name)
		}
	}
	return nil
}

// staticValues reads what staticColumn made.
func staticValues(c features.CovariateSpec, col *columnar.Column) ([]float64, error) {
	if col.Kind == columnar.Float {
		return col.Floats, nil
	}
	codes := make([]float64, len(col.Words))
	for i, word := range col.Words {
		code, known, err := c.Code(word)
		if err != nil || !known {
			return nil, fmt.Errorf("column %q: %q is not in the spec", c.Name, word)
		}
		codes[i] = code
	}
	values := make([]float64, len(col.Codes))
	for i, code := range col.Codes {
		values[i] = codes[code]
	}
	return values, nil
}

// validate checks h against the Spec of the same data.
func (h *History) validate(s *features.Spec) error {
	n := h.Len()
	if n == 0 {
		return errors.New("no rows")
	}
	if len(h.IDs) != len(s.IDs) || len(h.Values) != len(s.IDs) || len(h.Y) != n {
		return errors.New("the columns differ in number or length")
	}
	order := make([][]int, len(s.IDs)) // [id column][row]: place of the id in the Spec
	for c, id := range s.IDs {
		if h.IDs[c] != id.Name || len(h.Values[c]) != n {
			return fmt.Errorf("id column %q is called %q or has another length", id.Name, h.IDs[c])
		}
		places := make(map[string]int, len(id.Values))
		for place, v := range id.Values {
			places[v] = place
		}
		order[c] = make([]int, n)
		for i, v := range h.Values[c] {
			place, ok := places[v]
			if !ok {
				return fmt.Errorf("row %d: id %q of column %q is not in the spec", i, v, id.Name)
			}
			order[c][i] = place
		}
	}
	for i := range n {
		if t := h.Period[i]; t < s.First() || t > s.Last() {
			return fmt.Errorf("row %d: %s is outside the data of the spec", i, s.Freq.Format(t))
		}
		if isInf(h.Y[i]) {
			return fmt.Errorf("row %d: the target is infinite", i)
		}
		if i > 0 && h.compare(order, i-1, i) >= 0 {
			return fmt.Errorf("row %d: not in the order of series and date", i)
		}
	}
	return h.validateStatic(s, order)
}

// validateStatic checks that every static covariate has a value that it can have, one a series.
func (h *History) validateStatic(s *features.Spec, order [][]int) error {
	if len(h.Static) != s.NumStatic() {
		return fmt.Errorf("%d static covariates, the spec has %d", len(h.Static), s.NumStatic())
	}
	for c, values := range h.Static {
		covariate := s.Covariates[c]
		if len(values) != h.Len() {
			return fmt.Errorf("static covariate %q has another length", covariate.Name)
		}
		for i, v := range values {
			if !covariate.Valid(v) {
				return fmt.Errorf("row %d: %v is no value of the static covariate %q", i, v, covariate.Name)
			}
			if i > 0 && compareSeries(order, i-1, i) == 0 && v != values[i-1] && (v == v || values[i-1] == values[i-1]) {
				return fmt.Errorf("row %d: the static covariate %q changes within a series", i, covariate.Name)
			}
		}
	}
	return nil
}

func (h *History) compare(order [][]int, i, j int) int {
	if d := compareSeries(order, i, j); d != 0 {
		return d
	}
	return cmp.Compare(h.Period[i], h.Period[j])
}

func compareSeries(order [][]int, i, j int) int {
	for _, places := range order {
		if d := cmp.Compare(places[i], places[j]); d != 0 {
			return d
		}
	}
	return 0
}
