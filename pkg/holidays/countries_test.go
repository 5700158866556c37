package holidays_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
)

var update = flag.Bool("update", false, "rewrite testdata/countries.tsv")

// scopeOf returns the holidays of a country, and the names by their codes.
func scopeOf(t *testing.T, code string) (*holidays.Scope, []string) {
	t.Helper()
	spec, err := holidays.NewSpec(holidays.Config{Countries: []string{code}}, holidays.Data{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := holidays.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Scope("", nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, spec.Names
}

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s, calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPublished holds days of official calendars, and days that are none.
func TestPublished(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, date, want string }{
		{"US", "2024-11-28", "Thanksgiving Day"},
		{"US", "2024-07-04", "Independence Day"},
		{"US", "2024-07-05", ""},
		{"US", "2021-07-04", "Independence Day"}, // a Sunday
		{"US", "2021-07-05", "Independence Day"}, // and the day off for it
		{"US", "2021-12-31", "New Year's Day"},   // for Saturday, 2022-01-01
		{"US", "2020-06-19", ""},                 // a holiday from 2021 on
		{"US", "2021-06-19", "Juneteenth"},
		{"DE", "2024-03-29", "Karfreitag"},
		{"DE", "2024-10-03", "Tag der Deutschen Einheit"},
		{"DE", "2024-08-15", ""},
		{"DE-SL", "2024-08-15", "Mariä Himmelfahrt"},
		{"DE-BY", "2024-05-30", "Fronleichnam"},
		{"DE", "2017-10-31", "Reformationstag"}, // once everywhere
		{"DE-BY", "2017-10-31", "Reformationstag"},
		{"DE-BY", "2018-10-31", ""},
		{"GB", "2022-06-03", "Platinum Jubilee Bank Holiday"},
		{"GB", "2022-05-30", ""}, // moved to June
		{"GB", "2022-09-19", "State Funeral of Queen Elizabeth II"},
		{"GB", "2020-05-08", "VE Day"},
		{"GB", "2022-12-27", "Boxing Day"}, // Christmas on a Sunday takes Monday
		{"FR", "2024-07-14", "Fête Nationale"},
		{"FR", "2024-05-20", "Lundi de Pentecôte"},
		{"JP", "2019-12-23", ""}, // no Emperor's birthday that year
		{"JP", "2021-07-23", "Sports Day"},
		{"JP", "2024-02-12", "National Foundation Day"},
		{"NZ", "2023-07-14", "Matariki"},
		{"AR", "2024-03-29", "Viernes Santo"},
		{"CH", "2024-08-01", "Bundesfeiertag"},
		{"CH", "2024-03-29", ""}, // not in Valais and Ticino
		{"CH-ZH", "2024-03-29", "Karfreitag"},
		{"AU", "2024-04-25", "ANZAC Day"},
		{"AU-VIC", "2024-11-05", "Melbourne Cup"},
		{"SE", "2024-06-21", "Midsommarafton"},
		{"PL", "2024-12-24", ""},
		{"PL", "2025-12-24", "Wigilia Bożego Narodzenia"},
		{"US", "2024-02-29", ""},
	}
	for _, tt := range tests {
		s, names := scopeOf(t, tt.code)
		got := s.At(calendar.Day, calendar.Period(date(t, tt.date)))
		if name := names[int(got.Holiday)]; name != tt.want || (got.IsHoliday == 1) != (tt.want != "") {
			t.Errorf("%s %s: %q (is_holiday %v), want %q", tt.code, tt.date, name, got.IsHoliday, tt.want)
		}
	}
}

func TestEaster(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code   string
		offset calendar.Date // from Easter Sunday
		sunday []string
	}{
		{"DE", 1, []string{
			"1913-03-23", "1943-04-25", "1954-04-18", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2015-04-05",
			"2016-03-27", "2017-04-16", "2018-04-01", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09",
			"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25",
		}},
		{"GR", -48, []string{ // Clean Monday, by the Orthodox Easter
			"2015-04-12", "2016-05-01", "2017-04-16", "2018-04-08", "2019-04-28", "2020-04-19", "2021-05-02", "2022-04-24",
			"2023-04-16", "2024-05-05", "2025-04-20", "2026-04-12", "2027-05-02", "2028-04-16", "2029-04-08", "2030-04-28",
		}},
	}
	for _, tt := range tests {
		s, _ := scopeOf(t, tt.code)
		for _, sunday := range tt.sunday {
			day := date(t, sunday) + tt.offset
			if got := s.At(calendar.Day, calendar.Period(day)); got.IsHoliday != 1 {
				t.Errorf("%s: %s, by Easter of %s, is no holiday", tt.code, day, sunday)
			}
		}
	}
}

// TestCountriesGolden shows when a new version of the library moves a holiday.
func TestCountriesGolden(t *testing.T) {
	t.Parallel()
	const file = "testdata/countries.tsv"
	var b strings.Builder
	for _, code := range []string{"AU", "AU-NSW", "BR", "CA", "CH", "DE", "DE-BY", "ES", "FR", "GB", "IT", "JP", "NL", "NZ", "PL", "US", "ZA"} {
		s, _ := scopeOf(t, code)
		for year := 2015; year <= 2030; year++ {
			fmt.Fprintf(&b, "%s\t%d\t", code, year)
			for d := calendar.NewDate(year, 1, 1); d <= calendar.NewDate(year, 12, 31); d++ {
				if s.At(calendar.Day, calendar.Period(d)).IsHoliday == 1 {
					_, month, day := d.Civil()
					fmt.Fprintf(&b, " %02d-%02d", month, day)
				}
			}
			b.WriteByte('\n')
		}
	}
	got := strings.ReplaceAll(b.String(), "\t ", "\t")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("holidays differ from %s:\n%s", file, diff)
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	codes := holidays.Countries()
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Errorf("codes are not sorted or stand twice: %v", codes)
	}
	countries := 0
	for _, code := range codes {
		if len(code) == 2 {
			countries++
		}
		s, names := scopeOf(t, strings.ToLower(code))
		if got := s.At(calendar.Year, 54); got.IsHoliday != 1 || len(names) < 5 {
			t.Errorf("%s: no holiday in 2024, or %d names", code, len(names))
		}
	}
	if countries != 35 {
		t.Errorf("%d countries, want 35", countries)
	}
}

func TestUnknownCountry(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, hint string }{
		{"UK", "did you mean GB? "},
		{"USA", "did you mean US? "},
		{"DE-BYY", "did you mean DE-BY? "},
		{"Germany", "the codes are AR, AT, AU, BE, "},
		{"", "the codes are AR, "},
	}
	for _, tt := range tests {
		err := holidays.Config{Countries: []string{"DE", tt.code}}.Validate()
		if err == nil || !strings.HasPrefix(hint.Of(err), tt.hint) || !strings.Contains(hint.Of(err), "ZA; the states") {
			t.Errorf("%q: error %v, hint %q, want %q...", tt.code, err, hint.Of(err), tt.hint)
		}
	}
}
