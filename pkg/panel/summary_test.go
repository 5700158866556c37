package panel_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/panel"
)

func TestSummarise(t *testing.T) {
	t.Parallel()
	cfg := panel.Default()
	cfg.Static, cfg.PastOnly, cfg.KnownFuture = []string{"city"}, []string{"price"}, []string{"open"}
	p, err := panel.ReadFrom(t.Context(), strings.NewReader("date,store,item,sales,city,price,open\n"+
		"2024-01-01,01,1,4,Ulm,1.25,1\n2024-01-02,01,1,,Ulm,1.25,\n2024-01-03,01,1,7,Ulm,,1\n2024-01-03,2,1,0.5,Rom,,\n"), "test.csv", cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := []panel.ColumnSummary{
		{Name: "date", Type: "string", Rows: 4, Distinct: 3, Examples: []string{"2024-01-01", "2024-01-02", "2024-01-03"}},
		{Name: "store", Type: "string", Rows: 4, Distinct: 2, Examples: []string{"01", "2"}},
		{Name: "item", Type: "int", Rows: 4, Distinct: 1, Examples: []string{"1"}, Numbers: slices.Repeat([]float64{1}, 7)},
		{Name: "sales", Type: "float", Rows: 4, Missing: 1, Distinct: 3, Examples: []string{"4", "7", "0.5"}, Numbers: []float64{0.5, 0.85, 2.25, 4, 5.5, 6.7, 7}},
		{Name: "city", Type: "string", Rows: 4, Distinct: 2, Examples: []string{"Ulm", "Rom"}},
		{Name: "open", Type: "float", Rows: 4, Missing: 2, Distinct: 1, Examples: []string{"1"}, Numbers: slices.Repeat([]float64{1}, 7)},
		{Name: "price", Type: "float", Rows: 4, Missing: 2, Distinct: 1, Examples: []string{"1.25"}, Numbers: slices.Repeat([]float64{1.25}, 7)},
	}
	if diff := cmp.Diff(want, p.Summarise(100), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// TestSummariseASample has series of one length, of which a sample of every n-th observation would
// see a few dates only.
func TestSummariseASample(t *testing.T) {
	t.Parallel()
	const days, most = 400, 1000
	cfg := panel.DefaultSample()
	cfg.Series, cfg.Days = 50, days
	var text bytes.Buffer
	if err := panel.Sample(&text, cfg); err != nil {
		t.Fatal(err)
	}
	read := panel.Default()
	read.KnownFuture = []string{"promo"}
	p, err := panel.ReadFrom(t.Context(), &text, "test.csv", read)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Summarise(most)
	for _, c := range got {
		if c.Rows != most {
			t.Errorf("%s: %d rows, want %d", c.Name, c.Rows, most)
		}
	}
	if dates := got[0].Distinct; dates < days*3/4 {
		t.Errorf("the sample has %d of %d dates", dates, days)
	}
	if series := got[2].Distinct; series != len(p.IDs[1].Values) {
		t.Errorf("the sample has %d of %d items", series, len(p.IDs[1].Values))
	}
	if promo := got[4]; promo.Name != "promo" || promo.Distinct != 2 {
		t.Errorf("%s has %d values, want promo with 2", promo.Name, promo.Distinct)
	}
}

func TestQuantilesOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ values, want []float64 }{
		{nil, nil},
		{[]float64{7}, slices.Repeat([]float64{7}, 7)},
		{[]float64{0.1, 0.1, 0.1}, slices.Repeat([]float64{0.1}, 7)},
		{[]float64{0, 100}, []float64{0, 5, 25, 50, 75, 95, 100}},
		{[]float64{1, 2, 4, 8}, []float64{1, 1.15, 1.75, 3, 5, 7.4, 8}},
		{[]float64{-1.6e308, 1.6e308}, []float64{-1.6e308, -1.44e308, -0.8e308, 0, 0.8e308, 1.44e308, 1.6e308}},
	} {
		if diff := cmp.Diff(tt.want, panel.QuantilesOf(tt.values), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("quantiles of %v (-want +got):\n%s", tt.values, diff)
		}
	}
}

func TestSummariseText(t *testing.T) {
	t.Parallel()
	got, err := panel.SummariseText([]string{"a", "", "a", "b", "none"}, [][]string{
		{"1", "x", "0.1234567", "true", ""},
		{"2", "NA", "", "false", ""},
		{"", "x", "3", "true", ""},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []panel.ColumnSummary{
		{Name: "a", Type: "int", Rows: 3, Missing: 1, Distinct: 2, Examples: []string{"1", "2"}, Numbers: []float64{1, 1.05, 1.25, 1.5, 1.75, 1.95, 2}},
		{Name: "", Type: "string", Rows: 3, Distinct: 2, Examples: []string{"x", "NA"}},
		{Name: "a", Type: "float", Rows: 3, Missing: 1, Distinct: 2, Examples: []string{"0.1234567", "3"}, Numbers: panel.QuantilesOf([]float64{0.1234567, 3})},
		{Name: "b", Type: "bool", Rows: 3, Distinct: 2, Examples: []string{"true", "false"}},
		{Name: "none", Type: "string", Rows: 3, Missing: 3},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got, err := panel.SummariseText(nil, nil); got != nil || err != nil {
		t.Errorf("%v, %v for nothing", got, err)
	}
}
