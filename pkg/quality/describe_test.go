package quality_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	p := testpanel.Read(t, "date,store,item,sales,promo\n"+
		"2024-01-01,1,a,0,0\n2024-01-02,1,a,-3,0\n2024-01-05,1,a,9,0\n"+ // a gap of two days
		"2024-01-03,2,a,,0\n2024-01-04,2,a,6,0\n", // late and ended
		"store", "item")
	got := quality.Describe(p, quality.DescribeConfig{Files: []string{"test.csv"}})
	got.Warnings = nil // TestReadWarns
	want := quality.Description{
		Files: []string{"test.csv"},
		Time:  "date", Freq: "D", FirstDate: "2024-01-01", LastDate: "2024-01-05", Series: 2, Rows: 5,
		Lengths: &quality.Lengths{Min: 2, Median: 3, Max: 3},
		IDs:     []quality.IDDescription{{Name: "store", Rule: panel.PositiveInteger, Distinct: 2}, {Name: "item", Rule: panel.Text, Distinct: 1}},
		Target:  "sales", Observed: 4, Missing: 1, Values: &quality.ValueDescription{Min: -3, Mean: 3, Max: 9, Zeros: 1, Negative: 1},
		GapPeriods: 2, Gaps: quality.SeriesCount{Count: 1, Places: []string{"store 1, item a"}},
		Late:        quality.SeriesCount{Count: 1, Places: []string{"store 2, item a"}},
		Ended:       quality.SeriesCount{Count: 1, Places: []string{"store 2, item a"}},
		SampledRows: 5,
		Columns: []quality.ColumnDescription{
			{Name: "date", Role: "time", Type: "date", Rows: 5, Distinct: 5, Examples: []string{"2024-01-01", "2024-01-02", "2024-01-05"}},
			{Name: "store", Role: "id", Type: "integer", Rows: 5, Distinct: 2, Examples: []string{"1", "2"}},
			{Name: "item", Role: "id", Type: "text", Rows: 5, Distinct: 1, Examples: []string{"a"}},
			{
				Name: "sales", Role: "target", Type: "number", Rows: 5, Missing: 1, Distinct: 4, Examples: []string{"0", "-3", "9"},
				Quantiles: &quality.Quantiles{Min: -3, Q05: -2.55, Q25: -0.75, Median: 3, Q75: 6.75, Q95: 8.55, Max: 9},
			},
		},
		Total: quality.Total{FirstDate: "2024-01-01", LastDate: "2024-01-05", Periods: 1, Values: quality.Values{0, -3, math.NaN(), 6, 9}},
		Calendar: []quality.Part{
			{Year: 2024, Month: 1, Day: 1, Expected: 1},
			{Year: 2024, Month: 1, Day: 2, Expected: 1},
			{Year: 2024, Month: 1, Day: 3, Expected: 2, Missing: 1},
			{Year: 2024, Month: 1, Day: 4, Expected: 2, Missing: 1},
			{Year: 2024, Month: 1, Day: 5, Expected: 1},
		},
		Ignored: []string{"promo"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}

// TestDescribeKnowsAllOfTheTarget has more rows than the sample, the odd ones so few that it has none.
func TestDescribeKnowsAllOfTheTarget(t *testing.T) {
	t.Parallel()
	const days = 30_000
	values := make([]string, days)
	for i := range values {
		values[i] = strconv.Itoa(i % 101)
	}
	values[days/2], values[days/3] = "-7000", "9000"
	text := strings.Replace(header+daily("1", values...), ",1,1,5\n", ",1,1,\n", 1)
	d := quality.Describe(read(t, text, panel.Default()), quality.DescribeConfig{})
	got := d.Columns[3]
	got.Examples = nil // of the sample
	want := quality.ColumnDescription{
		Name: "sales", Role: "target", Type: "number", Rows: days, Missing: 1, Distinct: 103,
		Quantiles: &quality.Quantiles{Min: -7000, Q05: 5, Q25: 25, Median: 50, Q75: 75, Q95: 95, Max: 9000},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	if date := d.Columns[0]; date.Rows != d.SampledRows || date.Rows >= days {
		t.Errorf("dates are described by %d rows, %d are in the sample", date.Rows, d.SampledRows)
	}
}

func TestDescribeAlwaysHasAJSONForm(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*panel.Panel{
		"empty":     {Offset: []int{0}},
		"no target": testpanel.Read(t, "date,store,item,sales\n"+"2024-01-01,1,1,\n", "store", "item"),
		"large":     testpanel.Read(t, "date,store,item,sales\n"+"2024-01-01,1,1,1.7e308\n2024-01-02,1,1,1.7e308\n", "store", "item"),
		"far apart": testpanel.Read(t, "date,store,item,sales\n"+"2024-01-01,1,1,1.7e308\n2024-01-02,1,1,-1.7e308\n2024-01-03,1,1,1.7e308\n", "store", "item"),
	} {
		d := quality.Describe(p, quality.DescribeConfig{})
		if _, err := json.Marshal(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if v := d.Values; v != nil && !(v.Min <= v.Mean && v.Mean <= v.Max) {
			t.Errorf("%s: the mean is %v of values from %v to %v", name, v.Mean, v.Min, v.Max)
		}
	}
}
