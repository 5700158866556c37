package panel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
)

func TestRuleOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want panel.Rule
		ids  []string
	}{
		{panel.Text, nil},
		{panel.PositiveInteger, []string{"1", "10", "999999999999999"}},
		{panel.Integer, []string{"0", "1"}},
		{panel.Integer, []string{"-1", "1"}},
		{panel.Text, []string{"1", "01"}},
		{panel.Text, []string{"-0"}},
		{panel.Text, []string{"+1"}},
		{panel.Text, []string{"1 "}},
		{panel.Text, []string{"1.0"}},
		{panel.Text, []string{"-"}},
		{panel.Text, []string{"٣"}},
		{panel.Text, []string{"1000000000000000"}}, // 16 digits: not every one is exact in a float64
	}
	for _, tt := range tests {
		if got := panel.RuleOf(tt.ids); got != tt.want {
			t.Errorf("RuleOf(%q) = %s, want %s", tt.ids, got, tt.want)
		}
	}
}

func TestRuleCompare(t *testing.T) {
	t.Parallel()
	for rule, ids := range map[panel.Rule][]string{
		panel.PositiveInteger: {"1", "2", "10", "11", "100"},
		panel.Integer:         {"-100", "-11", "-2", "-1", "0", "1", "2", "10"},
		panel.Text:            {"", "1", "10", "2", "A", "a", "ä"},
	} {
		for i, a := range ids {
			for j, b := range ids {
				want := 0
				if i < j {
					want = -1
				} else if i > j {
					want = 1
				}
				if diff := cmp.Diff(want, rule.Compare(a, b)); diff != "" {
					t.Errorf("%s: Compare(%q, %q) (-want +got):\n%s", rule, a, b, diff)
				}
			}
		}
	}
}
