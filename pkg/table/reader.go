package table

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
)

// Reader reads chosen columns of a file row by row and as text, by the rules and with the errors
// of File.Read. Its user ranges over Rows, reports the cells that are of no use to it, and takes no
// row unless Err is nil.
type Reader struct {
	file   *File
	rec    record
	names  []string // of the columns, for errors
	places []int    // of the columns in a record

	line int // where the current row starts; 0 in data without lines
	rows int
	bad  *Problems
	err  error // what broke the reading off
}

// NewReader opens r. A column may have one of several names: the first that the header has counts,
// and errors give the column its first. The name stands for the file in errors. A file that cannot
// be read is a *FileError, a column that is not there a *ColumnError.
func NewReader(r io.Reader, name string, columns [][]string) (*Reader, error) {
	f, err := Open(r, name, 0)
	if err != nil {
		return nil, err
	}
	var found []Column
	for _, names := range columns {
		place, err := findAny(name, f.Names, names)
		if err != nil {
			return nil, err
		}
		if place < 0 || slices.ContainsFunc(found, func(c Column) bool { return c.Place == place }) {
			return nil, &ColumnError{File: name, Column: names[0], Have: f.Names}
		}
		found = append(found, Column{Name: names[0], Kind: Text, Place: place})
	}
	return f.Reader(found), nil
}

// Reader returns a Reader of the columns, whatever their kinds. It takes the place of Read.
func (f *File) Reader(columns []Column) *Reader {
	t := &Reader{file: f, bad: NewProblems(KeepFirst)}
	if f.src != nil {
		t.rec.comma, t.line = f.src.comma, f.lines+1
	}
	for _, c := range columns {
		t.names = append(t.names, c.Name)
		t.places = append(t.places, c.Place)
	}
	return t
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

// Rows yields the chosen cells of every record that is text and can be cut into fields, in the order
// of the columns; the slice is valid until the next. A record that cannot is counted as a problem.
// It may be called once.
func (t *Reader) Rows() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		cells := make([]string, len(t.places))
		if t.file.parquet != nil {
			t.err = t.file.parquet.rows(cells, t.places, func() bool {
				t.rows++
				return !t.isText(cells) || yield(cells)
			})
			return
		}
		var data []byte
		for {
			if data, t.err = t.file.src.next(data); t.err != nil {
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
func (t *Reader) row(cells []string) bool {
	if len(t.rec.line) == 0 {
		return false
	}
	t.rows++
	width := len(t.file.Names)
	if code := t.rec.fault(width); code != "" {
		t.report("", code, t.rec.explain(code, width))
		return false
	}
	for i, place := range t.places {
		cells[i] = string(t.rec.field(place))
	}
	return true
}

// isText reports whether the cells of the current row are text. Each that is not is a problem.
func (t *Reader) isText(cells []string) bool {
	good := true
	for i, cell := range cells {
		if code := textFault([]byte(cell)); code != "" {
			t.report(t.names[i], code, explainText(code))
			good = false
		}
	}
	return good
}

// Report counts a cell of the current row, by its index, as a problem that Err will return.
func (t *Reader) Report(cell int, code string, err error) { t.report(t.names[cell], code, err) }

func (t *Reader) report(column, code string, err error) {
	t.bad.Add(code, func() *RowError {
		e := &RowError{File: t.file.Name, Line: t.line, Column: column, Code: code, Err: err}
		if t.line == 0 {
			e.Row = t.rows
		}
		return e
	})
}

// Place returns where the current row stands: "line 7", or "row 7" in data without lines.
func (t *Reader) Place() string { return placeOf(t.line, t.rows) }

// Err returns what is wrong with the rows: a *FileError where reading broke off, a *DataError for
// all problems together, nil for none.
func (t *Reader) Err() error {
	if t.err != nil && !errors.Is(t.err, io.EOF) {
		return t.err
	}
	return t.bad.Err([]string{t.file.Name}, t.rows)
}
