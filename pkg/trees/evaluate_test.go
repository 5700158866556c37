package trees_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/trees"
)

// Allocations are counted for the whole process, so this test does not run beside others.
func TestEvaluationDoesNotAllocate(t *testing.T) {
	for _, name := range []string{"categorical", "linear", "multiclass"} {
		g := readGolden(t, name)
		m := parse(t, g.text)
		row, dst := g.rows[:m.NumFeatures()], make([]float64, m.NumClass())
		batch := make([]float64, len(g.raw))
		calls := map[string]func(){
			"Raw":       func() { m.Raw(dst, row) },
			"AddTree":   func() { m.AddTree(dst, row, 0) },
			"RawBatch":  func() { m.RawBatch(batch, g.rows) },
			"Transform": func() { m.Transform(batch) },
		}
		for call, f := range calls {
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s: %s allocates %v times", name, call, n)
			}
		}
	}
}

// What a text asks for is bounded by its length: numbers in it are checked before they size
// anything. The memory is that of the whole process, so this test does not run beside others.
func TestParseMemoryIsBounded(t *testing.T) {
	text := string(readGolden(t, "categorical").text)
	for _, edit := range [][2]string{
		{"num_leaves=6", "num_leaves=131072"},
		{"num_cat=2", "num_cat=131071"},
		{"max_feature_idx=5", "max_feature_idx=2147483647"},
		{"num_class=1\nnum_tree_per_iteration=1", "num_class=100000\nnum_tree_per_iteration=100000"},
		{"tree_sizes=723", "tree_sizes=536870912"},
	} {
		hostile := []byte(strings.Replace(text, edit[0], edit[1], 1))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := trees.Parse(hostile)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s is accepted", edit[1])
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(10*len(hostile)); got > most {
			t.Errorf("%s: %d bytes allocated for a text of %d", edit[1], got, len(hostile))
		}
	}
}

func TestEvaluationPanicsOnWrongLengths(t *testing.T) {
	t.Parallel()
	m := parse(t, readGolden(t, "multiclass").text) // 4 features, 3 outputs
	floats := func(n int) []float64 { return make([]float64, n) }
	tests := []struct {
		name string
		call func()
	}{
		{"Raw with a short row", func() { m.Raw(floats(3), floats(3)) }},
		{"Raw with a long row", func() { m.Raw(floats(3), floats(5)) }},
		{"Raw with a short destination", func() { m.Raw(floats(2), floats(4)) }},
		{"AddTree with a short row", func() { m.AddTree(floats(3), floats(3), 0) }},
		{"AddTree behind the last tree", func() { m.AddTree(floats(3), floats(4), 15) }},
		{"RawBatch with half a row", func() { m.RawBatch(floats(3), floats(6)) }},
		{"RawBatch with a short destination", func() { m.RawBatch(floats(5), floats(8)) }},
		{"Transform of half a row", func() { m.Transform(floats(4)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			tt.call()
		})
	}
}

// A batch longer than a block equals row after row.
func TestRawBatchEqualsRaw(t *testing.T) {
	t.Parallel()
	m := parse(t, bigModel(20, 64, 7))
	const n = 200
	rows := bigRows(n, 7)
	got := make([]float64, n)
	m.RawBatch(got, rows)
	want := make([]float64, n)
	for i := range n {
		m.Raw(want[i:i+1], rows[i*7:][:7])
	}
	wantSameBits(t, "RawBatch", got, want)
}

// bigModel returns the text of a model with random trees, the same for the same arguments: each
// split is made in a leaf drawn at random, no deeper than 8 where that is possible.
func bigModel(numTrees, leaves, features int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var sizes, blocks, names, infos strings.Builder
	for tree := range numTrees {
		block := bigTree(rng, tree, leaves, features)
		blocks.WriteString(block)
		fmt.Fprintf(&sizes, " %d", len(block))
	}
	for feature := range features {
		fmt.Fprintf(&names, " f%d", feature)
		infos.WriteString(" [0:1]")
	}
	return fmt.Appendf(nil, "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=%d\n"+
		"objective=regression\nfeature_names=%s\nfeature_infos=%s\ntree_sizes=%s\n\n%send of trees\n\n"+
		"feature_importances:\n\nparameters:\n\nend of parameters\n",
		features-1, names.String()[1:], infos.String()[1:], sizes.String()[1:], blocks.String())
}

func bigTree(rng *rand.Rand, number, leaves, features int) string {
	const deepest = 8
	type leaf struct {
		parent int
		right  bool
		depth  int
		low    []float64
		high   []float64
	}
	full := func(value float64) []float64 {
		box := make([]float64, features)
		for i := range box {
			box[i] = value
		}
		return box
	}
	children := [2][]int{make([]int, leaves-1), make([]int, leaves-1)}
	open := []leaf{{parent: -1, low: full(0), high: full(1)}}
	link := func(l leaf, child int) {
		if l.parent < 0 {
			return
		}
		side := 0
		if l.right {
			side = 1
		}
		children[side][l.parent] = child
	}
	var feature, threshold, decision []string
	for node := range leaves - 1 {
		at := rng.IntN(len(open))
		for tries := 0; open[at].depth >= deepest && tries < leaves; tries++ {
			at = rng.IntN(len(open))
		}
		l := open[at]
		link(l, node)
		f := rng.IntN(features)
		cut := l.low[f] + (l.high[f]-l.low[f])*(0.2+0.6*rng.Float64())
		left, right := l, l
		left.parent, left.right, left.depth, left.high = node, false, l.depth+1, append([]float64(nil), l.high...)
		right.parent, right.right, right.depth, right.low = node, true, l.depth+1, append([]float64(nil), l.low...)
		left.high[f], right.low[f] = cut, cut
		open[at] = left
		open = append(open, right)
		feature = append(feature, strconv.Itoa(f))
		threshold = append(threshold, fmt.Sprintf("%.17g", cut))
		decision = append(decision, "2")
	}
	var values []string
	for i, l := range open {
		link(l, -1-i)
		values = append(values, fmt.Sprintf("%.17g", rng.NormFloat64()/10))
	}
	join := func(numbers []int) string { return strings.Trim(fmt.Sprint(numbers), "[]") }
	return fmt.Sprintf("Tree=%d\nnum_leaves=%d\nnum_cat=0\nsplit_feature=%s\nthreshold=%s\ndecision_type=%s\n"+
		"left_child=%s\nright_child=%s\nleaf_value=%s\nis_linear=0\nshrinkage=0.1\n\n\n",
		number, leaves, strings.Join(feature, " "), strings.Join(threshold, " "), strings.Join(decision, " "),
		join(children[0]), join(children[1]), strings.Join(values, " "))
}

// bigRows returns n rows for a bigModel.
func bigRows(n, features int) []float64 {
	rng := rand.New(rand.NewPCG(3, 4))
	rows := make([]float64, n*features)
	for i := range rows {
		rows[i] = rng.Float64()
	}
	rows[0] = math.NaN()
	return rows
}

const (
	benchTrees    = 1000
	benchLeaves   = 64
	benchFeatures = 28
	benchRows     = 4500
)

func reportRows(b *testing.B, rows int) {
	b.Helper()
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkParse(b *testing.B) {
	text := bigModel(benchTrees, benchLeaves, benchFeatures)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		parse(b, text)
	}
}

func BenchmarkRaw(b *testing.B) {
	m := parse(b, bigModel(benchTrees, benchLeaves, benchFeatures))
	rows, dst := bigRows(benchRows, benchFeatures), make([]float64, 1)
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		m.Raw(dst, rows[at*benchFeatures:][:benchFeatures])
		at = (at + 1) % benchRows
	}
	reportRows(b, 1)
}

func BenchmarkRawBatch(b *testing.B) {
	m := parse(b, bigModel(benchTrees, benchLeaves, benchFeatures))
	rows, dst := bigRows(benchRows, benchFeatures), make([]float64, benchRows)
	b.ReportAllocs()
	for b.Loop() {
		m.RawBatch(dst, rows)
	}
	reportRows(b, benchRows)
}

func BenchmarkLeaves(b *testing.B) {
	l, err := trees.NewLeaves(bigModel(benchTrees, benchLeaves, benchFeatures))
	if err != nil {
		b.Fatal(err)
	}
	rows, dst := bigRows(benchRows, benchFeatures), make([]float64, benchRows)
	b.ReportAllocs()
	for b.Loop() {
		if err := l.RawBatch(dst, rows); err != nil {
			b.Fatal(err)
		}
	}
	reportRows(b, benchRows)
}
