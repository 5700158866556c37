package panel

import "strconv"

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

// ParseDate reads s by a strftime format of the directives %Y %m %d %-m %-d %y %b %B %H %M %S %%.
// Every directive takes exactly its digits (%-m and %-d one or two), names of months are English
// in any case, %y is 1969-2068, and the time of day must be midnight. The day must exist. Text that
// is not such a day is a *DateError.
func ParseDate(s, format string) (Date, error) {
	l, err := compileLayout(format)
	if err != nil {
		return 0, err
	}
	d, fault := l.parse([]byte(s))
	if fault != dateOK {
		return 0, l.explain(s, fault)
	}
	return d, nil
}

// FormatDate writes d by a format of ParseDate, for which it must be a day of the years 1 to 9999.
func FormatDate(d Date, format string) (string, error) {
	l, err := compileLayout(format)
	if err != nil {
		return "", err
	}
	return string(l.append(nil, d)), nil
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
