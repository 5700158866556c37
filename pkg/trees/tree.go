package trees

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// treeReader appends trees to an ensemble, one block of text after the other.
type treeReader struct {
	ensemble    *ensemble
	numFeatures int
	fields      *fields

	// Columns of the tree being read, kept for the next one.
	feature, decision, left, right, ints []int
	threshold                            []float64
	seen                                 []bool
}

func newTreeReader(e *ensemble, numFeatures int) *treeReader {
	return &treeReader{
		ensemble:    e,
		numFeatures: numFeatures,
		fields: newFields("num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type",
			"left_child", "right_child", "leaf_value", "leaf_weight", "leaf_count", "internal_value",
			"internal_weight", "internal_count", "cat_boundaries", "cat_threshold", "is_linear", "leaf_const",
			"num_features", "leaf_features", "leaf_coeff", "shrinkage"),
	}
}

// read reads the block of tree number index, both blank lines included.
func (r *treeReader) read(c *cursor, index int) error {
	if err := c.expect("Tree=" + strconv.Itoa(index)); err != nil {
		return err
	}
	if err := r.fields.read(c, "tree "+strconv.Itoa(index)); err != nil {
		return err
	}
	if err := c.expect(""); err != nil {
		return err
	}
	leaves, err := r.fields.integer("num_leaves", 1, MaxLeavesPerTree)
	if err != nil {
		return err
	}
	for _, step := range []func(leaves int) error{r.readStatistics, r.readNodes, r.readLeaves} {
		if err := step(leaves); err != nil {
			return err
		}
	}
	return nil
}

// readStatistics checks what is not needed to evaluate a tree.
func (r *treeReader) readStatistics(leaves int) error {
	for _, key := range []string{"split_gain", "internal_value", "internal_weight", "internal_count"} {
		if r.fields.has(key) {
			if err := r.fields.checkCount(key, leaves-1); err != nil {
				return err
			}
		}
	}
	for _, key := range []string{"leaf_weight", "leaf_count"} {
		f := r.fields.find(key)
		// A tree that is only a constant may have neither.
		if f.line == 0 || leaves == 1 && f.value != nil && len(f.value) == 0 {
			continue
		}
		if err := r.fields.checkCount(key, leaves); err != nil {
			return err
		}
	}
	if r.fields.has("shrinkage") {
		return r.fields.checkCount("shrinkage", 1)
	}
	return nil
}

func (r *treeReader) readNodes(leaves int) error {
	n := leaves - 1
	var err error
	integers := func(dst *[]int, key string, low, high int) {
		if err == nil {
			*dst, err = r.fields.appendIntegers((*dst)[:0], key, n, low, high)
		}
	}
	integers(&r.feature, "split_feature", 0, r.numFeatures-1)
	integers(&r.decision, "decision_type", 0, categoricalBit|defaultLeftBit|missingNaN<<missingShift)
	integers(&r.left, "left_child", -leaves, n-1)
	integers(&r.right, "right_child", -leaves, n-1)
	if err == nil {
		// A split of missing values from all others has the threshold inf.
		r.threshold, err = r.fields.appendFloats(r.threshold[:0], "threshold", n, math.Inf(1))
	}
	if err != nil {
		return err
	}
	firstSet := len(r.ensemble.sets)
	if err := r.readSets(); err != nil {
		return err
	}
	if err := r.checkShape(leaves); err != nil {
		return err
	}
	return r.appendNodes(leaves, firstSet)
}

// checkShape proves that the nodes are one binary tree, so that a walk from the root ends in a
// leaf: every node but the root and every leaf has one parent, and a parent stands before its
// child.
func (r *treeReader) checkShape(leaves int) error {
	n := leaves - 1
	r.seen = slices.Grow(r.seen[:0], n+leaves)[:n+leaves]
	clear(r.seen)
	for _, side := range []struct {
		key      string
		children []int
	}{{"left_child", r.left}, {"right_child", r.right}} {
		for parent, child := range side.children {
			if child >= 0 && child <= parent {
				return r.fields.find(side.key).fail(fmt.Errorf("node %d has the earlier node %d as child", parent, child))
			}
			place := child
			if child < 0 {
				place = n + ^child
			}
			if r.seen[place] {
				return r.fields.find(side.key).fail(fmt.Errorf("child %d of node %d has another parent, too", child, parent))
			}
			r.seen[place] = true
		}
	}
	// There are 2n places for children and as many nodes and leaves below the root: that none is
	// met twice means that none is left out.
	return nil
}

// readSets appends the tree's category sets to the ensemble.
func (r *treeReader) readSets() error {
	numCat, err := r.fields.integer("num_cat", 0, MaxLeavesPerTree-1)
	if err != nil {
		return err
	}
	if numCat == 0 {
		return r.refuse("num_cat is 0", "cat_boundaries", "cat_threshold")
	}
	words, err := r.fields.need("cat_threshold")
	if err != nil {
		return err
	}
	numWords, err := words.count()
	if err != nil {
		return err
	}
	bounds, err := r.fields.appendIntegers(r.ints[:0], "cat_boundaries", numCat+1, 0, numWords)
	if err != nil {
		return err
	}
	if bounds[0] != 0 || bounds[numCat] != numWords || !slices.IsSorted(bounds) {
		return r.fields.find("cat_boundaries").fail(fmt.Errorf("do not rise from 0 to %d", numWords))
	}
	e := r.ensemble
	first := len(e.words)
	for i := range numCat {
		e.sets = append(e.sets, set{first + bounds[i], first + bounds[i+1]})
	}
	r.ints, err = r.fields.appendIntegers(bounds[:0], "cat_threshold", numWords, 0, math.MaxUint32)
	for _, word := range r.ints {
		e.words = append(e.words, uint32(word))
	}
	return err
}

// refuse returns an error if the tree has any of the keys.
func (r *treeReader) refuse(reason string, keys ...string) error {
	for _, key := range keys {
		if f := r.fields.find(key); f.line != 0 {
			return f.fail(fmt.Errorf("present, but %s", reason))
		}
	}
	return nil
}

func (r *treeReader) appendNodes(leaves, firstSet int) error {
	e := r.ensemble
	firstNode, firstLeaf := len(e.nodes), len(e.leaves)
	if leaves == 1 {
		e.roots = append(e.roots, int32(^firstLeaf))
		return nil
	}
	place := func(child int) int32 {
		if child < 0 {
			return int32(^(firstLeaf + ^child))
		}
		return int32(firstNode + child)
	}
	e.nodes = slices.Grow(e.nodes, leaves-1)
	for i := range leaves - 1 {
		n := newNode(r.decision[i], r.threshold[i])
		if n.rule&categorical != 0 {
			number := r.threshold[i]
			if number != math.Trunc(number) || number < 0 || number >= float64(len(e.sets)-firstSet) {
				return r.fields.find("threshold").fail(fmt.Errorf("node %d: %v is no index into cat_boundaries", i, number))
			}
			n.threshold = float64(firstSet) + number
		}
		n.feature = int32(r.feature[i])
		n.left, n.right = place(r.left[i]), place(r.right[i])
		e.nodes = append(e.nodes, n)
	}
	e.roots = append(e.roots, int32(firstNode))
	return nil
}

// readLeaves appends the leaves of the tree. In a tree that is not linear the constant of a
// leaf is its value, so that trees of both kinds may stand in one model.
func (r *treeReader) readLeaves(leaves int) error {
	e := r.ensemble
	first := len(e.leaves)
	var err error
	if e.leaves, err = r.fields.appendFloats(e.leaves, "leaf_value", leaves, math.MaxFloat64); err != nil {
		return err
	}
	linear := 0
	if r.fields.has("is_linear") {
		if linear, err = r.fields.integer("is_linear", 0, 1); err != nil {
			return err
		}
	}
	if linear == 1 {
		return r.readLinear(leaves, first)
	}
	if l := e.linear; l != nil {
		l.append(e.leaves[first:])
	}
	return r.refuse("is_linear is 0", "leaf_const", "num_features", "leaf_features", "leaf_coeff")
}

// readLinear appends the linear models of the leaves from number first on.
func (r *treeReader) readLinear(leaves, first int) error {
	if r.ensemble.linear == nil {
		r.ensemble.linear = &linear{}
		r.ensemble.linear.append(r.ensemble.leaves[:first])
	}
	l := r.ensemble.linear
	var err error
	if l.constants, err = r.fields.appendFloats(l.constants, "leaf_const", leaves, math.MaxFloat64); err != nil {
		return err
	}
	f, err := r.fields.need("leaf_features")
	if err != nil {
		return err
	}
	numTerms, err := f.count()
	if err != nil {
		return err
	}
	r.ints, err = r.fields.appendIntegers(r.ints[:0], "num_features", leaves, 0, numTerms)
	if err != nil {
		return err
	}
	end := len(l.terms)
	for _, n := range r.ints {
		end += n
		l.ends = append(l.ends, end)
	}
	if promised := end - len(l.terms); promised != numTerms {
		return f.fail(fmt.Errorf("%d values, but num_features promises %d", numTerms, promised))
	}
	r.ints, err = r.fields.appendIntegers(r.ints[:0], "leaf_features", numTerms, 0, r.numFeatures-1)
	if err != nil {
		return err
	}
	coefficients, err := r.fields.appendFloats(nil, "leaf_coeff", numTerms, math.MaxFloat64)
	if err != nil {
		return err
	}
	for i, coefficient := range coefficients {
		l.terms = append(l.terms, term{int32(r.ints[i]), coefficient})
	}
	return nil
}
