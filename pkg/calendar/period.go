package calendar

import (
	"cmp"
	"fmt"
)

// Period is the index of an observation, which is pandas' Period ordinal: the hours, days, business
// days, weeks, months, quarters or years since the one that holds 1970-01-01; week 1 is the one
// that holds 1970-01-04. Whoever keeps a Period knows its frequency. Labels are exact in the years
// 1 to 9999.
type Period int32

// Period returns the period whose label is t. It is not ok when t is no label of the frequency:
// a day that is not the week's, a weekend for BusinessDay, not the first day of a month, quarter
// or year, or an hour other than 0 in all but Hour.
func (f Freq) Period(t Time) (p Period, ok bool) {
	if f <= Day {
		return Period(f.Unit().Tick(t)), f == Hour || t.Hour == 0
	}
	p = f.floor(t.Date)
	return p, t.Hour == 0 && f.date(p) == t.Date
}

// OffGrid returns the error of a time that is no label of the frequency, with the labels before and
// behind it; nil for a label.
func (f Freq) OffGrid(t Time) error {
	if _, ok := f.Period(t); ok {
		return nil
	}
	before, after := f.Around(t)
	return fmt.Errorf("%s is not a date of the frequency %s; the nearest are %s and %s", t, cmp.Or(f, Day), f.Format(before), f.Format(after))
}

// Start returns the label of a period.
func (f Freq) Start(p Period) Time {
	if f == Hour {
		return Hours.Time(int32(p))
	}
	return Time{Date: f.date(p)}
}

// Around returns the period with the last label that is not after t and the one with the first
// label that is not before t. Both are the same when t is a label.
func (f Freq) Around(t Time) (before, after Period) {
	before = f.floor(t.Date)
	if f == Hour {
		before = Period(Hours.Tick(t))
	}
	if f.Start(before) == t {
		return before, before
	}
	return before, before + 1
}

// Format returns the label of a period: YYYY-MM-DD, and YYYY-MM-DDThh:00:00 for Hour.
func (f Freq) Format(p Period) string { return string(f.Append(nil, p)) }

// Append appends what Format returns to dst.
func (f Freq) Append(dst []byte, p Period) []byte {
	t := f.Start(p)
	if f == Hour {
		return t.appendHour(dst)
	}
	return t.Date.Append(dst)
}

// floor returns the period with the last label that is not after d.
func (f Freq) floor(d Date) Period {
	switch {
	case f == BusinessDay:
		return Period(floorDiv(int(d)+3, 7)*5 + min(d.Weekday(), 4) - 3)
	case f.week():
		return Period(floorDiv(int(d)-f.weekOrigin(), 7))
	case f >= Month:
		year, month, _ := d.Civil()
		n := f.months()
		return Period(floorDiv((year-1970)*12+month-1, n))
	}
	return Period(d)
}

// date returns the day of a period's label.
func (f Freq) date(p Period) Date {
	switch {
	case f == BusinessDay:
		weekends := floorDiv(int(p)+3, 5)
		return Date(int(p) + 2*weekends)
	case f.week():
		return Date(int(p)*7 + f.weekOrigin())
	case f >= Month:
		month := int(p) * f.months()
		year := floorDiv(month, 12)
		return NewDate(1970+year, month-year*12+1, 1)
	}
	return Date(p)
}

// weekOrigin returns the day of the label of week 0.
func (f Freq) weekOrigin() int { return int(f-WeekMon+1)%7 - 4 }

// months returns how many months a period of Month, Quarter or Year has.
func (f Freq) months() int {
	switch f {
	case Month:
		return 1
	case Quarter:
		return 3
	default:
		return 12
	}
}
