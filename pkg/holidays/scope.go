package holidays

import (
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// farthest is the most days that a holiday is looked for ahead and back.
const farthest = 366

// Scope holds the holidays of the series that share them. It is safe for concurrent use.
type Scope struct {
	days  []calendar.Date // ascending
	names []int32         // codes, per day
}

// Features are the columns of Names at one period. All are NaN for a period outside the years
// 1900 to 2100.
type Features struct {
	IsHoliday       float64 // 1 when a day of the period is a holiday, else 0
	DaysToHoliday   float64 // from the first day of the period, 0 on a holiday; NaN for none in 366 days
	DaysSince       float64 // likewise back
	HolidaysInWeek  float64 // days that are holidays, Monday to Sunday around the period's first day
	HolidaysInMonth float64 // in the calendar month of the period's first day
	Holiday         float64 // code of the name of the period's first holiday, 0 for none
}

// At returns the features of a period.
func (s *Scope) At(f calendar.Freq, p calendar.Period) Features {
	c := cursor{scope: s}
	first, last := span(f, p)
	return c.look(first, last)
}

// Fill sets the columns of dst, which are those of Names, to the features of the periods. It is
// fastest when the periods ascend. It panics if dst has not as many columns, or a column is
// shorter than periods.
func (s *Scope) Fill(dst [][]float64, f calendar.Freq, periods []calendar.Period) {
	if len(dst) != len(Names()) {
		panic("holidays: Fill with another number of columns than Names")
	}
	is, to, since, week, month, name := dst[0], dst[1], dst[2], dst[3], dst[4], dst[5]
	c := cursor{scope: s}
	var v Features
	var seen calendar.Date
	for i, p := range periods {
		first, last := span(f, p)
		if i == 0 || first != seen {
			v, seen = c.look(first, last), first
		}
		is[i], to[i], since[i] = v.IsHoliday, v.DaysToHoliday, v.DaysSince
		week[i], month[i], name[i] = v.HolidaysInWeek, v.HolidaysInMonth, v.Holiday
	}
}

// span returns the first and the last day of a period. A week ends with its label, all others
// begin with it; an hour has its day.
func span(f calendar.Freq, p calendar.Period) (first, last calendar.Date) {
	label := f.Start(p).Date
	switch f {
	case calendar.Month, calendar.Quarter, calendar.Year:
		return label, f.Start(p+1).Date - 1
	case calendar.None, calendar.Hour, calendar.Day, calendar.BusinessDay:
		return label, label
	default:
		return label - 6, label
	}
}

// cursor remembers where the last look was.
type cursor struct {
	scope *Scope
	at    int // index of the first holiday that is not before the day of the last look

	monthFirst, monthLast calendar.Date // the month of the last look
	inMonth               int
}

func (c *cursor) look(first, last calendar.Date) Features {
	if first < firstDay || last > lastDay {
		nan := math.NaN()
		return Features{nan, nan, nan, nan, nan, nan}
	}
	c.seek(first)
	days, at := c.scope.days, c.at
	v := Features{DaysToHoliday: math.NaN(), DaysSince: math.NaN()}
	if at < len(days) {
		next := days[at]
		if next-first <= farthest {
			v.DaysToHoliday = float64(next - first)
		}
		if next <= last {
			v.IsHoliday, v.Holiday = 1, float64(c.scope.names[at])
		}
	}
	switch {
	case at < len(days) && days[at] == first:
		v.DaysSince = 0
	case at > 0 && first-days[at-1] <= farthest:
		v.DaysSince = float64(first - days[at-1])
	}
	monday := first - calendar.Date(first.Weekday())
	v.HolidaysInWeek = float64(c.count(monday, monday+6))
	if first < c.monthFirst || first > c.monthLast || c.monthFirst == c.monthLast {
		year, month, day := first.Civil()
		c.monthFirst = first - calendar.Date(day-1)
		c.monthLast = calendar.NewDate(year, month+1, 0)
		c.inMonth = c.count(c.monthFirst, c.monthLast)
	}
	v.HolidaysInMonth = float64(c.inMonth)
	return v
}

// seek moves to the first holiday that is not before d.
func (c *cursor) seek(d calendar.Date) {
	const near = 8
	days := c.scope.days
	if c.at == 0 || days[c.at-1] < d {
		for range near {
			if c.at == len(days) || days[c.at] >= d {
				return
			}
			c.at++
		}
	}
	c.at, _ = slices.BinarySearch(days, d)
}

// count returns the number of holidays from first to last, days around the one looked at.
func (c *cursor) count(first, last calendar.Date) int {
	days := c.scope.days
	low, high := c.at, c.at
	for low > 0 && days[low-1] >= first {
		low--
	}
	for high < len(days) && days[high] <= last {
		high++
	}
	return high - low
}
