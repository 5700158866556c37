package features_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
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
	if i := slices.Index(all.Countries, record["region"]); i >= 0 {
		own.Countries, own.Days = all.Countries[i:i+1], all.Days[i:i+1]
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

// byCountry returns the Spec of series in the US and in DE, which is the country of an id or of a
// static covariate.
func byCountry(t *testing.T, text, id string, static ...string) *features.Spec {
	t.Helper()
	cfg := panel.Default()
	cfg.IDs, cfg.Static = []string{id}, static
	p := testpanel.ReadAs(t, text, cfg)
	plain, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	must(t, err)
	h, err := holidays.NewSpec(holidays.Config{Column: "country"}, features.HolidayData(p, calendar.DefaultDateFormat))
	must(t, err)
	s, err := plain.WithHolidays(h)
	must(t, err)
	return s
}

// TestRowOfUnknownCountries has a country that the data did not hold in an id and in a static
// covariate: it has no public holidays in both.
func TestRowOfUnknownCountries(t *testing.T) {
	t.Parallel()
	byID := byCountry(t, "date,country,sales\n2020-01-01,US,1\n2020-01-02,US,2\n2020-01-01,DE,1\n", "country")
	byStatic := byCountry(t, "date,store,country,sales\n2020-01-01,1,US,1\n2020-01-02,1,US,2\n2020-01-01,2,DE,1\n", "store", "country")
	tests := []struct {
		country, day string
		want         []float64
	}{
		{"US", "2021-07-04", []float64{1, 0, 0, 1, 2}},
		{"DE", "2021-07-04", []float64{0, 91, 41, 0, 0}},
		{"FR", "2021-07-14", []float64{0, math.NaN(), math.NaN(), 0, 0}}, // Bastille Day
	}
	for _, tt := range tests {
		date, err := calendar.ParseDate(tt.day, calendar.DefaultDateFormat)
		must(t, err)
		code, _, err := byStatic.Covariates[0].Code(tt.country)
		must(t, err)
		for _, s := range []*features.Spec{byID, byStatic} {
			row := make([]float64, s.NumFeatures())
			if s == byID {
				must(t, s.Row(row, calendar.Period(date), []string{tt.country}, nil))
			} else {
				must(t, s.Row(row, calendar.Period(date), []string{"3"}, []float64{code}))
			}
			at := slices.Index(s.FeatureNames(), "is_holiday")
			if diff := cmp.Diff(tt.want, row[at:at+len(tt.want)], cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s of %s, ids %v (-want +got):\n%s", tt.day, tt.country, s.IDs, diff)
			}
		}
	}
	row := make([]float64, byID.NumFeatures())
	for _, err := range []error{byID.Row(row, 0, []string{"XX"}, nil), byID.CheckID(0, "XX")} {
		if !errors.Is(err, features.ErrBadID) || !errors.Is(err, holidays.ErrUnknownCountry) || !strings.HasPrefix(hint.Of(err), "the codes are") {
			t.Errorf("country XX: got %v (%s), want ErrBadID with the codes", err, hint.Of(err))
		}
	}
}

// TestSpecKeepsItsDays is the promise that a Spec makes the same row after an upgrade: it has days
// that no list of the program has.
func TestSpecKeepsItsDays(t *testing.T) {
	t.Parallel()
	s := buildHolidays(t, calendar.Day, countrySales(calendar.Day, 9), holidays.Config{Countries: []string{"FR", "DE"}}).Spec
	old := *s.Holidays
	old.Days = [][]string{{"2021 07-14:1 07-15:2"}, old.Days[1]}
	plain := *s
	changed, err := plain.WithHolidays(&old)
	must(t, err)
	data, err := features.MarshalSpec(changed)
	must(t, err)
	read, err := features.ParseSpec(data)
	must(t, err)
	if changed.Fingerprint() == s.Fingerprint() || read.Fingerprint() != changed.Fingerprint() {
		t.Error("the fingerprint does not tell the days")
	}
	row := make([]float64, read.NumFeatures())
	at := slices.Index(read.FeatureNames(), "is_holiday")
	for day, want := range map[int]float64{13: 0, 14: 1, 15: 1, 16: 0} {
		must(t, read.Row(row, calendar.Period(calendar.NewDate(2021, 7, day)), []string{"1", "tea"}, make([]float64, len(read.Covariates))))
		if row[at] != want {
			t.Errorf("is_holiday of 2021-07-%d = %v, want %v", day, row[at], want)
		}
	}
}

// TestHolidaysAlone has no other feature.
func TestHolidaysAlone(t *testing.T) {
	t.Parallel()
	p := testpanel.Read(t, sales, "store", "item")
	plain, err := features.NewSpec(p, features.Config{}, calendar.DefaultDateFormat)
	must(t, err)
	if _, err := features.Build(p, plain); !errors.Is(err, features.ErrBadSpec) || !strings.Contains(fmt.Sprint(err), "no features") {
		t.Errorf("without any feature: got %v, want ErrBadSpec", err)
	}
	s, err := plain.WithHolidays(&holidays.Spec{Countries: []string{"DE"}})
	must(t, err)
	m, err := features.Build(p, s)
	must(t, err)
	if got := m.Spec.FeatureNames(); len(got) != len(holidays.Names()) {
		t.Errorf("features %v, want those of holidays", got)
	}
}
