package panel

import "encoding/binary"

// coder numbers ids and series in the order it meets them. Each goroutine has its own; their
// numbers are brought together when the panel is assembled.
type coder struct {
	columns []dictionary
	pairs   []map[uint64]int32 // per id column after the first: (number so far, code) -> number
	tuples  []int32            // per series its codes, one per column

	codes []int32 // of the current row
	last  int32   // series of the row before, -1 for none
	count int32
}

func newCoder(columns int) *coder {
	c := &coder{
		columns: make([]dictionary, columns),
		pairs:   make([]map[uint64]int32, columns),
		codes:   make([]int32, columns),
		last:    -1,
	}
	for i := range c.columns {
		c.columns[i] = dictionary{short: make(map[uint64]int32), long: make(map[string]int32)}
		c.pairs[i] = make(map[uint64]int32)
	}
	return c
}

// set gives an id of the current row.
func (c *coder) set(column int, id []byte) {
	d := &c.columns[column]
	if string(id) == d.lastID {
		return
	}
	code := d.code(id)
	d.lastID, d.cellMask = d.ids[code], 0
	c.codes[column] = code
	c.last = -1
}

// setPlain gives an id of the current row that stands in the file without quotes, with the byte
// behind it.
func (c *coder) setPlain(column int, id []byte, end byte) {
	c.set(column, id)
	d := &c.columns[column]
	d.cell, d.cellMask = 0, 0
	if len(id) < 8 {
		var word [8]byte
		word[copy(word[:], id)] = end
		d.cell, d.cellMask = binary.LittleEndian.Uint64(word[:]), ^uint64(0)>>(56-8*len(id))
	}
}

// repeats reports whether text starts with the column's last cell: the id of the row before and
// the byte that ended it. It misses some.
func (c *coder) repeats(column int, text []byte) (n int, ok bool) {
	d := &c.columns[column]
	if len(text) < 8 || d.cellMask == 0 {
		return 0, false
	}
	return len(d.lastID), binary.LittleEndian.Uint64(text)&d.cellMask == d.cell
}

// series returns the number of the current row's series.
func (c *coder) series() int32 {
	if c.last >= 0 {
		return c.last
	}
	n := c.codes[0]
	for i, code := range c.codes {
		n = c.pair(i, n, code)
	}
	c.last = n
	return n
}

// pair numbers the series by its columns up to column.
func (c *coder) pair(column int, before, code int32) int32 {
	key := uint64(before)<<32 | uint64(code)
	n, ok := c.pairs[column][key]
	if ok {
		return n
	}
	n = int32(len(c.pairs[column]))
	c.pairs[column][key] = n
	if column == len(c.columns)-1 {
		c.tuples = append(c.tuples, c.codes...)
		c.count++
	}
	return n
}

// dictionary numbers the distinct values of one column. Values of up to seven bytes, nearly all
// ids, are looked up as one integer.
type dictionary struct {
	short map[uint64]int32
	long  map[string]int32
	ids   []string

	lastID   string // "" at first: an empty id does not get here
	cell     uint64 // lastID and the byte behind it, as they stand in the file
	cellMask uint64 // the bytes that cell holds; 0 for none
}

func (d *dictionary) code(id []byte) int32 {
	if len(id) > 7 {
		code, ok := d.long[string(id)]
		if !ok {
			code = int32(len(d.ids))
			d.ids = append(d.ids, string(id))
			d.long[d.ids[code]] = code
		}
		return code
	}
	key := uint64(len(id))
	for _, b := range id {
		key = key<<8 | uint64(b)
	}
	code, ok := d.short[key]
	if !ok {
		code = int32(len(d.ids))
		d.ids = append(d.ids, string(id))
		d.short[key] = code
	}
	return code
}
