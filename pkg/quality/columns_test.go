package quality_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

func TestUnused(t *testing.T) {
	t.Parallel()
	const file = "date;store;price;open;;note\n" +
		"2024-01-01;1;1.5;true;;\n" +
		"2024-01-02;1;2;false;;a \"\" b\n" + // a bad row
		"2024-01-03;1;2\n" + // another
		"2024-01-04;1;2.25;false;;fine\n"
	in := table.Input{Name: "sales.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }}
	unused, err := quality.Unused(t.Context(), in, ";", []string{"price", "open", "", "note", "gone"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := quality.DescribeConfig{Unused: unused}
	got := quality.Describe(read(t, header+daily("1", "1", "2"), panel.Default()), cfg).Columns[4:]
	want := []quality.ColumnDescription{
		{
			Name: "price", Role: "none", Type: "number", Rows: 2, Distinct: 2, Examples: []string{"1.5", "2.25"},
			Quantiles: &quality.Quantiles{Min: 1.5, Q05: 1.5375, Q25: 1.6875, Median: 1.875, Q75: 2.0625, Q95: 2.2125, Max: 2.25},
		},
		{Name: "open", Role: "none", Type: "boolean", Rows: 2, Distinct: 2, Examples: []string{"true", "false"}},
		{Name: "", Role: "none", Type: "text", Rows: 2, Missing: 2},
		{Name: "note", Role: "none", Type: "text", Rows: 2, Missing: 1, Distinct: 1, Examples: []string{"fine"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestUnusedErrors(t *testing.T) {
	t.Parallel()
	broken := table.Input{Name: "x.csv", Open: func() (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }}
	if _, err := quality.Unused(t.Context(), broken, "", []string{"price"}); err == nil {
		t.Error("no error for a file that does not open")
	}
	if _, err := quality.Unused(t.Context(), broken, "#", []string{"price"}); err == nil {
		t.Error("no error for a delimiter that is none")
	}
	if got, err := quality.Unused(t.Context(), broken, "", nil); got != nil || err != nil {
		t.Errorf("%v, %v for no column", got, err)
	}
}
