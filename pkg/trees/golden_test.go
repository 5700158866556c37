package trees_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/trees"
)

// golden is a model trained by LightGBM with the scores LightGBM gives some rows.
// scripts/golden/trees.py makes them.
type golden struct {
	name                  string
	text                  []byte
	rows, raw, prediction []float64 // row-major
}

func goldens(tb testing.TB) []golden {
	tb.Helper()
	paths, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		tb.Fatal(err)
	}
	if got, want := len(paths), 38; got != want {
		tb.Fatalf("%d golden models, want %d: run scripts/golden/trees.py", got, want)
	}
	all := make([]golden, len(paths))
	for i, path := range paths {
		all[i] = readGolden(tb, strings.TrimSuffix(filepath.Base(path), ".txt"))
	}
	return all
}

func readGolden(tb testing.TB, name string) golden {
	tb.Helper()
	path := filepath.Join("testdata", "golden", name)
	text, err := os.ReadFile(path + ".txt")
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := os.ReadFile(path + ".csv")
	if err != nil {
		tb.Fatal(err)
	}
	table, err := csv.NewReader(bytes.NewReader(rows)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	g := golden{name: name, text: text}
	for _, record := range table[1:] {
		for i, cell := range record {
			value, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				tb.Fatal(err)
			}
			switch column := table[0][i]; {
			case strings.HasPrefix(column, "x"):
				g.rows = append(g.rows, value)
			case strings.HasPrefix(column, "raw"):
				g.raw = append(g.raw, value)
			default:
				g.prediction = append(g.prediction, value)
			}
		}
	}
	return g
}

// cli returns the text as LightGBM's command line writes it, without the last line of the Python
// package.
func (g golden) cli() []byte {
	text, _, _ := strings.Cut(string(g.text), "\npandas_categorical:")
	return []byte(text)
}

func parse(tb testing.TB, text []byte) *trees.Model {
	tb.Helper()
	m, err := trees.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestRawEqualsLightGBM(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, g.text)
			width, outputs := m.NumFeatures(), m.NumClass()

			batch := slices.Repeat([]float64{9}, len(g.raw)) // what stands in dst has no part in it
			m.RawBatch(batch, g.rows)
			wantSameBits(t, "RawBatch", batch, g.raw)

			single := slices.Repeat([]float64{9}, len(g.raw))
			summed := make([]float64, len(g.raw))
			for i := range len(g.rows) / width {
				row := g.rows[i*width:][:width]
				m.Raw(single[i*outputs:][:outputs], row)
				for tree := range m.NumTrees() {
					m.AddTree(summed[i*outputs:][:outputs], row, tree)
				}
			}
			wantSameBits(t, "Raw", single, g.raw)
			wantSameBits(t, "AddTree", summed, g.raw)
		})
	}
}

func TestTransformEqualsLightGBM(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, g.text)
			got := slices.Clone(g.raw)
			m.Transform(got)
			// The exponential function of the C library is not always rounded correctly;
			// everything else is rounded alike. In the quotients of a softmax one last bit of an
			// exponential may become two.
			most := uint64(1)
			if strings.HasPrefix(m.Objective(), "multiclass ") {
				most = 2
			}
			for i, want := range g.prediction {
				if d := ulps(got[i], want); d > most {
					t.Errorf("prediction %d = %v, LightGBM gives %v: %d ulp apart", i, got[i], want, d)
				}
			}
		})
	}
}

// wantSameBits compares floats by their bits. All NaN are one.
func wantSameBits(tb testing.TB, what string, got, want []float64) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Fatalf("%s: %d scores, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.IsNaN(got[i]) && math.IsNaN(want[i]) {
			continue
		}
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			tb.Errorf("%s: score %d = %v, LightGBM gives %v", what, i, got[i], want[i])
		}
	}
}

// ulps returns how many floats lie between two of the same sign, plus one; 0 where they are the
// same.
func ulps(a, b float64) uint64 {
	switch {
	case a == b, math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.Signbit(a) != math.Signbit(b), math.IsNaN(a), math.IsNaN(b):
		return math.MaxUint64
	}
	x, y := math.Float64bits(a), math.Float64bits(b)
	return max(x, y) - min(x, y)
}
