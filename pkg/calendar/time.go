package calendar

// Time is an hour of a civil day. It has no time zone.
type Time struct {
	Date Date
	Hour int // 0 to 23
}

// String returns the time as YYYY-MM-DD at hour 0, else as YYYY-MM-DDThh:00:00.
func (t Time) String() string {
	if t.Hour == 0 {
		return t.Date.String()
	}
	return string(t.appendHour(nil))
}

func (t Time) appendHour(dst []byte) []byte {
	dst = append(t.Date.Append(dst), 'T', '0'+byte(t.Hour/10), '0'+byte(t.Hour%10))
	return append(dst, ":00:00"...)
}

// HoursPerDay is the hours of a civil day, which knows no summer time.
const HoursPerDay = 24

// Unit says what a tick counts from the start of 1970-01-01.
type Unit uint8

// The units of ticks.
const (
	Days Unit = iota
	Hours
)

// Time returns the time of a tick.
func (u Unit) Time(tick int32) Time {
	if u == Days {
		return Time{Date: Date(tick)}
	}
	d := floorDiv(int(tick), HoursPerDay)
	return Time{Date: Date(d), Hour: int(tick) - d*HoursPerDay}
}

// Tick returns the tick in which t lies: Days drops the hour. Hours holds the years 1 to 9999.
func (u Unit) Tick(t Time) int32 {
	if u == Days {
		return int32(t.Date)
	}
	return int32(t.Date)*HoursPerDay + int32(t.Hour)
}

// MarshalText writes the time as String does.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes, and a day or a whole hour in each other form of ISO 8601
// that SniffLayout knows; anything else is a *DateError.
func (t *Time) UnmarshalText(text []byte) error {
	s := string(text)
	parsed, err := ParseTime(s, SniffLayout(s, DefaultDateFormat))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}
