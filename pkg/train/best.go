package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/trees"
)

// bestIteration returns the iteration, from 1, with the best score on the valid rows: the first
// of equal ones, as LightGBM's early stopping counts. Its log has six digits; ties among them
// are settled by evaluating the model's prefixes, for the metrics of lossOf. Without a curve it
// is the last iteration.
func (f *fit) bestIteration(text []byte, curve []Evaluation, valid []int) (int, error) {
	t, err := trees.Parse(text)
	if err != nil {
		return 0, err
	}
	if len(curve) == 0 {
		return t.NumIterations(), nil
	}
	best := curve[0]
	for _, e := range curve {
		if better(e, best) {
			best = e
		}
	}
	tied := make(map[int]bool)
	for _, e := range curve {
		if e.Valid == best.Valid {
			tied[e.Iteration] = true
		}
	}
	loss, ok := lossOf(best.Metric)
	if len(tied) == 1 || !ok || t.NumClass() != 1 {
		return best.Iteration, nil
	}
	return f.settle(t, tied, loss, valid)
}

// firstMetric returns the scores by the first of several metrics.
func firstMetric(all []Evaluation) []Evaluation {
	var curve []Evaluation
	for _, e := range all {
		if e.Metric == all[0].Metric {
			curve = append(curve, e)
		}
	}
	return curve
}

// better reports whether a is better than b: for some of LightGBM's metrics more is better.
func better(a, b Evaluation) bool {
	switch a.Metric {
	case "auc", "auc_mu", "average_precision", "ndcg", "map", "r2":
		return a.Valid > b.Valid
	}
	return a.Valid < b.Valid
}

// settle returns the iteration of tied with the least mean loss, the first of equal ones.
func (f *fit) settle(t *trees.Model, tied map[int]bool, loss func(y, p float64) float64, valid []int) (int, error) {
	raw := make([]float64, len(valid))
	dense := denseRows(f.m, valid)
	best, least := 0, math.Inf(1)
	predicted := make([]float64, len(valid))
	for tree := range t.NumTrees() {
		i := 0
		for row := range slices.Chunk(dense, t.NumFeatures()) {
			t.AddTree(raw[i:i+1], row, tree)
			i++
		}
		if !tied[tree+1] {
			continue
		}
		copy(predicted, raw)
		t.Transform(predicted)
		sum := 0.0
		for k, row := range valid {
			sum += loss(float64(float32(f.m.Target[row])), predicted[k]) // LightGBM's labels are float32
		}
		if sum < least {
			best, least = tree+1, sum
		}
	}
	if best == 0 {
		return 0, fmt.Errorf("train: LightGBM's log names iterations that its model of %d trees does not have", t.NumTrees())
	}
	return best, nil
}

// lossOf returns what LightGBM's metric sums over the rows.
func lossOf(metric string) (func(y, p float64) float64, bool) {
	switch metric {
	case "mape":
		return func(y, p float64) float64 { return math.Abs(y-p) / max(1, math.Abs(y)) }, true
	case "l1":
		return func(y, p float64) float64 { return math.Abs(y - p) }, true
	case "l2", "rmse":
		return func(y, p float64) float64 { return (y - p) * (y - p) }, true
	}
	return nil, false
}
