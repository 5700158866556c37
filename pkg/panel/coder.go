package panel

import "encoding/binary"

// coder numbers ids and series in the order it meets them. Each goroutine has its own; their
// numbers are brought together when the panel is assembled.
type coder struct {
	columns []dictionary
	pairs   []numbers // per column: what the columns before have in common, with this one's code
	tuples  []int32   // per series its codes, one a column
	count   int32     // of series

	codes []int32 // of the current row
	last  int32   // series of the row before, -1 where an id has changed since
}

func newCoder(columns int) *coder {
	c := &coder{
		columns: make([]dictionary, columns),
		pairs:   make([]numbers, columns),
		codes:   make([]int32, columns),
		last:    -1,
	}
	for i := range c.columns {
		c.columns[i] = dictionary{short: newNumbers(), long: make(map[string]int32)}
		c.pairs[i] = newNumbers()
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
	if width := 8 * len(id); width < 64 {
		d.cell, d.cellMask = pack(id)|uint64(end)<<width, ^uint64(0)>>(56-width)
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
	// A number stands for the ids up to a column; with the next id it gives the next number. The
	// last one is the series.
	n := int32(0)
	for i, code := range c.codes {
		next := int32(len(c.pairs[i].all))
		n, _ = c.pairs[i].of(uint64(n)<<32|uint64(code), next)
	}
	if n == c.count {
		c.tuples = append(c.tuples, c.codes...)
		c.count++
	}
	c.last = n
	return n
}

// dictionary numbers the distinct values of one column. Values of up to eight bytes, nearly all
// ids, are looked up as one integer.
type dictionary struct {
	short numbers
	long  map[string]int32
	ids   []string

	lastID   string // "" at first: an empty id does not get here
	cell     uint64 // lastID and the byte behind it, as they stand in the file
	cellMask uint64 // the bytes that cell holds; 0 for none
}

func (d *dictionary) code(id []byte) int32 {
	next := int32(len(d.ids))
	var code int32
	var known bool
	if len(id) <= 8 {
		code, known = d.short.of(pack(id), next)
	} else if code, known = d.long[string(id)]; !known {
		code = next
		d.long[string(id)] = code
	}
	if !known {
		d.ids = append(d.ids, string(id))
	}
	return code
}

// pack returns up to eight bytes as an integer, the first one lowest. No text holds a NUL byte, so
// no two texts give the same.
func pack(text []byte) uint64 {
	var word uint64
	for i, b := range text {
		word |= uint64(b) << (8 * i)
	}
	return word
}

// numbers gives keys numbers. The keys seen lately are in a small table before the map, which is
// the same whatever keys a file makes.
type numbers struct {
	recent []numbered // by a hash of the key
	all    map[uint64]int32
}

type numbered struct {
	key    uint64 // plus 1; 0 is none
	number int32
}

const recentBits = 10

func newNumbers() numbers {
	return numbers{recent: make([]numbered, 1<<recentBits), all: make(map[uint64]int32)}
}

// of returns the number of a key, which is next if it had none.
func (n *numbers) of(key uint64, next int32) (number int32, known bool) {
	const golden = 0x9e3779b97f4a7c15 // D. Knuth, The Art of Computer Programming, 6.4
	r := &n.recent[(key*golden)>>(64-recentBits)]
	if r.key == key+1 {
		return r.number, true
	}
	number, known = n.all[key]
	if !known {
		number = next
		n.all[key] = number
	}
	*r = numbered{key: key + 1, number: number}
	return number, known
}
