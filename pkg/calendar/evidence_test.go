package calendar_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// dates reads days, or days and hours, into ticks of the unit.
func dates(t *testing.T, u calendar.Unit, texts string) []int32 {
	t.Helper()
	var ticks []int32
	for text := range strings.FieldsSeq(texts) {
		ticks = append(ticks, u.Tick(parse(t, text)))
	}
	return ticks
}

// grid returns n labels of a frequency that follow each other, as ticks of the unit.
func grid(f calendar.Freq, u calendar.Unit, first calendar.Period, n int) []int32 {
	ticks := make([]int32, n)
	for i := range ticks {
		ticks[i] = u.Tick(f.Start(first + calendar.Period(i)))
	}
	return ticks
}

func infer(u calendar.Unit, series ...[]int32) (calendar.Freq, error) {
	e := calendar.NewEvidence(u)
	for _, ticks := range series {
		e.Add(ticks)
	}
	return e.Freq()
}

func TestInfer(t *testing.T) {
	t.Parallel()
	days := func(texts ...string) [][]int32 {
		series := make([][]int32, 0, len(texts))
		for _, text := range texts {
			series = append(series, dates(t, calendar.Days, text))
		}
		return series
	}
	tests := []struct {
		name   string
		series [][]int32
		want   calendar.Freq
	}{
		{"no series", nil, calendar.Day},
		{"a series without dates", [][]int32{{}}, calendar.Day},
		{"single dates", days("2024-01-01", "2024-01-08"), calendar.Day},
		{"two days", days("2024-01-01 2024-01-02"), calendar.Day},
		{"one step of a day among gaps", days("2024-01-01 2024-01-05 2024-01-06"), calendar.Day},
		{"a week", days("2024-01-01 2024-01-08"), calendar.WeekMon},
		{"weeks with gaps, and a single date", days("2024-01-02 2024-01-16 2024-01-23", "2024-02-06"), calendar.WeekTue},
		{"months", days("2024-01-01 2024-02-01"), calendar.Month},
		{"months with a gap", days("2024-01-01 2024-04-01 2024-05-01"), calendar.Month},
		{"February and March are 28 days apart", days("2021-02-01 2021-03-01"), calendar.Month},
		{"quarters", days("2024-01-01 2024-04-01 2024-10-01"), calendar.Quarter},
		{"months of which a series has quarters only", days("2024-01-01 2024-04-01", "2024-01-01 2024-02-01"), calendar.Month},
		{"years", days("2024-01-01 2025-01-01 2027-01-01"), calendar.Year},
		{"years in one series, quarters in another", days("2024-01-01 2025-01-01", "2024-01-01 2024-04-01"), calendar.Quarter},
		{"working days of one weekend", days("2024-01-04 2024-01-05 2024-01-08 2024-01-12"), calendar.Day},
		{"working days of two weekends", days("2024-01-04 2024-01-05 2024-01-08 2024-01-15"), calendar.BusinessDay},
		{"two weekends, one of them in each series", days("2024-01-05 2024-01-08 2024-01-09", "2024-01-12 2024-01-15"), calendar.BusinessDay},
		{"working days and a Saturday", days("2024-01-04 2024-01-05 2024-01-08 2024-01-15 2024-01-20"), calendar.Day},
		{"working days before 1970", days("1969-12-18 1969-12-19 1969-12-22 1969-12-29"), calendar.BusinessDay},
		{"a few weekly steps beside daily series", append(days("2024-01-01 2024-01-02"), grid(calendar.WeekSun, calendar.Days, 2800, 8)), calendar.Day},
		{"a few monthly steps beside daily series", append(days("2024-01-01 2024-01-02"), grid(calendar.Month, calendar.Days, 600, 6)), calendar.Day},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := infer(calendar.Days, tt.series...); err != nil || got != tt.want {
				t.Errorf("days: Freq = %v, %v; want %v", got, err, tt.want)
			}
			slices.Reverse(tt.series)
			for _, ticks := range tt.series {
				for i := range ticks {
					ticks[i] *= 24
				}
			}
			if got, err := infer(calendar.Hours, tt.series...); err != nil || got != tt.want {
				t.Errorf("midnights: Freq = %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestInferHours(t *testing.T) {
	t.Parallel()
	for texts, want := range map[string]calendar.Freq{
		"2024-01-01T13":                            calendar.Hour,
		"2024-01-01T00":                            calendar.Day,
		"2024-01-01T23 2024-01-02T00":              calendar.Hour,
		"2024-01-01T07 2024-01-01T12 1 week later": calendar.None,
	} {
		texts, _, bad := strings.Cut(texts, " 1 week")
		got, err := infer(calendar.Hours, dates(t, calendar.Hours, texts))
		if got != want || (err != nil) != bad {
			t.Errorf("%s: Freq = %v, %v; want %v", texts, got, err, want)
		}
	}
	// A single midnight says nothing about its series.
	midnight := dates(t, calendar.Hours, "2024-01-01T00")
	if got, err := infer(calendar.Hours, midnight, grid(calendar.Hour, calendar.Hours, 1, 3)); err != nil || got != calendar.Hour {
		t.Errorf("hours and one midnight: Freq = %v, %v", got, err)
	}
}

func TestInferRefuses(t *testing.T) {
	t.Parallel()
	days, hours := calendar.Days, calendar.Hours
	daily := grid(calendar.Day, days, 19_000, 30)
	tests := []struct {
		name          string
		unit          calendar.Unit
		series        [][]int32
		message, hint string
	}{
		{
			"weeks with a wrong weekday", days,
			[][]int32{dates(t, days, "2024-01-01 2024-01-08 2024-01-15 2024-01-18")},
			"no two dates are a day apart: 2 of 3 steps are 7 days, 1 is 3 days; 3 dates on Monday, 1 on Thursday",
			"--freq D reads them as days with gaps; --freq W-MON names every date that is on another weekday",
		},
		{
			"weeks of several days", days,
			[][]int32{grid(calendar.WeekMon, days, 2800, 9), grid(calendar.WeekTue, days, 2800, 10)},
			"no two dates are a day apart: 17 of 17 steps are 7 days; 9 dates on Monday, 10 on Tuesday",
			"--freq D reads them as days with gaps; --freq W-TUE names every date that is on another weekday",
		},
		{
			"fortnights", days,
			[][]int32{dates(t, days, "2024-01-01 2024-01-15 2024-01-29")},
			"no two dates are a day apart: 2 of 2 steps are 14 days; 3 dates on Monday",
			"--freq D or --freq W-MON reads them; what is between is gaps",
		},
		{
			"now and then", days,
			[][]int32{dates(t, days, "2024-01-01 2024-01-03 2024-01-07 2024-01-09 2024-01-14 2030-01-01")},
			"no two dates are a day apart: 2 of 5 steps are 2 days, 1 is more than 400 days, 1 is 4 days, the others differ; " +
				"1 date on Monday, 2 on Tuesday, 1 on Wednesday, 2 on Sunday",
			"--freq D reads them; what is between is gaps",
		},
		{
			"month ends", days,
			[][]int32{dates(t, days, "2024-01-31 2024-02-29 2024-03-31")},
			"every date is the last day of a month: months are known by their first day (MS)",
			"write 2024-03-01 for 2024-03-31; --freq D reads the dates as days with gaps",
		},
		{
			"every second month", days,
			[][]int32{dates(t, days, "2024-01-01 2024-03-01 2024-05-01")},
			"no two dates are a month apart: 2 of 2 steps are 2 months; every date is the first day of a month",
			"--freq MS reads them; what is between is gaps",
		},
		{
			"half years", days,
			[][]int32{dates(t, days, "2024-01-01 2024-07-01")},
			"no two dates are a month or a quarter apart: 1 of 1 step is 6 months; every date is the first day of a month",
			"--freq MS or --freq QS reads them; what is between is gaps",
		},
		{
			"every second year", days,
			[][]int32{dates(t, days, "2020-01-01 2022-01-01")},
			"no two dates are a year apart: 1 of 1 step is 24 months; every date is the first day of a month",
			"--freq MS or --freq QS or --freq YS reads them; what is between is gaps",
		},
		{
			"weekly beside daily", days,
			[][]int32{daily, grid(calendar.WeekSun, days, 2800, 9), daily},
			"series of different frequencies: 2 daily, 1 weekly",
			"--freq D reads all of them as days with gaps; else keep each frequency in a file of its own",
		},
		{
			"monthly and weekly beside daily", days,
			[][]int32{daily, grid(calendar.Month, days, 600, 7), grid(calendar.WeekSun, days, 2800, 9), grid(calendar.Month, days, 600, 7)},
			"series of different frequencies: 1 daily, 1 weekly, 2 monthly",
			"--freq D reads all of them as days with gaps; else keep each frequency in a file of its own",
		},
		{
			"midnights beside hours", hours,
			[][]int32{grid(calendar.Hour, hours, 1, 5), grid(calendar.Day, hours, 1, 2), grid(calendar.Day, hours, 1, 9)},
			"series of different frequencies: 1 with hours, 2 with midnights only",
			"--freq h reads all of them as hours with gaps; else keep the daily series in a file of their own",
		},
		{
			"days that begin at six", hours,
			[][]int32{dates(t, hours, "2024-01-01T06 2024-01-02T06 2024-01-04T06")},
			"times are whole days apart: 1 of 2 steps is 24 hours, 1 is 48 hours; every time is 06:00, like midnights of another time zone",
			"write days as dates, or as local times without a zone; --freq h reads the times as hours with gaps",
		},
		{
			"two shifts", hours,
			[][]int32{dates(t, hours, "2024-01-01T06 2024-01-01T18 2024-01-02T06")},
			"no two times are an hour apart: 2 of 2 steps are 12 hours",
			"--freq h reads them as hours with gaps",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := infer(tt.unit, tt.series...)
			e, ok := errors.AsType[*calendar.FreqError](err)
			if !ok {
				t.Fatalf("Freq = %v, %v; want a *FreqError", got, err)
			}
			if e.Message != tt.message || err.Error() != tt.message {
				t.Errorf("message = %s\nwant      %s", e.Message, tt.message)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint = %s\nwant   %s", got, tt.hint)
			}
		})
	}
}

// TestInferFindsTheGrid takes dates away from a grid but for two that are one step apart, and
// finds its frequency all the same.
func TestInferFindsTheGrid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(freqs()).Draw(t, "freq")
		u := f.Unit()
		first := calendar.Period(rapid.IntRange(-1000, 1000).Draw(t, "first"))
		e := calendar.NewEvidence(u)
		for range rapid.IntRange(1, 4).Draw(t, "series") {
			full := grid(f, u, first, 3*f.Season())
			if f == calendar.Year || f == calendar.Quarter {
				full = grid(f, u, first, 40)
			}
			kept := slices.Clone(full[:2*f.Season()+1]) // over two weekends
			for _, tick := range full[len(kept):] {
				if rapid.Bool().Draw(t, "kept") {
					kept = append(kept, tick)
				}
			}
			e.Add(kept)
		}
		if got, err := e.Freq(); err != nil || got != f {
			t.Fatalf("Freq = %v, %v; want %v", got, err, f)
		}
	})
}

// TestInferIgnoresOrder infers from the same series in another order.
func TestInferIgnoresOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		series := make([][]int32, rapid.IntRange(1, 5).Draw(t, "series"))
		for i := range series {
			f := rapid.SampledFrom(freqs()[1:]).Draw(t, "freq")
			ticks := grid(f, calendar.Days, calendar.Period(rapid.IntRange(-50, 50).Draw(t, "first")), rapid.IntRange(0, 12).Draw(t, "length"))
			series[i] = slices.DeleteFunc(ticks, func(int32) bool { return rapid.IntRange(0, 9).Draw(t, "gone") == 0 })
		}
		want := fmt.Sprint(infer(calendar.Days, series...))
		slices.Reverse(series)
		if got := fmt.Sprint(infer(calendar.Days, series...)); got != want {
			t.Fatalf("Freq = %s, in the other order %s", got, want)
		}
	})
}

func BenchmarkEvidence(b *testing.B) {
	const series, length = 500, 2000
	thinned := func(f calendar.Freq, u calendar.Unit) []int32 {
		ticks := grid(f, u, 0, length*3/2)
		kept := ticks[:0]
		for i, tick := range ticks {
			if i%3 != 2 {
				kept = append(kept, tick)
			}
		}
		return kept
	}
	for _, bb := range []struct {
		name  string
		unit  calendar.Unit
		ticks []int32
	}{
		{"D", calendar.Days, grid(calendar.Day, calendar.Days, 0, length)},
		{"D,gaps", calendar.Days, thinned(calendar.Day, calendar.Days)},
		{"midnights", calendar.Hours, grid(calendar.Day, calendar.Hours, 0, length)},
		{"h", calendar.Hours, grid(calendar.Hour, calendar.Hours, 0, length)},
		{"h,gaps", calendar.Hours, thinned(calendar.Hour, calendar.Hours)},
		{"W-SUN", calendar.Days, grid(calendar.WeekSun, calendar.Days, 0, length)},
		{"MS", calendar.Days, grid(calendar.Month, calendar.Days, 0, length)},
	} {
		b.Run(fmt.Sprintf("%s/ticks=%d", bb.name, series*length), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := calendar.NewEvidence(bb.unit)
				for range series {
					e.Add(bb.ticks)
				}
			}
		})
	}
}
