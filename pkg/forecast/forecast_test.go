package forecast_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/trees"
)

var update = flag.Bool("update", false, "write testdata/*.jsonl anew")

// bundle returns a bundle of the trees that scripts/golden/forecast.py made: three shops, daily
// sales of 2023, of which the west one ended a month early.
func bundle() (*model.Bundle, error) { return bundleOf(calendar.Day) }

// bundleOf is bundle for a frequency: the data end with the last period that begins in 2023 and have
// 365 of them; the west one ended 31 periods early.
func bundleOf(freq calendar.Freq) (*model.Bundle, error) {
	text, err := os.ReadFile("testdata/trees.txt")
	if err != nil {
		return nil, err
	}
	read, err := trees.Parse(text)
	if err != nil {
		return nil, err
	}
	newYear := calendar.Time{Date: calendar.NewDate(2024, 1, 1)}
	_, last := freq.Around(newYear)
	last--
	p := &panel.Panel{
		Time: "day", Target: "sales", Freq: freq,
		IDs:    []panel.IDColumn{{Name: "shop", Rule: panel.Text, Values: []string{"north", "south", "west, old"}}},
		Codes:  [][]int32{{0, 1, 2}},
		Offset: []int{0, 2, 3, 4},
		Period: []calendar.Period{last - 364, last, last, last - 31},
		Y:      []float64{1, 1, 1, 1},
		Row:    []int32{0, 1, 2, 3},
	}
	spec, err := features.NewSpec(p, features.Config{IDs: true, DateFeatures: []string{"year", "month", "day", "dayofweek"}}, "%Y-%m-%d")
	if err != nil {
		return nil, err
	}
	return &model.Bundle{
		ID: "v1", Spec: spec, Trees: read, TreesText: text,
		History: &model.History{IDs: []string{"shop"}, Values: [][]string{p.IDs[0].Values}, Period: p.Period[1:], Y: []float64{1, 1, 1}},
	}, nil
}

// day returns the period of a day in daily data.
func day(year, month, day int) calendar.Period {
	return calendar.Period(calendar.NewDate(year, month, day))
}

func newForecaster(t *testing.T, cfg forecast.Config) *forecast.Forecaster {
	t.Helper()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	f, err := forecast.New(b, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRunEqualsLightGBM(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/forecasts.csv")
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var requests []forecast.Request
	var want []float64
	for _, r := range records[1:] {
		date, err := calendar.ParseDate(r[1], "%Y-%m-%d")
		if err != nil {
			t.Fatal(err)
		}
		value, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		requests, want = append(requests, forecast.Request{IDs: r[:1], Period: calendar.Period(date)}), append(want, value)
	}
	for _, engine := range []forecast.Engine{forecast.EngineTrees, forecast.EngineLeaves} {
		cfg := forecast.Default()
		cfg.Engine = engine
		rows, err := newForecaster(t, cfg).Run(t.Context(), requests)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 20 || len(want) != 20 {
			t.Fatalf("%d rows and %d goldens, want 20", len(rows), len(want))
		}
		for i, r := range rows {
			// Go's exp and C's may differ in the last bit.
			if math.Abs(r.PredictedSales-want[i]) > 0x1p-52*want[i] {
				t.Errorf("%s: %v: %v, LightGBM says %v", engine, requests[i], r.PredictedSales, want[i])
			}
		}
	}
}

func TestRunSaysWhatAForecastIsWorth(t *testing.T) {
	t.Parallel()
	last := day(2023, 12, 31)
	tests := []struct {
		name               string
		id                 string
		date               calendar.Period
		horizon            int
		extrapolated, cold bool
	}{
		{"the next day", "north", last + 1, 1, false, false},
		{"a day of the data", "south", last - 10, -10, false, false},
		{"the end of the horizon", "north", last + 30, 30, false, false},
		{"beyond the horizon", "north", last + 31, 31, true, false},
		{"before the data", "north", day(2022, 12, 31), -365, true, false},
		{"a series that ended early", "west, old", last + 1, 32, false, false},
		{"a new series", "east", last + 2, 2, false, true},
	}
	cfg := forecast.Config{Levels: []float64{50}, Engine: forecast.EngineTrees, Horizon: 30}
	f := newForecaster(t, cfg)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rows, err := f.Run(t.Context(), []forecast.Request{{IDs: []string{tt.id}, Period: tt.date}})
			if err != nil {
				t.Fatal(err)
			}
			got := rows[0]
			if got.Horizon != tt.horizon || got.Extrapolated != tt.extrapolated || got.ColdStart != tt.cold {
				t.Errorf("horizon %d, extrapolated %t, cold start %t, want %d, %t, %t",
					got.Horizon, got.Extrapolated, got.ColdStart, tt.horizon, tt.extrapolated, tt.cold)
			}
			if got.Method != "calendar" || got.ModelVersion != "v1" || len(got.Intervals) != 1 || !math.IsNaN(got.Intervals[0].Lo) {
				t.Errorf("method %q, version %q, intervals %v", got.Method, got.ModelVersion, got.Intervals)
			}
		})
	}
}

func TestHorizonOfOldData(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	const years = 28 * 365.25 * 3 // back to before 1970, where days are negative
	for i := range b.History.Period {
		b.History.Period[i] -= years
	}
	f, err := forecast.New(b, forecast.Default())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.Run(t.Context(), []forecast.Request{{IDs: []string{"north"}, Period: b.History.Period[0] + 2}})
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[0].Horizon; got != 2 {
		t.Errorf("horizon %d, want 2", got)
	}
}

// TestRunAnswersInOrder is the promise that answer i belongs to request i, over several blocks.
func TestRunAnswersInOrder(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	f := newForecaster(t, forecast.Default())
	requests := forecast.Next(b, 1000)
	slices.Reverse(requests)
	rows, err := f.Run(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3000 {
		t.Fatalf("%d rows, want 3000", len(rows))
	}
	for i, r := range rows {
		alone, err := f.Run(t.Context(), requests[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if r.Period != requests[i].Period || r.Freq != calendar.Day || r.IDs[0] != requests[i].IDs[0] || r.PredictedSales != alone[0].PredictedSales {
			t.Fatalf("row %d is %v, want the answer to %v", i, r, requests[i])
		}
	}
}

// TestRowsStandAlone is the promise that who changes one row changes no other.
func TestRowsStandAlone(t *testing.T) {
	t.Parallel()
	f := newForecaster(t, forecast.Default())
	rows, err := f.Run(t.Context(), forecast.Next(f.Bundle(), 1))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(rows[0].Intervals, forecast.Interval{Lo: 1, Hi: 2})
	rows[0].Intervals[1].Hi = 3
	for i, r := range rows[1:] {
		if len(r.Intervals) != 2 || !math.IsNaN(r.Intervals[0].Lo) || !math.IsNaN(r.Intervals[1].Hi) {
			t.Errorf("row %d has the intervals %v", i+1, r.Intervals)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	f := newForecaster(t, forecast.Default())
	good := forecast.Request{IDs: []string{"north"}}
	_, err := f.Run(t.Context(), []forecast.Request{good, {IDs: []string{""}}})
	if !errors.Is(err, features.ErrBadID) || !strings.HasPrefix(fmt.Sprint(err), "request 2: shop: ") {
		t.Errorf("an empty id: got %v, want ErrBadID of request 2", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Run(ctx, []forecast.Request{good}); !errors.Is(err, context.Canceled) {
		t.Errorf("after a cancel: got %v, want context.Canceled", err)
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq calendar.Freq
		want [2]string
	}{
		{calendar.Hour, [2]string{"2024-01-01T00:00:00", "2024-01-01T01:00:00"}},
		{calendar.Day, [2]string{"2024-01-01", "2024-01-02"}},
		{calendar.BusinessDay, [2]string{"2024-01-01", "2024-01-02"}},
		{calendar.WeekSun, [2]string{"2024-01-07", "2024-01-14"}},
		{calendar.WeekFri, [2]string{"2024-01-05", "2024-01-12"}},
		{calendar.Month, [2]string{"2024-01-01", "2024-02-01"}},
		{calendar.Quarter, [2]string{"2024-01-01", "2024-04-01"}},
		{calendar.Year, [2]string{"2024-01-01", "2025-01-01"}},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String(), func(t *testing.T) {
			t.Parallel()
			b, err := bundleOf(tt.freq)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, r := range forecast.Next(b, 2) {
				got = append(got, r.IDs[0]+" "+b.Spec.Freq.Format(r.Period))
			}
			for _, id := range []string{"north", "south", "west, old"} {
				want = append(want, id+" "+tt.want[0], id+" "+tt.want[1])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNextOf has a matrix whose rows are not in the order of the series.
func TestNextOf(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	m := &features.Matrix{
		Spec: b.Spec, Codes: [][]int32{{2, 0, 2, 1, 0}}, Target: make([]float64, 5),
	}
	if diff := cmp.Diff(forecast.Next(b, 3), forecast.NextOf(m, 3)); diff != "" {
		t.Errorf("requests (-of the bundle +of the matrix):\n%s", diff)
	}
}

// TestWriteJSONLOfEveryFreq has the next two periods of every series and one far away, as recorded
// under testdata.
func TestWriteJSONLOfEveryFreq(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		freq calendar.Freq
	}{{"hourly.jsonl", calendar.Hour}, {"weekly.jsonl", calendar.WeekSun}, {"monthly.jsonl", calendar.Month}}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			b, err := bundleOf(tt.freq)
			if err != nil {
				t.Fatal(err)
			}
			f, err := forecast.New(b, forecast.Default())
			if err != nil {
				t.Fatal(err)
			}
			rows, err := f.Run(t.Context(), append(forecast.Next(b, 2), forecast.Request{IDs: []string{"east"}, Period: b.Spec.Last() + 91}))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := forecast.WriteJSONL(&got, b.Spec.IDs, forecast.Default().Levels, rows); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", tt.file)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*forecast.Config)
		want   string
	}{
		{"a level of 100", func(c *forecast.Config) { c.Levels = []float64{80, 100} }, "levels"},
		{"levels that fall", func(c *forecast.Config) { c.Levels = []float64{95, 80} }, "levels"},
		{"an unknown engine", func(c *forecast.Config) { c.Engine = "steam" }, `engine: "steam"`},
		{"no horizon", func(c *forecast.Config) { c.Horizon = 0 }, "horizon"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := forecast.Default()
			if err := cfg.Validate(); err != nil {
				t.Fatalf("the default: %v", err)
			}
			tt.change(&cfg)
			if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
