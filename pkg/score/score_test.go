package score_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/score"
)

// near allows for the rounding of a handful of additions.
func near() cmp.Option {
	return cmp.Options{cmpopts.EquateApprox(1e-14, 0), cmpopts.EquateNaNs()}
}

func TestOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		actual, predicted []float64
		want              score.Scores
	}{
		{
			name: "worked by hand", actual: []float64{10, 0, 0, 4}, predicted: []float64{8, 0.5, 0, 5},
			want: score.Scores{
				MAPE:  (0.2 + 0.5 + 0 + 0.25) / 4,
				SMAPE: (4.0/18 + 2 + 0 + 2.0/9) / 4,
				WAPE:  3.5 / 14, MAE: 3.5 / 4, RMSE: math.Sqrt(5.25 / 4), Bias: -0.5 / 14,
			},
		},
		{
			name: "negative values count by their size", actual: []float64{-10, 10}, predicted: []float64{-8, 8},
			want: score.Scores{MAPE: 0.2, SMAPE: 4.0 / 18, WAPE: 0.2, MAE: 2, RMSE: 2, Bias: 0},
		},
		{
			name: "all zero has no relative error", actual: []float64{0, 0}, predicted: []float64{1, 3},
			want: score.Scores{MAPE: 2, SMAPE: 2, WAPE: math.NaN(), MAE: 2, RMSE: math.Sqrt(5), Bias: math.NaN()},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := score.Of(tt.actual, tt.predicted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, near()); diff != "" {
				t.Errorf("scores differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOfNeedsPairs(t *testing.T) {
	t.Parallel()
	for _, tt := range [][2][]float64{{nil, nil}, {{1}, {1, 2}}} {
		if _, err := score.Of(tt[0], tt[1]); !errors.Is(err, score.ErrNoPairs) {
			t.Errorf("Of(%v, %v) = %v, want ErrNoPairs", tt[0], tt[1], err)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	want := score.Scores{MAPE: 0.1, SMAPE: 0.2, WAPE: math.NaN(), MAE: 3, RMSE: 4, Bias: math.NaN()}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, text := string(data), `{"mape":0.1,"smape":0.2,"wape":null,"mae":3,"rmse":4,"bias":null}`; got != text {
		t.Errorf("Marshal = %s, want %s", got, text)
	}
	var got score.Scores
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("round trip differs (-want +got):\n%s", diff)
	}
}

// TestOfEqualsSklearn compares with testdata/scores.json, made by scripts/golden/scores.py.
func TestOfEqualsSklearn(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/scores.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Actual    []float64    `json:"actual"`
		Predicted []float64    `json:"predicted"`
		Scores    score.Scores `json:"scores"`
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	got, err := score.Of(golden.Actual, golden.Predicted)
	if err != nil {
		t.Fatal(err)
	}
	// numpy adds pairwise: a hundred terms may differ in the last digits.
	if diff := cmp.Diff(golden.Scores, got, cmpopts.EquateApprox(1e-13, 0)); diff != "" {
		t.Errorf("scores differ (-golden +got):\n%s", diff)
	}
}
