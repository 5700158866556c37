package table

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"strings"
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
		next := int32(k.pairs[i].count)
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
// ids, are looked up as one integer, longer ones by a hash.
type dictionary struct {
	short numbers
	long  numbers
	seed  maphash.Seed
	ids   []string
	room  strings.Builder // where ids lie; it does not grow

	lastID   string // "" at first: an empty value does not get here
	lastCode int32
	cell     []byte // lastID and the byte behind it, as they stand in the file; empty for none
	word     uint64 // of a cell of up to eight bytes
	mask     uint64 // the bytes that word holds; 0 for a longer cell
}

func newDictionary() dictionary {
	return dictionary{short: newNumbers(), long: newNumbers(), seed: maphash.MakeSeed()}
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
		d.add(id)
	}
	return code
}

// longCode is code for more than eight bytes. A value whose hash is another's has the next number.
func (d *dictionary) longCode(id []byte) int32 {
	for key := maphash.Bytes(d.seed, id); ; key++ {
		code, known := d.long.of(key, int32(len(d.ids)))
		if !known {
			d.add(id)
		}
		if string(id) == d.ids[code] {
			return code
		}
	}
}

// add appends an id. Many of them lie in one piece of memory.
func (d *dictionary) add(id []byte) {
	const piece = 4 << 10
	if d.room.Cap()-d.room.Len() < len(id) {
		d.room.Reset()
		d.room.Grow(max(piece, len(id)))
	}
	from := d.room.Len()
	d.room.Write(id)
	d.ids = append(d.ids, d.room.String()[from:])
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

// numbers gives keys numbers. It is a table with open addressing, at most half full: a key stands at
// its place or, where others do, behind it (D. Knuth, The Art of Computer Programming, 6.4). The
// place depends on a secret, so that no file can have keys that crowd together.
type numbers struct {
	slots  []numbered
	shift  uint // 64 less the binary logarithm of how many slots there are
	count  int
	secret uint64 // odd
}

type numbered struct {
	key  uint64
	next int32 // the number plus 1; 0 is a free slot
}

func newNumbers() numbers {
	const least = 8
	return numbers{slots: make([]numbered, 1<<least), shift: 64 - least, secret: maphash.Bytes(maphash.MakeSeed(), nil) | 1}
}

// of returns the number of a key, which is next if it had none.
func (n *numbers) of(key uint64, next int32) (number int32, known bool) {
	s := n.slot(key)
	if s.next > 0 {
		return s.next - 1, true
	}
	*s = numbered{key: key, next: next + 1}
	if n.count++; 2*n.count > len(n.slots) {
		n.grow()
	}
	return next, false
}

// slot returns the slot of a key, a free one if it has none.
func (n *numbers) slot(key uint64) *numbered {
	for at := (key * n.secret) >> n.shift; ; at++ {
		s := &n.slots[at&uint64(len(n.slots)-1)]
		if s.next == 0 || s.key == key {
			return s
		}
	}
}

func (n *numbers) grow() {
	old := n.slots
	n.slots = make([]numbered, 2*len(old))
	n.shift--
	for _, s := range old {
		if s.next > 0 {
			*n.slot(s.key) = s
		}
	}
}
