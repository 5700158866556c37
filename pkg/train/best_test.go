package train

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/trees"
)

// noisy returns a matrix of two series of 200 days: a weekly pattern under noise, so that the
// score of the held-out rows goes up and down with the iterations.
func noisy(t *testing.T) *features.Matrix {
	t.Helper()
	var b strings.Builder
	b.WriteString("date,store,item,sales\n")
	for i := range 400 {
		day := calendar.NewDate(2021, 1, 1) + calendar.Date(i%200)
		fmt.Fprintf(&b, "%s,1,%d,%d\n", day, 1+i/200, 5+4*(i%7)+(i*i*7919+i*31)%23)
	}
	p := testpanel.Read(t, b.String(), "store", "item")
	s, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	m, err := features.Build(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func noObserver(Stage, Evaluation) {}

func TestBestIteration(t *testing.T) {
	t.Parallel()
	path, err := filepath.Abs("../../.tools/lightgbm/lightgbm")
	if err != nil {
		t.Fatal(err)
	}
	m := noisy(t)
	cfg := Default()
	cfg.Params["num_iterations"], cfg.Params["learning_rate"] = "60", "0.5"
	delete(cfg.Params, "early_stopping_round")
	f := &fit{lgb: &LightGBM{Path: path}, dir: t.TempDir(), m: m, cfg: cfg, observe: noObserver}
	usable, err := f.usableRows()
	if err != nil {
		t.Fatal(err)
	}
	rows, valid := splitRandom(usable)
	text, out, err := f.run(t.Context(), StageFinal, cfg.Params, rows, valid)
	if err != nil {
		t.Fatal(err)
	}
	exact := exactCurve(t, text, m, valid)
	best := argmin(exact, func(int) bool { return true })

	got, err := f.bestIteration(text, out.Evaluations, valid)
	if err != nil {
		t.Fatal(err)
	}
	if got != best {
		t.Errorf("best iteration %d, the exact curve says %d", got, best)
	}
	// A log that cannot tell iterations apart: the exact scores decide among the tied ones.
	tied := make([]Evaluation, len(out.Evaluations))
	for i, e := range out.Evaluations {
		e.Valid = 1
		if e.Iteration%5 == 0 {
			e.Valid = 0.5
		}
		tied[i] = e
	}
	want := argmin(exact, func(iteration int) bool { return iteration%5 == 0 })
	if got, err := f.bestIteration(text, tied, valid); err != nil || got != want {
		t.Errorf("among the tied, iteration %d (%v), the exact curve says %d", got, err, want)
	}
	// Metrics that this program does not compute: the first of the tied ones.
	for i := range tied {
		tied[i].Metric = "huber"
	}
	if got, err := f.bestIteration(text, tied, valid); err != nil || got != 5 {
		t.Errorf("of an unknown metric, iteration %d (%v), want 5", got, err)
	}
	if got, err := f.bestIteration(text, nil, nil); err != nil || got != 60 {
		t.Errorf("without a curve, iteration %d (%v), want 60", got, err)
	}
}

// exactCurve evaluates every prefix of the model from scratch.
func exactCurve(t *testing.T, text []byte, m *features.Matrix, valid []int) []float64 {
	t.Helper()
	read, err := trees.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var curve []float64
	for n := 1; n <= read.NumIterations(); n++ {
		prefix, err := trees.Cut(text, n)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := trees.Parse(prefix)
		if err != nil {
			t.Fatal(err)
		}
		predicted, err := predictRows(t.Context(), cut, m, valid)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, row := range valid {
			sum += math.Abs(m.Target[row]-predicted[i]) / max(1, math.Abs(m.Target[row]))
		}
		curve = append(curve, sum)
	}
	return curve
}

// argmin returns the first iteration, from 1, with the least score of those that are allowed.
func argmin(curve []float64, allowed func(iteration int) bool) int {
	best := 0
	for i, v := range curve {
		if allowed(i+1) && (best == 0 || v < curve[best-1]) {
			best = i + 1
		}
	}
	return best
}

func TestBetter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		metric string
		a, b   float64
		want   bool
	}{
		{"mape", 0.1, 0.2, true},
		{"mape", 0.1, 0.1, false},
		{"auc", 0.9, 0.8, true},
		{"auc", 0.8, 0.9, false},
	}
	for _, tt := range tests {
		if got := better(Evaluation{Metric: tt.metric, Valid: tt.a}, Evaluation{Metric: tt.metric, Valid: tt.b}); got != tt.want {
			t.Errorf("better by %s: %v than %v = %t, want %t", tt.metric, tt.a, tt.b, got, tt.want)
		}
	}
}
