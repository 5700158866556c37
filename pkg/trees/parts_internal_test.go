package trees

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// goldenTexts returns the golden models with more than one tree.
func goldenTexts(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string][]byte)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("Tree=1\n")) {
			texts[filepath.Base(path)] = text
		}
	}
	if len(texts) < 20 {
		t.Fatalf("only %d golden models", len(texts))
	}
	return texts
}

func TestPartsMakeTheSameModel(t *testing.T) {
	t.Parallel()
	for name, text := range goldenTexts(t) {
		want, err := parseIn(text, 1)
		if err != nil {
			t.Fatal(err)
		}
		for goroutines := 2; goroutines <= 7; goroutines++ {
			got, err := parseIn(text, goroutines)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %d goroutines made another model", name, goroutines)
			}
		}
	}
}

// TestJoinLinear joins trees of which only some are linear, in both orders.
func TestJoinLinear(t *testing.T) {
	t.Parallel()
	plain := func() *ensemble { return &ensemble{roots: []int32{^0}, leaves: []float64{1}} }
	sloped := func() *ensemble {
		return &ensemble{
			roots: []int32{^0}, leaves: []float64{2},
			linear: &linear{constants: []float64{3}, ends: []int{1}, terms: []term{{feature: 0, coefficient: 10}}},
		}
	}
	row := []float64{0.5}
	for _, parts := range [][]*ensemble{
		{plain(), plain()}, {plain(), sloped()}, {sloped(), plain()}, {sloped(), sloped(), plain(), sloped()},
	} {
		want, joined := 0.0, &ensemble{}
		for _, p := range parts {
			alone := &Model{header: header{features: []string{"x"}, numClass: 1}, ensemble: *p}
			dst := []float64{0}
			alone.Raw(dst, row)
			want += dst[0]
			joined.join(p)
		}
		m := &Model{header: header{features: []string{"x"}, numClass: 1}, ensemble: *joined}
		got := []float64{0}
		if m.Raw(got, row); got[0] != want {
			t.Errorf("%d parts: %v, want %v", len(parts), got[0], want)
		}
	}
}

// TestPartsMeetTheSameError damages models: the first error in the text counts, whoever met one.
func TestPartsMeetTheSameError(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	errors := 0
	for name, text := range goldenTexts(t) {
		for range 60 {
			damaged := bytes.Clone(text)
			at := rng.IntN(len(damaged))
			damaged[at] = "0 =\n-9x"[rng.IntN(7)]
			_, want := parseIn(damaged, 1)
			if want != nil {
				errors++
			}
			if _, got := parseIn(damaged, 3); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, byte %d: three goroutines met %v, one meets %v", name, at, got, want)
			}
		}
	}
	if errors < 500 {
		t.Errorf("only %d damaged texts were refused", errors)
	}
}
