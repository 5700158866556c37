package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

const (
	mon2021  = 18631 // 2021-01-04
	jan2021  = 18628
	week2021 = 2661 // W-MON 2021-01-04 as a period

	surelyFew = 6 // dates that do not make a series monthly
)

// every returns the ticks that keep holds of, from first on, until there are n.
func every(first int32, n int, keep func(tick int32) bool) []int32 {
	ticks := make([]int32, 0, n)
	for tick := first; len(ticks) < n; tick++ {
		if keep(tick) {
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// with returns ticks with a few more.
func with(ticks []int32, more ...int32) []int32 {
	ticks = slices.Concat(ticks, more)
	slices.Sort(ticks)
	return ticks
}

// without returns ticks but for every n-th.
func without(ticks []int32, n int) []int32 {
	kept := make([]int32, 0, len(ticks))
	for i, tick := range ticks {
		if i%n != n/2 {
			kept = append(kept, tick)
		}
	}
	return kept
}

// shuffled returns what looks random: about one of n ticks.
func shuffled(tick int32, n uint32) bool {
	h := uint32(tick) * 2654435761
	h ^= h >> 15
	h *= 2246822519
	return (h^h>>13)%n == 0
}

func weekday(tick int32) int { return calendar.Date(tick).Weekday() }

func monthEnds(first calendar.Period, f calendar.Freq, n int) []int32 {
	ends := grid(f, calendar.Days, first+1, n)
	for i := range ends {
		ends[i]--
	}
	return ends
}

// zoned returns the hours of midnights of a zone that is ahead by winter hours, or by summer hours
// from April to September.
func zoned(n int, winter, summer int32) []int32 {
	ticks := grid(calendar.Day, calendar.Hours, jan2021, n)
	for i, tick := range ticks {
		ticks[i] -= winter
		if _, month, _ := calendar.Date(tick / 24).Civil(); month >= 4 && month < 10 {
			ticks[i] += winter - summer
		}
	}
	return ticks
}

// TestInferPatterns infers from calendars of shops, clean and with odd rows.
func TestInferPatterns(t *testing.T) {
	t.Parallel()
	days, hours := calendar.Days, calendar.Hours
	date := func(text string) int32 { return days.Tick(parse(t, text)) }
	mondays := grid(calendar.WeekMon, days, week2021, 1000)
	months := grid(calendar.Month, days, 0, 1000)
	quarters := grid(calendar.Quarter, days, 100, 120)
	years := grid(calendar.Year, days, 0, 30)
	daily := grid(calendar.Day, days, jan2021, 400)
	business := every(jan2021, 400, func(t int32) bool { return weekday(t) < 5 })
	midnights := grid(calendar.Day, hours, jan2021, 1000)
	open := every(jan2021*24, 900, func(t int32) bool { return t%24 >= 9 && t%24 < 18 })
	clean := make([][]int32, 299)
	for i := range clean {
		clean[i] = mondays[i%7 : 100+i]
	}
	tests := []struct {
		name   string
		unit   calendar.Unit
		series [][]int32
		want   string // a frequency, or pieces of the error and its hint
	}{
		{"Mondays", days, [][]int32{mondays}, "W-MON"},
		{"Mondays, one in six missing", days, [][]int32{without(mondays, 6)}, "W-MON"},
		{"Mondays, every second missing but for two", days, [][]int32{with(without(mondays, 2), mondays[1])}, "W-MON"},
		{"Mondays and a Tuesday", days, [][]int32{with(mondays, date("2021-05-04"))}, "1000 of 1001 dates are Mondays, 7 days apart or more; 2021-05-04 is not|--freq W-MON names every other row as bad; --freq D reads all of them as days with gaps"},
		{"Mondays and a Thursday", days, [][]int32{with(mondays, date("2021-05-06"))}, "2021-05-06 is not|--freq W-MON"},
		{"Mondays and four other days", days, [][]int32{with(mondays, date("2021-05-06"), date("2021-03-07"), date("2022-05-03"), date("2021-05-08"))}, "4 are not, first 2021-03-07, 2021-05-06 and 2021-05-08|--freq W-MON"},
		{"Mondays with gaps and a Tuesday", days, [][]int32{with(without(mondays, 3), date("2021-05-04"))}, "2021-05-04 is not|--freq W-MON"},
		{"nine Mondays and a Tuesday", days, [][]int32{with(mondays[:9], mondays[8]+1)}, "9 of 10 dates are Mondays"},
		{"299 series of Mondays, one with another day", days, append(clean, with(mondays[:40], date("2021-05-04"))), "2021-05-04 is not|--freq W-MON"},
		{"short series of Mondays, one with another day", days, append(slices.Repeat([][]int32{mondays[14:18]}, 20), with(mondays[14:17], date("2021-05-04"), date("2021-05-12"))), "2021-05-04 and 2021-05-12 are not|--freq W-MON"},
		{"the same odd day in many series", days, slices.Repeat([][]int32{with(mondays[:40], date("2021-05-04"))}, 5), "5 are not, first 2021-05-04|--freq W-MON"},
		{"Saturdays and every day", days, [][]int32{grid(calendar.WeekSat, days, 2700, 40), daily}, "series of different frequencies: 1 daily, 1 weekly"},
		{"Mondays, and business days", days, [][]int32{mondays[:60], business}, "series of different frequencies: 1 daily, 1 weekly"},

		{"months", days, [][]int32{months}, "MS"},
		{"months, one in five missing", days, [][]int32{without(months, 5)}, "MS"},
		{"months of which one starts on the second", days, [][]int32{with(months, date("2021-05-02"))}, "1000 of 1001 dates are the first of a month; 2021-05-02 is not|--freq MS names every other row as bad; --freq D"},
		{"months and a date in the middle", days, [][]int32{with(months, date("2021-05-17"))}, "2021-05-17 is not|--freq MS"},
		{"quarters", days, [][]int32{quarters}, "QS"},
		{"quarters, one in four missing", days, [][]int32{without(quarters, 4)}, "QS"},
		{"quarters and a February", days, [][]int32{with(quarters, date("2021-02-01"))}, "120 of 121 dates are the first of a quarter; 2021-02-01 is not|--freq QS names every other row as bad; --freq MS reads all of them as months with gaps"},
		{"quarters and the day after one", days, [][]int32{with(quarters, date("2021-04-02"))}, "2021-04-02 is not|--freq QS names every other row as bad; --freq D"},
		{"years", days, [][]int32{years}, "YS"},
		{"years and an April", days, [][]int32{with(years, date("1990-04-01"))}, "30 of 31 dates are the first of January; 1990-04-01 is not|--freq YS names every other row as bad; --freq QS reads all of them as quarters with gaps"},
		{"years and the day after one", days, [][]int32{with(years, date("1990-01-02"))}, "1990-01-02 is not|--freq YS names every other row as bad; --freq D"},

		{"month ends", days, [][]int32{monthEnds(600, calendar.Month, 50)}, "months are known by their first day (MS)|write 2024-02-01 for 2024-02-29"},
		{"month ends and the day before one", days, [][]int32{with(monthEnds(600, calendar.Month, 50), date("2023-05-30"))}, "50 of 51 dates are the last of a month; 2023-05-30 is not|write months as their first day"},
		{"quarter ends", days, [][]int32{monthEnds(212, calendar.Quarter, 4)}, "quarters are known by their first day (QS)|write 2023-10-01 for 2023-12-31"},
		{"quarter ends of a year that starts in February", days, [][]int32{dates(t, days, "2023-01-31 2023-04-30 2023-07-31")}, "(QS)|write 2023-07-01 for 2023-07-31"},
		{"year ends", days, [][]int32{monthEnds(50, calendar.Year, 4)}, "years are known by their first day (YS)|write 2023-01-01 for 2023-12-31"},

		{"every day", days, [][]int32{daily}, "D"},
		{"all but two days", days, [][]int32{slices.Concat(daily[:100], daily[101:300], daily[301:])}, "D"},
		{"closed on Sundays", days, [][]int32{every(jan2021, 300, func(t int32) bool { return weekday(t) != 6 })}, "D"},
		{"open on two days a week", days, [][]int32{every(jan2021, 80, func(t int32) bool { return weekday(t) > 4 })}, "D"},
		{"sold now and then", days, [][]int32{every(jan2021, 40, func(t int32) bool { return shuffled(t, 9) })}, "D"},
		{"sold most days", days, [][]int32{every(jan2021, 400, func(t int32) bool { return !shuffled(t, 3) })}, "D"},
		{"every day, and a few Saturdays of another item", days, [][]int32{daily, grid(calendar.WeekSat, days, 2700, 6)}, "D"},
		{"half of the dates on Mondays", days, [][]int32{with(mondays[:30], every(mon2021+1, 30, func(t int32) bool { return weekday(t) != 0 && shuffled(t, 6) })...)}, "D"},
		{"business days", days, [][]int32{business}, "B"},
		{"business days with holidays", days, [][]int32{without(business, 12)}, "B"},
		{"business days and a Saturday", days, [][]int32{with(business, date("2021-05-08"))}, "400 of 401 dates are Monday to Friday; 2021-05-08 is not|--freq B names every other row as bad; --freq D"},
		{"business days and a Saturday in three weeks", days, [][]int32{every(jan2021, 400, func(t int32) bool { return weekday(t) < 5 || weekday(t) == 5 && t%3 == 0 })}, "D"},

		{"midnights", hours, [][]int32{midnights}, "D"},
		{"midnights and an hour", hours, [][]int32{with(midnights, midnights[40]+1)}, "1000 of 1001 times are midnight; 2021-02-10T01:00:00 is not|--freq D names every other row as bad; --freq h reads all of them as hours with gaps"},
		{"five midnights and an hour", hours, [][]int32{with(midnights[:5], midnights[4]+1)}, "5 of 6 times are midnight"},
		{"midnights of Mondays and an hour", hours, [][]int32{with(grid(calendar.WeekMon, hours, week2021, 30), midnights[40]+1)}, "30 of 31 times are midnight; 2021-02-10T01:00:00 is not|--freq W-MON names"},
		{"series of midnights, one with an hour", hours, append(slices.Repeat([][]int32{midnights}, 5), with(midnights[:3], midnights[4]+7)), "2021-01-05T07:00:00 is not|--freq D"},
		{"series of midnights, an hour alone", hours, [][]int32{midnights, {midnights[4] + 7}}, "2021-01-05T07:00:00 is not|--freq D"},
		{"midnights of Mondays and of other days", hours, [][]int32{grid(calendar.Day, hours, jan2021, 30), grid(calendar.WeekMon, hours, week2021, 30)}, "1 daily, 1 weekly"},
		{"every hour", hours, [][]int32{grid(calendar.Hour, hours, jan2021*24, 500)}, "h"},
		{"opening hours", hours, [][]int32{open}, "h"},
		{"opening hours with gaps", hours, [][]int32{without(open, 4)}, "h"},
		{"hours now and then", hours, [][]int32{every(jan2021*24, 200, func(t int32) bool { return shuffled(t, 11) })}, "h"},
		{"late hours", hours, [][]int32{every(jan2021*24, 200, func(t int32) bool { return t%24 >= 22 || t%24 < 2 })}, "h"},
		{"two hours a day", hours, [][]int32{every(jan2021*24, 200, func(t int32) bool { return t%24 == 9 || t%24 == 10 })}, "h"},
		{"midnights of a zone with summer time", hours, [][]int32{zoned(200, 1, 2)}, "198 of 199 steps are 24 hours, 1 is 23 hours; every time is 22:00 or 23:00, like midnights of another time zone|write days as dates, or as local times without a zone; --freq h"},
		{"midnights of a zone that is the file's in winter", hours, [][]int32{zoned(400, 0, 1)}, "every time is 23:00 or 00:00, like midnights of another time zone"},
		{"midnights of a zone without summer time", hours, [][]int32{zoned(400, -6, -6)}, "every time is 06:00, like midnights of another time zone"},
		{"midnights of a zone and an hour", hours, [][]int32{with(zoned(400, 9, 9), jan2021*24+18, jan2021*24+19)}, "400 of 402 times are 15:00; 2021-01-01T18:00:00 and 2021-01-01T19:00:00 are not|without a zone"},
		{"midnights of two zones", hours, [][]int32{zoned(400, 9, 9), zoned(400, 3, 3)}, "times are whole days apart: 798 of 798 steps are 24 hours|without a zone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := infer(tt.unit, tt.series...)
			message, remedy, failing := strings.Cut(tt.want, "|")
			if _, unknown := calendar.ParseFreq(tt.want); unknown == nil {
				if err != nil || f.String() != tt.want {
					t.Errorf("Freq = %v, %v; want %s", f, err, tt.want)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), message) {
				t.Fatalf("Freq = %v, %v\nwant an error with %s", f, err, message)
			}
			if failing && !strings.Contains(hint.Of(err), remedy) {
				t.Errorf("hint = %s\nwant a piece: %s", hint.Of(err), remedy)
			}
		})
	}
}

// TestInferNamesTheOddDate adds a date of a finer grid to at least 20 of a frequency, in one or in
// another of several series, and finds it in the error.
func TestInferNamesTheOddDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(freqs()[1:]).Draw(t, "freq")
		least, u := 20, calendar.Days
		if f == calendar.Day {
			u = calendar.Hours
		}
		if f == calendar.BusinessDay {
			least = 60 // eight weekends
		}
		series := make([][]int32, rapid.IntRange(1, 5).Draw(t, "series"))
		for i := range series {
			first := calendar.Period(rapid.IntRange(-100, 100).Draw(t, "first"))
			series[i] = grid(f, u, first, rapid.IntRange(least, 3*least).Draw(t, "length"))
		}
		host := series[0]
		free := every(host[0], int(host[len(host)-1]-host[0])+1-len(host), func(tick int32) bool { return !slices.Contains(host, tick) })
		odd := rapid.SampledFrom(free).Draw(t, "odd")
		series[0] = with(host, odd)
		slices.Reverse(series)
		got, err := infer(u, series...)
		all := 0
		for _, ticks := range series {
			all += len(ticks)
		}
		if start := fmt.Sprintf("%d of %d ", all-1, all); err == nil || !strings.HasPrefix(err.Error(), start) {
			t.Fatalf("Freq = %v, %v; want an error that starts with %s", got, err, start)
		}
		if name := u.Time(odd).String() + " is not"; !strings.Contains(err.Error(), name) {
			t.Fatalf("Freq = %v, %v; want an error that says %s", got, err, name)
		}
		if name := "--freq " + f.String() + " names"; !strings.Contains(hint.Of(err), name) {
			t.Fatalf("hint = %s; want %s", hint.Of(err), name)
		}
	})
}

// TestInferKeepsTheFrequency takes 3 of 10 dates away.
func TestInferKeepsTheFrequency(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(freqs()).Draw(t, "freq")
		full := grid(f, f.Unit(), calendar.Period(rapid.IntRange(-100, 100).Draw(t, "first")), rapid.IntRange(30, 300).Draw(t, "length"))
		order := rapid.Permutation(full).Draw(t, "order")
		kept := with(order[:len(full)*7/10])
		if got, err := infer(f.Unit(), kept); err != nil || got != f {
			t.Fatalf("Freq = %v, %v; want %v", got, err, f)
		}
	})
}

// TestInferCountsMonths counts the first and the last days of months in runs of days.
func TestInferCountsMonths(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		short := grid(calendar.Month, calendar.Days, calendar.Period(rapid.IntRange(-40, 40).Draw(t, "first")), surelyFew)
		var run []int32
		for at := int32(rapid.IntRange(-1000, 1000).Draw(t, "run")); len(run) < 1000; at += int32(rapid.IntRange(2, 40).Draw(t, "gap")) {
			for range rapid.IntRange(1, 900).Draw(t, "days") {
				run = append(run, at)
				at++
			}
		}
		for _, tt := range []struct {
			labels    string
			day, step int32 // from a first day to a label, from a label to a first day
		}{{"the first of a month", 0, 0}, {"the last of a month", -1, 1}} {
			e := calendar.NewEvidence(calendar.Days)
			labels := slices.Clone(short)
			for i := range labels {
				labels[i] += tt.day
			}
			for range 1300 {
				e.Add(labels)
			}
			e.Add(run)
			all := 1300*len(labels) + len(run)
			on := all - len(run)
			for _, tick := range run {
				if _, _, day := calendar.Date(tick + tt.step).Civil(); day == 1 {
					on++
				}
			}
			_, err := e.Freq()
			if want := fmt.Sprintf("%d of %d dates are %s; ", on, all, tt.labels); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("Freq: %v; want %s", err, want)
			}
		}
	})
}
