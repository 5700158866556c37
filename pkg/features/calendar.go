package features

import (
	"errors"
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// moment is the start of a period taken apart, once per row.
type moment struct {
	date             calendar.Date
	year, month, day int
	hour             int
	dayofweek        int // 0 is Monday
}

func newMoment(t calendar.Time) moment {
	year, month, day := t.Date.Civil()
	return moment{date: t.Date, hour: t.Hour, year: year, month: month, day: day, dayofweek: t.Date.Weekday()}
}

// dateFeature is a function of the period's start alone. Each equals the pandas attribute of its name;
// week is isocalendar().week and is_weekend is dayofweek >= 5.
type dateFeature struct {
	name  string
	value func(moment) float64
}

func dateFeatures() []dateFeature {
	return []dateFeature{
		{"dayofweek", func(m moment) float64 { return float64(m.dayofweek) }},
		{"month", func(m moment) float64 { return float64(m.month) }},
		{"day", func(m moment) float64 { return float64(m.day) }},
		{"year", func(m moment) float64 { return float64(m.year) }},
		{"is_weekend", flag(func(m moment) bool { return m.dayofweek >= 5 })},
		{"is_month_start", flag(func(m moment) bool { return m.day == 1 })},
		{"is_month_end", flag(func(m moment) bool { return monthDay(m.date+1) == 1 })},
		{"week", func(m moment) float64 { return float64(isoWeek(m)) }},
		{"dayofyear", func(m moment) float64 { return float64(dayOfYear(m.date, m.year)) }},
		{"hour", func(m moment) float64 { return float64(m.hour) }},
		{"quarter", func(m moment) float64 { return float64((m.month + 2) / 3) }},
	}
}

// DateFeatureNames returns every name that Config.DateFeatures may hold.
func DateFeatureNames() []string {
	var names []string
	for _, f := range dateFeatures() {
		names = append(names, f.name)
	}
	return names
}

func resolveDateFeatures(names []string) ([]dateFeature, error) {
	known := make(map[string]dateFeature)
	for _, f := range dateFeatures() {
		known[f.name] = f
	}
	out := make([]dateFeature, 0, len(names))
	var errs []error
	seen := make(map[string]bool)
	for _, name := range names {
		f, ok := known[name]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("unknown date feature %q, the known ones are %s",
				name, strings.Join(DateFeatureNames(), ", ")))
		case seen[name]:
			errs = append(errs, fmt.Errorf("date feature %q stands twice", name))
		}
		seen[name] = true
		out = append(out, f)
	}
	return out, errors.Join(errs...)
}

func dayOfYear(d calendar.Date, year int) int { return int(d-calendar.NewDate(year, 1, 1)) + 1 }

func monthDay(d calendar.Date) int {
	_, _, day := d.Civil()
	return day
}

// isoWeek returns the ISO 8601 week, 1-53: the week of the Thursday nearest to the day.
func isoWeek(m moment) int {
	thursday := m.date - calendar.Date(m.dayofweek) + 3
	year, _, _ := thursday.Civil()
	return (dayOfYear(thursday, year)-1)/7 + 1
}

// flag turns a fact about a day into 1 or 0.
func flag(fact func(moment) bool) func(moment) float64 {
	return func(m moment) float64 {
		if fact(m) {
			return 1
		}
		return 0
	}
}
