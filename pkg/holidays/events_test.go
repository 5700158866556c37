package holidays_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/table"
)

func shops() holidays.Data {
	return holidays.Data{
		DateFormat: "%d/%m/%Y",
		Columns: []holidays.Column{
			{Name: "store", Values: []string{"1", "2", " 2", "001"}},
			{Name: "region", Values: []string{"north", "south"}},
			{Name: "land", Values: []string{"de", "US", ""}},
		},
	}
}

func TestAddEvents(t *testing.T) {
	t.Parallel()
	day := func(s string) calendar.Date { return date(t, s) }
	tests := []struct {
		name, csv string
		column    string
		countries []string
		scopes    []string
		want      []holidays.Event
	}{
		{
			name: "days of either format", csv: "date,name\n29/11/2024,Black Friday\n2024-12-02, Cyber Monday \n",
			want: []holidays.Event{
				{Name: "Black Friday", First: day("2024-11-29"), Last: day("2024-11-29")},
				{Name: "Cyber Monday", First: day("2024-12-02"), Last: day("2024-12-02")},
			},
		},
		{
			name: "blanks around cells", csv: "date , name, country, store\n 2024-05-01, fair , de-by, 1\n2024-05-01,fair,, 2\n",
			countries: []string{"DE-BY"}, scopes: []string{"store"},
			want: []holidays.Event{
				{Name: "fair", First: day("2024-05-01"), Last: day("2024-05-01"), Country: "DE-BY", Scope: []string{"1"}},
				{Name: "fair", First: day("2024-05-01"), Last: day("2024-05-01"), Scope: []string{" 2"}},
			},
		},
		{
			name: "several days, a country and scopes", csv: "store;name;Date;end_date;country;region\n1;fair;2024-05-01;2024-05-03;;north\n;cup;2024-06-14;;de-by;\n",
			countries: []string{"DE-BY"}, scopes: []string{"store", "region"},
			want: []holidays.Event{
				{Name: "fair", First: day("2024-05-01"), Last: day("2024-05-03"), Scope: []string{"1", "north"}},
				{Name: "cup", First: day("2024-06-14"), Last: day("2024-06-14"), Country: "DE-BY", Scope: []string{"", ""}},
			},
		},
		{
			name: "the panel's own column of countries", csv: "date,name,land\n2024-07-05,bridge,us\n", column: "land",
			want: []holidays.Event{{Name: "bridge", First: day("2024-07-05"), Last: day("2024-07-05"), Country: "US"}},
		},
		{
			name: "a year of 366 days", csv: "date,name,end_date\n2024-01-01,jubilee,2024-12-31\n",
			want: []holidays.Event{{Name: "jubilee", First: day("2024-01-01"), Last: day("2024-12-31")}},
		},
		{name: "no events", csv: "date,name\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec, err := holidays.NewSpec(holidays.Config{Column: tt.column, Countries: tt.countries}, shops())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := spec.AddEvents(strings.NewReader(tt.csv), "holidays.csv", shops()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, spec.Events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.scopes, spec.Scopes); diff != "" {
				t.Errorf("scopes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadRows(t *testing.T) {
	t.Parallel()
	const csv = `date,name,end_date,country,store
2024-02-30,no such day,,,
2024-01-02,the end first,2024-01-01,,
2024-01-02,,,,
2024-01-03,twice,,,1
2024-01-03,twice,2024-01-03,,1
2024-01-03,twice,,,2
2024-01-04,where,,UK,
1899-12-31,long ago,,,
2024-01-01,too long,2025-01-01,,
2024-01-05,fields
2024-01-06,two faults,13.1.2024,XX,
`
	want := []string{
		"2 date bad_date", "3 date bad_event", "4 name bad_event", "6 date duplicate_event", "8 country unknown_country",
		"9 date bad_event", "10 date bad_event", "11  field_count", "12 end_date bad_date", "12 country unknown_country",
	}
	spec := &holidays.Spec{Countries: []string{"GB"}}
	_, err := spec.AddEvents(strings.NewReader(csv), "holidays.csv", shops())
	data, ok := errors.AsType[*table.DataError](err)
	if !ok {
		t.Fatalf("error %v, want a *table.DataError", err)
	}
	var got []string
	for _, row := range data.First {
		got = append(got, fmt.Sprintf("%d %s %s", row.Line, row.Column, row.Code))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if got := hint.Of(err); got != "" {
		t.Errorf("hint %q about one of several kinds of problems", got)
	}
	if len(spec.Events) > 0 || len(spec.Scopes) > 0 {
		t.Errorf("events of a file with bad rows are used: %v", spec.Events)
	}
}

func TestEventWarnings(t *testing.T) {
	t.Parallel()
	const csv = `date,name,country,store
2024-01-02,a,US,
2024-01-03,b,FR,
2024-01-04,c,,3
2024-01-05,d,US,01
`
	want := []table.Warning{
		{
			Code: holidays.WarnUnmatchedEvent, Count: 3, Message: "events for a country or a value that no series has",
			Places: []string{"line 3", "line 4", "line 5"},
		},
	}
	spec := &holidays.Spec{Countries: []string{"US"}}
	got, err := spec.AddEvents(strings.NewReader(csv), "holidays.csv", shops())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestBadEventFiles(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, csv, message, hint string }{
		{"no date", "day,name\n", `no column "date"`, "a file of events begins with the line date,name"},
		{"no name", "date\n", `no column "name"`, "a file of events begins with"},
		{"a typing error in a scope", "date,name,stroe\n2024-01-01,x,1\n", `the column "stroe"`, `did you mean "store"?`},
		{"a typing error in the end", "date,name,enddate\n", `the column "enddate"`, `did you mean "end_date"?`},
		{
			"a column that limits nothing", "date,name,format\n2024-01-01,x,small\n",
			`events: holidays.csv: the column "format" is none of events, nor an id or static column of the sales`,
			"name the column with --static, or remove it from the events",
		},
		{"a column without a name", "date,name,\n2024-01-01,x,\n", `the column "" is none of events`, "name the column with --static"},
		{"one kind of problem", "date,name,country\n2024-01-01,x,UK\n2024-01-02,x,XX\n", "unknown_country 2", "did you mean GB?"},
		{"two columns", "date,name,store,STORE,store\n", `more than one column "store"`, "rename"},
		{"nothing", "", "empty", ""},
		{"too many", "date,name\n" + manyEvents(100_001), "more than 100000 events", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := new(holidays.Spec).AddEvents(strings.NewReader(tt.csv), "holidays.csv", shops())
			if err == nil || !strings.Contains(err.Error(), tt.message) || !strings.HasPrefix(hint.Of(err), tt.hint) {
				t.Errorf("error %v, hint %q; want ...%s..., %s...", err, hint.Of(err), tt.message, tt.hint)
			}
		})
	}
}

func TestUnknownColumnCode(t *testing.T) {
	t.Parallel()
	spec := &holidays.Spec{}
	_, err := spec.AddEvents(strings.NewReader("date,name,format\n2024-01-01,x,small\n"), "holidays.csv", shops())
	file, ok := errors.AsType[*table.FileError](err)
	if !ok || file.Code != holidays.CodeUnknownColumn {
		t.Errorf("error %#v, want a *table.FileError of code %s", err, holidays.CodeUnknownColumn)
	}
	if len(spec.Events) > 0 {
		t.Errorf("events of a refused file are used: %v", spec.Events)
	}
}

func manyEvents(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2024-01-01,event %d\n", i)
	}
	return b.String()
}

func FuzzAddEvents(f *testing.F) {
	f.Add("date,name,end_date,country,store\n2024-06-14,cup,2024-07-14,DE,1\n")
	f.Add("store;name;date\n;\"a\";31/12/1999\n")
	f.Add("date,name\n0000-00-00,\n")
	f.Fuzz(func(t *testing.T, csv string) {
		spec := &holidays.Spec{Countries: []string{"DE"}}
		if _, err := spec.AddEvents(strings.NewReader(csv), "holidays.csv", shops()); err != nil {
			return
		}
		c, err := holidays.New(spec)
		if err != nil {
			t.Fatalf("a Spec that was read is refused: %v", err)
		}
		values := make([]string, len(spec.Scopes))
		for _, e := range spec.Events {
			copy(values, e.Scope)
			s, err := c.Scope("", values)
			if err != nil {
				t.Fatal(err)
			}
			got := s.At(calendar.Day, calendar.Period(e.First))
			if (e.Country == "" || e.Country == "DE") && got.IsHoliday != 1 {
				t.Errorf("%+v is no holiday", e)
			}
		}
	})
}
