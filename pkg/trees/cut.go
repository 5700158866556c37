package trees

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Cut returns the text of a model's first iterations, as LightGBM's save_model(num_iteration=n)
// would write it: the trees, their sizes and the feature importances are those of the rest; the
// parameters, num_iterations among them, stay as they are. Lines end in LF. It errs on a text that Parse refuses,
// on iterations outside 1 to NumIterations, and where the text's importances are not counts of
// splits and so cannot be told from the trees.
func Cut(text []byte, iterations int) ([]byte, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	m := d.model
	if iterations < 1 || iterations > m.NumIterations() {
		return nil, fmt.Errorf("cut model to %d iterations: it has %d", iterations, m.NumIterations())
	}
	before := d.text[d.tail.importances:d.tail.importancesEnd]
	if !bytes.Equal(before, d.importances(m.NumTrees())) {
		return nil, &FormatError{
			Line: d.tail.importancesLine, Key: "feature_importances",
			Err: errors.New("not the numbers of splits, so they cannot be cut"),
		}
	}

	trees := iterations * m.NumClass()
	out := make([]byte, 0, len(text))
	start := d.sizes.field.pos + len("tree_sizes=")
	out = append(out, d.text[:start]...)
	for i, size := range d.sizes.bytes[:trees] {
		if i > 0 {
			out = append(out, ' ')
		}
		out = strconv.AppendInt(out, int64(size), 10)
	}
	out = append(out, d.text[start+len(d.sizes.field.value):d.starts[trees]]...)
	out = append(out, d.text[d.starts[m.NumTrees()]:d.tail.importances]...)
	out = append(out, d.importances(trees)...)
	return append(out, d.text[d.tail.importancesEnd:]...), nil
}

// importances returns the lines of feature_importances for the first trees: the number of splits
// of each feature that has any, highest first and in the order of the features where equal.
func (d *document) importances(trees int) []byte {
	m := d.model
	counts := make([]int, m.NumFeatures())
	for _, n := range m.nodes[:d.nodes[trees]] {
		counts[n.feature]++
	}
	order := make([]int, 0, len(counts))
	for feature, count := range counts {
		if count > 0 {
			order = append(order, feature)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })

	var out []byte
	for _, feature := range order {
		out = fmt.Appendf(out, "%s=%d\n", m.header.features[feature], counts[feature])
	}
	return out
}
