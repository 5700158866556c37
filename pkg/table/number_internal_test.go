package table

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestParseNumberEqualsStrconv(t *testing.T) {
	t.Parallel()
	check := func(text string) {
		t.Helper()
		want, err := strconv.ParseFloat(text, 64)
		got, fault := parseNumber([]byte(text))
		if err != nil && !math.IsInf(want, 0) {
			t.Fatalf("%q: %v", text, err)
		}
		if math.IsInf(want, 0) {
			if fault != numberNotFinite {
				t.Fatalf("%q: fault %d, want not finite", text, fault)
			}
			return
		}
		if fault != numberOK || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%q: %v (fault %d), want %v", text, got, fault, want)
		}
	}
	for _, text := range []string{
		"0", "-0", "+0", "-0.0", "1", ".5", "5.", "-.5", "1e5", "1E-5", "1e+5", "123456789012345", "1234567890123456",
		"0.1", "0.000000000000001", "0.0000000000000001", "999999999999999", "9007199254740993", "1e308", "1e309", "5e-324", "1e-400",
		"00012", "179769313486231570000000000000000000000", "3.141592653589793238462643383279",
	} {
		check(text)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		text := strconv.FormatUint(rng.Uint64()>>rng.IntN(64), 10)
		if cut := rng.IntN(len(text) + 1); rng.IntN(2) == 0 {
			text = text[:cut] + "." + text[cut:]
		}
		if rng.IntN(3) == 0 {
			text = "-" + text
		}
		if rng.IntN(4) == 0 {
			text += "e" + strconv.Itoa(rng.IntN(650)-325)
		}
		check(text)
		check(strconv.FormatFloat(math.Float64frombits(rng.Uint64()&^(1<<62)), 'g', -1, 64))
	}
}
