package model

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// maxHistoryRows bounds the memory that a file of history can ask for.
const maxHistoryRows = 1 << 24

// History is the tail of the training data that a forecast needs: at least the last
// observation of every series. Its rows are sorted by series, in the order of the Spec's ids,
// then by date.
type History struct {
	IDs    []string     // names of the id columns
	Values [][]string   // [id column][row]
	Date   []panel.Date // per row
	Y      []float64    // per row; NaN is a missing target
}

// Len returns the number of rows.
func (h *History) Len() int { return len(h.Date) }

// Series returns the ids of row i, in a slice of the caller's.
func (h *History) Series(i int) []string {
	ids := make([]string, len(h.Values))
	for c := range h.Values {
		ids[c] = h.Values[c][i]
	}
	return ids
}

// marshal returns the rows as Parquet, its columns called as in the data that s was made from:
// ids, date, target.
func (h *History) marshal(s *features.Spec) ([]byte, error) {
	if err := h.validate(s); err != nil {
		return nil, err
	}
	cols := make([]columnar.Column, 0, len(h.IDs)+2)
	for c, name := range h.IDs {
		col := columnar.Column{Name: name, Kind: columnar.Text, Codes: make([]int32, h.Len())}
		codes := make(map[string]int32)
		for i, v := range h.Values[c] {
			code, ok := codes[v]
			if !ok {
				code = int32(len(col.Words))
				codes[v] = code
				col.Words = append(col.Words, v)
			}
			col.Codes[i] = code
		}
		cols = append(cols, col)
	}
	date := columnar.Column{Name: s.Time, Kind: columnar.Date, Dates: make([]int32, h.Len())}
	for i, d := range h.Date {
		date.Dates[i] = int32(d)
	}
	cols = append(cols, date, columnar.Column{Name: s.Target, Kind: columnar.Float, Floats: h.Y})
	var b bytes.Buffer
	if err := columnar.Write(&b, cols); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func parseHistory(data []byte, s *features.Spec) (*History, error) {
	cols, err := columnar.Read(bytes.NewReader(data), int64(len(data)), maxHistoryRows)
	if err != nil {
		return nil, err
	}
	n := len(s.IDs)
	if len(cols) != n+2 {
		return nil, fmt.Errorf("%d columns, the spec has %d ids, a date and a target", len(cols), n)
	}
	for c := range cols {
		name, kind := s.Target, columnar.Float
		switch {
		case c < n:
			name, kind = s.IDs[c].Name, columnar.Text
		case c == n:
			name, kind = s.Time, columnar.Date
		}
		if cols[c].Name != name || cols[c].Kind != kind {
			return nil, fmt.Errorf("column %d is not %q or has another type", c, name)
		}
	}
	h := &History{Date: make([]panel.Date, cols[n].Len()), Y: cols[n+1].Floats}
	for _, col := range cols[:n] {
		values := make([]string, len(col.Codes))
		for i, code := range col.Codes {
			values[i] = col.Words[code]
		}
		h.IDs = append(h.IDs, col.Name)
		h.Values = append(h.Values, values)
	}
	for i, d := range cols[n].Dates {
		h.Date[i] = panel.Date(d)
	}
	return h, h.validate(s)
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
		if d := h.Date[i]; d < s.FirstDate || d > s.LastDate {
			return fmt.Errorf("row %d: %s is outside the data of the spec", i, d)
		}
		if isInf(h.Y[i]) {
			return fmt.Errorf("row %d: the target is infinite", i)
		}
		if i > 0 && h.compare(order, i-1, i) >= 0 {
			return fmt.Errorf("row %d: not in the order of series and date", i)
		}
	}
	return nil
}

func (h *History) compare(order [][]int, i, j int) int {
	for _, places := range order {
		if d := cmp.Compare(places[i], places[j]); d != 0 {
			return d
		}
	}
	return cmp.Compare(h.Date[i], h.Date[j])
}
