package report_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/report"
)

func TestSparkline(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name   string
		values []float64
		width  int
		want   string
		ascii  string
	}{
		{"empty", nil, 10, "", ""},
		{"no width", []float64{1, 2}, 0, "", ""},
		{"negative width", []float64{1, 2}, -1, "", ""},
		{"each step", []float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█", "__.-=*##"},
		{"fewer values than columns", []float64{3, 1, 2}, 80, "█▁▅", "#_="},
		{"below zero", []float64{-3, -1, -2}, 80, "▁█▅", "_#="},
		{"one value", []float64{7}, 80, "▄", "-"},
		{"constant", []float64{5, 5, 5}, 80, "▄▄▄", "---"},
		{"zeros", []float64{0, 0}, 80, "▄▄", "--"},
		{"missing", []float64{nan, 1, nan, 2, nan}, 80, " ▁ █ ", " _ # "},
		{"nothing but missing", []float64{nan, inf, -inf}, 80, "   ", "   "},
		{"infinities are missing", []float64{1, inf, 2, -inf}, 80, "▁ █ ", "_ # "},
		{"constant but for a gap", []float64{5, nan, 5}, 80, "▄ ▄", "- -"},
		{"the extremes of float64", []float64{-math.MaxFloat64, 0, math.MaxFloat64}, 80, "▁▅█", "_=#"},
		{"means of pairs", []float64{0, 2, 3, 5, 8, 8}, 3, "▁▄█", "_-#"},
		{"a mean of large values", []float64{math.MaxFloat64, math.MaxFloat64, 0, 0}, 2, "█▁", "#_"},
		{"a mean of the extremes", []float64{math.MaxFloat64, -math.MaxFloat64, 0, 0}, 2, "▄▄", "--"},
		{"a mean leaves out what is missing", []float64{0, nan, 4, 4, nan, nan, 8, nan}, 4, "▁▅ █", "_= #"},
		{"uneven runs", []float64{1, 1, 5, 5, 5}, 2, "▁█", "_#"},
		{"one column", []float64{1, 2, 3}, 1, "▄", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := report.Sparkline(tt.values, tt.width, report.Unicode); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := report.Sparkline(tt.values, tt.width, report.ASCII); got != tt.ascii {
				t.Errorf("in ASCII got %q, want %q", got, tt.ascii)
			}
		})
	}
}

func TestSparklineStaysInItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64(), 0, 300).Draw(t, "values")
		width := rapid.IntRange(-2, 120).Draw(t, "width")
		got := report.Sparkline(values, width, report.Unicode)
		if n, want := utf8.RuneCountInString(got), min(len(values), max(width, 0)); n != want {
			t.Errorf("%d columns, want %d: %q", n, want, got)
		}
		if rest := strings.Trim(got, " ▁▂▃▄▅▆▇█"); rest != "" {
			t.Errorf("%q in %q", rest, got)
		}
	})
}
