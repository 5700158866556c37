package features

import (
	"errors"
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/panel"
)

// calendar is a day taken apart, once per row.
type calendar struct {
	date             panel.Date
	year, month, day int
	dayofweek        int // 0 is Monday
}

func newCalendar(d panel.Date) calendar {
	year, month, day := d.Civil()
	return calendar{date: d, year: year, month: month, day: day, dayofweek: d.Weekday()}
}

// dateFeature is a function of the day alone. Each equals the pandas attribute of its name;
// week is isocalendar().week and is_weekend is dayofweek >= 5.
type dateFeature struct {
	name  string
	value func(calendar) float64
}

func dateFeatures() []dateFeature {
	return []dateFeature{
		{"dayofweek", func(c calendar) float64 { return float64(c.dayofweek) }},
		{"month", func(c calendar) float64 { return float64(c.month) }},
		{"day", func(c calendar) float64 { return float64(c.day) }},
		{"year", func(c calendar) float64 { return float64(c.year) }},
		{"is_weekend", flag(func(c calendar) bool { return c.dayofweek >= 5 })},
		{"is_month_start", flag(func(c calendar) bool { return c.day == 1 })},
		{"is_month_end", flag(func(c calendar) bool { return newCalendar(c.date+1).day == 1 })},
		{"week", func(c calendar) float64 { return float64(isoWeek(c)) }},
		{"dayofyear", func(c calendar) float64 { return float64(dayOfYear(c.date, c.year)) }},
		{"quarter", func(c calendar) float64 { return float64((c.month + 2) / 3) }},
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

func dayOfYear(d panel.Date, year int) int { return int(d-panel.NewDate(year, 1, 1)) + 1 }

// isoWeek returns the ISO 8601 week, 1-53: the week of the Thursday nearest to the day.
func isoWeek(c calendar) int {
	thursday := c.date - panel.Date(c.dayofweek) + 3
	year, _, _ := thursday.Civil()
	return (dayOfYear(thursday, year)-1)/7 + 1
}

// flag turns a fact about a day into 1 or 0.
func flag(fact func(calendar) bool) func(calendar) float64 {
	return func(c calendar) float64 {
		if fact(c) {
			return 1
		}
		return 0
	}
}
