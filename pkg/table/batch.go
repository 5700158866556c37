package table

import (
	"bytes"
	"iter"
	"sort"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// Kind says how the cells of a column are read.
type Kind uint8

// The kinds of a column.
const (
	Key    Kind = iota // text of 1 to 256 bytes; the keys of a row together name its group
	Time               // a date or a date-time in the layout
	Number             // a finite decimal number; NaN for an empty cell
	Text               // text of any length; NoText for an empty cell
	ignored
)

// Column is a column to read, at its place in the file.
type Column struct {
	Name  string // as errors call it
	Kind  Kind
	Place int
}

// BadRow stands in Batch.Group for a row that cannot be used.
const BadRow = -1

// NoText stands in Batch.Texts for an empty cell.
const NoText = -1

// Batch is what a stretch of a file holds: a slice per column, one entry a row.
type Batch struct {
	Keys    *Keys
	Rows    int
	Group   []int32     // numbers of Keys, or BadRow
	Ticks   []int32     // of the Time column, in the layout's unit
	Numbers [][]float64 // [Number column][row]
	Texts   [][]int32   // [Text column][row]: index into Keys.Words, or NoText

	FirstRow int // in the file

	firstLine int    // in the file; 0 in data without lines
	lines     int    // physical lines
	jumps     []jump // where a record's line is not the one after the record before
	blank     tally
	bad       *Problems
	text      []byte // the records themselves, where all problems are kept
	comma     byte   // between their fields
	starts    []int  // of the lines in text, once they are asked for
}

// newBatch returns a batch with room for rows.
func newBatch(k *Keys, c columnCounts, rows int, keep Keep) *Batch {
	b := &Batch{
		Keys: k, Group: make([]int32, rows), Ticks: make([]int32, rows),
		Numbers: make([][]float64, c.numbers), Texts: make([][]int32, c.texts), bad: NewProblems(keep),
	}
	for i := range b.Numbers {
		b.Numbers[i] = make([]float64, rows)
	}
	for i := range b.Texts {
		b.Texts[i] = make([]int32, rows)
	}
	return b
}

// columnCounts says how many columns of each kind are read.
type columnCounts struct{ keys, numbers, texts int }

func countColumns(columns []Column) columnCounts {
	var c columnCounts
	for _, col := range columns {
		switch col.Kind {
		case Key:
			c.keys++
		case Number:
			c.numbers++
		case Text:
			c.texts++
		case Time, ignored:
		}
	}
	return c
}

// add ends the row whose cells stand in the columns already.
func (b *Batch) add(group int32) {
	b.Group[b.Rows] = group
	b.Rows++
}

// Runs yields the ranges of consecutive good rows of one group.
func (b *Batch) Runs() iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := 0; from < b.Rows; {
			to := from + 1
			for to < b.Rows && b.Group[to] == b.Group[from] {
				to++
			}
			if b.Group[from] != BadRow && !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// jump says that from record row on lines are offset away from the record's number.
type jump struct{ row, offset int32 }

// startRecord notes that the next record starts on the next line.
func (b *Batch) startRecord() {
	if offset := int32(b.lines - b.Rows); offset != b.offset(len(b.jumps)-1) {
		b.jumps = append(b.jumps, jump{row: int32(b.Rows), offset: offset})
	}
}

func (b *Batch) offset(i int) int32 {
	if i < 0 {
		return 0
	}
	return b.jumps[i].offset
}

// lineOf returns the line of a record, both counted from the batch's start.
func (b *Batch) lineOf(row int) int {
	next := sort.Search(len(b.jumps), func(i int) bool { return int(b.jumps[i].row) > row })
	return row + int(b.offset(next-1))
}

// record returns the record that starts on a line, counted from the batch's start, without its line
// end; "" where the text is not kept. The lines are found once: all rows may be asked for.
func (b *Batch) record(line int) string {
	if b.starts == nil {
		at := 0
		for text := range bytes.Lines(b.text) {
			b.starts = append(b.starts, at)
			at += len(text)
		}
	}
	if line >= len(b.starts) {
		return ""
	}
	text := b.text[b.starts[line]:]
	n, _ := recordLen(text, b.comma)
	return string(trimEnd(text[:n]))
}

// Data is what is read of one file.
type Data struct {
	File    string
	Unit    calendar.Unit // of the ticks
	Batches []*Batch      // in the order of the file
	Rows    int           // good and bad
	Bad     *Problems

	Warnings []Warning
}

// newData puts the batches of a file, whose first record is on firstLine, one after another.
func newData(file string, unit calendar.Unit, batches []*Batch, firstLine int, keep Keep) *Data {
	d := &Data{File: file, Unit: unit, Batches: batches, Bad: NewProblems(keep)}
	line := firstLine
	var blank tally
	for _, b := range batches {
		b.FirstRow, b.firstLine = d.Rows, line
		d.Rows += b.Rows
		blank.extend(b.blank, line)
		d.Bad.extend(b.bad, line)
		line += b.lines
	}
	if blank.count > 0 {
		w := Warning{Code: WarnBlankLines, Count: blank.count, Message: "blank lines are skipped"}
		for _, n := range blank.lines {
			w.Places = append(w.Places, placeOf(n, 0))
		}
		d.Warnings = append(d.Warnings, w)
	}
	return d
}

// RowError returns the error of a row, counted from 0 in the file.
func (d *Data) RowError(row int, column, code string, err error) *RowError {
	b := d.batch(row)
	e := &RowError{File: d.File, Column: column, Code: code, Err: err}
	if b.firstLine == 0 {
		e.Row = row + 1
		return e
	}
	line := b.lineOf(row - b.FirstRow)
	e.Line = b.firstLine + line
	e.record = b.record(line)
	return e
}

// Place returns where a row stands: "line 7", or "row 7" in data without lines.
func (d *Data) Place(row int) string {
	b := d.batch(row)
	if b.firstLine == 0 {
		return placeOf(0, row+1)
	}
	return placeOf(b.firstLine+b.lineOf(row-b.FirstRow), 0)
}

// Drop makes a row one that cannot be used.
func (d *Data) Drop(row int) {
	b := d.batch(row)
	b.Group[row-b.FirstRow] = BadRow
}

func (d *Data) batch(row int) *Batch {
	return d.Batches[sort.Search(len(d.Batches), func(i int) bool { return d.Batches[i].FirstRow > row })-1]
}
