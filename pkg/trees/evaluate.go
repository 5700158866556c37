package trees

import "math"

// Bits of a node's decision_type.
const (
	categoricalBit = 1
	defaultLeftBit = 2
	missingShift   = 2 // the missing type stands from here
	missingNone    = 0
	missingZero    = 1
	missingNaN     = 2
)

// zeroBand is the largest magnitude that LightGBM reads as zero, its 1e-35f.
const zeroBand = float64(float32(1e-35))

// rule says what a node does beside comparing with its threshold.
type rule uint8

const (
	nanLeft     rule = 1 << iota // NaN goes left
	zeroMissing                  // zero goes where NaN goes
	categorical                  // the threshold is the number of a set
)

// node is one split. A child is a node of the ensemble, or ^leaf.
type node struct {
	threshold   float64 // values up to it go left
	left, right int32
	feature     int32
	rule        rule
}

// set is a set of categories: words[first:end], 32 categories a word.
type set struct{ first, end int }

// linear holds the linear models of leaves; leaf i owns the terms from ends[i-1] to ends[i].
type linear struct {
	constants []float64
	ends      []int
	terms     []term
}

type term struct {
	feature     int32
	coefficient float64
}

// append adds leaves that are only constants.
func (l *linear) append(values []float64) {
	l.constants = append(l.constants, values...)
	for range values {
		l.ends = append(l.ends, len(l.terms))
	}
}

// ensemble holds all trees in flat arrays, in the order of the text.
type ensemble struct {
	roots  []int32 // a node, or ^leaf of a tree that is only a constant
	nodes  []node
	leaves []float64
	sets   []set
	words  []uint32
	linear *linear // nil unless a tree is linear
}

// newNode decides once what evaluation would decide for every row: where NaN goes, and how the
// values that LightGBM reads as zero compare with the threshold.
func newNode(decision int, threshold float64) node {
	if decision&categoricalBit != 0 {
		return node{rule: categorical}
	}
	zeroLeft := threshold >= 0
	defaultLeft := decision&defaultLeftBit != 0
	n := node{threshold: pastZero(threshold)}
	switch decision >> missingShift {
	case missingNone: // NaN is read as zero
		defaultLeft = zeroLeft
	case missingZero:
		if defaultLeft != zeroLeft {
			n.rule |= zeroMissing
		}
	}
	if defaultLeft {
		n.rule |= nanLeft
	}
	return n
}

// pastZero moves a threshold inside the zero band to the end of the band, so that every value
// of the band goes where zero goes.
func pastZero(threshold float64) float64 {
	switch {
	case threshold >= 0:
		return max(threshold, zeroBand)
	case threshold >= -zeroBand:
		return math.Nextafter(-zeroBand, math.Inf(-1))
	}
	return threshold
}

// leaf walks from a root to a leaf.
func (e *ensemble) leaf(root int32, row []float64) int32 {
	nodes := e.nodes
	at := root
	for at >= 0 {
		n := &nodes[at]
		x := row[n.feature]
		left := x <= n.threshold
		if n.rule&(zeroMissing|categorical) != 0 || math.IsNaN(x) {
			left = e.goesLeft(n, x)
		}
		if left {
			at = n.left
		} else {
			at = n.right
		}
	}
	return ^at
}

// goesLeft is the decision in full.
func (e *ensemble) goesLeft(n *node, x float64) bool {
	switch {
	case n.rule&categorical != 0:
		return e.contains(int(n.threshold), x)
	case math.IsNaN(x), n.rule&zeroMissing != 0 && math.Abs(x) <= zeroBand:
		return n.rule&nanLeft != 0
	}
	return x <= n.threshold
}

// contains reports whether the category x, truncated towards zero, is in a set. NaN and what
// does not fit 31 bits is in none.
func (e *ensemble) contains(number int, x float64) bool {
	if !(x > -1 && x < 1<<31) {
		return false
	}
	category := int(x)
	s := e.sets[number]
	word := s.first + category/32
	return word < s.end && e.words[word]>>(category%32)&1 != 0
}

// value returns what a leaf gives for row: its constant, or its linear model where none of the
// model's inputs is NaN.
func (e *ensemble) value(leaf int32, row []float64) float64 {
	l := e.linear
	if l == nil {
		return e.leaves[leaf]
	}
	first := 0
	if leaf > 0 {
		first = l.ends[leaf-1]
	}
	sum := l.constants[leaf]
	for _, t := range l.terms[first:l.ends[leaf]] {
		x := row[t.feature]
		if math.IsNaN(x) {
			return e.leaves[leaf]
		}
		if math.Abs(x) <= zeroBand {
			x = 0
		}
		sum += float64(t.coefficient * x) // rounded before the sum: not a fused multiply-add
	}
	return sum
}

// Raw sets dst to the raw score of row: for each output the sum of its trees' leaf values, in
// the order of the text, which is bit for bit LightGBM's raw_score. NaN is a missing value. A
// random forest's raw score is the undivided sum. Raw does not allocate. It panics if len(dst)
// is not NumClass or len(row) is not NumFeatures.
func (m *Model) Raw(dst, row []float64) {
	m.checkRow(dst, row)
	clear(dst)
	output := 0
	for _, root := range m.roots {
		dst[output] += m.value(m.leaf(root, row), row)
		if output++; output == len(dst) {
			output = 0
		}
	}
}

// AddTree adds to dst what one tree, counted from 0, gives for row. Adding all trees in order to
// zeros makes Raw's score; the sums on the way are the scores of the model's prefixes. It panics
// if len(dst) is not NumClass, len(row) is not NumFeatures or there is no such tree.
func (m *Model) AddTree(dst, row []float64, tree int) {
	m.checkRow(dst, row)
	dst[tree%len(dst)] += m.value(m.leaf(m.roots[tree], row), row)
}

func (m *Model) checkRow(dst, row []float64) {
	if len(dst) != m.NumClass() {
		panic("trees: destination is not as long as the model has outputs")
	}
	if len(row) != m.NumFeatures() {
		panic("trees: row is not as long as the model has features")
	}
}

// blockRows is how many rows visit a tree before the next one: the tree's nodes then stay in the
// cache, and so do the rows.
const blockRows = 64

// RawBatch is Raw for consecutive rows: rows holds n times NumFeatures values, dst n times
// NumClass. It panics on other lengths. It does not allocate.
func (m *Model) RawBatch(dst, rows []float64) {
	width, outputs := m.NumFeatures(), m.NumClass()
	if len(rows)%width != 0 || len(dst) != len(rows)/width*outputs {
		panic("trees: rows and destination are not as long as the model asks for")
	}
	clear(dst)
	for len(rows) > 0 {
		n := min(blockRows, len(rows)/width)
		m.addBlock(dst[:n*outputs], rows[:n*width])
		dst, rows = dst[n*outputs:], rows[n*width:]
	}
}

func (m *Model) addBlock(dst, rows []float64) {
	width, outputs := m.NumFeatures(), m.NumClass()
	for tree, root := range m.roots {
		at := tree % outputs
		for rest := rows; len(rest) > 0; rest = rest[width:] {
			row := rest[:width]
			dst[at] += m.value(m.leaf(root, row), row)
			at += outputs
		}
	}
}

// Transform turns raw scores of consecutive rows into predictions, in place: it divides a random
// forest's sums by the number of iterations and applies the objective's function. Where that has
// an exponential, the last bit may differ from LightGBM's. It panics if len(dst) is not a
// multiple of NumClass.
func (m *Model) Transform(dst []float64) {
	outputs := m.NumClass()
	if len(dst)%outputs != 0 {
		panic("trees: scores are not whole rows of the model's outputs")
	}
	if m.header.average {
		for i := range dst {
			dst[i] /= float64(m.NumIterations())
		}
	}
	for ; len(dst) > 0; dst = dst[outputs:] {
		m.header.convert.apply(dst[:outputs])
	}
}
