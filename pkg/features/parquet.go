package features

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// errKind is the error of a column that has not the type its Spec asks for.
var errKind = errors.New("it has the wrong type")

// writeParquet writes dates as DATE, hours as TIMESTAMP, integer ids as INT64, text ids as STRING, and features and
// target as DOUBLE with NaN for missing.
func (m *Matrix) writeParquet(w io.Writer) error {
	var cols []columnar.Column
	next, id := 0, 0
	for _, col := range m.Spec.Columns {
		out := columnar.Column{Name: col.Name, Kind: columnar.Float}
		switch {
		case col.Has(RoleDate):
			out = m.Spec.TimeColumn(col.Name, m.Period)
		case col.Has(RoleID):
			m.idColumn(&out, id)
			if col.Has(RoleFeature) {
				next++
			}
			id++
		case col.Has(RoleTarget):
			out.Floats = m.Target
		default:
			out.Floats = m.Values[next]
			next++
		}
		cols = append(cols, out)
	}
	return columnar.Write(w, cols)
}

func (m *Matrix) idColumn(out *columnar.Column, id int) {
	spec := m.Spec.IDs[id]
	if spec.Rule == panel.Text {
		out.Kind, out.Codes, out.Words = columnar.Text, m.Codes[id], spec.Values
		return
	}
	numbers := make([]int64, len(spec.Values))
	for i, v := range spec.Values {
		numbers[i], _ = strconv.ParseInt(v, 10, 64) // the Spec has checked it
	}
	out.Kind, out.Ints = columnar.Int, make([]int64, m.Len())
	for i, code := range m.Codes[id] {
		out.Ints[i] = numbers[code]
	}
}

func readParquet(s *Spec, r io.ReaderAt, size int64) (*Matrix, error) {
	cols, err := columnar.Read(r, size, maxRows)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadMatrix, err)
	}
	header := make([]string, len(cols))
	for i := range cols {
		header[i] = cols[i].Name
	}
	if err := checkHeader(s, header); err != nil {
		return nil, err
	}
	m := newMatrix(s, 0)
	next, id := 0, 0
	for c, col := range s.Columns {
		in := &cols[c]
		if in.Kind != s.kind(col, id) {
			err = errKind
		}
		switch {
		case err != nil:
		case col.Has(RoleDate):
			m.Period, err = s.Periods(in)
		case col.Has(RoleID):
			err = m.readIDs(in, id, next)
			if col.Has(RoleFeature) {
				next++
			}
			id++
		case col.Has(RoleTarget):
			m.Target = in.Floats
		default:
			m.Values[next] = in.Floats
			next++
		}
		if err != nil {
			return nil, fmt.Errorf("%w: column %q: %w", ErrBadMatrix, col.Name, err)
		}
	}
	return m, nil
}

// kind returns the type that a column of the matrix has in Parquet; id is the index of the
// next id column.
func (s *Spec) kind(col Column, id int) columnar.Kind {
	switch {
	case col.Has(RoleDate):
		return s.timeKind()
	case col.Has(RoleID) && s.IDs[id].Rule == panel.Text:
		return columnar.Text
	case col.Has(RoleID):
		return columnar.Int
	default:
		return columnar.Float
	}
}

// readIDs fills the codes of an id column and, where it is a feature, that feature's values.
func (m *Matrix) readIDs(in *columnar.Column, id, feature int) error {
	m.Codes[id] = make([]int32, 0, in.Len())
	if in.Kind == columnar.Text {
		known := make([]int32, len(in.Words))
		for w, word := range in.Words {
			code, ok := m.Spec.codes[id][word]
			if !ok {
				return fmt.Errorf("id %q is not in the spec", word)
			}
			known[w] = code
		}
		for _, w := range in.Codes {
			m.Codes[id] = append(m.Codes[id], known[w])
		}
		return nil
	}
	numbers := make(map[int64]int32, len(m.Spec.IDs[id].Values))
	for i, v := range m.Spec.IDs[id].Values {
		n, _ := strconv.ParseInt(v, 10, 64) // the Spec has checked it
		numbers[n] = int32(i)
	}
	for _, v := range in.Ints {
		code, ok := numbers[v]
		if !ok {
			return fmt.Errorf("id %d is not in the spec", v)
		}
		m.Codes[id] = append(m.Codes[id], code)
		if m.Spec.Features.IDs {
			m.Values[feature] = append(m.Values[feature], float64(v))
		}
	}
	return nil
}
