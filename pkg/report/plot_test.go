package report_test

import (
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/report"
)

var update = flag.Bool("update", false, "rewrite the files under testdata")

// week is how far each weekday is from the level of the series, Monday first.
var week = [7]float64{-6, -4, -2, 0, 4, 9, 12}

// days returns n days of a weekly profile that grows by one in ten days.
func days(from calendar.Date, n int) []report.Point {
	points := make([]report.Point, n)
	for i := range points {
		d := from + calendar.Date(i)
		level := 30 + float64(d-calendar.NewDate(2025, 11, 1))/10
		points[i] = report.Point{Period: calendar.Period(d), Value: level + week[d.Weekday()]}
	}
	return points
}

// shifted returns points that are later by so many periods.
func shifted(points []report.Point, by calendar.Period) []report.Point {
	points = slices.Clone(points)
	for i := range points {
		points[i].Period += by
	}
	return points
}

func TestPlot(t *testing.T) {
	t.Parallel()
	start := calendar.NewDate(2025, 11, 1)
	history, forecast := days(start, 42), days(start+42, 28)
	gap := append(days(start, 10), days(start+17, 25)...)
	gap[5].Value = math.NaN()
	const hour, sunday = 490_000 - 20_393, 2_900 - 20_393 // from start to a period of another frequency
	tests := []struct {
		name   string
		series report.Series
	}{
		{"unicode", report.Series{Title: "store 1, item 2", History: history, Forecast: forecast}},
		{"ascii", report.Series{Title: "store 1, item 2", History: history, Forecast: forecast, Glyphs: report.ASCII}},
		{"colour", report.Series{Title: "store 1, item 2", History: history, Forecast: forecast, Colour: report.ANSI}},
		{"more days than columns", report.Series{Title: "a title that is wider than the whole plot is", History: history, Forecast: forecast, Width: 40}},
		{"gap", report.Series{Title: "days without a value", History: gap, Height: 8}},
		{"constant", report.Series{Title: "the same value on every day", History: []report.Point{{1, 5}, {2, 5}, {3, 5}}, Height: 5}},
		{"zeros", report.Series{Title: "nothing sold", History: []report.Point{{1, 0}, {2, 0}}, Forecast: []report.Point{{3, 0}, {4, 0}}, Height: 2}},
		{"hours", report.Series{Title: "hourly", Freq: calendar.Hour, History: shifted(history, hour), Forecast: shifted(forecast, hour)}},
		{"weeks", report.Series{Title: "weekly", Freq: calendar.WeekSun, History: shifted(history, sunday), Forecast: shifted(forecast, sunday), Width: 60}},
		{"one day", report.Series{Title: "store \x1b[31m\n1", Forecast: forecast[:1], Height: 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := report.Plot(&b, tt.series); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, strings.ReplaceAll(tt.name, " ", "_")+".txt", b.String())
		})
	}
}

// checkGolden compares got with a file under testdata; -update writes the file.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestPlotStaysInItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) report.Point {
			return report.Point{Period: calendar.Period(rapid.Int32Range(-800, 800).Draw(t, "date")), Value: rapid.Float64().Draw(t, "value")}
		}), 0, 60)
		s := report.Series{
			Title: rapid.String().Draw(t, "title"), Freq: rapid.SampledFrom([]calendar.Freq{calendar.Hour, calendar.Day, calendar.Month}).Draw(t, "freq"),
			History: points.Draw(t, "history"), Forecast: points.Draw(t, "forecast"),
			Width: rapid.IntRange(-1, 200).Draw(t, "width"), Height: rapid.IntRange(-1, 30).Draw(t, "height"),
			Glyphs: report.ASCII, Colour: report.ANSI,
		}
		var b strings.Builder
		err := report.Plot(&b, s)
		if errors.Is(err, report.ErrNoPoints) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		widest := s.Width
		if widest <= 0 {
			widest = 80
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if got := text.StringWidthWithoutEscSequences(line); got > max(widest, 40) {
				t.Errorf("%d columns, want at most %d: %q", got, max(widest, 40), line)
			}
		}
		for _, r := range b.String() {
			if r > 126 {
				t.Fatalf("%q is not ASCII in\n%s", r, b.String())
			}
		}
	})
}

func TestPlotWithoutValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		history []report.Point
	}{
		{"no points", nil},
		{"no finite value", []report.Point{{1, math.NaN()}, {2, math.Inf(1)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			err := report.Plot(&b, report.Series{History: tt.history})
			if !errors.Is(err, report.ErrNoPoints) || b.Len() > 0 {
				t.Errorf("Plot() = %v after %q, want ErrNoPoints and nothing written", err, b.String())
			}
		})
	}
}
