package forecast_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/panel"
)

func encodeRows() ([]features.IDSpec, []float64, []forecast.Row) {
	ids := []features.IDSpec{{Name: "store", Rule: panel.PositiveInteger}, {Name: `it"em`, Rule: panel.Text}}
	unknown := forecast.Interval{Lo: math.NaN(), Hi: math.NaN()}
	return ids, []float64{80, 97.5}, []forecast.Row{
		{
			IDs: []string{"7", "001"}, Period: day(2024, 2, 29), Freq: calendar.Day, PredictedSales: 12.5,
			Intervals: []forecast.Interval{{Lo: 8, Hi: 17}, unknown}, Method: "calendar", Horizon: 3, ModelVersion: "v1",
		},
		{
			IDs: []string{"8", "a,<b>"}, Period: day(2024, 3, 1), Freq: calendar.Day, PredictedSales: 1e21,
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
	want := `{"store":7,"it\"em":"001","date":"2024-02-29","predicted_sales":12.5,"lo_80":8.0,"hi_80":17.0,` +
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

// slowObject is a row as JSON by its texts, member by member.
func slowObject(ids []features.IDSpec, levels []float64, r *forecast.Row) string {
	var members []string
	for c, name := range forecast.Columns(ids, levels) {
		value := r.Fields()[c]
		switch text := c < len(ids) && ids[c].Rule == panel.Text; {
		case text || name == "date" || name == "method" || name == "model_version":
			value = quoted(value)
		case value == "":
			value = "null"
		case isSales(name) && !strings.ContainsAny(value, ".e"):
			value += ".0"
		}
		members = append(members, quoted(name)+":"+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func isSales(name string) bool {
	return name == "predicted_sales" || strings.HasPrefix(name, "lo_") || strings.HasPrefix(name, "hi_")
}

func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestJSONEqualsFields(t *testing.T) {
	t.Parallel()
	ids, levels, _ := encodeRows()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e15, 1e-6, 9e-7}))
		text := rapid.StringMatching(`[ -~äß\t\n世]{0,8}`)
		interval := rapid.Custom(func(t *rapid.T) forecast.Interval {
			return forecast.Interval{Lo: number.Draw(t, "lo"), Hi: number.Draw(t, "hi")}
		})
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) forecast.Row {
			return forecast.Row{
				IDs:            []string{rapid.StringMatching(`-?[0-9]{1,9}`).Draw(t, "number"), text.Draw(t, "text")},
				Period:         calendar.Period(rapid.IntRange(-1e6, 1e7).Draw(t, "period")),
				Freq:           calendar.Freq(rapid.IntRange(int(calendar.Hour), int(calendar.Year)).Draw(t, "freq")),
				PredictedSales: number.Draw(t, "sales"),
				Intervals:      rapid.SliceOfN(interval, 2, 2).Draw(t, "intervals"), Method: text.Draw(t, "method"),
				Horizon: rapid.Int().Draw(t, "horizon"), Extrapolated: rapid.Bool().Draw(t, "extrapolated"),
				ColdStart: rapid.Bool().Draw(t, "cold"), ModelVersion: text.Draw(t, "version"),
			}
		}), 1, 3).Draw(t, "rows")
		var got bytes.Buffer
		if err := forecast.WriteJSONL(&got, ids, levels, rows); err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for i := range rows {
			want.WriteString(slowObject(ids, levels, &rows[i]) + "\n")
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Fatalf("lines (-want +got):\n%s", diff)
		}
	})
}

func TestAppendJSON(t *testing.T) { // not parallel, as AllocsPerRun demands
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	f := newForecaster(t, forecast.Default())
	rows, err := f.Run(t.Context(), forecast.Next(b, 1))
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := forecast.WriteJSONL(&want, f.Bundle().Spec.IDs, forecast.Default().Levels, rows); err != nil {
		t.Fatal(err)
	}
	got := []byte("before\n")
	for i := range rows {
		got = append(f.AppendJSON(got, &rows[i]), '\n')
	}
	if diff := cmp.Diff("before\n"+want.String(), string(got)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if allocs := testing.AllocsPerRun(100, func() { got = f.AppendJSON(got[:0], &rows[0]) }); allocs != 0 {
		t.Errorf("%v allocations a row", allocs)
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
