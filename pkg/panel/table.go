package panel

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
)

// Table reads chosen columns of a CSV file, plain or gzip, row by row and as text, by the rules
// and with the errors of Read. Its user ranges over Rows, reports the cells that are of no use to
// it, and takes no row unless Err is nil.
type Table struct {
	src    *source
	rec    record
	names  []string // of the columns, for errors
	places []int    // of the columns in a record
	width  int      // fields of a record

	line int // where the current row starts
	rows int
	bad  problems
	err  error // what broke the reading off
}

// NewTable reads the header of r. A column may have one of several names: the first that the
// header has counts, and errors give the column its first. The name stands for the file in errors;
// if it ends in .gz, the data must be gzip. A file that cannot be read is a *FileError, a column
// that is not there a *ColumnError.
func NewTable(r io.Reader, name string, columns [][]string) (*Table, error) {
	src, err := openSource(name, r)
	if err != nil {
		return nil, err
	}
	line, lines, err := src.header()
	if err != nil {
		return nil, err
	}
	have, err := headerNames(name, line, src.comma)
	if err != nil {
		return nil, err
	}
	t := &Table{src: src, rec: record{comma: src.comma}, width: len(have), line: lines + 1}
	for _, names := range columns {
		place, err := findAny(name, have, names)
		if err != nil {
			return nil, err
		}
		if place < 0 || slices.Contains(t.places, place) {
			return nil, &ColumnError{File: name, Column: names[0], Have: have}
		}
		t.names = append(t.names, names[0])
		t.places = append(t.places, place)
	}
	return t, nil
}

// findAny returns the place of the first of names that find finds, -1 for none.
func findAny(file string, have, names []string) (int, error) {
	for _, name := range names {
		if place, err := find(file, have, name); place >= 0 || err != nil {
			return place, err
		}
	}
	return -1, nil
}

// Rows yields the chosen cells of every record that can be cut into fields, in the order of the
// columns; the slice is valid until the next. A record that cannot is counted as a problem. It may
// be called once.
func (t *Table) Rows() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		cells := make([]string, len(t.places))
		var data []byte
		for {
			if data, t.err = t.src.next(data); t.err != nil {
				return
			}
			t.rec.look(data)
			for at := 0; at < len(data); {
				n := t.rec.read(data[at:])
				if t.row(cells) && !yield(cells) {
					return
				}
				t.line += bytes.Count(data[at:at+n], []byte("\n"))
				at += n
			}
		}
	}
}

// row sets cells to those of the current record and reports whether it has any.
func (t *Table) row(cells []string) bool {
	if len(t.rec.line) == 0 {
		return false
	}
	t.rows++
	if code := t.rec.fault(t.width); code != "" {
		t.report("", code, t.rec.explain(code, t.width))
		return false
	}
	for i, place := range t.places {
		cells[i] = string(t.rec.field(place))
	}
	return true
}

// Report counts a cell of the current row, by its index, as a problem that Err will return.
func (t *Table) Report(cell int, code string, err error) { t.report(t.names[cell], code, err) }

func (t *Table) report(column, code string, err error) {
	if t.bad.count(code) {
		t.bad.keep(&RowError{File: t.src.file, Line: t.line, Column: column, Code: code, Err: err})
	}
}

// Err returns what is wrong with the rows: a *FileError where reading broke off, a *DataError for
// all problems together, nil for none.
func (t *Table) Err() error {
	if t.err != nil && !errors.Is(t.err, io.EOF) {
		return t.err
	}
	return t.bad.err(t.src.file, t.rows)
}
