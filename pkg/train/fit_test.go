package train_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/score"
	"github.com/salesctl/salesctl/pkg/train"
	"github.com/salesctl/salesctl/pkg/trees"
)

// matrix returns the matrix of three series of text ids: 300 days each, the last one 20 days
// late; day 250 of each series has no target.
func matrix(t *testing.T) *features.Matrix {
	t.Helper()
	var b strings.Builder
	b.WriteString("date,shop,sales\n")
	for s, shop := range []string{"b", "a", "c"} {
		for d := range 300 {
			if s == 2 && d < 20 {
				continue
			}
			y := strconv.Itoa(10*s + 3*(d%7) + (d*d*31+s)%5)
			if d == 250 {
				y = ""
			}
			fmt.Fprintf(&b, "%s,%s,%s\n", calendar.NewDate(2022, 3, 1)+calendar.Date(d), shop, y)
		}
	}
	p := testpanel.Read(t, b.String(), "shop")
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

func quick(split train.Split) train.Config {
	cfg := train.Default()
	cfg.Split, cfg.Horizon = split, 30
	cfg.Params["num_iterations"], cfg.Params["early_stopping_round"] = "30", "10"
	return cfg
}

func ignore(train.Stage, train.Evaluation) {}

func TestFit(t *testing.T) {
	t.Parallel()
	m := matrix(t)
	last := m.Spec.Last()
	tests := []struct {
		name    string
		split   train.Split
		stages  []train.Stage
		holdout func(calendar.Period) bool // nil: not by time
		rows    int
	}{
		// 880 rows, 3 of them without a target.
		{"random", train.SplitRandom, []train.Stage{train.StageFinal}, nil, 176},
		{"time", train.SplitTime, []train.Stage{train.StageChoice, train.StageFinal}, func(t calendar.Period) bool { return t > last-30 }, 90},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stages []train.Stage
			observe := func(s train.Stage, _ train.Evaluation) {
				if len(stages) == 0 || stages[len(stages)-1] != s {
					stages = append(stages, s)
				}
			}
			got, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, quick(tt.split), observe)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.stages, stages); diff != "" {
				t.Errorf("stages (-want +got):\n%s", diff)
			}
			if len(got.Holdout) != tt.rows {
				t.Errorf("%d held-out rows, want %d", len(got.Holdout), tt.rows)
			}
			checkHoldout(t, m, got, tt.holdout)
		})
	}
}

// checkHoldout compares the held-out rows with the matrix, the bundle's trees and its scores.
func checkHoldout(t *testing.T, m *features.Matrix, got *train.Result, in func(calendar.Period) bool) {
	t.Helper()
	read, err := trees.Parse(got.Content.Trees)
	if err != nil {
		t.Fatal(err)
	}
	if n := read.NumIterations(); n != got.Content.Metrics.BestIteration {
		t.Errorf("%d iterations in the trees, the best is %d", n, got.Content.Metrics.BestIteration)
	}
	row, out := make([]float64, read.NumFeatures()), make([]float64, 1)
	var actual, predicted []float64
	before := -1
	for _, p := range got.Holdout {
		if p.Row <= before || math.IsNaN(p.Actual) || p.Actual != m.Target[p.Row] || (in != nil && !in(m.Period[p.Row])) {
			t.Fatalf("held-out row %+v after row %d, matrix has %v on %s", p, before, m.Target[p.Row], m.Spec.Freq.Format(m.Period[p.Row]))
		}
		before = p.Row
		m.Row(row, p.Row)
		read.Raw(out, row)
		if out[0] != p.Predicted {
			t.Fatalf("row %d: predicted %v, the bundle's trees say %v", p.Row, p.Predicted, out[0])
		}
		actual, predicted = append(actual, p.Actual), append(predicted, p.Predicted)
	}
	want, err := score.Of(actual, predicted)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *got.Content.Metrics.Valid); diff != "" {
		t.Errorf("scores (-of the pairs +of the bundle):\n%s", diff)
	}
}

// TestFitSeesNothingHeldOut is the promise that no held-out row takes part in any choice: other
// targets in the last 30 days leave the trees as they are.
func TestFitSeesNothingHeldOut(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, factor := range []float64{1, 100} {
		m := matrix(t)
		for i := range m.Target {
			if m.Period[i] > m.Spec.Last()-30 {
				m.Target[i] *= factor
			}
		}
		got, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, quick(train.SplitTime), ignore)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(got.Content.Trees))
	}
	if texts[0] != texts[1] {
		t.Error("the held-out targets changed the trees")
	}
}

func TestFitMakesABundle(t *testing.T) {
	t.Parallel()
	m := matrix(t)
	fitted, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, quick(train.SplitRandom), ignore)
	if err != nil {
		t.Fatal(err)
	}
	c := fitted.Content
	if n := len(c.Golden.Raw); n != 256 {
		t.Errorf("%d golden rows, want 256", n)
	}
	wantHistory := &model.History{
		IDs: []string{"shop"}, Values: [][]string{{"a", "b", "c"}},
		Period: []calendar.Period{m.Spec.Last(), m.Spec.Last(), m.Spec.Last()},
		Y:      []float64{m.Target[599], m.Target[299], m.Target[879]}, // shops stand in the order b, a, c
	}
	if diff := cmp.Diff(wantHistory, c.History); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if c.DataDigest != m.Digest() || c.ConfigDigest != quick(train.SplitRandom).Digest(m.Spec) {
		t.Error("the digests are not those of the matrix and the config")
	}
	r := model.Open(t.TempDir())
	v, err := r.Put(t.Context(), "shops", c, model.Provenance{}, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	published, err := r.Load("shops", v.ID, model.CheckGolden)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"train.csv", "model.txt", "num_threads"} {
		if strings.Contains(string(published.TreesText), word) {
			t.Errorf("the trees hold %q, which is not the same everywhere", word)
		}
	}
}

// TestFitKeepsStaticCovariates is the promise that a bundle alone knows them.
func TestFitKeepsStaticCovariates(t *testing.T) {
	t.Parallel()
	m := salesMatrix(t, calendar.WeekSun, 60)
	fitted, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, quick(train.SplitRandom), ignore)
	if err != nil {
		t.Fatal(err)
	}
	c := fitted.Content
	nan := math.NaN()
	wantHistory := &model.History{
		IDs: []string{"store", "item"}, Values: [][]string{{"7", "7", "8", "8"}, {"jam", "tea", "jam", "tea"}},
		Period: slices.Repeat([]calendar.Period{m.Spec.Last()}, 4),
		Y:      []float64{m.Target[234], m.Target[233], m.Target[236], m.Target[235]}, // of the last week, by item
		Static: [][]float64{{1, 0, nan, 0}, {nan, 1.5, 4, 250}},
	}
	if diff := cmp.Diff(wantHistory, c.History, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	r := model.Open(t.TempDir())
	v, err := r.Put(t.Context(), "weeks", c, model.Provenance{}, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	published, err := r.Load("weeks", v.ID, model.CheckGolden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantHistory, published.History, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("history of the bundle (-want +got):\n%s", diff)
	}
	if published.Spec.Fingerprint() != m.Spec.Fingerprint() {
		t.Error("the bundle has another spec")
	}
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*train.Config, *features.Matrix)
		want   error
		text   string
	}{
		{"two horizons are longer than the history", func(c *train.Config, _ *features.Matrix) {
			c.Split, c.Horizon = train.SplitTime, 200
		}, train.ErrTooShort, "too short"},
		{"no targets", func(_ *train.Config, m *features.Matrix) {
			for i := range m.Target {
				m.Target[i] = math.NaN()
			}
		}, train.ErrTooShort, "0 rows with a target"},
		{"a target that float32 does not hold", func(_ *train.Config, m *features.Matrix) {
			m.Target[7] = -1e300
		}, train.ErrBadTarget, "data row 7"},
		{"a bad config", func(c *train.Config, _ *features.Matrix) { c.Horizon = 0 }, nil, "horizon"},
		{"parameters that LightGBM refuses", func(c *train.Config, _ *features.Matrix) {
			c.Params["objective"] = "regression_l9"
		}, nil, "regression_l9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, cfg := matrix(t), quick(train.SplitRandom)
			tt.change(&cfg, m)
			_, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, cfg, ignore)
			if err == nil || (tt.want != nil && !errors.Is(err, tt.want)) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

// TestFitComparesWithLightGBM has a LightGBM whose predictions are off in one row.
func TestFitComparesWithLightGBM(t *testing.T) {
	t.Parallel()
	liar := filepath.Join(t.TempDir(), "lightgbm")
	script := "#!/bin/bash\n" + lightGBM(t).Path + ` "$@" || exit
if grep -q '^task=predict' "${1#config=}"; then sed -i '7s/.*/1.5/' raw.tsv; fi
`
	if err := os.WriteFile(liar, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	lgb := &train.LightGBM{Path: liar, Child: train.Child{Environ: os.Environ()}}
	_, err := train.Fit(t.Context(), lgb, t.TempDir(), matrix(t), quick(train.SplitRandom), ignore)
	if !errors.Is(err, train.ErrUnlikeLightGBM) || !strings.Contains(err.Error(), "LightGBM 1.5") {
		t.Errorf("got %v, want ErrUnlikeLightGBM that shows both numbers", err)
	}
}
