package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// maxParsers bounds the goroutines that read one file. More than a few wait for the disk.
const maxParsers = 8

// delimiters are the bytes that may stand between the fields of a line.
const delimiters = ",;\t|"

// byteOrderMark is what some programs put before UTF-8 text.
const byteOrderMark = "\xef\xbb\xbf"

// Options say how files are read.
type Options struct {
	Comma      byte   // between fields; 0 looks at the header for a comma, semicolon or tab
	DateFormat string // strftime, of a Time column
	Keep       Keep   // which problems are kept
}

// File is an opened file of columns: CSV text or Parquet.
type File struct {
	Name  string
	Names []string // of the columns

	src     *source
	lines   int // up to the end of the header
	parquet *parquetFile
}

// Open reads the header of r: CSV text, plain, gzip or zstd, or Parquet. The name stands for the
// file in errors; if it ends in .gz or .zst, the data must be packed. A file that cannot be read is a
// *FileError.
func Open(r io.Reader, name string, comma byte) (*File, error) {
	c := &counter{r: r}
	rest, head, err := unpack(name, c)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(string(head), parquetMagic) {
		return openParquet(name, c, rest)
	}
	if err := refuseForeign(name, head); err != nil {
		return nil, err
	}
	if strings.HasPrefix(string(head), byteOrderMark) {
		if _, err := rest.Discard(len(byteOrderMark)); err != nil {
			return nil, broken(name, err)
		}
	}
	f := &File{Name: name, src: &source{file: name, r: rest, comma: comma, settled: comma != 0}}
	line, lines, err := f.src.header()
	if err != nil {
		return nil, err
	}
	f.lines = lines
	f.Names, err = headerNames(name, line, f.src.comma)
	return f, err
}

// Sample returns the cells of at most the first n rows in a column, for a look at their form. Rows
// that cannot be cut into fields are left out; there are none where the column's type is a form of
// its own, as a DATE is.
func (f *File) Sample(c Column, n int) []string {
	if f.parquet != nil {
		return f.parquet.sample(c.Place, n)
	}
	return f.src.sample(c.Place, n)
}

// Read reads the columns, at most one of which is a Time. Rows that cannot be used are the problems
// of the Data, not an error. ctx is looked at between stretches of the file. Text is read once: a
// second call finds no rows.
func (f *File) Read(ctx context.Context, columns []Column, o Options) (*Data, error) {
	if f.parquet != nil {
		return f.parquet.read(ctx, columns, o)
	}
	layout, err := calendar.CompileLayout(o.DateFormat)
	if err != nil {
		return nil, err
	}
	batches, err := f.parseAll(ctx, columns, o)
	if err != nil {
		return nil, err
	}
	d := newData(f.Name, layout.Unit(), batches, f.lines+1, o.Keep)
	if d.Rows == 0 {
		return nil, NewFileError(f.Name, CodeNoRows, "a header and no rows")
	}
	return d, nil
}

// piece is a part of the file on its way through a parser.
type piece struct {
	data  []byte
	batch *Batch
}

// parseAll reads the file piece by piece and parses the pieces side by side. The batches are in
// the order of the file, whichever goroutine made them.
func (f *File) parseAll(ctx context.Context, columns []Column, o Options) ([]*Batch, error) {
	parsers := min(runtime.GOMAXPROCS(0), maxParsers)
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan *piece)
	free := make(chan []byte, parsers+1) // buffers go round
	for range cap(free) {
		free <- nil
	}
	var pieces []*piece
	group.Go(func() error {
		defer close(work)
		for {
			var buf []byte
			select {
			case buf = <-free:
			case <-ctx.Done():
				return fmt.Errorf("read %s: %w", f.Name, ctx.Err())
			}
			data, err := f.src.next(buf)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			p := &piece{data: data}
			pieces = append(pieces, p)
			select {
			case work <- p:
			case <-ctx.Done():
				return fmt.Errorf("read %s: %w", f.Name, ctx.Err())
			}
		}
	})
	for range parsers {
		group.Go(func() error {
			parser, err := newParser(f.Name, f.src.comma, len(f.Names), columns, o)
			if err != nil {
				return err
			}
			for p := range work {
				p.batch = parser.parse(p.data)
				free <- p.data
				p.data = nil
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	batches := make([]*Batch, len(pieces))
	for i, p := range pieces {
		batches[i] = p.batch
	}
	return batches, nil
}

// ParseDelimiter reads the name of a delimiter: "" for one that is looked for, "tab", or the
// character itself.
func ParseDelimiter(s string) (byte, error) {
	switch {
	case s == "":
		return 0, nil
	case s == "tab" || s == `\t`:
		return '\t', nil
	case len(s) == 1 && strings.Contains(delimiters, s):
		return s[0], nil
	}
	return 0, hint.Wrap(fmt.Errorf("%q is not a delimiter", s), "allowed: a comma, a semicolon, tab, |")
}
