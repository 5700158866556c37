package features_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

// events are limited by an id of integers, one of text, a static number and a country.
const events = `date,name,end_date,country,store,item,size
2019-11-20,Harvest,2019-12-24,,,tea,
2019-12-08,Rebuilding,2019-12-12,,8,,
2019-11-05,Large,2019-11-19,,,,250
2020-01-20,Match,2020-01-25,DE,,,
`

// countrySales are testpanel.Sales whose regions are countries; one series has none.
func countrySales(freq calendar.Freq, periods int) string {
	return strings.NewReplacer("north", "US", "south", "DE").Replace(testpanel.Sales(freq, periods))
}

// countryColumn has the country of each series in a static column.
func countryColumn() holidays.Config { return holidays.Config{Column: "region"} }

// buildHolidays returns the matrix of a text of Sales with holidays and the events.
func buildHolidays(t *testing.T, freq calendar.Freq, text string, cfg holidays.Config) *features.Matrix {
	t.Helper()
	p := testpanel.ReadAs(t, text, testpanel.SalesConfig(freq))
	plain, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	must(t, err)
	s, err := plain.WithHolidays(readHolidays(t, p, cfg))
	must(t, err)
	m, err := features.Build(p, s)
	must(t, err)
	return m
}

func readHolidays(t *testing.T, p *panel.Panel, cfg holidays.Config) *holidays.Spec {
	t.Helper()
	data := features.HolidayData(p, calendar.DefaultDateFormat)
	h, err := holidays.NewSpec(cfg, data)
	must(t, err)
	warnings, err := h.AddEvents(strings.NewReader(events), "events.csv", data)
	must(t, err)
	if len(warnings) > 0 {
		t.Fatalf("warnings about the events: %v", warnings)
	}
	return h
}

// ownScope returns the holidays of a line by its cells, of a Calendar that has the holidays of the
// line's country and the events that name the line, and nothing else.
func ownScope(t *testing.T, all *holidays.Spec, record map[string]string) *holidays.Scope {
	t.Helper()
	own := holidays.Spec{Names: all.Names}
	if record["region"] != "" {
		own.Countries = []string{record["region"]}
	}
	for _, e := range all.Events {
		applies := e.Country == "" || e.Country == record["region"]
		for k, column := range all.Scopes {
			applies = applies && (e.Scope[k] == "" || e.Scope[k] == record[column])
		}
		if applies {
			e.Country, e.Scope = "", nil
			own.Events = append(own.Events, e)
		}
	}
	c, err := holidays.New(&own)
	must(t, err)
	scope, err := c.Scope("", nil)
	must(t, err)
	return scope
}

// TestHolidaysEqualEachRowsOwn compares every row with the Calendar of its line.
func TestHolidaysEqualEachRowsOwn(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		text := countrySales(freq, 40)
		m := buildHolidays(t, freq, text, countryColumn())
		names := m.Spec.FeatureNames()
		at := slices.Index(names, "is_holiday")
		if want := []string{"is_holiday", "days_to_holiday", "days_since_holiday", "holidays_in_week", "holidays_in_month", "holiday_code"}; !slices.Equal(names[at:], want) {
			t.Fatalf("%s: the last features are %v, want %v", freq, names[at:], want)
		}
		holiday := false
		scopes := make(map[string]*holidays.Scope)
		for i, record := range records(t, text) {
			series := record["store"] + " " + record["item"]
			if scopes[series] == nil {
				scopes[series] = ownScope(t, m.Spec.Holidays, record)
			}
			v := scopes[series].At(freq, m.Period[i])
			want := []float64{v.IsHoliday, v.DaysToHoliday, v.DaysSince, v.HolidaysInWeek, v.HolidaysInMonth, v.Holiday}
			got := make([]float64, len(names))
			m.Row(got, i)
			if diff := cmp.Diff(want, got[at:], cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("%s: %v (-its own +matrix):\n%s", freq, record, diff)
			}
			holiday = holiday || v.IsHoliday > 0
		}
		if !holiday {
			t.Errorf("%s: no row has a holiday", freq)
		}
	}
}

func TestHolidaysBuildEqualsRow(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		checkBuildEqualsRow(t, buildHolidays(t, freq, countrySales(freq, 40), countryColumn()))
		checkBuildEqualsRow(t, buildHolidays(t, freq, countrySales(freq, 40), holidays.Config{Countries: []string{"FR", "DE-BY"}}))
	}
}

func TestHolidaysDoNotLeak(t *testing.T) {
	t.Parallel()
	text := countrySales(calendar.Day, 40)
	before := buildHolidays(t, calendar.Day, text, countryColumn())
	for _, name := range []string{"sales", "stock"} {
		changed := changeColumn(t, text, name, 60, func(i int) string { return strconv.Itoa(1000 + i) })
		after := buildHolidays(t, calendar.Day, changed, countryColumn())
		if diff := cmp.Diff(before.Values, after.Values, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("other %s gave other features:\n%s", name, diff)
		}
	}
}

func TestHolidaysSpecRoundTrip(t *testing.T) {
	t.Parallel()
	want := buildHolidays(t, calendar.WeekSun, countrySales(calendar.WeekSun, 20), countryColumn())
	data, err := features.MarshalSpec(want.Spec)
	must(t, err)
	s, err := features.ParseSpec(data)
	must(t, err)
	if diff := cmp.Diff(want.Spec, s, cmpopts.IgnoreUnexported(features.Spec{})); diff != "" {
		t.Errorf("the spec changed on the way (-made +read):\n%s", diff)
	}
	got := *want
	got.Spec = s
	checkBuildEqualsRow(t, &got)
}

func TestHolidaysRefuse(t *testing.T) {
	t.Parallel()
	m := buildHolidays(t, calendar.Day, countrySales(calendar.Day, 9), countryColumn())
	p := testpanel.ReadAs(t, strings.Replace(testpanel.Sales(calendar.Day, 9), "promo", "is_holiday", 1), func() panel.Config {
		cfg := testpanel.SalesConfig(calendar.Day)
		cfg.KnownFuture = []string{"is_holiday", "kind"}
		return cfg
	}())
	clash, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	must(t, err)
	tests := []struct {
		name string
		spec *features.Spec
		h    *holidays.Spec
		want string
	}{
		{"a country that is not known", m.Spec, &holidays.Spec{Countries: []string{"XX"}}, `unknown country "XX"`},
		{"a scope that is no column", m.Spec, &holidays.Spec{Scopes: []string{"colour"}}, `no id or static column "colour"`},
		{"a scope that changes with time", m.Spec, &holidays.Spec{Scopes: []string{"promo"}}, `no id or static column "promo"`},
		{"a column that has the name of a feature", clash, &holidays.Spec{Countries: []string{"US"}}, `called "is_holiday"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.spec.WithHolidays(tt.h)
			if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrBadSpec with %q", err, tt.want)
			}
		})
	}
}

// TestRowRefusesUnknownCountries has the country in an id, which a request may make up.
func TestRowRefusesUnknownCountries(t *testing.T) {
	t.Parallel()
	p := testpanel.Read(t, "date,country,sales\n2020-01-01,US,1\n2020-01-02,US,2\n2020-01-01,DE,1\n", "country")
	plain, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	must(t, err)
	h, err := holidays.NewSpec(holidays.Config{Column: "country"}, features.HolidayData(p, calendar.DefaultDateFormat))
	must(t, err)
	s, err := plain.WithHolidays(h)
	must(t, err)
	row := make([]float64, s.NumFeatures())
	day := calendar.Period(calendar.NewDate(2021, 7, 14))
	isHoliday := slices.Index(s.FeatureNames(), "is_holiday")
	for country, want := range map[string]float64{"US": 0, "DE": 0, "FR": 1} { // Bastille Day
		must(t, s.Row(row, day, []string{country}, nil))
		if row[isHoliday] != want {
			t.Errorf("is_holiday of 2021-07-14 in %s = %v, want %v", country, row[isHoliday], want)
		}
	}
	err = s.Row(row, day, []string{"XX"}, nil)
	if !errors.Is(err, features.ErrBadID) || !strings.HasPrefix(err.Error(), "country: ") {
		t.Errorf("country XX: got %v, want ErrBadID that names the column", err)
	}
}
