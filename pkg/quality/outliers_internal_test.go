package quality

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// samples yields many small lists of numbers with ties, zeros and a few that are far away.
func samples(yield func([]float64) bool) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		values := make([]float64, 1+rng.IntN(40))
		for i := range values {
			values[i] = float64(rng.IntN(1 + rng.IntN(30)))
			if rng.IntN(20) == 0 {
				values[i] += rng.ExpFloat64() * 100
			}
		}
		if !yield(values) {
			return
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for values := range samples {
		sorted := slices.Sorted(slices.Values(values))
		want := sorted[len(sorted)/2]
		if got := median(slices.Clone(values)); got != want {
			t.Fatalf("median of %v is %v, want %v", values, got, want)
		}
	}
}

// TestAllWithin compares the shortcut with the long way: it must never say that no value is far
// away where one is, and it should mostly say so where none is.
func TestAllWithin(t *testing.T) {
	t.Parallel()
	const spreads = 8
	none, said := 0, 0
	for values := range samples {
		center := median(slices.Clone(values))
		limit := spreads * spread(slices.Clone(values), center)
		far := slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v-center) > limit })
		got := allWithin(values, center, spreads)
		if got && far {
			t.Fatalf("%v: some value is farther than %v from %v", values, limit, center)
		}
		if !far {
			none++
			if got {
				said++
			}
		}
	}
	if said < none*9/10 {
		t.Errorf("the shortcut is taken for %d of %d lists without a value far away", said, none)
	}
}
