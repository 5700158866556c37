package train_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/train"
	"github.com/salesctl/salesctl/pkg/trees"
)

// sizesMatrix returns the matrix of three stores that only their size tells apart, in one order of
// the rows or the reverse.
func sizesMatrix(t *testing.T, order func([]string)) *features.Matrix {
	t.Helper()
	var lines []string
	for s, size := range []string{"tiny", "mid", "huge"} {
		for d := range [...]int{350, 300, 400}[s] {
			day := calendar.NewDate(2023, 12, 31) - calendar.Date(d)
			lines = append(lines, fmt.Sprintf("%s,%d,%v,%s", day, s+1, math.Pow10(s+1), size))
		}
	}
	order(lines)
	cfg := panel.Default()
	cfg.IDs, cfg.Static = []string{"store"}, []string{"size"}
	p := testpanel.ReadAs(t, "date,store,sales,size\n"+strings.Join(lines, "\n"), cfg)
	s, err := features.NewSpec(p, features.Config{DateFeatures: []string{"dayofweek"}}, calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	m, err := features.Build(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFitOfAnUnseenText is the promise that a text without a code is not taken for the level that
// happens to come first, but for none of those that the trees single out, whatever the order of
// the rows. Of levels with equal gains these are the more frequent ones.
func TestFitOfAnUnseenText(t *testing.T) {
	t.Parallel()
	var unseen []float64
	for _, order := range []func([]string){func([]string) {}, slices.Reverse[[]string]} {
		m, cfg := sizesMatrix(t, order), quick(train.SplitTime)
		delete(cfg.Params, "bagging_freq") // it would choose other rows in another order
		got, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, cfg, ignore)
		if err != nil {
			t.Fatal(err)
		}
		read, err := trees.Parse(got.Content.Trees)
		if err != nil {
			t.Fatal(err)
		}
		forecast := func(code float64) float64 {
			row, out := make([]float64, m.Spec.NumFeatures()), make([]float64, 1)
			if err := m.Spec.Row(row, m.Spec.Last()+1, []string{"9"}, []float64{code}); err != nil {
				t.Fatal(err)
			}
			read.Raw(out, row)
			return out[0]
		}
		unseen = append(unseen, forecast(math.NaN()))
		if first := forecast(0); first == unseen[len(unseen)-1] {
			t.Errorf("an unseen size is forecast as the first one, %q: %v", m.Spec.Covariates[0].Levels[0], first)
		}
	}
	if unseen[0] != unseen[1] {
		t.Errorf("an unseen size is forecast as %v, with the rows reversed as %v", unseen[0], unseen[1])
	}
}

// TestFitOfTextsIsLightGBMs compares both engines with LightGBM on texts that are missing or have
// no code.
func TestFitOfTextsIsLightGBMs(t *testing.T) {
	t.Parallel()
	m := salesMatrix(t, calendar.WeekSun, 300)
	fitted, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, quick(train.SplitRandom), ignore)
	if err != nil {
		t.Fatal(err)
	}
	text := fitted.Content.Trees
	read, err := trees.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\ncat_threshold=") {
		t.Error("no tree splits by a set of categories")
	}
	width := m.Spec.NumFeatures()
	var rows []float64
	for i := range 100 {
		for _, code := range []float64{0, 1, 7, math.NaN()} {
			row := make([]float64, width)
			m.Row(row, i)
			for _, c := range m.Spec.Categorical() {
				row[c] = code
			}
			rows = append(rows, row...)
		}
	}
	want, err := lightGBM(t).PredictRaw(t.Context(), t.TempDir(), text, width, rows)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, len(want))
	read.RawBatch(got, rows)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trees (-LightGBM +got):\n%s", diff)
	}
	second, err := trees.NewLeaves(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.RawBatch(got, rows); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("leaves (-LightGBM +got):\n%s", diff)
	}
}

// TestFitKeepsTheCallersCategories has a list of the caller's own.
func TestFitKeepsTheCallersCategories(t *testing.T) {
	t.Parallel()
	m, cfg := salesMatrix(t, calendar.WeekSun, 60), quick(train.SplitRandom)
	cfg.Params["categorical_feature"] = "0"
	got, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, cfg, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(got.Content.Trees), "\nfeature_infos=-1:7:8 [0:1] [0:1] ") {
		t.Error("the store is not the only category")
	}
}

// TestDigestTellsCategories keeps a bundle trained with other categories from being taken for one
// of the same settings.
func TestDigestTellsCategories(t *testing.T) {
	t.Parallel()
	digest := func(rule panel.Rule) string {
		spec := &features.Spec{
			IDs:      []features.IDSpec{{Name: "store", Rule: rule, Values: []string{"1"}}},
			Features: features.Config{IDs: true},
		}
		return train.Default().Digest(spec)
	}
	if digest(panel.Text) == digest(panel.PositiveInteger) {
		t.Error("text ids, which are categories, have the digest of numbers")
	}
}
