package holidays_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
)

func TestNewSpec(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		cfg   holidays.Config
		want  []string // countries
		error string
		hint  string
	}{
		{name: "none", want: []string{}},
		{name: "any case, once", cfg: holidays.Config{Countries: []string{"de", " US", "DE", "de-by"}}, want: []string{"DE", "US", "DE-BY"}},
		{name: "values of a column", cfg: holidays.Config{Column: "land"}, want: []string{"DE", "US"}},
		{name: "no such column", cfg: holidays.Config{Column: "lamd"}, error: `no id or static column "lamd"`, hint: `did you mean "land"?`},
		{name: "a column of something else", cfg: holidays.Config{Column: "region"}, error: `column region: unknown country "north"`},
		{name: "both", cfg: holidays.Config{Column: "land", Countries: []string{"DE"}}, error: "both countries and a column"},
		{name: "all unknown ones", cfg: holidays.Config{Countries: []string{"XX", "YY"}}, error: "\"XX\"\nunknown country \"YY\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := holidays.NewSpec(tt.cfg, shops())
			if tt.error != "" {
				if err == nil || !strings.Contains(err.Error(), tt.error) || !strings.HasPrefix(hint.Of(err), tt.hint) {
					t.Errorf("error %v, hint %q; want ...%s..., %s...", err, hint.Of(err), tt.error, tt.hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Countries); diff != "" {
				t.Errorf("countries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJSON writes a Spec and makes the same Calendar of it.
func TestJSON(t *testing.T) {
	t.Parallel()
	fair := oneDay(t, "fair", "2024-05-02")
	fair.Scope = []string{"1"}
	spec := &holidays.Spec{Countries: []string{"DE"}, Scopes: []string{"store"}, Events: []holidays.Event{fair}}
	want := newCalendar(t, spec)
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	const start = `{"countries":["DE"],"scopes":["store"],"events":[{"name":"fair","date":"2024-05-02","end_date":"2024-05-02","scope":["1"]}],"names":["","Neujahrstag",`
	if !strings.HasPrefix(string(text), start) {
		t.Errorf("JSON %s, want %s...", text, start)
	}
	if in2024 := `"2024 01-01:1 03-29:2 04-01:3 05-01:`; !strings.Contains(string(text), in2024) {
		t.Errorf("JSON %s, want ...%s...", text, in2024)
	}
	var read holidays.Spec
	if err := json.Unmarshal(text, &read, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	got := newCalendar(t, &read)
	if diff := cmp.Diff(spec, &read); diff != "" {
		t.Errorf("spec (-written +read):\n%s", diff)
	}
	for d := calendar.NewDate(1900, 1, 1); d <= calendar.NewDate(2100, 12, 31); d++ {
		p := calendar.Period(d)
		if a, b := newScope(t, want, "", "1").At(calendar.Day, p), newScope(t, got, "", "1").At(calendar.Day, p); !cmp.Equal(a, b, cmpopts.EquateNaNs()) {
			t.Errorf("%s: %v, want %v", d, b, a)
		}
	}
}

// TestDaysOfTheSpec is the promise that a Spec has its own holidays, whatever the program's lists are.
func TestDaysOfTheSpec(t *testing.T) {
	t.Parallel()
	s := newScope(t, newCalendar(t, &holidays.Spec{
		Countries: []string{"US"}, Names: []string{"", "Landing Day", "Christmas Day"}, Days: [][]string{{"2023 12-25:2", "2024 07-20:1 12-25:2"}},
	}), "")
	for day, want := range map[string]float64{"2024-12-25": 2, "2024-07-20": 1, "2024-07-04": 0, "2023-07-20": 0} {
		if got := s.At(calendar.Day, calendar.Period(date(t, day))).Holiday; got != want {
			t.Errorf("%s: code %v, want %v", day, got, want)
		}
	}
}

func TestBadSpec(t *testing.T) {
	t.Parallel()
	event := oneDay(t, "x", "2024-01-01")
	with := func(change func(*holidays.Event)) *holidays.Spec {
		e := event
		change(&e)
		return &holidays.Spec{Events: []holidays.Event{e}}
	}
	days := func(years ...string) *holidays.Spec {
		return &holidays.Spec{Countries: []string{"US"}, Names: []string{"", "x"}, Days: [][]string{years}}
	}
	tests := []struct {
		name string
		spec *holidays.Spec
	}{
		{"unknown country", &holidays.Spec{Countries: []string{"XX"}}},
		{"country in small letters", &holidays.Spec{Countries: []string{"de"}}},
		{"country twice", &holidays.Spec{Countries: []string{"DE", "DE"}}},
		{"too many events", &holidays.Spec{Events: make([]holidays.Event, 100_001)}},
		{"no name", with(func(e *holidays.Event) { e.Name = " " })},
		{"long name", with(func(e *holidays.Event) { e.Name = strings.Repeat("x", 257) })},
		{"end before start", with(func(e *holidays.Event) { e.Last-- })},
		{"too long", with(func(e *holidays.Event) { e.Last += 366 })},
		{"outside the years", with(func(e *holidays.Event) { e.First, e.Last = 50_000, 50_000 })},
		{"far outside the years", with(func(e *holidays.Event) { e.First, e.Last = -1<<31, 1<<31-1 })},
		{"scope without a column", with(func(e *holidays.Event) { e.Scope = []string{"1"} })},
		{"event of an unknown country", with(func(e *holidays.Event) { e.Country = "XX" })},
		{"column without a scope", &holidays.Spec{Scopes: []string{"store"}, Events: []holidays.Event{event}}},
		{"column twice", &holidays.Spec{Scopes: []string{"store", "store"}}},
		{"name twice", &holidays.Spec{Names: []string{"", "x", "x"}}},
		{"first name not empty", &holidays.Spec{Names: []string{"x"}}},
		{"names without days", &holidays.Spec{Countries: []string{"US"}, Names: []string{""}}},
		{"days without a country", &holidays.Spec{Names: []string{""}, Days: [][]string{{"2024 01-01:0"}}}},
		{"an event without a name's code", &holidays.Spec{Names: []string{""}, Events: []holidays.Event{event}}},
		{"days that go back", days("2024 02-01:1 01-01:1")},
		{"a day twice", days("2024 01-01:1 01-01:1")},
		{"years that go back", days("2024 01-01:1", "2023 01-01:1")},
		{"a year without days", days("2024")},
		{"a day that is none", days("2023 02-29:1")},
		{"a day outside the years", days("2101 01-01:1")},
		{"a code that no name has", days("2024 01-01:2")},
		{"a negative code", days("2024 01-01:-1")},
		{"no code", days("2024 01-01")},
		{"a blank too many", days("2024 01-01:1 ")},
	}
	for _, tt := range tests {
		if _, err := holidays.New(tt.spec); !errors.Is(err, holidays.ErrBadSpec) {
			t.Errorf("%s: error %v, want ErrBadSpec", tt.name, err)
		}
	}
}

// TestScope picks holidays by country and values.
func TestScope(t *testing.T) {
	t.Parallel()
	all, one, german, bavarian := oneDay(t, "all", "2024-09-09"), oneDay(t, "one", "2024-09-10"), oneDay(t, "german", "2024-09-11"), oneDay(t, "bavarian", "2024-09-12")
	all.Scope, one.Scope, german.Scope, bavarian.Scope = []string{""}, []string{"1"}, []string{""}, []string{""}
	german.Country, bavarian.Country = "DE", "DE-BY"
	spec := &holidays.Spec{
		Column: "land", Countries: []string{"DE", "DE-BY", "US"}, Scopes: []string{"store"},
		Events: []holidays.Event{all, one, german, bavarian},
	}
	c := newCalendar(t, spec)
	tests := []struct {
		country, store string
		want           string
	}{
		{"DE", "1", "all one german"},
		{"de-by", "2", "all german bavarian"},
		{"US", "1", "Labor Day all one"},
		{"US", "01", "Labor Day all"},
		{"", "2", "all"},
		{"CA", "2", "all"}, // not in the Spec: as without a country
	}
	for _, tt := range tests {
		s := newScope(t, c, tt.country, tt.store)
		var got []string
		for d := calendar.NewDate(2024, 9, 2); d < calendar.NewDate(2024, 9, 13); d++ {
			f := s.At(calendar.Day, calendar.Period(d))
			if f.IsHoliday == 1 {
				got = append(got, spec.Names[int(f.Holiday)])
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s, store %s: %q, want %q", tt.country, tt.store, got, tt.want)
		}
	}
	if newScope(t, c, "DE", "2") != newScope(t, c, "de", "3") {
		t.Error("series with the same holidays have two Scopes")
	}
	if _, err := c.Scope("XX", []string{"1"}); !errors.Is(err, holidays.ErrUnknownCountry) {
		t.Errorf("error %v, want ErrUnknownCountry", err)
	}
	for country, want := range map[string]error{"": nil, "DE": nil, "us": nil, "CA": nil, "XX": holidays.ErrUnknownCountry} {
		if err := c.CheckCountry(country); !errors.Is(err, want) {
			t.Errorf("country %q: error %v, want %v", country, err, want)
		}
	}
	if _, err := c.Scope("DE", nil); err == nil {
		t.Error("too few values are accepted")
	}
}

// TestScopesConcurrent makes more Scopes than a Calendar keeps, from several goroutines.
func TestScopesConcurrent(t *testing.T) {
	t.Parallel()
	const stores = 1500
	spec := &holidays.Spec{Scopes: []string{"store"}}
	name := func(i int) string { return strings.Repeat("s", 1+i%7) + string(rune('0'+i)) }
	for i := range stores {
		d := calendar.NewDate(2024, 1, 1+i%300)
		spec.Events = append(spec.Events, holidays.Event{Name: "opening", First: d, Last: d, Scope: []string{name(i)}})
	}
	c := newCalendar(t, spec)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for i := range stores {
				s, err := c.Scope("", []string{name(i)})
				if err != nil || s.At(calendar.Day, calendar.Period(spec.Events[i].First)).IsHoliday != 1 {
					t.Errorf("store %d: error %v or no holiday", i, err)
				}
			}
		})
	}
	wg.Wait()
}
