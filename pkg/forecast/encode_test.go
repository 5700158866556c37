package forecast_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/panel"
)

func encodeRows() ([]features.IDSpec, []float64, []forecast.Row) {
	ids := []features.IDSpec{{Name: "store", Rule: panel.PositiveInteger}, {Name: `it"em`, Rule: panel.Text}}
	unknown := forecast.Interval{Lo: math.NaN(), Hi: math.NaN()}
	return ids, []float64{80, 97.5}, []forecast.Row{
		{
			IDs: []string{"7", "001"}, Date: panel.NewDate(2024, 2, 29), PredictedSales: 12.5,
			Intervals: []forecast.Interval{{Lo: 8, Hi: 17}, unknown}, Method: "calendar", Horizon: 3, ModelVersion: "v1",
		},
		{
			IDs: []string{"8", "a,<b>"}, Date: panel.NewDate(2024, 3, 1), PredictedSales: 1e21,
			Intervals: []forecast.Interval{unknown, unknown}, Method: "calendar", Horizon: -4, Extrapolated: true, ColdStart: true, ModelVersion: "v1",
		},
	}
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	ids, levels, rows := encodeRows()
	if err := forecast.WriteCSV(&got, ids, levels, rows); err != nil {
		t.Fatal(err)
	}
	want := `store,"it""em",date,predicted_sales,lo_80,hi_80,lo_97.5,hi_97.5,method,horizon,extrapolated,cold_start,model_version
7,001,2024-02-29,12.5,8,17,,,calendar,3,false,false,v1
8,"a,<b>",2024-03-01,1e+21,,,,,calendar,-4,true,true,v1
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	ids, levels, rows := encodeRows()
	var lines, array bytes.Buffer
	if err := forecast.WriteJSONL(&lines, ids, levels, rows); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(lines.String(), "\n")
	want := `{"store":7,"it\"em":"001","date":"2024-02-29","predicted_sales":12.5,"lo_80":8,"hi_80":17,` +
		`"lo_97.5":null,"hi_97.5":null,"method":"calendar","horizon":3,"extrapolated":false,"cold_start":false,"model_version":"v1"}`
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("first line (-want +got):\n%s", diff)
	}
	if err := forecast.WriteJSON(&array, ids, levels, rows); err != nil {
		t.Fatal(err)
	}
	var fromArray, fromLines []map[string]any
	if err := json.Unmarshal(array.Bytes(), &fromArray); err != nil {
		t.Fatalf("%v in %s", err, array.String())
	}
	for d := json.NewDecoder(&lines); d.More(); {
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			t.Fatal(err)
		}
		fromLines = append(fromLines, object)
	}
	if diff := cmp.Diff(fromArray, fromLines); diff != "" || len(fromArray) != 2 {
		t.Errorf("%d objects in the array; array and lines differ (-array +lines):\n%s", len(fromArray), diff)
	}
}

func TestWriteNoRows(t *testing.T) {
	t.Parallel()
	ids, levels, _ := encodeRows()
	var array, lines bytes.Buffer
	if err := errors.Join(forecast.WriteJSON(&array, ids, levels, nil), forecast.WriteJSONL(&lines, ids, levels, nil)); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(array.Bytes()) || lines.Len() != 0 {
		t.Errorf("array %q, lines %q, want an empty array and nothing", array.String(), lines.String())
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	ids, _, rows := encodeRows()
	got := forecast.Warnings(ids, append(rows, rows[1]))
	if len(got) != 2 || got[0].Code != forecast.WarnColdStart || got[0].Count != 1 ||
		got[1].Code != forecast.WarnExtrapolated || got[1].Count != 2 || got[1].Places[0] != `store 8, it"em a,<b>, 2024-03-01` {
		t.Errorf("warnings %+v", got)
	}
	if got := forecast.Warnings(ids, rows[:1]); got != nil {
		t.Errorf("warnings of an ordinary row: %+v", got)
	}
}
