package panel

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math"
	"sort"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
)

// maxID is the longest id in bytes.
const maxID = 256

// badRow stands in block.series for a row that cannot be used.
const badRow = -1

// block is what a parser makes of a piece of the file: a column per role, one entry a record.
// Lines count from 0 at the block's start until assemble gives them their place in the file.
type block struct {
	coder  *coder
	series []int32 // numbers of coder, or badRow
	date   []Date
	y      []float64
	rows   int

	lines int      // physical lines
	jumps []jump   // where a record's line is not the one after the record before
	notes notes    // odd but usable
	bad   problems // not usable

	firstRow, firstLine int // in the file; set by assemble
}

// newBlock returns a block with room for rows.
func newBlock(c *coder, rows int) *block {
	return &block{coder: c, series: make([]int32, rows), date: make([]Date, rows), y: make([]float64, rows)}
}

func (b *block) add(series int32, date Date, y float64) {
	b.series[b.rows], b.date[b.rows], b.y[b.rows] = series, date, y
	b.rows++
}

// jump says that from record row on lines are offset away from the record's number.
type jump struct{ row, offset int32 }

// runs yields the ranges of consecutive good rows of one series.
func (b *block) runs() iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := 0; from < b.rows; {
			to := from + 1
			for to < b.rows && b.series[to] == b.series[from] {
				to++
			}
			if b.series[from] != badRow && !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// startRecord notes that the next record starts on the next line.
func (b *block) startRecord() {
	if offset := int32(b.lines - b.rows); offset != b.offset(len(b.jumps)-1) {
		b.jumps = append(b.jumps, jump{row: int32(b.rows), offset: offset})
	}
}

func (b *block) offset(i int) int32 {
	if i < 0 {
		return 0
	}
	return b.jumps[i].offset
}

// lineOf returns the line of a record, both counted from the block's start.
func (b *block) lineOf(row int) int {
	next := sort.Search(len(b.jumps), func(i int) bool { return int(b.jumps[i].row) > row })
	return row + int(b.offset(next-1))
}

// parser turns records into blocks. Each goroutine has its own.
type parser struct {
	file   string
	header *header
	dates  *layout
	coder  *coder
	rec    record
}

func newParser(file string, h *header) (*parser, error) {
	dates, err := compileLayout(h.names.DateFormat)
	if err != nil {
		return nil, err
	}
	return &parser{
		file: file, header: h, dates: dates, coder: newCoder(len(h.ids)),
		rec: record{comma: h.comma},
	}, nil
}

// parse reads a piece of the file: whole records, the last byte a line feed. It makes a few
// allocations a piece, none a row.
func (p *parser) parse(data []byte) *block {
	b := newBlock(p.coder, bytes.Count(data, []byte("\n")))
	p.rec.look(data)
	for len(data) > 0 {
		n := 0
		if p.rec.isText {
			n = p.quick(b, data)
		}
		if n == 0 {
			n = p.rec.read(data)
			p.record(b)
			b.lines += bytes.Count(data[:n], []byte("\n"))
		}
		data = data[n:]
	}
	return b
}

// quick reads a record like nearly all: no quotes, nothing to report. It returns the record's
// length, line end included, or 0 to leave the record to the slow way, which reads every record.
func (p *parser) quick(b *block, data []byte) int {
	var date Date
	var y float64
	at, comma := 0, p.header.comma
	for column, role := range p.header.roles {
		if column > 0 {
			if data[at] != comma {
				return 0
			}
			at++
		}
		cell := data[at:]
		var n int
		switch role {
		case roleDate:
			date, n = p.quickDate(cell)
		case roleTarget:
			y, n = scanNumber(cell)
		case roleNone:
			n = plainLen(cell, comma)
		default:
			n = p.quickID(int(role), cell)
		}
		if n < 0 || n == 0 && role != roleNone {
			return 0
		}
		at += n
	}
	n := at
	if data[n] == '\r' {
		n++
	}
	if data[n] != '\n' || at > maxLine || y < 0 {
		return 0
	}
	b.startRecord()
	b.add(p.coder.series(), date, y)
	b.lines++
	return n + 1
}

// quickDate reads the date that cell starts with and returns its length, 0 for none.
func (p *parser) quickDate(cell []byte) (Date, int) {
	n := p.dates.width()
	if n == 0 {
		n = plainLen(cell, p.header.comma)
	}
	if n < 0 || n >= len(cell) {
		return 0, 0
	}
	date, fault := p.dates.parse(cell[:n])
	if fault != dateOK {
		return 0, 0
	}
	return date, n
}

// quickID reads the id that cell starts with and returns its length, 0 for none. Mostly it is
// the id of the row before.
func (p *parser) quickID(column int, cell []byte) int {
	if n, ok := p.coder.repeats(column, cell); ok {
		return n
	}
	n := plainLen(cell, p.header.comma)
	if n <= 0 || n > maxID {
		return 0
	}
	p.coder.setPlain(column, cell[:n], cell[n])
	return n
}

// plainLen returns the length of a cell without quotes, up to the comma or line end behind it;
// -1 where a quote is in it.
func plainLen(data []byte, comma byte) int {
	for i, b := range data {
		switch b {
		case comma, '\n', '\r':
			return i
		case '"':
			return -1
		}
	}
	return -1
}

// record adds p.rec to b, unless it is blank.
func (p *parser) record(b *block) {
	if len(p.rec.line) == 0 {
		b.notes.blank.add(b.lines)
		return
	}
	b.startRecord()
	if code := p.rec.fault(p.header.width); code != "" {
		p.report(b, "", code, func() error { return p.rec.explain(code, p.header.width) })
		b.add(badRow, 0, 0)
		return
	}
	p.row(b)
}

// report counts a problem of the record being read; explain is called for the first ones only.
func (p *parser) report(b *block, column, code string, explain func() error) {
	if b.bad.count(code) {
		b.bad.keep(&RowError{File: p.file, Line: b.lines, Column: column, Code: code, Err: explain()})
	}
}

// row reads the cells that have a role and adds the record to b.
func (p *parser) row(b *block) {
	good := true
	dateCell := p.rec.field(p.header.date)
	date, fault := p.dates.parse(dateCell)
	if fault != dateOK {
		p.report(b, p.header.names.Time, CodeBadDate, func() error { return p.badDate(string(dateCell), fault) })
		good = false
	}
	for i, place := range p.header.ids {
		id := p.rec.field(place)
		if len(id) == 0 || len(id) > maxID {
			p.badID(b, p.header.names.IDs[i], id)
			good = false
			continue
		}
		p.coder.set(i, id)
	}
	y, ok := p.number(b)
	if !good || !ok {
		b.add(badRow, 0, 0)
		return
	}
	b.add(p.coder.series(), date, y)
}

// badDate returns the error for a date, with a hint at the format that reads it when just one does.
func (p *parser) badDate(cell string, fault dateFault) error {
	err := p.dates.explain(cell, fault)
	if !err.OtherFormat {
		return err
	}
	if format := onlyFormat(cell); format != "" {
		return hint.Wrap(err, fmt.Sprintf("--date-format '%s' reads %s", format, quote(cell)))
	}
	return err
}

func (p *parser) badID(b *block, column string, id []byte) {
	if len(id) == 0 {
		p.report(b, column, CodeEmptyID, func() error { return errors.New("is empty") })
		return
	}
	p.report(b, column, CodeLongID, func() error {
		return fmt.Errorf("%s: %d bytes, an id has at most %d", quote(string(id)), len(id), maxID)
	})
}

func (p *parser) number(b *block) (y float64, ok bool) {
	cell := p.rec.field(p.header.target)
	if len(cell) == 0 {
		b.notes.missing.add(b.lines)
		return math.NaN(), true
	}
	y, fault := parseNumber(cell)
	switch fault {
	case numberOK:
		if y < 0 {
			b.notes.negative.add(b.lines)
		}
		return y, true
	case numberNotFinite:
		p.report(b, p.header.names.Target, CodeNotFinite, func() error {
			return fmt.Errorf("%s: not a finite number; leave the cell empty where the value is not known", quote(string(cell)))
		})
	default:
		p.report(b, p.header.names.Target, CodeBadNumber, func() error { return badNumber(string(cell)) })
	}
	return 0, false
}

func badNumber(cell string) error {
	err := errors.New(quote(cell) + ": not a number")
	if strings.Contains(cell, ",") {
		return hint.Wrap(err, "write decimals with a point and thousands without a mark")
	}
	return err
}
