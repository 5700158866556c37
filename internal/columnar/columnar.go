// Package columnar writes and reads flat Parquet files: named columns in a fixed order, none of
// them optional, zstd-compressed. The training matrix and the history tail of a bundle are such
// files. A missing number is NaN. The same columns give the same bytes.
package columnar

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
)

// Kind is the type of a column.
type Kind int

// The kinds of columns and the Parquet types they are stored as.
const (
	Date  Kind = iota // INT32 DATE, days since 1970-01-01
	Hour              // INT64 TIMESTAMP of milliseconds without a time zone, hours since 1970-01-01T00
	Int               // INT64
	Float             // DOUBLE
	Text              // BYTE_ARRAY STRING
)

// Column is one named column; the slice that its Kind names holds its values.
type Column struct {
	Name   string
	Kind   Kind
	Ticks  []int32   // Date, Hour
	Ints   []int64   // Int
	Floats []float64 // Float
	Codes  []int32   // Text: indexes into Words
	Words  []string  // Text: distinct values
}

// Len returns the number of rows.
func (c *Column) Len() int {
	switch c.Kind {
	case Date, Hour:
		return len(c.Ticks)
	case Int:
		return len(c.Ints)
	case Float:
		return len(c.Floats)
	default:
		return len(c.Codes)
	}
}

// ErrFormat is wrapped by the errors of files that are not such a Parquet file.
var ErrFormat = errors.New("not a flat Parquet file of required columns")

// hour is the milliseconds of an hour.
const hour = 3_600_000

// rowGroup is how many rows are written as one row group, block how many are converted at once.
const (
	rowGroup = 1 << 20
	block    = 8192
)

// Write writes the columns. All must have the same length.
func Write(w io.Writer, cols []Column) error {
	schema := parquet.NewSchema("rows", newOrdered(cols))
	pw := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy("salesctl", "1", "0"), parquet.DataPageStatistics(false))
	rows := cols[0].Len()
	for start := 0; start < rows; start += rowGroup {
		end := min(start+rowGroup, rows)
		for i, cw := range pw.ColumnWriters() {
			if err := writeColumn(cw, &cols[i], i, start, end); err != nil {
				return fmt.Errorf("column %q: %w", cols[i].Name, err)
			}
		}
		if err := pw.Flush(); err != nil {
			return err
		}
	}
	return pw.Close()
}

func writeColumn(cw *parquet.ColumnWriter, c *Column, index, start, end int) error {
	values := make([]parquet.Value, 0, block)
	for i := start; i < end; i++ {
		values = append(values, c.value(i).Level(0, 0, index))
		if len(values) == block || i == end-1 {
			if _, err := cw.WriteRowValues(values); err != nil {
				return err
			}
			values = values[:0]
		}
	}
	return nil
}

func (c *Column) value(i int) parquet.Value {
	switch c.Kind {
	case Date:
		return parquet.Int32Value(c.Ticks[i])
	case Hour:
		return parquet.Int64Value(int64(c.Ticks[i]) * hour)
	case Int:
		return parquet.Int64Value(c.Ints[i])
	case Float:
		v := c.Floats[i]
		if v != v {
			v = math.NaN() // one NaN, so that equal columns give equal bytes
		}
		return parquet.DoubleValue(v)
	default:
		return parquet.ByteArrayValue([]byte(c.Words[c.Codes[i]]))
	}
}

// Read reads all columns of a file of size bytes. A damaged file is an error; maxRows bounds
// the memory that a file can ask for.
func Read(r io.ReaderAt, size int64, maxRows int) (cols []Column, err error) {
	err = Guard(func() error {
		cols, err = read(r, size, maxRows)
		return err
	})
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotRead) {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err != nil {
		return nil, err
	}
	return cols, nil
}

func read(r io.ReaderAt, size int64, maxRows int) (cols []Column, err error) {
	f, err := Open(r, size)
	if err != nil {
		return nil, err
	}
	if f.NumRows() > int64(maxRows) {
		return nil, fmt.Errorf("%w: %d rows are more than %d", ErrFormat, f.NumRows(), maxRows)
	}
	for _, field := range f.Schema().Fields() {
		kind, err := kindOf(field)
		if err != nil {
			return nil, err
		}
		cols = append(cols, Column{Name: field.Name(), Kind: kind})
	}
	for g, group := range f.RowGroups() {
		chunks := group.ColumnChunks()
		if len(chunks) != len(cols) {
			return nil, fmt.Errorf("%w: a row group has %d of %d columns", ErrFormat, len(chunks), len(cols))
		}
		for i := range cols {
			err := CheckPages(f, g, i)
			if err == nil {
				err = CheckData(f, g, i)
			}
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", cols[i].Name, err)
			}
			if err := readChunk(&cols[i], chunks[i], f.NumRows()); err != nil {
				return nil, fmt.Errorf("%w: column %q: %w", ErrFormat, cols[i].Name, err)
			}
		}
	}
	for i := range cols {
		if int64(cols[i].Len()) != f.NumRows() {
			return nil, fmt.Errorf("%w: column %q has %d of %d rows", ErrFormat, cols[i].Name, cols[i].Len(), f.NumRows())
		}
	}
	return cols, nil
}

func readChunk(c *Column, chunk parquet.ColumnChunk, most int64) (err error) {
	pages := chunk.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	words := make(map[string]int32, len(c.Words))
	for i, w := range c.Words {
		words[w] = int32(i)
	}
	values := make([]parquet.Value, block)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = readPage(c, words, page.Values(), values)
		parquet.Release(page)
		if err != nil {
			return err
		}
		if int64(c.Len()) > most {
			return fmt.Errorf("more than the %d rows that the footer counts", most)
		}
	}
}

func readPage(c *Column, words map[string]int32, r parquet.ValueReader, values []parquet.Value) error {
	for {
		n, err := r.ReadValues(values)
		for _, v := range values[:n] {
			if err := c.add(words, v); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *Column) add(words map[string]int32, v parquet.Value) error {
	switch c.Kind {
	case Date:
		c.Ticks = append(c.Ticks, v.Int32())
	case Hour:
		n := v.Int64() / hour
		if v.Int64()%hour != 0 || int64(int32(n)) != n {
			return fmt.Errorf("row %d: %d ms since 1970-01-01 is no full hour, or too far away", c.Len()+1, v.Int64())
		}
		c.Ticks = append(c.Ticks, int32(n))
	case Int:
		c.Ints = append(c.Ints, v.Int64())
	case Float:
		c.Floats = append(c.Floats, v.Double())
	default:
		code, ok := words[string(v.ByteArray())]
		if !ok {
			code = int32(len(c.Words))
			word := string(v.ByteArray())
			c.Words = append(c.Words, word)
			words[word] = code
		}
		c.Codes = append(c.Codes, code)
	}
	return nil
}

func kindOf(field parquet.Field) (Kind, error) {
	if !field.Leaf() || !field.Required() {
		return 0, fmt.Errorf("%w: column %q is optional or nested", ErrFormat, field.Name())
	}
	for _, k := range []Kind{Date, Hour, Int, Float, Text} {
		if field.Type().String() == leaf(k).Type().String() {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%w: column %q has type %s", ErrFormat, field.Name(), field.Type())
}
