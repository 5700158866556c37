package quality_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

// slowOutliers is the rule of doc.go word for word, with sorting.
func slowOutliers(p *panel.Panel) (n int, places []string) {
	middle := func(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }
	usual := func(s int, wanted func(i int) bool) (list []float64, zeros bool) {
		var all, sold []float64
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			if y := p.Y[i]; !math.IsNaN(y) && wanted(i) {
				all = append(all, y)
				if y != 0 {
					sold = append(sold, y)
				}
			}
		}
		if 2*len(sold) <= len(all) {
			return sold, true
		}
		return all, false
	}
	far := func(y float64, v []float64) (bool, float64) {
		center := middle(v)
		var away []float64
		for _, x := range v {
			away = append(away, math.Abs(x-center))
		}
		mad := middle(away)
		return math.Abs(y-center) > 8*1.4826*mad, mad
	}
	for s := range p.NumSeries() {
		all, zeros := usual(s, func(int) bool { return true })
		if len(all) < 10 {
			continue
		}
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			day, zerosOfDay := usual(s, func(k int) bool { return p.Start(k).Date.Weekday() == p.Start(i).Date.Weekday() })
			isFar, mad := far(p.Y[i], all)
			if !isFar || mad == 0 || len(day) < 5 || p.Y[i] == 0 && (zeros || zerosOfDay) {
				continue
			}
			if isFar, _ = far(p.Y[i], day); !isFar {
				continue
			}
			if n++; len(places) < table.MaxPlaces {
				places = append(places, fmt.Sprintf("%s: %v on %s, median %v", p.Label(s), p.Y[i], p.Freq.Format(p.Period[i]), middle(all)))
			}
		}
	}
	return n, places
}

func TestOutliersEqualTheSlowRule(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	var text strings.Builder
	text.WriteString(header)
	for s := range 60 {
		values := make([]string, 5+rng.IntN(120))
		for i := range values {
			y := rng.IntN(1 + rng.IntN(30))
			if s%3 == 0 { // zeros, and little spread among the others
				y = rng.IntN(2) * (90 + rng.IntN(5))
			}
			switch rng.IntN(25) {
			case 0:
				y = rng.IntN(2000)
			case 1:
				y = -rng.IntN(500)
			}
			values[i] = strconv.Itoa(y)
			if rng.IntN(30) == 0 {
				values[i] = "" // no row
			}
		}
		text.WriteString(daily(strconv.Itoa(s+1), values...))
	}
	p := read(t, text.String(), lenient())
	n, places := slowOutliers(p)
	got := find(quality.Check(p, quality.Config{}), quality.CodeOutliers)
	if n < 50 {
		t.Fatalf("only %d outliers to find", n)
	}
	if got.Count != n {
		t.Errorf("%d outliers, want %d", got.Count, n)
	}
	if diff := cmp.Diff(places, got.Places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// TestOutliersAreOnlyTheSpikes counts what was put into sales that have no outlier without it.
func TestOutliersAreOnlyTheSpikes(t *testing.T) {
	t.Parallel()
	some := func(day int) int { return 98 + (day*7+day/10)%5 }
	tests := []struct {
		name  string
		sales func(day int) int
	}{
		{"no zeros", some},
		{"60 % zeros", func(day int) int { return some(day) * min(day%5/3, 1) }},
		{"90 % zeros", func(day int) int { return some(day) * (day % 10 / 9) }},
		{"closed on Sundays", func(day int) int { return some(day) * min((day+1)%7, 1) }},
		{"mostly closed on Sundays", func(day int) int {
			if day%7 == 6 && day%28 != 6 {
				return 0
			}
			return some(day)
		}},
		{"twice as much from the middle on", func(day int) int { return some(day) * (1 + day/210) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values := make([]string, 420)
			for day := range values {
				values[day] = strconv.Itoa(tt.sales(day))
			}
			for spikes, day := range []int{-1, 100, 200, 303} {
				if day >= 0 {
					values[day] = "5000"
				}
				got := find(quality.Check(read(t, header+daily("1", values...), lenient()), quality.Config{}), quality.CodeOutliers)
				if got.Count != spikes {
					t.Errorf("%d outliers, want %d: %v", got.Count, spikes, got.Places)
				}
			}
		})
	}
}
