package calendar

import (
	"strconv"
	"unicode/utf8"
)

// Date is a civil day, counted in days since 1970-01-01 of the proleptic Gregorian calendar.
// It has no time zone. For daily data it is also the period index of an observation.
type Date int32

// NewDate returns the day of a civil date. It does not check the ranges: day 0 is the day
// before the first of the month. The algorithm is Howard Hinnant's days_from_civil,
// https://howardhinnant.github.io/date_algorithms.html#days_from_civil.
func NewDate(year, month, day int) Date {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*((month+9)%12)+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return Date(era*146097 + dayOfEra - 719468)
}

// Civil returns the year, the month 1-12 and the day of the month 1-31, by the inverse of
// NewDate's algorithm.
func (d Date) Civil() (year, month, day int) {
	z := int(d) + 719468
	era := floorDiv(z, 146097)
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	mp := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// Weekday returns 0 for Monday to 6 for Sunday.
func (d Date) Weekday() int {
	w := (int(d) + 3) % 7
	if w < 0 {
		w += 7
	}
	return w
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string { return string(d.Append(nil)) }

// Append appends the date to dst as YYYY-MM-DD. A year outside 0 to 9999 has more digits or a
// sign.
func (d Date) Append(dst []byte) []byte {
	year, month, day := d.Civil()
	if year < 0 || year > 9999 {
		dst = strconv.AppendInt(dst, int64(year), 10)
	} else {
		dst = append(dst, '0'+byte(year/1000), '0'+byte(year/100%10), '0'+byte(year/10%10), '0'+byte(year%10))
	}
	return append(dst, '-', '0'+byte(month/10), '0'+byte(month%10), '-', '0'+byte(day/10), '0'+byte(day%10))
}

// DefaultDateFormat is the strftime format of an ISO day.
const DefaultDateFormat = "%Y-%m-%d"

// DateError says that text is not a day in a date format.
type DateError struct {
	Text   string
	Format string // strftime
	Reason string

	OtherFormat bool // the text does not have the format's shape, whatever day it may be
}

// Error returns the text, cut where it is long, and the reason.
func (e *DateError) Error() string { return quote(e.Text) + ": " + e.Reason }

// quote returns s in quotes, cut where it is long.
func quote(s string) string {
	const longest = 40
	if len(s) <= longest {
		return strconv.Quote(s)
	}
	cut := longest
	for cut > longest-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "..."
}

// ParseTime reads s by a format of CompileLayout. Every directive takes exactly its digits (%-m and
// %-d one or two), names of months are English in any case, %y is 1969-2068, and minutes and seconds
// must be zero. The day must exist. Text that is not such a time is a *DateError.
func ParseTime(s, format string) (Time, error) {
	l, err := CompileLayout(format)
	if err != nil {
		return Time{}, err
	}
	tick, fault := l.Tick([]byte(s))
	if fault != FaultNone {
		return Time{}, l.Explain(s, fault)
	}
	return l.unit.Time(tick), nil
}

// FormatTime writes t by a format of CompileLayout. What the format does not have is dropped. A year
// that it cannot say is an error: one outside 1969 to 2068 by %y, outside 1 to 9999 by %Y.
func FormatTime(t Time, format string) (string, error) {
	l, err := CompileLayout(format)
	if err != nil {
		return "", err
	}
	if err := l.refuseYear(t.Date); err != nil {
		return "", err
	}
	return string(l.Append(nil, t)), nil
}

// ParseDate is ParseTime for whole days: the hour must be zero too.
func ParseDate(s, format string) (Date, error) {
	t, err := ParseTime(s, format)
	if err == nil && t.Hour != 0 {
		err = &DateError{Text: s, Format: format, Reason: "not midnight; daily data has whole days"}
	}
	if err != nil {
		return 0, err
	}
	return t.Date, nil
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return d.Append(nil), nil }

// UnmarshalText reads YYYY-MM-DD; anything else is a *DateError.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text), DefaultDateFormat)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
