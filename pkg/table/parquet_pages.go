package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/columnar"
)

// pageReader reads the pages of a column of a row group.
type pageReader struct {
	col   *parquetColumn
	pages parquet.Pages
	page  parquet.Page // the last one read
	left  int          // rows of the group that are still to come

	dictionary parquet.Dictionary
	entries    cells // of the dictionary
}

// stretch is what a page holds: a row each.
type stretch struct {
	rows   int
	levels []byte // 1 where a row has a value, 0 where it is null; nil where all have
	values cells  // of the rows that have one, or the entries of the dictionary

	dictionary parquet.Dictionary // nil for none
	index      []int32            // of the rows that have a value: its entry in the dictionary
}

// newPageReader looks at the data of all the pages before one is read. The pages' headers must
// have passed columnar.CheckPages.
func newPageReader(f *parquet.File, group int, col *parquetColumn) (*pageReader, error) {
	p := &pageReader{col: col, left: int(f.Metadata().RowGroups[group].NumRows)}
	if col.form == formNull {
		return p, nil
	}
	if err := columnar.CheckData(f, group, col.leaf); err != nil {
		return nil, err
	}
	p.pages = f.RowGroups()[group].ColumnChunks()[col.leaf].Pages()
	return p, nil
}

// next returns the next stretch, which is valid until the next call; io.EOF is the end of the group.
func (p *pageReader) next() (stretch, error) {
	p.release()
	if p.left == 0 {
		return stretch{}, io.EOF
	}
	if p.col.form == formNull {
		s := stretch{rows: p.left, levels: make([]byte, p.left)}
		p.left = 0
		return s, nil
	}
	page, err := p.pages.ReadPage()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%d rows are missing: %w", p.left, io.ErrUnexpectedEOF)
		}
		return stretch{}, err
	}
	p.page = page
	s := stretch{rows: int(page.NumValues()), levels: page.DefinitionLevels()}
	if s.rows > p.left {
		return stretch{}, fmt.Errorf("%d rows more than the group has", s.rows-p.left)
	}
	p.left -= s.rows
	if bytes.IndexByte(s.levels, 0) < 0 {
		s.levels = nil
	}
	d := page.Dictionary()
	if d == nil {
		s.values = newCells(p.col, page.Data())
		return s, nil
	}
	if d != p.dictionary {
		p.dictionary, p.entries = d, newCells(p.col, d.Page().Data())
	}
	v := page.Data()
	s.values, s.dictionary, s.index = p.entries, d, v.Int32()
	return s, nil
}

func (p *pageReader) release() {
	if p.page != nil {
		parquet.Release(p.page)
		p.page = nil
	}
}

// close gives back what the reader holds. It is only read from, so no error can matter.
func (p *pageReader) close() {
	p.release()
	if p.pages != nil {
		_ = p.pages.Close()
	}
}

// textCursor gives a column of a row group as text, row by row.
type textCursor struct {
	pages *pageReader
	at    stretch
	row   int // in the stretch
	value int // of those that the stretch has

	dictionary parquet.Dictionary // of the last stretch
	words      []string           // of its entries, where they are known
	buf        []byte
}

func newTextCursor(f *parquet.File, group int, col *parquetColumn) (*textCursor, error) {
	pages, err := newPageReader(f, group, col)
	return &textCursor{pages: pages}, err
}

// next returns the text of the next row, "" for null.
func (c *textCursor) next() (string, error) {
	for c.row == c.at.rows {
		var err error
		if c.at, err = c.pages.next(); err != nil {
			return "", err
		}
		c.row, c.value = 0, 0
		if d := c.at.dictionary; d != nil && d != c.dictionary {
			c.dictionary, c.words = d, make([]string, d.Len())
		}
	}
	c.row++
	if c.at.levels != nil && c.at.levels[c.row-1] == 0 {
		return "", nil
	}
	c.value++
	if c.at.dictionary == nil {
		return c.text(c.value - 1), nil
	}
	word := &c.words[c.at.index[c.value-1]]
	if *word == "" {
		*word = c.text(int(c.at.index[c.value-1]))
	}
	return *word, nil
}

func (c *textCursor) text(i int) string {
	c.buf = c.at.values.appendText(c.buf[:0], i)
	return string(c.buf)
}
