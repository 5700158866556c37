package panel_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

func futureConfig() panel.FutureConfig {
	return panel.FutureConfig{
		Time: "date", IDs: []string{"store", "item"}, Freq: calendar.Day,
		Columns: []panel.Covariate{{Name: "promo", Levels: []string{"no", "yes", "1"}}, {Name: "price"}},
	}
}

func day(date string) calendar.Period {
	d, err := calendar.ParseDate(date, calendar.DefaultDateFormat)
	if err != nil {
		panic(err)
	}
	return calendar.Period(d)
}

func TestReadFuture(t *testing.T) {
	t.Parallel()
	type asked struct {
		store, item, date string
		promo, price      float64
		missing           bool
	}
	tests := []struct {
		name  string
		files []table.Input
		want  []asked
	}{
		{"all ids, several files", inputs(
			"a.csv", "item,store,promo,price,date\n1,2,yes,1.5,2024-01-02\n1,2,no,2,2024-01-01\n",
			"b.csv", "date;store;item;price;promo\n2024-01-01;1;1;3;1\n2024-01-03;2;1;;\n",
		), []asked{
			{"2", "1", "2024-01-01", 0, 2, false},
			{"2", "1", "2024-01-02", 1, 1.5, false},
			{"1", "1", "2024-01-01", 2, 3, false},
			{"2", "1", "2024-01-03", nan(), nan(), true},
			{"2", "1", "2024-01-04", nan(), nan(), true},
			{"1", "2", "2024-01-01", nan(), nan(), true},
		}},
		{"one id", inputs("a.csv", "item,promo,price,date\nx,1,1,2024-01-01\ny,1,2,2024-01-01\n"), []asked{
			{"7", "x", "2024-01-01", 2, 1, false}, {"8", "y", "2024-01-01", 2, 2, false}, {"x", "z", "2024-01-01", nan(), nan(), true},
		}},
		{"no id", inputs("a.csv", "date,promo,price\n2024-01-02,1,1\n2024-01-01,no,4\n"), []asked{
			{"7", "x", "2024-01-01", 0, 4, false}, {"", "", "2024-01-02", 2, 1, false}, {"7", "x", "2024-01-03", nan(), nan(), true},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := panel.ReadFuture(t.Context(), tt.files, futureConfig())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range tt.want {
				promo, ok := f.Value(0, []string{a.store, a.item}, day(a.date))
				price, same := f.Value(1, []string{a.store, a.item}, day(a.date))
				if got := (asked{a.store, a.item, a.date, promo, price, !ok || !same}); !cmp.Equal(a, got, cmp.AllowUnexported(asked{}), cmpopts.EquateNaNs()) {
					t.Errorf("values = %+v, want %+v", got, a)
				}
			}
			if len(f.Warnings) > 0 {
				t.Errorf("warnings = %v, want none", f.Warnings)
			}
		})
	}
}

// What a column of a Parquet file is must not depend on whether it is read for training or ahead.
func TestReadFutureAsSalesAreRead(t *testing.T) {
	t.Parallel()
	type row struct {
		Date  string  `parquet:"date"`
		Store string  `parquet:"store"`
		Item  string  `parquet:"item"`
		Sales float64 `parquet:"sales"`
		Promo bool    `parquet:"promo"`
		Price float32 `parquet:"price"`
	}
	file := func(rows ...row) []table.Input {
		var b bytes.Buffer
		if err := parquet.Write(&b, rows); err != nil {
			t.Fatal(err)
		}
		return inputs("f.parquet", b.String())
	}
	cfg := with(func(c *panel.Config) { c.KnownFuture = []string{"promo", "price"} })
	p, err := panel.ReadInputs(t.Context(), file(row{"2024-01-01", "1", "1", 1, true, 0.1}, row{"2024-01-02", "1", "1", 1, false, 0.2}), cfg)
	if err != nil {
		t.Fatal(err)
	}
	f, err := panel.ReadFuture(t.Context(), file(row{"2024-01-03", "1", "1", 0, true, 0.1}),
		panel.FutureConfig{Time: p.Time, IDs: cfg.IDs, Freq: p.Freq, Columns: p.Covariates})
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range p.Covariates {
		if v, ok := f.Value(k, []string{"1", "1"}, day("2024-01-03")); !ok || v != c.Values[0] {
			t.Errorf("%s = %v, %v; in the sales it is %v", c.Name, v, ok, c.Values[0])
		}
	}
}

func TestReadFutureByDelimiter(t *testing.T) {
	t.Parallel()
	cfg := futureConfig()
	cfg.Delimiter = "|"
	f, err := panel.ReadFuture(t.Context(), inputs("f.csv", "date|promo|price\n2024-01-01|no|2\n"), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := f.Value(1, []string{"1", "1"}, day("2024-01-01")); !ok || v != 2 {
		t.Errorf("value = %v, %v; want 2", v, ok)
	}
	cfg.Delimiter = "x"
	if _, err := panel.ReadFuture(t.Context(), nil, cfg); err == nil || !strings.HasPrefix(err.Error(), "delimiter: ") {
		t.Errorf("error = %v, want one of the delimiter", err)
	}
}

func TestReadFutureNamesFiles(t *testing.T) {
	t.Parallel()
	files, err := table.Files(filepath.Join(t.TempDir(), "none.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = panel.ReadFuture(t.Context(), files, futureConfig())
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "read future values: open ") {
		t.Errorf("error = %v, want one of reading future values that is os.ErrNotExist", err)
	}
	const text = "date,promo,price\n2024-01-01,no,2\n"
	_, err = panel.ReadFuture(t.Context(), inputs("f.csv", text, "f.csv", text), futureConfig())
	if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != panel.CodeNamedTwice {
		t.Errorf("error = %v, want a *FileError of code %s", err, panel.CodeNamedTwice)
	}
}

func TestReadFutureOfWeeks(t *testing.T) {
	t.Parallel()
	cfg := futureConfig()
	cfg.Freq, cfg.DateFormat, cfg.Columns = calendar.WeekSun, "%d/%m/%Y", cfg.Columns[1:]
	f, err := panel.ReadFuture(t.Context(), inputs("f.csv", "date,price\n07/01/2024,5\n"), cfg)
	if err != nil {
		t.Fatal(err)
	}
	week, _ := calendar.WeekSun.Period(calendar.Time{Date: calendar.NewDate(2024, 1, 7)})
	if v, ok := f.Value(0, []string{"1", "1"}, week); !ok || v != 5 {
		t.Errorf("value = %v, %v; want 5", v, ok)
	}
	_, err = panel.ReadFuture(t.Context(), inputs("f.csv", "date,price\n08/01/2024,5\n"), cfg)
	if bad := dataError(t, err); bad.First[0].Code != table.CodeOffGrid {
		t.Errorf("error = %v, want one of code off_grid", err)
	}
}

func TestReadFutureNamesBadCells(t *testing.T) {
	t.Parallel()
	_, err := panel.ReadFuture(t.Context(), inputs(
		"a.csv", "date,item,promo,price\n2024-01-01,1,no,1\n2024-01-01,,yes,2\n2024-01-32,1,yes,1\n2024-01-01,1,yes,2\n2024-01-03,1,yes,x\n2024-01-04,1,yes,x\n2024-01-05,1,yes,1e999\n",
		"b.csv", "date,item,promo,price\n2024-01-01,1,no,1\n",
	), futureConfig())
	want := []string{
		`a.csv: line 3: item is empty`, `a.csv: line 4: date "2024-01-32": not a day of the calendar`,
		"a.csv: line 5: item 1, 2024-01-01: already on a.csv line 2",
		`a.csv: line 6: price "x": not a number`, `a.csv: line 7: price "x": not a number`, `a.csv: line 8: price "1e999": not a finite number`,
		"b.csv: line 2: item 1, 2024-01-01: already on a.csv line 5",
	}
	if diff := cmp.Diff(want, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	_, err = panel.ReadFuture(t.Context(), inputs("a.csv", "date,promo,price\n2024-01-01,no,1\n2024-01-01,no,1\n"), futureConfig())
	if diff := cmp.Diff([]string{"a.csv: line 3: 2024-01-01: already on line 2"}, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems without ids (-want +got):\n%s", diff)
	}
	_, err = panel.ReadFuture(t.Context(), inputs("a.csv", "date,item,promo\n2024-01-01,1,no\n"), futureConfig())
	if e, ok := errors.AsType[*table.ColumnError](err); !ok || e.Column != "price" {
		t.Errorf("error = %v, want a *ColumnError of price", err)
	}
	_, err = panel.ReadFuture(t.Context(), inputs(
		"a.csv", "date,item,promo,price\n2024-01-01,1,no,1\n", "b.csv", "date,promo,price\n2024-01-01,no,1\n"), futureConfig())
	if e, ok := errors.AsType[*table.ColumnError](err); !ok || e.Column != "item" || e.File != "b.csv" {
		t.Errorf("error = %v, want a *ColumnError of item in b.csv", err)
	}
	_, err = panel.ReadFuture(t.Context(), nil, panel.FutureConfig{IDs: make([]string, 6)})
	const wantErr = "time: the date column has no name\nfreq: the sales have no frequency\ncolumns: no known-future column is asked for\n" +
		"ids: 6 id columns, at most 5 are read"
	if err == nil || err.Error() != wantErr {
		t.Errorf("error = %v\nwant %s", err, wantErr)
	}
}

func TestReadFutureWarnsOfUnseenText(t *testing.T) {
	t.Parallel()
	f, err := panel.ReadFuture(t.Context(), inputs("a.csv", "date,item,promo,price\n2024-01-01,1,maybe,1\n2024-01-02,1,,1\n2024-01-03,1,maybe,1\n2024-01-04,1,No,1\n"), futureConfig())
	if err != nil {
		t.Fatal(err)
	}
	want := []table.Warning{{
		Code: panel.WarnUnseen, Count: 2, Places: []string{"a.csv line 2", "a.csv line 5"},
		Message: `values of promo that the sales did not hold, such as "maybe", are missing ones`,
	}}
	if diff := cmp.Diff(want, f.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if v, ok := f.Value(0, []string{"9", "1"}, day("2024-01-03")); !ok || v == v {
		t.Errorf("value = %v, %v; want a missing one", v, ok)
	}
	if v, ok := f.Value(0, []string{"9", "1"}, day("2024-01-02")); ok {
		t.Errorf("value of an empty cell = %v, want none", v)
	}
}

// Rows of series that are not those of the sales are told, as ids may be written in another way.
func TestReadFutureWarnsOfUnknownSeries(t *testing.T) {
	t.Parallel()
	cfg := futureConfig()
	cfg.Values = [][]string{{"S1", "S2"}, {"1", "2"}}
	for _, tt := range []struct {
		name, text string
		want       []table.Warning
	}{
		{"two ids", "date,item,store,promo,price\n2024-01-01,1,S1,no,1\n2024-01-01,1,S99,no,1\n2024-01-02,1,S99,no,1\n2024-01-01,01,S2,no,1\n2024-01-01,2,S2,no,1\n", []table.Warning{{
			Code: panel.WarnUnknown, Count: 3, Places: []string{"a.csv line 3", "a.csv line 4", "a.csv line 5"},
			Message: `rows of series that the sales do not hold, such as item "01", are not used: ids must be written as they are in the sales`,
		}}},
		{"one id", "date,store,promo,price\n2024-01-01,s1,no,1\n2024-01-01,S2,no,1\n", []table.Warning{{
			Code: panel.WarnUnknown, Count: 1, Places: []string{"a.csv line 2"},
			Message: `rows of series that the sales do not hold, such as store "s1", are not used: ids must be written as they are in the sales`,
		}}},
		{"no id", "date,promo,price\n2024-01-01,no,1\n", nil},
		{"known ones", "date,item,promo,price\n2024-01-01,1,no,1\n2024-01-01,2,no,1\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := panel.ReadFuture(t.Context(), inputs("a.csv", tt.text), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, f.Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
	short := cfg
	short.Values = cfg.Values[:1]
	if _, err := panel.ReadFuture(t.Context(), nil, short); err == nil || err.Error() != "values: those of 1 id columns, there are 2" {
		t.Errorf("error = %v, want one of the values", err)
	}
}

// An id column of another name leaves rows that look alike.
func TestReadFutureHintsAtAnotherIDColumn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, cells, want string }{
		{
			"date,stor,promo,price", ",1,no,1",
			`rows are told apart by date alone: there is no id column store, item, and of no use are "stor"; name the id columns as in the sales, or leave one row of them`,
		},
		{
			"date,item,promo,price,stor,note", ",1,no,1,2,3",
			`rows are told apart by item and date: there is no id column store, and of no use are "stor", "note"; name`,
		},
		{"date,promo,price", ",no,1", "rows are told apart by date alone: there is no id column store, item; name"},
		{"date,store,item,promo,price", ",1,1,no,1", "leave one row of them"},
	} {
		text := tt.header + "\n2024-01-01" + tt.cells + "\n2024-01-01" + tt.cells + "\n"
		_, err := panel.ReadFuture(t.Context(), inputs("a.csv", text), futureConfig())
		if bad := dataError(t, err); bad.First[0].Code != table.CodeDuplicateKey || !strings.HasPrefix(hint.Of(err), tt.want) {
			t.Errorf("error = %v\nhint = %s\nwant %s", err, hint.Of(err), tt.want)
		}
	}
}

func BenchmarkReadFuture(b *testing.B) {
	var text strings.Builder
	text.WriteString("date,store,item,promo,price\n")
	const rows = 1_000_000
	for i := range rows {
		fmt.Fprintf(&text, "%s,%d,%d,%s,%d.5\n", calendar.NewDate(2024, 1, 1)+calendar.Date(i%100), i/100%10, i/1000, []string{"no", "yes"}[i%2], i%90)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := panel.ReadFuture(b.Context(), inputs("f.csv", text.String()), futureConfig()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
