package features

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// writeCSV writes one header and one line per row. Numbers have the fewest digits that read
// back as the same float64; NaN is an empty field.
func (m *Matrix) writeCSV(w io.Writer) error {
	for _, id := range m.Spec.IDs {
		if i := slices.IndexFunc(id.Values, func(v string) bool { return strings.Contains(v, "\r") }); i >= 0 {
			return hint.Wrap(fmt.Errorf("%w: CSV does not keep the id %q of column %s", ErrBadMatrix, id.Values[i], id.Name),
				"write the matrix as Parquet: --format parquet")
		}
	}
	bw := bufio.NewWriterSize(w, 1<<16)
	cells := m.cellWriters()
	line := make([]byte, 0, 256)
	for c, col := range m.Spec.Columns {
		if c > 0 {
			line = append(line, ',')
		}
		line = append(line, quote(col.Name)...)
	}
	line = append(line, '\n')
	for i := range m.Len() + 1 {
		if _, err := bw.Write(line); err != nil {
			return err
		}
		if i == m.Len() {
			break
		}
		line = line[:0]
		for c, cell := range cells {
			if c > 0 {
				line = append(line, ',')
			}
			line = cell(line, i)
		}
		line = append(line, '\n')
	}
	return bw.Flush()
}

// cellWriters returns, per column, what appends the cell of a row to a line.
func (m *Matrix) cellWriters() []func(dst []byte, row int) []byte {
	cells := make([]func([]byte, int) []byte, 0, len(m.Spec.Columns))
	features := slices.Clone(m.Values)
	id := 0
	for _, col := range m.Spec.Columns {
		switch {
		case col.Has(RoleDate):
			cells = append(cells, func(dst []byte, i int) []byte { return m.Spec.Freq.Append(dst, m.Period[i]) })
		case col.Has(RoleID):
			codes, words := m.Codes[id], make([]string, len(m.Spec.IDs[id].Values))
			for w, word := range m.Spec.IDs[id].Values {
				words[w] = quote(word)
			}
			id++
			if col.Has(RoleFeature) {
				features = features[1:]
			}
			cells = append(cells, func(dst []byte, i int) []byte { return append(dst, words[codes[i]]...) })
		case col.Has(RoleTarget):
			cells = append(cells, func(dst []byte, i int) []byte { return appendFloat(dst, m.Target[i]) })
		default:
			values := features[0]
			features = features[1:]
			cells = append(cells, func(dst []byte, i int) []byte { return appendFloat(dst, values[i]) })
		}
	}
	return cells
}

func appendFloat(dst []byte, v float64) []byte {
	if v != v {
		return dst
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e15 && !(v == 0 && math.Signbit(v)) {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

func quote(s string) string {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n") && s[0] != ' ' {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// readCSV reads what writeCSV wrote. The integer ids that are features are read as ids; every
// other feature is read as it stands.
func readCSV(ctx context.Context, s *Spec, r io.Reader) (*Matrix, error) {
	cr := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
	cr.ReuseRecord = true
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadMatrix, err)
	}
	if err := checkHeader(s, header); err != nil {
		return nil, err
	}
	m := newMatrix(s, 0)
	readers, err := m.cellReaders()
	if err != nil {
		return nil, err
	}
	for {
		if m.Len()%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		record, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadMatrix, err)
		}
		for c, cell := range record {
			if err := readers[c](cell); err != nil {
				line, _ := cr.FieldPos(c)
				return nil, fmt.Errorf("%w: line %d: column %q: %w", ErrBadMatrix, line, s.Columns[c].Name, err)
			}
		}
	}
}

func checkHeader(s *Spec, header []string) error {
	for i, col := range s.Columns {
		if i >= len(header) || header[i] != col.Name {
			return fmt.Errorf("%w: its header does not name the columns of its spec: column %d is not %q", ErrBadMatrix, i+1, col.Name)
		}
	}
	if len(header) != len(s.Columns) {
		return fmt.Errorf("%w: its header names %d columns, its spec %d", ErrBadMatrix, len(header), len(s.Columns))
	}
	return nil
}

// cellReaders returns, per column, what appends a cell to the column.
func (m *Matrix) cellReaders() ([]func(string) error, error) {
	layout, err := m.Spec.timeLayout()
	if err != nil {
		return nil, err
	}
	readers := make([]func(string) error, 0, len(m.Spec.Columns))
	next, id := 0, 0
	for _, col := range m.Spec.Columns {
		switch {
		case col.Has(RoleDate):
			readers = append(readers, m.timeReader(layout))
		case col.Has(RoleID):
			feature := -1
			if col.Has(RoleFeature) {
				feature = next
				next++
			}
			readers = append(readers, m.idReader(id, feature))
			id++
		case col.Has(RoleTarget):
			readers = append(readers, floatReader(&m.Target))
		default:
			readers = append(readers, floatReader(&m.Values[next]))
			next++
		}
	}
	return readers, nil
}

func (m *Matrix) timeReader(layout *calendar.Layout) func(string) error {
	var text []byte
	return func(cell string) error {
		text = append(text[:0], cell...)
		tick, fault := layout.Tick(text)
		if fault != calendar.FaultNone {
			return layout.Explain(cell, fault)
		}
		period, err := m.Spec.label(layout.Unit().Time(tick))
		m.Period = append(m.Period, period)
		return err
	}
}

// idReader appends to the codes of an id column and, where feature is not -1, to a feature.
func (m *Matrix) idReader(id, feature int) func(string) error {
	spec := &m.Spec.IDs[id]
	numbers := make([]float64, len(spec.Values))
	if feature >= 0 {
		for i, v := range spec.Values {
			numbers[i], _ = strconv.ParseFloat(v, 64) // the Spec has checked it
		}
	}
	return func(cell string) error {
		code, ok := m.Spec.codes[id][cell]
		if !ok {
			return fmt.Errorf("id %q is not in the spec", cell)
		}
		m.Codes[id] = append(m.Codes[id], code)
		if feature >= 0 {
			m.Values[feature] = append(m.Values[feature], numbers[code])
		}
		return nil
	}
}

func floatReader(dst *[]float64) func(string) error {
	return func(cell string) error {
		v := math.NaN()
		if cell != "" {
			var err error
			if v, err = strconv.ParseFloat(cell, 64); err != nil {
				return fmt.Errorf("%q is not a number", cell)
			}
		}
		*dst = append(*dst, v)
		return nil
	}
}
