package table

import (
	"bytes"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// parser turns records into batches. Each goroutine has its own.
type parser struct {
	file    string
	comma   byte
	width   int // fields of a record
	columns []Column
	roles   []role // per field
	counts  columnCounts
	dates   *calendar.Layout
	keep    Keep

	numbered bool // errors name the row, not the line

	keys *Keys
	rec  record
}

// role says what a field is for: its kind, and which of the columns of the kind it is.
type role struct {
	kind  Kind
	index int
}

func newParser(file string, comma byte, width int, columns []Column, o Options) (*parser, error) {
	dates, err := calendar.CompileLayout(o.DateFormat)
	if err != nil {
		return nil, err
	}
	p := &parser{
		file: file, comma: comma, width: width, columns: columns, dates: dates, keep: o.Keep,
		roles: slices.Repeat([]role{{kind: ignored}}, width), counts: countColumns(columns),
		rec: record{comma: comma},
	}
	var next [ignored + 1]int
	for _, c := range columns {
		p.roles[c.Place] = role{kind: c.Kind, index: next[c.Kind]}
		next[c.Kind]++
	}
	p.keys = newKeys(p.counts)
	return p, nil
}

// parse reads a piece of the file: whole records, the last byte a line feed. It makes a few
// allocations a piece, none a row.
func (p *parser) parse(data []byte) *Batch {
	b := newBatch(p.keys, p.counts, bytes.Count(data, []byte("\n")), p.keep)
	if p.keep == KeepAll {
		b.text, b.comma = bytes.Clone(data), p.comma
	}
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
func (p *parser) quick(b *Batch, data []byte) int {
	at := 0
	for column, role := range p.roles {
		if column > 0 {
			if data[at] != p.comma {
				return 0
			}
			at++
		}
		cell := data[at:]
		var n int
		switch role.kind {
		case Time:
			b.Ticks[b.Rows], n = p.quickTime(cell)
		case Number:
			b.Numbers[role.index][b.Rows], n = p.quickNumber(cell)
		case Key:
			n = p.quickKey(role.index, cell)
		case Text:
			b.Texts[role.index][b.Rows], n = p.quickText(role.index, cell)
		default:
			n = plainLen(cell, p.comma)
		}
		if n < 0 {
			return 0
		}
		at += n
	}
	n := at
	if data[n] == '\r' {
		n++
	}
	if data[n] != '\n' || at > maxLine || at == 0 {
		return 0
	}
	b.startRecord()
	b.add(p.keys.group())
	b.lines++
	return n + 1
}

// quickTime reads the date that cell starts with and returns its length, -1 for none.
func (p *parser) quickTime(cell []byte) (int32, int) {
	n := p.dates.Width()
	if n == 0 {
		n = plainLen(cell, p.comma)
	}
	if n < 0 || n >= len(cell) {
		return 0, -1
	}
	tick, fault := p.dates.Tick(cell[:n])
	if fault != calendar.FaultNone {
		return 0, -1
	}
	return tick, n
}

// quickNumber reads the number that cell starts with and returns its length, -1 for none. That of
// an empty cell is NaN.
func (p *parser) quickNumber(cell []byte) (float64, int) {
	if v, n := scanNumber(cell); n > 0 {
		return v, n
	}
	if plainLen(cell, p.comma) == 0 {
		return math.NaN(), 0
	}
	return 0, -1
}

// quickKey reads the key that cell starts with and returns its length, -1 for none. Mostly it is
// the key of the row before.
func (p *parser) quickKey(column int, cell []byte) int {
	if n, ok := p.keys.columns[column].repeats(cell); ok {
		return n
	}
	n := plainLen(cell, p.comma)
	if n <= 0 || n > maxID {
		return -1
	}
	p.keys.setPlain(column, cell[:n], cell[n])
	return n
}

// quickText reads the text that cell starts with and returns its code and length, -1 for none.
func (p *parser) quickText(column int, cell []byte) (code int32, n int) {
	d := &p.keys.texts[column]
	if n, ok := d.repeats(cell); ok {
		return d.lastCode, n
	}
	n = plainLen(cell, p.comma)
	if n <= 0 {
		return NoText, n
	}
	code = d.look(cell[:n])
	d.remember(cell[:n], cell[n])
	return code, n
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
func (p *parser) record(b *Batch) {
	if len(p.rec.line) == 0 {
		b.blank.add(b.lines)
		return
	}
	b.startRecord()
	if code := p.rec.fault(p.width); code != "" {
		p.report(b, "", code, func() error { return p.rec.explain(code, p.width) })
		b.add(BadRow)
		return
	}
	good := true
	for _, c := range p.columns {
		if !p.cell(b, c, p.rec.field(c.Place)) {
			good = false
		}
	}
	if !good {
		b.add(BadRow)
		return
	}
	b.add(p.keys.group())
}

// report counts a problem of the record being read; explain is called when it is kept.
func (p *parser) report(b *Batch, column, code string, explain func() error) {
	b.bad.Add(code, func() *RowError {
		e := &RowError{File: p.file, Line: b.lines, Column: column, Code: code, Err: explain()}
		if p.numbered {
			e.Line, e.Row = 0, b.Rows+1
		}
		if p.keep == KeepAll {
			e.record = p.rec.kept()
		}
		return e
	})
}

// cell puts a cell in its column and reports whether it is good.
func (p *parser) cell(b *Batch, c Column, cell []byte) bool {
	index := p.roles[c.Place].index
	switch c.Kind {
	case Time:
		tick, fault := p.dates.Tick(cell)
		if fault != calendar.FaultNone {
			p.report(b, c.Name, timeCode(fault), func() error { return explainTime(p.dates, string(cell), fault) })
			return false
		}
		b.Ticks[b.Rows] = tick
	case Key:
		if code := keyFault(cell); code != "" {
			p.report(b, c.Name, code, func() error { return explainKey(code, cell) })
			return false
		}
		p.keys.set(index, cell)
	case Number:
		return p.number(b, c.Name, &b.Numbers[index][b.Rows], cell)
	case Text:
		b.Texts[index][b.Rows] = p.keys.word(index, cell)
	case ignored:
	}
	return true
}

// number sets dst to the number in a cell and reports whether it is one.
func (p *parser) number(b *Batch, column string, dst *float64, cell []byte) bool {
	if len(cell) == 0 {
		*dst = math.NaN()
		return true
	}
	v, fault := parseNumber(cell)
	switch fault {
	case numberOK:
		*dst = v
		return true
	case numberNotFinite:
		p.report(b, column, CodeNotFinite, func() error { return notFinite(string(cell)) })
	default:
		p.report(b, column, CodeBadNumber, func() error { return badNumber(string(cell)) })
	}
	return false
}
