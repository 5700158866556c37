package panel

import "sort"

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
