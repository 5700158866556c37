package calendar

import (
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
)

// Freq is the spacing of observations, by pandas' names.
type Freq uint8

// The frequencies. None, the zero value, is not known and counts as Day. The weeks are named by
// their last day, which is their label.
const (
	None Freq = iota
	Hour
	Day
	BusinessDay
	WeekMon
	WeekTue
	WeekWed
	WeekThu
	WeekFri
	WeekSat
	WeekSun
	Month
	Quarter
	Year
)

// freqNames lists the names in the order of the constants.
func freqNames() [Year + 1]string {
	return [...]string{
		"", "h", "D", "B", "W-MON", "W-TUE", "W-WED", "W-THU", "W-FRI", "W-SAT", "W-SUN", "MS", "QS", "YS",
	}
}

// ParseFreq returns the frequency of one of the names h, D, B, W-MON to W-SUN, MS, QS and YS. The
// error of another name has a hint when the name is near one of them or stands for one elsewhere.
func ParseFreq(s string) (Freq, error) {
	names := freqNames()
	for f := Hour; f <= Year; f++ {
		if names[f] == s {
			return f, nil
		}
	}
	err := fmt.Errorf("frequency %q is not known; allowed: h, D, B, W-MON to W-SUN, MS, QS, YS", s)
	if meant := meantFreq(s); meant != "" {
		return None, hint.Wrap(err, "did you mean "+meant+"?")
	}
	return None, err
}

// meantFreq returns the name that s stands for elsewhere or that is near to it, "" for none.
func meantFreq(s string) string {
	switch s {
	case "H", "hourly":
		return "h"
	case "daily":
		return "D"
	case "W", "weekly":
		return "W-SUN"
	case "M", "ME", "monthly":
		return "MS"
	case "Q", "QE", "quarterly":
		return "QS"
	case "A", "AS", "Y", "YE", "yearly", "annual":
		return "YS"
	}
	names := freqNames()
	near := hint.Nearest(s, names[Hour:])
	if len(s) < 2 && !strings.EqualFold(s, near) {
		return "" // one letter is near every other
	}
	return near
}

// String returns the name that ParseFreq reads, "" for None.
func (f Freq) String() string {
	if f > Year {
		return fmt.Sprintf("Freq(%d)", uint8(f))
	}
	return freqNames()[f]
}

// MarshalText writes the name.
func (f Freq) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name as ParseFreq does, and None from no text.
func (f *Freq) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*f = None
		return nil
	}
	parsed, err := ParseFreq(string(text))
	if err != nil {
		return err
	}
	*f = parsed
	return nil
}

// Unit returns what a tick of the frequency counts: Hours for Hour, else Days.
func (f Freq) Unit() Unit {
	if f == Hour {
		return Hours
	}
	return Days
}

// Step returns the name of one step for messages, such as "week".
func (f Freq) Step() string {
	switch {
	case f == Hour:
		return "hour"
	case f == BusinessDay:
		return "business day"
	case f.week():
		return "week"
	case f == Month:
		return "month"
	case f == Quarter:
		return "quarter"
	case f == Year:
		return "year"
	}
	return "day"
}

// Season returns how many observations make the natural season: a day of hours, a week of days or
// business days, else a year.
func (f Freq) Season() int {
	switch {
	case f == Hour:
		return HoursPerDay
	case f == BusinessDay:
		return 5
	case f.week():
		return 52
	case f == Month:
		return 12
	case f == Quarter:
		return 4
	case f == Year:
		return 1
	}
	return 7
}

func (f Freq) week() bool { return WeekMon <= f && f <= WeekSun }
