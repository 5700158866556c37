package panel

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// dateFault says why text is not a date. Hot loops pass it on; explain makes it an error.
type dateFault int

const (
	dateOK      dateFault = iota
	dateShape             // does not have the format's shape
	dateNoDay             // a day that the calendar does not have
	dateHasTime           // a time of day that is not midnight
)

// layout is a compiled strftime format: a list of steps. When every step has a fixed width and
// is a number, the places of year, month and day are known before reading.
type layout struct {
	format string
	steps  []layoutStep
	fixed  *fixedLayout
	cache  monthCache
}

type layoutStep struct {
	verb byte // directive, or 0 for the literal
	wide bool // the directive may take one digit or two
	lit  byte
}

// fixedLayout is a layout whose year, month and day stand at fixed places.
type fixedLayout struct {
	width            int
	year, month, day int // offsets
	rest             int // offset of eight bytes that are all but the day; -1 for none
	literals         []fixedLiteral
}

type fixedLiteral struct {
	at   int
	char byte
}

// monthCache holds the month read last: consecutive rows mostly share it.
type monthCache struct {
	rest  uint64 // what is not the day of a date in the month, where fixedLayout has a rest
	key   int    // year*100 + month; 0 is none
	first Date
	days  int
}

const layoutVerbs = "%Y %m %d %-m %-d %y %b %B %H %M %S %%"

func compileLayout(format string) (*layout, error) {
	l := &layout{format: format}
	seen := make(map[byte]bool)
	for i := 0; i < len(format); i++ {
		from, step := i, layoutStep{lit: format[i]}
		if format[i] == '%' {
			i++
			if i < len(format) && format[i] == '-' {
				step.wide = true
				i++
			}
			if i == len(format) {
				return nil, fmt.Errorf("date format %q ends in an unfinished directive", format)
			}
			step.verb = format[i]
			if !knownVerb(step) {
				return nil, fmt.Errorf("date format %q: unknown directive %q; allowed: %s", format, format[from:i+1], layoutVerbs)
			}
			if step.verb == '%' {
				step = layoutStep{lit: '%'}
			}
		}
		if part := step.part(); part != 0 {
			if seen[part] {
				return nil, fmt.Errorf("date format %q gives the %s twice", format, partName(part))
			}
			seen[part] = true
		}
		l.steps = append(l.steps, step)
	}
	for _, part := range []byte("Ymd") {
		if !seen[part] {
			return nil, fmt.Errorf("date format %q has no %s", format, partName(part))
		}
	}
	l.fixed = fix(l.steps)
	return l, nil
}

func knownVerb(s layoutStep) bool {
	if s.wide {
		return s.verb == 'm' || s.verb == 'd'
	}
	return strings.IndexByte("YmdybBHMS%", s.verb) >= 0
}

// part returns the part of a date that the step gives: Y, m, d, H, M, S, or 0 for a literal.
func (s layoutStep) part() byte {
	switch s.verb {
	case 'y':
		return 'Y'
	case 'b', 'B':
		return 'm'
	}
	return s.verb
}

func partName(part byte) string {
	switch part {
	case 'Y':
		return "year"
	case 'm':
		return "month"
	case 'd':
		return "day"
	}
	return "time of day"
}

func fix(steps []layoutStep) *fixedLayout {
	f := &fixedLayout{}
	for _, s := range steps {
		switch {
		case s.wide:
			return nil
		case s.verb == 0:
			f.literals = append(f.literals, fixedLiteral{at: f.width, char: s.lit})
			f.width++
		case s.verb == 'Y':
			f.year = f.width
			f.width += 4
		case s.verb == 'm':
			f.month = f.width
			f.width += 2
		case s.verb == 'd':
			f.day = f.width
			f.width += 2
		default:
			return nil
		}
	}
	f.rest = -1
	if f.width == 10 && (f.day == 0 || f.day == 8) {
		f.rest = 2 - f.day/4
	}
	return f
}

// width returns the length of every date in the layout, 0 where they differ.
func (l *layout) width() int {
	if l.fixed == nil {
		return 0
	}
	return l.fixed.width
}

// parse reads a date. It allocates nothing; a layout has one user at a time.
func (l *layout) parse(s []byte) (Date, dateFault) {
	if l.fixed == nil {
		return l.walk(s)
	}
	f := l.fixed
	if len(s) != f.width {
		return 0, dateShape
	}
	day, ok := twoDigits(s, f.day)
	if !ok {
		return 0, dateShape
	}
	var rest uint64
	if f.rest >= 0 {
		rest = binary.LittleEndian.Uint64(s[f.rest:])
		if c := &l.cache; rest == c.rest && day >= 1 && day <= c.days {
			return c.first + Date(day-1), dateOK
		}
	}
	for _, lit := range f.literals {
		if s[lit.at] != lit.char {
			return 0, dateShape
		}
	}
	century, ok1 := twoDigits(s, f.year)
	year, ok2 := twoDigits(s, f.year+2)
	month, ok3 := twoDigits(s, f.month)
	if !ok1 || !ok2 || !ok3 {
		return 0, dateShape
	}
	d, fault := l.cache.date(century*100+year, month, day)
	if fault == dateOK {
		l.cache.rest = rest
	}
	return d, fault
}

func twoDigits(s []byte, at int) (int, bool) {
	tens, ones := s[at]-'0', s[at+1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// date returns a day of the calendar, in years 1 to 9999.
func (c *monthCache) date(year, month, day int) (Date, dateFault) {
	if key := year*100 + month; key != c.key || key == 0 {
		if year < 1 || month < 1 || month > 12 {
			return 0, dateNoDay
		}
		first := NewDate(year, month, 1)
		next := NewDate(year, month+1, 1)
		if month == 12 {
			next = NewDate(year+1, 1, 1)
		}
		*c = monthCache{key: key, first: first, days: int(next - first)}
	}
	if day < 1 || day > c.days {
		return 0, dateNoDay
	}
	return c.first + Date(day-1), dateOK
}

// walk reads a date step by step, for layouts that are not fixed.
func (l *layout) walk(s []byte) (Date, dateFault) {
	var year, month, day, clock int
	for _, step := range l.steps {
		var v, n int
		switch step.verb {
		case 0:
			if len(s) == 0 || s[0] != step.lit {
				return 0, dateShape
			}
			n = 1
		case 'Y':
			v, n = digits(s, 4, 4)
		case 'b', 'B':
			v, n = monthName(s, step.verb)
		default:
			shortest := 2
			if step.wide {
				shortest = 1
			}
			v, n = digits(s, shortest, 2)
		}
		if n == 0 {
			return 0, dateShape
		}
		s = s[n:]
		switch step.verb {
		case 'Y':
			year = v
		case 'y':
			year = 1900 + v
			if v < 69 {
				year += 100
			}
		case 'm', 'b', 'B':
			month = v
		case 'd':
			day = v
		case 'H', 'M', 'S':
			clock += v
		}
	}
	if len(s) > 0 {
		return 0, dateShape
	}
	d, fault := l.cache.date(year, month, day)
	if fault == dateOK && clock != 0 {
		return 0, dateHasTime
	}
	return d, fault
}

// digits reads a number of shortest to longest digits and returns it with its width, 0 for none.
func digits(s []byte, shortest, longest int) (v, n int) {
	for n < longest && n < len(s) && s[n]-'0' <= 9 {
		v = v*10 + int(s[n]-'0')
		n++
	}
	if n < shortest {
		return 0, 0
	}
	return v, n
}

func monthName(s []byte, verb byte) (month, n int) {
	names := [...]string{
		"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December",
	}
	for i, name := range names {
		if verb == 'b' {
			name = name[:3]
		}
		if len(s) >= len(name) && strings.EqualFold(string(s[:len(name)]), name) {
			return i + 1, len(name)
		}
	}
	return 0, 0
}

// append appends the text of a day: what parse reads as d.
func (l *layout) append(dst []byte, d Date) []byte {
	year, month, day := d.Civil()
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
		}
		if step.wide {
			width = 1
		}
		dst = fmt.Appendf(dst, "%0*d", width, v)
	}
	return dst
}

// explain returns the error for text that parse refused.
func (l *layout) explain(s string, fault dateFault) *DateError {
	e := &DateError{Text: s, Format: l.format}
	switch fault {
	case dateNoDay:
		e.Reason = "not a day of the calendar"
	case dateHasTime:
		e.Reason = "not midnight; daily data has whole days"
	default:
		e.Reason = "not in the format " + l.format
		e.OtherFormat = true
	}
	return e
}

// onlyFormat returns the common format that reads s when exactly one does, else "". Formats of
// one or two digits are tried after the others, since they read the same text.
func onlyFormat(s string) string {
	common := [][]string{
		{
			"%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
			"%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y",
			"%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
			"%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
			"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ",
			"%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
		},
		{
			"%Y-%-m-%-d", "%Y/%-m/%-d", "%-d/%-m/%Y", "%-m/%-d/%Y", "%-d.%-m.%Y", "%-d-%-m-%Y", "%-m-%-d-%Y",
			"%-d/%-m/%y", "%-m/%-d/%y", "%-d %b %Y", "%-d %B %Y", "%b %-d, %Y", "%B %-d, %Y",
			"%-d/%-m/%Y %H:%M", "%-m/%-d/%Y %H:%M",
		},
	}
	for _, formats := range common {
		found := make([]string, 0, len(formats))
		for _, format := range formats {
			if l, err := compileLayout(format); err == nil {
				if _, fault := l.parse([]byte(s)); fault == dateOK {
					found = append(found, format)
				}
			}
		}
		if len(found) > 0 {
			// May is its own abbreviation: both formats read it.
			if len(found) == 1 || strings.Contains(strings.ToLower(s), "may") {
				return found[0]
			}
			return ""
		}
	}
	return ""
}
