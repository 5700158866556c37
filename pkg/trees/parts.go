package trees

import (
	"bytes"
	"fmt"
	"sync"
)

// minPartBytes is how much text is worth a goroutine of its own.
const minPartBytes = 256 << 10

// part is a run of trees that one goroutine reads.
type part struct {
	first, end int    // trees
	cursor     cursor // at the first tree, after reading at the end
	ensemble   ensemble
	starts     []int // first byte of each tree
	nodes      []int // how many nodes of the part the trees before have
	err        error
}

// split divides the trees after c by tree_sizes into so many parts, of about the same length. Where tree_sizes is wrong, so are the places of the later parts; but then the
// part before them ends in an error, which counts first.
func (d *document) split(c *cursor, want int) []part {
	total := 0
	for _, size := range d.sizes.bytes {
		if total += size; total > len(d.text)-c.pos {
			return []part{{end: len(d.sizes.bytes), cursor: *c}} // reading says where the text ends
		}
	}
	parts := []part{{cursor: *c}}
	at := 0
	for tree, size := range d.sizes.bytes {
		if at*want >= total*len(parts) {
			before := &parts[len(parts)-1]
			before.end = tree
			start := c.pos + at
			line := before.cursor.line + bytes.Count(d.text[before.cursor.pos:start], []byte{'\n'})
			parts = append(parts, part{first: tree, cursor: cursor{text: d.text, pos: start, line: line}})
		}
		at += size
	}
	parts[len(parts)-1].end = len(d.sizes.bytes)
	return parts
}

// readTrees reads all trees and the line behind them.
func (d *document) readTrees(c *cursor, goroutines int) error {
	parts := d.split(c, goroutines)
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() { parts[i].read(d) })
	}
	wg.Wait()
	for i := range parts {
		p := &parts[i]
		if p.err != nil {
			return p.err
		}
		for _, nodes := range p.nodes {
			d.nodes = append(d.nodes, len(d.model.nodes)+nodes)
		}
		d.starts = append(d.starts, p.starts...)
		d.model.join(&p.ensemble)
		*c = p.cursor
	}
	d.starts = append(d.starts, c.pos)
	d.nodes = append(d.nodes, len(d.model.nodes))
	return c.expect("end of trees")
}

func (p *part) read(d *document) {
	r := newTreeReader(&p.ensemble, d.model.NumFeatures())
	for tree := p.first; tree < p.end; tree++ {
		start := p.cursor.pos
		p.starts = append(p.starts, start)
		p.nodes = append(p.nodes, len(p.ensemble.nodes))
		if p.err = r.read(&p.cursor, tree); p.err != nil {
			return
		}
		if got, size := p.cursor.pos-start, d.sizes.bytes[tree]; got != size {
			p.err = d.sizes.field.fail(fmt.Errorf("tree %d has %d bytes, not %d", tree, got, size))
			return
		}
	}
}

// join appends the trees of o, whose numbers of nodes, leaves, sets and words begin at 0.
func (e *ensemble) join(o *ensemble) {
	if len(e.roots) == 0 {
		*e = *o
		return
	}
	firstNode, firstLeaf, firstSet, firstWord := int32(len(e.nodes)), int32(len(e.leaves)), len(e.sets), len(e.words)
	place := func(child int32) int32 {
		if child < 0 {
			return ^(firstLeaf + ^child)
		}
		return firstNode + child
	}
	for _, root := range o.roots {
		e.roots = append(e.roots, place(root))
	}
	for _, n := range o.nodes {
		n.left, n.right = place(n.left), place(n.right)
		if n.rule&categorical != 0 {
			n.threshold += float64(firstSet)
		}
		e.nodes = append(e.nodes, n)
	}
	for _, s := range o.sets {
		e.sets = append(e.sets, set{firstWord + s.first, firstWord + s.end})
	}
	e.words = append(e.words, o.words...)
	e.joinLinear(o)
	e.leaves = append(e.leaves, o.leaves...)
}

// joinLinear appends the linear models of o's leaves, before the leaves themselves are.
func (e *ensemble) joinLinear(o *ensemble) {
	if e.linear == nil && o.linear == nil {
		return
	}
	if e.linear == nil {
		e.linear = &linear{}
		e.linear.append(e.leaves)
	}
	l := e.linear
	if o.linear == nil {
		l.append(o.leaves)
		return
	}
	firstTerm := len(l.terms)
	l.constants = append(l.constants, o.linear.constants...)
	for _, end := range o.linear.ends {
		l.ends = append(l.ends, firstTerm+end)
	}
	l.terms = append(l.terms, o.linear.terms...)
}
