package forecast_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
	"github.com/salesctl/salesctl/pkg/trees"
)

// covariateBundle returns a bundle with the trees of bundle, which here have the features shop_code,
// size, promo_code, month and day: a static number, a text known ahead and two parts of the date.
// The shops north and south have daily sales of 2023 and the sizes 3 and 7.
func covariateBundle(t *testing.T) *model.Bundle {
	t.Helper()
	text, err := os.ReadFile("testdata/trees.txt")
	if err != nil {
		t.Fatal(err)
	}
	read, err := trees.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	last := day(2023, 12, 31)
	p := &panel.Panel{
		Time: "day", Target: "sales", Freq: calendar.Day,
		IDs:    []panel.IDColumn{{Name: "shop", Rule: panel.Text, Values: []string{"north", "south"}}},
		Codes:  [][]int32{{0, 1}},
		Offset: []int{0, 2, 3},
		Period: []calendar.Period{day(2023, 1, 1), last, last},
		Y:      []float64{1, 1, 1},
		Row:    []int32{0, 1, 2},
		Covariates: []panel.Covariate{
			{Name: "promo", Use: panel.KnownFuture, Levels: []string{"none", "big"}, Values: []float64{0, 1, 0}},
			{Name: "size", Use: panel.Static, Values: []float64{3, 7}},
		},
	}
	spec, err := features.NewSpec(p, features.Config{IDs: true, DateFeatures: []string{"month", "day"}}, "%Y-%m-%d")
	if err != nil {
		t.Fatal(err)
	}
	return &model.Bundle{
		ID: "v1", Spec: spec, Trees: read, TreesText: text,
		History: &model.History{
			IDs: []string{"shop"}, Values: [][]string{{"north", "south"}}, Period: []calendar.Period{last, last}, Y: []float64{1, 1},
			Static: [][]float64{{3, 7}},
		},
	}
}

func TestRunWithCovariates(t *testing.T) {
	t.Parallel()
	b := covariateBundle(t)
	f, err := forecast.New(b, forecast.Default())
	if err != nil {
		t.Fatal(err)
	}
	unknown, own := math.NaN(), forecast.OfSeries()
	tests := []struct {
		name string
		shop string
		give []float64 // size, promo
		want []float64 // the row: shop, size, promo, month, day
	}{
		{"all given", "north", []float64{9, 1}, []float64{0, 9, 1, 2, 3}},
		{"the static one from the history", "south", []float64{own, 0}, []float64{1, 7, 0, 2, 3}},
		{"a new series without its static one", "east", []float64{own, 0}, []float64{unknown, unknown, 0, 2, 3}},
		{"a text that the data did not hold", "north", []float64{own, unknown}, []float64{0, 3, unknown, 2, 3}},
		{"a missing static one is not the history's", "south", []float64{unknown, 0}, []float64{1, unknown, 0, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			request := forecast.Request{IDs: []string{tt.shop}, Period: day(2024, 2, 3), Covariates: tt.give}
			before := append([]float64{}, tt.give...)
			rows, err := f.Run(t.Context(), []forecast.Request{request})
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, 1)
			b.Trees.RawBatch(want, tt.want)
			b.Trees.Transform(want)
			if rows[0].PredictedSales != want[0] {
				t.Errorf("%v, want %v: the answer to %v", rows[0].PredictedSales, want[0], tt.want)
			}
			if !cmp.Equal(before, tt.give, cmpopts.EquateNaNs()) {
				t.Errorf("the request was changed to %v", tt.give)
			}
		})
	}
}

func TestRunNeedsWhatMustBeKnown(t *testing.T) {
	t.Parallel()
	b := covariateBundle(t)
	f, err := forecast.New(b, forecast.Default())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.Run(t.Context(), forecast.Next(b, 90))
	if rows != nil {
		t.Errorf("%d rows beside %v", len(rows), err)
	}
	want := &forecast.FutureError{
		Column: "promo", Freq: calendar.Day, First: day(2024, 1, 1), Last: day(2024, 3, 30), Periods: 90, Series: "shop north", Others: 1,
	}
	got, _ := errors.AsType[*forecast.FutureError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	const text = "known-future column promo has no value for 2024-01-01 to 2024-03-30 (90 days) of shop north and 1 other series"
	if fmt.Sprint(err) != text {
		t.Errorf("got %v, want %s", err, text)
	}
	if want := "give the values with --future FILE, a table of the columns day, promo and, where series differ, ids"; hint.Of(err) != want {
		t.Errorf("hint %q, want %q", hint.Of(err), want)
	}
}

// values are known-future values by series and date, as in "north 2024-01-01"; a series "" is any.
type values map[string]float64

func (v values) Value(column int, ids []string, t calendar.Period) (float64, bool) {
	if column != 0 {
		return 0, false
	}
	for _, id := range []string{ids[0], ""} {
		if value, ok := v[id+" "+calendar.Day.Format(t)]; ok {
			return value, true
		}
	}
	return 0, false
}

func TestFill(t *testing.T) {
	t.Parallel()
	s := covariateBundle(t).Spec
	const missing = "known-future column promo has no value for "
	tests := []struct {
		name string
		give values
		want string // the promo of each request, or the error
	}{
		{"every value", values{"north 2024-01-01": 1, " 2024-01-01": 0, " 2024-01-02": 0, "south 2024-01-03": 1, "north 2024-01-03": 0}, "1 0 0 0 0 1"},
		{"one date of one series", values{" 2024-01-01": 0, " 2024-01-02": 0, "north 2024-01-03": 0}, missing + "2024-01-03 of shop south"},
		{"one date", values{" 2024-01-01": 0, " 2024-01-02": 0}, missing + "2024-01-03 of shop north and 1 other series"},
		{"dates apart", values{" 2024-01-02": 0}, missing + "2 days from 2024-01-01 to 2024-01-03 of shop north and 1 other series"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests []forecast.Request
			for _, shop := range []string{"north", "south"} {
				for d := range calendar.Period(3) {
					requests = append(requests, forecast.Request{IDs: []string{shop}, Period: day(2024, 1, 1) + d})
				}
			}
			var got []string
			err := forecast.Fill(s, requests, tt.give)
			for _, r := range requests {
				if err == nil && r.Covariates[0] != forecast.OfSeries() || err != nil && r.Covariates != nil {
					t.Errorf("after %v a request has the covariates %v", err, r.Covariates)
					continue
				}
				if err == nil {
					got = append(got, fmt.Sprint(r.Covariates[1]))
				}
			}
			if err != nil {
				got = append(got, err.Error())
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("values or error (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFillFromFile has a file without the id column, whose text cells are levels, unseen or empty.
func TestFillFromFile(t *testing.T) {
	t.Parallel()
	s := covariateBundle(t).Spec
	input := table.Input{Name: "future.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("day,promo\n2024-01-01,big\n2024-01-02,huge\n")), nil
	}}
	future, err := panel.ReadFuture(t.Context(), []table.Input{input}, forecast.FutureConfig(s))
	if err != nil {
		t.Fatal(err)
	}
	requests := []forecast.Request{{IDs: []string{"north"}, Period: day(2024, 1, 1)}, {IDs: []string{"east"}, Period: day(2024, 1, 2)}}
	if err := forecast.Fill(s, requests, future); err != nil {
		t.Fatal(err)
	}
	if got := requests[0].Covariates[1]; got != 1 {
		t.Errorf("promo %v, want 1 for big", got)
	}
	if got := requests[1].Covariates[1]; !math.IsNaN(got) || len(future.Warnings) != 1 || future.Warnings[0].Code != forecast.WarnUnseen {
		t.Errorf("promo %v with warnings %v, want NaN and %s", got, future.Warnings, forecast.WarnUnseen)
	}
}

func TestFillKeepsOtherCovariates(t *testing.T) {
	t.Parallel()
	s := covariateBundle(t).Spec
	given := []float64{5, math.NaN()}
	requests := []forecast.Request{{IDs: []string{"north"}, Period: day(2024, 1, 1), Covariates: given}}
	if err := forecast.Fill(s, requests, values{" 2024-01-01": 1}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{5, 1}, requests[0].Covariates); diff != "" || !math.IsNaN(given[1]) {
		t.Errorf("covariates (-want +got), the caller's are %v:\n%s", given, diff)
	}
}

func TestReadRequestsWithCovariates(t *testing.T) {
	t.Parallel()
	s := covariateBundle(t).Spec
	text := "size,promo,day,shop\n4,big,2024-01-01,north\n,none,2024-01-02,north\n,huge,2024-01-02,east\n"
	got, warnings, err := forecast.ReadRequests(strings.NewReader(text), "r.csv", s)
	if err != nil {
		t.Fatal(err)
	}
	want := []forecast.Request{
		{IDs: []string{"north"}, Period: day(2024, 1, 1), Covariates: []float64{4, 1}},
		{IDs: []string{"north"}, Period: day(2024, 1, 2), Covariates: []float64{math.NaN(), 0}},
		{IDs: []string{"east"}, Period: day(2024, 1, 2), Covariates: []float64{math.NaN(), math.NaN()}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	unseen := []table.Warning{{
		Code: forecast.WarnUnseen, Count: 1, Message: "texts that the model's data did not hold are taken as missing",
		Places: []string{`line 4, promo "huge"`},
	}}
	if diff := cmp.Diff(unseen, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	got, _, err = forecast.ReadRequests(strings.NewReader("promo,day,shop\nbig,2024-01-01,north\n"), "r.csv", s)
	if err != nil || len(got) != 1 || got[0].Covariates[0] != forecast.OfSeries() || got[0].Covariates[1] != 1 {
		t.Errorf("without the static column: %v, %v", got, err)
	}
}

func TestReadRequestsRefusesCovariates(t *testing.T) {
	t.Parallel()
	s := covariateBundle(t).Spec
	const columns = "a file of requests has one column for each id of the model and one for the date, and those that must be known ahead"
	tests := []struct{ name, text, want, hint string }{
		{"no known-future column", "shop,day\nnorth,2024-01-01\n", `r.csv: no column "promo"; the header has "shop", "day"`, columns},
		{"a misspelt one", "shop,day,promos\nnorth,2024-01-01,big\n", `r.csv: no column "promo"; the header has "shop", "day", "promos"`, `did you mean "promos"? ` + columns},
		{"an empty cell and no number", "shop,day,promo,size\nnorth,2024-01-01,,3\nnorth,2024-01-02,big,large\n", `r.csv: 2 problems in 2 rows: bad_number 1, known_future_missing 1
  r.csv: line 2: promo has no value and must be known ahead
  r.csv: line 3: size "large": not a number`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", s)
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
		})
	}
}
