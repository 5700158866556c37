package panel_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "date,store,item,sales,promo\n"+
		"2024-01-01,1,a,0,0\n2024-01-02,1,a,-3,0\n2024-01-05,1,a,9,0\n"+ // a gap of two days
		"2024-01-03,2,a,,0\n2024-01-04,2,a,6,0\n", // late and ended
		panel.Default())
	got := p.Describe()
	got.Warnings = nil // TestReadWarns
	want := panel.Description{
		Time: "date", Freq: "D", FirstDate: "2024-01-01", LastDate: "2024-01-05", Series: 2, Rows: 5,
		IDs:    []panel.IDDescription{{Name: "store", Rule: panel.PositiveInteger, Distinct: 2}, {Name: "item", Rule: panel.Text, Distinct: 1}},
		Target: "sales", Observed: 4, Missing: 1, Values: &panel.ValueDescription{Min: -3, Mean: 3, Max: 9, Zeros: 1, Negative: 1},
		GapDays: 2, Gaps: panel.SeriesCount{Count: 1, Places: []string{"store 1, item a"}},
		Late:    panel.SeriesCount{Count: 1, Places: []string{"store 2, item a"}},
		Ended:   panel.SeriesCount{Count: 1, Places: []string{"store 2, item a"}},
		Ignored: []string{"promo"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}

func TestDescribeAlwaysHasAJSONForm(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*panel.Panel{
		"empty":     {Offset: []int{0}},
		"no target": mustRead(t, header+"2024-01-01,1,1,\n", panel.Default()),
		"large":     mustRead(t, header+"2024-01-01,1,1,1.7e308\n2024-01-02,1,1,1.7e308\n", panel.Default()),
	} {
		if _, err := json.Marshal(p.Describe()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
