package table

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

const parquetMagic = "PAR1"

// parquetFile is an opened Parquet file.
type parquetFile struct {
	name    string
	file    *parquet.File
	columns []parquetColumn // the fields of the schema's first level
}

// The limits of what a small file can ask for. A run of equal values is a few bytes however long it
// is, so a file of equal rows, and nothing but such a file, has more of them than are read.
const (
	freeRows         = 1 << 20 // of any file
	maxRowsPerByte   = 256     // of files that have more
	freeUnpacked     = 64 << 20
	maxUnpackedBytes = 100 // for each packed byte, where there are more
)

// openParquet opens Parquet data. A regular file is read where it lies; of everything else rest,
// r without its packing, is read into memory, since a Parquet file begins at its end.
func openParquet(name string, r *counter, rest io.Reader) (*File, error) {
	data, size, ok := atRest(r.r)
	if !ok {
		all, err := readUnpacked(name, r, rest)
		if err != nil {
			return nil, err
		}
		data, size = bytes.NewReader(all), int64(len(all))
	}
	p := &parquetFile{name: name}
	f := &File{Name: name, parquet: p}
	err := columnar.Guard(func() error {
		file, err := columnar.Open(data, size)
		if err != nil {
			return err
		}
		p.file = file
		for _, c := range file.Root().Columns() {
			p.columns = append(p.columns, newParquetColumn(c))
			f.Names = append(f.Names, c.Name())
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, p.damaged(err)
	case len(f.Names) == 0:
		return nil, NewFileError(name, CodeEmpty, "the file has no columns")
	case p.file.NumRows() > math.MaxInt32:
		return nil, NewFileError(name, CodeTooManyRows, fmt.Sprintf("%d rows are more than %d", p.file.NumRows(), math.MaxInt32))
	case p.file.NumRows() > max(freeRows, size*maxRowsPerByte):
		err := NewFileError(name, CodeTooManyRows, fmt.Sprintf("%d rows in %d bytes are more than %d for each byte", p.file.NumRows(), size, maxRowsPerByte))
		return nil, hint.Wrap(err, "if the rows are meant, write them as CSV or in several files")
	}
	return f, nil
}

// counter counts what is read.
type counter struct {
	r     io.Reader
	bytes int64
}

func (c *counter) Read(buf []byte) (int, error) {
	n, err := c.r.Read(buf)
	c.bytes += int64(n)
	return n, err
}

// readUnpacked reads all of rest, which is r without its packing.
func readUnpacked(name string, r *counter, rest io.Reader) ([]byte, error) {
	const step = 1 << 20
	var data bytes.Buffer
	for {
		_, err := io.CopyN(&data, rest, step)
		switch {
		case errors.Is(err, io.EOF):
			return data.Bytes(), nil
		case err != nil:
			return nil, broken(name, err)
		case int64(data.Len()) > max(freeUnpacked, r.bytes*maxUnpackedBytes):
			err := NewFileError(name, CodeParquet, fmt.Sprintf("packed Parquet data that unpack to more than %d times their size", maxUnpackedBytes))
			return nil, hint.Wrap(err, "unpack the file: gzip -d or zstd -d")
		}
	}
}

// atRest returns r for reading at any place if it is a regular file that is not packed.
func atRest(r io.Reader) (data io.ReaderAt, size int64, ok bool) {
	f, ok := r.(*os.File)
	if !ok {
		return nil, 0, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0, false
	}
	var head [len(parquetMagic)]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || string(head[:]) != parquetMagic {
		return nil, 0, false
	}
	return f, info.Size(), true
}

// damaged makes an error of what stopped the reading. One of data that may be whole has a hint.
func (p *parquetFile) damaged(err error) error {
	remedy := cmp.Or(hint.Of(err), "get the file again, or write it again as CSV")
	return hint.Wrap(&FileError{File: p.name, Code: CodeParquet, Err: err}, remedy)
}

// read reads the columns side by side, each from its first row group to its last, and then brings
// the keys of the rows together.
func (p *parquetFile) read(ctx context.Context, columns []Column, o Options) (*Data, error) {
	counts := countColumns(columns)
	keys := newKeys(counts)
	tasks, err := p.tasks(columns, keys, o)
	if err != nil {
		return nil, err
	}
	if p.file.NumRows() == 0 {
		return nil, NewFileError(p.name, CodeNoRows, "columns and no rows")
	}
	if err := p.checkPages(columns); err != nil {
		return nil, err
	}
	groups := make([]rowGroup, len(p.file.RowGroups()))
	first := 0
	for i, g := range p.file.Metadata().RowGroups {
		groups[i] = newRowGroup(keys, counts, int(g.NumRows), first, len(columns), o.Keep)
		first += int(g.NumRows)
	}
	team, ctx := errgroup.WithContext(ctx)
	team.SetLimit(min(runtime.GOMAXPROCS(0), maxParsers))
	for _, t := range tasks {
		team.Go(func() error { return t.run(ctx, groups) })
	}
	if err := team.Wait(); err != nil {
		return nil, err
	}
	batches := make([]*Batch, len(groups))
	for i := range groups {
		batches[i] = groups[i].finish(o.Keep)
	}
	d := newData(p.name, p.unit(columns, o), batches, 0, o.Keep)
	d.Warnings = append(d.Warnings, p.zoneWarnings(columns, d)...)
	return d, nil
}

// zoneWarnings tells of times that are instants of a time zone: they are read in UTC. Midnights in
// UTC are how many programs write days, and need no word.
func (p *parquetFile) zoneWarnings(columns []Column, d *Data) []Warning {
	i := slices.IndexFunc(columns, func(c Column) bool { return c.Kind == Time })
	if i < 0 || !p.columns[columns[i].Place].zoned {
		return nil
	}
	for _, b := range d.Batches {
		for row, tick := range b.Ticks[:b.Rows] {
			if b.Group[row] != BadRow && tick%calendar.HoursPerDay != 0 {
				return []Warning{{
					Code: WarnUTC, Count: 1, Places: []string{columns[i].Name},
					Message: "times are instants and are read in UTC; where hours and days are to be local ones, write them without a zone (in pandas: dt.tz_localize(None))",
				}}
			}
		}
	}
	return nil
}

// checkPages looks at the pages' headers before room is made for what they hold.
func (p *parquetFile) checkPages(columns []Column) error {
	for g := range p.file.RowGroups() {
		for _, c := range columns {
			if p.columns[c.Place].form == formNull {
				continue
			}
			err := columnar.Guard(func() error { return columnar.CheckPages(p.file, g, p.columns[c.Place].leaf) })
			if err != nil {
				return p.damaged(fmt.Errorf("column %q: %w", c.Name, err))
			}
		}
	}
	return nil
}

// rowGroup is a batch in the making: what the columns have found in it.
type rowGroup struct {
	batch *Batch
	rows  int
	first int         // its first row in the file
	codes [][]int32   // [key column][row]
	found []*Problems // per column
	bad   [][]int32   // per column: the rows that cannot be used
}

// newRowGroup returns a row group without room for its rows, see lane.take.
func newRowGroup(keys *Keys, c columnCounts, rows, first, columns int, keep Keep) rowGroup {
	g := rowGroup{
		batch: newBatch(keys, c, 0, keep), rows: rows, first: first,
		codes: make([][]int32, c.keys), found: make([]*Problems, columns), bad: make([][]int32, columns),
	}
	for i := range g.found {
		g.found[i] = NewProblems(keep)
	}
	return g
}

// finish gives each row its group.
func (g *rowGroup) finish(keep Keep) *Batch {
	b := g.batch
	b.Group = make([]int32, g.rows)
	if len(b.Ticks) == 0 {
		b.Ticks = make([]int32, g.rows) // no Time is read
	}
	for _, rows := range g.bad {
		for _, row := range rows {
			b.Group[row] = BadRow
		}
	}
	keys := b.Keys
	for row := range b.Group {
		if b.Group[row] == BadRow {
			continue
		}
		for c, codes := range g.codes {
			if code := codes[row]; code != keys.codes[c] {
				keys.codes[c], keys.last = code, -1
			}
		}
		b.Group[row] = keys.group()
	}
	b.Rows = g.rows
	b.bad = mergeProblems(keep, g.found)
	g.codes = nil
	return b
}

// sample returns the cells of the first n rows in a column of text or integers.
func (p *parquetFile) sample(place, n int) []string {
	col := &p.columns[place]
	if col.form != formText && col.form != formInt {
		return nil
	}
	var cells []string
	err := columnar.Guard(func() error {
		for g := range p.file.RowGroups() {
			if len(cells) == n {
				break
			}
			more, err := p.sampleGroup(g, col, n-len(cells))
			if err != nil {
				return err
			}
			cells = append(cells, more...)
		}
		return nil
	})
	if err != nil {
		return nil // reading tells
	}
	return cells
}

func (p *parquetFile) sampleGroup(group int, col *parquetColumn, n int) ([]string, error) {
	n = int(min(int64(n), p.file.Metadata().RowGroups[group].NumRows))
	if n <= 0 {
		return nil, nil
	}
	if err := columnar.CheckPages(p.file, group, col.leaf); err != nil {
		return nil, err
	}
	c, err := newTextCursor(p.file, group, col)
	if err != nil {
		return nil, err
	}
	defer c.pages.close()
	cells := make([]string, n)
	for i := range cells {
		if cells[i], err = c.next(); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// rows sets cells to the text of the columns at places, row by row, and calls next for each until
// it returns false.
func (p *parquetFile) rows(cells []string, places []int, next func() bool) error {
	columns := make([]Column, len(places))
	for i, place := range places {
		columns[i] = Column{Name: p.columns[place].name, Kind: Text, Place: place}
		if err := p.columns[place].refuse(p.name, columns[i]); err != nil {
			return err
		}
	}
	if err := p.checkPages(columns); err != nil {
		return err
	}
	for g := range p.file.RowGroups() {
		if more, err := p.groupRows(g, cells, places, next); err != nil || !more {
			return err
		}
	}
	return nil
}

// groupRows is rows for one row group; more reports that the user wants more. The user's code does
// not run under Guard.
func (p *parquetFile) groupRows(group int, cells []string, places []int, next func() bool) (more bool, err error) {
	cursors := make([]*textCursor, 0, len(places))
	defer func() {
		for _, c := range cursors {
			c.pages.close()
		}
	}()
	row := func() (err error) {
		for i, place := range places {
			if i == len(cursors) {
				c, err := newTextCursor(p.file, group, &p.columns[place])
				if err != nil {
					return fmt.Errorf("column %q: %w", p.columns[place].name, err)
				}
				cursors = append(cursors, c)
			}
			if cells[i], err = cursors[i].next(); err != nil {
				return fmt.Errorf("column %q: %w", p.columns[place].name, err)
			}
		}
		return nil
	}
	for range p.file.Metadata().RowGroups[group].NumRows {
		if err := columnar.Guard(row); err != nil {
			return false, p.damaged(err)
		}
		if !next() {
			return false, nil
		}
	}
	return true, nil
}
