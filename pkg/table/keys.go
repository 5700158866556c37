package table

import (
	"bytes"
	"encoding/binary"
)

// Keys numbers the values of key and text columns, and the groups that the keys of a row name, in
// the order it meets them. Each goroutine that reads has its own.
type Keys struct {
	columns []dictionary // of the key columns
	texts   []dictionary // of the text columns
	pairs   []numbers    // per key column: what the columns before have in common, with this one's code
	tuples  []int32      // per group its codes, one a key column
	count   int32        // of groups

	codes []int32 // of the current row
	last  int32   // group of the row before, -1 where a key has changed since
}

func newKeys(c columnCounts) *Keys {
	k := &Keys{
		columns: make([]dictionary, c.keys),
		texts:   make([]dictionary, c.texts),
		pairs:   make([]numbers, c.keys),
		codes:   make([]int32, c.keys),
		last:    -1,
	}
	for i := range k.columns {
		k.columns[i] = newDictionary()
		k.pairs[i] = newNumbers()
	}
	for i := range k.texts {
		k.texts[i] = newDictionary()
	}
	return k
}

// Len returns the number of groups.
func (k *Keys) Len() int { return int(k.count) }

// Group returns the codes of a group, one a key column. The slice belongs to k.
func (k *Keys) Group(i int) []int32 {
	n := len(k.columns)
	return k.tuples[i*n : (i+1)*n : (i+1)*n]
}

// Values returns the distinct values of a key column by their codes. The slice belongs to k.
func (k *Keys) Values(column int) []string { return k.columns[column].ids }

// Words returns the distinct values of a text column by their codes. The slice belongs to k.
func (k *Keys) Words(column int) []string { return k.texts[column].ids }

// set gives a key of the current row.
func (k *Keys) set(column int, id []byte) {
	d := &k.columns[column]
	if string(id) == d.lastID {
		return
	}
	k.codes[column] = d.look(id)
	k.last = -1
}

// setPlain gives a key of the current row that stands in the file without quotes, with the byte
// behind it.
func (k *Keys) setPlain(column int, id []byte, end byte) {
	k.set(column, id)
	k.columns[column].remember(id, end)
}

// group returns the number of the current row's group.
func (k *Keys) group() int32 {
	if k.last >= 0 {
		return k.last
	}
	// A number stands for the keys up to a column; with the next key it gives the next number. The
	// last one is the group.
	n := int32(0)
	for i, code := range k.codes {
		next := int32(len(k.pairs[i].all))
		n, _ = k.pairs[i].of(uint64(n)<<32|uint64(code), next)
	}
	if n == k.count {
		k.tuples = append(k.tuples, k.codes...)
		k.count++
	}
	k.last = n
	return n
}

// word returns the code of a text.
func (k *Keys) word(column int, text []byte) int32 {
	if len(text) == 0 {
		return NoText
	}
	return k.texts[column].look(text)
}

// dictionary numbers the distinct values of one column. Values of up to eight bytes, nearly all
// ids, are looked up as one integer; of the longer ones those seen lately are in a small table
// before the map.
type dictionary struct {
	short  numbers
	long   map[string]int32
	recent []int32 // by a hash of a long value: its code plus 1; 0 is none
	ids    []string

	lastID   string // "" at first: an empty value does not get here
	lastCode int32
	cell     []byte // lastID and the byte behind it, as they stand in the file; empty for none
	word     uint64 // of a cell of up to eight bytes
	mask     uint64 // the bytes that word holds; 0 for a longer cell
}

func newDictionary() dictionary {
	return dictionary{short: newNumbers(), long: make(map[string]int32)}
}

// look returns the code of a value that is not empty.
func (d *dictionary) look(id []byte) int32 {
	if string(id) == d.lastID {
		return d.lastCode
	}
	code := d.code(id)
	d.lastID, d.lastCode, d.cell = d.ids[code], code, d.cell[:0]
	return code
}

// remember notes that the last value stands in the file without quotes, before the byte end.
func (d *dictionary) remember(id []byte, end byte) {
	d.cell = append(append(d.cell[:0], id...), end)
	d.mask = 0
	if width := 8 * len(id); width < 64 {
		d.word, d.mask = pack(d.cell), ^uint64(0)>>(56-width)
	}
}

// repeats reports whether text starts with the last cell: the value of the row before and the byte
// that ended it. It misses some.
func (d *dictionary) repeats(text []byte) (n int, ok bool) {
	if len(d.cell) == 0 || len(text) < 8 {
		return 0, false
	}
	n = len(d.cell) - 1
	if d.mask != 0 {
		return n, binary.LittleEndian.Uint64(text)&d.mask == d.word
	}
	return n, bytes.HasPrefix(text, d.cell)
}

func (d *dictionary) code(id []byte) int32 {
	if len(id) > 8 {
		return d.longCode(id)
	}
	code, known := d.short.of(pack(id), int32(len(d.ids)))
	if !known {
		d.ids = append(d.ids, string(id))
	}
	return code
}

// longCode is code for more than eight bytes.
func (d *dictionary) longCode(id []byte) int32 {
	if d.recent == nil {
		d.recent = make([]int32, 1<<recentBits)
	}
	recent := &d.recent[hash(id)]
	if code := *recent - 1; code >= 0 && string(id) == d.ids[code] {
		return code
	}
	code, known := d.long[string(id)]
	if !known {
		code = int32(len(d.ids))
		d.ids = append(d.ids, string(id))
		d.long[d.ids[code]] = code
	}
	*recent = code + 1
	return code
}

// golden spreads keys over a table: D. Knuth, The Art of Computer Programming, 6.4.
const golden = 0x9e3779b97f4a7c15

// hash returns the place of at least eight bytes in a table of recent ones.
func hash(text []byte) uint64 {
	h := uint64(len(text))
	for rest := text; len(rest) > 8; rest = rest[8:] {
		h = (h ^ binary.LittleEndian.Uint64(rest)) * golden
		h ^= h >> 32
	}
	h = (h ^ binary.LittleEndian.Uint64(text[len(text)-8:])) * golden
	return h >> (64 - recentBits)
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
