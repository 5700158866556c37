package trees_test

import (
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/trees"
)

func TestLeavesAgrees(t *testing.T) {
	t.Parallel()
	refused := map[string]string{
		"linear":            "leaves: linear trees are read as constant ones",
		"rules_linear":      "leaves: linear trees are read as constant ones",
		"sqrt":              "leaves: objective regression sqrt is read without sqrt",
		"l1_sqrt":           "leaves: objective regression_l1 sqrt is read without sqrt",
		"forest":            "leaves: average_output changes raw scores",
		"forest_binary":     "leaves: average_output changes raw scores",
		"forest_multiclass": "leaves: average_output changes raw scores",
		"names":             "leaves: meet wrong format while reading params",
	}
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			l, err := trees.NewLeaves(g.text)
			if want := refused[g.name]; want != "" {
				if err == nil || err.Error() != want {
					t.Errorf("NewLeaves = %v, want %s", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float64, len(g.raw))
			if err := l.RawBatch(got, g.rows); err != nil {
				t.Fatal(err)
			}
			wantSameBits(t, "leaves", got, g.raw)
		})
	}
}

func TestLeavesErrors(t *testing.T) {
	t.Parallel()
	if _, err := trees.NewLeaves([]byte("tree\nversion=v4\n\n")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("NewLeaves of half a text = %v, want Parse's error", err)
	}
	l, err := trees.NewLeaves(readGolden(t, "numeric").text)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.RawBatch(make([]float64, 1), make([]float64, 3)); err == nil {
		t.Error("RawBatch takes a row that is too short")
	}
	if err := l.RawBatch(make([]float64, 1), make([]float64, 8)); err == nil {
		t.Error("RawBatch takes two rows for one score")
	}
}
