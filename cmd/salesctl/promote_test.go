package main

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// TestCovariateColumns asks for the covariates of a champion in the matrix of other data, whose texts
// have other codes.
func TestCovariateColumns(t *testing.T) {
	t.Parallel()
	missing := math.NaN()
	p := &panel.Panel{
		Time: "date", Target: "sales", Freq: calendar.Day,
		IDs:    []panel.IDColumn{{Name: "store", Rule: panel.PositiveInteger, Values: []string{"1"}}},
		Codes:  [][]int32{{0}},
		Offset: []int{0, 4},
		Period: []calendar.Period{0, 1, 2, 3},
		Y:      []float64{1, 2, 3, 4},
		Row:    []int32{0, 1, 2, 3},
		Covariates: []panel.Covariate{
			{Name: "size", Use: panel.Static, Values: []float64{40}},
			{Name: "promo", Use: panel.KnownFuture, Levels: []string{"big", "none", "huge"}, Values: []float64{0, 1, 2, missing}},
		},
	}
	spec, err := features.NewSpec(p, features.Config{IDs: true}, "%Y-%m-%d")
	if err != nil {
		t.Fatal(err)
	}
	m, err := features.Build(p, spec)
	if err != nil {
		t.Fatal(err)
	}
	known := features.CovariateSpec{Name: "promo", Use: panel.KnownFuture, Levels: []string{"none", "big"}}
	size := features.CovariateSpec{Name: "size", Use: panel.Static}
	tests := []struct {
		name     string
		champion []features.CovariateSpec
		want     [][]float64
		err      string
	}{
		{"none", nil, nil, ""},
		{"other codes", []features.CovariateSpec{size, known}, [][]float64{{40, 40, 40, 40}, {1, 0, missing, missing}}, ""},
		{"a static one that the data lack", []features.CovariateSpec{{Name: "region", Use: panel.Static}}, [][]float64{{missing, missing, missing, missing}}, ""},
		{
			"one ahead that the data lack",
			[]features.CovariateSpec{{Name: "price", Use: panel.KnownFuture}},
			nil, "the data lack its known-future column price",
		},
		{
			"numbers once, texts now",
			[]features.CovariateSpec{{Name: "promo", Use: panel.KnownFuture}},
			nil, `its column promo holds numbers: "big": not a number`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := covariateColumns(&features.Spec{Covariates: tt.champion}, m)
			if text := fmt.Sprint(err); err != nil && text != tt.err || err == nil && tt.err != "" {
				t.Errorf("got %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}
