package holidays_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
)

func newCalendar(tb testing.TB, spec *holidays.Spec) *holidays.Calendar {
	tb.Helper()
	c, err := holidays.New(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func newScope(tb testing.TB, c *holidays.Calendar, country string, values ...string) *holidays.Scope {
	tb.Helper()
	s, err := c.Scope(country, values)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func oneDay(t *testing.T, name, day string) holidays.Event {
	t.Helper()
	d := date(t, day)
	return holidays.Event{Name: name, First: d, Last: d}
}

var nan = math.NaN()

func TestFeatures(t *testing.T) {
	t.Parallel()
	us, de := []string{"US"}, []string{"DE"}
	type features = holidays.Features
	tests := []struct {
		name      string
		countries []string
		freq      calendar.Freq
		at        string
		want      features
	}{
		{"on a holiday", us, calendar.Day, "2024-11-28", features{1, 0, 0, 1, 2, 9}},
		{"between", us, calendar.Day, "2024-11-29", features{0, 26, 1, 1, 2, 0}},
		{"across 31 December", de, calendar.Day, "2023-12-30", features{0, 2, 4, 2, 2, 0}},
		{"a week of two years", de, calendar.Day, "2024-12-31", features{0, 1, 5, 1, 2, 0}},
		{"back across the new year", de, calendar.Day, "2025-01-02", features{0, 106, 1, 1, 1, 0}},
		{"the leap day", de, calendar.Day, "2024-02-29", features{0, 29, 59, 0, 0, 0}},
		{"an hour of a holiday", us, calendar.Hour, "2024-07-04", features{1, 0, 0, 1, 1, 5}},
		{"a Friday before a holiday", us, calendar.BusinessDay, "2024-05-24", features{0, 3, 95, 0, 1, 0}},
		{"a week ends with its label", us, calendar.WeekSun, "2024-12-01", features{1, 3, 14, 1, 2, 9}},
		{"a week of which only the last day is one", us, calendar.WeekMon, "2024-05-27", features{1, 6, 92, 0, 1, 4}},
		{"a month", de, calendar.Month, "2024-05-01", features{1, 0, 0, 1, 3, 4}},
		{"a month without", de, calendar.Month, "2024-06-01", features{0, 124, 12, 0, 0, 0}},
		{"a quarter", us, calendar.Quarter, "2024-07-01", features{1, 3, 12, 1, 1, 5}},
		{"a year", us, calendar.Year, "2024-01-01", features{1, 0, 0, 1, 2, 1}},
		{"the first day known", us, calendar.Day, "1900-01-01", features{1, 0, 0, 1, 2, 1}},
		{"the last day known", de, calendar.Day, "2100-12-31", features{0, nan, 5, 0, 2, 0}},
		{"before all", us, calendar.Day, "1899-12-31", features{nan, nan, nan, nan, nan, nan}},
		{"a week that begins before all", us, calendar.WeekSun, "1900-01-06", features{nan, nan, nan, nan, nan, nan}},
		{"after all", us, calendar.Day, "2101-01-01", features{nan, nan, nan, nan, nan, nan}},
		{"no country", nil, calendar.Day, "2024-11-28", features{0, nan, nan, 0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScope(t, newCalendar(t, &holidays.Spec{Countries: tt.countries}), "")
			p, _ := tt.freq.Period(calendar.Time{Date: date(t, tt.at)})
			if diff := cmp.Diff(tt.want, s.At(tt.freq, p), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("features of %s (-want +got):\n%s", tt.at, diff)
			}
		})
	}
}

// TestFarthest looks for holidays that are as far away as one may be, and a day more.
func TestFarthest(t *testing.T) {
	t.Parallel()
	s := newScope(t, newCalendar(t, &holidays.Spec{Events: []holidays.Event{oneDay(t, "opening", "2024-03-01")}}), "")
	tests := []struct {
		day       string
		to, since float64
	}{
		{"2023-03-01", 366, nan}, {"2023-02-28", nan, nan}, {"2024-03-01", 0, 0}, {"2025-03-02", nan, 366}, {"2025-03-03", nan, nan},
	}
	for _, tt := range tests {
		got := s.At(calendar.Day, calendar.Period(date(t, tt.day)))
		if diff := cmp.Diff([]float64{tt.to, tt.since}, []float64{got.DaysToHoliday, got.DaysSince}, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: %s", tt.day, diff)
		}
	}
}

// slow computes the features by looking at every day.
func slow(codes map[calendar.Date]float64, first, last calendar.Date) [6]float64 {
	want := [6]float64{0, nan, nan, 0, 0, 0}
	for d := last; d >= first; d-- {
		if code, ok := codes[d]; ok {
			want[0], want[5] = 1, code
		}
	}
	for n := calendar.Date(366); n >= 0; n-- {
		if _, ok := codes[first+n]; ok {
			want[1] = float64(n)
		}
		if _, ok := codes[first-n]; ok {
			want[2] = float64(n)
		}
	}
	year, month, _ := first.Civil()
	for d := first - 40; d < first+40; d++ {
		if _, ok := codes[d]; !ok {
			continue
		}
		if monday := first - calendar.Date(first.Weekday()); monday <= d && d < monday+7 {
			want[3]++
		}
		if y, m, _ := d.Civil(); y == year && m == month {
			want[4]++
		}
	}
	return want
}

// TestFill compares all frequencies with the slow way, in order and out of it.
func TestFill(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	from := calendar.NewDate(2019, 1, 1)
	var events []holidays.Event
	codes := make(map[calendar.Date]float64)
	for i := range 30 {
		first := from + calendar.Date(rng.IntN(700))
		last := first + calendar.Date(rng.IntN(6)*rng.IntN(2))
		events = append(events, holidays.Event{Name: fmt.Sprintf("event %d", i), First: first, Last: last})
		for d := first; d <= last; d++ {
			if _, taken := codes[d]; !taken {
				codes[d] = float64(i + 1)
			}
		}
	}
	s := newScope(t, newCalendar(t, &holidays.Spec{Events: events}), "")
	for f := calendar.Hour; f <= calendar.Year; f++ {
		var periods []calendar.Period
		begin, _ := f.Around(calendar.Time{Date: from - 500})
		for p := begin; f.Start(p).Date < from+1250; p++ {
			periods = append(periods, p)
		}
		if f == calendar.Hour {
			periods = periods[12_000:14_000]
		}
		for _, order := range []string{"ascending", "shuffled"} {
			if order == "shuffled" {
				rng.Shuffle(len(periods), func(i, j int) { periods[i], periods[j] = periods[j], periods[i] })
			}
			dst := make([][]float64, len(holidays.Names()))
			for i := range dst {
				dst[i] = slices.Repeat([]float64{-1}, len(periods))
			}
			s.Fill(dst, f, periods)
			for i, p := range periods {
				first, last := f.Start(p).Date, f.Start(p).Date
				switch {
				case f >= calendar.Month:
					last = f.Start(p+1).Date - 1
				case f >= calendar.WeekMon:
					first -= 6
				}
				got := [6]float64{dst[0][i], dst[1][i], dst[2][i], dst[3][i], dst[4][i], dst[5][i]}
				if diff := cmp.Diff(slow(codes, first, last), got, cmpopts.EquateNaNs()); diff != "" {
					t.Fatalf("%s %s %s (-want +got):\n%s", order, f, f.Format(p), diff)
				}
				at := s.At(f, p)
				one := [6]float64{at.IsHoliday, at.DaysToHoliday, at.DaysSince, at.HolidaysInWeek, at.HolidaysInMonth, at.Holiday}
				if diff := cmp.Diff(got, one, cmpopts.EquateNaNs()); diff != "" {
					t.Fatalf("%s %s: Fill and At differ:\n%s", f, f.Format(p), diff)
				}
			}
		}
	}
}

func TestFillAllocates(t *testing.T) {
	periods := make([]calendar.Period, 365)
	for i := range periods {
		periods[i] = calendar.Period(19_000 + i)
	}
	dst := make([][]float64, len(holidays.Names()))
	for i := range dst {
		dst[i] = make([]float64, len(periods))
	}
	s := newScope(t, newCalendar(t, &holidays.Spec{Countries: []string{"US"}}), "")
	if got := testing.AllocsPerRun(10, func() { s.Fill(dst, calendar.Day, periods) }); got > 0 {
		t.Errorf("%v allocations, want none", got)
	}
}

// BenchmarkFill is the whole of a panel of 500 series of 1826 days, with ten different Scopes.
func BenchmarkFill(b *testing.B) {
	const series, days = 500, 1826
	spec := &holidays.Spec{Countries: []string{"US"}, Scopes: []string{"store"}}
	for i := range 9 {
		d := calendar.NewDate(2015, 1+i, 7)
		spec.Events = append(spec.Events, holidays.Event{Name: "opening", First: d, Last: d + 7, Scope: []string{strconv.Itoa(i)}})
	}
	periods := make([]calendar.Period, days)
	for i := range periods {
		periods[i] = calendar.Period(int(calendar.NewDate(2013, 1, 1)) + i)
	}
	columns := make([][]float64, len(holidays.Names()))
	for i := range columns {
		columns[i] = make([]float64, series*days)
	}
	dst := make([][]float64, len(columns))
	b.Run(fmt.Sprintf("rows=%d", series*days), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c := newCalendar(b, spec)
			for i := range series {
				s := newScope(b, c, "", strconv.Itoa(i%10))
				for k := range dst {
					dst[k] = columns[k][i*days : (i+1)*days]
				}
				s.Fill(dst, calendar.Day, periods)
			}
		}
		b.ReportMetric(float64(series*days*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
