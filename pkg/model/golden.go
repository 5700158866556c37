package model

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/salesctl/salesctl/pkg/trees"
)

// Golden is rows of features with the raw scores that LightGBM's own program gives them. A
// bundle whose trees score them otherwise, by a single bit, is refused.
type Golden struct {
	Features []string    // names, as the Spec has them
	Rows     [][]float64 // one value per feature, finite or NaN
	Raw      []float64   // one score per row, finite
}

// goldenJSON is the file form of Golden. Numbers are the shortest decimals that read back as
// the same bits, null is NaN.
type goldenJSON struct {
	Features []string     `json:"features"`
	Rows     [][]*float64 `json:"rows"`
	Raw      []*float64   `json:"raw"`
}

func (g *Golden) marshal() ([]byte, error) {
	if err := g.validate(); err != nil {
		return nil, err
	}
	file := goldenJSON{Features: g.Features, Rows: make([][]*float64, len(g.Rows)), Raw: pointers(g.Raw)}
	for i, row := range g.Rows {
		file.Rows[i] = pointers(row)
	}
	data, err := json.Marshal(file)
	return append(data, '\n'), err
}

func pointers(values []float64) []*float64 {
	out := make([]*float64, len(values))
	for i := range values {
		if !math.IsNaN(values[i]) {
			out[i] = &values[i]
		}
	}
	return out
}

func parseGolden(data []byte) (*Golden, error) {
	var file goldenJSON
	if err := unmarshalStrict(data, &file); err != nil {
		return nil, err
	}
	g := &Golden{Features: file.Features, Rows: make([][]float64, len(file.Rows)), Raw: values(file.Raw)}
	for i, row := range file.Rows {
		g.Rows[i] = values(row)
	}
	return g, g.validate()
}

func values(pointers []*float64) []float64 {
	out := make([]float64, len(pointers))
	for i, p := range pointers {
		out[i] = math.NaN()
		if p != nil {
			out[i] = *p
		}
	}
	return out
}

func (g *Golden) validate() error {
	if len(g.Rows) == 0 {
		return errors.New("no rows")
	}
	if len(g.Raw) != len(g.Rows) {
		return fmt.Errorf("%d rows and %d raw scores", len(g.Rows), len(g.Raw))
	}
	for i, row := range g.Rows {
		if len(row) != len(g.Features) {
			return fmt.Errorf("row %d has %d values for %d features", i, len(row), len(g.Features))
		}
		if slices.ContainsFunc(row, isInf) {
			return fmt.Errorf("row %d holds an infinity", i)
		}
		if isInf(g.Raw[i]) || math.IsNaN(g.Raw[i]) {
			return fmt.Errorf("the raw score of row %d is not finite", i)
		}
	}
	return nil
}

func isInf(v float64) bool { return math.IsInf(v, 0) }

// check compares the scores of t, which has as many features, bit for bit.
func (g *Golden) check(t *trees.Model) error {
	got := make([]float64, len(g.Rows))
	t.RawBatch(got, slices.Concat(g.Rows...))
	return g.compare("the trees", got)
}

// compare compares the scores of an evaluator with LightGBM's, bit for bit.
func (g *Golden) compare(evaluator string, got []float64) error {
	for i, want := range g.Raw {
		if math.Float64bits(got[i]) != math.Float64bits(want) {
			return damaged("row %d: %s: %v, LightGBM: %v", i, evaluator, got[i], want)
		}
	}
	return nil
}
