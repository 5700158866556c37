package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Append appends the text of a time: what Tick reads as its tick, if its year is one that the layout
// can say, see FormatTime. A layout without the hour or the day drops what it does not have.
func (l *Layout) Append(dst []byte, t Time) []byte {
	year, month, day := t.Date.Civil()
	for _, step := range l.steps {
		v, width := 0, 2
		switch step.verb {
		case 0:
			dst = append(dst, step.lit)
			continue
		case 'b':
			dst = append(dst, time.Month(month).String()[:3]...)
			continue
		case 'B':
			dst = append(dst, time.Month(month).String()...)
			continue
		case 'Y':
			v, width = year, 4
		case 'y':
			v = year % 100
		case 'm':
			v = month
		case 'd':
			v = day
		case 'H':
			v = t.Hour
		}
		if step.wide {
			width = 1
		}
		dst = fmt.Appendf(dst, "%0*d", width, v)
	}
	return dst
}

// refuseYear returns the error of a day whose year the layout cannot say, else nil.
func (l *Layout) refuseYear(d Date) error {
	first, last := firstYear, lastYear
	if slices.ContainsFunc(l.steps, func(s layoutStep) bool { return s.verb == 'y' }) {
		first, last = firstShortYear, firstShortYear+99
	}
	if year, _, _ := d.Civil(); year < first || year > last {
		return fmt.Errorf("date format %q has the years %d to %d, not %d", l.format, first, last, year)
	}
	return nil
}

// Explain returns the error for text that Tick refused.
func (l *Layout) Explain(s string, f Fault) *DateError {
	e := &DateError{Text: s, Format: l.format}
	switch f {
	case FaultNoDay:
		e.Reason = "not a day of the calendar"
		if l.unit == Hours {
			e.Reason = "not an hour of a day of the calendar"
		}
	case FaultPartHour:
		e.Reason = "not a whole hour; minutes and seconds must be 0"
	default:
		e.Reason = "not in the format " + l.format
		e.OtherFormat = true
	}
	return e
}

// SniffLayout returns the format in which to read a file whose first date is cell: an ISO
// date-time where format is DefaultDateFormat and the cell has that shape, else format.
func SniffLayout(cell, format string) string {
	if format != DefaultDateFormat {
		return format
	}
	for _, clock := range []string{"T%H:%M:%S", " %H:%M:%S", "T%H:%M", " %H:%M"} {
		for _, zone := range []string{"", "Z"} {
			if iso := format + clock + zone; reads(iso, cell) != FaultShape {
				return iso
			}
		}
	}
	return format
}

func reads(format, cell string) Fault {
	l, err := CompileLayout(format)
	if err != nil {
		return FaultShape
	}
	_, fault := l.Tick([]byte(cell))
	return fault
}

// OnlyFormat returns the common format that reads cell when exactly one does, else "". Formats of
// one or two digits are tried after the others, since they read the same text.
func OnlyFormat(cell string) string {
	common := [][]string{
		{
			"%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
			"%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y",
			"%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
			"%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
			"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ",
			"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ",
			"%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
			"%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%Y%m", "%y%m%d", "%b %Y", "%B %Y", "%b-%Y", "%b-%y",
		},
		{
			"%Y-%-m-%-d", "%Y/%-m/%-d", "%-d/%-m/%Y", "%-m/%-d/%Y", "%-d.%-m.%Y", "%-d-%-m-%Y", "%-m-%-d-%Y",
			"%-d/%-m/%y", "%-m/%-d/%y", "%-d %b %Y", "%-d %B %Y", "%b %-d, %Y", "%B %-d, %Y",
			"%-d/%-m/%Y %H:%M", "%-m/%-d/%Y %H:%M", "%Y-%-m", "%-m/%Y",
		},
	}
	for _, formats := range common {
		found := make([]string, 0, len(formats))
		for _, format := range formats {
			if reads(format, cell) == FaultNone {
				found = append(found, format)
			}
		}
		if len(found) > 0 {
			// May is its own abbreviation: both formats read it.
			if len(found) == 1 || strings.Contains(strings.ToLower(cell), "may") {
				return found[0]
			}
			return ""
		}
	}
	return ""
}
