package panel_test

import (
	"errors"
	"math"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

func TestDataFrameRoundTrip(t *testing.T) {
	t.Parallel()
	want := mustRead(t, header+"2024-01-01,1,a,0.1\n2024-01-02,1,a,\n2024-01-01,2,001,1e300\n2024-01-01,10,001,-3\n", panel.Default())
	df := want.ToDataFrame()
	if df.Err != nil {
		t.Fatal(df.Err)
	}
	if diff := cmp.Diff([]series.Type{series.String, series.Int, series.String, series.Float}, df.Types()); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	got, err := panel.FromDataFrame(df, panel.Default())
	if err != nil {
		t.Fatal(err)
	}
	checkPanel(t, got)
	opts := cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Row", "Warnings")} // in the panel's order
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("panel (-want +got):\n%s", diff)
	}
}

func TestDataFrameRoundTripOfCovariates(t *testing.T) {
	t.Parallel()
	want := mustRead(t, longFile, longConfig())
	df := want.ToDataFrame()
	types := []series.Type{series.String, series.String, series.Int, series.Float, series.String, series.Float, series.String, series.Float}
	if diff := cmp.Diff(types, df.Types()); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	got, err := panel.FromDataFrame(df, longConfig())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Warnings")); diff != "" { // rows, not lines
		t.Errorf("panel (-want +got):\n%s", diff)
	}
	cfg := longConfig()
	cfg.Attributes = []string{"f.csv"}
	if _, err := panel.FromDataFrame(df, cfg); err == nil {
		t.Error("files of attributes are left out in silence")
	}
}

// A first date that is none does not condemn the others.
func TestFromDataFrameLooksAtSeveralDates(t *testing.T) {
	t.Parallel()
	df := dataframe.New(
		series.New([]string{"n/a", "2024-01-01 00:00", "2024-01-01 01:00"}, series.String, "date"),
		series.New([]int{1, 1, 1}, series.Int, "store"), series.New([]int{1, 1, 1}, series.Int, "item"),
		series.New([]float64{1, 2, 3}, series.Float, "sales"),
	)
	p, err := panel.FromDataFrame(df, quarantine(func(c *panel.Config) { c.Freq = panel.FreqAuto }))
	if err != nil {
		t.Fatal(err)
	}
	if p.Rejected.Rows != 1 || p.Len() != 2 {
		t.Errorf("%d rows are left out, %d are left; want 1 and 2", p.Rejected.Rows, p.Len())
	}
}

func TestFromDataFrameReportsBadCells(t *testing.T) {
	t.Parallel()
	df := dataframe.New(
		series.New([]string{"2024-01-01", "2024-01-02", "1/2/2024", "2024-01-04", "2024-01-01"}, series.String, "date"),
		series.New([]string{"1", "NaN", "1", "1", "1"}, series.String, "store"),
		series.New([]int{1, 1, 1, 1, 1}, series.Int, "item"),
		series.New([]float64{1, 2, math.NaN(), math.Inf(1), 3}, series.Float, "sales"),
		series.New([]bool{true, true, true, true, true}, series.Bool, "promo"),
	)
	_, err := panel.FromDataFrame(df, panel.Default())
	want := "dataframe: 4 problems in 5 rows: bad_date 1, duplicate_key 1, empty_id 1, not_finite 1\n" +
		"  dataframe: row 2: store is empty\n" +
		"  dataframe: row 3: date \"1/2/2024\": not in the format %Y-%m-%d\n" +
		"  dataframe: row 4: sales \"+Inf\": not a finite number; leave the cell empty where the value is not known\n" +
		"  dataframe: row 5: store 1, item 1, 2024-01-01: already on row 1"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
}

func TestFromDataFrameRefuses(t *testing.T) {
	t.Parallel()
	column := func(name string, ty series.Type) series.Series { return series.New([]string{"1"}, ty, name) }
	date := series.New([]string{"2024-01-01"}, series.String, "date")
	tests := []struct {
		name, code string
		df         dataframe.DataFrame
	}{
		{"float id", table.CodeColumnType, dataframe.New(date, column("store", series.Float), column("item", series.Int), column("sales", series.Int))},
		{"bool target", table.CodeColumnType, dataframe.New(date, column("store", series.Int), column("item", series.Int), column("sales", series.Bool))},
		{"no rows", table.CodeNoRows, dataframe.New(date, column("store", series.Int), column("item", series.Int), column("sales", series.Int)).Subset([]int{})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := panel.FromDataFrame(tt.df, panel.Default())
			if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != tt.code {
				t.Errorf("error = %v, want a *FileError of code %s", err, tt.code)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := panel.FromDataFrame(dataframe.DataFrame{Err: broken}, panel.Default()); !errors.Is(err, broken) {
		t.Errorf("error = %v, want the data frame's own", err)
	}
	_, err := panel.FromDataFrame(dataframe.New(date), panel.Default())
	if _, ok := errors.AsType[*table.ColumnError](err); !ok {
		t.Errorf("error = %v, want a *ColumnError", err)
	}
}
