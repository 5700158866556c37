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
	usual := func(s int, wanted func(i int) bool) []float64 {
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
			return sold
		}
		return all
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
		all := usual(s, func(int) bool { return true })
		if len(all) < 10 {
			continue
		}
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			day := usual(s, func(k int) bool { return p.Start(k).Date.Weekday() == p.Start(i).Date.Weekday() })
			isFar, mad := far(p.Y[i], all)
			if !isFar || mad == 0 || len(day) < 5 {
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
