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
		"  dataframe: line 2: store is empty\n" +
		"  dataframe: line 3: date \"1/2/2024\": not in the format %Y-%m-%d\n" +
		"  dataframe: line 4: sales \"+Inf\": not a finite number; leave the cell empty where the value is not known\n" +
		"  dataframe: line 5: store 1, item 1, 2024-01-01: already on line 1"
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
		{"float id", panel.CodeColumnType, dataframe.New(date, column("store", series.Float), column("item", series.Int), column("sales", series.Int))},
		{"bool target", panel.CodeColumnType, dataframe.New(date, column("store", series.Int), column("item", series.Int), column("sales", series.Bool))},
		{"no rows", panel.CodeNoRows, dataframe.New(date, column("store", series.Int), column("item", series.Int), column("sales", series.Int)).Subset([]int{})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := panel.FromDataFrame(tt.df, panel.Default())
			if e, ok := errors.AsType[*panel.FileError](err); !ok || e.Code != tt.code {
				t.Errorf("error = %v, want a *FileError of code %s", err, tt.code)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := panel.FromDataFrame(dataframe.DataFrame{Err: broken}, panel.Default()); !errors.Is(err, broken) {
		t.Errorf("error = %v, want the data frame's own", err)
	}
	_, err := panel.FromDataFrame(dataframe.New(date), panel.Default())
	if _, ok := errors.AsType[*panel.ColumnError](err); !ok {
		t.Errorf("error = %v, want a *ColumnError", err)
	}
}
