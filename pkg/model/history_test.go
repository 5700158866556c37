package model_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
)

// salesContent is content with the Spec and the history of testpanel.Sales, whose six features are
// its ids and covariates. The history is the last two observations of each series.
func salesContent(t *testing.T, freq calendar.Freq) *model.Content {
	t.Helper()
	c := content(t, 0)
	p := testpanel.ReadAs(t, testpanel.Sales(freq, 20), testpanel.SalesConfig(freq))
	s, err := features.NewSpec(p, features.Config{IDs: true}, calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	h := &model.History{IDs: []string{"store", "item"}, Values: make([][]string, 2), Static: make([][]float64, 2)}
	for series := range p.NumSeries() {
		for k := p.Offset[series+1] - 2; k < p.Offset[series+1]; k++ {
			for id := range h.Values {
				h.Values[id] = append(h.Values[id], p.ID(id, series))
			}
			h.Period, h.Y = append(h.Period, p.Period[k]), append(h.Y, p.Y[k])
			for i := range h.Static {
				for _, covariate := range p.Covariates {
					if covariate.Name == s.Covariates[i].Name {
						h.Static[i] = append(h.Static[i], covariate.Values[series])
					}
				}
			}
		}
	}
	c.Spec, c.History, c.Golden.Features = s, h, s.FeatureNames()
	return c
}

// TestHistoryOfEveryFrequency is the promise that a bundle keeps its hours, weeks and months, and
// the static covariates of its series.
func TestHistoryOfEveryFrequency(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		t.Run(freq.String(), func(t *testing.T) {
			t.Parallel()
			c := salesContent(t, freq)
			if got, want := c.History.Len(), 8; got != want {
				t.Fatalf("%d rows of history, want %d", got, want)
			}
			r := model.Open(t.TempDir())
			v := put(t, r, c, noon())
			b, err := r.Load("sales", v.ID, model.CheckGolden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.History, b.History, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("history (-published +loaded):\n%s", diff)
			}
			if b.Spec.Fingerprint() != c.Spec.Fingerprint() {
				t.Error("the spec changed on the way")
			}
		})
	}
}

// TestHistoryFile reads history.parquet by its columns.
func TestHistoryFile(t *testing.T) {
	t.Parallel()
	c := salesContent(t, calendar.Hour)
	dir := t.TempDir()
	v := put(t, model.Open(dir), c, noon())
	data, err := os.ReadFile(filepath.Join(dir, "sales", "versions", v.ID, "history.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	cols, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 100)
	if err != nil {
		t.Fatal(err)
	}
	type column struct {
		Name string
		Kind columnar.Kind
	}
	got := make([]column, len(cols))
	for i, col := range cols {
		got[i] = column{col.Name, col.Kind}
	}
	want := []column{
		{"store", columnar.Text},
		{"item", columnar.Text},
		{"date", columnar.Hour},
		{"sales", columnar.Float},
		{"region", columnar.Text},
		{"size", columnar.Float},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if got, want := cols[2].Ticks[0], int32(calendar.NewDate(2019, 11, 4)*24+18); got != want {
		t.Errorf("the first row is of hour %d, want %d", got, want)
	}
	var regions []string
	for _, code := range cols[4].Codes {
		regions = append(regions, cols[4].Words[code])
	}
	// By item: jam of stores 7 and 8 comes before tea.
	if diff := cmp.Diff([]string{"south", "south", "north", "north", "", "", "north", "north"}, regions); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
}

func TestPutRefusesStatic(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(h *model.History)
		want   string
	}{
		{"a covariate is missing", func(h *model.History) { h.Static = h.Static[1:] }, "1 static covariates, the spec has 2"},
		{"a covariate too short", func(h *model.History) { h.Static[1] = h.Static[1][1:] }, `static covariate "size" has another length`},
		{"an infinite number", func(h *model.History) { h.Static[1][0] = math.Inf(1) }, `row 0: +Inf is no value of the static covariate "size"`},
		{"the code of no level", func(h *model.History) { h.Static[0][0] = 2 }, `row 0: 2 is no value of the static covariate "region"`},
		{"half a code", func(h *model.History) { h.Static[0][3] = 0.5 }, `row 3: 0.5 is no value`},
		{"two values in a series", func(h *model.History) { h.Static[1][3]++ }, `row 3: the static covariate "size" changes within a series`},
		{"a value that goes missing", func(h *model.History) { h.Static[1][3] = math.NaN() }, `row 3: the static covariate "size" changes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := salesContent(t, calendar.Day)
			tt.change(c.History)
			dir := t.TempDir()
			_, err := model.Open(dir).Put(t.Context(), "sales", c, model.Provenance{}, noon())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Put = %v, want %q in it", err, tt.want)
			}
			wantNothing(t, dir)
		})
	}
}
